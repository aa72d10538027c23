"""What waits for an officer, the most pressing first, and what no longer does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.cases import incident_signals, worklist
from mesure.actions.cases.incident_signals import IncidentSignals
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import (
    AttachDocument,
    DocumentRef,
    IncidentRequest,
    IncidentStatement,
)
from mesure.actions.incidents.incident_review import FindingReversal, IncidentRef, RecordFinding
from mesure.actions.judging import judging_position
from mesure.actions.judging.judging_position import JudgingPosition
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EnterVersion, VersionRef
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import AnswerGround, RecordGround
from mesure.incidents.finding import FindingCause, FindingEndKind, FindingOutcome
from mesure.instants import to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.scene import ORDER, OfficeScene


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.account("A-officer", Role.OFFICER)


@pytest.fixture
def supervisor(office: Office) -> Actor:
    return office.account("A-supervisor", Role.SUPERVISOR)


def list_items(office: Office, actor: Actor) -> tuple[WorkItem, ...]:
    return office.do(actor, worklist.list_items, EmptyRequest())


def show_incident(office: Office, actor: Actor, incident: str) -> None:
    number, purpose = "N-1", Purpose.POSSIBLE_BREACH
    request = IncidentRequest(incident=incident, purpose=purpose, case_number=number)
    office.do(actor, incident_review.show, request)


def incident(office: Office, person: str, name: str, plain: bytes = b"{}", **more: Any) -> None:
    """Keep an incident whose body can be opened."""
    from mesure.actions.records import incident_body

    stored_incident = replace(raised.incident(person, name), **more)
    body = incident_body.seal(office.keyring, person, name, 1, plain, office.chance)
    raised.judge(office, replace(stored_incident, body=body), sealed=True)


def test_a_possible_breach_waits_until_there_is_a_finding(office: Office, officer: Actor) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1")
    [work_item] = list_items(office, officer)
    assert (work_item.what, work_item.id, work_item.condition, work_item.is_overdue) == (
        WorkItemType.INCIDENT,
        "I-1",
        "C1",
        False,
    )
    show_incident(office, officer, "I-1")
    decided = RecordFinding(
        "I-1", FindingOutcome.NO_BREACH, "The signal was weak.", FindingCause.LOCATION_ERROR
    )
    office.do(officer, incident_review.find, decided)
    assert list_items(office, officer) == ()


def test_what_is_overdue_stands_first_then_what_is_contested_then_what_is_due(
    office: Office, officer: Actor
) -> None:
    office.person("P-1", officer)
    at = office.now
    late = at - timedelta(hours=5)
    for name, opened_at, p_outside in [
        ("I-oldest", at - timedelta(minutes=50), 0.96),
        ("I-late", late, 0.9),
        ("I-contested", at - timedelta(minutes=10), 0.95),
        ("I-certain", at - timedelta(minutes=20), 0.999),
    ]:
        incident(office, "P-1", name, opened_us=to_us(opened_at), p_outside_max=p_outside)
    person = office.account("A-person", Role.PERSON, "P-1")
    office.do(person, contests.make, IncidentStatement("I-contested", "I was at home."))
    names = [one.id for one in list_items(office, officer)]
    assert names == ["I-late", "I-contested", "I-oldest", "I-certain"]


def test_what_the_person_wrote_stands_on_the_line(office: Office, officer: Actor) -> None:
    office.person("P-1", officer)
    facts = b'{"incident":{"facts":{"distance_max_m":412.5}}}'
    incident(office, "P-1", "I-1", plain=facts)
    [before] = list_items(office, officer)
    assert before.signals == IncidentSignals(distance_max_m=412.5)
    person = office.account("A-person", Role.PERSON, "P-1")
    office.do(person, contests.say, IncidentStatement("I-1", "The bus\n broke down."))
    paper = office.do(person, contests.attach, AttachDocument("I-1", "bus.pdf", b"%PDF-1.7 x"))
    [after] = list_items(office, officer)
    assert after.signals == IncidentSignals(
        words="The bus broke down.", documents=1, distance_max_m=412.5
    )
    office.do(person, contests.take_back_document, DocumentRef(paper))
    office.do(person, contests.make, IncidentStatement("I-1", "No. " * 100))
    [contested] = list_items(office, officer)
    assert contested.signals.is_contested
    assert contested.signals.documents == 0
    assert len(contested.signals.words) <= incident_signals.WORDS_CHARS_MAX


def test_what_a_second_officer_turned_down_comes_back_as_not_agreed(
    office: Office, officer: Actor, supervisor: Actor
) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1")
    for actor in (officer, supervisor):
        show_incident(office, actor, "I-1")
    breach = RecordFinding("I-1", FindingOutcome.BREACH, "I saw it on the map.")
    office.do(officer, incident_review.find, breach)
    why = FindingReversal("I-1", "The circles touch the home.")
    office.do(supervisor, incident_review.turn_down, why)
    [work_item] = list_items(office, officer)
    assert (work_item.what, work_item.returned) == (
        WorkItemType.INCIDENT,
        FindingEndKind.TURNED_DOWN,
    )


def test_a_silence_that_ended_soon_is_brief_until_somebody_writes_of_it(
    office: Office, officer: Actor
) -> None:
    office.person("P-1", officer)
    start_us = to_us(office.now)
    for name, minutes in (("I-brief", 119), ("I-long", 120)):
        end_us = start_us + minutes * 60_000_000
        incident(office, "P-1", name, kind="silent", start_us=start_us, end_us=end_us)
    incident(office, "P-1", "I-lasts", kind="silent")
    incident(office, "P-1", "I-away", start_us=start_us, end_us=start_us + 60_000_000)
    assert [one.id for one in list_items(office, officer) if one.signals.is_brief] == ["I-brief"]
    day = 86_400_000_000
    for name, total_us in (("I-moments", 90_000_000), ("I-hours", 8_000_000_000), ("I-none", 0)):
        plain = b'{"notice":{"day":"2026-02-10","total_us":%d}}' % total_us
        more = {"kind": "locating", "start_us": start_us, "end_us": start_us + day}
        incident(office, "P-1", name, plain=plain, **more)
    brief = {one.id for one in list_items(office, officer) if one.signals.is_brief}
    assert brief == {"I-brief", "I-moments", "I-none"}
    person = office.account("A-person", Role.PERSON, "P-1")
    for name in ("I-moments", "I-none"):
        office.do(person, contests.say, IncidentStatement(name, "I was in the cellar."))
    office.do(person, contests.say, IncidentStatement("I-brief", "I was in the cellar."))
    assert not any(one.signals.is_brief for one in list_items(office, officer))


def test_a_proposal_waits_for_a_supervisor_and_not_for_who_made_it(
    office: Office, officer: Actor, supervisor: Actor
) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1")
    assert list_items(office, supervisor) == ()
    show_incident(office, officer, "I-1")
    office.do(
        officer,
        incident_review.find,
        RecordFinding("I-1", FindingOutcome.BREACH, "I saw it on the map."),
    )
    assert list_items(office, officer) == ()
    [work_item] = list_items(office, supervisor)
    assert work_item.what is WorkItemType.SECOND_EYES
    show_incident(office, supervisor, "I-1")
    office.do(supervisor, incident_review.confirm, IncidentRef("I-1"))
    assert list_items(office, supervisor) == ()
    person = office.account("A-person", Role.PERSON, "P-1")
    office.do(person, contests.make, IncidentStatement("I-1", "I was at the hospital."))
    assert [one.what for one in list_items(office, officer)] == [WorkItemType.CONTEST]
    assert [one.what for one in list_items(office, supervisor)] == [WorkItemType.CONTEST]


def test_a_ground_waits_for_a_supervisor(office: Office, officer: Actor, supervisor: Actor) -> None:
    office.person("P-1", officer)
    start_at = office.now - timedelta(days=1)
    request = RecordGround("P-1", Purpose.COURT, "N-1", start_at, office.now, "The court asks.")
    ground = office.do(officer, grounds.record, request)
    assert list_items(office, officer) == ()
    assert [one.what for one in list_items(office, supervisor)] == [WorkItemType.GROUND]
    office.do(supervisor, grounds.answer, AnswerGround(ground, agrees=True))
    assert list_items(office, supervisor) == ()


def test_who_cannot_be_judged_stands_first_for_the_officer_and_every_supervisor(
    office: Office, officer: Actor, supervisor: Actor
) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1")
    since_us = to_us(office.now)
    position = JudgingPosition(0, {}, ("P-1",), {"P-1": since_us})
    office.store.write(lambda work: judging_position.keep(work, "0-255", position, since_us))
    for actor in (officer, supervisor):
        first = list_items(office, actor)[0]
        assert (first.what, first.id, first.since_at) == (
            WorkItemType.NOT_JUDGED,
            "P-1",
            office.now,
        )
    other = office.account("A-other", Role.OFFICER)
    assert list_items(office, other) == ()


def test_what_was_withdrawn_waits_for_nobody(office: Office, officer: Actor) -> None:
    office.person("P-1", officer)
    incident(office, "P-1", "I-1", withdrawn_us=to_us(office.now))
    assert list_items(office, officer) == ()


def test_another_officers_cases_are_not_on_the_list(office: Office, officer: Actor) -> None:
    other = office.account("A-other", Role.OFFICER)
    office.person("P-1", other)
    incident(office, "P-1", "I-1")
    assert list_items(office, officer) == ()
    assert office.last()["persons"] == []


def test_an_order_with_places_waits_for_somebody_who_did_not_enter_it(scene: OfficeScene) -> None:
    entered = scene.do(scene.ann, court_orders.enter, EnterVersion(ORDER.encode()))
    assert list_items(scene.office, scene.ann) == ()
    [work_item] = list_items(scene.office, scene.chief)
    assert (work_item.what, work_item.id, work_item.kind, work_item.person) == (
        WorkItemType.ORDER,
        "ALM-1",
        "1",
        "P-1",
    )
    scene.do(scene.chief, court_orders.confirm, VersionRef("ALM-1", 1, entered.whole_sha256))
    assert list_items(scene.office, scene.chief) == ()
