"""Contact: a person's names and addresses, to be changed, and tried with a message."""

from starlette.responses import Response

from mesure.actions.cases import persons
from mesure.actions.cases.persons import ChangeDetails
from mesure.web.console.order_entry import order_fields
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.shared import record_heading, record_pages
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import contact_words
from mesure.web.shared.words.contact_words import TrialLine


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a person's name and how they are reached."""
    record = record_heading.record(visit, visit.path("person"))
    person = record.shown
    values = {"name": person.name, "language": person.language}
    values |= {"phone": person.phone or "", "email": person.email or ""}
    procedure, texts = visit.context.procedure, visit.texts
    contents = {
        "form": visit.form.over(values),
        "record": record,
        "address": _address(visit),
        "languages_of_person": LANGUAGE_NAMES,
        "was_kept": visit.query_value("kept") == "yes",
        "trial": _trial(visit),
        "unreachable": contact_words.unreachable(procedure, person.email, person.phone, texts),
    }
    return visit.page("contact.html", status, **contents)


def change(visit: PageVisit) -> Response:
    """Keep a person's name and how they are reached from now on."""
    name, (phone, email) = order_fields.require_text(visit, "name"), order_fields.contact(visit)
    language = visit.form.value("language")
    request = ChangeDetails(visit.path("person"), name, language, phone, email)
    if visit.form.faults or not visit.try_action(persons.change_details, request, "name"):
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?kept=yes")


def send_trial(visit: PageVisit) -> Response:
    """Send a message on trial."""
    return record_pages.send_trial(visit, visit.path("person"), _address(visit), show)


def _address(visit: PageVisit) -> str:
    return f"/console/people/{visit.path('person')}/contact"


def _trial(visit: PageVisit) -> TrialLine | None:
    state = record_pages.trial_state(visit, visit.path("person"))
    return None if state is None else contact_words.to_person(state, visit.texts)
