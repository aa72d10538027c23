"""Message verification: is the message accepted, and what does it change?

The order of the questions matters: nothing that bytes say is taken for more than a claim until the
signature has been seen. Then the key must be the one that signs this counter, and the counter new.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.devices import assignment, clocks, counters, enrolment, health
from mesure.devices.assignment import AssignedRows, Assignments
from mesure.devices.clocks import ClockLimits, ClockNote, MessageTimes
from mesure.devices.counters import CounterTurn
from mesure.devices.device_state import DeviceState
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import envelope, messages, public_keys
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.packed import I64
from mesure.devices.message.public_keys import MessageVerifier
from mesure.devices.message.uplink import Introduction, Up, UplinkEvents

Keys = Mapping[bytes, tuple[Enrolment, EnrolledKey]]  # As `enrolment.by_key_name` gives them.


class SignedMessage(NamedTuple):
    """Bytes that a device signed for us; what they say is another question."""

    device: str
    key: EnrolledKey
    key_name: bytes
    payload: bytes
    digest: bytes  # SHA-256 of the message as it came.


class VerifiedMessage(NamedTuple):
    """A message that its device signed; whether it came before is another question."""

    device: str
    said: UplinkMessage
    digest: bytes  # SHA-256 of the message as it came.


class AcceptedMessage(NamedTuple):
    """A message that counts: what is known after it, when it came, and what is odd about it."""

    standing: DeviceState
    turn: CounterTurn
    notes: tuple[ClockNote, ...]
    carried: tuple[AssignedRows, ...]  # Whose its fixes or events are.
    unassigned: DeviceRefusal | None  # Why some of them belong to nobody.
    ahead_us: int = 0  # By how much the device's clock is ahead, and so its times.


def verify_signature(
    data: bytes, known: Keys, verifier: MessageVerifier
) -> SignedMessage | DeviceRefusal:
    """Return which device signed these bytes for us, if one that is known did."""
    read = envelope.read(data)
    return read if isinstance(read, DeviceRefusal) else verify_envelope(data, read, known, verifier)


def verify_envelope(
    data: bytes, read: Envelope, known: Keys, verifier: MessageVerifier
) -> SignedMessage | DeviceRefusal:
    """Return which device signed these bytes, which were read as this envelope."""
    if read.key_name not in known:
        return DeviceRefusal(
            DeviceRefusalReason.UNKNOWN_KEY, f"no device has the key {read.key_name.hex()}"
        )
    enrolled, key = known[read.key_name]
    if not envelope.is_from(read, key.public_key, envelope.UP, verifier):
        return DeviceRefusal(
            DeviceRefusalReason.FORGED, f"the key of {enrolled.device} did not sign this"
        )
    digest = hashlib.sha256(data).digest()
    return SignedMessage(enrolled.device, key, read.key_name, read.payload, digest)


def understood(signed_message: SignedMessage) -> VerifiedMessage | DeviceRefusal:
    """Return what signed bytes say, if they are a message under a counter that the key signs."""
    message = messages.read_uplink(signed_message.payload)
    if isinstance(message, DeviceRefusal):
        return message
    return in_force(
        signed_message.key, VerifiedMessage(signed_message.device, message, signed_message.digest)
    )


def understood_together(
    signed_messages: Sequence[SignedMessage],
) -> list[VerifiedMessage | DeviceRefusal]:
    """Return of each what `understood` does."""
    read = messages.read_uplinks([one.payload for one in signed_messages])
    return [
        message
        if isinstance(message, DeviceRefusal)
        else in_force(
            signed_message.key,
            VerifiedMessage(signed_message.device, message, signed_message.digest),
        )
        for signed_message, message in zip(signed_messages, read, strict=True)
    ]


def in_force(key: EnrolledKey, verified: VerifiedMessage) -> VerifiedMessage | DeviceRefusal:
    """Return a message again if this key, as it is known now, signs its counter."""
    counter = verified.said.counter
    if not key.signs(counter):
        text = f"another key of {verified.device} signs counter {counter}"
        return DeviceRefusal(DeviceRefusalReason.KEY_NOT_IN_FORCE, text)
    return verified


def verify(data: bytes, known: Keys, verifier: MessageVerifier) -> VerifiedMessage | DeviceRefusal:
    """Return who says what, if the device's own key signed it for us."""
    result = verify_signature(data, known, verifier)
    return result if isinstance(result, DeviceRefusal) else understood(result)


def introduce(data: bytes, verifier: MessageVerifier) -> Introduction | DeviceRefusal:
    """Return how a device that is not enrolled introduces itself, if the key in it signed it."""
    read = envelope.read(data)
    if isinstance(read, DeviceRefusal):
        return read
    message = messages.read_uplink(read.payload)
    if isinstance(message, DeviceRefusal):
        return message
    if not isinstance(message.what, Introduction) or message.counter != enrolment.INTRODUCED:
        return DeviceRefusal(DeviceRefusalReason.NOT_ENROLLED, "it is no introduction")
    refusal = public_keys.check_public_key(message.what.public_key)
    if refusal is not None:
        return refusal
    is_named = read.key_name == public_keys.name(message.what.public_key)
    if not is_named or not envelope.is_from(read, message.what.public_key, envelope.UP, verifier):
        return DeviceRefusal(DeviceRefusalReason.FORGED, "the key in it did not sign it")
    return message.what


def believe(
    verified: VerifiedMessage,
    standing: DeviceState,
    stored: bytes | None,
    received_us: int,
    limits: ClockLimits,
    assignments: Assignments,
) -> AcceptedMessage | DeviceRefusal:
    """Return what a message changes, or why it doesn't count.

    `stored` is the digest of what is kept under its counter, if anything is. A message that came
    before changes nothing, and is no refusal: it is acknowledged again.
    """
    message = verified.said
    counted = counters.count(standing.counters, message.counter, verified.digest, stored)
    if isinstance(counted, DeviceRefusal):
        return counted
    if counted.turn is CounterTurn.AGAIN:
        return AcceptedMessage(standing, counted.turn, (), (), None)
    times_us = _event_times_us(message.what)
    last_us = assignment.ends(times_us)[1] if len(times_us) else None
    timed = MessageTimes(message.counter, received_us, message.sent_us, last_us)
    clock, notes = clocks.read(standing.clock, timed, limits)
    ahead_us = clocks.ahead_us(standing.clock, timed, limits)
    new_health = health.hear(standing.health, message, received_us)
    after = DeviceState(counted.counters, clock, new_health, standing.told)
    times_us = ownership_times_us(message.what, received_us, ahead_us)
    carried, nobodys = assignment.assign_rows(assignments, verified.device, times_us)
    return AcceptedMessage(after, counted.turn, notes, carried, nobodys, ahead_us)


def ownership_times_us(body: Up, received_us: int, ahead_us: int) -> I64:
    """Return by which times a message is somebody's; empty where nothing in it has a time.

    What a device says of itself by a clock that is ahead was said at its receipt: or an open strap
    of a time beyond the order would belong to no person, and no officer would learn of it.
    """
    times_us = _event_times_us(body) - ahead_us
    return np.minimum(times_us, received_us) if isinstance(body, UplinkEvents) else times_us


def _event_times_us(body: Up) -> I64:
    """Return when each thing that a message reports was; empty where nothing in it has a time."""
    if isinstance(body, FixBatch):
        return body.observed_us
    if isinstance(body, UplinkEvents):
        return np.array([event.observed_us for event in body.events], np.int64)
    return _NEVER


_NEVER: Final = np.empty(0, np.int64)
