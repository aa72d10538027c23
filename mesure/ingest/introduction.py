"""Introduction: a device introduces itself over HTTP, and learns that it is enrolled."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import (
    IntroduceDevice,
    IntroductionOutcome,
    IntroductionResult,
)
from mesure.actions.framework.context import Context
from mesure.devices import message_verification
from mesure.devices.message import envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.messages import DownlinkMessage
from mesure.devices.message.public_keys import MessageSigner, MessageVerifier
from mesure.ingest.device_requests import Response, sentence_response

TRANSFER: Final = "application/cose-seq"
_STATUS: Final = {IntroductionOutcome.NO_CODE: 403, IntroductionOutcome.REFUSED: 409}
_SAID: Final = {
    IntroductionOutcome.NO_CODE: "This is not a code that holds for this device; ask for another.",
    IntroductionOutcome.REFUSED: "This device cannot be enrolled so",
}


@dataclass(frozen=True, slots=True)
class IntroductionHandler:
    """Enrols what introduces itself rightly; the context is a visitor's, from an address."""

    context: Callable[[str], Context]
    signer: MessageSigner
    verifier: MessageVerifier

    async def __call__(self, data: bytes, address: str) -> Response:
        """Return what is answered to an introduction."""
        return await asyncio.get_running_loop().run_in_executor(None, self._answer, data, address)

    def _answer(self, data: bytes, address: str) -> Response:
        introduction = message_verification.introduce(data, self.verifier)
        if isinstance(introduction, DeviceRefusal):
            return sentence_response(400, f"This is no introduction: {introduction.said}.")
        request = IntroduceDevice(
            introduction.device,
            introduction.device_class,
            introduction.public_key,
            introduction.code,
        )
        introduced = enrolment_codes.hear(self.context(address), request)
        if introduced.fate is IntroductionOutcome.ENROLLED:
            downlink = DownlinkMessage(introduced.told, introduced.at_us, Receipt(((1, 1),), ()))
            to = envelope.down(introduction.public_key)
            sealed = envelope.seal(messages.encode(downlink), self.signer, to)
            return Response(200, sealed, TRANSFER)
        return sentence_response(_STATUS[introduced.fate], _sentence(introduced))


def _sentence(introduced: IntroductionResult) -> str:
    sentence = _SAID[introduced.fate]
    return f"{sentence}: {introduced.said}." if introduced.said else sentence
