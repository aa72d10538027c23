"""What of an envelope is known by its place is what the general reader finds, for any bytes."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import cbor, envelope
from mesure.devices.message.cbor import TaggedValue
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.envelope import Envelope, Transfer
from tests.devices.samples import SIGNER, UPS, seal_message

NAMED = cbor.encode({1: -19, 4: bytes(8)})
# Heads of a payload that are longer than need be, or of something else, each with as many bytes as
# a reader that takes it for a head would look for.
HEADS = [
    *((f"58{count:02x}", count) for count in (0, 22, 23, 24, 255)),
    *((f"59{count:04x}", count) for count in (0, 24, 255, 256, 8_192)),
    *((f"{0x40 + count:02x}", count) for count in (0, 23, 26, 27, 28, 31, 32, 56, 63)),
    ("5a00000100", 256),
    ("5b0000000000010000", 65_536),
    ("20", 0),
    ("a0", 0),
    ("f6", 0),
]
EDGES = [0, 1, 22, 23, 24, 25, 255, 256, 257, 900, 8_094, 8_095, 8_096, 65_535, 65_536]

lengths = st.one_of(st.sampled_from(EDGES), st.integers(0, 400))
widths = st.sampled_from([64, 64, 64, 64, 0, 23, 24, 63, 65, 256])
ours = st.builds(
    lambda payload, signature: cbor.encode(
        TaggedValue(18, [NAMED, {}, bytes(payload), bytes(signature)])
    ),
    lengths,
    widths,
)


def _respelt(head: str, count: int) -> bytes:
    begun = cbor.encode(TaggedValue(18, [NAMED, {}, b"", b""]))[:-2]
    return begun + bytes.fromhex(head) + bytes(count) + b"\x58\x40" + bytes(64)


respelt = st.sampled_from([_respelt(*one) for one in HEADS])
spelt = st.one_of(ours, respelt, st.sampled_from([seal_message(one) for one in UPS]))
changes = st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=2)), max_size=2)
ends = st.one_of(st.none(), st.integers(0, 120))


def _changed(data: bytes, edits: list[tuple[int, bytes]], end: int | None) -> bytes:
    mangled = bytearray(data)
    for at, put in edits:
        mangled[at : at + 1] = put
    return bytes(mangled[:end])


anything = st.one_of(st.binary(max_size=150), st.builds(_changed, spelt, changes, ends))


def _in_general(data: bytes) -> tuple[Envelope | DeviceRefusal, Transfer]:
    with mock.patch.object(envelope, "_spelt", return_value=None):
        return envelope.read(data), envelope.split(data)


@given(anything)
def test_what_is_read_at_a_glance_is_what_the_general_reader_finds(data: bytes) -> None:
    assert (envelope.read(data), envelope.split(data)) == _in_general(data)


@pytest.mark.parametrize(("head", "count"), HEADS)
def test_a_head_with_another_spelling_is_left_to_the_general_reader(head: str, count: int) -> None:
    data = _respelt(head, count)
    assert (envelope.read(data), envelope.split(data)) == _in_general(data)


@pytest.mark.parametrize("payload", [0, 23, 24, 300])
def test_a_head_is_known_by_each_of_its_bytes(payload: int) -> None:
    data = envelope.seal(bytes(payload), SIGNER, envelope.UP)
    for at in (*range(8), *range(16, 20), len(data) - 66, len(data) - 65):
        for octet in range(256):
            changed = data[:at] + bytes([octet]) + data[at + 1 :]
            assert (envelope.read(changed), envelope.split(changed)) == _in_general(changed)


@given(st.lists(anything, max_size=4).map(b"".join))
def test_so_it_is_with_several_in_one_transfer(data: bytes) -> None:
    assert (envelope.read(data), envelope.split(data)) == _in_general(data)


@given(st.lists(st.sampled_from([seal_message(one) for one in UPS]), min_size=1, max_size=3))
def test_what_devices_send_is_known_at_a_glance(envelopes: list[bytes]) -> None:
    with mock.patch.object(cbor, "first", side_effect=AssertionError("read in general")):
        assert envelope.split(b"".join(envelopes)) == Transfer(tuple(envelopes), None)
        assert all(isinstance(envelope.read(one), Envelope) for one in envelopes)


@given(st.binary(max_size=70_000), st.binary(max_size=300))
def test_what_is_written_piece_by_piece_is_what_the_general_writer_writes(
    payload: bytes, purpose: bytes
) -> None:
    data = envelope.seal(payload, SIGNER, purpose)
    item = cbor.decode(data)
    assert isinstance(item, TaggedValue)
    assert isinstance(item.value, list)
    assert cbor.encode(item) == data
    protected, name = item.value[0], data[8:16]
    whole = cbor.encode(["Signature1", protected, purpose, payload])
    assert envelope.to_be_signed(name, payload, purpose) == whole


@given(st.binary(max_size=70_000))
def test_a_string_is_written_as_any_value_is(octets: bytes) -> None:
    assert cbor.string(octets) == cbor.encode(octets)
