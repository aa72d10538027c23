"""Aftermath: what must hold when a life is over: restored, handed on, before a court.

Each makes of the installation what an operator, another service or a lawyer makes of it, and checks
the result against the same invariants.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from pyarrow import parquet

from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import incident_counts
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.records.incident_records import CONTEST, REVIEW
from mesure.actions.records.record_types import RegisterReader
from mesure.audit import proofs
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.bundle import make as bundle_make
from mesure.bundle import verify as bundle_verify
from mesure.bundle.make import Bundle, BundleConfig
from mesure.bundle.verify import BundleDifference
from mesure.incidents.device_problems import CONDITION
from mesure.incidents.finding import FindingOutcome
from mesure.instants import MAX_US, MIN_US, US_PER_S, to_datetime
from mesure.live.load_person import EvaluationConfig
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.reports.bundle.bundle_manifest import CONTENT, BundleError
from mesure.reports.statistics.incident_counting import Breakdown
from mesure.service.export import export_import, readable_data
from mesure.service.installation import installation, log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import database_backup, restore
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import office_people, sign_in_steps
from mesure_lab.whole.checks import named_checks, outlived, replay_differences
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.checks.office import notices_sent
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.simulated import raw_rows
from mesure_lab.whole.world import World

YEAR_LETTERS: Final = 4  # Of a year as it is written, and of a quarter.
QUARTER_LETTERS: Final = 6
COUNTED: Final = ("incidents", "withdrawn", "decided", "breach", "false", "contested")
OF_PLACE: Final = {"absent", "left", "entered", "missed"}
BUNDLES_MAX: Final = 1
WORK_US: Final = 13 * H
LOOKS_US: Final = 20 * M
RUN_UP_US: Final = 4 * DAY  # Decision 0036.
TO_BE_SENT: Final = "SELECT kind, key, recipient, is_done, due_us FROM outgoing ORDER BY kind, key"
AROUND_US: Final = 2 * H


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


@invariant("bundles_judge_alike", "decision 0036")
def bundles_judge_alike(world: World) -> Iterator[str]:
    """Yield bundles that do not hold, or are judged otherwise from their own bytes."""
    instance = world.machine.made
    key = instance.signing.log_key(instance.settings.name)
    config = BundleConfig(
        str(key), partial(log_signing.checkpoint, instance), instance.settings.policy,
        bundle_make.no_papers,
    )  # fmt: skip
    for person in world.names:
        context = world.machine.context(office_people.own(person))  # Who needs no ground.
        for incident in world.incidents_of(person)[-BUNDLES_MAX:]:
            bundle = bundle_make.make(context, IncidentRequest(incident=incident.id), config)
            yield from _left_out(world, incident, bundle)
            again = bundle_make.make(context, IncidentRequest(incident=incident.id), config)
            if again.sha256 != bundle.sha256:
                yield f"{incident.id}: the bundle that is made again is another one"
            review = msgspec.json.decode(bundle.files[f"{CONTENT}review.json"])
            if len(review["statements"]) < world.people.said_of[incident.id]:
                yield f"{incident.id}: the bundle lacks what was said about it"
            with world.read_register() as rows:
                if len(review["contests"]) != sum(
                    1 for _ in rows.find(CONTEST, "incident", incident.id)
                ):
                    yield f"{incident.id}: the bundle lacks how it was contested"
            try:
                report = bundle_verify.verify(bundle.data, key, bundle.sha256)
            except BundleError as error:
                yield f"{incident.id}: {error}"
                continue
            differs = set(report.differs)
            if incident.condition == CONDITION:  # No judging says anything of a device.
                differs.discard(BundleDifference.NOT_JUDGED)
            if differs and not world.is_varied(world.life_of(person)):
                yield f"{incident.id}: {differs}"


def _left_out(world: World, incident: StoredIncident, bundle: Bundle) -> Iterator[str]:
    """Yield messages of four days before an incident to two hours after it that a bundle lacks."""
    lines = bundle.files[f"{CONTENT}messages.jsonl"].splitlines()
    named = {msgspec.json.decode(line)["sequence"] for line in lines}
    start_us = incident.start_us - RUN_UP_US
    end_us = (incident.end_us or MAX_US - AROUND_US) + AROUND_US
    carried = {name for name, *_ in world.life_of(incident.person).carried}
    assessments = bundle.files[f"{CONTENT}assessments.jsonl"].splitlines()
    judged_lines = {
        (line["condition"], line["start_us"]) for line in map(msgspec.json.decode, assessments)
    }
    near_us = incident.start_us - AROUND_US, min(end_us, world.time.now_us)
    with world.read_undisturbed() as reading:
        for row in reading.assessments(incident.person, *near_us):
            if row.order == incident.order and (row.condition, row.start_us) not in judged_lines:
                yield f"{incident.id}: the bundle lacks what {row.condition} was at {row.start_us}"
        for record in reading.messages(incident.person, start_us, min(end_us, world.time.now_us)):
            if record.device in carried and record.place.sequence not in named:
                yield f"{incident.id}: the bundle lacks what came as {record.place.sequence}"


@invariant("statistics_add_up", "docs/requirements.md, R35")
def statistics_add_up(world: World) -> Iterator[str]:
    """Yield where statistics do not count each incident once, in all and in each breakdown."""
    context = world.machine.context(PROGRAM)
    table, _ = incident_counts.count_incidents(context, world.swarm.first_day.year)
    rows = world.machine.rows("SELECT person, withdrawn_us, id, kind FROM incident")
    withdrawals_us = [withdrawn_us for person, withdrawn_us, *_ in rows if person in world.names]
    of_place = {name for *_, name, kind in rows if kind in OF_PLACE}
    with world.read_undisturbed() as reading:
        register = RegisterReader(reading, world.machine.made.keyring)
        findings = [
            (review.id in of_place, review.value.finding)
            for person in world.names
            for review in register.about(REVIEW, person)
            if review.value.found_at is not None
        ]
        judged_s = sum(
            (row.end_us - row.start_us) // US_PER_S
            for person in world.names
            for row in reading.assessments(person, MIN_US, MAX_US)
        )
    outcomes = [finding.outcome for is_of_place, finding in findings if is_of_place and finding]
    there = (
        len(withdrawals_us),
        sum(one is not None for one in withdrawals_us),
        len(findings),
        outcomes.count(FindingOutcome.BREACH),
        outcomes.count(FindingOutcome.NO_BREACH),
        sum(finding is not None and finding.on_contest for _, finding in findings),
    )
    counted_s = sum(
        cell.met_s + cell.not_met_s + cell.unknown_s
        for period, breakdowns in table.items()
        if len(period) == YEAR_LETTERS
        for cell in breakdowns.get(Breakdown.ALL, {}).values()
    )
    if counted_s != judged_s:
        yield f"{judged_s} seconds were judged, and {counted_s} are counted"
    for breakdown in (Breakdown.ALL, Breakdown.KIND, Breakdown.OUTCOME):
        for parts in (YEAR_LETTERS, QUARTER_LETTERS):
            cells = [
                cell
                for period, breakdowns in table.items()
                if len(period) == parts
                for cell in breakdowns.get(breakdown, {}).values()
            ]
            counted = tuple(sum(getattr(one, name) for one in cells) for name in COUNTED)
            if counted != there:
                yield f"{there} of {COUNTED}: by {breakdown} {counted} are counted"


@invariant("given_back_when_ended", "decision 0009; docs/for_officers.md")
def given_back_when_ended(world: World) -> Iterator[str]:
    """Yield devices that somebody still carries under an order of which nothing binds any more."""
    for person in world.ended - world.erased:
        rows = world.machine.rows(
            "SELECT device, until_us FROM assignment WHERE person = ?", person
        )
        for device, until_us in rows:
            if until_us is None:
                yield f"{person} carries {device}, and their order has ended"


@invariant("log_proofs_hold", "decision 0011; RFC 6962")
def log_proofs_hold(world: World) -> Iterator[str]:
    """Yield entries that cannot be proved to be in the audit log."""
    with world.read_undisturbed() as reading:
        edge = reading.frontier()
        head = TreeHead(edge.size, edge.root())
        for entry in range(edge.size):
            [line] = reading.entries(entry, 1)
            proof = proofs.inclusion(reading.node, entry, edge.size)
            if not proofs.includes(head, entry, leaf_hash(line), proof):
                yield f"entry {entry} of {edge.size}"


@invariant("sessions_end_in_time", "decision 0032")
def sessions_end_in_time(world: World) -> Iterator[str]:
    """Yield that a session went on beyond a whole day's work, though it was used all the time."""
    holder = next((one for one in world.holders if one.secret and not one.is_unsure), None)
    if holder is None or holder.is_closed:
        return
    world.wait(H)
    if sign_in_steps.come_in(world, holder, world.network.dice) != "in":
        return
    session = holder.sessions[-1]
    for _ in range(WORK_US // LOOKS_US):
        world.wait(LOOKS_US)
        sign_in_steps.look_at_sessions(world, holder)
    if session in holder.sessions:
        yield f"a session of {holder.name} goes on after {WORK_US // H} hours"


LAST: Final = (outlived.outlived_goes, sessions_end_in_time)  # After them it is another time.


def at_the_end(world: World) -> None:
    """Check everything, and then what comes after."""
    others = (one.check for one in named_checks.every_invariant() if one.check not in LAST)
    named_checks.hold(world, *others, *notices_sent.SENT)
    for check in LAST:
        named_checks.hold(world, check)
