"""Notes about a case: the person reads them, nothing is changed silently, and they go with them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import (
    CorrectNote,
    NoteKind,
    NoteRef,
    NotesPage,
    NotesRequest,
    WriteNote,
)
from mesure.actions.data_rights import subject_access
from mesure.actions.data_rights.erasure import DuePersons, erase_persons
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring.file import FileKeyring
from tests.actions import scene as scene_
from tests.actions.house import MASTER, MORNING, Chance, Office
from tests.actions.scene import CASE, OfficeScene
from tests.store import databases
from tests.store.databases import Database, SqliteDatabase

WORDS = "He works on Saturdays from now on."


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "notes.db")
    return databases.empty_postgres(request)


@pytest.fixture
def either(database: Database, tmp_path: Path) -> Iterator[OfficeScene]:
    """A scene on either store."""
    keyring_file.make(tmp_path / "note_keys.db", MASTER, Chance())
    with (
        closing(FileKeyring(tmp_path / "note_keys.db", MASTER, Chance())) as keyring,
        closing(database.open()) as store,
    ):
        yield scene_.scene(Office(store, keyring))


def write(
    scene: OfficeScene, text: str = WORDS, hours_ago: int = 1, actor: Actor | None = None
) -> str:
    happened_at = scene.office.now - timedelta(hours=hours_ago)
    request = WriteNote("P-1", NoteKind.CALL, happened_at, text)
    note: str = scene.do(actor or scene.ann, case_notes.write, request)
    return note


def correction(note: str, text: str, versions: int = 1) -> CorrectNote:
    return CorrectNote(note, versions, NoteKind.VISIT, MORNING, text)


def notes(scene: OfficeScene, actor: Actor, skip: int = 0) -> NotesPage:
    why: dict[str, Any] = {
        scene.person.account: {},
        scene.counsel.account: {},
        scene.inspector.account: {"purpose": Purpose.INSPECTION, "case_number": "1"},
    }.get(actor.account, CASE)
    page: NotesPage = scene.do(
        actor, case_notes.list_notes, NotesRequest(person="P-1", skip=skip, **why)
    )
    return page


def test_the_person_and_their_counsel_read_what_the_officer_reads(either: OfficeScene) -> None:
    write(either)
    for actor in (either.ann, either.chief, either.person, either.counsel, either.inspector):
        (note,) = notes(either, actor).notes
        assert (note.record.versions[0].text, note.record.versions[0].kind) == (
            WORDS,
            NoteKind.CALL,
        )
        assert note.may_take_back == (actor is either.ann)


def test_a_correction_is_a_new_version_and_the_former_one_stays(either: OfficeScene) -> None:
    note = write(either)
    either.office.later(days=3)
    either.do(either.chief, case_notes.correct, correction(note, "On Sundays."))
    (shown,) = notes(either, either.person).notes
    assert [one.text for one in shown.record.versions] == [WORDS, "On Sundays."]
    assert [one.written_by for one in shown.record.versions] == ["ann", "chief"]
    stale = correction(note, "On Mondays.")
    assert either.refusal_reason(either.ann, case_notes.correct, stale) is ActionRefusal.CHANGED


def test_it_is_taken_back_within_ten_minutes_by_whoever_wrote_it(either: OfficeScene) -> None:
    note = write(either)
    refused = either.refusal_reason(either.chief, case_notes.take_back, NoteRef(note))
    assert refused is AccessRefusal.NOT_YOURS
    either.office.later(minutes=10)
    either.do(either.ann, case_notes.take_back, NoteRef(note))
    (shown,) = notes(either, either.person).notes
    assert (shown.record.versions, shown.record.taken_back_by) == ((), "ann")
    for request, action in (
        (NoteRef(note), case_notes.take_back),
        (correction(note, "x", 0), case_notes.correct),
    ):
        assert either.refusal_reason(either.ann, action, request) is ActionRefusal.ERASED


def test_later_it_stands_and_says_what_to_do(scene: OfficeScene) -> None:
    note = write(scene)
    scene.office.later(minutes=11)
    assert not notes(scene, scene.ann).notes[0].may_take_back
    refused = scene.refusal_reason(scene.ann, case_notes.take_back, NoteRef(note))
    assert refused is ActionRefusal.NOTE_STANDS


def test_what_somebody_else_corrected_is_not_taken_back(scene: OfficeScene) -> None:
    note = write(scene)
    scene.do(scene.chief, case_notes.correct, correction(note, "Otherwise."))
    refused = scene.refusal_reason(scene.ann, case_notes.take_back, NoteRef(note))
    assert refused is AccessRefusal.NOT_YOURS


@pytest.mark.parametrize(
    ("text", "hours_ago", "reason"),
    [
        (" ", 1, ActionRefusal.REASON),
        ("x" * (case_notes.TEXT_CHARS_MAX + 1), 1, ActionRefusal.REASON),
        (WORDS, -1, ActionRefusal.FUTURE),
    ],
)
def test_what_cannot_be_a_note_is_refused(
    scene: OfficeScene, text: str, hours_ago: int, reason: ActionRefusal
) -> None:
    happened_at = scene.office.now - timedelta(hours=hours_ago)
    request = WriteNote("P-1", NoteKind.NOTE, happened_at, text)
    assert scene.refusal_reason(scene.ann, case_notes.write, request) is reason
    note = write(scene)
    changed = CorrectNote(note, 1, NoteKind.NOTE, happened_at, text)
    assert scene.refusal_reason(scene.ann, case_notes.correct, changed) is reason


def test_there_are_only_so_many_of_a_person_and_versions_of_a_note(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_notes, "NOTES_MAX", 2)
    monkeypatch.setattr(case_notes, "VERSIONS_MAX", 2)
    note = write(scene)
    write(scene)
    request = WriteNote("P-1", NoteKind.NOTE, scene.office.now, "x")
    assert scene.refusal_reason(scene.ann, case_notes.write, request) is ActionRefusal.ENOUGH_SAID
    scene.do(scene.ann, case_notes.correct, correction(note, "x"))
    again = correction(note, "y", 2)
    assert scene.refusal_reason(scene.ann, case_notes.correct, again) is ActionRefusal.ENOUGH_SAID


def test_they_come_page_by_page_the_latest_first(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_notes, "PAGE", 2)
    for hours_ago in (5, 1, 3):
        write(scene, f"{hours_ago} hours ago", hours_ago)
    first = notes(scene, scene.person)
    assert [one.record.versions[0].text[0] for one in first.notes] == ["1", "3"]
    assert first.earlier == 2
    last = notes(scene, scene.person, first.earlier)
    assert ([one.record.versions[0].text[0] for one in last.notes], last.earlier) == (["5"], None)


def test_another_officer_neither_reads_nor_writes_and_the_attempt_is_entered(
    scene: OfficeScene,
) -> None:
    note = write(scene)
    before = scene.office.size()
    for action, request in (
        (case_notes.write, WriteNote("P-1", NoteKind.NOTE, MORNING, "x")),
        (case_notes.correct, correction(note, "x")),
        (case_notes.take_back, NoteRef(note)),
        (case_notes.list_notes, NotesRequest(person="P-1", **CASE)),
    ):
        assert scene.refusal_reason(scene.bob, action, request) is AccessRefusal.NOT_IN_CHARGE
    assert len(scene.office.log(before)) == 4


def test_the_log_has_no_word_of_it(scene: OfficeScene) -> None:
    before = scene.office.size()
    note = write(scene)
    (entered,) = scene.office.log(before)
    assert entered["facts"] == {"note": note, "kind": "call"}
    assert entered["persons"] == ["P-1"]


def test_the_person_has_them_in_everything_that_is_kept(scene: OfficeScene) -> None:
    write(scene)
    rows = scene.do(scene.person, subject_access.everything, OwnRecordRequest("P-1"))
    [body] = [one["body"] for one in rows.tables["register"] if one["kind"] == "case_note"]
    assert body["versions"][0]["text"] == WORDS


def test_nothing_is_left_when_the_person_was_erased(either: OfficeScene) -> None:
    write(either)
    either.office.keyring.forget("P-1", to_us(either.office.now))
    either.office.do(PROGRAM, erase_persons, DuePersons(("P-1",), "record_days"))
    with either.office.store.read() as reading:
        assert reading.entries_about("P-1", case_notes.NOTE.name) == ()


def test_no_byte_that_tells_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    keyring_file.make(tmp_path / "k.db", MASTER, Chance())
    prepared = SqliteDatabase(tmp_path / "notes.db")
    with (
        closing(FileKeyring(tmp_path / "k.db", MASTER, Chance())) as keyring,
        closing(prepared.open()) as store,
    ):
        scene = scene_.scene(Office(store, keyring))
        note = write(scene)
        before = _file(prepared)
        keyring.forget("P-1", to_us(scene.office.now))
        scene.office.do(PROGRAM, erase_persons, DuePersons(("P-1",), "record_days"))
    after = _file(prepared)
    assert WORDS.encode() not in before  # They lie sealed.
    assert note.encode() in before
    assert note.encode() not in after


def _file(prepared: SqliteDatabase) -> bytes:
    with closing(sqlite3.connect(prepared.where)) as connection:
        connection.execute("VACUUM")
    paths = (path for path in Path(prepared.where).parent.glob("notes.db*"))
    return b"".join(path.read_bytes() for path in paths)
