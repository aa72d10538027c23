"""Replay: judge a real record against a court order, end to end.

The shell around the pure core: files are read here, and everything that is judged is handed on as
a value.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules
from mesure.formats import fixes_files
from mesure.formats.stored import assemble_fixes
from mesure.formats.stored.assemble_fixes import AssembledFixes, gather
from mesure.incidents import raising
from mesure.incidents.incident import Incident
from mesure.instants import to_datetime, to_us
from mesure.machine import file_loading, timezones
from mesure.machine.progress import ProgressStages
from mesure.orders.fields.order_context import MAPS_BYTES_MAX
from mesure.orders.model import schedule
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order as reading
from mesure.orders.text.order_faults import FileFault, OrderError
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import TEXT_BYTES_MAX
from mesure.record.policy_loading import read_policy

YEARS: Final = range(1900, 9000)
"""Of the moment of looking. Orders end before; further out, some clocks run out of dates."""

WINDOWS_MAX: Final = 250_000
"""Of all conditions up to the moment of looking: 60 daily windows for eleven years."""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to judge, and how the device is to be understood.

    `until` None looks at the moment of the last receipt. `device_class` None: what the files say,
    and where they say nothing, a phone.
    """

    orders: tuple[Path, ...]
    fixes: tuple[Path, ...]
    policy: Path | None = None
    trace: str | None = None
    until: datetime | None = None
    device_class: DeviceClass | None = None


@dataclass(frozen=True, slots=True)
class InputHashes:
    """SHA-256 of the bytes that went in, in the order given."""

    orders: tuple[str, ...]
    fixes: tuple[str, ...]
    policy: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What was judged, and what came of it.

    `unsigned` is always true of a replay: a file carries no device's signature.
    """

    rules: Rules
    gathered: AssembledFixes
    statement: Statement
    incidents: tuple[Incident, ...]
    hashes: InputHashes
    until: datetime
    unsigned: bool = True
    tzdata_version: str = field(default=timezones.VERSION)


def replay(request: ReplayRequest, stages: ProgressStages | None = None) -> Replay:
    """Judge the files of a request.

    Raises `OrderError` for an order or policy, and `FixesError` for fixes, that cannot be read.
    """
    stages = stages or ProgressStages()
    timezones.pin()
    stages.reach("reading the order")
    versions, order_hashes = read_orders(request.orders)
    policy_file, policy_hash = read_policy(request.policy)
    first_day = versions[0].in_force.start.astimezone(versions[0].zone).date()
    stages.reach("reading the fixes")
    data = [
        file_loading.read_file(path, "the fixes cannot be read without it")
        for path in request.fixes
    ]
    records = [
        fixes_files.read(path.name, content)
        for path, content in zip(request.fixes, data, strict=True)
    ]
    device_class = assemble_fixes.device_class_of(records, request.trace, request.device_class)
    policy = policy_file.at(first_day, device_class)
    hashes = InputHashes(
        order_hashes, tuple(hashlib.sha256(content).hexdigest() for content in data), policy_hash
    )
    del data
    gathered = gather(
        records,
        trace=request.trace,
        device_class=device_class,
        until_us=None if request.until is None else to_us(request.until),
        policy=policy,
    )
    del records  # Their columns take as much room as the fixes.
    until_us = _until_us(request, gathered, versions)
    _refuse_too_many_windows(versions, to_datetime(until_us))
    stages.reach("preparing the hours and places of the order")
    rules = rules_.prepare(versions, policy, to_datetime(until_us))
    stages.reach(f"judging {len(gathered.fixes):,} fixes")
    statement = pipeline.replay(rules, gathered.to_judge, until_us)
    stages.reach("explaining what was found")
    unused = {reason: rows.observed_us for reason, rows in gathered.unused.items()}
    incidents = raising.incidents(rules, statement, unused, unsigned=True)
    return Replay(rules, gathered, statement, incidents, hashes, to_datetime(until_us))


def _until_us(
    request: ReplayRequest, gathered: AssembledFixes, versions: Sequence[OrderVersion]
) -> int:
    """Return the moment of looking: as asked, or the last receipt, or else the order's start."""
    if request.until is not None:
        return to_us(request.until)
    if gathered.last_receipt_us is not None:
        return gathered.last_receipt_us
    return to_us(versions[0].in_force.start)


def _refuse_too_many_windows(versions: Sequence[OrderVersion], until: datetime) -> None:
    """Refuse an order whose timetables would fill the memory and take hours to work out."""
    windows = sum(
        schedule.windows_about(condition, version, version.in_force.start, until)
        for version in versions
        for condition in version.conditions
    )
    if windows > WINDOWS_MAX:
        what = (
            f"they bind in about {windows} windows up to {until:%Y-%m-%d}, more than {WINDOWS_MAX}"
        )
        why = "working them out would fill the memory"
        remedy = "look at an earlier moment with --until, or leave out windows that bind nobody"
        raise OrderError([FileFault(versions[0].file, None, "conditions", what, why, remedy)])


def read_orders(paths: Sequence[Path]) -> tuple[tuple[OrderVersion, ...], tuple[str, ...]]:
    """Return the versions of an order, the earliest first, and the hashes of the files as given.

    Raises `OrderError` with the faults of all files at once.
    """
    order_versions: list[OrderVersion] = []
    faults: list[FileFault] = []
    more = 0
    for path in paths:
        try:
            order_versions.append(read_order(path))
        except OrderError as error:
            faults += error.faults
            more += error.more
    if faults:
        raise OrderError(faults, more)
    return reading.versions(order_versions), tuple(version.sha256 for version in order_versions)


def read_order(path: Path) -> OrderVersion:
    """Return the order version of a file and of the files that it names."""
    why = translatable("without it nothing is known of the order")
    data = file_loading.read_file(path, why, TEXT_BYTES_MAX)
    needed = reading.file_paths(path.name, data)
    return reading.read(path.name, data, file_loading.beside(path.parent, needed, MAPS_BYTES_MAX))
