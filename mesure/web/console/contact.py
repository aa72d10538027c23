"""How a person is called and reached: change it, and send a message on trial."""

from starlette.responses import Response

from mesure.actions import contacts, persons
from mesure.actions.contacts import OfPerson
from mesure.actions.persons import ChangeDetails
from mesure.web.console.order_entry import fields
from mesure.web.console.order_entry.start import LANGUAGE_NAMES
from mesure.web.frame import records
from mesure.web.frame.forms import Form
from mesure.web.frame.visits import Visit


def shown(visit: Visit) -> Response:
    """Show how a person is called and reached."""
    return _page(visit)


def changed(visit: Visit) -> Response:
    """Keep how a person is called and reached from now on."""
    name, (phone, email) = fields.needed(visit, "name"), fields.contact(visit)
    language = visit.form.value("language")
    asked = ChangeDetails(visit.path("person"), name, language, phone, email)
    if visit.form.faults or not visit.tried(persons.change_details, asked, "name"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?kept=yes")


def tried(visit: Visit) -> Response:
    """Send a message on trial."""
    if not visit.tried(contacts.try_person, OfPerson(visit.path("person")), "email"):
        return _page(visit, 422)
    return visit.to(f"{_address(visit)}?sent=yes")


def _address(visit: Visit) -> str:
    return f"/console/people/{visit.path('person')}/contact"


def _page(visit: Visit, status: int = 200) -> Response:
    record = records.record(visit, visit.path("person"))
    kept = record.shown
    values = {"name": kept.name, "language": kept.language}
    values |= {"phone": kept.phone or "", "email": kept.email or ""}
    contents = {
        "form": Form({**values, **visit.form.values}, visit.form.faults),
        "record": record,
        "address": _address(visit),
        "languages_of_person": LANGUAGE_NAMES,
        "was_kept": visit.asked("kept") == "yes",
        "was_sent": visit.asked("sent") == "yes",
    }
    return visit.page("contact.html", status, **contents)
