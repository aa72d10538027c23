"""Own contact: how the person wants to be reached; kept by themselves, and tried with a message."""

from typing import Final

from starlette.responses import Response

from mesure.actions.cases import persons
from mesure.actions.cases.persons import SetContact
from mesure.web.shared import record_heading, record_pages
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import contact_words

ADDRESS: Final = "/portal/contact"


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show how the person is reached."""
    record = record_heading.own(visit)
    contents = record_pages.contact_contents(visit, record, ADDRESS)
    return visit.page("own_contact.html", status, **contents)


def change(visit: PageVisit) -> Response:
    """Keep how the person wants to be reached from now on; what is left empty is not used."""
    phone, email = contact_words.read_addresses(visit.form, visit.texts.catalogue)
    request = SetContact(record_heading.own(visit).person, phone, email)
    if not record_pages.change_contact(visit, persons.set_contact, request, "phone"):
        return show(visit, 422)
    return visit.to(f"{ADDRESS}?kept=yes")


def send_trial(visit: PageVisit) -> Response:
    """Send a message on trial to oneself."""
    person = record_heading.own(visit).person
    return record_pages.send_trial(visit, person, ADDRESS, show)
