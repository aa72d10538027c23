"""Device losses: a device is lost and retired, another takes its place, and somebody finds it.

What a retired device says from then on is refused, and what it said before is kept, even if late.
"""

from contextlib import suppress
from random import Random
from typing import Final

from mesure.actions.devices import assignments, enrolment_codes
from mesure.actions.devices.assignments import SwapDevice
from mesure.actions.devices.enrolment_codes import DeviceRef, IssueCode
from mesure.instants import to_datetime
from mesure.machine import clock
from mesure.machine.signatures import SEED_BYTES
from mesure_lab.whole import acts
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.simulated.simulated_devices import NotCarriedError, SimulatedDevice
from mesure_lab.whole.world import World

FAR_US: Final = 5 * M
P_FINDER: Final = 0.3  # Of each message: that the one who found the device sends it.


def lose(world: World, event: PlannedEvent) -> str:
    """Have the device that somebody carries now be retired, and another one take its place."""
    person = world.persons[event.person]
    dice = Random(f"{world.seed} lost {event.number}")
    now_us = world.time.now_us
    carried = [
        world.devices[name]
        for name, _, start_us, until_us in person.carried
        if name in world.devices and start_us <= now_us < (until_us or now_us + 1)
    ]
    device = carried[0] if carried and _is_assigned(world, carried[0].name) else None
    if person.name not in world.people.officer_of or device is None:
        return "nothing to lose"
    if isinstance(device, SimulatedPhone) and not narrow_limits.is_narrow(world.seed):
        return "nothing to lose"
    world.disk.spare()
    by, retired_us = world.people.supervisor, clock.now_us()
    word, _ = acts.do(world, by, enrolment_codes.retire, DeviceRef(device.name), person.name)
    if word != "done":
        return word
    world.upheavals.retired[device.name] = person.name, retired_us
    if isinstance(device, SimulatedPhone):
        device.retire()
    else:
        rows = world.machine.rows("SELECT max(counter) FROM message WHERE device = ?", device.name)
        world.upheavals.lost[device.name] = rows[0][0] or 1
    other = _enrol(world, device, f"{device.name}-R{event.number}", dice)
    kind = next(kind for name, kind, *_ in person.carried if name == device.name)
    at_us = _last_report_us(world, device.name) if narrow_limits.is_narrow(world.seed) else None
    swap = SwapDevice(device.name, other, None if at_us is None else to_datetime(at_us))
    word, _ = acts.do(world, by, assignments.swap, swap, person.name)
    if word == "done":
        person.carried.append((other, kind, at_us or world.time.now_us, None))
        world.upheavals.in_place_of[device.name] = other
        _expect_no_gap(world, device.name, other)
    return f"{device.name} lost, {other} {word}"


def _last_report_us(world: World, device: str) -> int | None:
    """Return the moment after the last report of a device, at which it was lost at the earliest."""
    statement = "SELECT max(last_us) FROM message WHERE device = ?"
    [(last_us,)] = world.machine.rows(statement, device)
    statement = "SELECT max(start_us) FROM assignment WHERE device = ?"
    [(start_us,)] = world.machine.rows(statement, device)
    is_between = last_us is not None and start_us <= last_us < clock.now_us() - FAR_US
    return last_us + 1 if is_between else None


def _expect_no_gap(world: World, former: str, other: str) -> None:
    """Break where between two devices somebody carried none."""
    statement = "SELECT max(until_us) FROM assignment WHERE device = ?"
    [(until_us,)] = world.machine.rows(statement, former)
    [(start_us,)] = world.machine.rows(statement.replace("until_us", "start_us"), other)
    if until_us != start_us:
        world.broken("silence_of_retired", f"{former} until {until_us}, {other} from {start_us}")


def _is_assigned(world: World, device: str) -> bool:
    """Tell whether somebody carries a device, whatever was planned."""
    statement = "SELECT count(*) FROM assignment WHERE device = ? AND until_us IS NULL"
    return bool(world.machine.rows(statement, device)[0][0])


def _enrol(world: World, lost: SimulatedDevice | SimulatedPhone, name: str, dice: Random) -> str:
    """Enrol a device anew; the holder of the lost one first tries to have it let in as another."""
    by, machine = world.people.supervisor, world.machine
    machine.do(by, enrolment_codes.add, DeviceRef(name))
    seed, key = world.network.dice.randbytes(SEED_BYTES), machine.made.signing.devices.key
    code = machine.do(by, enrolment_codes.give_code, IssueCode(name)).code
    if isinstance(lost, SimulatedDevice) and dice.random() < 0.5:
        copy = lost.under_another_name(name)
        with suppress(NotCarriedError):
            copy.introduce(machine.post, code, key)
            world.upheavals.let_in_again.append(f"{lost.name} as {name}")
        copy.close()
    kind = lost.kind if isinstance(lost, SimulatedDevice) else "phone"
    device = SimulatedDevice(name, kind, seed, lambda: world.time.now_us)
    device.introduce(machine.post, code, key)
    world.devices[name] = device
    return name


def speaker(
    world: World, event: PlannedEvent, name: str
) -> SimulatedDevice | SimulatedPhone | None:
    """Return the device that says what one was to say: after a loss mostly the one after it."""
    dice = Random(f"{world.seed} finder {event.number}")
    while name in world.upheavals.in_place_of and dice.random() >= P_FINDER:
        name = world.upheavals.in_place_of[name]
    return world.devices.get(name)
