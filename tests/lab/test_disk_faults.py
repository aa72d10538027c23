"""The simulated disk loses what a disk may lose, and nothing that was waited for."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from unittest import mock

import pytest

from mesure_lab.whole.drawn.disk_fault_kinds import DiskFault
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk

ROUNDS = 8


@contextmanager
def open_database(
    disk: SimulatedDisk, folder: Path, synchronous: str
) -> Iterator[sqlite3.Connection]:
    with (
        mock.patch.object(sqlite3, "connect", disk.connect),
        closing(sqlite3.connect(folder / "a.db", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA synchronous = {synchronous}")
        database.execute("CREATE TABLE IF NOT EXISTS counted (number INTEGER)")
        yield database


def count(database: sqlite3.Connection, number: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO counted VALUES (?)", (number,))
    database.execute("COMMIT")


def read_numbers(folder: Path) -> list[int]:
    with closing(sqlite3.Connection(folder / "a.db")) as raw:
        if not raw.execute("SELECT name FROM sqlite_schema").fetchall():
            return []  # Nobody waited for the table either.
        return [number for (number,) in raw.execute("SELECT number FROM counted ORDER BY number")]


def write_until_crash(
    folder: Path, fault: DiskFault, synchronous: str, seed: int
) -> tuple[int, list[int]]:
    """Return how many commits were answered before a crash, and what is there after it."""
    disk = SimulatedDisk(folder, Random(seed))
    disk.plan(fault, 11)
    answered = 0
    with open_database(disk, folder, synchronous) as database, suppress(sqlite3.OperationalError):
        for number in range(1, 100):
            count(database, number)
            answered = number
    assert disk.is_off
    disk.start()
    return answered, read_numbers(folder)


@pytest.mark.parametrize("fault", [DiskFault.KILLED, DiskFault.CUT, DiskFault.POWER])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_was_answered_outlasts_a_crash(tmp_path: Path, fault: DiskFault, seed: int) -> None:
    answered, numbers = write_until_crash(tmp_path, fault, "FULL", seed)
    assert answered > 0
    assert numbers in (list(range(1, answered + 1)), list(range(1, answered + 2)))


def test_what_nobody_waited_for_can_be_lost_with_the_power(tmp_path: Path) -> None:
    """A store that does not wait for the disk is found out."""
    lost = 0
    for seed in range(ROUNDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        answered, numbers = write_until_crash(folder, DiskFault.POWER, "NORMAL", seed)
        lost += len(numbers) < answered
    assert lost


@pytest.mark.parametrize("fault", [DiskFault.AWAY, DiskFault.FULL])
def test_a_disk_that_is_away_or_full_comes_back(tmp_path: Path, fault: DiskFault) -> None:
    disk = SimulatedDisk(tmp_path, Random(1))
    with open_database(disk, tmp_path, "FULL") as database:
        count(database, 1)
        disk.plan(fault, 0)
        failed = 0
        while True:
            try:
                count(database, 2)
            except sqlite3.OperationalError:
                failed += 1
                database.rollback()
            else:
                break
        assert failed
        assert disk.struck is fault
    assert read_numbers(tmp_path) == [1, 2]


def test_nothing_strikes_whoever_only_looks(tmp_path: Path) -> None:
    disk = SimulatedDisk(tmp_path, Random(1))
    with open_database(disk, tmp_path, "FULL") as database:
        count(database, 1)
        disk.plan(DiskFault.AWAY, 0)
        with disk.watch():
            assert database.execute("SELECT number FROM counted").fetchall() == [(1,)]
        with pytest.raises(sqlite3.OperationalError):
            count(database, 2)


def test_what_is_copied_from_the_log_into_the_file_was_waited_for(tmp_path: Path) -> None:
    """Else a torn log would hide behind older pages what the file has already."""
    disk = SimulatedDisk(tmp_path, Random(1))
    with open_database(disk, tmp_path, "FULL") as database, suppress(sqlite3.OperationalError):
        for number in range(1, 20):
            count(database, number)
        database.execute("PRAGMA wal_autocheckpoint = 1")
        disk.plan(DiskFault.POWER, 1)
        count(database, 20)
    assert disk.is_off
    disk.start()
    assert read_numbers(tmp_path) == list(range(1, 21))
