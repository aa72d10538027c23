"""Statistics that are counted apart: the same figures, and a process that ends with the service."""

import asyncio
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mesure.actions.incidents import statistics
from mesure.actions.records.record_types import RegisterReader
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.reports.statistics.incident_counting import Table
from mesure.service.children import statistics_process
from mesure.service.children.statistics_process import StatisticsInstruction
from mesure.service.installation.installation import Installation
from tests.actions.house import Office
from tests.house import ROOT
from tests.service import installations
from tests.web import counted

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def tables(instance: Installation) -> dict[str, Table]:
    with instance.store.read() as reading:
        rows = RegisterReader(reading, instance.keyring).all(statistics.YEAR)
        return {one.id: one.value.table for one in rows}


def entries(instance: Installation) -> int:
    with instance.store.read() as reading:
        return reading.frontier().size


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that are started see the evening at which everything was entered."""
    behind_us = clock.true_us() - int(NOW.timestamp()) * 1_000_000
    shown = CatchUpClock(clock.true_us(), behind_us, 10**15)
    monkeypatch.setattr(clock, "clock_setting", lambda: shown)


def test_a_process_counts_what_the_server_would_count(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        office = Office(instance.store, instance.keyring, NOW)
        counted.fill(office)
        before, size = tables(instance), entries(instance)
        assert before
        for year in before:
            office.write(lambda rows, _, year=year: rows.drop(statistics.YEAR, year))
        assert asyncio.run(statistics_process.count(instance.settings, asyncio.Event())) == 0
        assert tables(instance) == before
        assert entries(instance) == size + 1  # It is one action, and nothing else was done.


def test_a_service_that_ends_waits_for_no_count(tmp_path: Path) -> None:
    async def count_at_end(instance: Installation) -> int | None:
        ending = asyncio.Event()
        ending.set()
        return await statistics_process.count(instance.settings, ending)

    with installations.begin(tmp_path) as instance:
        counted.fill(Office(instance.store, instance.keyring, NOW))
        before = tables(instance)
        assert asyncio.run(count_at_end(instance)) is None
        assert tables(instance) == before


def test_a_process_whose_parent_is_gone_ends_before_it_has_counted(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        instruction = msgspec.json.encode(
            StatisticsInstruction(instance.settings.dump_for_child(), clock.clock_setting())
        )
        with subprocess.Popen(
            [*statistics_process.command()], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        ) as process:
            _, error_output = process.communicate(instruction + b"\n", timeout=30)
        assert (process.returncode, error_output) == (statistics_process.AWAY, b"")


def test_whoever_cannot_be_counted_now_is_counted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installations.begin(tmp_path) as instance:
        settings = instance.settings
    stale = settings.data / "mesure.db"
    assert stale.exists()
    stale.write_bytes(b"no database at all, and not an empty file either" * 100)
    monkeypatch.chdir(ROOT)
    status = asyncio.run(statistics_process.count(settings, asyncio.Event()))
    assert status == statistics_process.AWAY
    assert (
        os.getpriority(os.PRIO_PROCESS, 0) < statistics_process.LEAST
    )  # Only the other gives way.
