"""Come somewhere at a time: a slot is judged as a whole, when it is over."""

import pytest

from mesure.evaluation.assessment import Status
from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView
from mesure.evaluation.kinds import appointment
from mesure.orders.model.conditions import Appointment
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values.span import Span
from tests.evaluation import scenes
from tests.evaluation.scenes import (
    FEBRUARY,
    SLOT,
    M,
    absence,
    fixes,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
)

OFFICE_M = 2_000
ELSEWHERE = stay("10T09:00", "10T11:00", 0)


def duty() -> Appointment:
    [version] = scenes.rules(order(SLOT)).versions
    found_duty = version.conditions[0].duty
    assert isinstance(found_duty, Appointment)
    return found_duty


def view(
    *minutes: tuple[float, str], cut: int = 0, unheard: int = 0, over: bool = True
) -> WindowView:
    """Return a slot told in stretches of minutes."""
    at, intervals = 0, []
    for length, status in minutes:
        end = at + round(length * M)
        intervals.append(StatusInterval(at, end, Status(status), end))
        at = end
    return WindowView(tuple(intervals), over, cut * M, unheard * M)


def status(window: WindowView) -> str:
    [spell] = appointment.assess(duty(), window)
    assert (spell.start_us, spell.end_us) == (0, window.intervals[-1].end_us)
    return spell.status.value


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([(4, "met"), (10, "not_met"), (6, "met"), (10, "unknown")], "met"),
        ([(9.99, "met"), (20.01, "not_met")], "not_met"),
        ([(4, "met"), (20, "not_met"), (6, "unknown")], "unknown"),
        ([(4, "met"), (20.01, "not_met"), (5.99, "unknown")], "not_met"),
        ([(30, "unknown")], "unknown"),
        ([(10, "met"), (20, "not_met")], "met"),
    ],
)
def test_presence_counts_in_total(minutes: list[tuple[float, str]], expected: str) -> None:
    assert status(view(*minutes)) == expected


def test_a_slot_in_progress_is_unknown() -> None:
    assert status(view((25, "met"), over=False)) == "unknown"
    assert status(view((29, "not_met"), over=False)) == "unknown"


def test_what_an_absence_takes_from_the_slot_it_takes_from_the_presence() -> None:
    assert status(view((7, "met"), (20, "not_met"), cut=3)) == "met"
    assert status(view((6.9, "met"), (20.1, "not_met"), cut=3)) == "not_met"


def test_nobody_can_speak_for_what_lies_before_the_first_fix() -> None:
    assert status(view((5, "not_met"), unheard=25)) == "unknown"
    assert status(view((21, "not_met"), unheard=9)) == "not_met"


def test_it_is_known_when_the_slot_is_over_and_all_was_received() -> None:
    late = view((30, "not_met"))
    [spell] = appointment.assess(duty(), late)
    assert spell.known_us == 30 * M
    [first] = late.intervals
    [spell] = appointment.assess(
        duty(), late._replace(intervals=(first._replace(known_us=90 * M),))
    )
    assert spell.known_us == 90 * M


def test_the_side_is_the_window_s_own_place_and_that_of_an_absence() -> None:
    [version] = rules(order(SLOT)).versions
    whole = Span(version.in_force.start, version.in_force.end)
    assert appointment.side(duty(), BindingSpan(whole)) == Side(inside=(Region("office"),))
    other = appointment.side(duty(), BindingSpan(whole, at="home", also_at="stadium"))
    assert other == Side(inside=(Region("home"), Region("stadium")))


# --- From fixes ------------------------------------------------------------------------------


def test_who_was_there_long_enough_met_it() -> None:
    there = [*stay("10T09:00", "10T10:05", 0), *stay("10T10:05", "10T10:25", OFFICE_M)]
    statement = look(rules(order(SLOT)), fixes(there, stay("10T10:25", "10T11:00", 0)), "10T12:00")
    assert spans(statement, "C4") == [("met", "10T10:00", "10T10:30")]
    assert list_episodes(statement) == []


def test_who_was_elsewhere_missed_it_and_an_officer_sees_it_when_it_is_over() -> None:
    statement = look(rules(order(SLOT)), fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [("not_met", "10T10:00", "10T10:30")]
    assert list_episodes(statement) == [("missed", "10T10:00", "10T10:30", "10T10:30")]


def test_a_slot_in_progress_says_nothing_yet() -> None:
    statement = look(rules(order(SLOT)), fixes(ELSEWHERE), "10T10:29")
    assert spans(statement, "C4") == [("unknown", "10T10:00", "10T10:29")]
    assert list_episodes(statement) == []


def test_a_silent_slot_is_unknown() -> None:
    quiet = fixes(stay("10T08:00", "10T09:20", 0), stay("10T10:40", "10T11:00", 0))
    statement = look(rules(order(SLOT)), quiet, "10T12:00")
    assert spans(statement, "C4") == [("unknown", "10T10:00", "10T10:30")]


def test_a_device_first_heard_at_the_end_of_a_slot_shows_no_missed_appointment() -> None:
    statement = look(rules(order(SLOT)), fixes(stay("10T10:25", "10T11:00", 0)), "10T12:00")
    assert spans(statement, "C4") == [("unknown", "10T10:25", "10T10:30")]
    assert list_episodes(statement) == []


def test_a_version_that_begins_within_the_slot_does_not_shorten_it() -> None:
    """Why: the slot is whole, so nothing of the presence asked for is taken away."""
    later = "from: 2026-02-10T10:15, until: 2026-03-01"
    ready = rules(order(SLOT), order(SLOT, in_force=later))
    statement = look(ready, fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [("not_met", "10T10:00", "10T10:30")]
    assert len(list_episodes(statement)) == 1


def test_another_slot_in_the_next_version_is_judged_by_itself() -> None:
    later = order(
        SLOT.replace("from: 10:00, until: 10:30", "from: 10:15, until: 10:45"),
        in_force="from: 2026-02-10T10:15, until: 2026-03-01",
    )
    statement = look(rules(order(SLOT), later), fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [
        ("met", "10T10:00", "10T10:15"),  # Of 10 minutes asked for 15 were taken away.
        ("not_met", "10T10:15", "10T10:45"),
    ]


def test_an_absence_in_the_middle_leaves_one_appointment_in_two_spans() -> None:
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:12")))
    statement = look(ready, fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [
        ("not_met", "10T10:00", "10T10:10"),
        ("not_met", "10T10:12", "10T10:30"),
    ]
    assert list_episodes(statement) == [("missed", "10T10:00", "10T10:30", "10T10:30")]


def test_presence_on_both_sides_of_an_absence_adds_up() -> None:
    there = [*stay("10T09:00", "10T10:05", 0), *stay("10T10:05", "10T10:17", OFFICE_M)]
    columns = fixes(there, stay("10T10:17", "10T11:00", 0))
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:12")))
    assert {line[0] for line in spans(look(ready, columns, "10T12:00"), "C4")} == {"met"}
    longer = SLOT.replace("present_min: 10", "present_min: 14")
    ready = rules(order(longer, absences=absence("C4", "10T10:10", "10T10:12")))
    assert {line[0] for line in spans(look(ready, columns, "10T12:00"), "C4")} == {"not_met"}


def test_an_absence_with_a_place_takes_nothing_away() -> None:
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:12", "stadium")))
    statement = look(ready, fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [("not_met", "10T10:00", "10T10:30")]


def test_slots_that_touch_are_two_appointments() -> None:
    times = ["{from: 10:00, until: 10:30, every: day}", "{from: 10:30, until: 11:00, every: day}"]
    two = f"C4: {{appointment: {{at: office, present_min: 10, times: [{', '.join(times)}]}}}}"
    there = [*stay("10T09:00", "10T10:05", 0), *stay("10T10:05", "10T10:25", OFFICE_M)]
    columns = fixes(there, stay("10T10:25", "10T11:10", 0))
    assert spans(look(rules(order(two)), columns, "10T12:00"), "C4") == [
        ("met", "10T10:00", "10T10:30"),
        ("not_met", "10T10:30", "10T11:00"),
    ]


def test_a_kind_of_the_same_name_in_another_version_is_another_window() -> None:
    curfew = "C4: {curfew: {at: home, from: 10:00, until: 10:30, every: day}}"
    later = order(curfew, in_force="from: 2026-02-10T10:15, until: 2026-03-01")
    first = order(SLOT, in_force=FEBRUARY)
    statement = look(rules(first, later), fixes(ELSEWHERE), "10T12:00")
    assert spans(statement, "C4") == [
        ("met", "10T10:00", "10T10:15"),
        ("met", "10T10:15", "10T10:30"),
    ]
