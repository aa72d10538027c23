"""Batches of fixes: compact, in order of time, and with one spelling."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import batch, cbor, message_fields
from mesure.devices.message.batch import FixBatch, ReportedProvider
from mesure.devices.message.cbor import Item, TaggedValue
from mesure.formats.columns.file_rows import ClaimedProvider
from tests.devices import samples
from tests.devices.samples import FIXES, columns


@given(samples.batches())
def test_a_batch_comes_back_to_the_last_bit(fixes: FixBatch) -> None:
    item = batch.to_item(fixes)
    again = batch.of_item(item)
    assert columns(again) == columns(fixes)
    assert batch.to_item(again) == item


def test_what_is_rounded_is_rounded_to_the_nearest() -> None:
    fixes = samples.batch([(0.0004, 43.256540049, 76.928479951, 0.001, 0.004)])
    again = batch.of_item(batch.to_item(fixes))
    assert columns(again)[1:5] == [[43.25654], [76.92848], [0.01], [0.0]]


def test_a_radius_of_nothing_or_less_is_no_claim() -> None:
    claims = replace(samples.batch(FIXES), reported_m=np.array([0.0, -1.0, np.inf, 1e300]))
    again = batch.of_item(batch.to_item(claims))
    assert columns(again)[3] == [-1.0, -1.0, -1.0, 42_949_672.95]


def test_a_speed_beyond_belief_is_not_known() -> None:
    fixes = samples.batch([(0, 43, 76, 5, -0.1), (1, 43, 76, 5, 655.35), (2, 43, 76, 5, 655.34)])
    assert columns(batch.of_item(batch.to_item(fixes)))[4] == [-1.0, -1.0, 655.34]


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    fixes = samples.batch([(0, -17.0, 179.9999, 5, 1), (1, -17.0, -179.9999, 5, 1)])
    item = batch.to_item(fixes)
    assert isinstance(item, dict)
    assert item[6] == TaggedValue(77, (2_000).to_bytes(2, "little"))
    assert columns(batch.of_item(item))[2] == [179.9999, -179.9999]


def test_half_a_turn_east_is_written_west() -> None:
    fixes = samples.batch([(0, 0.0, 180.0, 5, 1)])
    assert columns(batch.of_item(batch.to_item(fixes)))[2] == [-180.0]


def test_sixty_fixes_are_small() -> None:
    steps = np.random.default_rng(1).normal(0, 1e-4, (60, 2)).cumsum(0)
    rows = [(60 * at, 43.2 + y, 76.9 + x, 12.0, 1.0) for at, (y, x) in enumerate(steps)]
    assert len(cbor.encode(batch.to_item(samples.batch(rows)))) < 12 * 60


def test_what_says_nothing_is_left_out() -> None:
    none = np.full(1, -1, np.int8)
    quiet = replace(
        samples.batch([(0, 43.0, 76.0, 0, -1)]),
        motion=none, beacon=none, provider=np.zeros(1, np.int8),
    )  # fmt: skip
    item = batch.to_item(quiet)
    assert isinstance(item, dict)
    assert list(item) == [1, 2, 3]


@given(
    st.lists(st.sampled_from([-1, 0, 1, 60_000, 2**32 - 1, 2**32]), min_size=1, max_size=30),
    st.integers(1, 5),
)
def test_fixes_are_cut_where_time_goes_back_or_too_many_are(steps: list[int], size: int) -> None:
    times_ms = 10**12 + np.cumsum(steps)
    fixes = samples.batch([(0, 43.0, 76.0, 5, 1)] * len(steps))
    fixes = replace(fixes, observed_us=times_ms * 1_000)
    pieces = list(batch.cut(fixes, size))
    assert (
        np.concatenate([one.observed_us for one in pieces]).tolist() == (times_ms * 1_000).tolist()
    )
    for piece in pieces:
        assert 1 <= len(piece) <= size
        assert columns(batch.of_item(batch.to_item(piece))) == columns(piece)


def test_nothing_is_cut_into_nothing() -> None:
    assert not list(batch.cut(samples.batch(FIXES).rows(slice(0, 0))))


def test_what_was_cut_is_joined_again() -> None:
    fixes = samples.batch(FIXES)
    assert columns(batch.join(list(batch.cut(fixes, 1)))) == columns(fixes)
    assert batch.join([fixes]) is fixes


GOOD: dict[int, Item] = {
    1: 1_000,
    2: 5,
    3: 6,
    4: TaggedValue(64, b"\x01"),
    5: TaggedValue(72, b"\x00"),
    6: TaggedValue(72, b"\x00"),
}
POLE, TURN = 900_000_000, 1_800_000_000


def _four(number: int) -> TaggedValue:
    return TaggedValue(78, number.to_bytes(4, "little", signed=True))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({1: None}, "nothing under the key 1"),
        ({10: 1}, "the key 10, which is not known"),
        ({2: POLE + 1}, "a latitude is 900000001"),
        ({3: TURN}, "a longitude is 1800000000"),
        ({3: -TURN - 1}, "a longitude is -1800000001"),
        ({2: POLE, 5: TaggedValue(72, b"\x01")}, "beyond a pole"),
        ({2: -POLE, 5: TaggedValue(72, b"\xff")}, "beyond a pole"),
        ({1: message_fields.MS_MAX}, "beyond the calendar"),
        ({5: TaggedValue(72, b"\x00\x00")}, "not equally many"),
        ({6: TaggedValue(72, b"\x00\x00")}, "not equally many"),
        ({6: b""}, "the steps: it is no column"),
        ({4: TaggedValue(72, b"\x01")}, "the steps: it is no column"),
        ({6: _four(TURN)}, "the long way round"),
        ({6: _four(-TURN - 1)}, "the long way round"),
        ({7: TaggedValue(64, b"\x01")}, "the radii are 1, and there are 2 fixes"),
        ({7: TaggedValue(64, b"\x00\x00")}, "the radii say nothing and are not left out"),
        ({8: TaggedValue(70, bytes.fromhex("0000000000000100"))}, "a speed is too high"),
        ({9: TaggedValue(64, b"\x03\x00")}, "a flag has a value that is not known"),
        ({9: TaggedValue(64, b"\x0c\x00")}, "a flag has a value that is not known"),
        ({9: TaggedValue(64, b"\x50\x00")}, "a flag has a value that is not known"),
        ({9: TaggedValue(69, b"\x00\x01\x00\x00")}, "a flag has a value that is not known"),
    ],
)
def test_what_is_no_batch_is_odd(change: dict[int, Item], why: str) -> None:
    with pytest.raises(message_fields.FieldError, match=why):
        batch.of_item(GOOD | change)


def test_a_batch_has_its_first_fix_and_all_steps_or_none() -> None:
    assert len(batch.of_item(GOOD)) == 2
    for key in GOOD:
        with pytest.raises(message_fields.FieldError):
            batch.of_item({other: part for other, part in GOOD.items() if other != key})
    with pytest.raises(message_fields.FieldError, match="a batch is no map"):
        batch.of_item([])


def test_more_than_a_batch_holds_is_refused() -> None:
    many: dict[int, Item] = {4: TaggedValue(64, bytes(256)), 5: TaggedValue(72, bytes(256))}
    with pytest.raises(message_fields.FieldError, match="more than 255"):
        batch.of_item(GOOD | many | {6: TaggedValue(72, bytes(256))})


def test_providers_have_the_numbers_of_files_of_fixes() -> None:
    assert {one.name: one.value for one in ReportedProvider} == {
        provider.name: provider.value for provider in ClaimedProvider
    }
