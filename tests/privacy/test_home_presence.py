"""Inside the home "present" is left, and whatever is judged of it stays the same to the byte."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation import pipeline
from mesure.evaluation.judgement import memory_us
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import MOVES, NOT_KNOWN, POSITION, SINCE_FIX, Fixes
from mesure.instants import US_PER_DAY
from mesure.orders.values.places import Corridor
from mesure.privacy.retention import home_presence
from tests.evaluation import lives, scenes
from tests.evaluation.lives import ReceivedHours
from tests.evaluation.scenes import CURFEW, RESIDENCE, Fix, H, M, S

RULES = scenes.rules(scenes.order(CURFEW, RESIDENCE))
BUFFER_US = home_presence.buffer_us(RULES.policy)
NEAR_US = home_presence.near_us(RULES.policy)
EVER = (0, 2**60)


def at_home(start: str, minutes: int, east_m: float = 20.0, **more: Any) -> list[Fix]:
    first_us = scenes.us(start)
    fixes = [Fix(first_us + n * 5 * M, first_us + n * 5 * M, east_m) for n in range(minutes // 5)]
    return [one._replace(**more) for one in fixes]


def present(fixes: Fixes) -> list[bool]:
    at_point = (fixes.lat_deg == scenes.HOME_LAT_DEG) & (fixes.lon_deg == scenes.HOME_LON_DEG)
    return list(at_point & np.isnan(fixes.speed_mps) & (fixes.motion == NOT_KNOWN))


def test_a_quiet_night_becomes_presence_and_its_hours() -> None:
    fixes = scenes.fixes(at_home("10T20:00", 720, motion=1, speed_mps=0.4))
    reduction = home_presence.reduce([RULES], fixes, EVER, scenes.us("17T00:00"))
    assert present(reduction.fixes) == [True] * 144
    assert reduction.is_new.all()
    assert reduction.kept == 0
    assert (reduction.fixes.observed_us == fixes.observed_us).all()


def test_what_is_reduced_already_is_not_new() -> None:
    fixes = scenes.fixes(at_home("10T20:00", 120))
    once = home_presence.reduce([RULES], fixes, EVER, scenes.us("17T00:00"))
    again = home_presence.reduce([RULES], once.fixes, EVER, scenes.us("17T00:00"))
    assert not again.is_new.any()
    assert again.kept == 0


def term_m(east_m: float, radius95_m: float) -> float:
    """Return the radius that is left of one fix, taken before a long and sure night."""
    at_us = scenes.us("10T22:00")
    fix = Fix(at_us, at_us, east_m, radius95_m=radius95_m)
    fixes = scenes.fixes([fix], at_home("10T22:30", 720, 0.0))
    reduction = home_presence.reduce([RULES], fixes, (0, at_us + 1), scenes.us("17T00:00"))
    assert reduction.is_new.sum() == 1
    return float(reduction.fixes.radius95_m[0])


def test_depth_and_radius_become_one_number_that_says_as_much() -> None:
    """Half as deep with half the radius says the same."""
    assert term_m(30.0, 30.0) == pytest.approx(60.0, abs=0.02)
    assert term_m(1.0, 60.0) == pytest.approx(61.0, abs=0.1)


def test_a_phone_claims_less_than_the_circle_in_which_it_surely_is() -> None:
    at_us = scenes.us("10T22:00")
    fixes = scenes.fixes([Fix(at_us, at_us, 30.0)], at_home("10T22:30", 720, 10.0))
    ratio = np.full(len(fixes), 1.62)
    reduced_fixes = home_presence.reduce(
        [RULES], fixes, EVER, scenes.us("17T00:00"), (), ratio
    ).fixes
    claims = reduced_fixes.radius95_m / 1.62 * 100.0
    assert claims == pytest.approx(np.rint(claims), abs=1e-6)


def test_what_is_judged_by_two_orders_must_stay_the_same_by_both() -> None:
    other = scenes.rules(scenes.order(CURFEW.replace("home", "office"), name="A-2"))
    fixes = scenes.fixes(at_home("10T20:00", 300), at_home("11T02:00", 300, 2_010.0))
    reduction = home_presence.reduce([RULES, other], fixes, EVER, scenes.us("17T00:00"))
    assert not reduction.is_new.any()  # At one home it is away from the other; that is evidence.
    assert reduction.kept == 120
    assert home_presence.inside([*RULES.versions, *other.versions], fixes).all()
    assert home_presence.inside(RULES.versions, fixes).sum() == 60
    late = scenes.rules(scenes.order(RESIDENCE, name="A-3"))
    both = home_presence.reduce([RULES, late], fixes, EVER, scenes.us("17T00:00"))
    assert both.is_new.sum() == 60


def test_what_is_sure_enough_says_no_more_than_that() -> None:
    """Beyond what a fix may say, nobody learns from the radius how deep it lay."""
    assert len({term_m(10.0, 5.0), term_m(1.0, 10.0), term_m(20.0, 11.0)}) == 1


def test_outside_the_span_a_hold_and_the_home_nothing_changes() -> None:
    stay = at_home("10T20:00", 240)
    fixes = scenes.fixes([*stay, *at_home("11T08:00", 60, 2_000.0)])
    span = (scenes.us("10T21:00"), scenes.us("11T09:00"))
    holds = [(scenes.us("10T22:00"), scenes.us("10T23:00"))]
    reduction = home_presence.reduce([RULES], fixes, span, scenes.us("17T00:00"), holds)
    hours = {
        scenes.format_instant(int(us))[3:5] for us in reduction.fixes.observed_us[reduction.is_new]
    }
    assert hours == {"21", "23"}


def test_fixes_of_one_moment_stay_two() -> None:
    at_us = scenes.us("10T22:00")
    fixes = scenes.fixes([Fix(at_us, at_us, 5.0), Fix(at_us, at_us, 25.0)])
    assert not home_presence.reduce([RULES], fixes, EVER, scenes.us("17T00:00")).is_new.any()


def test_a_home_is_where_a_curfew_binds_while_it_does() -> None:
    assert home_presence.homes(scenes.rules(scenes.order(RESIDENCE)).versions) == ()
    [home] = home_presence.homes(RULES.versions)
    assert (home.lat_deg, home.lon_deg) == (scenes.HOME_LAT_DEG, scenes.HOME_LON_DEG)
    before = scenes.fixes(at_home("10T20:00", 60)).rows(slice(0, 5))
    early = replace(before, observed_us=before.observed_us - 20 * 24 * H)
    assert not home_presence.reduce([RULES], early, EVER, scenes.us("17T00:00")).is_new.any()


SHAPE = "home: {{polygon: [{}]}}"


def test_a_home_that_is_drawn_as_an_outline_has_a_point_in_it() -> None:
    lat, lon = scenes.HOME_LAT_DEG, scenes.HOME_LON_DEG
    corners = ((lat - d, lon + e) for d, e in ((5e-4, -8e-4), (5e-4, 8e-4), (-5e-4, 8e-4)))
    text = scenes.order(CURFEW, RESIDENCE)
    circle = next(line for line in text.splitlines() if line.strip().startswith("home:"))
    outline = ", ".join(f"[{a}, {b}]" for a, b in (*corners, (lat + 5e-4, lon - 8e-4)))
    drawn = scenes.rules(text.replace(circle, f"  home: {{polygon: [{outline}]}}"))
    fixes = scenes.fixes(at_home("10T20:00", 720, 10.0))
    reduction = home_presence.reduce([drawn], fixes, EVER, scenes.us("17T00:00"))
    assert reduction.is_new.all()
    assert len({*reduction.fixes.lat_deg.tolist()}) == 1


def test_nothing_is_nothing() -> None:
    reduction = home_presence.reduce([RULES], fixes_.none(), EVER, scenes.us("17T00:00"))
    assert len(reduction.fixes) == 0


# --- Nothing that is judged changes --------------------------------------------------------------


def shift(fixes: Iterable[Fix], shift_us: int) -> list[Fix]:
    """Return the same fixes and signs of life, some days later."""
    return [
        fix._replace(
            observed_us=fix.observed_us + shift_us,
            received_us=fix.received_us + shift_us,
            rest_us=fix.rest_us
            if fix.rest_us in (POSITION, SINCE_FIX, MOVES)
            else fix.rest_us + shift_us,
        )
        for fix in fixes
    ]


@st.composite
def pasts(draw: st.DrawFn) -> tuple[ReceivedHours, tuple[Fix, ...], tuple[Fix, ...]]:
    """Draw a past, the quiet days after it, and what happens then, some of it told late."""
    past = draw(lives.lives(("plain",)))
    first_us = lives.night_start_us("plain") + 3 * 24 * H
    end_us = first_us + BUFFER_US
    quiet = tuple(
        Fix(at_us, at_us, 15.0, radius95_m=20.0) for at_us in range(first_us, end_us, 25 * M)
    )
    later = draw(lives.lives(("plain",)))
    shift_us = end_us - lives.night_start_us("plain") + 2 * M
    ago_us = draw(st.sampled_from([2 * H, 24 * H, 47 * H]))
    late = tuple(
        fix._replace(received_us=fix.observed_us + ago_us, observed_us=fix.observed_us - S)
        for fix in quiet[-draw(st.integers(1, 40)) :]
        if draw(st.booleans())
    )
    away = tuple(one._replace(east_m=900.0) for one in late if draw(st.booleans()))
    return past, quiet, (*shift(later.told, shift_us), *away)


@pytest.mark.compiled
@settings(max_examples=20, deadline=None)
@given(pasts())
def test_whatever_comes_later_is_judged_as_if_nothing_had_been_reduced(
    drawn: tuple[ReceivedHours, tuple[Fix, ...], tuple[Fix, ...]],
) -> None:
    past, quiet, later = drawn
    versions = past.rules.versions
    now_us = max(one.observed_us for one in quiet)
    rules = scenes.rules_of(versions, now_us + 5 * 24 * H)
    known = scenes.fixes([*past.told, *quiet])
    reduced = home_presence.reduce([rules], known, (0, now_us - BUFFER_US), now_us)
    for until_us in (now_us, now_us + 3 * 24 * H):
        more = scenes.fixes([one for one in later if one.received_us < until_us])
        outcomes = []
        for fixes in (known, reduced.fixes):
            statement = pipeline.replay(rules, fixes_.merge(fixes, more), until_us)
            outcomes.append(
                (
                    statement.assessments,
                    statement.superseded,
                    statement.episodes,
                    statement.history.withdrawn,
                )
            )
        assert outcomes[0] == outcomes[1]


@pytest.mark.compiled
@settings(max_examples=20, deadline=None)
@given(lives.lives(("plain",)), lives.lives(("plain",)), st.booleans())
def test_what_is_far_from_the_span_need_not_be_there(
    before: ReceivedHours, life: ReceivedHours, is_quiet: bool
) -> None:
    first_us = lives.night_start_us("plain")
    start_us = first_us + 3 * 24 * H + BUFFER_US
    end_us = start_us + 3 * 24 * H
    now_us = end_us + BUFFER_US + 2 * 24 * H
    spans_us = [(first_us + 3 * 24 * H, start_us), (end_us, now_us)]
    quiet = [
        Fix(at_us, at_us, 15.0, radius95_m=20.0, motion=0)
        for span_us in spans_us[not is_quiet :]
        for at_us in range(*span_us, 25 * M)
    ]
    whole = scenes.fixes([*before.told, *shift(life.told, start_us - first_us), *quiet])
    rules = scenes.rules_of(life.rules.versions, now_us)
    is_near = whole.observed_us >= start_us - NEAR_US
    is_near &= whole.observed_us < end_us + NEAR_US
    span_us = start_us, end_us
    near = home_presence.reduce([rules], whole.rows(is_near), span_us, now_us)
    reduced = fixes_.merge(whole.rows(~is_near), near.fixes)
    outcomes = [pipeline.replay(rules, fixes, now_us) for fixes in (whole, reduced)]
    assert outcomes[0].assessments == outcomes[1].assessments
    assert outcomes[0].superseded == outcomes[1].superseded
    assert outcomes[0].episodes == outcomes[1].episodes
    assert outcomes[0].history.withdrawn == outcomes[1].history.withdrawn


@settings(max_examples=30, deadline=None)
@given(lives.lives())
def test_what_a_fix_says_for_presence_is_what_it_said(life: ReceivedHours) -> None:
    """Whatever is reduced was inside, and nothing else of the record changes."""
    fixes = life.fixes
    reduction = home_presence.reduce([life.rules], fixes, EVER, life.until_us + BUFFER_US)
    same = ~reduction.is_new
    for name in Fixes.__slots__:
        before, after = getattr(fixes, name)[same], getattr(reduction.fixes, name)[same]
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    assert (reduction.fixes.observed_us == fixes.observed_us).all()
    assert (reduction.fixes.beacon == fixes.beacon).all()


def test_the_buffer_reaches_beyond_whatever_may_still_come() -> None:
    assert 2 * US_PER_DAY + US_PER_DAY + memory_us(RULES.policy) == BUFFER_US


def test_the_steps_by_which_somebody_left_stay() -> None:
    """A way out of the home is evidence; what shows it is not let go."""
    journey = [
        *at_home("10T12:00", 600, 10.0),
        *scenes.walk("10T22:00", 10.0, 400.0, mps=0.7, every_s=20, radius95_m=5.0),
        *scenes.stay("10T22:20", "11T01:00", 400.0, radius95_m=5.0),
        *at_home("11T01:00", 1_200, 10.0),
    ]
    fixes, until_us = scenes.fixes(journey), scenes.us("17T00:00")
    reduction = home_presence.reduce([RULES], fixes, EVER, until_us)
    kept_us = fixes.observed_us[~reduction.is_new]
    assert reduction.kept > 0
    assert scenes.us("10T22:01") in kept_us
    assert scenes.us("10T20:00") not in kept_us
    for at_us in (scenes.us("10T23:00"), until_us):
        statements = [scenes.look_us(RULES, one, at_us) for one in (fixes, reduction.fixes)]
        assert statements[0].assessments == statements[1].assessments
        assert statements[0].episodes == statements[1].episodes
    assert statements[0].episodes


def test_what_the_judge_still_stands_on_stays() -> None:
    """Where the record ends in doubt, the next fix counts by what was said before it."""
    fixes = scenes.fixes([Fix(scenes.us("10T22:00"), scenes.us("10T22:00"), 30.0, radius95_m=30.0)])
    reduction = home_presence.reduce([RULES], fixes, EVER, scenes.us("17T00:00"))
    assert not reduction.is_new.any()
    assert reduction.kept == 1


def test_a_way_is_no_home() -> None:
    [version] = RULES.versions
    home = version.places["home"]
    way = replace(home, shapes=(Corridor(((43.25, 76.95), (43.26, 76.95)), 50.0),))
    assert home_presence.homes([replace(version, places={**version.places, "home": way})]) == ()
