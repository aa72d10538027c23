"""Installations hold: what was restored or handed on is checked like what it was made of."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Final

from pyarrow import parquet

from mesure.actions.judging import judge_store
from mesure.instants import to_datetime
from mesure.live.load_person import EvaluationConfig
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.orders.model import schedule
from mesure.service.export import export_import, readable_data
from mesure.service.installation import installation, last_checkpoint
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import database_backup, restore
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.interface.store import ReadTransaction
from mesure_lab.whole.checks import replay_differences
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.simulated import raw_rows
from mesure_lab.whole.world import World

BEGINS: Final = re.compile(rb"DTSTART:(\w+)")
TO_BE_SENT: Final = "SELECT kind, key, recipient, is_done, due_us FROM outgoing ORDER BY kind, key"


@invariant("restored_holds", "decision 0035; docs/for_operators.md")
def restored_holds(world: World) -> Iterator[str]:
    """Yield what is wrong with a backup of the data that is restored with the newest keys."""
    if not world.backups:
        return
    keys = world.folder / "newest-keys"
    database_backup.keys(world.machine.made, keys, to_datetime(world.time.now_us))
    settings = world.machine.settings.model_copy(update={"data": world.folder / "restored"})
    folder = installation.folder_of(settings)
    folder.make()
    shutil.copy(world.machine.folder.master_key, folder.master_key)
    data, known = world.backups[-1]
    done = restore.restore(settings, data, keys)
    again = known & world.erased
    if set(done.erased_again) != again:
        yield f"{again} were erased since, and {done.erased_again} were erased again"
    with installation.open_installation(settings) as instance:
        yield from _holds(instance)
        yield from _is_still_erased(world, instance)


@invariant("older_is_refused", "docs/security.md; decision 0035")
def older_is_refused(world: World) -> Iterator[str]:
    """Yield that a service begins with a database of days ago in the place of its own."""
    if not world.backups:
        return
    settings = world.machine.settings.model_copy(update={"data": world.folder / "older"})
    shutil.copytree(world.machine.settings.data, settings.data)
    data, _ = world.backups[-1]
    folder = installation.folder_of(settings)
    for path in settings.data.glob(f"{folder.database.name}*"):
        path.unlink()
    shutil.copy(data / folder.database.name, folder.database)
    with installation.open_installation(settings) as instance:
        known = last_checkpoint.read_checkpoint(instance)
        with instance.store.read() as reading:
            is_older = known is not None and reading.frontier().size < known.head.size
        with suppress(ServiceError):
            last_checkpoint.refuse_older(instance)
            if is_older:
                yield f"a database of {data.name} is taken in the place of a newer one"


@invariant("handed_on_holds", "decision 0043")
def handed_on_holds(world: World) -> Iterator[str]:
    """Yield what is wrong with an installation that took in what this one handed on."""
    if not world.swarm.is_handed_on:
        return
    out = world.folder / "handed-on"
    before = export_import.export(world.machine.made, out)
    elsewhere = {"data": world.folder / "next", "database_url": None}
    settings = world.machine.settings.model_copy(update=elsewhere)
    yield from _taken_in_changed(world, settings, out)
    after = export_import.take_in(settings, out)
    if dict(before.rows) != dict(after.rows):
        yield f"{dict(before.rows)} were handed on, {dict(after.rows)} taken in"
    there = raw_rows.of_settings(settings, installation.folder_of(settings).database)
    if there(TO_BE_SENT) != world.machine.rows(TO_BE_SENT):
        yield "of what is to be sent, or was, other things are there"
    table = parquet.read_table(out / readable_data.FIXES, columns=["person"])
    fixes = Counter(table["person"].to_pylist())
    with installation.open_installation(settings) as instance:
        yield from _holds(instance)
        yield from _is_still_erased(world, instance)
        with instance.store.read() as reading:
            yield from _without_timetable(world, reading, instance, out)
            for person in world.lives_of_the_kept():
                judged = reading.progress_of(person.name)
                if judged is not None:
                    by = world.machine.config_of(judged).policy
                    config = EvaluationConfig(instance.keyring, by)
                    _, evidence = replay_differences.hear_all(
                        reading, config, judged, world.time.now_us
                    )
                    if fixes[person.name] != len(evidence.to_judge):
                        yield f"of {person.name} {fixes[person.name]} fixes are handed on to others"
                    is_varied = world.is_varied(person)
                    yield from map(
                        str,
                        replay_differences.differences(
                            reading, config, judged, is_varied=is_varied
                        ),
                    )


def _without_timetable(
    world: World, reading: ReadTransaction, instance: Installation, out: Path
) -> Iterator[str]:
    """Yield versions of orders of which the timetables lack when a condition binds first."""
    for person in world.names:
        for duty in judge_store.duties(reading, instance.keyring, person):
            path = out / readable_data.TIMETABLES / f"{duty.order}.ics"
            starts = set(BEGINS.findall(path.read_bytes()))
            for version in duty.versions:
                for condition in version.conditions:
                    span = version.in_force
                    bounds = schedule.bounds(condition, version, span.start, span.end)
                    first = next(iter(bounds), None)
                    if first is None or len(starts) >= readable_data.EVENTS_MAX // 2:
                        continue
                    start = first.span.start.astimezone(UTC)
                    if f"{start:%Y%m%dT%H%M%SZ}".encode() not in starts:
                        yield f"{path.name} lacks {condition.id} from {start}"


def _taken_in_changed(world: World, settings: Settings, out: Path) -> Iterator[str]:
    """Yield a table that was changed on the way, and is taken in all the same."""
    tables = sorted(path for path in (out / "tables").iterdir() if path.stat().st_size)
    table = Random(f"{world.seed} handed on").choice(tables)
    data = table.read_bytes()
    table.write_bytes(data.replace(b"1", b"2", 1) if b"1" in data else data[:-1])
    with suppress(ServiceError):
        elsewhere = settings.model_copy(update={"data": world.folder / "changed"})
        export_import.take_in(elsewhere, out)
        yield f"{table.name} was changed, and is taken in"
    table.write_bytes(data)


def _holds(instance: Installation) -> Iterator[str]:
    outcome = verify_store.verify(instance, VerifyStoreRequest(), ProgressStages())
    yield from map(str, outcome.found)


def _is_still_erased(world: World, instance: Installation) -> Iterator[str]:
    for person in world.erased:
        if not instance.keyring.is_erased(person) or instance.keyring.find_key(person) is not None:
            yield f"there is a key of {person} again"
        yield from raw_rows.rows_about(raw_rows.of_file(instance.folder.database), person)


COPIES: Final = (restored_holds, older_is_refused, handed_on_holds)
