import json
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
import pytest

from mesure.actions.framework.case_access import WATCH, OnCallRecord
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, IncidentStatement
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.notifications import (
    notification_dispatch,
    notification_rules,
    notification_texts,
    webhooks,
)
from mesure.actions.notifications.notification_dispatch import NotifyChanges
from mesure.actions.notifications.notification_texts import NotificationType
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.actions.orders import absences
from mesure.actions.orders.binding_order import ABSENCE, AbsenceRecord
from mesure.actions.records.record_types import Register, RegisterReader
from mesure.incidents.finding import FindingCause, FindingOutcome
from mesure.instants import to_datetime, to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident

NEWS = NotifyChanges(time(21), time(8), "Asia/Almaty")
FAR = timedelta(days=2)


@pytest.fixture
def officer(office: Office) -> Actor:
    """An officer with a person; what changes is followed from now on."""
    actor = office.account("K-1", Role.OFFICER)
    office.account("S-1", Role.SUPERVISOR)
    office.account("P-1-account", Role.PERSON, "P-1")
    office.person("P-1", actor)
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0
    return actor


def _follow(office: Office) -> int:
    done = 0
    while more := notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS):
        done += more
    return done


def _notices(office: Office) -> dict[tuple[str, str], datetime]:
    """Return (to, news) of what is to be sent, and when it is due."""
    with office.store.read() as reading:
        due = reading.due(notification_texts.OUTGOING, to_us(office.now + FAR), 100)
    read = [(notification_texts.read(row.body), row) for row in due]
    assert all(row.person for _, row in read)
    return {(one.id, one.news.value): to_datetime(row.due_us) for one, row in read}


def _events(office: Office) -> list[dict[str, Any]]:
    with office.store.read() as reading:
        due = reading.due(webhooks.OUTGOING, to_us(office.now + FAR), 100)
    return [json.loads(row.body)["event"] for row in due]


def _hook(office: Office) -> None:
    operator = office.account("O-1", Role.OPERATOR)
    request = AddWebhook(address="https://hooks.example/", events=tuple(WebhookEventType))
    office.do(operator, webhooks.add, request)


def _see(office: Office, officer: Actor, name: str = "I-1") -> None:
    request = IncidentRequest(incident=name, purpose=Purpose.POSSIBLE_BREACH, case_number="N-1")
    office.do(officer, incident_review.show, request)


# --- Incidents ---------------------------------------------------------------------------------


def test_the_person_is_told_first_and_then_the_officer_in_charge(
    office: Office, officer: Actor
) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    assert _follow(office) > 0
    notices = _notices(office)
    assert set(notices) == {("P-1", "your_possible_breach"), ("K-1", "possible_breach")}
    assert notices["P-1", "your_possible_breach"] == office.now
    assert notices["K-1", "possible_breach"] > office.now
    assert office.last()["action"] == "notify.follow"
    assert office.last()["persons"] == ["P-1"]


def test_nothing_is_told_twice(office: Office, officer: Actor) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    before = len(office.log())
    assert _follow(office) == 0
    assert len(office.log()) == before, "nothing new is no look"
    raised.judge(office, raised.end_incident(incident("P-1", "I-1")))
    _follow(office)
    assert len(_notices(office)) == 2


OF_PLACE = (
    NotificationType.YOUR_POSSIBLE_BREACH,
    NotificationType.POSSIBLE_BREACH,
    NotificationType.UNSEEN,
)


@pytest.mark.parametrize(
    ("kind", "news", "to_staff", "unseen"),
    [
        *((kind, *OF_PLACE) for kind in ("absent", "left", "entered", "missed")),
        (
            "silent",
            NotificationType.YOUR_SILENCE,
            NotificationType.SILENCE,
            NotificationType.UNSEEN_SILENCE,
        ),
        (
            "battery",
            NotificationType.YOUR_DEVICE,
            NotificationType.DEVICE,
            NotificationType.UNSEEN_DEVICE,
        ),
        (
            "strap",
            NotificationType.YOUR_DEVICE,
            NotificationType.DEVICE,
            NotificationType.UNSEEN_DEVICE,
        ),
    ],
)
def test_silence_is_never_told_as_a_possible_breach(
    office: Office,
    officer: Actor,
    kind: str,
    news: NotificationType,
    to_staff: NotificationType,
    unseen: NotificationType,
) -> None:
    raised.judge(office, incident("P-1", "I-1", kind))
    _follow(office)
    assert set(_notices(office)) == {("P-1", news.value), ("K-1", to_staff.value)}
    office.later(days=2)
    assert notification_dispatch.escalate_due(office.context(PROGRAM)) == 1
    assert ("S-1", unseen.value) in _notices(office)


def test_a_call_for_help_is_told_at_once_to_whoever_is_on_call(
    office: Office, officer: Actor
) -> None:
    office.account("K-2", Role.OFFICER)
    span = office.now - timedelta(hours=1), office.now + timedelta(hours=9)
    office.write(lambda rows, _: rows.add(WATCH, "W-1", OnCallRecord("K-2", *span, "S-1")))
    raised.judge(office, incident("P-1", "I-1", "help"))
    _follow(office)
    notices = _notices(office)
    assert set(notices) == {
        ("P-1", "your_device"), ("K-1", "call_for_help"), ("K-2", "call_for_help"),
    }  # fmt: skip
    assert notices["K-1", "call_for_help"] == notices["K-2", "call_for_help"] == office.now
    office.later(minutes=11)
    notification_dispatch.escalate_due(office.context(PROGRAM))
    assert ("S-1", "call_for_help") in _notices(office)


def test_a_call_for_help_that_nobody_is_there_for_reaches_a_supervisor(office: Office) -> None:
    office.account("S-1", Role.SUPERVISOR)
    office.person("P-1")
    assert notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS) == 0
    raised.judge(office, incident("P-1", "I-1", "help"))
    _follow(office)
    assert ("S-1", "call_for_help") in _notices(office)


@pytest.mark.parametrize(
    ("kind", "news"), [("absent", "your_withdrawn"), ("silent", "your_silence_withdrawn")]
)
def test_whoever_was_told_hears_that_it_was_withdrawn(
    office: Office, officer: Actor, kind: str, news: str
) -> None:
    raised.judge(office, incident("P-1", "I-1", kind))
    _follow(office)
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1", kind)))
    _follow(office)
    notices = {said for whom, said in _notices(office) if whom == "P-1"}
    assert {said for said in notices if said.endswith("withdrawn")} == {news}


def test_what_was_withdrawn_before_anybody_was_told_is_not_told(
    office: Office, officer: Actor
) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1")))
    _follow(office)
    assert not _notices(office)


def test_what_happened_before_it_was_followed_is_not_told(office: Office) -> None:
    office.account("S-1", Role.SUPERVISOR)
    office.person("P-1")
    raised.judge(office, incident("P-1", "I-1"))
    office.later(minutes=1)
    assert _follow(office) == 0
    raised.judge(office, raised.end_incident(incident("P-1", "I-1")))
    _follow(office)
    assert not _notices(office)


def test_an_incident_of_last_month_that_comes_to_light_now_is_not_told(
    office: Office, officer: Actor
) -> None:
    office.later(days=30)
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    assert not _notices(office)


def test_nobody_is_told_about_who_was_erased(office: Office, officer: Actor) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    office.keyring.forget("P-1", 0)
    _follow(office)
    assert not _notices(office)


# --- Webhooks ----------------------------------------------------------------------------------

PLACES = {
    "lat", "lon", "place", "places", "home", "position", "fix", "fixes", "evidence", "explanation",
    "radius", "address", "p_outside_max", "text", "reason", "name",
}  # fmt: skip


def test_other_programs_are_told_of_each_step_and_of_no_place(
    office: Office, officer: Actor
) -> None:
    _hook(office)
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    raised.judge(office, raised.end_incident(incident("P-1", "I-1")))
    _follow(office)
    _see(office, officer)
    decide = RecordFinding(
        "I-1", FindingOutcome.EXCUSED, "Night shift.", FindingCause.REASONABLE_EXCUSE
    )
    office.do(officer, incident_review.find, decide)
    person = Actor("P-1-account", Role.PERSON, "P-1")
    office.do(person, contests.make, IncidentStatement("I-1", "I was at work."))
    _follow(office)
    events = _events(office)
    assert [event["type"] for event in sorted(events, key=lambda event: event["time"])] == [
        "org.mesure.incident.opened.1",
        "org.mesure.incident.changed.1",
        "org.mesure.finding.made.1",
        "org.mesure.contest.opened.1",
    ]
    for event in events:
        assert not PLACES & set(event["data"])
        assert event["data"]["person"] == "P-1"
        assert "Night shift" not in json.dumps(event)
        assert "at work" not in json.dumps(event)


# --- Findings, contests, absences --------------------------------------------------------------


def test_a_finding_is_told_when_it_can_no_longer_be_taken_back_as_a_slip(
    office: Office, officer: Actor
) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    _see(office, officer)
    decide = RecordFinding("I-1", FindingOutcome.CANNOT_TELL, "Too few readings.")
    office.do(officer, incident_review.find, decide)
    _follow(office)
    due = _notices(office)["P-1", "your_finding"]
    assert due >= office.now + office.context(officer).procedure.undo_within
    assert _holds(office, NotificationType.YOUR_FINDING) == [True]
    office.do(officer, incident_review.take_back, incident_review.FindingReversal("I-1", "A slip."))
    assert _holds(office, NotificationType.YOUR_FINDING) == [False]
    office.later(minutes=2)
    office.do(officer, incident_review.find, decide)
    _follow(office)
    assert _holds(office, NotificationType.YOUR_FINDING) == [False, True], "it is told once"


def _holds(office: Office, news: NotificationType) -> list[bool]:
    with office.store.read() as reading:
        rows = RegisterReader(reading, office.keyring)
        due = reading.due(notification_texts.OUTGOING, to_us(office.now + FAR), 100)
        read = [(notification_texts.read(row.body), row.key) for row in due]
        return [notification_rules.still_holds(rows, *row) for row in read if row[0].news is news]


def test_a_contest_is_told_to_the_officer_and_its_answer_to_the_person(
    office: Office, officer: Actor
) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    person = Actor("P-1-account", Role.PERSON, "P-1")
    office.do(person, contests.make, IncidentStatement("I-1", "I was at home."))
    _follow(office)
    assert ("K-1", "contest") in _notices(office)
    assert ("P-1", "your_contest") not in _notices(office)
    _see(office, officer)
    decide = RecordFinding("I-1", FindingOutcome.NO_BREACH, "Wrong.", FindingCause.LOCATION_ERROR)
    office.do(officer, incident_review.find, decide)
    _follow(office)
    due = _notices(office)["P-1", "your_contest"]
    assert due >= office.now + office.context(officer).procedure.undo_within
    assert _holds(office, NotificationType.YOUR_CONTEST) == [True]
    office.do(officer, incident_review.take_back, incident_review.FindingReversal("I-1", "A slip."))
    assert _holds(office, NotificationType.YOUR_CONTEST) == [False], "there is no answer any more"
    office.later(minutes=2)
    office.do(officer, incident_review.find, decide)
    _follow(office)
    assert _holds(office, NotificationType.YOUR_CONTEST) == [False, True]


def _absence(office: Office, **changes: Any) -> None:
    record = AbsenceRecord(
        order="ORDER-1",
        conditions=("C1",),
        start_at=office.now + timedelta(days=1),
        until_at=office.now + timedelta(days=2),
        reason="A visit.",
        stage=absences.AbsenceStage.ASKED,
        how=absences.AbsenceOrigin.ASKED,
        asked_at=office.now,
        asked_by="P-1-account",
        due_at=office.now + timedelta(days=3),
    )
    record = msgspec.structs.replace(record, **changes)
    office.write(lambda rows, _: rows.add(ABSENCE, f"B-{record.stage}-{record.how}", record, "P-1"))


def test_a_request_is_told_to_the_officer_and_its_answer_waits_for_the_morning(
    office: Office, officer: Actor
) -> None:
    _absence(office)
    _follow(office)
    assert set(_notices(office)) == {("K-1", "absence")}
    office.later(hours=10)  # 23:00 in Almaty.
    _absence(office, stage=absences.AbsenceStage.GRANTED, answered_at=office.now, answered_by="K-1")
    _follow(office)
    due = _notices(office)["P-1", "your_absence"]
    assert due == datetime.fromisoformat("2026-02-11T03:00:00+00:00")  # 08:00 in Almaty.


def test_that_an_absence_ends_before_its_time_is_told_at_once_and_at_night(
    office: Office, officer: Actor
) -> None:
    """Who is away with leave, and has it no longer, would be judged as if they knew."""
    granted_at = office.now
    granted = {
        "stage": absences.AbsenceStage.GRANTED,
        "start_at": granted_at,
        "answered_at": granted_at,
        "answered_by": "K-1",
    }
    _absence(office, **granted)
    _follow(office)
    office.later(hours=10)  # 23:00 in Almaty.

    def end(rows: Register, _: object) -> None:
        [absence] = rows.about(ABSENCE, "P-1")
        ended = {"until_at": office.now, "answered_at": office.now, "answer": "Called off."}
        rows.change(absence, msgspec.structs.replace(absence.value, **ended))

    office.write(end)
    _follow(office)
    assert _notices(office)["P-1", "your_absence"] == office.now
    revoked = {**granted, "stage": absences.AbsenceStage.REVOKED, "answered_at": office.now}
    office.later(minutes=1)
    _absence(office, **{**revoked, "answered_at": office.now})
    _follow(office)
    assert _notices(office)["P-1", "your_absence"] == office.now


def test_who_takes_a_request_back_themselves_is_told_of_no_answer(
    office: Office, officer: Actor
) -> None:
    withdrawn = {"stage": absences.AbsenceStage.WITHDRAWN, "answered_at": office.now}
    _absence(office, **withdrawn, answered_by="P-1-account")
    _follow(office)
    assert not _notices(office)
    declared = absences.AbsenceOrigin.DECLARED  # An officer took another one back for them.
    _absence(office, **withdrawn, how=declared, answered_by="K-1")
    _follow(office)
    assert set(_notices(office)) == {("P-1", "your_absence")}


def test_what_an_officer_gave_is_not_told_to_officers(office: Office, officer: Actor) -> None:
    _absence(office, how=absences.AbsenceOrigin.GIVEN)
    _follow(office)
    assert not _notices(office)
