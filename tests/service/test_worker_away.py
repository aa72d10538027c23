"""A store that goes away under the judge, with a crowd before it: nobody is forgotten by that.

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from mesure.live import worker as workers
from mesure.live import write_coalescing
from mesure.live.worker import PERSONS_MAX, Worker
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.sqlite import store as sqlite
from mesure.store.values.faults import UnavailableError
from mesure.store.values.mismatches import RowMismatch
from mesure_lab.whole.drawn import scenery
from tests.conftest import LONG
from tests.evaluation import scenes
from tests.evaluation.scenes import M, deliver_at, fixes, stay, us, walk
from tests.service import court
from tests.service.agreeing import agree, list_incidents, replay_incidents
from tests.service.court import Court

T = TypeVar("T")

COUNT = PERSONS_MAX + 60
FIRST, EVERY = 8, 10  # Of the moments at which it may go away; in the long version each of them.
END_US = us("11T04:00")


@contextmanager
def hold_file(folder: Path) -> Iterator[None]:
    """Hold the file as another program does that writes in it."""
    with closing(sqlite3.connect(folder / "mesure.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def silent(crowd: Sequence[Court]) -> int:
    return sum(any(one.kind == "silent" for one in each.incidents()) for each in crowd)


def at_home(crowd: Sequence[Court], start: str, until: str) -> None:
    """Let everybody's device report from home, all messages of all in one change."""
    home = fixes(stay(start, until))
    received_us = int(home.received_us[-1])
    messages = [one.seal_message(scenery.as_batch(home), received_us, one.person) for one in crowd]
    crowd[0].office.store.write(lambda work: work.append(messages))


@pytest.mark.once
def test_a_crowd_that_falls_silent_while_another_program_writes_is_judged_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody falls silent at the beginning of a curfew, and the file is held for a while."""
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    with court.crowd(tmp_path, COUNT, scenes.CURFEW) as crowd:
        worker = crowd[0].worker()
        at_home(crowd, "10T21:30", "10T21:59")
        worker.step(us("10T21:59"))
        with hold_file(tmp_path):
            for now_us in range(us("10T22:28"), us("10T22:31"), M):
                with pytest.raises(UnavailableError):
                    worker.step(now_us)
        for now_us in range(us("10T22:40"), END_US + 1, 80 * M):
            worker.step(now_us)
        assert silent(crowd) == COUNT
        at_home(crowd, "11T03:50", "11T04:00")
        worker.step(END_US)
        for member in crowd:
            agree(member, END_US)


# --- At every moment at which it may go away -----------------------------------------------------


class AwayOnce:
    """A store that goes away once: at the time that it is asked or told something so often."""

    def __init__(self, store: Store, at: int) -> None:
        self._store, self._at = store, at
        self.times = 0

    def _count(self) -> None:
        self.times += 1
        if self.times == self._at:
            raise UnavailableError("away")

    def submit(self, change: Callable[[WriteTransaction], T]) -> "Future[T]":
        self._count()
        return self._store.submit(change)

    def write(self, change: Callable[[WriteTransaction], T]) -> T:
        return self.submit(change).result()

    @contextmanager
    def read(self) -> Iterator[ReadTransaction]:
        with self._store.read() as reading:
            yield cast(ReadTransaction, _Counted(reading, self._count))

    def scrub(self) -> bool:
        return self._store.scrub()

    def misshapen(self) -> tuple[RowMismatch, ...]:
        return self._store.misshapen()

    def close(self) -> None:
        self._store.close()


class _Counted:
    """What is read of such a store."""

    def __init__(self, reading: ReadTransaction, count: Callable[[], None]) -> None:
        self._reading, self._count = reading, count

    def __getattr__(self, name: str) -> Any:
        self._count()
        return getattr(self._reading, name)


def live_evening(folder: Path, at: int) -> int:
    """Have some persons judged for an evening; return how often the store was asked."""
    with court.crowd(folder, 5, scenes.CURFEW) as crowd:
        away = AwayOnce(crowd[0].office.store, at)
        worker = start_worker(crowd, away)

        def step(instant: str) -> None:
            with suppress(UnavailableError):
                worker.step(us(instant))

        at_home(crowd, "10T21:30", "10T21:59")
        step("10T21:59")
        step("10T22:29")
        at_home(crowd[:2], "10T22:25", "10T22:30")
        step("10T22:30")
        walked = fixes(walk("10T22:30", 0.0, 1_500.0), stay("10T22:55", "10T23:40", 1_500.0))
        crowd[1].send_messages((scenery.as_batch(walked), us("10T23:40")))
        step("10T23:40")
        late = fixes(deliver_at(stay("10T22:01", "10T23:30"), "11T02:40"))
        crowd[4].send_messages((scenery.as_batch(late), us("11T02:40")))
        step("11T02:40")
        step("11T03:30")
        step("11T03:31")
        for member in crowd:  # Nothing came for hours of most of them: they were only due.
            assert list_incidents(member) == replay_incidents(member, us("11T03:31")), member.person
        at_home(crowd, "11T03:50", "11T04:00")
        if at % 2:
            step("11T03:59")
            with suppress(UnavailableError):
                worker.finish(END_US)
            worker = start_worker(crowd, away)
        step("11T04:00")
        step("11T04:00")
        for member in crowd:
            agree(member, END_US)
        return away.times


def start_worker(crowd: Sequence[Court], away: AwayOnce) -> Worker:
    """Return a worker in a store that goes away; where it does so at once, another one."""
    real = crowd[0].office.store
    crowd[0].office.store = away
    try:
        return crowd[0].worker()
    except UnavailableError:
        return crowd[0].worker()
    finally:
        crowd[0].office.store = real


def test_whenever_the_store_goes_away_the_record_is_that_of_a_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silent, away, late and at home; some in a crowd, and in more than one change."""
    monkeypatch.setattr(workers, "PERSONS_MAX", 2)
    monkeypatch.setattr(write_coalescing, "CROWD", 4)
    folders = (tmp_path / str(number) for number in count())
    times, at = FIRST, FIRST
    while at <= times:  # As often as the store is asked in all, at intervals.
        folder = next(folders)
        folder.mkdir()
        times = live_evening(folder, at)
        at += EVERY // LONG
    assert at > FIRST + EVERY


# --- What is read of it ---------------------------------------------------------------------------


class WatchedStore(AwayOnce):
    """A store that notes what is being read of it whenever something is changed."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, 0)
        self.reads = 0
        self.read_while_changed: list[int] = []

    def submit(self, change: Callable[[WriteTransaction], T]) -> "Future[T]":
        self.read_while_changed.append(self.reads)
        return super().submit(change)

    @contextmanager
    def read(self) -> Iterator[ReadTransaction]:
        self.reads += 1
        with super().read() as reading:
            yield reading
        self.reads -= 1


def test_no_step_sees_one_moment_for_as_long_as_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is read as it was, nothing that was written since can be let go of."""
    monkeypatch.setattr(workers, "PERSONS_MAX", 2)
    with court.crowd(tmp_path, 5, scenes.CURFEW) as crowd:
        watched = WatchedStore(crowd[0].office.store)
        worker = start_worker(crowd, watched)
        at_home(crowd, "10T21:30", "10T21:59")
        assert worker.step(us("10T21:59")) == 5
        assert watched.read_while_changed[1:] == [0, 0, 0]  # After the claim: one for each group.
