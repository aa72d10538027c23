"""Devices answered: no message of a device is wrongly refused or left without an answer."""

from collections.abc import Iterator
from typing import Final

from mesure.devices.message.uplink import CommandOutcome
from mesure.instants import MAX_US
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.simulated.simulated_devices import SimulatedDevice
from mesure_lab.whole.world import World

WAITS: Final = "SELECT said FROM outgoing WHERE kind = 'downlink' AND recipient = ? AND NOT is_done"


@invariant("no_evidence_refused", "decision 0030")
def no_evidence_refused(world: World) -> Iterator[str]:
    """Yield what a device was told to keep for itself, though nobody was erased."""
    for name, device in world.devices.items():
        if world.carrier(name) not in world.erased:
            last = world.upheavals.lost.get(name, MAX_US)  # From then on it is to be refused.
            for counter, reason in device.refused:
                if counter <= last:
                    yield f"{name} {counter}: {reason}"


@invariant("nothing_waits_for_ever", "decision 0030; docs/specs/device_protocol.md")
def nothing_waits_for_ever(world: World) -> Iterator[str]:
    """Yield devices that nobody answers though the network is well.

    What a lost device signed by a key of which it could not say in time is a stranger's for ever.
    """
    for name, device in world.devices.items():
        if not device.waiting or world.carrier(name) in world.erased:
            continue
        if name in world.upheavals.lost and _signed_by_strangers(world, device):
            continue
        yield f"{name} has {device.waiting} messages that nobody acknowledges"


@invariant("read_before_it_ends", "docs/specs/device_protocol.md")
def read_before_it_ends(world: World) -> Iterator[str]:
    """Yield commands that a device answered and get again, and messages that end before any read.

    A command that came twice under two counters ends with the answer to either.
    """
    for name, device in world.devices.items():
        is_out = name in world.upheavals.retired or world.carrier(name) in world.erased
        if is_out or not isinstance(device, SimulatedDevice) or device.refused or device.waiting:
            continue
        waiting = {
            int(counter)
            for (counters,) in world.machine.rows(WAITS, name)
            for counter in counters.split()
        }
        was_read = {what for what, end in device.answered.values() if end is CommandOutcome.READ}
        for counter, (what, outcome) in device.answered.items():
            is_shown = outcome is CommandOutcome.SHOWN
            if is_shown is not (counter in waiting) and not (is_shown and what in was_read):
                yield f"{name} answered {outcome.name} to {counter}, {what}: {sorted(waiting)} wait"


def _signed_by_strangers(world: World, device: SimulatedDevice | SimulatedPhone) -> bool:
    assert isinstance(device, SimulatedDevice), "only what signs is lost"
    with world.read_undisturbed() as reading:
        return not reading.enrolments_with_keys(device.waiting_keys)
