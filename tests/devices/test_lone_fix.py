"""A fix that comes alone is read to what the reader of batches reads, whatever is in it."""

import dataclasses
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import batch, lone_fix, message_fields
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.cbor import Item, TaggedValue
from mesure.devices.message.message_fields import FieldError
from tests.devices import samples

POLE, HALF_TURN = 900_000_000, 1_800_000_000


def _near(*edges: int) -> st.SearchStrategy[int]:
    return st.sampled_from([edge + by for edge in edges for by in (-1, 0, 1)])


columns = st.one_of(
    st.builds(
        lambda tag, width, number: TaggedValue(
            tag, (number % (1 << 8 * width)).to_bytes(width, "little")
        ),
        st.sampled_from([64, 69, 70, 72, 77]),
        st.sampled_from([1, 2, 4]),
        st.one_of(_near(1, 1 << 8, 1 << 16, 1 << 32), st.integers(0, 1 << 33)),
    ),
    st.builds(TaggedValue, st.sampled_from([64, 69]), st.one_of(st.binary(max_size=3), st.none())),
    st.integers(0, 300),
)
flags = st.builds(lambda octet: TaggedValue(64, bytes([octet])), st.integers(0, 255))
sound = st.fixed_dictionaries(
    {
        1: st.integers(0, message_fields.MS_MAX),
        2: st.integers(-POLE, POLE),
        3: st.integers(-HALF_TURN, HALF_TURN - 1),
    },
    optional={7: columns, 8: columns, 9: st.one_of(flags, columns)},
)
odd: st.SearchStrategy[Item] = st.one_of(
    st.dictionaries(
        st.integers(0, 11),
        st.one_of(
            _near(0, message_fields.MS_MAX, POLE, -POLE, HALF_TURN, -HALF_TURN),
            columns,
            st.sampled_from([None, True, False, "", b"", 7]),
        ),
        max_size=7,
    ),
    st.builds(
        lambda fields, key, put: {**fields, key: put},
        sound,
        st.integers(0, 10),
        st.one_of(
            _near(0, message_fields.MS_MAX, POLE, -POLE, HALF_TURN, -HALF_TURN),
            columns,
            st.sampled_from([None, True]),
        ),
    ),
    st.sampled_from([None, 1, b"", []]),
)


def _read(reader: object, item: Item) -> object:
    assert callable(reader)
    try:
        fix_batch = reader(item)
    except FieldError as why:
        return str(why)
    return [
        (name, column.dtype, column.tobytes())
        for name, column in (
            (field.name, getattr(fix_batch, field.name)) for field in dataclasses.fields(fix_batch)
        )
    ]


@given(st.one_of(sound, odd))
def test_it_is_read_or_refused_as_by_the_reader_of_batches(item: Item) -> None:
    assert _read(lone_fix.of_item, item) == _read(batch.of_item, item)


PLACE: dict[int, Item] = {1: 0, 2: 0, 3: 0}
EDGES: list[dict[int, Item]] = [
    {**PLACE, 1: message_fields.MS_MAX},
    {**PLACE, 1: message_fields.MS_MAX + 1},
    {**PLACE, 1: -1},
    {**PLACE, 2: POLE},
    {**PLACE, 2: POLE + 1},
    {**PLACE, 2: -POLE},
    {**PLACE, 2: -POLE - 1},
    {**PLACE, 3: HALF_TURN - 1},
    {**PLACE, 3: HALF_TURN},
    {**PLACE, 3: -HALF_TURN},
    {**PLACE, 3: -HALF_TURN - 1},
    *(
        {**PLACE, key: TaggedValue(tag, number.to_bytes(width, "little"))}
        for key in (7, 8, 9)
        for tag, width in ((64, 1), (69, 2), (70, 4))
        for number in (0, 1, 255, 256, 65_535, 65_536, 2**32 - 1)
        if number < 1 << 8 * width
    ),
]


@pytest.mark.parametrize("item", EDGES)
def test_it_ends_where_the_reader_of_batches_does(item: Item) -> None:
    assert _read(lone_fix.of_item, item) == _read(batch.of_item, item)


@given(samples.batches())
def test_batches_of_any_length_are_read_the_same(fixes: FixBatch) -> None:
    for piece in batch.cut(fixes, 1):
        item = batch.to_item(piece)
        assert _read(lone_fix.of_item, item) == _read(batch.of_item, item)
    item = batch.to_item(fixes)
    assert _read(lone_fix.of_item, item) == _read(batch.of_item, item)


def test_a_fix_that_comes_alone_needs_no_reader_of_columns() -> None:
    item = batch.to_item(samples.batch(samples.FIXES[:1]))
    with mock.patch.object(batch, "of_item", side_effect=AssertionError("columns were made")):
        assert len(lone_fix.of_item(item)) == 1


def test_what_is_not_known_of_it_is_not_known() -> None:
    fix_batch = lone_fix.of_item({1: 5, 2: 6, 3: 7})
    assert np.isnan(fix_batch.reported_m).all()
    assert np.isnan(fix_batch.speed_mps).all()
    assert (fix_batch.motion[0], fix_batch.beacon[0]) == (batch.NOT_KNOWN, batch.NOT_KNOWN)
