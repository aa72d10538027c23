"""One person's key is lost: what is done and listed for all goes on, and says of whom it cannot."""

from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path

import msgspec
import pytest

from mesure.actions.cases import case_overview, caseload
from mesure.actions.cases.case_overview import EdgesRequest
from mesure.actions.cases.caseload import AssignCase
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import AnswerOutsideRequest, MonthQuery
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import WriteHandover
from mesure.actions.devices import assignments
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.notifications import notification_dispatch, notification_rules
from mesure.actions.notifications.notification_dispatch import NotifyChanges
from mesure.actions.orders import court_orders, order_drafts
from mesure.actions.orders.court_orders import EnterVersion
from mesure.actions.orders.order_drafts import BeginDraft
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.incidents.finding import FindingOutcome
from mesure.instants import to_us
from mesure.store.values.faults import LostKeyError
from tests.actions import house, raised, test_overdue_things, test_statistics
from tests.actions.house import Office
from tests.actions.scene import ORDER, OfficeScene
from tests.actions.test_lost_keys_received import put_back, read_wrapped
from tests.actions.test_outside_requests import ASKED
from tests.actions.test_overdue_things import BROUGHT_AT
from tests.actions.test_worklist import incident

NEWS = NotifyChanges(time(21), time(8), "Asia/Almaty")


# --- Read apart ----------------------------------------------------------------------------------


def test_halves_are_read_until_whose_it_is_stands_alone(office: Office) -> None:
    """A key that was made since the other was lost opens only what came after it."""
    people = [office.person(f"P-{number}") for number in range(1, 9)]
    reads: list[list[str]] = []

    def read(names: Sequence[str]) -> list[str]:
        reads.append(list(names))
        if {"P-3", "P-8"} & {*names}:
            raise LostKeyError("shut")
        return list(names)

    office.keyring.forget("P-2", 1)
    parts, unreadable = lost_keys.read_apart(office.keyring, [*people, "P-none"], read)
    assert [person for part in parts for person in part] == ["P-1", "P-4", "P-5", "P-6", "P-7"]
    assert unreadable == ("P-none", "P-3", "P-8"), "P-2 was erased"
    assert reads[0] == [person for person in people if person != "P-2"]


def test_what_is_refused_for_another_reason_is_refused(office: Office) -> None:
    def read(_: Sequence[str]) -> None:
        raise NotFoundError(ActionRefusal.NOT_HERE)

    with pytest.raises(NotFoundError):
        lost_keys.read_apart(office.keyring, [office.person("P-1")], read)
    with pytest.raises(NotFoundError), lost_keys.skip_unopened():
        read([])
    assert lost_keys.read_apart(office.keyring, [], read) == ((), ())


# --- What the program does for all ---------------------------------------------------------------


def test_what_is_overdue_of_others_is_brought(
    office: Office, ann: Actor, chief: Actor, tmp_path: Path
) -> None:
    for number in (1, 2):
        office.person(f"P-{number}", ann)
        incident(office, f"P-{number}", f"I-{number}", opened_us=to_us(office.now))
    office.now = BROUGHT_AT
    test_overdue_things.bring(office)
    office.person("P-3", ann)
    incident(office, "P-3", "I-3", opened_us=to_us(office.now))
    house.lose_key(tmp_path, "P-1")
    office.later(days=9)
    assert test_overdue_things.bring(office) == 1
    views = test_overdue_things.list_overdue(office, chief)
    assert [(one.what, one.person, one.name) for one in views] == [
        (WorkItemType.INCIDENT, "P-2", "Name of P-2"),
        (WorkItemType.UNREADABLE, "P-1", "P-1"),
        (WorkItemType.INCIDENT, "P-3", "Name of P-3"),
    ]
    assert test_overdue_things.bring(office) == 0, "of whoever cannot be read nothing is new"


def test_what_changed_of_others_is_told(office: Office, ann: Actor, tmp_path: Path) -> None:
    for person in ("P-1", "P-2"):
        office.person(person, ann)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0
    for person in ("P-1", "P-2"):
        raised.judge(office, raised.incident(person, f"I-{person}"))
        test_statistics.decide(office, person, FindingOutcome.BREACH)
    wrapped_key = read_wrapped(tmp_path, "P-1")
    house.lose_key(tmp_path, "P-1")
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0
    assert persons_with_news(office) == ["P-2"]
    office.later(days=9)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0
    assert persons_with_news(office) == ["P-2"]
    put_back(tmp_path, "P-1", wrapped_key)
    office.later(hours=1)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS)
    assert persons_with_news(office) == ["P-1", "P-2"]
    office.later(days=9)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0


def persons_with_news(office: Office) -> list[str]:
    """Return to whom a notice of a finding goes."""
    with office.store.read() as reading:
        due = reading.due("notice", to_us(office.now + timedelta(days=2)), 100)
    return sorted(str(row.person) for row in due if "your_finding" in row.key)


def test_what_nobody_opened_of_others_is_brought_on_and_the_rest_waits(
    office: Office, ann: Actor, chief: Actor, tmp_path: Path
) -> None:
    for person in ("P-1", "P-2"):
        office.person(person, ann)
    notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS)
    for person in ("P-1", "P-2"):
        raised.judge(office, raised.incident(person, f"I-{person}"))
        test_statistics.decide(office, person, FindingOutcome.BREACH)
    notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS)
    house.lose_key(tmp_path, "P-1")
    office.later(days=9)
    assert notification_dispatch.escalate_due(office.context(PROGRAM)) == 2
    with office.store.read() as reading:
        shut, seen_status = (
            reading.send_status(notification_rules.ESCALATION, f"I-P-{number}:1")
            for number in (1, 2)
        )
    assert shut is not None
    assert seen_status is not None
    assert (shut.is_done, shut.said) == (False, "unreadable")
    assert (seen_status.is_done, seen_status.said) == (True, "seen")


def test_what_others_carry_is_ended(scene: OfficeScene, tmp_path: Path) -> None:
    scene.order()
    scene.carries()
    scene.office.now = scene.office.now.replace(year=2027, month=2)
    with scene.office.store.read() as reading:
        before = reading.assignments_of("P-1")
    house.lose_key(tmp_path, "P-1")
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 0
    with scene.office.store.read() as reading:
        assert reading.assignments_of("P-1") == before


def test_statistics_are_counted_without_whom_cannot_be_read(office: Office, tmp_path: Path) -> None:
    test_statistics.fill(office)
    house.lose_key(tmp_path, "P-10")
    office.keyring.make_keys(["P-10"])  # Made anew, as by an older version.
    house.lose_key(tmp_path, "P-11")
    test_statistics.count(office)
    table = test_statistics.show_statistics(office)
    assert table.counted_at == office.now
    assert table.periods == ("2026", "2026-1")
    assert table.found is not None
    assert (table.found.whole.incidents, table.unreadable) == (10, 2)
    office.keyring.forget("P-11", 1)
    test_statistics.count(office)
    assert test_statistics.show_statistics(office).unreadable == 1, (
        "who was erased is nobody's lack"
    )


def test_statistics_of_nobody_who_can_be_read_say_so(office: Office, tmp_path: Path) -> None:
    test_statistics.fill(office)
    for person in test_statistics.PERSONS:
        house.lose_key(tmp_path, person)
    test_statistics.count(office)
    table = test_statistics.show_statistics(office)
    assert (table.periods, table.found, table.unreadable) == ((), None, 12)


# --- What is listed of many ----------------------------------------------------------------------


def test_the_next_hours_of_others_are_seen(scene: OfficeScene, tmp_path: Path) -> None:
    scene.order()
    scene.office.person("P-2", scene.ann)
    request = EdgesRequest(("P-2", "P-1"))
    [edge] = scene.do(scene.ann, case_overview.next_edges, request)
    assert edge.person == "P-1"
    house.lose_key(tmp_path, "P-1")
    assert scene.do(scene.ann, case_overview.next_edges, request) == ()


def test_a_hand_over_note_that_cannot_be_read_is_named(scene: OfficeScene, tmp_path: Path) -> None:
    scene.office.person("P-2", scene.ann)
    for person in ("P-1", "P-2"):
        scene.do(scene.ann, handover_notes.write, WriteHandover(person, "He works."))
        scene.do(scene.chief, caseload.assign, AssignCase(person, scene.bob.account))
    house.lose_key(tmp_path, "P-1")
    notes = scene.do(scene.chief, handover_notes.list_unconfirmed, EmptyRequest())
    assert {(note.person, note.name, note.written_by) for note in notes} == {
        ("P-1", "P-1", None),
        ("P-2", "Name of P-2", scene.ann.account),
    }


def test_unfinished_orders_of_others_are_listed(scene: OfficeScene, tmp_path: Path) -> None:
    scene.office.person("P-2", scene.ann)
    for person in ("P-1", "P-2"):
        scene.do(scene.ann, order_drafts.begin, BeginDraft(person, b"order: A"))
        text = ORDER.replace("P-1", person).replace("ALM-1", f"ALM-{person}").encode()
        scene.do(scene.ann, court_orders.enter, EnterVersion(text))
    house.lose_key(tmp_path, "P-1")
    unfinished = scene.do(scene.ann, order_drafts.list_unfinished, EmptyRequest())
    assert [line.person for line in (*unfinished.drafts, *unfinished.waiting)] == ["P-2"] * 2


def test_the_register_of_requests_names_what_cannot_be_read(
    office: Office, ann: Actor, chief: Actor, tmp_path: Path
) -> None:
    for person in ("P-1", "P-2"):
        office.person(person, ann)
        name = office.do(
            ann, outside_requests.record, msgspec.structs.replace(ASKED, person=person)
        )
        if person == "P-1":
            office.do(chief, outside_requests.answer, AnswerOutsideRequest(name, True, "Given."))
    month = MonthQuery(f"{office.now:%Y-%m}")
    whole = office.do(chief, outside_requests.sample, month)
    house.lose_key(tmp_path, "P-1")
    listed = office.do(chief, outside_requests.list_month, month)
    assert [(one.person, one.kept is None) for one in listed] == [("P-1", True), ("P-2", False)]
    sample = office.do(chief, outside_requests.sample, month)
    assert [one.request for one in sample.sample] == [one.request for one in whole.sample]
    assert (sample.requests, sample.unanswered) == (2, 1)
    office.keyring.forget("P-1", 1)
    [left] = office.do(chief, outside_requests.list_month, month)
    assert left.person == "P-2"
