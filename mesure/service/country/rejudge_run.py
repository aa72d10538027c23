"""Run: judge a country again, or go on with it, and say what would differ, in sentences."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.service.archive import trail_archive
from mesure.service.archive.trail_archive import ArchiveChange
from mesure.service.country import (
    country_results,
    policy_differences,
    process_pool,
    rejudge_plan,
    spark_cluster,
    spark_session,
)
from mesure.service.country.judge_partition import PartitionDone
from mesure.service.country.policy_differences import CountryDifferences
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.installation.installation import Installation
from mesure.store.values import partitions

TOTALS: Final = "totals.json"


class Workforce(NamedTuple):
    """Who does the work: processes of this machine, or a Spark at an address."""

    processes: int
    master: str | None = None


def workforce(processes: int | None, is_spark: bool, master: str | None) -> Workforce:
    """Return who does the work; where nobody says how many, one process for each processor."""
    count = processes or os.cpu_count() or 1
    if not is_spark:
        return Workforce(count)
    return Workforce(count, master or f"local[{count},{spark_session.ATTEMPTS}]")


def run(
    instance: Installation, setup: WorkerSetup, out: Path, force: Workforce, stages: ProgressStages
) -> CountryDifferences:
    """Judge what is not done yet, and return what all of it comes to."""
    with trail_archive.hold(out):  # Two runs that write the same files would lose partitions.
        change = bring_up_to_date(instance, force, stages)
        judge(instance, setup, out, force, stages)
        return _compare(instance, out, change, stages)


def bring_up_to_date(
    instance: Installation, force: Workforce, stages: ProgressStages
) -> ArchiveChange:
    """Make the archive show what the store holds, and return of whom it cannot."""
    archive = trail_archive.folder_of(instance)
    assert archive is not None, "a plan is made where there is an archive"
    if force.master is not None and not archive.is_absolute():
        what, why = f"{archive} is no path from the root", "executors have folders of their own"
        raise ServiceError("archive", what, why, "write the whole path into the settings")
    stages.reach("bringing the archive up to date")
    return trail_archive.sync(instance, reach=stages.advance)


def judge(
    instance: Installation, setup: WorkerSetup, out: Path, force: Workforce, stages: ProgressStages
) -> list[PartitionDone]:
    """Judge the partitions that are not done yet, from the current archive."""
    archive = trail_archive.folder_of(instance)
    assert archive is not None, "a plan is made where there is an archive"
    numbers = _inhabited(instance)
    todo = [one for one in numbers if not country_results.is_done(archive, out, one)]
    for partition in todo:  # What was made from another state of the archive.
        country_results.path_of(out, partition).unlink(missing_ok=True)
    done = len(numbers) - len(todo)
    stages.reach("judging partitions again")
    stages.advance(done, len(numbers))
    if not todo:
        return []
    return _work(setup, out, todo, force, lambda more: stages.advance(done + more, len(numbers)))


def _inhabited(instance: Installation) -> list[int]:
    """Return the partitions of anybody who was not erased."""
    with instance.store.read() as reading:
        names = reading.persons_in(trail_archive.ALL)
    return sorted({partitions.partition_of(name) for name in names})


def _work(
    setup: WorkerSetup,
    out: Path,
    numbers: list[int],
    force: Workforce,
    reach: Callable[[int], None],
) -> list[PartitionDone]:
    if force.master is not None:
        return spark_cluster.run(setup, out, numbers, force.master, reach)
    all_done = list[PartitionDone]()

    def note(done: PartitionDone) -> None:
        all_done.append(done)
        reach(len(all_done))

    process_pool.run(setup, out, numbers, force.processes, note)
    return all_done


def _compare(
    instance: Installation, out: Path, change: ArchiveChange, stages: ProgressStages
) -> CountryDifferences:
    outcome = CountryDifferences(rejudge_plan.read(out), shut=dict(change.unreadable))
    numbers = country_results.numbers(out)
    stages.reach("comparing partitions")
    for done, partition in enumerate(numbers, 1):
        for result in country_results.read(instance.keyring, out, partition):
            outcome.add(result)
        stages.advance(done, len(numbers))
    totals = msgspec.json.format(msgspec.json.encode(policy_differences.totals(outcome)))
    file_writing.write(out / TOTALS, totals + b"\n")
    return outcome
