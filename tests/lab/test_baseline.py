"""Each baseline against sequences worked out by hand: a circle of 100 m, one fix a minute."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mesure_lab.rules import baseline, baseline_filters, peers, readings
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.readings import Readings
from tests.lab.folders import openings_from_inside

RADIUS_M = 100.0
NEVER = math.inf


def fixes(
    beyond_m: Sequence[float],
    accuracy_m: Sequence[float] | float = 10.0,
    time_s: Sequence[float] | None = None,
    received_s: Sequence[float] | None = None,
    is_bound: Sequence[bool] | None = None,
) -> Readings:
    """One fix a minute so far beyond the edge, due east, heard at once."""
    count = len(beyond_m)
    times = np.array([60.0 * i for i in range(count)] if time_s is None else time_s)
    return Readings(
        time_s=times,
        received_s=times if received_s is None else np.array(received_s),
        east_m=np.array(beyond_m) + RADIUS_M,
        north_m=np.zeros(count),
        beyond_m=np.array(beyond_m),
        accuracy_m=np.full(count, accuracy_m)
        if isinstance(accuracy_m, float)
        else np.array(accuracy_m),
        is_bound=np.ones(count, dtype=np.bool_) if is_bound is None else np.array(is_bound),
        radius_m=RADIUS_M,
    )


def spans(openings: list[RuleOpening]) -> list[tuple[float, float]]:
    return [(opening.opened_s, opening.ended_s) for opening in openings]


# --- One fix decides -----------------------------------------------------------------------------


def test_traccar_opens_when_inside_turns_to_outside_and_never_for_who_was_outside() -> None:
    assert spans(baseline.traccar(fixes([-5, 1, 30, -1]), hold_s=0.0)) == [(60.0, 180.0)]
    assert baseline.traccar(fixes([1, 30, 40])) == []


def test_a_device_that_was_inside_before_has_that_stored() -> None:
    assert spans(baseline.traccar(fixes([1, 30]), hold_s=0.0, starts_inside=1.0)) == [(0, NEVER)]
    assert spans(baseline.owntracks_recorder(fixes([1, -3]), starts_inside=1.0)) == [(0, 60)]


def test_traccar_takes_the_edge_itself_as_inside() -> None:
    assert baseline.traccar(fixes([-5, 0, 0])) == []


def test_traccar_raises_nothing_when_the_exit_came_before_the_calendar_opened() -> None:
    bound = [False, False, True, True]
    assert baseline.traccar(fixes([-5, 20, 30, 30], is_bound=bound)) == []
    assert spans(baseline.point_state(fixes([-5, 20, 30, 30], is_bound=bound))) == [(120, NEVER)]


def test_traccar_ignores_a_fix_older_than_the_last_it_stored() -> None:
    late = fixes([-5, -5, 50, -5], time_s=[0, 60, 30, 120], received_s=[0, 60, 90, 120])
    assert baseline.traccar(late, hold_s=0.0) == []


def test_traccar_puts_fixes_received_within_three_seconds_in_order() -> None:
    swapped = fixes([-5, 50, -6], time_s=[0, 120, 60], received_s=[0, 121, 122])
    assert [o.since_s for o in baseline.traccar(swapped)] == [120.0]
    assert [o.opened_s for o in baseline.traccar(swapped)] == [124.0]


def test_traccar_drops_what_lies_a_day_ahead() -> None:
    ahead = fixes([-5, 50], time_s=[0, 90_000], received_s=[0, 60])
    assert baseline.traccar(ahead) == []


def test_traccar_tuned_drops_wide_circles_impossible_speeds_and_repeats() -> None:
    tuned = peers.BASELINES["traccar_tuned"].openings
    assert tuned(fixes([-5, 30], [10.0, 51.0])) == []
    assert len(tuned(fixes([-5, 30], [10.0, 50.0]))) == 1
    assert tuned(fixes([-5, 4000])) == []  # 66 m/s; a hundred knots are 51.
    assert tuned(fixes([-5, 30], time_s=[0, 0], received_s=[0, 1])) == []


def test_traccar_tuned_locks_itself_out_after_a_wild_first_fix() -> None:
    # Known as filter poisoning: the fixes that follow are all too fast from the wild one.
    tuned = peers.BASELINES["traccar_tuned"].openings
    assert tuned(fixes([90_000, -5, 30, -5])) == []
    assert len(baseline.traccar(fixes([90_000, -5, 30, -5]))) == 1


def test_point_state_is_outside_whenever_the_last_fix_is() -> None:
    assert spans(baseline.point_state(fixes([1, 30, -1, 2]))) == [(0, 120), (180, NEVER)]


def test_home_assistant_lets_the_accuracy_help_the_person() -> None:
    assert spans(baseline.home_assistant(fixes([9, 10, 11, 5]))) == [(60, 180)]
    assert baseline.home_assistant(fixes([9], [math.nan])) != []


def test_icloud3_drops_poor_fixes_and_allows_half_an_accuracy() -> None:
    openings = baseline.icloud3(fixes([-5, 500, 51, 50], [10.0, 101.0, 100.0, 100.0]))
    assert spans(openings) == [(120, 180)]


def test_owntracks_recorder_follows_receipt_and_old_fixes_flip_it() -> None:
    late = fixes([-5, -5, 50, -5], time_s=[0, 60, 30, 120], received_s=[0, 60, 90, 120])
    assert spans(baseline.owntracks_recorder(late)) == [(90, 120)]
    assert spans(baseline.owntracks_recorder(fixes([-5, 0, 1]))) == [(60, NEVER)]
    assert baseline.owntracks_recorder(fixes([50, 60])) == []


def test_android_overlap_says_nothing_between_its_two_shares() -> None:
    # A circle of 50 m: centred 30 m inside the edge 82 % of it is covered, on the edge 45 %,
    # 30 m outside 12 %.
    around = fixes([-60, -30, 0, 30, -30, -60], 50.0)
    shares = [baseline.overlap_ratio(100.0 + s, 100.0, 50.0) for s in (-60, -30, 0, 30)]
    assert shares == pytest.approx([1.0, 0.822, 0.446, 0.120], abs=0.001)
    drawn = shapely.Point(130.0, 0.0).buffer(50.0, quad_segs=500)
    assert drawn.intersection(
        shapely.Point(0.0, 0.0).buffer(100.0, quad_segs=500)
    ).area / drawn.area == pytest.approx(shares[3], abs=0.001)
    assert spans(baseline.android_overlap(around)) == [(180, 300)]
    assert spans(baseline.android_overlap(around, enter_ratio=0.75, exit_ratio=0.25)) == [
        (180, 240)
    ]


def test_android_dwell_waits_five_minutes() -> None:
    opened = peers.BASELINES["android_dwell"].openings(fixes([-50, *[90] * 8]))
    assert spans(opened) == [(360, NEVER)]
    assert peers.BASELINES["android_dwell"].openings(fixes([90, 90, -50, 90, 90, 90, 90])) == []


def test_ios_region_needs_twenty_metres_for_twenty_seconds() -> None:
    assert spans(baseline.ios_region(fixes([-5, 19, 21, 30]))) == [(140, NEVER)]
    quick = fixes([-5, 21, -1], time_s=[0, 60, 75])
    assert baseline.ios_region(quick) == []


def test_tracelet_has_a_ring_of_twenty_metres_beside_the_accuracy() -> None:
    assert spans(baseline.tracelet(fixes([-5, 30, 31, 5, 0]))) == [(120, 240)]
    wide = dataclasses.replace(fixes([-5, 60, 61]), radius_m=500.0)
    assert spans(baseline.tracelet(wide)) == [(120, NEVER)]


def test_customerio_comes_back_only_by_a_good_fix() -> None:
    openings = baseline.customerio(fixes([-5, 30, 31, -5, -5], [10.0, 10.0, 10.0, 50.0, 49.0]))
    assert spans(openings) == [(120, 240)]
    swept = baseline.customerio(fixes([-5, 50, 51]), accuracy_times=3.0)
    assert spans(swept) == [(120, NEVER)]


# --- The rules of the table on real traces -------------------------------------------------------


def test_outside_by_more_than_the_accuracy() -> None:
    assert spans(baseline.margin(fixes([10, 11, 10]))) == [(60, 120)]


def test_outside_by_two_accuracies_twice_in_a_row() -> None:
    rule = peers.BASELINES["two_accuracies_twice"].openings
    assert rule(fixes([21, 20, 21, -5])) == []
    assert spans(rule(fixes([21, 21, 21, 20]))) == [(60, 180)]


def test_outside_by_two_accuracies_three_times_in_a_row() -> None:
    rule = peers.BASELINES["two_accuracies_three_times"].openings
    assert rule(fixes([21, 21, 20, 21, 21])) == []
    assert spans(rule(fixes([21, 21, 21, 20]))) == [(120, 180)]


def test_wide_fixes_are_left_out_and_break_no_run() -> None:
    rule = peers.BASELINES["drop_wide"].openings
    assert spans(rule(fixes([5, -5, -5], [10.0, 101.0, 100.0]))) == [(0, 120)]
    twice = baseline.margin(fixes([50, -9, 50], [10.0, 101.0, 10.0]), 1.0, 0.0, 2.0, 100.0)
    assert spans(twice) == [(120, NEVER)]


# --- Several fixes decide ------------------------------------------------------------------------


def test_three_of_five() -> None:
    openings = baseline.n_of_m(fixes([1, -1, 1, -1, 1, -1, -1]))
    assert spans(openings) == [(240, 300)]
    assert baseline.n_of_m(fixes([1, -1, -1, 1, -1, -1, 1])) == []


def test_dwell_counts_from_the_first_fix_outside_and_one_inside_starts_it_anew() -> None:
    assert spans(baseline.dwell(fixes([-1, *[5] * 12]), 600.0)) == [(660, NEVER)]
    assert baseline.dwell(fixes([5] * 10 + [-1] + [5] * 10), 600.0) == []
    assert baseline.dwell(fixes([5] * 12), 600.0, accuracy_times=1.0) == []
    assert spans(baseline.dwell(fixes([15] * 12), 600.0, accuracy_times=1.0)) == [(600, NEVER)]


def test_cusum_adds_up_evidence_and_turns_back_the_same_way() -> None:
    # Far beyond the edge each fix counts 6, so ten needs two; and two inside turn it back.
    assert spans(baseline.cusum(fixes([-90, 90, 90, -90, -90]))) == [(120, 240)]
    assert baseline.cusum(fixes([0] * 100)) == []


def test_log_ratio_of_one_deviation() -> None:
    # Phi(1) = 0.8413, so the logarithm of 0.8413 / 0.1587 is 1.668.
    assert baseline_filters.log_ratio(15.1, 22.801) == pytest.approx(1.668, abs=1e-3)


def test_hmm_prior_needs_more_than_one_fix_at_one_deviation() -> None:
    # Prior odds are 0.03; each fix multiplies them by 5.3: two give 0.46, three 0.81, four 0.96.
    accuracy_m = 15.0 * 1.51
    openings = baseline.hmm(fixes([15] * 5, accuracy_m, time_s=[0, 0.001, 0.002, 0.003, 0.004]))
    assert [opening.since_s for opening in openings] == [0.003]
    # From home one fix far out makes it 0.19, the second 0.99, and one far in 0.19 again.
    assert spans(baseline.hmm(fixes([-90, 90, 90, -90]))) == [(120, 180)]
    assert baseline.hmm(fixes([])) == []


def test_kalman_smooths_away_one_outlier_and_follows_a_walk() -> None:
    still = fixes([-100, -100, -100, 300, -100, -100], [10.0, 10.0, 10.0, 900.0, 10.0, 10.0])
    assert baseline.kalman(still) == []
    walk = fixes([-100 + 78 * i for i in range(6)])
    [opening] = baseline.kalman(walk)
    assert 120 <= opening.opened_s <= 180


# --- All of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(peers.BASELINES))
def test_every_baseline_is_quiet_at_home_and_sees_a_real_departure(name: str) -> None:
    rule = peers.BASELINES[name]
    at_home = fixes([-80.0] * 200)
    away = fixes([-80.0] * 100 + [600.0] * 100)
    assert rule.openings(at_home) == []
    [opening] = rule.openings(away)
    assert opening.since_s >= 6000.0
    assert opening.opened_s <= 6000.0 + 1300.0
    assert opening.ended_s == NEVER


@pytest.mark.parametrize("name", sorted(peers.BASELINES))
def test_every_baseline_ends_when_the_person_is_back(name: str) -> None:
    there_and_back = fixes([-80.0] * 100 + [600.0] * 100 + [-80.0] * 100)
    [opening] = peers.BASELINES[name].openings(there_and_back)
    assert 12_000.0 <= opening.ended_s <= 13_300.0


@pytest.mark.parametrize("name", sorted(peers.BASELINES))
def test_every_sweep_changes_a_parameter_that_the_rule_has(name: str) -> None:
    rule = peers.BASELINES[name]
    assert rule.openings(fixes([])) == []
    if rule.sweep is not None:
        parameter, values = rule.sweep
        for value in values:
            rule.openings(fixes([-80.0, 600.0]), **{parameter: value})


@pytest.mark.parametrize("name", sorted(peers.BASELINES))
def test_no_baseline_waits_for_an_entry_when_it_is_known_to_start_inside(name: str) -> None:
    [opening] = openings_from_inside(name, fixes([600.0] * 100))
    assert opening.opened_s <= 1300.0


def test_every_baseline_of_the_list_is_there() -> None:
    ids = {rule.id for rule in peers.BASELINES.values()}
    assert ids >= {f"B{number}" for number in range(15)}


@given(
    st.lists(
        st.tuples(st.floats(-500, 500), st.floats(1, 300), st.booleans()), min_size=1, max_size=40
    )
)
def test_openings_are_in_order_and_never_overlap(rows: list[tuple[float, float, bool]]) -> None:
    given_fixes = fixes([r[0] for r in rows], [r[1] for r in rows], is_bound=[r[2] for r in rows])
    for rule in peers.BASELINES.values():
        openings = rule.openings(given_fixes)
        for earlier, later in itertools.pairwise(openings):
            assert earlier.ended_s <= later.opened_s
        for opening in openings:
            assert opening.since_s <= opening.opened_s <= opening.ended_s


def test_ingest_takes_out_repeats_late_stale_and_future_fixes() -> None:
    raw = fixes(
        [1, 2, 2, 3, 4, 5, 6],
        time_s=[0, 60, 60, 30, 120, 9_000, 180],
        received_s=[0, 61, 65, 90, 400_000, 200, 181],
    )
    result = readings.with_ingest(raw)
    assert list(result.beyond_m) == [1, 2, 6]
    assert list(result.received_s) == [3.0, 64.0, 184.0]


def test_around_circle_measures_from_the_edge() -> None:
    zero = np.array([0.0])
    around = readings.around_circle(zero, zero, np.array([30.0]), np.array([40.0]), zero, 20.0)
    assert list(around.beyond_m) == [30.0]
    assert around.is_bound.all()
