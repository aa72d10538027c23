"""Masts beside something better: no evidence, no end of a step, and heard where they contradict."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.evidence import masts, sampling
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes, Provider
from tests.evaluation.scenes import (
    CURFEW,
    Fix,
    M,
    S,
    default_policy,
    filter_outputs,
    fix,
    fixes,
    order,
    rules,
    us,
)

POLICY = default_policy()
START_US = us("10T00:00")


def numbers(*track: Fix) -> list[int]:
    return [int(number) for number in np.flatnonzero(masts.are_informative(fixes(track), POLICY))]


def mast(when: str, east_m: float = 0.0, **fields: float) -> Fix:
    return fix(when, east_m, **{"radius95_m": 1_000.0, **fields})._replace(provider=Provider.CELL)


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


# --- Which are heard -------------------------------------------------------------------------


@pytest.mark.parametrize("provider", [Provider.GNSS, Provider.WIFI, Provider.UNKNOWN])
def test_masts_say_nothing_new_within_ten_minutes_of_something_better(provider: Provider) -> None:
    better = fix("10T12:00", 0, provider=provider)
    later = [mast("10T12:00"), mast("10T12:10"), mast("10T12:11")]
    assert numbers(better, *later) == [0, 3]


def test_masts_alone_are_heard() -> None:
    assert numbers(mast("10T12:00"), mast("10T12:01"), mast("10T12:02")) == [0, 1, 2]


def test_masts_before_something_better_are_heard() -> None:
    assert numbers(mast("10T12:00"), fix("10T12:01", 0), mast("10T12:02")) == [0, 1]


def test_masts_that_plainly_contradict_are_heard() -> None:
    better = fix("10T12:00", 0, radius95_m=20.0)
    explained_m = POLICY.outshone_circles_ratio * 1_020.0
    assert numbers(better, mast("10T12:01", explained_m - 2.0)) == [0]
    assert numbers(better, mast("10T12:01", explained_m + 2.0)) == [0, 1]


def test_a_circle_that_is_not_known_is_that_of_masts() -> None:
    better = fix("10T12:00", 0, radius95_m=20.0)
    assert numbers(better, mast("10T12:01", 4_000.0, radius95_m=float("nan"))) == [0]
    assert numbers(better, mast("10T12:01", 4_100.0, radius95_m=float("nan"))) == [0, 1]


def test_a_home_beacon_is_heard_whatever_says_where_it_was() -> None:
    assert numbers(fix("10T12:00", 0), mast("10T12:01", beacon=1)) == [0, 1]
    assert numbers(fix("10T12:00", 0), mast("10T12:01", beacon=0)) == [0]


def test_how_long_and_how_far_are_the_policy_s() -> None:
    track = fixes([fix("10T12:00", 0), mast("10T12:01", 900.0)])
    sooner = replace(POLICY, outshone_s_max=59.0)
    nearer = replace(POLICY, outshone_circles_ratio=0.5)
    assert all(masts.are_informative(track, policy).all() for policy in (sooner, nearer))


# --- What that changes -----------------------------------------------------------------------


def walk_delays_s(
    curfew: Rules, each: Sequence[tuple[int, float, Provider]], seed: int
) -> list[float]:
    """Return how long after a walk away, and back, each was told; NaN for what never was.

    By the minute, each of the fixes with its time after the full minute and its circle.
    """
    dice, track = Random(seed), []
    for minute in range(720):
        east_m = min(500.0, max(0.0, 80.0 * min(minute - 240, 487 - minute)))
        for after_s, radius95_m, provider in each:
            east, north = (dice.gauss(0.0, radius95_m / 4.9) for _ in range(2))
            at_us = START_US + minute * M + after_s * S
            track.append(Fix(at_us, at_us, east_m + east, north, radius95_m, provider=provider))
    output = filter_outputs(curfew, fixes(track))[0]
    seen_s = (output.observed_us - START_US) / S
    gone = seen_s[(output.decided == NOT_MET) & (seen_s > 240 * 60) & (seen_s < 480 * 60)]
    back = seen_s[(output.decided == MET) & (seen_s > 487 * 60)]
    assert not ((output.decided == NOT_MET) & (seen_s <= 240 * 60)).any()
    first_s = (part.min(initial=np.inf) for part in (gone, back))
    return [when_s - since * 60 for when_s, since in zip(first_s, (240, 487), strict=True)]


GOOD = (5, 16.0, Provider.GNSS)
NETWORK = (5, 105.0, Provider.WIFI)


@pytest.mark.parametrize("better", [GOOD, NETWORK])
@pytest.mark.parametrize("after_s", [0, 10, 35])
def test_masts_between_better_fixes_delay_nothing(
    curfew: Rules, better: tuple[int, float, Provider], after_s: int
) -> None:
    between = (after_s, 1_000.0, Provider.CELL)
    alone_s, both_s = (
        np.median([walk_delays_s(curfew, each, seed) for seed in range(9)], axis=0)
        for each in ([better], sorted([better, between]))
    )
    assert (np.abs(both_s - alone_s) <= 60.0).all(), (alone_s, both_s)


def test_a_phone_that_alternates_between_masts_and_networks_is_not_away(curfew: Rules) -> None:
    dice = Random(1)
    for every_s in (150, 300):
        track = []
        for number in range(4 * 3600 // every_s):
            is_mast = number % 2 == 0
            radius95_m = 1_000.0 if is_mast else 105.0
            east, north = (dice.gauss(0.0, radius95_m / (2.45 if is_mast else 4.9)) for _ in "xy")
            at_us = START_US + number * every_s * S
            provider = Provider.CELL if is_mast else Provider.WIFI
            track.append(Fix(at_us, at_us, east, north, radius95_m, provider=provider))
        assert NOT_MET not in filter_outputs(curfew, fixes(track))[0].decided.tolist()


def test_whoever_leaves_by_car_and_has_masts_alone_is_told_at_once(curfew: Rules) -> None:
    home = [fix(f"10T01:{minute:02}", 0) for minute in range(30)]
    drives = [mast(f"10T01:{30 + minute}", 600.0 * minute) for minute in range(1, 15)]
    output = filter_outputs(curfew, fixes(home, drives))[0]
    gone = np.flatnonzero(output.decided == NOT_MET)
    assert len(gone), "nothing was told"
    assert output.observed_us[gone[0]] <= us("10T01:38")


REPORTS = st.lists(
    st.tuples(
        st.sampled_from([1, 20, 60, 300]),
        st.sampled_from([0.0, 30.0, 200.0, 900.0, 2_500.0]),
        st.sampled_from([Provider.GNSS, Provider.WIFI, Provider.CELL]),
    ),
    min_size=1,
    max_size=25,
)


def draw_track(reports: Sequence[tuple[int, float, Provider]]) -> Fixes:
    at_us, track = START_US, []
    for since_s, east_m, provider in reports:
        at_us += since_s * S
        radius95_m = 1_000.0 if provider == Provider.CELL else 20.0
        track.append(Fix(at_us, at_us, east_m, radius95_m=radius95_m, provider=provider))
    return fixes(track)


@given(REPORTS)
def test_fixes_that_are_heard_move_as_if_there_were_no_others(
    reports: list[tuple[int, float, Provider]],
) -> None:
    whole = draw_track(reports)
    heard_rows = np.flatnonzero(masts.are_informative(whole, POLICY))
    pace, alone = sampling.measure(whole, POLICY), sampling.measure(whole.rows(heard_rows), POLICY)
    for name in ("fast_once", "fast", "moving", "came", "on_path", "step_m", "looked_at"):
        assert np.array_equal(getattr(pace, name)[heard_rows], getattr(alone, name)), name
    others = np.setdiff1d(np.arange(len(whole)), heard_rows)
    assert not pace.weight_ratio[others].any()
    assert not pace.step_m[others].any()
    assert np.array_equal(pace.heard_up_to[heard_rows], heard_rows)
    assert (pace.heard_up_to[others] < others).all()


@given(REPORTS, st.integers(0, 24), st.integers(1, 3))
def test_what_is_heard_at_an_end_is_heard_from_where_it_says(
    reports: list[tuple[int, float, Provider]], number: int, count: int
) -> None:
    whole = draw_track(reports)
    number = min(number, len(whole))
    first = masts.first_behind(whole, number, count, POLICY)
    before = np.flatnonzero(masts.are_informative(whole.rows(slice(0, number)), POLICY))
    again = first + np.flatnonzero(masts.are_informative(whole.rows(slice(first, number)), POLICY))
    assert again[-count:].tolist() == before[-count:].tolist()
    assert first <= max(0, number - count)
