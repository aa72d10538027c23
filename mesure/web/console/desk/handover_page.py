"""Hand-over notes about a person: open matters are filled in, and only the rest is typed."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import (
    ConfirmHandover,
    CorrectHandover,
    HandoverRef,
    HandoversRequest,
    WriteHandover,
)
from mesure.web.console.names import names_of
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import work_words

ADDRESS: Final = "/console/people/{person}/handover"
CONFIRMED: Final = "confirmed"  # What of an address names the note confirmed just before.


def of(person: str) -> str:
    """Return where the hand-over notes about a person are."""
    return ADDRESS.replace("{person}", quote(person, safe=""))


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show the open matters, a form for what the record does not say, and the notes so far."""
    record = record_heading.record(visit, visit.path("person"))
    purpose, number = record_heading.why(visit, record.person)
    request = HandoversRequest(person=record.person, purpose=purpose, case_number=number)
    views = visit.perform(handover_notes.list_handovers, request)
    facts = visit.perform(handover_notes.show_facts, request)
    zone, names = record.zone, names_of(visit)
    is_confirmed = any(
        view.handover == visit.query_value(CONFIRMED) and view.may_unconfirm for view in views
    )
    contents = {
        "record": record,
        "form": visit.form,
        "facts": work_words.facts(facts, visit.texts, zone),
        "handovers": work_words.handovers(views, visit.texts, names, zone),
        "confirmed": is_confirmed,
        "address": of(record.person),
    }
    return visit.page("handover.html", status, **contents)


def write(visit: PageVisit) -> Response:
    """Write a note for the next officer of a case."""
    text = _text(visit)
    if text is None:
        return show(visit, 422)
    person = visit.path("person")
    if not visit.try_action(handover_notes.write, WriteHandover(person, text), "text"):
        return show(visit, 422)
    return visit.to(of(person))


def correct(visit: PageVisit) -> Response:
    """Correct a note by a new version."""
    text = _text(visit)
    if text is None:
        return show(visit, 422)
    request = CorrectHandover(visit.path("handover"), visit.form.count("versions") or 0, text)
    if not visit.try_action(handover_notes.correct, request, "text"):
        return show(visit, 422)
    return visit.to(of(visit.path("person")))


def take_back(visit: PageVisit) -> Response:
    """Take a note back that was written by mistake."""
    request = HandoverRef(visit.path("handover"))
    if not visit.try_action(handover_notes.take_back, request, "text"):
        return show(visit, 422)
    return visit.to(of(visit.path("person")))


def confirm(visit: PageVisit) -> Response:
    """Confirm that one has read a note."""
    handover = visit.path("handover")
    request = ConfirmHandover(handover, visit.form.count("versions") or 0)
    if not visit.try_action(handover_notes.confirm, request, "text"):
        return show(visit, 422)
    return visit.to(f"{of(visit.path('person'))}?{CONFIRMED}={quote(handover, safe='')}")


def unconfirm(visit: PageVisit) -> Response:
    """Take back that one has read a note."""
    request = HandoverRef(visit.path("handover"))
    if not visit.try_action(handover_notes.unconfirm, request, "text"):
        return show(visit, 422)
    return visit.to(of(visit.path("person")))


def _text(visit: PageVisit) -> str | None:
    missing = visit.texts.text("Write what should be recorded.")
    text = visit.form.text("text", missing, handover_notes.TEXT_CHARS_MAX)
    return None if visit.form.faults else text
