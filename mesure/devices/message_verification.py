"""Is a message to be believed, and what does it change? From bytes to a value with its notes.

The order of the questions matters: nothing that bytes say is taken for more than a claim until the
signature has been seen. Then the key must be the one that signs this counter, and the counter new.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.devices import assignment, clocks, counters, enrolment, health
from mesure.devices.assignment import Assignments, Carried
from mesure.devices.clocks import Limits, Note, Timed
from mesure.devices.counters import Turn
from mesure.devices.device_state import Standing
from mesure.devices.enrolment import Enrolment, Key
from mesure.devices.message import envelope, messages, public_keys
from mesure.devices.message.batch import Batch
from mesure.devices.message.device_refusal import Reason, Refusal
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.messages import Said
from mesure.devices.message.packed import I64
from mesure.devices.message.public_keys import Verifier
from mesure.devices.message.uplink import Events, Introduction, Up

Keys = Mapping[bytes, tuple[Enrolment, Key]]  # As `enrolment.by_key_name` gives them.


class Signed(NamedTuple):
    """Bytes that a device signed for us; what they say is another question."""

    device: str
    key: Key
    key_name: bytes
    payload: bytes
    digest: bytes  # SHA-256 of the message as it came.


class Verified(NamedTuple):
    """A message that its device signed; whether it came before is another question."""

    device: str
    said: Said
    digest: bytes  # SHA-256 of the message as it came.


class Believed(NamedTuple):
    """A message that counts: what is known after it, when it came, and what is odd about it."""

    standing: Standing
    turn: Turn
    notes: tuple[Note, ...]
    carried: tuple[Carried, ...]  # Whose its fixes or events are.
    nobodys: Refusal | None  # Why some of them are nobody's.
    ahead_us: int = 0  # By how much the device's clock is ahead, and so its times.


def signed(data: bytes, known: Keys, verifier: Verifier) -> Signed | Refusal:
    """Return which device signed these bytes for us, if one that is known did."""
    read = envelope.read(data)
    return read if isinstance(read, Refusal) else signed_by(data, read, known, verifier)


def signed_by(data: bytes, read: Envelope, known: Keys, verifier: Verifier) -> Signed | Refusal:
    """Return which device signed these bytes, which were read as this envelope."""
    if read.key_name not in known:
        return Refusal(Reason.UNKNOWN_KEY, f"no device has the key {read.key_name.hex()}")
    enrolled, key = known[read.key_name]
    if not envelope.is_from(read, key.public_key, envelope.UP, verifier):
        return Refusal(Reason.FORGED, f"the key of {enrolled.device} did not sign this")
    digest = hashlib.sha256(data).digest()
    return Signed(enrolled.device, key, read.key_name, read.payload, digest)


def understood(signed_message: Signed) -> Verified | Refusal:
    """Return what signed bytes say, if they are a message under a counter that the key signs."""
    message = messages.said(signed_message.payload)
    if isinstance(message, Refusal):
        return message
    return in_force(
        signed_message.key, Verified(signed_message.device, message, signed_message.digest)
    )


def understood_together(signed_messages: Sequence[Signed]) -> list[Verified | Refusal]:
    """Return of each what `understood` does."""
    read = messages.said_together([one.payload for one in signed_messages])
    return [
        message
        if isinstance(message, Refusal)
        else in_force(
            signed_message.key, Verified(signed_message.device, message, signed_message.digest)
        )
        for signed_message, message in zip(signed_messages, read, strict=True)
    ]


def in_force(key: Key, verified: Verified) -> Verified | Refusal:
    """Return a message again if this key, as it is known now, signs its counter."""
    counter = verified.said.counter
    if not key.signs(counter):
        text = f"another key of {verified.device} signs counter {counter}"
        return Refusal(Reason.KEY_NOT_IN_FORCE, text)
    return verified


def verify(data: bytes, known: Keys, verifier: Verifier) -> Verified | Refusal:
    """Return who says what, if the device's own key signed it for us."""
    result = signed(data, known, verifier)
    return result if isinstance(result, Refusal) else understood(result)


def introduce(data: bytes, verifier: Verifier) -> Introduction | Refusal:
    """Return how a device that is not enrolled introduces itself, if the key in it signed it."""
    read = envelope.read(data)
    if isinstance(read, Refusal):
        return read
    message = messages.said(read.payload)
    if isinstance(message, Refusal):
        return message
    if not isinstance(message.what, Introduction) or message.counter != enrolment.INTRODUCED:
        return Refusal(Reason.NOT_ENROLLED, "it is no introduction")
    refusal = public_keys.refused(message.what.public_key)
    if refusal is not None:
        return refusal
    is_named = read.key_name == public_keys.name(message.what.public_key)
    if not is_named or not envelope.is_from(read, message.what.public_key, envelope.UP, verifier):
        return Refusal(Reason.FORGED, "the key in it did not sign it")
    return message.what


def believe(
    verified: Verified,
    standing: Standing,
    stored: bytes | None,
    received_us: int,
    limits: Limits,
    assignments: Assignments,
) -> Believed | Refusal:
    """Return what a message changes, or why it doesn't count.

    `stored` is the digest of what is kept under its counter, if anything is. A message that came
    before changes nothing, and is no refusal: it is acknowledged again.
    """
    message = verified.said
    counted = counters.count(standing.counters, message.counter, verified.digest, stored)
    if isinstance(counted, Refusal):
        return counted
    if counted.turn is Turn.AGAIN:
        return Believed(standing, counted.turn, (), (), None)
    times_us = observed_us(message.what)
    last_us = assignment.ends(times_us)[1] if len(times_us) else None
    timed = Timed(message.counter, received_us, message.sent_us, last_us)
    clock, notes = clocks.read(standing.clock, timed, limits)
    ahead_us = clocks.ahead_us(standing.clock, timed, limits)
    new_health = health.hear(standing.health, message, received_us)
    after = Standing(counted.counters, clock, new_health, standing.told)
    carried, nobodys = assignment.carried(assignments, verified.device, times_us - ahead_us)
    return Believed(after, counted.turn, notes, carried, nobodys, ahead_us)


def observed_us(body: Up) -> I64:
    """Return when each thing was that a message tells of; empty where nothing in it has a time."""
    if isinstance(body, Batch):
        return body.observed_us
    if isinstance(body, Events):
        return np.array([event.observed_us for event in body.events], np.int64)
    return _NEVER


_NEVER: Final = np.empty(0, np.int64)
