"""Typed columns: the narrowest that holds the numbers, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import packed
from mesure.devices.message.cbor import Item, TaggedValue

EDGES = [
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    255,
    256,
    32_767,
    32_768,
    -32_769,
    65_535,
    65_536,
    2**31 - 1,
]


@given(st.lists(st.sampled_from(EDGES), min_size=1, max_size=256))
def test_signed_columns_come_back(numbers: list[int]) -> None:
    read = packed.unpack(packed.pack(np.array(numbers), packed.SIGNED), packed.SIGNED)
    assert not isinstance(read, str)
    assert read.tolist() == numbers


@given(st.lists(st.sampled_from([abs(edge) for edge in EDGES] + [2**32 - 1]), min_size=1))
def test_unsigned_columns_come_back(numbers: list[int]) -> None:
    read = packed.unpack(packed.pack(np.array(numbers), packed.UNSIGNED), packed.UNSIGNED)
    assert not isinstance(read, str)
    assert read.tolist() == numbers


@given(st.sampled_from([*packed.UNSIGNED, *packed.SIGNED]), st.binary(max_size=40))
def test_a_column_that_is_read_has_no_other_spelling(tag: int, data: bytes) -> None:
    forms = packed.UNSIGNED if tag in packed.UNSIGNED else packed.SIGNED
    read = packed.unpack(TaggedValue(tag, data), forms)
    if not isinstance(read, str):
        assert packed.pack(read, forms) == TaggedValue(tag, data)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (b"\x00", "it is no column with one of the tags 64, 69, 70"),
        (TaggedValue(72, b"\x00"), "it is no column with one of the tags 64, 69, 70"),
        (TaggedValue(64, 5), "a column is no string of bytes"),
        (TaggedValue(69, b"\x00\x01\x02"), "a column ends within a number, or is empty"),
        (TaggedValue(64, b""), "a column ends within a number, or is empty"),
        (TaggedValue(64, bytes(257)), "a column has more than 256 rows"),
        (TaggedValue(69, b"\xff\x00"), "a column is wider than it need be"),
        (TaggedValue(70, b"\xff\xff\x00\x00"), "a column is wider than it need be"),
    ],
)
def test_what_is_no_column_is_odd(item: Item, why: str) -> None:
    assert packed.unpack(item, packed.UNSIGNED) == why


def test_a_signed_column_could_be_narrower_on_both_sides() -> None:
    wide = "a column is wider than it need be"
    assert packed.unpack(TaggedValue(77, b"\x80\xff\x7f\x00"), packed.SIGNED) == wide
    assert not isinstance(packed.unpack(TaggedValue(77, b"\x7f\xff"), packed.SIGNED), str)
    assert not isinstance(packed.unpack(TaggedValue(77, b"\x80\x00"), packed.SIGNED), str)


def test_numbers_that_fit_no_column_are_not_packed() -> None:
    with pytest.raises(OverflowError, match="fit no column"):
        packed.pack(np.array([2**31]), packed.SIGNED)
