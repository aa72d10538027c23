"""Devices answered: no message of a device is wrongly refused or left without an answer."""

from collections.abc import Iterator

from mesure.instants import MAX_US
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.simulated.simulated_devices import SimulatedDevice
from mesure_lab.whole.world import World


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


def _signed_by_strangers(world: World, device: SimulatedDevice | SimulatedPhone) -> bool:
    assert isinstance(device, SimulatedDevice), "only what signs is lost"
    with world.read_undisturbed() as reading:
        return not reading.enrolments_with_keys(device.waiting_keys)
