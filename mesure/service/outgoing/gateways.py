"""Gateways: notices by other ways than e-mail, through those that the operator named.

A gateway is an address of Apprise with a place for whom it is to, such as
`sinch://plan:token@from/{address}`. Only the operator writes those. The number of a phone is put in
as one word, and can make no other address of it.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from mesure.actions.accounts import contact_addresses as addresses
from mesure.machine.service_error import ServiceError
from mesure.service.mail import DeliveryError

PLACE: Final = "{address}"
EXTRA: Final = "notify"


class Gateways:
    """The gateways of an installation, by their names."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = dict(addresses)
        if self._addresses:
            self._apprise = _apprise()
            for name, address in self._addresses.items():
                _check(self._apprise, name, address)

    @property
    def first(self) -> str | None:
        """Return the name of the one that reaches phones: the first that the operator named."""
        return next(iter(self._addresses), None)

    def send(self, name: str, to: str, subject: str, text: str) -> None:
        """Send a notice, or raise `DeliveryError`."""
        address = self._addresses.get(name)
        if address is None:
            raise DeliveryError("no_gateway", is_final=True)
        number = addresses.phone(to)
        if number is None:
            raise DeliveryError("address", is_final=True)
        sender = self._apprise.Apprise()
        filled = address.replace(PLACE, quote(number, safe=""))
        if not sender.add(filled):
            raise DeliveryError("address", is_final=True)
        if not sender.notify(body=text, title=subject):
            raise DeliveryError("gateway")


def _apprise() -> Any:  # noqa: ANN401  It publishes no types for what is used here.
    try:
        import apprise
    except ImportError:
        what, why = "the package Apprise is not installed", "without it no gateway can be used"
        remedy = f"install mesure[{EXTRA}], or take the gateways out of the settings"
        raise ServiceError("gateways", what, why, remedy) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # It logs addresses.
    return apprise


def _check(apprise: Any, name: str, address: str) -> None:  # noqa: ANN401
    is_whole = address.count(PLACE) == 1
    if not is_whole or not apprise.Apprise().add(address.replace(PLACE, "77010000000")):
        what = "this is no address of Apprise with one {address} in it"
        remedy = "write it as Apprise does, with {address} where the receiver stands"
        raise ServiceError(f"gateways, {name}", what, "notices could not be sent", remedy)
