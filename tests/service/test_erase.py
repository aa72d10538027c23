"""A service lets go of what is due when it starts and once a day, and ends when it is told to."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mesure.actions.data_rights.erasure import ErasureStep
from mesure.actions.records import incident_records
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import erase
from mesure.service.maintenance.erase import EraseRequest
from mesure.service.maintenance.home_reduction import HomeReducer
from mesure.store.interface.store import WriteTransaction
from mesure.store.sqlite import store as sqlite
from mesure.store.values.faults import LostKeyError, UnavailableError
from mesure.store.values.records import MessageShare, ReceivedMessage
from mesure.store.values.register import RegisterRow
from tests.service import installations
from tests.store import judged_samples
from tests.test_cli_rights import fill

SEE = "of whom something cannot be opened (see `mesure keys check`, `mesure verify-store`)"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Installation]:
    with installations.begin(tmp_path) as begun:
        begun.store.write(fill)
        begun.keyring.make_keys(["P-1", "P-2", "P-3"])
    with installation.open_installation(installations.settings(tmp_path)) as opened:
        yield opened


def test_what_is_due_goes_and_is_counted(instance: Installation) -> None:
    assert erase.daily(instance, lambda: False) == {"record": 2, "trail": 1}
    assert erase.daily(instance, lambda: False) == {}


def test_whoever_ends_is_not_kept_waiting(instance: Installation) -> None:
    assert erase.daily(instance, lambda: True) == {"record": 2}
    assert erase.daily(instance, lambda: False) == {"trail": 1}


def free_pages(instance: Installation) -> int:
    with closing(sqlite3.connect(instance.folder.database)) as file:
        return int(file.execute("PRAGMA freelist_count").fetchone()[0])


def keep_much(work: WriteTransaction) -> None:
    shares = (MessageShare("P-3", 1, 1, bytes(100_000)),)
    work.append([ReceivedMessage("D-1", 3, "mesure1", 1, b"\1" * 32, shares)])


def test_what_a_run_let_go_that_was_broken_off_is_overwritten_with_the_next(
    instance: Installation,
) -> None:
    """Killed behind its last change, a run wrote no file anew, and comes to nothing again."""
    erase.daily(instance, lambda: False)
    instance.store.write(keep_much)
    assert free_pages(instance) == 0
    run = erase.steps(instance, EraseRequest("P-3", is_everything=True))
    assert next(run).things > 0
    del run  # Broken off.
    assert free_pages(instance) > 0
    erase.daily(instance, lambda: False)
    assert free_pages(instance) == 0
    assert not instance.folder.overwriting.exists()


def test_where_nothing_is_due_the_file_is_not_written_anew(instance: Installation) -> None:
    """Changes wait while it is: a service that starts keeps nobody waiting for nothing."""
    erase.daily(instance, lambda: False)
    instance.store.write(keep_much)
    for _ in erase._run(instance, EraseRequest("P-3")).of_persons(["P-3"], erase.ORDERED):
        pass
    assert erase.daily(instance, lambda: False) == {}
    assert free_pages(instance) > 0


def test_whoever_cannot_be_read_is_passed_over_and_named(
    instance: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that came to them ended, and with it the erasure of everybody else."""
    instance.store.write(lambda work: work.put(entry("P-1", incident_records.REVIEW.name)))
    instance.store.write(lambda work: work.put(entry("P-2", incident_records.REVIEW.name)))
    monkeypatch.setattr(
        instance.keyring, "find_key", lambda name: None if name == "P-1" else bytes(32)
    )
    lines = list(erase.report_lines(erase.steps(instance), is_dry=False))
    assert lines == ["erased 1 messages of 1 persons\n", f"passed over 2 persons {SEE}: P-1, P-2\n"]
    assert erase.daily(instance, lambda: False) == {"unreadable": 2}


def entry(person: str, kind: str) -> RegisterRow:
    return judged_samples.row(f"I-{person}", person=person, kind=kind, body=bytes(40))


def test_whose_home_cannot_be_read_is_passed_over(
    instance: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps(self: HomeReducer, person: str) -> Iterator[ErasureStep]:
        yield ErasureStep(RetentionKind.HOME_DETAIL, 1, 1)
        raise LostKeyError(person)

    monkeypatch.setattr(HomeReducer, "steps", steps)
    counts = erase.daily(instance, lambda: False)
    assert counts == {"record": 2, "trail": 1, "home_detail": 1, "unreadable": 1}


def test_an_export_is_asked_for_before_anybody_is_erased(instance: Installation) -> None:
    persons: list[str] = []
    list(erase.steps(instance, EraseRequest(export=persons.append)))
    assert persons == ["P-1", "P-2"]


def test_a_programme_has_times_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 2026-12-01\nrules:\n  looks_days:\n    unit: days\n    reason: The law of the "
        "house.\n    reference: order 7\n    values: [{from: 2020-01-01, value: 100}]\n"
    )
    rules = erase.rules(installations.settings(tmp_path, retention=own))
    assert [value for _, value in rules.values["looks_days"]] == [100]
    assert rules.values["trails_days"][-1][1] == 59


def test_while_somebody_reads_what_was_erased_it_counts_as_not_overwritten(
    instance: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that reads for long has the former pages stay in the write-ahead log."""
    monkeypatch.setattr(sqlite, "EMPTY_TRIES", 1)
    with instance.store.read() as reading:
        reading.persons_in(range(1))
        with pytest.raises(UnavailableError, match="not overwritten yet"):
            erase.daily(instance, lambda: False)
    assert instance.folder.overwriting.exists()
    log = instance.folder.database.with_name("mesure.db-wal")
    assert log.stat().st_size > 0
    assert erase.daily(instance, lambda: False) == {}
    assert not instance.folder.overwriting.exists()
    assert log.stat().st_size == 0


def test_a_folder_that_cannot_be_written_is_told_and_the_service_goes_on(
    instance: Installation, tmp_path: Path
) -> None:
    """An archive on a disk that was away ended the service at each start."""
    (tmp_path / "archive").write_text("a file in the place of the folder")
    settings = instance.settings.model_copy(update={"archive": tmp_path / "archive"})
    events: list[str] = []
    log = SimpleNamespace(error=lambda event, **_: events.append(event))
    duties: Any = SimpleNamespace(
        _dependencies=SimpleNamespace(installation=replace(instance, settings=settings)),
        _settings=settings,
        _ending=asyncio.Event(),
        _log=log,
    )
    duties._archive = partial(LeaderDuties._archive, duties)
    asyncio.run(LeaderDuties._erase(duties))
    assert events == ["not_erased", "not_archived"]
    instance.folder.overwriting.unlink()
    instance.folder.overwriting.symlink_to(tmp_path / "nowhere" / "at_all")
    asyncio.run(LeaderDuties._erase(duties))
    assert events[2:] == ["not_erased", "not_archived"]
