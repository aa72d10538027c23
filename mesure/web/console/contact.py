"""Contact: a person's names and addresses, to be changed, and tried with a message."""

from starlette.responses import Response

from mesure.actions.cases import contact_check, persons
from mesure.actions.cases.contact_check import ContactCheck
from mesure.actions.cases.persons import ChangeDetails
from mesure.web.console.order_entry import order_fields
from mesure.web.console.order_entry.steps.start import LANGUAGE_NAMES
from mesure.web.shared import record_heading
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.visits import PageVisit


def show(visit: PageVisit) -> Response:
    """Show how a person is called and reached."""
    return _page(visit)


def change(visit: PageVisit) -> Response:
    """Keep how a person is called and reached from now on."""
    name, (phone, email) = order_fields.require_text(visit, "name"), order_fields.contact(visit)
    language = visit.form.value("language")
    request = ChangeDetails(visit.path("person"), name, language, phone, email)
    if visit.form.faults or not visit.try_action(persons.change_details, request, "name"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?kept=yes")


def send_trial(visit: PageVisit) -> Response:
    """Send a message on trial."""
    if not visit.try_action(contact_check.try_person, ContactCheck(visit.path("person")), "email"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?sent=yes")


def _address(visit: PageVisit) -> str:
    return f"/console/people/{visit.path('person')}/contact"


def _page(visit: PageVisit, status: int = 200) -> Response:
    record = record_heading.record(visit, visit.path("person"))
    person = record.shown
    values = {"name": person.name, "language": person.language}
    values |= {"phone": person.phone or "", "email": person.email or ""}
    contents = {
        "form": FormFields({**values, **visit.form.values}, visit.form.faults),
        "record": record,
        "address": _address(visit),
        "languages_of_person": LANGUAGE_NAMES,
        "was_kept": visit.query_value("kept") == "yes",
        "was_sent": visit.query_value("sent") == "yes",
    }
    return visit.page("contact.html", status, **contents)
