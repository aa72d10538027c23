"""From bytes to a value with its notes: forged, replayed, reordered, cut, and of no time."""

import hashlib
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import enrolment, message_verification
from mesure.devices.assignment import Assignment
from mesure.devices.clocks import ClockLimits, ClockNote, Oddity
from mesure.devices.counters import Counters, CounterTurn
from mesure.devices.device_state import DeviceState
from mesure.devices.enrolment import Enrolment
from mesure.devices.message import cbor, envelope, messages, public_keys
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.downlink import FixBurst
from mesure.devices.message.uplink import (
    Heartbeat,
    Introduction,
    Up,
    UplinkEvent,
    UplinkEventKind,
    UplinkEvents,
)
from mesure.devices.message_verification import AcceptedMessage, VerifiedMessage
from tests.devices import samples
from tests.devices.samples import (
    DEVICE,
    ENROLLED,
    INTRODUCTION,
    KEYS,
    NEW_KEY,
    NEXT,
    OTHER,
    SIGNER,
    SODIUM,
    seal_message,
)
from tests.devices.times import ENROLLED_AT, SENT_AT, SENT_US

LIMITS = ClockLimits(future_us=120_000_000, late_us=172_800_000_000)
CARRIED = (Assignment(DEVICE, "P-1", "ALM-1", ENROLLED_AT, None),)


def _verified(data: bytes) -> VerifiedMessage:
    verified = message_verification.verify(data, KEYS, SODIUM)
    assert isinstance(verified, VerifiedMessage)
    return verified


def _refused(data: bytes) -> DeviceRefusalReason:
    refusal = message_verification.verify(data, KEYS, SODIUM)
    assert isinstance(refusal, DeviceRefusal)
    return refusal.reason


def _believed(data: bytes, standing: DeviceState | None = None) -> AcceptedMessage:
    message = message_verification.believe(
        _verified(data), standing or DeviceState(), None, SENT_US + 2_000_000, LIMITS, CARRIED
    )
    assert isinstance(message, AcceptedMessage)
    return message


# --- Who says it -----------------------------------------------------------------------------


def test_what_a_device_signed_is_its_own() -> None:
    data = seal_message(Heartbeat(87))
    verified = _verified(data)
    assert (verified.device, verified.said.what) == (DEVICE, Heartbeat(87))
    assert verified.digest == hashlib.sha256(data).digest()


def test_a_key_that_is_not_known_is_refused() -> None:
    assert _refused(seal_message(Heartbeat(), signer=OTHER)) is DeviceRefusalReason.UNKNOWN_KEY


class ForeignSigner:
    """Names somebody else's key and signs with its own."""

    key = SIGNER.key

    def sign(self, message: bytes) -> bytes:
        return OTHER.sign(message)


def test_who_signs_with_another_key_forges() -> None:
    payload = messages.encode(messages.UplinkMessage(2, SENT_US, Heartbeat()))
    assert (
        _refused(envelope.seal(payload, ForeignSigner(), envelope.UP)) is DeviceRefusalReason.FORGED
    )


def test_what_the_server_told_a_device_says_nothing_for_it() -> None:
    payload = messages.encode(messages.UplinkMessage(2, SENT_US, Heartbeat()))
    message = envelope.seal(payload, SIGNER, envelope.down(SIGNER.key))
    assert _refused(message) is DeviceRefusalReason.FORGED


def test_what_is_signed_and_no_message_is_refused() -> None:
    def of(item: cbor.Item) -> bytes:
        return envelope.seal(cbor.encode(item), SIGNER, envelope.UP)

    assert _refused(of([1, 2])) is DeviceRefusalReason.MALFORMED
    assert _refused(of([2, "other"])) is DeviceRefusalReason.UNKNOWN_VERSION
    assert _refused(of([1, 99, 2, 3, None])) is DeviceRefusalReason.UNKNOWN_KIND
    payload = messages.encode(messages.DownlinkMessage(2, SENT_US, FixBurst(1_000, SENT_US)))
    assert _refused(envelope.seal(payload, SIGNER, envelope.UP)) is DeviceRefusalReason.UNKNOWN_KIND


@given(st.sampled_from(samples.UPS), st.data())
def test_a_message_that_was_tampered_with_is_never_believed(what: Up, draw: st.DataObject) -> None:
    data = bytearray(seal_message(what))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))
    assert isinstance(message_verification.verify(bytes(data), KEYS, SODIUM), DeviceRefusal)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert isinstance(message_verification.verify(data, KEYS, SODIUM), DeviceRefusal)
    assert isinstance(message_verification.introduce(data, SODIUM), DeviceRefusal)


@pytest.mark.parametrize("what", samples.UPS)
def test_a_message_cut_short_or_grown_is_refused(what: Up) -> None:
    data = seal_message(what)
    for end in range(len(data)):
        assert _refused(data[:end]) is DeviceRefusalReason.MALFORMED
    assert _refused(data + b"\x00") is DeviceRefusalReason.MALFORMED


def test_an_old_key_signs_what_came_before_and_nothing_after() -> None:
    rotated = enrolment.rotate(ENROLLED, DEVICE, NEW_KEY, 9, SODIUM)
    assert isinstance(rotated, Enrolment)
    known = enrolment.by_key_name({DEVICE: rotated})
    for signer, counter, is_right in (
        (SIGNER, 9, True), (SIGNER, 10, False), (NEXT, 10, True), (NEXT, 9, False)
    ):  # fmt: skip
        outcome = message_verification.verify(
            seal_message(Heartbeat(), counter, signer), known, SODIUM
        )
        if is_right:
            assert isinstance(outcome, VerifiedMessage)
        else:
            assert isinstance(outcome, DeviceRefusal)
            assert outcome.reason is DeviceRefusalReason.KEY_NOT_IN_FORCE


# --- Introductions ---------------------------------------------------------------------------


def _introduced(data: bytes) -> DeviceRefusalReason:
    refusal = message_verification.introduce(data, SODIUM)
    assert isinstance(refusal, DeviceRefusal)
    return refusal.reason


def test_a_device_introduces_itself() -> None:
    assert (
        message_verification.introduce(seal_message(INTRODUCTION, counter=1), SODIUM)
        == INTRODUCTION
    )


def test_an_introduction_is_signed_by_the_key_in_it() -> None:
    assert _introduced(seal_message(INTRODUCTION, 1, OTHER)) is DeviceRefusalReason.FORGED
    payload = messages.encode(messages.UplinkMessage(1, SENT_US, INTRODUCTION))
    assert (
        _introduced(envelope.seal(payload, ForeignSigner(), envelope.UP))
        is DeviceRefusalReason.FORGED
    )


def test_an_introduction_names_the_key_in_it() -> None:
    payload = messages.encode(messages.UplinkMessage(1, SENT_US, INTRODUCTION))
    signature = SIGNER.sign(
        envelope.to_be_signed(public_keys.name(OTHER.key), payload, envelope.UP)
    )
    protected = cbor.encode({1: -19, 4: public_keys.name(OTHER.key)})
    misnamed = cbor.encode(cbor.TaggedValue(18, [protected, {}, payload, signature]))
    assert _introduced(misnamed) is DeviceRefusalReason.FORGED


def test_nothing_else_introduces() -> None:
    assert _introduced(seal_message(Heartbeat(), 1)) is DeviceRefusalReason.NOT_ENROLLED
    assert _introduced(seal_message(INTRODUCTION, 2)) is DeviceRefusalReason.NOT_ENROLLED
    assert _introduced(b"") is DeviceRefusalReason.MALFORMED
    assert _introduced(envelope.seal(b"", SIGNER, envelope.UP)) is DeviceRefusalReason.MALFORMED


def test_a_weak_key_introduces_nobody() -> None:
    weak = Introduction(DEVICE, "phone", bytes([1]) + bytes(31), "")
    assert _introduced(seal_message(weak, 1)) is DeviceRefusalReason.WEAK_KEY


# --- What counts -----------------------------------------------------------------------------


def test_a_message_that_counts_changes_what_is_known() -> None:
    believed = _believed(seal_message(samples.batch()))
    assert believed.turn is CounterTurn.NEXT
    assert believed.notes == ()
    assert believed.unassigned is None
    assert [one.rows.tolist() for one in believed.carried] == [[0, 1, 2, 3]]
    assert believed.standing.counters == Counters(2)
    assert believed.standing.clock.offset_us == 2_000_000
    assert believed.standing.health.fix_us == SENT_US


def test_a_message_that_comes_again_changes_nothing() -> None:
    data = seal_message(samples.batch())
    first = _believed(data)
    again = message_verification.believe(
        _verified(data), first.standing, _verified(data).digest, SENT_US + 9, LIMITS, CARRIED
    )
    assert again == AcceptedMessage(first.standing, CounterTurn.AGAIN, (), (), None)


def test_a_message_that_is_replayed_after_erasure_is_refused() -> None:
    data = seal_message(Heartbeat())
    first = _believed(data)
    again = message_verification.believe(
        _verified(data), first.standing, None, SENT_US, LIMITS, CARRIED
    )
    assert isinstance(again, DeviceRefusal)
    assert again.reason is DeviceRefusalReason.COUNTER_SPENT


def test_two_messages_under_one_counter_are_told_apart() -> None:
    first = _believed(seal_message(Heartbeat(87)))
    other = message_verification.believe(
        _verified(seal_message(Heartbeat(12))), first.standing, b"kept", SENT_US, LIMITS, CARRIED
    )
    assert isinstance(other, DeviceRefusal)
    assert other.reason is DeviceRefusalReason.COUNTER_REUSED


@given(st.randoms(use_true_random=False))
def test_in_any_order_the_same_is_known_in_the_end(order: random.Random) -> None:
    data = [
        seal_message(
            UplinkEvents((UplinkEvent(UplinkEventKind.BATTERY, SENT_US + n, n),)),
            n + 2,
            sent_us=SENT_US + n,
        )
        for n in range(6)
    ]
    expected = DeviceState()
    for message in data:
        expected = _believed(message, expected).standing
    order.shuffle(data)
    standing = DeviceState()
    for message in data:
        standing = _believed(message, standing).standing
    assert standing.counters == expected.counters
    assert standing.health == expected.health
    assert standing.clock.offset_us == expected.clock.offset_us


def test_a_wild_clock_is_noted_and_the_message_counts() -> None:
    future = _believed(seal_message(Heartbeat(), sent_us=SENT_US + 10**12))
    assert future.notes == (ClockNote(Oddity.AHEAD, 10**12 - 2_000_000),)
    past = _believed(seal_message(Heartbeat(), sent_us=0))
    assert [note.oddity for note in past.notes] == [Oddity.NO_CLOCK]
    ahead = UplinkEvents(
        (
            UplinkEvent(UplinkEventKind.STRAP, SENT_US + 10**12, False),
            UplinkEvent(UplinkEventKind.STRAP, SENT_US, True),
        )
    )
    early = _believed(seal_message(ahead))
    assert early.notes == (ClockNote(Oddity.OBSERVED_AFTER_SENT, 10**12),)


def test_what_nobody_carried_under_an_order_is_nobodys() -> None:
    later = (replace(CARRIED[0], start=SENT_AT - timedelta(minutes=1)),)
    message = message_verification.believe(
        _verified(seal_message(samples.batch())), DeviceState(), None, SENT_US, LIMITS, later
    )
    assert isinstance(message, AcceptedMessage)
    assert [one.rows.tolist() for one in message.carried] == [[2, 3]]
    assert message.unassigned is not None
    assert message.unassigned.reason is DeviceRefusalReason.NO_ORDER_IN_FORCE
    none = message_verification.believe(
        _verified(seal_message(samples.batch())), DeviceState(), None, SENT_US, LIMITS, ()
    )
    assert isinstance(none, AcceptedMessage)
    assert (none.carried, none.standing.counters) == ((), Counters(2))
    assert none.unassigned is not None
