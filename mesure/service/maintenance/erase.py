"""Erasure of what is due in an installation: daily while it serves, or on request.

The operator may name one person, and may have everything about that person erased before its time,
as a court or an authority may order; then it is exported first, if a folder is named.
"""

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from mesure.actions.data_rights import erasure, retained_data
from mesure.actions.data_rights.erasure import ErasureRun, ErasureStep
from mesure.actions.data_rights.retained_data import RetentionContext
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.records.procedure import default_retention
from mesure.machine import clock, file_loading
from mesure.machine.service_error import ServiceError
from mesure.privacy.retention import retention_policy
from mesure.privacy.retention.retention_policy import RetentionFile
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.record.policy_loading import read_policy
from mesure.service.archive import trail_archive
from mesure.service.installation.data_folder import PRIVATE_FILE
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import upgrade
from mesure.service.maintenance.home_reduction import HomeReducer
from mesure.store.values import partitions
from mesure.store.values.faults import UnavailableError

EVERY_S: Final = 86_400.0  # A service does it when it starts, and then once a day.
ORDERED: Final = "ordered"  # The rule under which a record goes before its time.
AGAIN: Final = "restored"  # The rule under which a record goes that a backup brought back.
REQUEST: Final = "erase"
SHOWN_MAX: Final = 20
STILL_READ: Final = "What was erased is not overwritten yet: somebody reads it. It is tried again."


@dataclass(frozen=True, slots=True)
class EraseRequest:
    """What to erase: what is due, of all or of one person, or everything about that person."""

    person: str | None = None
    is_everything: bool = False
    is_dry: bool = False
    export: Callable[[str], None] | None = None
    is_ending: Callable[[], bool] = lambda: False


def steps(installation: Installation, request: EraseRequest | None = None) -> Iterator[ErasureStep]:
    """Erase, and yield what each step let go; a later run continues one that is broken off.

    A mark in the folder stays until what was let go is overwritten: a run that is killed before
    that leaves it to the next, which may find nothing more to erase.
    """
    run_request = request or EraseRequest()
    if run_request.person is not None:
        _refuse_unknown(installation, run_request.person)
    run = _run(installation, run_request)
    if run_request.person is not None and run_request.is_everything:
        erasure_steps = run.of_persons([run_request.person], ORDERED)
    else:
        erasure_steps = run.steps(None if run_request.person is None else [run_request.person])
    if run_request.is_dry:
        yield from erasure_steps
        return
    mark = installation.folder.overwriting
    is_overwriting = is_left = mark.exists()
    mark.touch(PRIVATE_FILE)
    for step in erasure_steps:
        is_overwriting = is_overwriting or step.things > 0
        yield step
    if is_overwriting:
        is_overwritten = installation.store.scrub()
        # What a run of all left lies in any partition.
        person = None if is_left else run_request.person
        whose = trail_archive.ALL if person is None else (partitions.partition_of(person),)
        trail_archive.sync(installation, whose)
        if not is_overwritten:
            raise UnavailableError(STILL_READ)
    mark.unlink(missing_ok=True)


def finish(installation: Installation, persons: Sequence[str]) -> None:
    """Erase what is left of persons whose rows are gone, and then whatever is due of all."""
    run = _run(installation, EraseRequest())
    for _ in (*run.of_persons(persons, AGAIN), *run.steps()):
        pass
    installation.store.scrub()


def _run(installation: Installation, request: EraseRequest) -> ErasureRun:
    now = clock.now()
    means = RetentionContext(rules(installation.settings), retained_data.incident_closures, now)
    policy, _ = read_policy(installation.settings.policy)
    store, keyring = installation.store, installation.keyring
    homes = HomeReducer(store, keyring, means, policy, is_dry=request.is_dry)
    return ErasureRun(
        Context(store, keyring, now, secrets.token_bytes, PROGRAM, REQUEST),
        means,
        is_dry=request.is_dry,
        export=request.export or erasure.nothing,
        homes=lambda person: iter(()) if request.is_ending() else homes.steps(person),
    )


def rules(settings: Settings) -> RetentionFile:
    """Return how long things are kept here: as the programme says, or as by default."""
    if settings.retention is None:
        return default_retention()
    data = file_loading.read_file(
        settings.retention, "without it nobody knows when anything is due"
    )
    return retention_policy.read(settings.retention.name, data, default_retention())


def daily(installation: Installation, is_ending: Callable[[], bool]) -> dict[str, int]:
    """Erase what is due, and return how much of what went; what is left is there tomorrow."""
    counts: Counter[str] = Counter(upgrade_backups=_forget_backups(installation))
    for step in steps(installation, EraseRequest(is_ending=is_ending)):
        counts[step.sort.value] += step.things
        counts["needed"] += step.left
        counts["unreadable"] += len(step.unreadable)
        if is_ending():
            break
    return {name: count for name, count in counts.items() if count}


def log(counts: Mapping[str, int]) -> None:
    """Log how much of what went, if anything did."""
    if counts:
        structlog.get_logger().info("erased", **counts)


def _forget_backups(installation: Installation) -> int:
    """Delete the backups that upgrades made and whose days are over; return how many there were.

    They hold what was erased since, and open with the keys of today.
    """
    now = clock.now()
    days = rules(installation.settings).days("upgrade_backups_days", now.date(), now.date())
    old = [
        path
        for path, at in upgrade.backups(installation.folder)
        if at + timedelta(days=days) <= now
    ]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def _refuse_unknown(installation: Installation, person: str) -> None:
    with installation.store.read() as reading:
        stored_person = reading.person(person)
    why = "nothing was erased"
    if stored_person is None:
        remedy = "write the id as the order does"
        raise ServiceError("--person", "nobody is kept under this id", why, remedy)
    if stored_person.erased_at is not None:
        what = f"everything about this person was erased on {stored_person.erased_at.date()}"
        raise ServiceError("--person", what, why, "there is nothing more to do")


_WORDS: Final = {
    RetentionKind.TRAIL: "messages of {persons} persons",
    RetentionKind.HOME_DETAIL: (
        "fixes in the homes of {persons} persons, of which “present” is left"
    ),
    RetentionKind.NOBODYS: "messages that belong to nobody",
    RetentionKind.REFUSED: "messages that were refused",
    RetentionKind.SENT: "notes that something was sent",
    RetentionKind.LOOK: "records of looks",
    RetentionKind.DEED: "records about no person",
    RetentionKind.RECORD: "records of persons, with their keys",
}


def report_lines(erasure_steps: Iterator[ErasureStep], *, is_dry: bool) -> Iterator[str]:
    """Yield what is erased, a line for each kind, and at last how much in all."""
    things: dict[RetentionKind, int] = {}
    whose: dict[RetentionKind, int] = {}
    left = 0
    unreadable: list[str] = []
    for step in erasure_steps:
        unreadable += step.unreadable
        things[step.sort] = things.get(step.sort, 0) + step.things
        whose[step.sort] = whose.get(step.sort, 0) + step.persons
        left += step.left
    for sort in RetentionKind:
        if things.get(sort):
            words = _WORDS[sort].format(persons=whose[sort])
            yield f"{'would erase' if is_dry else 'erased'} {things[sort]} {words}\n"
    if left:
        yield f"kept {left} fixes in homes that are still needed for what is judged\n"
    if unreadable:
        what = "of whom something cannot be opened (see `mesure keys check`, `mesure verify-store`)"
        names = ", ".join(unreadable[:SHOWN_MAX])
        yield f"passed over {len(unreadable)} persons {what}: {names}\n"
    if not any(things.values()):
        yield "Nothing is due.\n"
