"""Incidents are counted right, each once in its quarter and its year, persons only up to five."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mesure.incidents.finding import (
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.reports.statistics import incident_counting
from mesure.reports.statistics.incident_counting import (
    STEPS_S,
    Breakdown,
    CountedIncident,
    DurationSteps,
    IncidentTally,
)

MONDAY = datetime(2026, 2, 9, 10, 0, tzinfo=UTC)


def make_finding(
    outcome: FindingOutcome = FindingOutcome.BREACH, cause: FindingCause | None = None, **more: Any
) -> Finding:
    at = more.pop("at", MONDAY + timedelta(hours=2))
    return Finding(outcome, cause, "Why.", at, "ann", **more)


def make_review(
    outcome: FindingOutcome = FindingOutcome.BREACH, cause: FindingCause | None = None, **more: Any
) -> Review:
    sightings = (
        EvidenceSighting("bob", MONDAY),
        EvidenceSighting("ann", MONDAY + timedelta(minutes=118)),
    )
    former = more.pop("former", ())
    return Review(ReviewStage.FOUND, sightings, make_finding(outcome, cause, **more), former)


def line(person: str = "P-1", review: Review | None = None, **more: Any) -> CountedIncident:
    fields: dict[str, Any] = {
        "opened": MONDAY,
        "start": MONDAY - timedelta(minutes=4),
        "groups": {Breakdown.KIND: "absent", Breakdown.COURT: ""},
        "p_outside_max": 0.97,
        "is_withdrawn": False,
        "is_after_hours": False,
        **more,
    }
    return CountedIncident(person, review=review or Review(), **fields)


def tally(*lines: CountedIncident) -> incident_counting.Table:
    counted = IncidentTally()
    for incident in lines:
        counted.add(incident)
    return counted.table


def test_an_incident_counts_once_in_its_year_and_once_in_its_quarter() -> None:
    table = tally(line(review=make_review()), line("P-2"))
    assert set(table) == {"2026", "2026-1"}
    for period in table.values():
        whole = period["all"][""]
        assert (whole.incidents, whole.decided, whole.breach, whole.persons) == (2, 1, 1, 2)
        outcomes = {group: cell.incidents for group, cell in period["outcome"].items()}
        assert outcomes == {"breach": 1, "open": 1}
        assert set(period["chance"]) == {"0.95"}
        assert {group: cell.incidents for group, cell in period["look"].items()} == {
            "300": 1,
            "": 1,
        }
        assert {group: cell.incidents for group, cell in period["court"].items()} == {"": 2}


def test_lengths_are_counted_in_steps() -> None:
    cell = tally(line(review=make_review()))["2026"]["all"][""]
    assert cell.delay.counts[STEPS_S.index(300)] == 1
    assert cell.answer.counts[STEPS_S.index(7_200)] == 1
    assert cell.look.counts[STEPS_S.index(120)] == 1
    assert [one.total for one in (cell.delay, cell.answer, cell.look)] == [1, 1, 1]


def test_more_than_five_persons_are_not_told_apart() -> None:
    table = tally(*(line(f"P-{number % 7}") for number in range(20)))
    assert table["2026"]["all"][""].persons == incident_counting.PERSONS_MIN
    assert table["2026"]["all"][""].incidents == 20


def test_persons_are_counted_of_what_a_share_is_of_too() -> None:
    breach = make_review()
    table = tally(
        *(line(f"P-{number % 7}", breach, is_after_hours=number < 2) for number in range(20)),
        line("P-1", is_after_hours=True),
    )
    whole = table["2026"]["all"][""]
    assert (whole.breach, whole.persons_of["breach"]) == (20, incident_counting.PERSONS_MIN)
    assert (whole.after_hours, whole.persons_of["after_hours"]) == (3, 2)


def test_a_finding_is_told_by_its_cause() -> None:
    reviews = {
        "location_error": make_review(FindingOutcome.NO_BREACH, FindingCause.LOCATION_ERROR),
        "cannot_tell": make_review(FindingOutcome.CANNOT_TELL),
    }
    for outcome, review in reviews.items():
        assert incident_counting.outcome_of(line(review=review)) == outcome
    assert incident_counting.outcome_of(line(is_withdrawn=True)) == "withdrawn"
    whole = tally(line(review=reviews["location_error"]), line(is_withdrawn=True))["2026"]["all"][
        ""
    ]
    assert (whole.false, whole.withdrawn) == (1, 1)


@pytest.mark.parametrize(
    ("before", "changed"),
    [(FindingOutcome.BREACH, 1), (FindingOutcome.EXCUSED, 0)],
    ids=["other", "same"],
)
def test_a_second_decision_is_counted_with_whether_it_changed_anything(
    before: FindingOutcome, changed: int
) -> None:
    former = (make_finding(before),)
    review = make_review(
        FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE, on_contest=True, former=former
    )
    cell = tally(line(review=review))["2026"]["all"][""]
    assert (cell.contested, cell.changed) == (1, changed)


def test_a_proposal_is_no_finding_yet() -> None:
    proposed = Review(ReviewStage.PROPOSED, (), make_finding())
    assert incident_counting.outcome_of(line(review=proposed)) == "open"
    assert incident_counting.look_of(proposed) == ""


def test_whoever_decided_without_having_looked_has_no_length_of_look() -> None:
    review = Review(ReviewStage.FOUND, (EvidenceSighting("bob", MONDAY),), make_finding())
    assert incident_counting.look_s(review) is None
    assert incident_counting.look_s(Review()) is None
    cell = tally(line(review=review))["2026"]["all"][""]
    assert (cell.answer.total, cell.look.total) == (1, 0)


@pytest.mark.parametrize(
    ("length_s", "group"), [(59, "60"), (60, "60"), (61, "300"), (1_800, "1800"), (1_801, "longer")]
)
def test_a_look_is_of_one_of_four_lengths(length_s: int, group: str) -> None:
    at = MONDAY + timedelta(minutes=118, seconds=length_s)
    assert incident_counting.look_of(make_review(at=at)) == group


@pytest.mark.parametrize(
    ("p_outside_max", "group"), [(None, ""), (0.5, "0.0"), (0.95, "0.95"), (1.0, "0.999")]
)
def test_a_chance_is_of_one_step(p_outside_max: float | None, group: str) -> None:
    assert incident_counting.chance_of(p_outside_max) == group


@pytest.mark.parametrize("after", [True, False])
def test_what_was_raised_while_the_office_was_closed_is_counted(after: bool) -> None:
    assert tally(line(is_after_hours=after))["2026"]["all"][""].after_hours == after


def test_time_is_counted_by_status() -> None:
    counted = IncidentTally()
    for status, length_s in (("met", 100), ("not_met", 20), ("unknown", 3), ("unknown", 4)):
        groups = {Breakdown.DEVICE: "phone"}
        counted.add_time("P-1", date(2026, 12, 31), groups, status, length_s)
    cell = counted.table["2026-4"]["device"]["phone"]
    assert (cell.met_s, cell.not_met_s, cell.unknown_s, cell.incidents) == (100, 20, 7, 0)


def test_what_lies_beyond_the_last_step_is_within_none() -> None:
    assert DurationSteps().within_s(0.5) is None
    assert DurationSteps([0] * len(STEPS_S) + [3]).within_s(0.5) is None
    assert incident_counting.step_of(STEPS_S[-1] + 1) == len(STEPS_S)


def test_quarters_are_those_of_the_calendar() -> None:
    months = [incident_counting.quarter_of(date(2026, month, 1)) for month in range(1, 13)]
    assert months == [name for name in incident_counting.quarters("2026") for _ in range(3)]


def test_a_silence_counts_as_decided_and_neither_as_a_breach_nor_as_none() -> None:
    silence = {Breakdown.KIND: "silent", Breakdown.COURT: ""}
    table = tally(
        line(review=make_review(FindingOutcome.BATTERY), groups=silence),
        line("P-2", review=make_review(FindingOutcome.BREACH), groups=silence),  # Kept from before.
        line("P-3", review=make_review(FindingOutcome.BREACH)),
    )
    whole = table["2026"]["all"][""]
    assert (whole.decided, whole.decided_of_place, whole.breach, whole.false) == (3, 1, 1, 0)
    assert set(table["2026"]["outcome"]) == {"battery", "breach"}
