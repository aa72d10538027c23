"""Notes about a person: written, corrected openly, and taken back for some minutes."""

from datetime import datetime
from typing import Final

from starlette.responses import Response

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import (
    CorrectNote,
    NoteKind,
    NoteRef,
    NotesPage,
    NotesRequest,
    WriteNote,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.web.console.names import names_of
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import note_words

ADDRESS: Final = "/console/people/{person}/notes"


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show what was written down about a person, the latest first, and a form for more."""
    record = record_heading.record(visit, visit.path("person"))
    page = _look(visit, record.person)
    form = visit.form.over({"kind": NoteKind.NOTE.value})
    minute = visit.context.now.replace(second=0, microsecond=0)
    form.fill_instant("happened", minute, record.zone)
    contents = {
        "form": form,
        "notes": note_words.rows(page, visit.texts, names_of(visit)),
        "earlier": note_words.earlier_page(page, _address(record.person)),
        "address": _address(record.person),
    }
    return visit.page("notes.html", status, **contents, **_common(visit, record))


def write(visit: PageVisit) -> Response:
    """Write down a note, a call or a visit."""
    record = record_heading.record(visit, visit.path("person"))
    contents = _read(visit, record)
    if contents is None:
        return show(visit, 422)
    if not visit.try_action(case_notes.write, WriteNote(record.person, *contents), "text"):
        return show(visit, 422)
    return visit.to(_address(record.person))


def show_note(visit: PageVisit, status: int = 200) -> Response:
    """Show a note with the form that corrects it."""
    record = record_heading.record(visit, visit.path("person"))
    page = _look(visit, record.person, visit.path("note"))
    if not page.notes or not page.notes[0].record.versions:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    [note] = page.notes
    latest = note.record.versions[-1]
    form = visit.form.over({"kind": latest.kind.value, "text": latest.text})
    form.fill_instant("happened", latest.happened_at, record.zone)
    contents = {
        "form": form,
        "notes": note_words.rows(page, visit.texts, names_of(visit)),
        "versions": len(note.record.versions),
        "back": _address(record.person),
    }
    return visit.page("note.html", status, **contents, **_common(visit, record))


def correct(visit: PageVisit) -> Response:
    """Correct a note by a new version."""
    record = record_heading.record(visit, visit.path("person"))
    contents = _read(visit, record)
    if contents is None:
        return show_note(visit, 422)
    versions = visit.form.count("versions") or 0
    request = CorrectNote(visit.path("note"), versions, *contents)
    if not visit.try_action(case_notes.correct, request, "text"):
        return show_note(visit, 422)
    return visit.to(_address(record.person))


def take_back(visit: PageVisit) -> Response:
    """Take a note back that was written by mistake."""
    if not visit.try_action(case_notes.take_back, NoteRef(visit.path("note")), "text"):
        return show(visit, 422)
    return visit.to(_address(visit.path("person")))


def _address(person: str) -> str:
    return ADDRESS.replace("{person}", person)


def _read(visit: PageVisit, record: PersonRecord) -> tuple[NoteKind, datetime, str] | None:
    """Return what the form says; None: something in it is wrong, and noted."""
    form, catalogue = visit.form, visit.texts
    kind = form.one_of("kind", set(NoteKind), catalogue.text("Choose what it was."))
    happened_at = form.instant("happened", record.zone, catalogue.catalogue)
    missing = catalogue.text("Write what should be recorded.")
    text = form.text("text", missing, case_notes.TEXT_CHARS_MAX)
    if form.faults or happened_at is None:
        return None
    return NoteKind(kind), happened_at, text


def _look(visit: PageVisit, person: str, note: str | None = None) -> NotesPage:
    purpose, number = record_heading.why(visit, person)
    request = NotesRequest(
        person=person,
        skip=0 if note else note_words.count_to_skip(visit.query_value("skip")),
        note=note,
        purpose=purpose,
        case_number=number,
    )
    return visit.perform(case_notes.list_notes, request)


def _common(visit: PageVisit, record: PersonRecord) -> dict[str, object]:
    kinds = [(kind.value, kind.in_words(visit.texts.catalogue), "") for kind in NoteKind]
    return {"record": record, "kinds": kinds}
