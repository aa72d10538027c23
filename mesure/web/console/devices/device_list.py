"""The list of devices: free devices, who has which, when each last reported; and a new one."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import PAGE, DeviceRef, DevicesRequest, DeviceView
from mesure.privacy.roles import CASEWORK
from mesure.web.console.devices import carriers, device_words
from mesure.web.console.devices.carriers import Carrier
from mesure.web.console.devices.device_words import ADDRESS
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.incident_phrases import Tag

FREE: Final = "free"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as the list shows it."""

    name: str
    address: str
    kind: str
    state: Tag
    carrier: Carrier | None  # None: nobody, or nobody of one's cases.
    carrier_words: str
    last_heard: Markup | str
    battery: str


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show the devices there are, or those that can be given to somebody."""
    which = FREE if visit.query_value("show") == FREE else ""
    request = DevicesRequest(visit.query_value("after"), only_free=which == FREE)
    devices = visit.perform(enrolment_codes.list_devices, request)
    known = carriers.by_device(visit, devices)
    catalogue = visit.texts
    later = ""
    if len(devices) == PAGE:
        later = f"{ADDRESS}?{urlencode({'show': which, 'after': devices[-1].device})}"
    contents = {
        "rows": [_row(visit, device, known) for device in devices],
        "tabs": (
            ("", catalogue.text("All"), ADDRESS),
            (FREE, catalogue.text("Free"), f"{ADDRESS}?show={FREE}"),
        ),
        "which": which,
        "later": later,
        "earlier": ADDRESS if request.after else "",
        "shows_carriers": visit.actor.role in CASEWORK,
    }
    return visit.page("devices.html", status, **contents)


def add(visit: PageVisit) -> Response:
    """Enter a device, and go on to set it up."""
    missing = visit.texts.text("Enter what is written on the device.")
    name = visit.form.text("device", missing)
    if visit.form.faults or not visit.try_action(enrolment_codes.add, DeviceRef(name), "device"):
        return show(visit, 422)
    return visit.to(device_words.address("at", name))


def _row(visit: PageVisit, device: DeviceView, known: dict[str, Carrier]) -> DeviceRow:
    catalogue, now = visit.texts, visit.context.now
    return DeviceRow(
        name=device.device,
        address=device_words.address("at", device.device),
        kind=device_words.kind(device, catalogue),
        state=device_words.state(device, now, catalogue),
        carrier=known.get(device.device),
        carrier_words=device_words.carrier(device, known, catalogue),
        last_heard=device_words.last_heard(device, visit),
        battery=device_words.battery(device, catalogue),
    )
