"""What differs under another policy: new, gone or moved, and by whose doing."""

import msgspec
import pytest

from mesure.instants import US_PER_S
from mesure.service.country import policy_differences
from mesure.service.country.country_results import PersonResult
from mesure.service.country.policy_differences import (
    CountryDifferences,
    DifferenceCause,
    DifferenceKind,
)
from mesure.service.country.rejudge_plan import FORM, RejudgePlan
from mesure.service.maintenance.comparison import ComparisonRow
from mesure.version import VERSION

HOUR_US = 3_600 * US_PER_S
PLAN = RejudgePlan(FORM, "here", VERSION, "new", "1", "now", "2", 0, 99 * HOUR_US, 0)
OURS = [("now", VERSION)]


def row(start: int, end: int | None, status: str = "unknown") -> ComparisonRow:
    end_us = None if end is None else end * HOUR_US
    return ComparisonRow("O-1", "C1", status, start * HOUR_US, end_us)


def breach(start: int, end: int | None) -> ComparisonRow:
    return row(start, end, "outside")._replace(others_us=(start * HOUR_US, None))


def result(
    stored: list[ComparisonRow],
    present: list[ComparisonRow] | None,
    new: list[ComparisonRow],
    versions: list[tuple[str, str]] = OURS,
) -> PersonResult:
    return PersonResult("P-1", 7, versions, stored, present, new)


def collect_differences(
    *results: PersonResult | None, plan: RejudgePlan = PLAN
) -> CountryDifferences:
    outcome = CountryDifferences(plan)
    for person_result in results:
        outcome.add(person_result)
    return outcome


def test_what_is_new_gone_or_moved_is_told_apart() -> None:
    before = [row(0, 2), row(5, 6), breach(8, None)]
    after = [row(1, 3), row(10, 11), breach(9, 10)]
    outcome = collect_differences(result(before, before, after))
    assert [(one.kind, one.before, one.after) for one in outcome.different["P-1"]] == [
        (DifferenceKind.MOVED, row(0, 2), row(1, 3)),
        (DifferenceKind.MOVED, breach(8, None), breach(9, 10)),
        (DifferenceKind.NEW, None, row(10, 11)),
        (DifferenceKind.GONE, row(5, 6), None),
    ]
    assert {one.cause for one in outcome.different["P-1"]} == {DifferenceCause.POLICY}


def test_the_same_at_another_time_that_does_not_touch_did_not_move() -> None:
    outcome = collect_differences(result([row(0, 2)], [row(0, 2)], [row(3, 4)]))
    kinds = {one.kind for one in outcome.different["P-1"]}
    assert kinds == {DifferenceKind.NEW, DifferenceKind.GONE}
    other = collect_differences(result([row(0, 2)], [row(0, 2)], [row(0, 2, "met")]))
    assert {one.kind for one in other.different["P-1"]} == kinds


@pytest.mark.parametrize(
    ("versions", "whole_us", "cause"),
    [
        (OURS, 0, DifferenceCause.UNEXPLAINED),
        ([*OURS, ("before", VERSION)], 0, DifferenceCause.VERSION),
        ([("now", "0.0.1")], 0, DifferenceCause.VERSION),
        (OURS, HOUR_US, DifferenceCause.EVIDENCE),
    ],
)
def test_what_the_present_policy_says_otherwise_is_not_the_new_ones_doing(
    versions: list[tuple[str, str]], whole_us: int, cause: DifferenceCause
) -> None:
    plan = msgspec.structs.replace(PLAN, whole_us=whole_us)
    outcome = collect_differences(
        result([row(0, 2)], [row(0, 3)], [row(0, 3)], versions), plan=plan
    )
    assert outcome.counts == {(cause, DifferenceKind.MOVED, False): 1}


def test_whoever_is_said_the_same_of_does_not_differ() -> None:
    outcome = collect_differences(result([row(0, 2)], None, [row(0, 2)]), None)
    assert (outcome.persons, outcome.fixes, outcome.erased, outcome.different) == (1, 7, 1, {})
    text = policy_differences.report_text(outcome)
    assert "1 of the folder were erased since, and count nowhere." in text
    assert text.endswith("Nothing would be said otherwise.\n")


def test_the_report_counts_and_shows_in_the_words_of_the_service() -> None:
    person_result = result([row(0, 2), breach(8, 9)], [row(0, 2), breach(8, 9)], [row(1, 3)])
    outcome = collect_differences(
        person_result, msgspec.structs.replace(person_result, person="P-2")
    )
    text = policy_differences.report_text(outcome, persons_max=1)
    lines = text.splitlines()
    assert lines[0] == (
        "2 persons were judged again under the policy new, beside now, by 14 fixes, for what is "
        "said from 1970-01-01T00:00:00.000000Z until 1970-01-05T03:00:00.000000Z."
    )
    assert [line.split() for line in lines if line.startswith("the new policy")] == [
        ["the", "new", "policy", "assessments", "0", "0", "2"],
        ["the", "new", "policy", "possible", "breaches", "0", "2", "0"],
    ]
    moved = "P-1 moved O-1 C1 unknown 1970-01-01T00:00:00.000000Z 1970-01-01T02:00:00.000000Z to "
    assert any(line.startswith(moved) for line in lines)
    gone = "P-1 gone  O-1 C1 outside 1970-01-01T08:00:00.000000Z 1970-01-01T09:00:00.000000Z"
    assert any(line.startswith(gone) for line in lines)
    assert "P-2" not in text
    assert lines[-1] == "... and 1 more: --show says how many"


def test_a_span_before_the_trails_is_said() -> None:
    plan = msgspec.structs.replace(PLAN, whole_us=HOUR_US)
    text = policy_differences.report_text(
        collect_differences(result([], [row(0, 1)], [row(0, 1)]), plan=plan)
    )
    assert "Before 1970-01-01T01:00:00.000000Z trails may not be whole any more" in text
    assert "trails that are not kept any more" in text


def test_the_counts_for_programs_name_nobody() -> None:
    counts = policy_differences.totals(collect_differences(result([row(0, 2)], [row(0, 2)], [])))
    assert counts["persons_that_differ"] == 1
    [policy, *_] = counts["differences"]
    assert policy == {"cause": "policy", "of": "assessment", "new": 0, "gone": 1, "moved": 0}
    assert b"P-1" not in msgspec.json.encode(counts)
