"""What is left past its deadline is brought to the supervisors, and nothing decides it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mesure.actions.cases import caseload, officer_desks
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.desk import overdue_things
from mesure.actions.desk.overdue_things import OverdueView
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.incidents.incident_review import FindingReversal, RecordFinding
from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceOrigin, RequestAbsence
from mesure.actions.records import case_deadlines
from mesure.actions.records.continuity_records import OVERDUE
from mesure.actions.records.procedure import STANDARD
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.incidents import deadlines
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.instants import to_datetime, to_us
from mesure.privacy.roles import Role
from tests.actions.house import MORNING, Office
from tests.actions.scene import OfficeScene
from tests.actions.test_worklist import incident, list_items, show_incident

# Tuesday 08:00: three office days of eight hours end on Thursday at 17:00, and one more on Friday.
DECIDE_BY = MORNING.replace(day=12, hour=17)
BROUGHT_AT = MORNING.replace(day=13, hour=17)


def bring(office: Office) -> int:
    return overdue_things.bring_if_any(office.context(PROGRAM))


def list_overdue(office: Office, chief: Actor) -> tuple[OverdueView, ...]:
    return office.do(chief, overdue_things.list_overdue, EmptyRequest())


def notices(office: Office) -> dict[str, datetime]:
    """Return which supervisors are told that something is overdue, and when."""
    with office.store.read() as reading:
        due = reading.due(notification_texts.OUTGOING, to_us(office.now + timedelta(days=9)), 100)
    sent = [(notification_texts.read(row.body), to_datetime(row.due_us)) for row in due]
    return {one.id: at for one, at in sent if one.news is NotificationType.OVERDUE}


def waits(office: Office, ann: Actor) -> None:
    office.person("P-1", ann)
    incident(office, "P-1", "I-1", opened_us=to_us(office.now))
    show_incident(office, ann, "I-1")


def find(office: Office, ann: Actor, name: str = "I-1") -> None:
    outcome, cause = FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE
    office.do(ann, incident_review.find, RecordFinding(name, outcome, "A train.", cause))


def test_an_overdue_item_is_brought_to_the_supervisor_a_working_day_later(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    office.now = BROUGHT_AT - timedelta(minutes=1)
    assert bring(office) == 0
    office.now = BROUGHT_AT
    assert bring(office) == 1
    assert bring(office) == 0
    [view] = list_overdue(office, chief)
    assert (view.what, view.item, view.kind) == (WorkItemType.INCIDENT, "I-1", "absent")
    assert (view.person, view.name, view.officer) == ("P-1", "Name of P-1", "ann")
    assert (view.due_at, view.brought_at) == (DECIDE_BY, BROUGHT_AT)
    # Friday 17:00: the office opens on Monday at nine.
    assert notices(office) == {"chief": MORNING.replace(day=16, hour=9)}


def test_the_officer_reads_that_the_supervisor_knows(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    [item] = list_items(office, ann)
    assert item.brought_at is None
    office.now = BROUGHT_AT
    bring(office)
    [item] = list_items(office, ann)
    assert item.brought_at == BROUGHT_AT
    [desk] = [one for one in desks(office, chief) if one.officer == "ann"]
    assert (desk.overdue, desk.brought) == (1, 1)


def desks(office: Office, chief: Actor) -> tuple[officer_desks.OfficerDesk, ...]:
    return office.do(chief, officer_desks.list_desks, EmptyRequest())


def test_a_finding_ends_it_and_what_comes_back_is_brought_again(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    office.now = BROUGHT_AT
    bring(office)
    find(office, ann)
    assert bring(office) == 1
    assert list_overdue(office, chief) == ()
    office.later(minutes=1)
    office.do(ann, incident_review.take_back, FindingReversal("I-1", "It was another train."))
    assert bring(office) == 1
    [view] = list_overdue(office, chief)
    assert view.brought_at == office.now
    with office.store.read() as reading:
        rows = list(RegisterReader(reading, office.keyring).about(OVERDUE, "P-1"))
    assert [row.value.ended_at for row in rows] == [BROUGHT_AT, None]


def test_a_proposal_that_nobody_confirms_is_brought_too(
    office: Office, ann: Actor, chief: Actor
) -> None:
    office.account("bob", Role.OFFICER)
    waits(office, ann)
    office.do(ann, incident_review.find, RecordFinding("I-1", FindingOutcome.BREACH, "I saw it."))
    office.now = BROUGHT_AT
    bring(office)
    [item] = list_items(office, chief)
    assert (item.what, item.brought_at) == (WorkItemType.SECOND_EYES, BROUGHT_AT)


def test_a_contest_that_nobody_answers_leads_to_its_incident(
    office: Office, scene: OfficeScene
) -> None:
    incident(office, "P-1", "I-1", opened_us=to_us(office.now))
    show_incident(office, scene.ann, "I-1")
    find(office, scene.ann)
    scene.do(scene.person, contests.make, IncidentStatement("I-1", "I was at work."))
    made_at = office.now
    office.now = case_deadlines.bring_at(STANDARD, made_at + STANDARD.answer_contest_within)
    bring(office)
    [view] = list_overdue(office, scene.chief)
    assert (view.what, view.item) == (WorkItemType.CONTEST, "I-1")
    [item] = [one for one in list_items(office, scene.ann) if one.what is WorkItemType.CONTEST]
    assert item.brought_at == office.now


def test_an_absence_that_nobody_answers_is_brought_too(office: Office, scene: OfficeScene) -> None:
    scene.order()
    asked_at = office.now
    request = RequestAbsence(
        order="ALM-1",
        conditions=("C1",),
        start_at=asked_at + timedelta(days=30),
        until_at=asked_at + timedelta(days=31),
        reason="A wedding.",
    )
    absence = scene.do(scene.person, absences.ask, request)
    office.now = case_deadlines.bring_at(STANDARD, asked_at + STANDARD.answer_absence_within)
    bring(office)
    [view] = list_overdue(office, scene.chief)
    assert (view.what, view.item) == (WorkItemType.ABSENCE, absence)
    assert view.kind == AbsenceOrigin.ASKED


def test_by_day_one_notice_an_hour_says_so_however_much_there_is(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    incident(office, "P-1", "I-2", opened_us=to_us(office.now + timedelta(hours=1)))
    office.now = MORNING.replace(day=16, hour=10, minute=20)
    assert bring(office) == 1
    assert len(list_overdue(office, chief)) == 2
    assert notices(office) == {"chief": MORNING.replace(day=16, hour=11)}


def test_a_programme_chooses_the_length_from_a_date_on(
    office: Office, ann: Actor, chief: Actor
) -> None:
    ours = deadlines.read(
        "ours.yaml",
        b"deadlines: ours\nversion: 2\nrules:\n  bring_overdue: {unit: minutes, reason: agreed, "
        b"reference: paper 7, values: [{from: 2000-01-01, value: 480, counts: office_hours}, "
        b"{from: 2026-02-12, value: 30, counts: all_hours}]}\n",
        case_deadlines.default(),
    )
    office.procedure = replace(STANDARD, deadlines=ours)
    waits(office, ann)
    office.now = DECIDE_BY + timedelta(minutes=30)
    assert bring(office) == 1


def test_a_supervisor_who_is_barred_neither_hears_nor_sees_of_it(
    office: Office, ann: Actor, chief: Actor
) -> None:
    other = office.account("other", Role.SUPERVISOR)
    waits(office, ann)
    office.do(other, caseload.bar, BarRequest("P-1", "chief"))
    office.now = BROUGHT_AT
    bring(office)
    assert list_overdue(office, chief) == ()
    assert office.do(chief, overdue_things.count_overdue, EmptyRequest()) == 0
    assert office.do(other, overdue_things.count_overdue, EmptyRequest()) == 1
    assert office.last()["persons"] == []
    assert [view.item for view in list_overdue(office, other)] == ["I-1"]
    assert set(notices(office)) == {"other"}


def test_a_supervisor_who_left_it_is_told_only_if_there_is_no_other(office: Office) -> None:
    chief = office.account("chief", Role.SUPERVISOR)
    waits(office, chief)
    office.now = BROUGHT_AT
    bring(office)
    assert set(notices(office)) == {"chief"}


def test_a_notice_of_what_was_done_meanwhile_does_not_go_out(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    office.now = BROUGHT_AT
    bring(office)
    assert holds(office)
    find(office, ann)
    bring(office)
    assert not holds(office)


def holds(office: Office) -> bool:
    with office.store.read() as reading:
        rows = RegisterReader(reading, office.keyring)
        [row] = reading.due(
            notification_texts.OUTGOING, to_us(office.now + timedelta(days=9)), 100, "chief"
        )
        return overdue_things.still_holds(rows, notification_texts.read(row.body))


def test_it_is_for_supervisors_alone_and_their_look_is_logged(
    office: Office, ann: Actor, chief: Actor
) -> None:
    waits(office, ann)
    office.now = BROUGHT_AT
    bring(office)
    assert office.last()["action"] == "notify.overdue"
    with pytest.raises(NotAllowedError):
        office.do(ann, overdue_things.list_overdue, EmptyRequest())
    list_overdue(office, chief)
    assert (office.last()["action"], office.last()["persons"]) == ("today.overdue", ["P-1"])


def test_of_an_erased_person_nothing_is_brought(office: Office, ann: Actor, chief: Actor) -> None:
    waits(office, ann)
    office.now = BROUGHT_AT
    bring(office)
    office.keyring.forget("P-1", to_us(office.now))
    assert bring(office) == 0
    assert list_overdue(office, chief) == ()
