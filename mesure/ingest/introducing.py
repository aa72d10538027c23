"""A device introduces itself over HTTP, and is told that it is enrolled."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mesure.actions import enrol
from mesure.actions.acting import Context
from mesure.actions.enrol import Introduce, Introduced, IntroductionFate
from mesure.devices import believing, envelope, messages
from mesure.devices.downlink import Receipt
from mesure.devices.keys import Signer, Verifier
from mesure.devices.messages import Told
from mesure.devices.refusal import Refusal
from mesure.ingest.requests import Response, said

TRANSFER: Final = "application/cose-seq"
_STATUS: Final = {IntroductionFate.NO_CODE: 403, IntroductionFate.REFUSED: 409}
_SAID: Final = {
    IntroductionFate.NO_CODE: "This is not a code that holds for this device; ask for another.",
    IntroductionFate.REFUSED: "This device cannot be enrolled so",
}


@dataclass(frozen=True, slots=True)
class Introducing:
    """Enrols whoever introduces itself rightly; the context is a visitor's, from an address."""

    context: Callable[[str], Context]
    signer: Signer
    verifier: Verifier

    async def __call__(self, data: bytes, address: str) -> Response:
        """Return what is answered to an introduction."""
        return await asyncio.get_running_loop().run_in_executor(None, self._answer, data, address)

    def _answer(self, data: bytes, address: str) -> Response:
        found = believing.introduce(data, self.verifier)
        if isinstance(found, Refusal):
            return said(400, f"This is no introduction: {found.said}.")
        asked = Introduce(found.device, found.device_class, found.public_key, found.code)
        introduced = enrol.hear(self.context(address), asked)
        if introduced.fate is IntroductionFate.ENROLLED:
            told = Told(introduced.told, introduced.at_us, Receipt(((1, 1),), ()))
            to = envelope.down(found.public_key)
            sealed = envelope.seal(messages.encode(told), self.signer, to)
            return Response(200, sealed, TRANSFER)
        return said(_STATUS[introduced.fate], _sentence(introduced))


def _sentence(introduced: Introduced) -> str:
    sentence = _SAID[introduced.fate]
    return f"{sentence}: {introduced.said}." if introduced.said else sentence
