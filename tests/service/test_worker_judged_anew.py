"""A worker whose person is judged by something else than before, or hears late what was over."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mesure.actions.judging import judging_values
from mesure.actions.orders import early_ends
from mesure.actions.orders.binding_order import EarlyEnd
from mesure.devices.assignment import Assignment
from mesure.devices.message.uplink import Heartbeat
from mesure.evaluation.policy import PolicyFile
from mesure.incidents.incident import is_of_place
from mesure.instants import to_datetime
from mesure.version import VERSION
from tests.evaluation.scenes import S, fixes, stay, us
from tests.service import court
from tests.service.agreeing import agree, list_assessments, replay_assessments
from tests.service.court import PERSON, Court
from tests.service.test_worker import EVENING, notices, strap


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        yield opened


def impatient(version: str) -> PolicyFile:
    """Return a policy under which a device is silent after a minute."""
    dated = tuple((day, dict.fromkeys(by, 60.0)) for day, by in court.POLICY.values["silence_s"])
    return PolicyFile(version, {**court.POLICY.values, "silence_s": dated})


@pytest.mark.parametrize("is_program", [False, True])
def test_what_stood_by_another_policy_or_program_is_kept_as_superseded(
    at_court: Court, monkeypatch: pytest.MonkeyPatch, is_program: bool
) -> None:
    """An officer who acted on Tuesday can show what the record said on Tuesday."""
    at_court.report_fixes(EVENING)
    with monkeypatch.context() as before:
        before.setattr(judging_values, "VERSION", "0.0.1" if is_program else VERSION)
        at_court.worker().step(us("11T03:00"))
    stood, was = list_assessments(at_court), at_court.assessments()
    at_court.policy = impatient(court.POLICY.version if is_program else "impatient")
    at_court.send_messages((Heartbeat(), us("11T03:05")))
    at_court.worker().step(us("11T03:06"))
    assert list_assessments(at_court) == replay_assessments(at_court, us("11T03:06"))
    assert list_assessments(at_court) != stood
    superseded = at_court.list_superseded()
    assert "met" in {one.assessment.status for one in superseded}
    assert {one.assessment.policy_version for one in superseded} == {was[0].policy_version}
    known = len(superseded)
    at_court.send_messages((Heartbeat(), us("11T03:10")))
    at_court.worker().step(us("11T03:11"))  # By the same as before.
    assert len(at_court.list_superseded()) == known


def test_a_device_that_is_given_again_from_its_return_leaves_what_came_between_alone_unknown(
    at_court: Court,
) -> None:
    """A return was entered by mistake; what was sent until that was seen belongs to nobody."""
    worker = at_court.worker()

    def carry(start_at: datetime, until_at: datetime | None) -> None:
        span = at_court.device, at_court.person, at_court.order, start_at, until_at
        at_court.office.store.write(lambda work: work.keep_assignment(Assignment(*span)))

    returned_at = to_datetime(us("10T21:00"))
    at_court.report_fixes(fixes(stay("10T20:00", "10T23:00")))
    worker.step(us("10T23:00"))
    carry(court.START, returned_at)
    worker.step(us("10T23:01"))
    assert {one.status for one in at_court.assessments() if one.condition == "C1"} == {"unknown"}
    at_court.report_fixes(fixes(stay("10T23:05", "11T01:00", 2_000.0)), is_carried=False)
    worker.step(us("11T02:30"))
    carry(returned_at, None)
    at_court.report_fixes(fixes(stay("11T02:31", "11T06:00")))
    until_us = us("11T06:00")
    worker.step(until_us)
    home = [(one.status, one.start_us) for one in at_court.assessments() if one.condition == "C1"]
    assert [status for status, _ in home] == ["met", "unknown", "met"]
    assert us("10T23:00") < home[1][1] < home[2][1] == us("11T02:31")
    assert not any(is_of_place(incident.kind) for incident in at_court.incidents())
    assert list_assessments(at_court) == replay_assessments(at_court, until_us)


def test_what_was_told_while_it_lasted_ends_when_its_end_comes_late(at_court: Court) -> None:
    """A strap that was closed after a minute, of which the device could tell only an hour later."""
    at_court.send_messages(strap("10T08:00", closed=False))
    at_court.worker().step(us("10T08:02") + S)
    assert notices(at_court) == [("strap", "10T08:00", None, 1)]
    closed, _ = strap("10T08:01", closed=True)
    at_court.send_messages((closed, us("10T09:00")))
    at_court.worker().step(us("10T09:01"))
    at_court.send_messages(strap("10T10:00", closed=True))
    at_court.worker().step(us("10T10:01"))  # Which hears all of it again.
    assert notices(at_court) == [("strap", "10T08:00", us("10T08:01"), 2)]


def test_a_changed_early_end_is_judged_as_a_replay_judges_it(at_court: Court) -> None:
    """Changed while it lies ahead, and taken back; each time the next step sees what binds now."""
    worker = at_court.worker()

    def enter(at: str | None, now: str) -> None:
        instant = None if at is None else to_datetime(us(at))
        end = EarlyEnd(instant, "1-10", "x", to_datetime(us(now)), "O-7")
        at_court.office.write(lambda rows, _: early_ends.enter(rows, at_court.order, PERSON, end))

    def came(after_us: int, until_us: int) -> NDArray[np.bool_]:
        return (after_us < EVENING.received_us) & (EVENING.received_us <= until_us)

    before_us = 0
    for at, now in (("10T23:10", "10T22:00"), ("11T00:30", "10T23:05"), (None, "11T00:00")):
        enter(at, now)
        now_us = us(now) + S
        at_court.report_fixes(EVENING.rows(came(before_us, now_us)))
        worker.step(now_us)
        agree(at_court, now_us)
        before_us = now_us
    until_us = us("11T03:00")
    at_court.report_fixes(EVENING.rows(came(before_us, until_us)))
    worker.step(until_us)
    agree(at_court, until_us)
    assert max(row[3] for row in list_assessments(at_court)) > us("11T00:30")
    assert [one.kind for one in at_court.incidents() if one.end_us is not None] == ["absent"]
