"""How a person is called and reached: change it, and send a message on trial."""

from starlette.responses import Response

from mesure.actions.cases import contact_check, persons
from mesure.actions.cases.contact_check import OfPerson
from mesure.actions.cases.persons import ChangeDetails
from mesure.web.console.order_entry import order_fields
from mesure.web.console.order_entry.steps.start import LANGUAGE_NAMES
from mesure.web.shared import record_heading
from mesure.web.shared.form_fields import Form
from mesure.web.shared.visits import Visit


def shown(visit: Visit) -> Response:
    """Show how a person is called and reached."""
    return _page(visit)


def changed(visit: Visit) -> Response:
    """Keep how a person is called and reached from now on."""
    name, (phone, email) = order_fields.needed(visit, "name"), order_fields.contact(visit)
    language = visit.form.value("language")
    request = ChangeDetails(visit.path("person"), name, language, phone, email)
    if visit.form.faults or not visit.tried(persons.change_details, request, "name"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?kept=yes")


def tried(visit: Visit) -> Response:
    """Send a message on trial."""
    if not visit.tried(contact_check.try_person, OfPerson(visit.path("person")), "email"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?sent=yes")


def _address(visit: Visit) -> str:
    return f"/console/people/{visit.path('person')}/contact"


def _page(visit: Visit, status: int = 200) -> Response:
    record = record_heading.record(visit, visit.path("person"))
    person = record.shown
    values = {"name": person.name, "language": person.language}
    values |= {"phone": person.phone or "", "email": person.email or ""}
    contents = {
        "form": Form({**values, **visit.form.values}, visit.form.faults),
        "record": record,
        "address": _address(visit),
        "languages_of_person": LANGUAGE_NAMES,
        "was_kept": visit.asked("kept") == "yes",
        "was_sent": visit.asked("sent") == "yes",
    }
    return visit.page("contact.html", status, **contents)
