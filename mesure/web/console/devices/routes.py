"""The addresses of devices: the list and each device, for operators too; a person's, for cases."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import CASEWORK, Role
from mesure.web.console.devices import (
    device_list,
    device_page,
    enrolment_form,
    first_messages,
    person_devices,
    person_sheet,
)
from mesure.web.console.devices.device_words import ADDRESS
from mesure.web.dependencies import Dependencies
from mesure.web.shared import visits
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes; the name of a device comes last, since it may have any sign in it."""
    keeping = visits.pageful("mesure.web.console", parts, static, CASEWORK | {Role.OPERATOR})
    cases = visits.pageful("mesure.web.console", parts, static, CASEWORK)
    own = "/console/people/{person}/devices"
    return [
        keeping.route(ADDRESS, device_list.show, device_list.add),
        keeping.route(f"{ADDRESS}/at/{{device:path}}", device_page.show),
        keeping.route(f"{ADDRESS}/code/{{device:path}}", sent=device_page.give_code),
        keeping.route(f"{ADDRESS}/app/{{device:path}}", sent=device_page.enrol_app),
        keeping.route(f"{ADDRESS}/secrets/{{device:path}}", sent=device_page.renew_secrets),
        keeping.route(f"{ADDRESS}/retire/{{device:path}}", sent=device_page.retire),
        keeping.route(f"{ADDRESS}/messages/{{device:path}}", first_messages.show),
        cases.route(own, person_devices.show),
        cases.route(f"{own}/give", sent=person_devices.give),
        cases.route(f"{own}/swap", sent=person_devices.swap),
        cases.route(f"{own}/take-back", sent=person_devices.take_back),
        cases.route(f"{own}/enrolment", enrolment_form.show, enrolment_form.enter),
        cases.route(f"{own}/sheet", person_sheet.show),
    ]
