"""Who carried a device when: one person at a time, or nobody."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure import instants
from mesure.devices import assignment
from mesure.devices.assignment import Assignment, Assignments
from mesure.devices.message import message_fields
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from tests.devices.samples import DEVICE
from tests.devices.times import SENT_AT, SENT_US

HOUR = timedelta(hours=1)
HOUR_US = 3_600_000_000
FIRST = Assignment(DEVICE, "P-1", "ALM-1", SENT_AT, SENT_AT + 2 * HOUR)
SECOND = Assignment(DEVICE, "P-2", "ALM-2", SENT_AT + 2 * HOUR, None)
BOTH = (FIRST, SECOND)


def _reason(refused: Assignments | Assignment | DeviceRefusal) -> DeviceRefusalReason:
    assert isinstance(refused, DeviceRefusal)
    return refused.reason


def test_a_device_is_given_on_at_the_instant_at_which_it_was_given_back() -> None:
    assert assignment.assign((FIRST,), SECOND) == BOTH
    assert assignment.whose(BOTH, DEVICE, SENT_AT + 2 * HOUR) == SECOND
    assert assignment.whose(BOTH, DEVICE, SENT_AT + 2 * HOUR - timedelta.resolution) == FIRST


def test_a_device_has_one_person_at_a_time() -> None:
    for start, until in ((1, 3), (0, 1), (-5, None), (1, None)):
        end = None if until is None else SENT_AT + until * HOUR
        other = replace(SECOND, start=SENT_AT + start * HOUR, until=end)
        assert _reason(assignment.assign((FIRST,), other)) is DeviceRefusalReason.DEVICE_TAKEN
    assert _reason(assignment.assign((SECOND,), replace(SECOND, start=SENT_AT + 9 * HOUR)))
    before = replace(FIRST, start=SENT_AT - HOUR, until=SENT_AT)
    assert assignment.assign((FIRST,), before) == (FIRST, before)


def test_two_devices_may_be_one_persons() -> None:
    other = replace(FIRST, device="D-0008")
    assert assignment.assign((FIRST,), other) == (FIRST, other)


def test_an_assignment_lasts() -> None:
    for until in (SENT_AT, SENT_AT - HOUR):
        assert (
            _reason(assignment.assign((), replace(FIRST, until=until)))
            is DeviceRefusalReason.EMPTY_SPAN
        )


def test_a_device_is_given_back_once() -> None:
    ended = assignment.end(BOTH, DEVICE, SENT_AT + 3 * HOUR)
    assert ended == (FIRST, replace(SECOND, until=SENT_AT + 3 * HOUR))
    assert isinstance(ended, tuple)
    again = assignment.end(ended, DEVICE, SENT_AT + 3 * HOUR)
    assert _reason(again) is DeviceRefusalReason.NOT_ASSIGNED
    assert _reason(assignment.end(BOTH, DEVICE, SENT_AT)) is DeviceRefusalReason.EMPTY_SPAN


def test_a_swap_keeps_person_and_order() -> None:
    swapped = assignment.swap(BOTH, DEVICE, "D-0008", SENT_AT + HOUR)
    assert isinstance(swapped, tuple)
    assert swapped[0] == replace(FIRST, until=SENT_AT + HOUR)
    assert swapped[2] == replace(FIRST, device="D-0008", start=SENT_AT + HOUR)


def test_a_swap_needs_somebody_who_carries_the_one_and_nobody_who_carries_the_other() -> None:
    nobody = assignment.swap(BOTH, "D-0008", "D-0009", SENT_AT)
    assert _reason(nobody) is DeviceRefusalReason.NOT_ASSIGNED
    other = replace(SECOND, device="D-0008", start=SENT_AT)
    refusal = assignment.swap((*BOTH, other), DEVICE, "D-0008", SENT_AT + HOUR)
    assert _reason(refusal) is DeviceRefusalReason.DEVICE_TAKEN
    assert (
        _reason(assignment.swap(BOTH, DEVICE, "D-0008", SENT_AT)) is DeviceRefusalReason.EMPTY_SPAN
    )


def test_without_an_order_in_force_a_fix_is_nobodys() -> None:
    before = assignment.whose(BOTH, DEVICE, SENT_AT - HOUR)
    assert _reason(before) is DeviceRefusalReason.NO_ORDER_IN_FORCE
    assert (
        _reason(assignment.whose(BOTH, "D-0008", SENT_AT)) is DeviceRefusalReason.NO_ORDER_IN_FORCE
    )


def test_each_fix_of_a_batch_is_one_persons() -> None:
    observed_us = SENT_US + np.array([-1, 0, 1, 2, 3]) * HOUR_US
    carried, nobodys = assignment.assign_rows(BOTH, DEVICE, observed_us)
    assert [(one.assignment, one.rows.tolist()) for one in carried] == [
        (FIRST, [1, 2]), (SECOND, [3, 4])
    ]  # fmt: skip
    assert nobodys is not None
    assert nobodys.reason is DeviceRefusalReason.NO_ORDER_IN_FORCE
    assert "2026-01-05T16:00:00+00:00 (1 in all)" in nobodys.said


def test_other_devices_and_empty_assignments_have_no_fixes() -> None:
    observed_us = np.array([SENT_US])
    other = replace(FIRST, device="D-0008")
    carried, nobodys = assignment.assign_rows((other, SECOND, FIRST), DEVICE, observed_us)
    assert [one.assignment for one in carried] == [FIRST]
    assert nobodys is None
    assert assignment.assign_rows((), DEVICE, np.empty(0, np.int64)) == ((), None)


starts = st.integers(-5, 5).map(lambda hours: SENT_AT + hours * HOUR)
assigned = st.builds(
    Assignment, st.sampled_from(["D-1", "D-2"]), st.sampled_from(["P-1", "P-2"]),
    st.just("ALM-1"), starts, st.one_of(st.none(), starts),
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(["assign", "swap", "end"]), assigned), max_size=12)


def _taken(known: Assignments, act: str, target: Assignment) -> Assignments | DeviceRefusal:
    if act == "assign":
        return assignment.assign(known, target)
    if act == "end":
        return assignment.end(known, target.device, target.start)
    return assignment.swap(known, target.device, "D-2", target.start)


@given(steps)
def test_whatever_is_done_a_device_has_one_person_at_a_time(
    wanted: list[tuple[str, Assignment]],
) -> None:
    known: Assignments = ()
    for act, target in wanted:
        after = _taken(known, act, target)
        known = known if isinstance(after, DeviceRefusal) else after
    for instant in (SENT_AT + hours * HOUR for hours in range(-6, 7)):
        for device in ("D-1", "D-2"):
            assert sum(one.device == device and one.holds_at(instant) for one in known) <= 1


def test_the_last_instant_of_the_calendar_is_nobodys_too() -> None:
    last_us = np.array([message_fields.MS_MAX * instants.US_PER_MS])
    shares, rest = assignment.assign_rows((), "D-1", last_us)
    assert (shares, rest and rest.reason) == ((), DeviceRefusalReason.NO_ORDER_IN_FORCE)


def test_whoever_had_it_meanwhile_and_sent_nothing_is_passed_over() -> None:
    between = replace(SECOND, until=SENT_AT + 3 * HOUR)
    third = replace(SECOND, person="P-3", start=SENT_AT + 3 * HOUR)
    observed_us = np.array([SENT_US + HOUR_US, SENT_US + 4 * HOUR_US])
    carried, nobodys = assignment.assign_rows((FIRST, between, third), DEVICE, observed_us)
    assert [(one.assignment.person, one.rows.tolist()) for one in carried] == [
        ("P-1", [0]),
        ("P-3", [1]),
    ]
    assert nobodys is None
