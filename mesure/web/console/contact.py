"""Contact: a person's names and addresses, to be changed, and tried with a message."""

from starlette.responses import Response

from mesure.actions.cases import persons
from mesure.actions.cases.persons import ChangeDetails
from mesure.web.console.order_entry import order_fields
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.shared import record_heading, record_pages
from mesure.web.shared.visits import PageVisit


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a person's name and how they are reached."""
    record = record_heading.record(visit, visit.path("person"))
    contents = record_pages.contact_contents(visit, record, _address(visit))
    contents |= {"record": record, "languages_of_person": LANGUAGE_NAMES}
    return visit.page("contact.html", status, **contents)


def change(visit: PageVisit) -> Response:
    """Keep a person's name and how they are reached from now on."""
    name, (phone, email) = order_fields.require_text(visit, "name"), order_fields.contact(visit)
    language = visit.form.value("language")
    request = ChangeDetails(visit.path("person"), name, language, phone, email)
    if not record_pages.change_contact(visit, persons.change_details, request, "name"):
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?kept=yes")


def send_trial(visit: PageVisit) -> Response:
    """Send a message on trial."""
    return record_pages.send_trial(visit, visit.path("person"), _address(visit), show)


def _address(visit: PageVisit) -> str:
    return f"/console/people/{visit.path('person')}/contact"
