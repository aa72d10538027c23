"""Upheavals hold: what must be true after a new policy, a loss, a torn file or slow mail."""

from collections.abc import Iterator
from typing import Final

from mesure.instants import MAX_US, US_PER_S
from mesure_lab.whole.checks.named_checks import Check, invariant
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.world import World

SOON_US: Final = M


@invariant("what_stood_is_kept", "decision 0014; docs/specs/live_judging.md")
def what_stood_is_kept(world: World) -> Iterator[str]:
    """Yield what applied when another policy or program came, and is nowhere any more."""
    yield from world.upheavals.stood_and_is_gone


@invariant("what_holds_judges", "decisions 0015 and 0021")
def what_holds_judges(world: World) -> Iterator[str]:
    """Yield who was judged since by a policy or a version of the program that holds no more."""
    holds = world.machine.policy.version, world.upheavals.version
    with world.read_undisturbed() as reading:
        for person, seen_us in world.upheavals.seen_us.items():
            judged = reading.progress_of(person)
            if person not in world.names or judged is None or judged.until_us <= seen_us:
                continue
            rows = [*reading.assessments(person, judged.until_us - 1, MAX_US)]
            by = {(row.policy_version, row.engine_version) for row in rows}
            if by - {holds}:
                yield f"{person} is judged by {sorted(by)}, and {holds} hold"


@invariant("silence_of_retired", "docs/specs/device_protocol.md; decision 0009")
def silence_of_retired(world: World) -> Iterator[str]:
    """Yield what a retired device said since and is kept, or that it was enrolled under its key."""
    yield from (f"{one} was enrolled again" for one in world.upheavals.let_in_again)
    sql = "SELECT person FROM assignment WHERE device = ? AND until_us IS NULL"
    for name in world.upheavals.in_place_of:
        for (person,) in world.machine.rows(sql, name):
            yield f"{person} carries {name}, in whose place there is another"
    for name, last in world.upheavals.lost.items():
        if world.carrier(name) in world.erased:
            continue
        sql = "SELECT counter FROM message WHERE device = ? AND counter > ?"
        for (counter,) in world.machine.rows(sql, name, last):
            yield f"{name} was retired at {last}, and {counter} is kept"
        device = world.devices[name]
        for _, counter in device.acknowledged:
            if counter > last:
                yield f"{name} was retired at {last}, and was told that {counter} is kept"
    for phone in world.phones:
        if phone.is_retired:
            yield from _of_phone(world, phone)


def _of_phone(world: World, phone: SimulatedPhone) -> Iterator[str]:
    """Yield what was taken or kept of a phone that was retired."""
    _, retired_us = world.upheavals.retired[phone.name]
    if phone.taken_in_vain:
        yield f"{phone.name} was retired, and was told {phone.taken_in_vain} times that it is taken"
    sql = "SELECT received_us FROM message WHERE device = ? AND received_us > ?"
    for (received_us,) in world.machine.rows(sql, phone.name, retired_us):
        yield f"{phone.name} was retired, and what came at {received_us} is kept"


@invariant("torn_is_told", "decision 0035; docs/for_operators.md")
def torn_is_told(world: World) -> Iterator[str]:
    """Yield keys that a torn write took, and what is taken for a whole backup, but is not one."""
    yield from world.upheavals.torn


@invariant("slow_keep_nobody_waiting", "decision 0033; docs/api.md")
def slow_keep_nobody_waiting(world: World) -> Iterator[str]:
    """Yield that programs waited long for what was due, since a mail server was slow."""
    if world.receiver.late_us > SOON_US:
        yield f"a program was told {world.receiver.late_us // US_PER_S} s after the turn began"


EACH_STEP: Final[tuple[Check, ...]] = (what_stood_is_kept, torn_is_told, slow_keep_nobody_waiting)
EACH_DAY: Final[tuple[Check, ...]] = (silence_of_retired, what_holds_judges)
