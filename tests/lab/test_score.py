"""Every figure of the scoring, worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mesure_lab.rules import score
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.score import Breach, Exposure, ScoredIncident, SweepPoint

NEVER = math.inf


def breach(start_s: float, end_s: float, kind: str = "walk", person: str = "p1") -> Breach:
    return Breach(person, "C1", start_s, end_s, kind)


def incident_at(opened_s: float, person: str = "p1", condition: str = "C1") -> ScoredIncident:
    return ScoredIncident(person, condition, opened_s)


# --- Matching ------------------------------------------------------------------------------------


def test_an_incident_matches_from_the_start_to_ten_minutes_after_the_end() -> None:
    truth = [breach(1000, 2000)]
    assert score.match(truth, [incident_at(1000)]).delays_s == (0.0,)
    assert score.match(truth, [incident_at(2600)]).delays_s == (1600.0,)
    assert score.match(truth, [incident_at(999)]).missed == 1
    assert score.match(truth, [incident_at(2601)]).false == (incident_at(2601),)


def test_the_first_matches_and_the_second_is_a_duplicate() -> None:
    matching = score.match([breach(0, 1000)], [incident_at(300), incident_at(200)])
    assert matching.delays_s == (200.0,)
    assert matching.duplicates == (incident_at(300),)
    assert matching.false == ()


def test_each_incident_takes_the_earliest_breach_still_free() -> None:
    # The windows overlap at 1,200: the first incident takes the first breach, the second the other.
    truth = [breach(1100, 3000), breach(0, 1000)]
    matching = score.match(truth, [incident_at(1200), incident_at(1300)])
    assert [b.start_s for b in matching.breaches] == [0, 1100]
    assert matching.delays_s == (1200.0, 200.0)


def test_another_person_or_condition_is_no_match() -> None:
    matching = score.match(
        [breach(0, 1000)], [incident_at(10, person="p2"), incident_at(20, condition="C2")]
    )
    assert len(matching.false) == 2
    assert matching.missed == len(matching.breaches)


def test_tolerance_widens_both_ends() -> None:
    truth = [breach(1000, 2000)]
    assert score.match(truth, [incident_at(700)], tolerance_s=300.0).delays_s == (0.0,)
    assert score.match(truth, [incident_at(2900)], tolerance_s=300.0).missed == 0
    assert score.match(truth, [incident_at(699)], tolerance_s=300.0).missed == 1


def test_false_ones_and_misses_leave_duplicates_aside() -> None:
    truth = [breach(0, 100), breach(5000, 6000)]
    matching = score.match(
        truth, [incident_at(50), incident_at(60), incident_at(3000), incident_at(4000)]
    )
    assert len(matching.duplicates) == 1
    assert len(matching.false) == 2
    assert (matching.missed, len(matching.breaches)) == (1, 2)
    nothing = score.match([], [])
    assert (nothing.false, nothing.missed) == ((), 0)


@given(st.permutations([incident_at(10.0 * i) for i in range(12)]))
def test_matching_does_not_depend_on_the_order_given(incidents: list[ScoredIncident]) -> None:
    truth = [breach(20, 40), breach(30, 90), breach(5000, 6000)]
    assert score.match(truth, incidents) == score.match(truth[::-1], sorted(incidents, key=str))


def test_reopening_within_a_quarter_of_an_hour_continues_the_incident() -> None:
    parts = [RuleOpening(0, 1, 100), RuleOpening(999, 1000, 1100), RuleOpening(2001, 2001, NEVER)]
    assert score.merge_openings(parts) == [RuleOpening(0, 1, 1100), RuleOpening(2001, 2001, NEVER)]
    assert len(score.merge_openings(parts, within_s=901.0)) == 1
    assert score.merge_openings([]) == []


# --- Departures ----------------------------------------------------------------------------------


def test_a_departure_counts_from_thirty_seconds_before_the_crossing() -> None:
    opened = [RuleOpening(0, 100, 200), RuleOpening(0, 969, 970), RuleOpening(0, 970, NEVER)]
    assert score.time_departure(opened, 1000.0, 2000.0) == score.Departed(0.0, 2)
    assert score.time_departure([RuleOpening(0, 1060, NEVER)], 1000.0, 2000.0).delay_s == 60.0
    assert score.time_departure([RuleOpening(0, 2001, NEVER)], 1000.0, 2000.0).delay_s == NEVER


def test_a_rule_that_fired_before_and_stays_open_misses_the_departure() -> None:
    assert score.time_departure([RuleOpening(0, 500, NEVER)], 1000.0, 2000.0) == score.Departed(
        NEVER, 1
    )


# --- Delays --------------------------------------------------------------------------------------


def test_delays_count_misses_as_infinite() -> None:
    ten = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, NEVER]
    assert score.delays(ten) == score.Delays(10, 1, 60.0, NEVER, NEVER)
    assert score.delays(ten[:9] * 2).p90_s == 90.0
    assert math.isnan(score.delays([]).median_s)


def test_survival_never_falls_below_the_share_that_was_missed() -> None:
    assert score.survival([30.0, 30.0, 90.0, NEVER]) == [(30.0, 0.5), (90.0, 0.25)]
    assert score.survival([NEVER]) == []


@given(st.lists(st.one_of(st.floats(0, 1e4), st.just(NEVER)), min_size=1, max_size=30))
def test_survival_falls_and_ends_at_the_share_of_misses(values_s: list[float]) -> None:
    shares = [left for _, left in score.survival(values_s)]
    assert shares == sorted(shares, reverse=True)
    missed = sum(math.isinf(v) for v in values_s) / len(values_s)
    assert (shares or [1.0])[-1] == pytest.approx(missed)


# --- False incidents -----------------------------------------------------------------------------


def test_the_rate_is_incidents_over_days_and_its_interval_is_drawn_by_person() -> None:
    persons = [Exposure(4, 1.0), *[Exposure(0, 1.0)] * 9]
    rate = score.false_rate(persons)
    assert (rate.count, rate.days, rate.per_day) == (4, 10.0, 0.4)
    # The person with four is drawn 0 to 4 times or so; nobody drawn gives 0, three times 1.2.
    assert rate.low == 0.0
    assert rate.high == pytest.approx(1.2)
    assert score.false_rate(persons) == rate
    assert score.false_rate([Exposure(1, 1.0)] * 5).low == 1.0


def test_where_nothing_happened_the_bound_is_three_over_the_days() -> None:
    rate = score.false_rate([Exposure(0, 10.0), Exposure(0, 15.0)])
    assert rate.high == pytest.approx(-math.log(0.05) / 25.0)
    assert rate.per_day == 0.0


@pytest.mark.parametrize("count", [0, 1, 3, 10, 40])
def test_the_poisson_bound_is_exact(count: int) -> None:
    chi_square = stats.chi2.ppf(0.95, 2 * (count + 1)) / 2.0
    assert score.poisson_upper(count, 2.0) == pytest.approx(chi_square / 2.0)


def test_the_worst_tenth_rounds_up() -> None:
    assert score.worst_tenth_share([3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]) == pytest.approx(5 / 6)


# --- Honesty -------------------------------------------------------------------------------------


def test_reliability_puts_each_chance_in_its_bin_and_one_in_the_last() -> None:
    bins = score.reliability(
        [0.1, 0.3, 0.9, 0.95, 1.0], [False, True, True, True, False], [0.0, 0.5, 0.9, 1.0]
    )
    assert [(b.low, b.high, b.count) for b in bins] == [(0.0, 0.5, 2), (0.9, 1.0, 3)]
    assert bins[0].p_mean == pytest.approx(0.2)
    assert bins[0].outside_ratio == pytest.approx(0.5)
    assert bins[1].outside_ratio == pytest.approx(2 / 3)


def test_brier_is_nought_for_the_sure_and_right() -> None:
    assert score.brier([1.0, 0.0], [True, False]) == 0.0
    assert score.brier([0.8, 0.4], [True, True]) == pytest.approx((0.04 + 0.36) / 2)


# --- Curves --------------------------------------------------------------------------------------


def test_curves_take_the_best_setting_that_fits() -> None:
    sweep = [SweepPoint(1, 3.0, 30.0), SweepPoint(2, 0.5, 60.0), SweepPoint(3, 0.1, 900.0)]
    assert score.delay_at_false(sweep, 0.5) == 60.0
    assert score.delay_at_false(sweep, 0.01) == NEVER
    assert score.false_at_delay(sweep, 60.0) == 0.5
    assert score.false_at_delay(sweep, 10.0) == NEVER
