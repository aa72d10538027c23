"""Received and kept: what phones sent is kept once, for its time, and entered for what it is."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from mesure.actions.receiving import receive_apps
from mesure.devices import device_state, signed_form
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.devices.message.uplink import Heartbeat
from mesure.evaluation.policy import DeviceClass
from mesure.formats.stored import stored_messages
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.instants import MAX_US, MIN_US, US_PER_S
from mesure.store.keyring import sealing
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn import swarm
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.simulated.simulated_devices import SimulatedDevice
from mesure_lab.whole.world import World

RECEIVED: Final = {"receive", "receive_unsigned"}


@invariant("taken_kept_once", "decision 0030")
def taken_kept_once(world: World) -> Iterator[str]:
    """Yield what a phone or the broker was told is kept, and is not, or is twice."""
    if world.machine.broken_by_message:
        yield f"{world.machine.broken_by_message} messages broke the listener of the broker"
    if world.network.broker.given_up:
        yield "a message of the broker was handed on, and is acknowledged to nobody"
    key = world.machine.made.keyring.programme_key(receive_apps.UNSIGNED)
    for phone in world.phones:
        if world.carrier(phone.name) in world.erased:
            continue
        rows = world.machine.rows("SELECT digest, share FROM message WHERE device = ?", phone.name)
        times_kept = Counter((digest, share) for digest, share in rows)
        digests = {digest for digest, _ in times_kept}
        for body in phone.accepted:
            if sealing.digest(key, body) not in digests:
                yield f"{phone.name}: {body[:60]!r} was taken, and is not kept"
        if any(times > 1 for times in times_kept.values()):
            yield f"{phone.name}: something is kept twice"
        if len(digests) > len(phone.said):
            yield f"{phone.name}: {len(digests)} are kept, and {len(phone.said)} were sent"
        yield from _state_of(world, phone)


def _state_of(world: World, phone: SimulatedPhone) -> Iterator[str]:
    """Yield where a phone is not remembered as of its last report."""
    of_phone = "SELECT max(received_us) FROM message WHERE device = ?"
    [(heard_us,)] = world.machine.rows(of_phone, phone.name)
    with world.read_undisturbed() as reading:
        packed = reading.standings([phone.name]).get(phone.name)
    state = None if packed is None else device_state.unpack(packed)
    if heard_us is not None and (state is None or state.health.heard_us != heard_us):
        yield f"{phone.name} was heard from at {heard_us}, and {state} is remembered"


@invariant("calls_are_raised", "docs/specs/pilot_formats.md; changelog: calls for help")
def calls_are_raised(world: World) -> Iterator[str]:
    """Yield calls for help that were taken, and are in no incident of the caller."""
    brief_s = swarm.DEFAULT.at(world.swarm.first_day, DeviceClass.PHONE).device_brief_s
    near_us = round(brief_s * US_PER_S)
    for phone in world.phones:
        person = world.life_of(world.carrier(phone.name))
        if person.name in world.erased:
            continue
        spans_us = [
            (incident.start_us, incident.end_us or incident.start_us)
            for incident in world.incidents_of(person.name)
            if incident.kind == DeviceProblemKind.HELP
        ]
        for body, at_us in phone.calls_us.items():
            is_carried = person.ended_us is None or at_us < person.ended_us
            is_near = any(start - near_us <= at_us <= end + near_us for start, end in spans_us)
            if body in phone.accepted and is_carried and not is_near:
                yield f"{person.name} called at {at_us}, and {spans_us} are raised"


@invariant("receiving_is_entered", "decision 0030; docs/specs/audit_log.md")
def receiving_is_entered(world: World) -> Iterator[str]:
    """Yield where the audit log lacks how much came, or the digest of what came together.

    Where a clock goes back, the store keeps what comes as of the last before it.
    """
    if world.erased:
        return
    kept_digests: dict[int, dict[int, list[bytes]]] = {}  # By when it came, and partition.
    rows = world.machine.rows(
        "SELECT DISTINCT received_us, part, sequence, digest FROM message ORDER BY part, sequence"
    )
    for received_us, part, _, digest in rows:
        kept_digests.setdefault(received_us, {}).setdefault(part, []).append(digest)
    received = [one for one in world.records().values() if one.get("action") in RECEIVED]
    entered = Counter[int]()
    for record in received:
        entered[record["at_us"]] += record["counts"].get("kept", 0)
    entered_refusals = Counter[str]()
    for record in received:
        entered_refusals.update(record["counts"])
    refusals = Counter(
        reason
        for device in world.devices.values()
        if isinstance(device, SimulatedDevice)
        for _, reason in device.refused
        if reason in set(DeviceRefusalReason)  # Others are the device's own.
    )
    for reason, times in (refusals - entered_refusals).items():
        yield f"{times} messages more were refused as {reason} than are entered"
    if entered.total() < len({digest for *_, digest in rows}):
        yield f"{len(rows)} messages are kept, and {entered.total()} were entered"
    if world.swarm.p_clock_step or world.upheavals.has_leapt:
        return
    for at_us, parts in kept_digests.items():
        count = len({digest for digests in parts.values() for digest in digests})
        if entered[at_us] != count:
            yield f"{count} messages were kept at {at_us}, and {entered[at_us]} are entered"
        together = [one for one in received if one["at_us"] == at_us and one["counts"].get("kept")]
        if len(together) == len(parts) == 1:
            [digests] = parts.values()
            if sha256(b"".join(digests)).hexdigest() != together[0]["digest"]:
                yield f"what came at {at_us} has another digest than is entered"


@invariant("refused_is_set_aside", "decision 0030; docs/for_operators.md")
def refused_is_set_aside(world: World) -> Iterator[str]:
    """Yield devices of whose refused messages some are nowhere, so that nobody can look why."""
    if world.erased:
        return
    statement = "SELECT count(*) FROM quarantine WHERE claimed = ?"
    for name, device in world.devices.items():
        if isinstance(device, SimulatedDevice):
            reasons = set(DeviceRefusalReason)  # Others are the device's own.
            refused = {counter for counter, reason in device.refused if reason in reasons}
            [(aside,)] = world.machine.rows(statement, name)
            if aside < len(refused):
                yield f"{len(refused)} messages of {name} were refused, and {aside} are set aside"


@invariant("kept_as_of_its_time", "decision 0009; docs/specs/device_protocol.md")
def kept_as_of_its_time(world: World) -> Iterator[str]:
    """Yield signs of life that are kept as of another time than that at which they were sent."""
    with world.read_undisturbed() as reading:
        for person in world.names:
            logs = reading.messages(person, MIN_US, MAX_US)
            for message in world.machine.config.open_messages(person, logs):
                if not signed_form.is_signed(message.form):
                    continue
                uplink = stored_messages.uplink_of(message)
                if isinstance(uplink.what, Heartbeat) and uplink.sent_us <= message.received_us:
                    times = world.machine.rows(
                        "SELECT first_us, last_us FROM message WHERE device = ? AND counter = ?",
                        message.device, uplink.counter,
                    )  # fmt: skip
                    if set(times) != {(uplink.sent_us, uplink.sent_us)}:
                        yield f"{message.device} {uplink.counter} is kept as of {times}"
