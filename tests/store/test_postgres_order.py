"""Several processes append to the same partitions: their order is dense, and no reader skips a row.

A row whose number was given before another's and that is committed after it would be skipped by
a reader in between. One change at a time, and its numbers within it, rule that out; here it is
watched by a reader that never looks back.
"""

import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, closing

import pytest

from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.postgres import store as postgres
from mesure.store.postgres.store import connect
from mesure.store.postgres.writing import PostgresWriteTransaction
from mesure.store.values import partitions
from mesure.store.values.faults import UnavailableError
from mesure.store.values.records import Device, LogPosition
from tests.house import ROOT
from tests.store import samples
from tests.store.appending_process import PERSONS, THREADS
from tests.store.databases import PostgresDatabase

PROCESSES = 3
KILLS = 6
LINES = 40  # Of each process before it is killed.


class Writer:
    """A process that appends, and what it was told is kept."""

    def __init__(self, where: str, name: str) -> None:
        command = [sys.executable, "-m", "tests.store.appending_process", where, name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        self.said: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.said.append(line)

    def wait(self) -> None:
        """Wait until it has appended something."""
        until_s = time.monotonic() + 60.0
        while len(self.said) < LINES and time.monotonic() < until_s:
            time.sleep(0.01)

    def kill(self) -> list[list[str]]:
        """Kill it, and return what it had been told is kept."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        return [line.decode().split() for line in self.said if line.endswith(b"\n")]


class Follower:
    """Reads on from where it was, again and again, and never looks back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ending = threading.Event()
        self.read: dict[int, list[int]] = defaultdict(list)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._look()

    def _look(self) -> None:
        parts = [partitions.partition_of(person) for person in PERSONS]
        after = {part: (self.read[part] or [0])[-1] for part in parts}
        with self._store.read() as reading:
            for record in reading.logs(after, 50):
                self.read[record.place.partition].append(record.place.sequence)

    def end(self) -> None:
        self._ending.set()
        self._thread.join()
        for _ in range(1_000):
            before = sum(map(len, self.read.values()))
            self._look()
            if sum(map(len, self.read.values())) == before:
                return


def enter(store: Store, count: int) -> None:
    names = [f"{kill}" for kill in range(count)]

    def change(work: WriteTransaction) -> None:
        samples.enter(work, len(PERSONS))
        for name in names:
            for number in range(THREADS):
                work.add_device(Device(f"D-{name}-{number}", samples.AT, "O-1"))

    store.write(change)


def test_nobody_skips_a_row_whoever_writes_and_whoever_is_killed(
    common_postgres: PostgresDatabase,
) -> None:
    common_postgres.empty()
    acknowledgements: list[list[str]] = []
    with common_postgres.open() as store, ExitStack() as stack:
        enter(store, PROCESSES + KILLS)
        follower = Follower(store)
        writers = [Writer(common_postgres.where, f"{name}") for name in range(PROCESSES)]
        stack.callback(lambda: [writer.kill() for writer in writers])
        for kill in range(KILLS):
            for writer in writers:
                writer.wait()
            acknowledgements += writers.pop(0).kill()
            writers.append(Writer(common_postgres.where, f"{PROCESSES + kill}"))
        while writers:
            acknowledgements += writers.pop().kill()
        follower.end()
        with store.read() as reading:
            ends = reading.ends()
            logged = {
                (record.device, str(record.counter)): (str(part), str(record.place.sequence))
                for part in ends
                for record in reading.log(LogPosition(part, 0), 1_000_000)
            }
    assert (
        len({name for name, *_ in acknowledgements}) > PROCESSES * THREADS
    )  # Killed ones had their say.
    for part, sequences in follower.read.items():
        assert sequences == list(range(1, ends[part] + 1))
    assert sum(ends.values()) == len(logged)  # Nothing is there twice.
    for device, counter, *place in acknowledgements:
        assert logged[device, counter] == tuple(place)


def test_of_more_than_is_asked_for_the_first_are_read_however_they_lie_on_the_disk(
    common_postgres: PostgresDatabase,
) -> None:
    """A reader of parts goes on after the last of each, and would skip the others."""
    common_postgres.empty()
    part = partitions.partition_of("P-1")
    with common_postgres.open() as store:
        samples.ready(store)
        store.write(lambda work: work.append([samples.message(number) for number in range(2, 12)]))
        with closing(connect(common_postgres.where)) as connection:
            # As where room of what was erased is used again: they lie behind all others.
            for which in ("BETWEEN 1 AND 3", "< 0"):
                connection.execute(
                    f"UPDATE message SET sequence = -sequence WHERE sequence {which}"
                )
            connection.execute("ALTER DATABASE shared SET enable_indexscan = off")
            connection.commit()
        try:
            with common_postgres.open() as other, other.read() as reading:
                [*places] = (one.place.sequence for one in reading.logs({part: 0}, 5))
        finally:
            with closing(connect(common_postgres.where)) as connection:
                connection.execute("ALTER DATABASE shared RESET enable_indexscan")
                connection.commit()
    assert places == [1, 2, 3, 4, 5]


def test_who_stands_still_in_a_change_keeps_nobody_waiting_for_long(
    common_postgres: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process does that was stopped, or whose machine is gone, in the middle of a change."""
    monkeypatch.setattr(postgres, "STANDING_MS", 300)
    monkeypatch.setattr(postgres, "LOCK_MS", 500)
    common_postgres.empty()
    goes_on = threading.Event()

    def stands_still(work: PostgresWriteTransaction) -> None:
        work.append([samples.message(2)])
        goes_on.wait(30)

    with common_postgres.open() as frozen, common_postgres.open() as other:
        samples.ready(frozen)
        standing = frozen.submit(stands_still)
        time.sleep(0.1)  # It has the turn.
        begun_s = time.monotonic()
        other.write(lambda work: work.append([samples.message(3)]))
        assert time.monotonic() - begun_s < 5.0
        goes_on.set()
        with pytest.raises(UnavailableError):
            standing.result()
        with other.read() as reading:
            assert not reading.digests([("D-1", 2)])
            assert reading.digests([("D-1", 3)])
        frozen.write(lambda work: work.append([samples.message(4)]))  # It connects anew.
