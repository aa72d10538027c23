"""Envelopes: who signed, what, and for whom; in one spelling."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import cbor, envelope, public_keys
from mesure.devices.message.cbor import Item, TaggedValue
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.envelope import Envelope
from tests.devices.samples import OTHER, SIGNER, SODIUM, UPS, seal_message

PAYLOAD = b"payload"
SEALED = envelope.seal(PAYLOAD, SIGNER, envelope.UP)


def _read(data: bytes) -> Envelope:
    read = envelope.read(data)
    assert isinstance(read, Envelope)
    return read


def test_an_envelope_is_what_the_standard_says() -> None:
    theirs = cbor2.loads(SEALED)
    protected, unprotected, payload, signature = theirs.value
    assert theirs.tag == 18
    assert cbor2.loads(protected) == {1: -19, 4: public_keys.name(SIGNER.key)}
    assert (dict(unprotected), payload) == ({}, PAYLOAD)
    signed = cbor2.dumps(["Signature1", protected, b"mesure device protocol up", PAYLOAD])
    assert SODIUM.holds(SIGNER.key, signed, signature)


def test_what_was_sealed_is_read_and_from_its_signer() -> None:
    read = _read(SEALED)
    assert (read.payload, read.key_name) == (PAYLOAD, public_keys.name(SIGNER.key))
    assert envelope.is_from(read, SIGNER.key, envelope.UP, SODIUM)
    assert not envelope.is_from(read, OTHER.key, envelope.UP, SODIUM)


def test_what_was_said_one_way_is_forged_the_other_way_and_for_others() -> None:
    down = _read(envelope.seal(PAYLOAD, SIGNER, envelope.down(OTHER.key)))
    assert envelope.is_from(down, SIGNER.key, envelope.down(OTHER.key), SODIUM)
    assert not envelope.is_from(down, SIGNER.key, envelope.UP, SODIUM)
    assert not envelope.is_from(down, SIGNER.key, envelope.down(SIGNER.key), SODIUM)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused_or_forged(at: int, change: int) -> None:
    changed = SEALED[:at] + bytes([SEALED[at] ^ change]) + SEALED[at + 1 :]
    read = envelope.read(changed)
    assert isinstance(read, DeviceRefusal) or not envelope.is_from(
        read, SIGNER.key, envelope.UP, SODIUM
    ) or read.key_name != public_keys.name(SIGNER.key)  # fmt: skip


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert isinstance(envelope.read(data), DeviceRefusal)


def test_an_envelope_cut_short_is_refused() -> None:
    assert all(isinstance(envelope.read(SEALED[:end]), DeviceRefusal) for end in range(len(SEALED)))


NAMED = cbor.encode({1: -19, 4: bytes(8)})


@pytest.mark.parametrize(
    "item",
    [
        [NAMED, {}, b"", bytes(64)],
        TaggedValue(17, [NAMED, {}, b"", bytes(64)]),
        TaggedValue(18, [NAMED, {}, b""]),
        TaggedValue(18, [NAMED, {1: 2}, b"", bytes(64)]),
        TaggedValue(18, [NAMED, {}, None, bytes(64)]),
        TaggedValue(18, [{1: -19}, {}, b"", bytes(64)]),
        TaggedValue(18, [b"", {}, b"", bytes(64)]),
        TaggedValue(18, [cbor.encode({1: -8, 4: bytes(8)}), {}, b"", bytes(64)]),
        TaggedValue(18, [cbor.encode({1: -19}), {}, b"", bytes(64)]),
        TaggedValue(18, [cbor.encode({1: -19, 4: bytes(7)}), {}, b"", bytes(64)]),
        TaggedValue(18, [cbor.encode({1: -19, 4: bytes(8), 5: 0}), {}, b"", bytes(64)]),
    ],
)
def test_other_envelopes_are_refused(item: Item) -> None:
    read = envelope.read(cbor.encode(item))
    assert isinstance(read, DeviceRefusal)
    assert read.reason is DeviceRefusalReason.MALFORMED
    assert "COSE_Sign1" in read.said


def test_an_envelope_of_the_right_form_is_read_whatever_it_says() -> None:
    assert _read(cbor.encode(TaggedValue(18, [NAMED, {}, b"", bytes(64)]))).key_name == bytes(8)


def test_a_signature_of_another_length_is_forged() -> None:
    short = _read(cbor.encode(TaggedValue(18, [NAMED, {}, b"", bytes(63)])))
    assert not envelope.is_from(short, SIGNER.key, envelope.UP, SODIUM)


def test_too_large_a_message_is_not_even_read() -> None:
    read = envelope.read(bytes(envelope.MESSAGE_BYTES_MAX + 1))
    assert isinstance(read, DeviceRefusal)
    assert read.reason is DeviceRefusalReason.TOO_LARGE
    edge = envelope.read(bytes(envelope.MESSAGE_BYTES_MAX))
    assert isinstance(edge, DeviceRefusal)
    assert edge.reason is DeviceRefusalReason.MALFORMED


# --- Transfers -------------------------------------------------------------------------------


def test_messages_follow_each_other_in_a_transfer() -> None:
    assert envelope.split(SEALED * 3).messages == (SEALED,) * 3
    assert envelope.split(b"") == envelope.Transfer((), None)


def test_what_stands_before_something_odd_stands() -> None:
    cut = envelope.split(SEALED * 2 + SEALED[:40])
    assert cut.messages == (SEALED,) * 2
    assert cut.rest is not None
    assert cut.rest.reason is DeviceRefusalReason.MALFORMED


def test_a_transfer_has_its_limits() -> None:
    most = envelope.MESSAGES_PER_TRANSFER_MAX
    full = envelope.split(SEALED * (most + 1))
    assert len(full.messages) == most
    assert full.rest is not None
    assert full.rest.reason is DeviceRefusalReason.TOO_LARGE
    large = envelope.split(bytes(envelope.TRANSFER_BYTES_MAX + 1))
    assert large.messages == ()
    assert large.rest is not None
    assert large.rest.reason is DeviceRefusalReason.TOO_LARGE


@given(st.binary(max_size=200))
def test_any_bytes_are_split(data: bytes) -> None:
    transfer = envelope.split(data)
    joined = b"".join(transfer.messages)
    assert data.startswith(joined)
    assert (transfer.rest is None) == (joined == data)


def test_which_key_a_transfer_claims_is_seen_without_reading_it() -> None:
    data = seal_message(UPS[0])
    assert envelope.first_key_name(data + b"rest") == public_keys.name(SIGNER.key)
    assert envelope.first_key_name(data[:17]) == public_keys.name(SIGNER.key)
    assert [envelope.first_key_name(one) for one in (b"", data[:16], b"\x00" + data)] == [
        b"",
        b"",
        b"",
    ]
