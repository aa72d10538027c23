"""In a crowd what only grew waits; nothing is lost by that, and nothing said otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.actions.judging.judging_values import PersonEvaluation
from mesure.live import write_coalescing
from mesure.live.write_coalescing import WAIT_S_MAX, WriteCoalescer
from tests.evaluation.scenes import fixes, stay, us
from tests.service import court
from tests.service.agreeing import agree
from tests.service.court import Court


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        yield opened


def test_in_a_crowd_what_only_grew_is_kept_a_little_later(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same stands in the end as message by message; a restart finds it too."""
    monkeypatch.setattr(write_coalescing, "CROWD", 1)
    night = fixes(stay("10T20:00", "11T03:00"))
    times_us = night.received_us
    worker = at_court.worker()
    stood: list[int] = []
    for at in range(0, len(night), 10):
        at_court.report_fixes(night.rows(slice(at, at + 10)))
        worker.step(int(times_us[min(at + 9, len(night) - 1)]) + 1)
        stood.append(max((one.end_us for one in at_court.assessments()), default=0))
    assert len(set(stood)) < len(stood) // 2
    last_us = int(times_us[-1]) + 1
    restarted = at_court.worker("after a crash")
    restarted.step(last_us)
    agree(at_court, last_us)
    assert restarted.step(last_us) == 0


def test_what_waits_is_kept_when_a_worker_ends(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_coalescing, "CROWD", 1)
    night = fixes(stay("10T20:00", "10T23:00"))
    worker = at_court.worker()
    for at in range(0, len(night), 10):
        at_court.report_fixes(night.rows(slice(at, at + 10)))
        worker.step(int(night.received_us[min(at + 9, len(night) - 1)]) + 1)
    last_us = int(night.received_us[-1]) + 1
    worker.finish(last_us)
    agree(at_court, last_us)
    assert at_court.worker().step(last_us) == 0


def test_what_is_held_is_due_after_a_while_and_taken_once() -> None:
    now = [100.0]
    coalescer = WriteCoalescer(lambda: now[0])
    grew = PersonEvaluation("P-1", us("11T03:00"), 7, None, (), only_grew=True)
    due = [coalescer.is_due]  # Nothing is waited for.
    coalescer.hold([grew, replace(grew, person="P-2")])
    now[0] += WAIT_S_MAX / 2
    coalescer.hold([replace(grew, sequence=8)])
    due.append(coalescer.is_due)
    now[0] += WAIT_S_MAX / 2
    due.append(coalescer.is_due)
    coalescer.drop("P-2")
    assert [(one.person, one.sequence) for one in coalescer.take()] == [("P-1", 8)]
    due.append(coalescer.is_due)
    assert due == [True, False, True, True]
    assert coalescer.take() == []


def test_whatever_is_new_takes_the_place_of_what_only_grew() -> None:
    coalescer = WriteCoalescer()
    grew = PersonEvaluation("P-1", us("11T03:00"), 7, None, (), only_grew=True)
    coalescer.hold([grew])
    coalescer.hold([replace(grew, only_grew=False)])
    assert coalescer.take() == []
