"""Several batches read together are read as each alone, or not at all."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import message_verification
from mesure.devices.enrolment import EnrolledKey
from mesure.devices.message import batch, batches, cbor, message_fields, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.cbor import Item, TaggedValue
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat
from mesure.devices.message_verification import SignedMessage
from tests.devices import samples
from tests.devices.samples import DEVICE, FIXES, SIGNER, columns

KEYS = st.integers(0, 10)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**48),
    st.binary(max_size=9),
    st.builds(
        TaggedValue,
        st.sampled_from([64, 69, 70, 72, 77, 78, 1]),
        st.one_of(st.binary(max_size=12), st.just(bytes(8)), st.just(b"\xff" * 8), st.integers()),
    ),
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Return a batch as it is written; sometimes with a part that is another, or is not there."""
    item = dict(batch.to_item(draw(samples.batches())))  # type: ignore[arg-type]
    for key in draw(st.lists(KEYS, max_size=2)):
        if draw(st.booleans()):
            item.pop(key, None)
        else:
            item[key] = draw(VALUES)
    return item


def alone(item: Item) -> FixBatch | None:
    try:
        return batch.of_item(item)
    except message_fields.FieldError:
        return None


@given(st.lists(st.one_of(items(), samples.batches().map(batch.to_item)), min_size=1, max_size=5))
def test_together_as_alone(items: list[Item]) -> None:
    expected = [alone(one) for one in items]
    actual = batches.of_items(items)
    if actual is None:
        assert None in expected
    else:
        assert [columns(one) for one in actual] == [one and columns(one) for one in expected]


@given(st.lists(samples.batches(), min_size=1, max_size=5))
def test_batches_that_were_read_before_are_read_together(fix_batches: list[FixBatch]) -> None:
    written = [batch.to_item(one) for one in fix_batches]
    whole_batch, counts = batches.of_kept(written)
    assert columns(whole_batch) == columns(batch.join([batch.of_item(one) for one in written]))
    assert counts.tolist() == [len(one) for one in fix_batches]


def wide(item: dict[int, Item]) -> None:
    item[5] = TaggedValue(77, b"".join(one.to_bytes(2, "little") for one in (1, 2, 3)))


def set_item(key: int, value: Item) -> Callable[[dict[int, Item]], None]:
    return lambda item: item.__setitem__(key, value)


@pytest.mark.parametrize(
    "spoil",
    [
        wide,
        set_item(1, 2**60),
        set_item(2, 900_000_001),
        set_item(3, 1_800_000_000),
        set_item(3, True),
        set_item(1, message_fields.MS_MAX),
        set_item(6, TaggedValue(78, b"\xff\xff\xff\x7f" * 3)),
        set_item(7, TaggedValue(64, bytes(4))),
        set_item(7, TaggedValue(64, b"\x01")),
        set_item(7, TaggedValue(69, b"\x01")),
        set_item(7, TaggedValue(64, 1)),
        set_item(8, TaggedValue(70, b"\x00\x00\x01\x00" * 4)),
        set_item(9, TaggedValue(64, b"\x03" * 4)),
        set_item(9, TaggedValue(69, b"\x00\x01" * 4)),
        set_item(10, 1),
        set_item(9, None),
        lambda item: item.pop(5),
        lambda item: item.pop(1),
    ],
)
def test_what_is_odd_is_odd_among_others(spoil: Callable[[dict[int, Item]], object]) -> None:
    good = batch.to_item(samples.batch(FIXES))
    odd = dict(good)  # type: ignore[arg-type]
    spoil(odd)
    assert alone(odd) is None
    assert batches.of_items([good, odd, good]) is None
    assert batches.of_items([good, good]) is not None


def payload(counter: int, what: object) -> bytes:
    return messages.encode(UplinkMessage(counter, 1_767_632_400_000_000, what))  # type: ignore[arg-type]


def test_a_kind_is_told_before_what_is_said_is_read() -> None:
    fixes = samples.batch(FIXES)
    assert messages.item(payload(2, fixes)) == (1, batch.to_item(fixes))
    assert isinstance(messages.item(b"no"), DeviceRefusal)


def test_what_is_signed_is_understood_together_as_alone() -> None:
    known = EnrolledKey(SIGNER.key, 2, 9)
    signed_messages = [
        SignedMessage(DEVICE, known, b"name", content, b"digest")
        for content in (payload(2, samples.batch(FIXES)), payload(10, Heartbeat(7)), b"no")
    ]
    outcomes = message_verification.understood_together(signed_messages)
    assert [*map(str, outcomes)] == [
        *map(str, map(message_verification.understood, signed_messages))
    ]
    assert [isinstance(one, DeviceRefusal) for one in outcomes] == [False, True, True]


def test_messages_of_every_kind_are_read_together() -> None:
    fixes = samples.batch(FIXES)
    odd = cbor.encode([1, 1, 5, 1_767_632_400_000, {1: 5, 4: 6}])
    payloads = [payload(2, fixes), payload(3, Heartbeat(7)), b"no", payload(4, fixes), odd]
    for part in (payloads, payloads[:4], payloads[1:3], []):
        uplinks = messages.read_uplinks(part)
        assert [*map(str, uplinks)] == [*map(str, map(messages.read_uplink, part))]
