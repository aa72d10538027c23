"""What is counted or erased apart: as in the service, by a process that ends with the service."""

import asyncio
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from mesure.actions.incidents import statistics
from mesure.actions.records.record_types import RegisterReader
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.reports.statistics.incident_counting import Table
from mesure.service.children import quiet_process
from mesure.service.children.quiet_process import QuietInstruction, QuietWork
from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import erase
from tests.actions.house import Office
from tests.house import ROOT
from tests.service import installations
from tests.store.databases import PostgresServer
from tests.test_cli_rights import fill
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
        assert (
            asyncio.run(quiet_process.run(QuietWork.COUNT, instance.settings, asyncio.Event())) == 0
        )
        assert tables(instance) == before
        assert entries(instance) == size + 1  # It is one action, and nothing else was done.


@pytest.mark.parametrize("is_embedded", [True, False])
def test_another_process_erases_where_a_server_has_the_data(
    tmp_path: Path,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    is_embedded: bool,
) -> None:
    """An embedded file is written anew after it, for which this process's own changes wait."""
    where = {} if is_embedded else {"database_url": postgres_server.make("erased")}
    with installations.begin(tmp_path, **where) as instance:
        instance.store.write(fill)
        instance.keyring.make_keys(["P-1", "P-2", "P-3"])
        duties: Any = object.__new__(LeaderDuties)
        duties._settings, duties._ending = instance.settings, asyncio.Event()
        duties._dependencies = SimpleNamespace(installation=instance)
        daily = Mock(wraps=erase.daily)
        with monkeypatch.context() as patched:
            patched.setattr(erase, "daily", daily)
            asyncio.run(duties._erase())
        assert daily.call_count == is_embedded  # In this process.
        assert erase.daily(instance, lambda: False) == {}
        with instance.store.read() as reading:
            erased = reading.person("P-1")
        assert erased is not None
        assert erased.erased_at is not None


def test_a_service_that_ends_waits_for_no_count(tmp_path: Path) -> None:
    async def count_at_end(instance: Installation) -> int | None:
        ending = asyncio.Event()
        ending.set()
        return await quiet_process.run(QuietWork.COUNT, instance.settings, ending)

    with installations.begin(tmp_path) as instance:
        counted.fill(Office(instance.store, instance.keyring, NOW))
        before = tables(instance)
        assert asyncio.run(count_at_end(instance)) is None
        assert tables(instance) == before


def test_a_process_whose_parent_is_gone_ends_before_it_has_counted(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        instruction = msgspec.json.encode(
            QuietInstruction(
                QuietWork.COUNT, instance.settings.dump_for_child(), clock.clock_setting()
            )
        )
        with subprocess.Popen(
            [*quiet_process.command()], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        ) as process:
            _, error_output = process.communicate(instruction + b"\n", timeout=30)
        assert (process.returncode, error_output) == (quiet_process.AWAY, b"")


def test_whoever_cannot_be_counted_now_is_counted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installations.begin(tmp_path) as instance:
        settings = instance.settings
    stale = settings.data / "mesure.db"
    assert stale.exists()
    stale.write_bytes(b"no database at all, and not an empty file either" * 100)
    monkeypatch.chdir(ROOT)
    status = asyncio.run(quiet_process.run(QuietWork.COUNT, settings, asyncio.Event()))
    assert status == quiet_process.AWAY
    assert os.getpriority(os.PRIO_PROCESS, 0) < quiet_process.LEAST  # Only the other gives way.
