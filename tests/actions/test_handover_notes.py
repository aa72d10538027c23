"""A hand-over note: read by the next officer, confirmed, and read by the person too."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.cases import caseload, worklist
from mesure.actions.cases.caseload import AssignCase, SetCover
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.data_rights import subject_access
from mesure.actions.data_rights.erasure import DuePersons, erase_persons
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import (
    ConfirmHandover,
    CorrectHandover,
    HandoverRef,
    HandoversRequest,
    HandoverView,
    UnconfirmedHandover,
    WriteHandover,
)
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import AnswerAbsence, RequestAbsence
from mesure.actions.orders.court_orders import EnterVersion
from mesure.actions.records.continuity_records import HANDOVER
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.incidents.finding import FindingOutcome
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring.file import FileKeyring
from tests.actions import scene as scene_
from tests.actions.house import MASTER, Chance, Office
from tests.actions.scene import CASE, ORDER, OfficeScene
from tests.actions.test_worklist import incident, show_incident
from tests.store import databases
from tests.store.databases import Database, SqliteDatabase

WORDS = "He starts a new job on Monday; his foreman agreed to call."


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "handovers.db")
    return databases.empty_postgres(request)


@pytest.fixture
def either(database: Database, tmp_path: Path) -> Iterator[OfficeScene]:
    """A scene on either store."""
    keyring_file.make(tmp_path / "handover_keys.db", MASTER, Chance())
    with (
        closing(FileKeyring(tmp_path / "handover_keys.db", MASTER, Chance())) as keyring,
        closing(database.open()) as store,
    ):
        yield scene_.scene(Office(store, keyring))


def write(scene: OfficeScene, text: str = WORDS, actor: Actor | None = None) -> str:
    name: str = scene.do(actor or scene.ann, handover_notes.write, WriteHandover("P-1", text))
    return name


def move(scene: OfficeScene, to: Actor | None = None) -> None:
    scene.do(scene.chief, caseload.assign, AssignCase("P-1", (to or scene.bob).account))


def list_notes(scene: OfficeScene, actor: Actor) -> tuple[HandoverView, ...]:
    why: dict[str, Any] = {
        scene.person.account: {},
        scene.counsel.account: {},
        scene.inspector.account: {"purpose": Purpose.INSPECTION, "case_number": "1"},
    }.get(actor.account, CASE)
    request = HandoversRequest(person="P-1", **why)
    views: tuple[HandoverView, ...] = scene.do(actor, handover_notes.list_handovers, request)
    return views


def waits_for(scene: OfficeScene, actor: Actor) -> list[str]:
    items = scene.do(actor, worklist.list_items, EmptyRequest())
    return [item.id for item in items if item.what is WorkItemType.HANDOVER]


def list_unconfirmed(scene: OfficeScene) -> tuple[UnconfirmedHandover, ...]:
    notes: tuple[UnconfirmedHandover, ...] = scene.do(
        scene.chief, handover_notes.list_unconfirmed, EmptyRequest()
    )
    return notes


def test_whoever_gets_the_case_reads_it_and_confirms(either: OfficeScene) -> None:
    note = write(either)
    assert waits_for(either, either.ann) == []
    assert list_unconfirmed(either) == ()
    move(either)
    assert waits_for(either, either.bob) == [note]
    [waiting] = list_unconfirmed(either)
    assert (waiting.handover, waiting.written_by, waiting.waits_for) == (note, "ann", ("bob",))
    assert waiting.name == "Name of P-1"
    either.office.later(minutes=5)
    either.do(either.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    assert either.office.last()["action"] == "handovers.confirm"
    assert either.office.last()["facts"] == {"handover": note}
    assert waits_for(either, either.bob) == []
    assert list_unconfirmed(either) == ()
    [shown] = list_notes(either, either.bob)
    [receipt] = shown.record.receipts
    assert (receipt.by, receipt.at, receipt.versions) == ("bob", either.office.now, 1)


def test_the_person_their_counsel_and_an_inspector_read_it_too(either: OfficeScene) -> None:
    write(either)
    readers = either.ann, either.chief, either.person, either.counsel, either.inspector
    for actor in readers:
        [shown] = list_notes(either, actor)
        assert shown.record.versions[0].text == WORDS
        assert shown.may_take_back == (actor is either.ann)


def test_it_waits_for_whoever_covers_and_not_for_its_writer(scene: OfficeScene) -> None:
    note = write(scene)
    now = scene.office.now
    cover = SetCover("ann", "bob", now + timedelta(hours=1), now + timedelta(days=7))
    scene.do(scene.ann, caseload.cover, cover)
    assert list_unconfirmed(scene) == ()
    scene.office.later(hours=2)
    assert waits_for(scene, scene.bob) == [note]
    assert waits_for(scene, scene.ann) == []
    refused = scene.refusal_reason(scene.ann, handover_notes.confirm, ConfirmHandover(note, 1))
    assert refused is AccessRefusal.NOT_YOURS
    refused = scene.refusal_reason(scene.chief, handover_notes.confirm, ConfirmHandover(note, 1))
    assert refused is AccessRefusal.NOT_YOURS
    scene.office.later(days=8)
    assert list_unconfirmed(scene) == ()


def test_a_correction_stands_beside_it_and_is_confirmed_anew(scene: OfficeScene) -> None:
    note = write(scene)
    now = scene.office.now
    scene.do(scene.ann, caseload.cover, SetCover("ann", "bob", now, now + timedelta(days=7)))
    scene.do(scene.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    scene.do(scene.ann, handover_notes.correct, CorrectHandover(note, 1, "On Tuesday."))
    assert waits_for(scene, scene.bob) == [note]
    refused = scene.refusal_reason(scene.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    assert refused is ActionRefusal.CHANGED
    scene.do(scene.bob, handover_notes.confirm, ConfirmHandover(note, 2))
    [shown] = list_notes(scene, scene.person)
    assert [one.text for one in shown.record.versions] == [WORDS, "On Tuesday."]
    assert [one.versions for one in shown.record.receipts] == [1, 2]
    for request, reason in (
        (CorrectHandover(note, 1, "x"), ActionRefusal.CHANGED),
        (CorrectHandover(note, 2, " "), ActionRefusal.REASON),
    ):
        assert scene.refusal_reason(scene.ann, handover_notes.correct, request) is reason
    other = CorrectHandover(note, 2, "x")
    assert scene.refusal_reason(scene.bob, handover_notes.correct, other) is AccessRefusal.NOT_YOURS
    assert scene.do(scene.chief, handover_notes.correct, other) == 3


def test_a_receipt_given_by_mistake_is_taken_back_within_minutes(scene: OfficeScene) -> None:
    note = write(scene)
    move(scene)
    scene.do(scene.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    [shown] = list_notes(scene, scene.bob)
    assert (shown.may_confirm, shown.may_unconfirm) == (False, True)
    scene.do(scene.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    scene.do(scene.bob, handover_notes.unconfirm, HandoverRef(note))
    assert waits_for(scene, scene.bob) == [note]
    scene.do(scene.bob, handover_notes.confirm, ConfirmHandover(note, 1))
    scene.office.later(minutes=11)
    refused = scene.refusal_reason(scene.bob, handover_notes.unconfirm, HandoverRef(note))
    assert refused is ReviewRefusal.TOO_LATE


def test_its_writer_takes_it_back_within_minutes_while_nobody_confirmed_it(
    scene: OfficeScene,
) -> None:
    note = write(scene)
    refused = scene.refusal_reason(scene.chief, handover_notes.take_back, HandoverRef(note))
    assert refused is AccessRefusal.NOT_YOURS
    scene.do(scene.ann, handover_notes.take_back, HandoverRef(note))
    [shown] = list_notes(scene, scene.person)
    assert (shown.record.versions, shown.record.taken_back_by) == ((), "ann")
    assert not shown.may_correct
    assert not shown.may_take_back
    request = CorrectHandover(note, 0, "x")
    assert scene.refusal_reason(scene.ann, handover_notes.correct, request) is ActionRefusal.ERASED
    second = write(scene)
    scene.office.later(minutes=11)
    refused = scene.refusal_reason(scene.ann, handover_notes.take_back, HandoverRef(second))
    assert refused is ActionRefusal.NOTE_STANDS


def test_what_stands_open_is_filled_in_and_kept_as_it_was(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    incident(scene.office, "P-1", "I-1", opened_us=to_us(scene.office.now))
    start_at = scene.office.now + timedelta(days=30)
    request = RequestAbsence(
        order="ALM-1",
        conditions=("C1",),
        start_at=start_at,
        until_at=start_at + timedelta(hours=8),
        reason="A wedding.",
    )
    absence = scene.do(scene.person, absences.ask, request)
    query = HandoversRequest(person="P-1", **CASE)
    facts = scene.do(scene.ann, handover_notes.show_facts, query)
    assert [item.what for item in facts.items] == ["incident", "absence"]
    scene.do(scene.ann, absences.answer, AnswerAbsence(absence, True, "Enjoy it."))
    write(scene)
    [shown] = list_notes(scene, scene.ann)
    facts = shown.record.versions[0].facts
    assert [(item.what, item.item, item.kind) for item in facts.items] == [
        ("incident", "I-1", "absent")
    ]
    assert [(one.absence, one.start_at) for one in facts.absences] == [(absence, start_at)]
    assert [one.device for one in facts.devices] == ["D-1"]
    assert facts.next_edge is not None
    assert (facts.next_edge.condition, facts.next_edge.begins) == ("C1", True)
    assert facts.at == scene.office.now


def test_an_order_that_its_writer_entered_waits_for_somebody_else_and_is_filled_in(
    scene: OfficeScene,
) -> None:
    entered = scene.do(scene.ann, court_orders.enter, EnterVersion(ORDER.encode()))
    assert not entered.binds
    query = HandoversRequest(person="P-1", **CASE)
    [item] = scene.do(scene.ann, handover_notes.show_facts, query).items
    assert (item.what, item.item, item.kind) == ("order", "ALM-1", "1")


def test_what_its_writer_proposed_waits_for_somebody_else_and_is_filled_in(
    scene: OfficeScene,
) -> None:
    incident(scene.office, "P-1", "I-1", opened_us=to_us(scene.office.now))
    show_incident(scene.office, scene.ann, "I-1")
    proposed = RecordFinding("I-1", FindingOutcome.BREACH, "I saw it on the map.")
    scene.do(scene.ann, incident_review.find, proposed)
    assert scene.do(scene.ann, worklist.list_items, EmptyRequest()) == (), "it is not for her"
    query = HandoversRequest(person="P-1", **CASE)
    facts = scene.do(scene.ann, handover_notes.show_facts, query)
    assert [(item.what, item.item) for item in facts.items] == [("second_eyes", "I-1")]
    assert facts.items[0].since_at == scene.office.now
    assert facts.items == scene.do(scene.chief, handover_notes.show_facts, query).items


@pytest.mark.parametrize("text", [" ", "x" * (handover_notes.TEXT_CHARS_MAX + 1)])
def test_what_is_no_note_is_refused(scene: OfficeScene, text: str) -> None:
    refused = scene.refusal_reason(scene.ann, handover_notes.write, WriteHandover("P-1", text))
    assert refused is ActionRefusal.REASON


def test_there_is_an_end_to_what_is_kept(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover_notes, "HANDOVERS_MAX", 1)
    monkeypatch.setattr(handover_notes, "VERSIONS_MAX", 1)
    note = write(scene)
    request = WriteHandover("P-1", WORDS)
    assert (
        scene.refusal_reason(scene.ann, handover_notes.write, request) is ActionRefusal.ENOUGH_SAID
    )
    more = CorrectHandover(note, 1, "x")
    assert (
        scene.refusal_reason(scene.ann, handover_notes.correct, more) is ActionRefusal.ENOUGH_SAID
    )


def test_a_barred_supervisor_does_not_see_that_it_waits(scene: OfficeScene) -> None:
    other = scene.office.account("other", Role.SUPERVISOR)
    write(scene)
    move(scene)
    scene.do(other, caseload.bar, caseload.BarRequest("P-1", "chief"))
    assert list_unconfirmed(scene) == ()


def test_the_log_names_the_note_and_nothing_that_it_says(scene: OfficeScene) -> None:
    note = write(scene)
    assert scene.office.last()["facts"] == {"handover": note}
    assert all("foreman" not in str(entry) for entry in scene.office.log())


def test_it_is_in_the_file_of_everything_sealed_and_goes_with_the_person(
    either: OfficeScene, tmp_path: Path
) -> None:
    write(either)
    everything = either.do(either.person, subject_access.everything, OwnRecordRequest("P-1"))
    assert WORDS in subject_access.to_file(everything, ()).decode()
    written = b"".join(file.read_bytes() for file in tmp_path.glob("handovers.db*"))
    assert WORDS.encode() not in written  # They lie sealed.
    either.office.keyring.forget("P-1", to_us(either.office.now))
    either.do(PROGRAM, erase_persons, DuePersons(("P-1",), "record_days"))
    with either.office.store.read() as reading:
        assert not reading.entries_about("P-1", HANDOVER.name)
