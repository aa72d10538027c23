from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.model.order import Absence
from mesure.orders.values.span import Span
from tests.orders.samples import ORDER, faults, only_fault, read, replace_once

A1 = "  A1: {allows: C1, from: 2026-02-10T22:00, until: 2026-02-11T02:00, reason: work, by: O-7}\n"
WHEN = "from: 2026-02-10, until: 2026-02-12"


def order(*absences: str) -> str:
    lines = [f"  B{number}: {{{text}}}\n" for number, text in enumerate(absences, 1)]
    return replace_once(A1, "".join(lines))


def absence(text: str) -> Absence:
    [entry] = read(order(text)).absences
    return entry


def test_an_absence_is_read_whole() -> None:
    assert absence(f"allows: C1, {WHEN}, at: office, travel_min: 45, reason: r, by: b") == Absence(
        "B1",
        frozenset(["C1"]),
        Span(datetime(2026, 2, 9, 19, tzinfo=UTC), datetime(2026, 2, 11, 19, tzinfo=UTC)),
        "r",
        "b",
        "office",
        2_700,
    )


@pytest.mark.parametrize(
    ("allows", "ids"),
    [
        ("C2", ["C2"]),
        ("[C1, C2]", ["C1", "C2"]),
        ("everything", ["C1", "C2"]),
        ("[C1, C1]", ["C1"]),
    ],
)
def test_an_absence_allows_one_condition_or_several_or_all(allows: str, ids: list[str]) -> None:
    assert absence(f"allows: {allows}, {WHEN}").allows == frozenset(ids)


def test_reason_and_author_may_be_missing_or_empty() -> None:
    entry = absence(f"allows: C1, {WHEN}, reason: ''")
    assert (entry.reason, entry.by) == ("", "")


@pytest.mark.parametrize(("travel_min", "travel_s"), [("0", 0), ("1.5", 90), ("1440", 86_400)])
def test_the_way_may_take_no_time_or_a_day(travel_min: str, travel_s: int) -> None:
    assert absence(f"allows: C1, {WHEN}, at: office, travel_min: {travel_min}").travel_s == travel_s


def test_clock_changes_are_read_in_the_persons_favour() -> None:
    paris = order("allows: C1, from: 2026-10-25T02:10, until: 2026-10-25T02:40")
    [entry] = read(paris.replace("Asia/Almaty", "Europe/Paris")).absences
    assert entry.span == Span(
        datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    )


REFUSED = {
    WHEN: ("", "“allows” is missing"),
    "allows: C1": ("", "“from” is missing", "“until” is missing"),
    "allows: C1, from: 2026-02-10, until: 2026-02-10": ("", "is not later than"),
    "allows: C1, from: 2026-02-10T24:01, until: 2026-02-12": (".from", "is no date"),
    f"allows: C3, {WHEN}": (".allows", "no condition called “C3”"),
    f"allows: , {WHEN}": (".allows", "has no value"),
    f"allows: [], {WHEN}": (".allows", "a list of 0 values"),
    f"allows: [C1, weather], {WHEN}": (".allows[1]", "no condition called “weather”"),
    f"allows: [[C1]], {WHEN}": (".allows[0]", "keys or a list"),
    f"allows: C1, {WHEN}, at: ofice": (".at", "no place called “ofice”"),
    f"allows: C1, {WHEN}, travel_min: 5": (".travel_min", "without “at”"),
    f"allows: C1, {WHEN}, at: office, travel_min: -1": (".travel_min", "no number of minutes"),
    f"allows: C1, {WHEN}, at: office, travel_min: 1441": (".travel_min", "up to 1440"),
    f"allows: C1, {WHEN}, reason: {'x' * 2001}": (".reason", "2001 characters"),
    f"allows: C1, {WHEN}, by: [O-7]": (".by", "keys or a list"),
    f"allows: C1, {WHEN}, until2: x": (".until2", "not known"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_absence_is_refused_with_its_key(text: str) -> None:
    key, *whats = REFUSED[text]
    problems = faults(order(text))
    assert [(fault.line, fault.key) for fault in problems] == [(15, "absences.B1" + key)] * len(
        whats
    )
    assert all(what in fault.what for fault, what in zip(problems, whats, strict=True))


def test_an_absence_is_keys_and_its_name_is_short() -> None:
    assert "a single value" in only_fault(replace_once(A1, "  A1: C1\n")).what
    long = "x" * 201
    assert "1 to 200" in only_fault(replace_once("A1:", f"? {long}\n  :")).what


def test_a_thousand_absences_are_read_and_more_are_not() -> None:
    texts = [f"allows: C1, {WHEN}"] * 1_001
    assert len(read(order(*texts[:-1])).absences) == 1_000
    assert "1001 absences" in only_fault(order(*texts)).what


def test_an_order_whose_conditions_cannot_be_read_says_nothing_of_its_absences() -> None:
    head, tail = ORDER[: ORDER.index("conditions:")], ORDER[ORDER.index("absences:") :]
    assert "“conditions” is missing" in only_fault(head + tail).what


# --- Two absences that disagree --------------------------------------------------------------


def times(start: int, end: int, more: str = "", allows: str = "C1") -> str:
    return f"allows: {allows}, from: 2026-02-{start:02}, until: 2026-02-{end:02}{more}"


HOME, OFFICE = ", at: home", ", at: office"


@pytest.mark.parametrize(
    "absences",
    [
        [times(1, 5, HOME), times(4, 8, OFFICE)],
        [times(1, 9, HOME), times(4, 6, OFFICE)],
        [times(4, 8, OFFICE), times(1, 5, HOME, "everything")],
        [times(1, 5, HOME, "[C1, C2]"), times(4, 8, OFFICE, "[C1, C2]")],  # Said once.
        [times(1, 9, HOME), times(2, 3, HOME), times(4, 6, OFFICE)],  # Not with its neighbour.
        [times(1, 5, HOME), times(4, 8, HOME), times(7, 9, OFFICE)],
        [times(1, 9, OFFICE), times(2, 3, OFFICE), times(4, 5, HOME)],
    ],
)
def test_absences_that_disagree_are_refused_with_both_their_lines(absences: list[str]) -> None:
    fault = only_fault(order(*absences))
    assert "overlap on condition “C1” and name different places" in fault.what
    assert "line 1" in fault.what
    assert fault.key.startswith("absences.B")


@pytest.mark.parametrize(
    "absences",
    [
        [times(1, 5, HOME), times(5, 8, OFFICE)],
        [times(1, 5, HOME), times(4, 8, HOME)],
        [times(1, 5, HOME), times(4, 8)],
        [times(1, 5), times(4, 8)],
        [times(1, 5, HOME, "C1"), times(4, 8, OFFICE, "C2")],
        [times(1, 2, HOME), times(2, 3, OFFICE), times(3, 9, HOME), times(4, 5, HOME)],
    ],
)
def test_absences_that_do_not_disagree_may_overlap(absences: list[str]) -> None:
    assert len(read(order(*absences)).absences) == len(absences)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 4), st.sampled_from([HOME, OFFICE, ""])),
        min_size=2,
        max_size=6,
    )
)
def test_whether_absences_disagree_is_what_comparing_each_with_each_says(
    drawn: list[tuple[int, int, str]],
) -> None:
    disagree = any(
        first[2] and other[2] and first[2] != other[2] and first[0] < other[0] + other[1]
        and other[0] < first[0] + first[1]
        for first, other in combinations(drawn, 2)
    )  # fmt: skip
    text = order(*(times(start, start + days, at) for start, days, at in drawn))
    if disagree:
        assert all("name different places" in fault.what for fault in faults(text))
    else:
        assert len(read(text).absences) == len(drawn)
