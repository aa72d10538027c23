"""Looking and deciding are two clocks, and a finding that did not hold brings the item back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mesure.actions.cases import case_overview
from mesure.actions.cases.case_overview import OverviewRequest
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import FindingReversal, RecordFinding
from mesure.actions.orders import absences
from mesure.actions.orders.absences import RequestAbsence
from mesure.actions.records.procedure import STANDARD
from mesure.incidents.finding import FindingEndKind, FindingOutcome, ReviewStage
from mesure.instants import to_us
from mesure.privacy.roles import Role
from tests.actions.house import Office
from tests.actions.scene import OfficeScene
from tests.actions.test_worklist import incident, list_items, show_incident


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.account("A-officer", Role.OFFICER)


def test_opening_an_item_ends_the_first_clock_and_never_the_second(
    office: Office, officer: Actor
) -> None:
    office.person("P-1", officer)
    raised_at = office.now
    incident(office, "P-1", "I-1", opened_us=to_us(raised_at))
    [new] = list_items(office, officer)
    assert (new.look_by, new.due_at) == (raised_at + timedelta(hours=4),) * 2
    assert new.decide_by is not None
    show_incident(office, officer, "I-1")
    [opened] = list_items(office, officer)
    assert (opened.look_by, opened.stage) == (None, ReviewStage.SEEN)
    assert opened.decide_by == opened.due_at == new.decide_by
    # Tuesday 08:00, three office days of eight hours: until Thursday evening.
    assert opened.decide_by == raised_at.replace(day=12, hour=17)
    office.now = opened.decide_by
    [late] = list_items(office, officer)
    assert late.is_overdue


def test_a_proposal_keeps_the_second_clock(office: Office, officer: Actor) -> None:
    second = office.account("A-second", Role.SUPERVISOR)
    office.person("P-1", officer)
    incident(office, "P-1", "I-1", opened_us=to_us(office.now))
    show_incident(office, officer, "I-1")
    proposed = RecordFinding("I-1", FindingOutcome.BREACH, "I saw it on the map.")
    office.do(officer, incident_review.find, proposed)
    office.later(days=9)
    [waits] = list_items(office, second)
    assert (waits.what, waits.is_overdue) == (WorkItemType.SECOND_EYES, True)
    show_incident(office, second, "I-1")
    office.do(second, incident_review.turn_down, FindingReversal("I-1", "The map is old."))
    [back] = list_items(office, officer)
    assert (back.what, back.returned) == (WorkItemType.INCIDENT, FindingEndKind.TURNED_DOWN)
    assert back.is_overdue


def test_what_was_taken_back_says_so(office: Office, officer: Actor) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1", opened_us=to_us(office.now))
    show_incident(office, officer, "I-1")
    office.do(officer, incident_review.find, RecordFinding("I-1", FindingOutcome.BREACH, "Map."))
    office.do(officer, incident_review.take_back, FindingReversal("I-1", "The wrong night."))
    [back] = list_items(office, officer)
    assert back.returned is FindingEndKind.TAKEN_BACK
    office.do(officer, incident_review.find, RecordFinding("I-1", FindingOutcome.CANNOT_TELL, "-"))
    assert list_items(office, officer) == ()


@pytest.mark.parametrize("hours_ahead", [5, 24 * 9])
def test_a_request_is_overdue_on_the_list_of_people_when_it_is_on_the_desk(
    scene: OfficeScene, hours_ahead: int
) -> None:
    """A request for this evening is due this evening, and a promise outlives a change of length."""
    scene.order()
    office, start_at = scene.office, scene.office.now + timedelta(hours=hours_ahead)
    until_at = start_at + timedelta(hours=2)
    request = RequestAbsence(
        order="ALM-1", conditions=("C1",), start_at=start_at, until_at=until_at, reason="A wedding"
    )
    scene.do(scene.person, absences.ask, request)
    [item_before] = list_items(office, scene.ann)
    office.procedure = replace(STANDARD, answer_absence_within=timedelta(days=30))
    assert item_before.due_at is not None
    for now in (item_before.due_at - timedelta(minutes=1), item_before.due_at):
        office.now = now
        [item] = list_items(office, scene.ann)
        [person] = scene.do(scene.ann, case_overview.overview, OverviewRequest())
        assert [one.is_overdue for one in person.waiting] == [item.is_overdue]
    assert item.is_overdue
