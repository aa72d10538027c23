"""A country judged again from its archive: fixes a second of a core, by processes and by Spark.

    python -m bench.under_load.country --fixes 10 --spark    # Millions; as `make country` has it

A made-up town is entered into a store, with the messages that its devices signed, each person many
times under other ids. Then it is archived, and judged again by processes of this machine and, in
the same run, by a Spark of this machine. A second is one of a processor: others share the machine.
A person who differs under the new policy is judged twice, and counts twice.
"""

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from bench.measuring import say
from bench.under_load import town_entry
from mesure.devices.message import batch
from mesure.devices.signed_form import FORM
from mesure.instants import US_PER_MS
from mesure.machine.progress import ProgressStages
from mesure.machine.signatures import SecretKey
from mesure.service.archive import trail_archive
from mesure.service.country import rejudge_plan, rejudge_run
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.rejudge_run import Workforce
from mesure.service.device import client as device_client
from mesure.service.installation import installation, stores
from mesure.service.installation.installation import Installation
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import partitions
from mesure.store.values.effects import JudgingProgress, JudgingResult, PartitionOwner
from mesure.store.values.records import MessageShare, ReceivedMessage
from mesure.version import VERSION
from mesure_lab.demonstration import town_devices
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson

DAYS: Final = 7
TEMPLATES: Final = 10  # Persons who are made up; the others are these again under other ids.
M: Final = 1e6
TOGETHER_MS: Final = 300_000
"""What was taken in five minutes is sent together, before anybody would speak of silence: what is
sent later is late evidence, and each delivery of it is judged by itself."""

SETTINGS: Final = 'name = "bench.example"\narchive = "{folder}/archive"\n'
POLICY: Final = """\
version: bench
thresholds:
  silence_s:
    unit: seconds
    reason: A policy under which everybody who has a gap is judged otherwise.
    reference: the bench
    values: [{from: 2000-01-01, phone: 1200, gnss_tag: 480}]
"""


class Template(NamedTuple):
    """A made-up person, with the messages: received when, from when until when, the bytes."""

    person: TownPerson
    messages: list[tuple[int, int, int, bytes]]
    fixes: int


class RejudgeFigures(NamedTuple):
    """What one way of judging took."""

    way: str
    persons: int
    fixes: int
    wall_s: float
    per_cpu_s: float  # Of the processes that judged, without Java: the median of the partitions,
    # so that what a process compiles before its first one does not count.
    peak_bytes: int  # Of the largest of them.

    def as_line(self) -> str:
        """Return the figures for people."""
        return (
            f"{self.way:24}{self.persons:8,} persons{self.fixes / M:8.2f} M fixes"
            f"{self.wall_s:9.1f} s{self.fixes / self.wall_s:12,.0f} fixes/s"
            f"{self.per_cpu_s:12,.0f} fixes/CPU-s{self.peak_bytes / 1e6:8.0f} MB"
        )


def main() -> None:
    """Fill a store, archive it, judge it again, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.under_load.country", description=__doc__)
    parser.add_argument("--fixes", type=float, default=10.0, help="millions of fixes to store")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--spark", action="store_true", help="by Spark, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        setup = _settings(folder)
        lines = _measure(folder, setup, options.fixes, options.processes, is_spark=options.spark)
        print("\n".join(lines))


def _settings(folder: Path) -> WorkerSetup:
    file = folder / "mesure.toml"
    file.write_text(SETTINGS.format(folder=folder))
    (folder / "new.yaml").write_text(POLICY)
    return WorkerSetup(folder / "data", file)


def _measure(
    folder: Path, setup: WorkerSetup, millions: float, processes: int, *, is_spark: bool
) -> list[str]:
    settings = setup.load()
    where = installation.folder_of(settings)
    where.make()
    stores.prepare(settings, where)
    with installation.begin_installation(settings) as instance:
        stored = _fill(instance, millions * M)
        begun_s = time.monotonic(), time.process_time()
        trail_archive.sync(instance)
        wall_s, cpu_s = time.monotonic() - begun_s[0], time.process_time() - begun_s[1]
        size = sum(path.stat().st_size for path in (folder / "archive").rglob("*.parquet"))
        rate = f"{stored / cpu_s:,.0f} fixes/CPU-s, {size / stored:.1f} bytes a fix"
        lines = [f"archived {stored / M:.2f} M fixes in {wall_s:.1f} s, {rate}"]
        forces = {f"{processes} processes": Workforce(processes)}
        if is_spark:
            forces["Spark, local"] = Workforce(processes, f"local[{processes},4]")
        for way, force in forces.items():
            lines.append(
                _judged(instance, setup, folder / way.replace(" ", "_"), way, force).as_line()
            )
            say(lines[-1])
    return lines


def _judged(
    instance: Installation, setup: WorkerSetup, out: Path, way: str, force: Workforce
) -> RejudgeFigures:
    span = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    rejudge_plan.begin(instance, out.parent / "new.yaml", span, out, span[0] + timedelta(days=365))
    begun_s = time.monotonic()
    done = rejudge_run.judge(instance, setup, out, force, ProgressStages())
    wall_s = time.monotonic() - begun_s
    return RejudgeFigures(
        way,
        sum(one.persons for one in done),
        sum(one.fixes for one in done),
        wall_s,
        median(one.fixes / one.cpu_s for one in done),
        max(one.peak_bytes for one in done),
    )


# --- A store at full size ------------------------------------------------------------------------


def _fill(instance: Installation, fixes: float) -> int:
    """Fill an empty store with a number of fixes, and return how many there are."""
    say(f"making up {TEMPLATES} persons for {DAYS} days")
    templates = [_template(one) for one in towns.people(Town(1, persons=TEMPLATES, days=DAYS))]
    each = sum(one.fixes for one in templates) / TEMPLATES
    count = max(1, round(fixes / each))
    by_partition: dict[int, list[tuple[str, Template]]] = {}
    for number in range(count):
        name = f"P-{number:06}"
        template = templates[number % TEMPLATES]
        by_partition.setdefault(partitions.partition_of(name), []).append((name, template))
    owner = instance.store.write(lambda work: work.claim(range(partitions.PARTITIONS), "bench"))
    for done, people in enumerate(by_partition.values(), 1):
        instance.keyring.make_keys([name for name, _ in people])
        instance.store.write(partial(_enter, instance, owner, people))
        if done % 32 == 0:
            say(f"filling the store: {done} of {len(by_partition)} partitions")
    return sum(one.fixes for people in by_partition.values() for _, one in people)


def _template(person: TownPerson) -> Template:
    """Have a device sign its reports, some minutes at a time."""
    signer = SecretKey.from_seed(sha256(person.id.encode()).digest())
    reports = person.received_reports
    turns = reports.heard_ms // TOGETHER_MS
    messages = list[tuple[int, int, int, bytes]]()
    for turn in np.unique(turns):
        rows = np.flatnonzero(turns == turn)
        received_us = int(reports.heard_ms[rows[-1]]) * US_PER_MS
        for part in batch.cut(town_devices.fixes(reports, rows), town_devices.FIXES_PER_MESSAGE):
            data = device_client.sign_message(part, len(messages) + 2, received_us, signer)
            span = int(part.observed_us.min()), int(part.observed_us.max())
            messages.append((received_us, *span, data))
    return Template(person, messages, len(reports.heard_ms))


def _enter(
    instance: Installation,
    owner: PartitionOwner,
    people: list[tuple[str, Template]],
    work: WriteTransaction,
) -> None:
    """Enter the persons of one partition, with their messages in the order of their receipt."""
    for name, template in people:
        like = template.person
        town_entry.enter(instance, work, name, like, like.order.in_force.start)
    messages = sorted(
        (message for name, template in people for message in _messages(instance, name, template)),
        key=lambda message: message.received_us,
    )
    last = max(place.sequence for kept in work.append(messages) for place in kept.places)
    for name, template in people:
        until_us = max(received_us for received_us, *_ in template.messages)
        judged = JudgingProgress(name, until_us, last, "none", VERSION, unsigned=False)
        work.judge([JudgingResult(judged, 0, (), (), ())], owner)


def _messages(instance: Installation, name: str, template: Template) -> Iterator[ReceivedMessage]:
    key, device = instance.keyring.key_of(name), f"D-{name}"
    for counter, (received_us, first_us, last_us, data) in enumerate(template.messages, 2):
        where = sealing.message_seal_context(name, device, counter)
        sealed = sealing.seal(key, data, where, secrets.token_bytes)
        shares = (MessageShare(name, first_us, last_us, sealed),)
        digest = sha256(data).digest()
        yield ReceivedMessage(device, counter, FORM, received_us, digest, shares)


if __name__ == "__main__":
    main()
