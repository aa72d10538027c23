"""What is known of a device, in bytes and back."""

import contextlib
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import device_state
from mesure.devices.clocks import DeviceClock
from mesure.devices.counters import GAPS_MAX, CounterGap, Counters
from mesure.devices.device_state import DeviceState
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.devices.message import cbor

numbers = st.integers(-(2**62), 2**62)
counters = st.integers(0, 2**63 - 1)
maybe = st.one_of(st.none(), numbers)
parts = st.one_of(
    st.none(),
    st.builds(HealthReading, st.one_of(st.booleans(), st.integers(0, 100)), numbers, counters),
)
gaps = st.lists(st.builds(CounterGap, counters, counters), max_size=5).map(tuple)
standings = st.builds(
    DeviceState,
    st.builds(Counters, counters, gaps, counters),
    st.builds(DeviceClock, numbers, maybe, maybe, numbers, counters),
    st.builds(DeviceHealth, *[parts] * 7, maybe, maybe),
    counters,
)


@contextlib.contextmanager
def _in_another_process() -> Iterator[None]:
    """Know nothing of what was packed here."""
    with mock.patch.object(device_state, "_remembered", {}):
        yield


@given(standings)
def test_what_is_kept_comes_back(known: DeviceState) -> None:
    data = device_state.pack(known)
    with _in_another_process():
        there = device_state.unpack(data)
    here = device_state.unpack(data)
    assert repr(here) == repr(there) == repr(known)  # Also where 1 is not true.
    assert device_state.pack(there) == data


def test_what_was_packed_here_is_not_read_again() -> None:
    data = device_state.pack(DeviceState(told=7))
    with mock.patch.object(cbor, "decode", side_effect=AssertionError("read again")):
        assert device_state.unpack(data) == DeviceState(told=7)


def test_what_another_process_kept_is_read_whatever_was_packed_here() -> None:
    with _in_another_process():
        theirs = device_state.pack(DeviceState(told=8))
    device_state.pack(DeviceState(told=7))
    assert device_state.unpack(theirs) == DeviceState(told=8)


def test_no_more_is_remembered_than_a_little() -> None:
    many = DeviceState(Counters(900, tuple(CounterGap(2 * n, 2 * n) for n in range(1, 200))))
    with _in_another_process(), mock.patch.object(device_state, "REMEMBERED_MAX", 3):
        packed = [device_state.pack(DeviceState(told=told)) for told in range(8)] + [
            device_state.pack(many)
        ]
        with mock.patch.object(cbor, "decode", wraps=cbor.decode) as decode:
            states = [device_state.unpack(one) for one in packed]
        assert states == [*(DeviceState(told=told) for told in range(8)), many]
        assert decode.call_count >= len(packed) - 3
        assert mock.call(packed[-1]) in decode.call_args_list


def test_a_standing_with_all_gaps_that_are_remembered_can_be_kept() -> None:
    known = DeviceState(
        Counters(2**62, tuple(CounterGap(2**61 + 2 * n, 2**61 + 2 * n) for n in range(GAPS_MAX)))
    )
    assert device_state.unpack(device_state.pack(known)) == known


@pytest.mark.parametrize(
    "data",
    [
        b"",
        cbor.encode([]),
        device_state.pack(DeviceState())[:-1],
        device_state.pack(DeviceState()).replace(b"\x85\x02", b"\x85\x01", 1),
        cbor.encode([2, [1, 0, [5]], [0, None, None, 0, 0], [None] * 9, 0]),
        cbor.encode([2, [1, 0, []], [None, None, None, 0, 0], [None] * 9, 0]),
        cbor.encode([2, [1, 0, []], [0, None, None, 0, 0], [None] * 9, None]),
    ],
)
def test_other_bytes_are_not_taken_for_a_standing(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"stand|layout|argument|array"):
        device_state.unpack(data)
