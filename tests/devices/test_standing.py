"""What is known of a device, in bytes and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import cbor, standing
from mesure.devices.clocks import Clock
from mesure.devices.counters import GAPS_MAX, Counters, Gap
from mesure.devices.health import Health, Part
from mesure.devices.standing import Standing

numbers = st.integers(-(2**62), 2**62)
counters = st.integers(0, 2**63 - 1)
maybe = st.one_of(st.none(), numbers)
parts = st.one_of(
    st.none(), st.builds(Part, st.one_of(st.booleans(), st.integers(0, 100)), numbers, counters)
)
gaps = st.lists(st.builds(Gap, counters, counters), max_size=5).map(tuple)
standings = st.builds(
    Standing,
    st.builds(Counters, counters, gaps, counters),
    st.builds(Clock, numbers, maybe, maybe, numbers, counters),
    st.builds(Health, *[parts] * 7, maybe, maybe),
    counters,
)


@given(standings)
def test_what_is_kept_comes_back(known: Standing) -> None:
    data = standing.pack(known)
    assert standing.unpack(data) == known
    assert standing.pack(standing.unpack(data)) == data


def test_a_standing_with_all_gaps_that_are_remembered_can_be_kept() -> None:
    known = Standing(
        Counters(2**62, tuple(Gap(2**61 + 2 * n, 2**61 + 2 * n) for n in range(GAPS_MAX)))
    )
    assert standing.unpack(standing.pack(known)) == known


@pytest.mark.parametrize(
    "data",
    [
        b"",
        cbor.encode([]),
        standing.pack(Standing())[:-1],
        standing.pack(Standing()).replace(b"\x85\x02", b"\x85\x01", 1),
        cbor.encode([2, [1, 0, [5]], [0, None, None, 0, 0], [None] * 9, 0]),
        cbor.encode([2, [1, 0, []], [None, None, None, 0, 0], [None] * 9, 0]),
        cbor.encode([2, [1, 0, []], [0, None, None, 0, 0], [None] * 9, None]),
    ],
)
def test_other_bytes_are_not_taken_for_a_standing(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"stand|layout|argument|array"):
        standing.unpack(data)
