"""A device's page: how it is, its code or its app, new secrets, and its end."""

from typing import Final, NamedTuple

from starlette.responses import Response

from mesure.actions.devices import app_enrolment, enrolment_codes
from mesure.actions.devices.app_enrolment import (
    ChangeUnsignedApp,
    EnrolUnsignedApp,
    UnsignedAppCredentials,
)
from mesure.actions.devices.enrolment_codes import DeviceRef, DeviceView, IssueCode
from mesure.actions.records.app_records import AppFamily
from mesure.evaluation.policy import DeviceClass
from mesure.privacy.roles import CASEWORK
from mesure.web.console.devices import app_settings, carriers, device_words
from mesure.web.shared import square_code
from mesure.web.shared.visits import PageVisit

HOURS_USUAL: Final = "72"


class AppChoice(NamedTuple):
    """An app as an officer chooses it, and what is known of how it writes."""

    family: AppFamily
    speed_unit: str
    hdop_is_m: bool = False


CHOICES: Final = {
    "owntracks": AppChoice(AppFamily.OWNTRACKS, "KNOT"),
    "traccar_client": AppChoice(AppFamily.OSMAND, "KNOT"),
    "osmand": AppChoice(AppFamily.OSMAND, "MPS", hdop_is_m=True),
    "traccar": AppChoice(AppFamily.TRACCAR, "KNOT"),
}


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a device."""
    device = visit.perform(enrolment_codes.show, DeviceRef(visit.path("device")))
    catalogue, now = visit.texts, visit.context.now
    known = carriers.by_device(visit, [device])
    visit.form.values = {"hours": HOURS_USUAL, **visit.form.values}
    is_enrolled = device.device_class is not None
    # What is wrong with a form that the page no longer has leads to what the device is now.
    used = ("renews", "retires") if is_enrolled else ("app", "claimed", "hours")
    shown = () if device.is_retired else used
    faults = visit.form.faults.items()
    visit.form.faults = {name if name in shown else "facts": said for name, said in faults}
    contents = {
        "device": device,
        "state": device_words.state(device, now, catalogue),
        "facts": _facts(visit, device),
        "carrier": known.get(device.device),
        "carrier_words": device_words.carrier(device, known, catalogue),
        "shows_carriers": visit.actor.role in CASEWORK,
        "is_enrolled": is_enrolled,
        "may_renew": device.app is not None,
        "apps": _apps(visit),
        "address": {
            part: device_words.address(part, device.device)
            for part in ("code", "app", "secrets", "retire", "messages")
        },
    }
    return visit.page("device_page.html", status, **contents)


def give_code(visit: PageVisit) -> Response:
    """Give out a code, and show it once."""
    form, catalogue, device = visit.form, visit.texts, visit.path("device")
    try:
        hours = int(form.value("hours"))
    except ValueError:
        form.refuse("hours", catalogue.text("Enter a number of hours, such as 72."))
        return show(visit, 422)
    code = visit.result_of(enrolment_codes.give_code, IssueCode(device, hours), "hours")
    if code is None:
        return show(visit, 422)
    contents = {
        "device": device,
        "back": device_words.address("at", device),
        "code": code,
        "origin": visit.parts.origin,
        "messages": device_words.address("messages", device),
    }
    return visit.page("device_code.html", **contents)


def enrol_app(visit: PageVisit) -> Response:
    """Enrol a phone with an app, and show its settings once."""
    form, catalogue = visit.form, visit.texts
    chosen = form.one_of("app", CHOICES, catalogue.text("Choose the app."))
    if form.faults:
        return show(visit, 422)
    choice, device = CHOICES[chosen], visit.path("device")
    is_server = choice.family is AppFamily.TRACCAR
    claimed = ""
    if is_server:
        missing = catalogue.text("Enter the identifier that the Traccar server has for it.")
        claimed = form.text("claimed", missing)
    request = EnrolUnsignedApp(
        device,
        choice.family,
        DeviceClass.GNSS_TAG if form.value("is_tag") and is_server else DeviceClass.PHONE,
        claimed=claimed,
        speed_unit=choice.speed_unit,
        hdop_is_m=choice.hdop_is_m,
        signs_in=is_server,
        encrypts=bool(form.value("encrypts")),
    )
    if form.faults:
        return show(visit, 422)
    credentials = visit.result_of(app_enrolment.enrol_pilot, request, "app")
    if credentials is None:
        return show(visit, 422)
    return _settings(visit, credentials, choice)


def renew_secrets(visit: PageVisit) -> Response:
    """Give a phone's app new secrets, and show its settings once; those before open nothing."""
    device = visit.path("device")
    app = visit.perform(enrolment_codes.show, DeviceRef(device)).app
    if app is None or not is_sure(visit, "renews"):
        return show(visit, 422)
    request = ChangeUnsignedApp(device, app.speed_unit, app.hdop_is_m, renews=True)
    credentials = visit.result_of(app_enrolment.change_pilot, request, "renews")
    if credentials is None:
        return show(visit, 422)
    return _settings(visit, credentials, AppChoice(app.family, app.speed_unit, app.hdop_is_m))


def retire(visit: PageVisit) -> Response:
    """Believe nothing more of a device; it cannot be taken back, so one says that one is sure."""
    device = visit.path("device")
    is_done = is_sure(visit, "retires") and visit.try_action(
        enrolment_codes.retire, DeviceRef(device), "retires"
    )
    return visit.to(device_words.address("at", device)) if is_done else show(visit, 422)


def is_sure(visit: PageVisit, field: str) -> bool:
    """Tell whether somebody said that they are sure of what cannot be taken back, at its field."""
    if visit.form.value(field) != "yes":
        visit.form.refuse(field, visit.texts.text("Tick this if you are sure."))
        return False
    return True


def _settings(visit: PageVisit, credentials: UnsignedAppCredentials, choice: AppChoice) -> Response:
    settings = app_settings.settings(
        choice.family, credentials, visit.parts.origin, visit.texts, is_osmand=choice.hdop_is_m
    )
    wide, squares = square_code.squares(settings.link) if settings.link else (0, "")
    contents = {
        "device": credentials.device,
        "back": device_words.address("at", credentials.device),
        "settings": settings,
        "wide": wide,
        "squares": squares,
        "encrypts": bool(credentials.passphrase),
        "messages": device_words.address("messages", credentials.device),
    }
    return visit.page("phone_set_up.html", **contents)


def _facts(visit: PageVisit, device: DeviceView) -> list[tuple[str, object]]:
    catalogue, now, zone = visit.texts, visit.context.now, visit.parts.zone
    battery = device_words.battery(device, catalogue) or catalogue.text("not known")
    facts: list[tuple[str, object]] = [
        (catalogue.text("What it is"), device_words.kind(device, catalogue)),
        (catalogue.text("Last heard"), device_words.last_heard(device, visit)),
        (catalogue.text("Battery"), battery),
        (catalogue.text("Entered"), catalogue.near(device.entered_at, now, zone)),
    ]
    if device.code_until_at is not None:
        until = catalogue.near(device.code_until_at, now, zone)
        facts.append((catalogue.text("The code lasts until"), until))
    return facts


def _apps(visit: PageVisit) -> list[tuple[str, str, str]]:
    catalogue = visit.texts
    return [
        (
            "owntracks",
            "OwnTracks",
            catalogue.text("For Android and iPhone. It signs in with a password."),
        ),
        (
            "traccar_client",
            "Traccar Client",
            catalogue.text("For Android. Its secret is its identifier."),
        ),
        ("osmand", "OsmAnd", catalogue.text("Only where the phone has it already.")),
        (
            "traccar",
            catalogue.text("A Traccar server"),
            catalogue.text("It forwards what its own devices report."),
        ),
    ]
