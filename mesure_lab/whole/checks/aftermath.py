"""Aftermath: what must hold when a life is over: in copies, in statistics, in the year after."""

from collections.abc import Iterator
from typing import Final

from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import incident_counts
from mesure.actions.records.incident_records import REVIEW
from mesure.actions.records.record_types import RegisterReader
from mesure.audit import proofs
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import leaf_hash
from mesure.incidents.finding import FindingOutcome
from mesure.instants import MAX_US, MIN_US, US_PER_S
from mesure.reports.statistics.incident_counting import Breakdown
from mesure_lab.whole import sign_in_steps
from mesure_lab.whole.checks import lengths_counted, named_checks, outlived
from mesure_lab.whole.checks.copies import bundles_hold, installations_hold
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.checks.office import notice_order, notices_sent, rows_found
from mesure_lab.whole.checks.office.office_record import OF_PLACE
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.world import World

YEAR_LETTERS: Final = 4  # Of a year as it is written, and of a quarter.
QUARTER_LETTERS: Final = 6
COUNTED: Final = ("incidents", "withdrawn", "decided", "breach", "false", "contested")
WORK_US: Final = 13 * H
LOOKS_US: Final = 20 * M


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
    for breakdown in Breakdown:
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
    copied = *installations_hold.COPIES, *bundles_hold.BUNDLES
    at_last = lengths_counted.lengths_are_counted, *rows_found.FOUND, *notice_order.IN_ORDER
    named_checks.hold(world, *others, *notices_sent.SENT, *copied, *at_last)
    for check in LAST:
        named_checks.hold(world, check)
