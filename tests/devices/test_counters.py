"""Once is once, a gap is told, and what came once never comes again."""

from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import counters
from mesure.devices.counters import GAPS_MAX, CounterGap, Counters, CounterTurn, CounterUpdate
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason


def _count(known: Counters, counter: int) -> CounterUpdate:
    counted = counters.count(known, counter, b"new", None)
    assert isinstance(counted, CounterUpdate)
    return counted


def _reason(
    known: Counters, counter: int, stored_digest: bytes | None = None
) -> DeviceRefusalReason:
    refusal = counters.count(known, counter, b"new", stored_digest)
    assert isinstance(refusal, DeviceRefusal)
    return refusal.reason


def test_the_next_is_the_next_and_a_jump_leaves_a_gap() -> None:
    assert _count(Counters(), 2) == CounterUpdate(Counters(2), CounterTurn.NEXT)
    assert _count(Counters(2), 7) == CounterUpdate(
        Counters(7, (CounterGap(3, 6),)), CounterTurn.AFTER_A_GAP
    )


def test_what_was_missing_may_come_late_and_once() -> None:
    known = Counters(9, (CounterGap(3, 5), CounterGap(7, 7)))
    assert _count(known, 4) == CounterUpdate(
        Counters(9, (CounterGap(3, 3), CounterGap(5, 5), CounterGap(7, 7))), CounterTurn.LATE
    )
    assert _count(known, 7).counters == Counters(9, (CounterGap(3, 5),))
    assert _reason(_count(known, 7).counters, 7) is DeviceRefusalReason.COUNTER_SPENT


def test_the_same_bytes_again_are_the_same_message() -> None:
    assert counters.count(Counters(9), 5, b"d", b"d") == CounterUpdate(
        Counters(9), CounterTurn.AGAIN
    )


def test_other_bytes_under_a_used_counter_are_refused() -> None:
    assert _reason(Counters(9), 5, b"other") is DeviceRefusalReason.COUNTER_REUSED
    assert _reason(Counters(9), 99, b"other") is DeviceRefusalReason.COUNTER_REUSED


def test_what_was_erased_does_not_come_back() -> None:
    assert _reason(Counters(9), 9) is DeviceRefusalReason.COUNTER_SPENT
    assert _reason(Counters(), 1) is DeviceRefusalReason.COUNTER_SPENT


def test_more_gaps_than_are_remembered_are_given_up_and_that_is_told() -> None:
    known = Counters()
    for counter in range(3, 2 * GAPS_MAX + 5, 2):
        known = _count(known, counter).counters
    assert len(known.gaps) == GAPS_MAX
    assert known.given_up == 2
    assert _reason(known, 2) is DeviceRefusalReason.COUNTER_GIVEN_UP
    assert _count(known, 4).turn is CounterTurn.LATE


@given(st.lists(st.integers(2, 40), max_size=80))
def test_in_any_order_each_counter_counts_once(arrivals: list[int]) -> None:
    known, counted = Counters(), []
    for counter in arrivals:
        outcome = counters.count(known, counter, b"d", None)
        if isinstance(outcome, CounterUpdate):
            known = outcome.counters
            counted.append(counter)
        else:
            assert outcome.reason is DeviceRefusalReason.COUNTER_SPENT
            assert counter in counted
    assert sorted(counted) == sorted(set(arrivals))
    missing = [n for gap in known.gaps for n in range(gap.first, gap.last + 1)]
    assert missing == [n for n in range(2, known.last) if n not in arrivals]
    assert all(
        earlier.last + 1 < later.first
        for earlier, later in zip(known.gaps, known.gaps[1:], strict=False)
    )
