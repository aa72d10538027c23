"""Whether the work is done is measured by what is kept, not by who says so."""

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesure.actions.judging import judging_position
from mesure.instants import MAX_US
from mesure.live import evaluate_person
from mesure.machine import clock
from mesure.service.monitoring import readiness
from mesure.service.monitoring.readiness import BEHIND_S_MAX, ReadinessProbe
from mesure.store.values import partitions
from mesure.store.values.faults import UnavailableError
from tests.evaluation.scenes import S, fixes, stay, us
from tests.house import ROOT
from tests.service import court
from tests.service.court import Court

GROUPS = 2
GROUP = partitions.partition_of(court.PERSON) % GROUPS


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        yield opened


@contextmanager
def at(monkeypatch: pytest.MonkeyPatch, now_us: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now_us", lambda: now_us)
        patch.setattr(clock, "true_us", lambda: now_us)
        yield


def test_a_record_that_nobody_judges_is_seen(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_court.report_fixes(fixes(stay("10T20:00", "10T20:10")))
    done = ReadinessProbe(at_court.office.store, GROUPS)
    late_us = us("10T20:10") + round((BEHIND_S_MAX + 1) * S)
    with at(monkeypatch, late_us):
        lags = done.lags_s()
        assert lags[1 - GROUP] == 0.0
        assert lags[GROUP] > BEHIND_S_MAX
        assert not done.is_judged_in_time
        assert done.queue_sizes()["record"] > 0
    at_court.worker().step(late_us)
    with at(monkeypatch, late_us):
        after = ReadinessProbe(at_court.office.store, GROUPS)
        assert after.lags_s() == dict.fromkeys(range(GROUPS), 0.0)
        assert after.is_judged_in_time
        assert after.queue_sizes()["record"] == 0


def test_somebody_whose_moment_has_passed_is_seen(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing came, so only what is due says that nobody works."""
    at_court.report_fixes(fixes(stay("10T21:00", "10T21:58")))
    at_court.worker().step(us("10T21:58"))
    with at_court.office.store.read() as reading:
        judged = reading.progress_of(court.PERSON)
    assert judged is not None
    assert judged.due_us is not None
    with at(monkeypatch, judged.due_us + round((BEHIND_S_MAX + 1) * S)):
        done = ReadinessProbe(at_court.office.store, GROUPS)
        assert done.lags_s()[GROUP] == pytest.approx(BEHIND_S_MAX + 1)
        assert not done.is_judged_in_time
        assert done.queue_sizes()["person"] == 1
    with at(monkeypatch, judged.due_us + S):
        assert ReadinessProbe(at_court.office.store, GROUPS).is_judged_in_time


def test_who_is_bound_by_nothing_any_more_is_not_due_for_ever(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_court.report_fixes(fixes(stay("10T21:00", "10T21:58")))
    worker = at_court.worker()
    worker.step(us("10T21:58"))
    monkeypatch.setattr("mesure.actions.judging.judge_store.duties", lambda *_: ())
    at_court.worker().step(MAX_US // 2)
    with at_court.office.store.read() as reading:
        assert reading.oldest_due() == {}
    assert at_court.assessments()


def test_what_was_measured_a_moment_ago_is_told_again(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strangers who ask without end have the disk written once in a while, not each time."""
    writes = []
    store = at_court.office.store
    real = store.write

    def count_write(change: object) -> object:
        writes.append(change)
        return real(change)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "write", count_write)
    done = ReadinessProbe(store, GROUPS)
    threads = [threading.Thread(target=lambda: done.store_writes) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.store_writes
    assert len(writes) == 1
    monkeypatch.setattr(readiness, "WRITTEN_EVERY_S", 0.0)
    assert ReadinessProbe(store, GROUPS).store_writes


FULL = """
import pathlib, resource, sys
from mesure.service.monitoring.readiness import ReadinessProbe
from mesure.store.sqlite.store import SqliteStore
store = SqliteStore(pathlib.Path(sys.argv[1]))
print(ReadinessProbe(store, 1).store_writes)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
print(ReadinessProbe(store, 1).store_writes)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(ReadinessProbe(store, 1).store_writes)
"""


def test_a_disk_that_takes_nothing_is_seen(tmp_path: Path) -> None:
    with court.open_court(tmp_path):
        pass
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    line = [sys.executable, "-c", FULL, str(tmp_path / "mesure.db")]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["True", "False", "True"]


def test_somebody_who_cannot_be_judged_is_seen_at_once_until_they_are(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_court.report_fixes(fixes(stay("10T20:00", "10T20:10")))
    until_us = us("10T20:10")
    worker = at_court.worker()
    worker._failed = lambda person, error: at_court.failed.append((person, error))
    assert ReadinessProbe(at_court.office.store, GROUPS).is_everybody_judged

    def broken(*_: object) -> object:
        raise IndexError("no good")

    with monkeypatch.context() as patch:
        patch.setattr(evaluate_person, "judge", broken)
        worker.step(until_us)
    done = ReadinessProbe(at_court.office.store, GROUPS)
    assert (done.not_judged(), done.is_everybody_judged) == (1, False)
    at_court.worker().step(until_us)  # A new start tries again.
    done = ReadinessProbe(at_court.office.store, GROUPS)
    assert (done.not_judged(), done.is_everybody_judged) == (0, True)


def test_a_store_that_is_away_says_of_nobody_that_they_are_judged(
    at_court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> object:
        raise UnavailableError("away")

    monkeypatch.setattr(judging_position, "not_judged", away)
    assert not ReadinessProbe(at_court.office.store, GROUPS).is_everybody_judged
