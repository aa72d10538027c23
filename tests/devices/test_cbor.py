"""Deterministic CBOR: one spelling for each value, and no bytes that raise or swell."""

import tracemalloc
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import cbor
from mesure.devices.message.cbor import CborFault, Item, TaggedValue

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64 - 1),
    st.sampled_from([0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, -24, -25, -256, -257]),
    st.binary(max_size=300),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
items = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.integers(-300, 300), inner, max_size=4),
        st.builds(TaggedValue, st.integers(6, 2**32), inner),
    ),
    max_leaves=8,
).filter(lambda item: _depth(item) <= cbor.DEPTH_MAX)


def _depth(item: Item) -> int:
    inner: list[Item] = []
    if isinstance(item, list):
        inner = item
    elif isinstance(item, dict):
        inner = list(item.values()) or [0]  # Keys lie one deeper too.
    elif isinstance(item, TaggedValue):
        inner = [item.value]
    else:
        return 0
    return 1 + max(map(_depth, inner), default=0)


def _theirs(item: Item) -> Any:
    if isinstance(item, TaggedValue):
        return cbor2.CBORTag(item.tag, _theirs(item.value))
    if isinstance(item, list):
        return [_theirs(one) for one in item]
    if isinstance(item, dict):
        return {key: _theirs(value) for key, value in item.items()}
    return item


@given(items)
def test_what_is_written_is_read_again(item: Item) -> None:
    assert cbor.decode(cbor.encode(item)) == item


def _sorts_negative_keys(item: Item) -> bool:
    """Tell whether RFC 8949 sorts its keys in another way than RFC 7049, as the oracle does."""
    if isinstance(item, dict):
        return any(key < 0 for key in item) or any(map(_sorts_negative_keys, item.values()))
    if isinstance(item, list):
        return any(map(_sorts_negative_keys, item))
    return isinstance(item, TaggedValue) and _sorts_negative_keys(item.value)


def test_keys_are_sorted_as_their_bytes_are() -> None:
    assert cbor.encode({-1: None, 24: None, 3: None}).hex() == "a303f61818f620f6"


@given(items.filter(lambda item: not _sorts_negative_keys(item)))
def test_an_independent_encoder_writes_the_same_bytes(item: Item) -> None:
    assert cbor.encode(item) == cbor2.dumps(_theirs(item), canonical=True)


@given(st.one_of(st.binary(max_size=60), items.map(cbor.encode)), st.data())
def test_bytes_that_are_read_have_no_other_spelling(data: bytes, draw: st.DataObject) -> None:
    mangled = bytearray(data)
    for at in draw.draw(st.lists(st.integers(0, max(len(data) - 1, 0)), max_size=3)):
        mangled[at : at + 1] = draw.draw(st.binary(max_size=2))
    read = cbor.decode(bytes(mangled))
    if isinstance(read, CborFault):
        assert 0 <= read.at <= len(mangled)
    else:
        assert cbor.encode(read) == mangled


@given(items.map(cbor.encode))
def test_nothing_cut_short_is_read(data: bytes) -> None:
    assert all(isinstance(cbor.decode(data[:end]), CborFault) for end in range(len(data)))


@pytest.mark.parametrize(
    ("spelt", "why"),
    [
        ("", "it ends too soon"),
        ("0000", "there is more after the end"),
        ("1817", "a number is longer than it need be"),
        ("1900ff", "a number is longer than it need be"),
        ("1a0000ffff", "a number is longer than it need be"),
        ("1b00000000ffffffff", "a number is longer than it need be"),
        ("1c", "a length is not definite"),
        ("5f4100ff", "a length is not definite"),
        ("9fff", "a length is not definite"),
        ("ff", "a length is not definite"),
        ("f93c00", "a float, or a simple value other than false, true and null"),
        ("fb3ff0000000000000", "a float, or a simple value other than false, true and null"),
        ("f7", "a float, or a simple value other than false, true and null"),
        ("f820", "a float, or a simple value other than false, true and null"),
        ("61ff", "a text is not UTF-8"),
        ("62d800", "a text is not UTF-8"),
        ("a16100f6", "a key is no whole number"),
        ("a1f5f6", "a key is no whole number"),
        ("a201000100", "keys are not sorted, or one stands twice"),
        ("a202000100", "keys are not sorted, or one stands twice"),
        ("a220000100", "keys are not sorted, or one stands twice"),
        ("81" * 7 + "00", "it is nested more than 6 deep"),
        ("c6" * 7 + "00", "it is nested more than 6 deep"),
        ("990401" + "00" * 1_025, "it has more than 1024 items"),
        ("b90201", "it has more than 1024 items"),
        ("9bffffffffffffffff", "it has more than 1024 items"),
        ("5bffffffffffffffff00", "it ends too soon"),
    ],
)
def test_what_has_another_spelling_or_too_much_is_odd(spelt: str, why: str) -> None:
    read = cbor.decode(bytes.fromhex(spelt))
    assert isinstance(read, CborFault)
    assert read.why == why


@pytest.mark.parametrize(
    "spelt", ["9bffffffffffffffff", "5affffffff", "7b00000000ffffffff", "bbffffffffffffffff"]
)
def test_a_length_that_promises_much_takes_no_memory(spelt: str) -> None:
    data = bytes.fromhex(spelt)
    tracemalloc.start()
    assert isinstance(cbor.decode(data), CborFault)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_a_number_of_more_than_64_bits_is_not_written() -> None:
    with pytest.raises(OverflowError, match="more than 64 bits"):
        cbor.encode(2**64)


def test_values_follow_each_other() -> None:
    data = cbor.encode(1) + cbor.encode([2])
    assert cbor.first(data) == (1, 1)
    assert cbor.first(data, 1) == ([2], 3)
