"""What cannot wait goes to the officer on call while the office is closed; what can, waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mesure.actions.framework.case_access import COVER, WATCH, CoverRecord, OnCallRecord
from mesure.actions.framework.context import PROGRAM, Actor, Context
from mesure.actions.notifications import notification_dispatch, notification_texts
from mesure.actions.records import case_deadlines
from mesure.actions.records.procedure import STANDARD
from mesure.incidents import deadlines
from mesure.instants import to_datetime, to_us
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import MORNING, Office
from tests.actions.raised import incident
from tests.actions.test_notification_dispatch import NEWS

SILENCES_WAIT = b"""
deadlines: a programme
version: 2
rules:
  look_device: {unit: minutes, reason: agreed, reference: paper 7,
    values: [{from: 2000-01-01, value: 60, counts: office_hours}]}
"""
NIGHT, DAY = MORNING.replace(hour=2), MORNING.replace(hour=10)


def _context(office: Office) -> Context:
    ours = deadlines.read("ours.yaml", SILENCES_WAIT, case_deadlines.default())
    return replace(office.context(PROGRAM), procedure=replace(STANDARD, deadlines=ours))


@pytest.fixture
def officer(office: Office) -> Actor:
    office.now = NIGHT
    actor = office.account("K-1", Role.OFFICER)
    office.account("S-1", Role.SUPERVISOR)
    office.account("K-2", Role.OFFICER)
    office.person("P-1", actor)
    span = office.now - timedelta(hours=1), office.now + timedelta(hours=12)
    office.write(lambda rows, _: rows.add(WATCH, "W-1", OnCallRecord("K-2", *span, "S-1")))
    assert notification_dispatch.follow_if_new(_context(office), NEWS) == 0
    return actor


def _told(office: Office, kind: str) -> dict[str, datetime]:
    """Return which staff are notified of an incident that is raised now, and when."""
    raised.judge(office, replace(incident("P-1", "I-1", kind), opened_us=to_us(office.now)))
    while notification_dispatch.follow_if_new(_context(office), NEWS):
        pass
    with office.store.read() as reading:
        due = reading.due(notification_texts.OUTGOING, to_us(office.now + timedelta(days=2)), 100)
    sent = [(notification_texts.read(row.body), to_datetime(row.due_us)) for row in due]
    return {notice.id: at for notice, at in sent if notice.to == "account"}


def test_a_possible_breach_at_night_goes_to_the_officer_and_to_whoever_is_on_call(
    office: Office, officer: Actor
) -> None:
    assert _told(office, "absent") == dict.fromkeys(("K-1", "K-2"), NIGHT + timedelta(minutes=1))


def test_by_day_it_goes_to_the_officer_alone(office: Office, officer: Actor) -> None:
    office.now = DAY
    assert set(_told(office, "absent")) == {"K-1"}


def test_while_somebody_covers_they_are_told_and_not_the_officer(
    office: Office, officer: Actor
) -> None:
    office.now = DAY
    span = DAY - timedelta(hours=1), DAY + timedelta(hours=1)
    office.write(lambda rows, _: rows.add(COVER, "C-1", CoverRecord("K-1", "K-2", *span, "K-1")))
    assert set(_told(office, "absent")) == {"K-2"}


def test_a_silence_that_may_wait_is_told_when_the_office_opens(
    office: Office, officer: Actor
) -> None:
    assert _told(office, "silent") == {"K-1": MORNING.replace(hour=9)}
    office.now = MORNING.replace(hour=9, minute=59)
    assert notification_dispatch.escalate_due(_context(office)) == 0
    office.now = MORNING.replace(hour=10)
    assert notification_dispatch.escalate_due(_context(office)) == 1
