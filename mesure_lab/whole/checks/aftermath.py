"""Aftermath: what must hold when a life is over: restored, handed on, before a court, outlived.

Each makes of the installation what an operator, another service or a lawyer makes of it, and holds
the result against the same invariants.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec

from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import contests, incident_counts, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionError
from mesure.audit import proofs
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.bundle import make as bundle_make
from mesure.bundle import verify as bundle_verify
from mesure.bundle.make import Bundle, BundleConfig
from mesure.bundle.verify import BundleDifference
from mesure.incidents.device_problems import CONDITION
from mesure.incidents.finding import FindingOutcome, ReviewStage
from mesure.instants import MAX_US, to_datetime
from mesure.live.load_person import EvaluationConfig
from mesure.machine.progress import ProgressStages
from mesure.reports.bundle.bundle_manifest import CONTENT, BundleError
from mesure.reports.statistics.incident_counting import Breakdown
from mesure.service.export import export_import
from mesure.service.installation import installation, log_signing
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import database_backup, restore
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole import office_people
from mesure_lab.whole.acts import CASE
from mesure_lab.whole.checks import invariants, named_checks, raw_files, replay_differences
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.simulated import raw_rows
from mesure_lab.whole.simulated.raw_rows import Rows
from mesure_lab.whole.world import World

OUTLIVED_DAYS: Final = (33, 64, 130, 440, 560)
NEAR_INCIDENT_US: Final = 4 * H
TRAIL_DAYS: Final = 60
NOBODYS_DAYS: Final = 31
BINDS_DAYS: Final = 47 + 366
BUNDLES_MAX: Final = 1
RUN_UP_US: Final = 4 * DAY  # Decision 0036.
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
    after = export_import.take_in(settings, out)
    if dict(before.rows) != dict(after.rows):
        yield f"{dict(before.rows)} were handed on, {dict(after.rows)} taken in"
    with installation.open_installation(settings) as instance:
        yield from _holds(instance)
        yield from _is_still_erased(world, instance)
        with instance.store.read() as reading:
            for person in world.lives_of_the_kept():
                judged = reading.progress_of(person.name)
                if judged is not None:
                    by = world.machine.config_of(reading, judged).policy
                    config = EvaluationConfig(instance.keyring, by)
                    is_varied = world.is_varied(person)
                    yield from map(
                        str,
                        replay_differences.differences(
                            reading, config, judged, is_varied=is_varied
                        ),
                    )


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
    with world.read_undisturbed() as reading:
        for record in reading.messages(incident.person, start_us, min(end_us, world.time.now_us)):
            if record.device in carried and record.place.sequence not in named:
                yield f"{incident.id}: the bundle lacks what came as {record.place.sequence}"


@invariant("statistics_add_up", "docs/requirements.md, R35")
def statistics_add_up(world: World) -> Iterator[str]:
    """Yield where statistics do not count each incident once, in all and in each breakdown."""
    context = world.machine.context(PROGRAM)
    table, _ = incident_counts.count_incidents(context, world.swarm.first_day.year)
    rows = world.machine.rows("SELECT person, withdrawn_us FROM incident")
    withdrawals_us = [withdrawn_us for person, withdrawn_us in rows if person in world.names]
    there = len(withdrawals_us), sum(one is not None for one in withdrawals_us)
    for breakdown in (Breakdown.ALL, Breakdown.KIND, Breakdown.OUTCOME):
        for parts in (4, 6):  # The length of a year as it is written, and of a quarter.
            cells = [
                cell
                for period, breakdowns in table.items()
                if len(period) == parts
                for cell in breakdowns.get(breakdown, {}).values()
            ]
            counted = sum(one.incidents for one in cells), sum(one.withdrawn for one in cells)
            if counted != there:
                yield f"{there} incidents and withdrawn ones, by {breakdown} {counted} are counted"


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
    """Yield entries of the audit log of which it cannot be proved that they are in it."""
    with world.read_undisturbed() as reading:
        edge = reading.frontier()
        head = TreeHead(edge.size, edge.root())
        for entry in range(edge.size):
            [line] = reading.entries(entry, 1)
            proof = proofs.inclusion(reading.node, entry, edge.size)
            if not proofs.includes(head, entry, leaf_hash(line), proof):
                yield f"entry {entry} of {edge.size}"


# --- Outlived ------------------------------------------------------------------------------------


@invariant("outlived_goes", "decision 0035; German Code of Criminal Procedure, section 463a")
def outlived_goes(world: World) -> Iterator[str]:
    """Yield what is still there when its days are over, by a look at the file from outside."""
    if not world.swarm.is_outlived:
        return
    end_us = world.time.now_us
    _close_incidents(world)
    for days in OUTLIVED_DAYS:
        world.time.now_us = end_us + days * DAY
        world.machine.judge()
        closed = [one for one in world.names if days >= BINDS_DAYS and _is_closed(world, one)]
        for person in closed:
            invariants.remember_bytes(world, person)
        world.machine.keep_up()
        gone = world.machine.erase()
        is_less = any(count for kind, count in gone.items() if kind != "needed")
        if is_less and world.machine.is_embedded:
            yield from raw_files.let_go(world.machine.folder.database)
        world.machine.sign_log()
        yield from _too_old(world.machine.rows, world.time.now_us, days)
    world.erased.update(closed)
    yield from invariants.erased_is_gone(world)
    yield from _holds(world.machine.made)


def _close_incidents(world: World) -> None:
    """Have a supervisor come to a finding about whatever still waits for one."""
    by = world.people.supervisor
    for person in world.names:
        for incident in world.incidents_of(person):
            finding = RecordFinding(incident.id, FindingOutcome.CANNOT_TELL, "Too long ago.")
            with suppress(ActionError):
                request = IncidentRequest(incident=incident.id, **CASE)
                world.machine.do(by, incident_review.show, request)
                world.machine.do(by, incident_review.find, finding)
                world.people.found_by.setdefault(incident.id, set()).add(by.account)


def _is_closed(world: World, person: str) -> bool:
    """Tell whether nothing about a person waits for anybody any more."""
    with world.read_undisturbed() as reading:
        rows = RegisterReader(reading, world.machine.made.keyring)
        contested = contests.all_contests(rows, person)
        return not any(one.is_open for some in contested.values() for one in some) and all(
            incident.withdrawn_us is not None
            or contests.review_of(rows, incident.id).stage is ReviewStage.FOUND
            for incident in reading.incidents_of(person)
        )


def _too_old(rows_of: Rows, now_us: int, days: int) -> Iterator[str]:
    rows = rows_of("SELECT person, first_us, last_us, received_us FROM message")
    spans: dict[str, list[tuple[int, int]]] = {}
    for person, start_us, end_us in rows_of("SELECT person, start_us, end_us FROM incident"):
        spans.setdefault(person, []).append((start_us, end_us or now_us))
    for person, first_us, last_us, received_us in rows:
        if person is None:
            if received_us < now_us - NOBODYS_DAYS * DAY:
                yield f"after {days} days something is there that is nobody's"
            continue
        is_near = any(
            start_us - NEAR_INCIDENT_US <= last_us and first_us <= end_us + NEAR_INCIDENT_US
            for start_us, end_us in spans.get(person, ())
        )
        if last_us < now_us - TRAIL_DAYS * DAY and not is_near:
            yield f"after {days} days a message of {person} is there"


def at_the_end(world: World) -> None:
    """Check everything, and then what comes after."""
    named_checks.hold(world, *(one.check for one in named_checks.every_invariant()))
