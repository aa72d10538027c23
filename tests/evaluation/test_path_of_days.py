"""What holds of ways and jumps on every day about the edge of a home."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesure.evaluation.evidence import likelihoods, path, sampling
from mesure.evaluation.evidence.likelihoods import BoundaryEvidence
from mesure.evaluation.filter.status_intervals import FilterOutput
from mesure.evaluation.filter.two_state_filter import NOT_MET, SUPPORTED
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes, Provider
from tests.evaluation import scenes
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    Fix,
    H,
    M,
    S,
    default_policy,
    fixes,
    order,
    rules,
    stay,
    us,
)

POLICY = default_policy()
WEEKS_US = 14 * 24 * H


@st.composite
def days(draw: st.DrawFn) -> list[Fix]:
    """Draw days about the edge of a home: at home, out by steps or all at once, and back."""
    at_us, east_m = us("10T21:00"), 0.0
    track = []
    for _ in range(draw(st.integers(1, 50))):
        at_us += draw(st.sampled_from([1, 10, 60, 60, 60, 280, 320, 900, 4000])) * S
        onwards_m = east_m + draw(st.sampled_from([90.0, 90.0, 200.0, -90.0]))
        east_m = draw(st.sampled_from([0.0, 0.0, 65.0, 400.0, onwards_m, onwards_m]))
        fields: dict[str, Any] = {
            "radius95_m": draw(st.sampled_from([5.0, 15.0, 15.0, 60.0])),
            "speed_mps": draw(st.sampled_from([np.nan, np.nan, 0.9, 1.5])),
            "motion": draw(st.sampled_from([-1, -1, 0, 1])),
            "beacon": draw(st.sampled_from([-1, -1, -1, 0, 1])),
        }
        track.append(Fix(at_us, at_us, east_m)._replace(**fields))
    return track


READY = rules(order(CURFEW))
MANY = rules(order(CURFEW, RESIDENCE, EXCLUSION))


def listen(ready: Rules, columns: Fixes) -> tuple[FilterOutput, ...]:
    return scenes.filter_outputs(ready, columns)


@settings(max_examples=25)
@given(days(), st.integers(3, 20))
def test_what_is_said_does_not_depend_on_the_blocks(track: list[Fix], block: int) -> None:
    columns = fixes(track)
    whole = listen(MANY, columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likelihoods, "BLOCK_FIXES", block)
        cut = listen(MANY, columns)
    for output, other in zip(whole, cut, strict=True):
        for name in FilterOutput._fields:
            assert np.array_equal(getattr(output, name), getattr(other, name)), name


def hear(columns: Fixes, ready: Rules = READY) -> BoundaryEvidence:
    block = likelihoods.block_of(ready, columns, slice(0, len(columns)))
    pace = sampling.measure(columns, POLICY)
    return likelihoods.boundary_evidence(
        ready, ready.boundaries[0], columns, pace, block, path.start(POLICY)
    )


def a_day_ago(*east_m: float) -> list[Fix]:
    """Return fixes a day before the days that are drawn."""
    start_us = us("09T21:00")
    return [Fix(start_us + n * M, start_us + n * M, m) for n, m in enumerate(east_m)]


JUMPED = a_day_ago(0, 900, 0)
FORGOTTEN_US = JUMPED[-1].observed_us + round(POLICY.jump_memory_s * S)
LONG_AFTER = [
    Fix(FORGOTTEN_US + n * M, FORGOTTEN_US + n * M, east_m)
    for n, east_m in ((-1, 0.0), (0, 90.0), (1, 180.0))
]


@given(days())
@example(LONG_AFTER)  # The path is there when the memory ends.
def test_who_jumped_lately_is_never_believed_by_the_way(track: list[Fix]) -> None:
    columns = fixes(JUMPED, track)
    assert (columns.observed_us[hear(columns).way] > FORGOTTEN_US).all()


def test_what_is_forgotten_is_believed_again() -> None:
    assert hear(fixes(JUMPED, LONG_AFTER)).way.tolist() == [5]


@given(days())
def test_a_fix_whose_way_was_seen_is_clear_on_its_way_and_its_own_second_look(
    track: list[Fix],
) -> None:
    columns = fixes(track)
    pace, evidence = sampling.measure(columns, POLICY), hear(columns)
    way = evidence.way
    assert (evidence.told_llr[way] >= POLICY.way_clear_llr).all()
    assert (evidence.llr[way] >= evidence.told_llr[way] + POLICY.way_llr).all()
    assert (evidence.look_ratio[way] == SUPPORTED).all()
    # None stands alone: a speed said twice, a path, or another fix within five minutes before.
    before = evidence.before.near[way]
    shows = np.isin(way, np.flatnonzero(pace.on_path | pace.fast))
    shows |= columns.observed_us[way] - path.when_us(columns, before) <= POLICY.path_s_max * S
    begins = np.maximum(before + 1, pace.begun[way])
    shows |= (begins < way) & (columns.observed_us[way] - columns.observed_us[begins] <= 300 * S)
    assert shows.all()
    assert (columns.beacon[way] != 1).all()
    assert (pace.fast[way] | (columns.motion[way] != 0)).all()
    for number in way.tolist():
        assert pace.fast[number] or 1 not in columns.beacon[max(number - 2, 0) : number]


@given(days())
def test_a_jump_never_makes_a_decision_sooner(track: list[Fix]) -> None:
    def first(before: list[Fix]) -> int:
        [output] = listen(READY, fixes(before, track))
        drawn = output.decided[len(before) :]
        return int(np.append(np.flatnonzero(drawn == NOT_MET), len(drawn))[0])

    assert first(a_day_ago(0, 0, 0)) <= first(JUMPED)


@given(days(), st.lists(st.sampled_from([0.0, 0.0, 65.0, 900.0]), max_size=40))
def test_what_was_long_ago_does_not_matter(track: list[Fix], past_m: list[float]) -> None:
    """Beyond the memory of jumps; the silence since then lets nothing else survive either.

    But for where the device last was: a step from there counts, however long it took.
    """
    last_us = track[0].observed_us - WEEKS_US - 1
    places_m = [track[0].east_m, *past_m]
    past = [
        Fix(last_us - n * 5 * M, last_us - n * 5 * M, east_m) for n, east_m in enumerate(places_m)
    ]
    [with_past] = listen(READY, fixes(past, track))
    [without] = listen(READY, fixes(track))
    count = len(past)
    assert np.array_equal(with_past.decided[count:], without.decided)
    assert np.array_equal(with_past.odds[count:], without.odds)
    away = np.flatnonzero(without.decided == NOT_MET)
    assert np.array_equal(with_past.changes.at(away + count), without.changes.at(away))


@given(
    every_s=st.sampled_from([10, 60, 300, 1200]),
    after_s=st.sampled_from([10, 60, 300, 1200, 3600]),
    far_m=st.sampled_from([150.0, 400.0, 2_000.0, 20_000.0]),
    wide_m=st.sampled_from([10.0, 40.0, 65.0, 105.0, 500.0, np.nan]),
    lone_m=st.sampled_from([5.0, 20.0, 65.0, np.nan]),
    motion=st.sampled_from([-1, 0, 1]),
)
def test_one_lone_fix_among_others_at_home_decides_nothing(
    every_s: int, after_s: int, far_m: float, wide_m: float, lone_m: float, motion: int
) -> None:
    """However wide the circles are under which the device lay still, and however sparse."""
    home: dict[str, Any] = {"radius95_m": wide_m, "motion": motion}
    before = stay("10T20:00", "10T23:00", every_s=every_s, **home)
    lone_us = before[-1].observed_us + after_s * S
    lone = Fix(lone_us, lone_us, far_m, radius95_m=lone_m, motion=motion)
    back = [
        fix._replace(observed_us=fix.observed_us + lone_us, received_us=fix.received_us + lone_us)
        for fix in (Fix(n * every_s * S, n * every_s * S, 0.0)._replace(**home) for n in (1, 2, 3))
    ]
    assert NOT_MET not in listen(READY, fixes(before, [lone], back))[0].decided


# --- What once opened an incident, and was none ----------------------------------------------


def opens(*parts: list[Fix], ready: Rules = READY) -> bool:
    """Say whether the first condition of some rules is ever found not met."""
    return NOT_MET in listen(ready, fixes(*parts))[0].decided


NIGHT = stay("10T20:00", "10T23:00")
LATE_US = us("10T23:00")


def late(after_s: float, east_m: float, **fields: Any) -> Fix:
    """Return a fix so long after the night at home."""
    at_us = LATE_US + round(after_s * S)
    return Fix(at_us, at_us, east_m)._replace(**fields)


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize("radius95_m", [5.0, 50.0, 100.0, 2_000.0, np.nan])
def test_the_only_fix_of_a_record_opens_nothing(provider: Provider, radius95_m: float) -> None:
    """A position from masts with a speed once did."""
    for far_m in (200.0, 5_000.0):
        lone = [late(0, far_m, provider=provider, radius95_m=radius95_m, speed_mps=9.0)]
        assert not opens(lone)
        assert not len(hear(fixes(lone)).way)


@pytest.mark.parametrize("after_s", [1, 10, 60, 150, 300, 301, 600])
@pytest.mark.parametrize("east_m", [79.0, 200.0, 901.0])
@pytest.mark.parametrize("speed_mps", [1.0, 9.0])
def test_a_resting_phone_that_says_a_speed_once_and_then_jumps_opens_only_what_agrees_with_it(
    after_s: int, east_m: float, speed_mps: float
) -> None:
    """20 m beyond the boundary, and wherever else: unless the step is what the speed says.

    And unless it is said at the end of the step: what was said before led nowhere yet.
    """
    step_mps = east_m / after_s
    agree = max(step_mps, speed_mps) <= 3.0 * min(step_mps, speed_mps)
    agree &= step_mps <= 8.0 and after_s <= 300
    once, out = late(0, 0, speed_mps=speed_mps), late(after_s, east_m)
    assert not opens(NIGHT, [once, out])
    says = late(after_s, east_m, speed_mps=speed_mps)
    assert opens(NIGHT, [late(0, 0), says]) == agree
    back = [late(after_s + 60, 0), late(after_s + 120, 0)]
    assert opens(NIGHT, [late(0, 0), says, *back]) == agree
    # A motion flag denies it, and so does the radio at home.
    assert not opens(NIGHT, [late(0, 0), says._replace(motion=0)])
    assert not opens(NIGHT, [late(0, 0, beacon=1), says])


@pytest.mark.parametrize("after_s", [1, 10, 60, 150, 600])
def test_a_speed_said_twice_is_enough_but_not_in_one_breath(after_s: int) -> None:
    hurried = [late(0, 0, speed_mps=1.0), late(after_s, 80.0, speed_mps=1.0)]
    assert opens(NIGHT, hurried) == (after_s > 41)


def test_two_wild_fixes_open_nothing_unless_they_lie_apart() -> None:
    """The same wrong place twice is one error; two places a minute apart are none."""
    first = late(0, 200.0)
    assert not opens(NIGHT, [first, late(60, 200.0)])
    assert not opens(NIGHT, [first, late(60, 229.0)])
    assert opens(NIGHT, [first, late(60, 231.0)])
    assert not opens(NIGHT, [first, late(60, 231.0, motion=0)])
    assert not opens(NIGHT, [first._replace(motion=0), late(60, 231.0)])
    assert not opens(JUMPED, NIGHT, [first, late(60, 231.0)])
    # Nobody in a street is faster than 8 m/s.
    near = late(0, 100.0)
    assert opens(NIGHT, [near, late(60, 520.0)])
    assert not opens(NIGHT, [near, late(60, 590.0)])


@pytest.mark.parametrize(
    "wrong",
    [
        [late(0, 400.0), late(60, 200.0), late(120, 0.0)],
        [late(0, 140.0), late(10, 100.0), late(20, 0.0)],
        [late(0, 200.0), late(60, -200.0), late(120, 0.0)],
        [late(0, 200.0), late(60, 0.0, north_m=200.0), late(120, 0.0)],
        [late(13_800, 400.0), late(13_830, 330.0), late(13_860, 0.0)],
    ],
    ids=["slides back", "soon", "left and right", "aside", "wakes wrongly"],
)
def test_wrong_places_that_do_not_lead_on_open_nothing(wrong: list[Fix]) -> None:
    """Why: what slides back to where the device was shows no way out, however far apart."""
    assert not opens(NIGHT, wrong)


def test_a_speed_that_was_not_measured_by_itself_shows_no_step() -> None:
    """What a network calls a speed is the step between two of its places."""
    for provider in (Provider.WIFI, Provider.UNKNOWN, Provider.CELL):
        lone = late(60, 150.0, speed_mps=2.5, radius95_m=40.0, provider=provider)
        assert not opens(NIGHT, [late(0, 0), lone])
        here = late(0, 0, speed_mps=2.5, provider=provider)
        assert not opens(NIGHT, [here, late(60, 150.0)])
    assert opens(NIGHT, [late(0, 0), late(60, 150.0, speed_mps=2.5)])
    # Who lies still has no speed, whatever is said of it.
    assert not opens(NIGHT, [late(0, 0, speed_mps=2.5, motion=0), late(60, 150.0)])


def test_no_step_begins_at_a_mast() -> None:
    mast = late(150, 700.0, radius95_m=1_500.0, provider=Provider.CELL)
    assert not opens(NIGHT, [mast, late(270, 120.0, speed_mps=4.0), late(330, 0)])


def test_a_home_beacon_heard_since_the_step_began_denies_it() -> None:
    here = late(0, 0, beacon=1)
    gone = [late(10.0 * n, 80.0, beacon=0, speed_mps=4.0) for n in (1, 2, 3)]
    assert not opens(NIGHT, [here, *gone])
    assert opens(NIGHT, [here._replace(beacon=0), *gone])


def test_what_lies_before_a_long_silence_is_not_apart_from_what_comes_after_it() -> None:
    before = [late(0, 200.0), late(60, 200.0)]
    hours_s = 4 * 3600.0 + 61.0
    assert not len(hear(fixes(NIGHT, before, [late(hours_s, 400.0)])).way)
    there = [late(hours_s, 400.0), late(hours_s + 60.0, 431.0)]
    assert hear(fixes(NIGHT, before, there)).way.tolist() == [len(NIGHT) + 3]
    # Without a silence it counts from the first fix beyond, for five minutes.
    stays = [late(60.0 * n, 200.0) for n in range(7)]
    assert not len(hear(fixes(NIGHT, stays, [late(421.0, 231.0)])).way)


EDGE = rules(order(RESIDENCE))


@pytest.mark.parametrize(("every_s", "mps"), [(45, 14.0), (60, 9.0), (120, 14.0), (300, 9.0)])
@pytest.mark.parametrize("wild_m", [3_100.0, 3_250.0, 5_000.0])
def test_who_drives_along_inside_a_district_opens_nothing_by_one_wild_fix(
    every_s: int, mps: float, wild_m: float
) -> None:
    """50 m inside its edge, all the way: a way is seen there all day, and shows no way out."""
    count, wild = 40, 25
    track = []
    for n in range(count):
        turn = n * every_s * mps / 2_950.0
        away_m = wild_m if n == wild else 2_950.0
        east_m, north_m = away_m * math.cos(turn), away_m * math.sin(turn)
        track.append(late(n * every_s, east_m, north_m=north_m, speed_mps=mps, motion=1))
    columns = fixes(track)
    assert sampling.measure(columns, POLICY).fast[1:].all()
    assert hear(columns, EDGE).told_llr[wild] > POLICY.way_clear_llr
    assert not opens(track, ready=EDGE)
    assert opens(track, ready=with_ways_seen(EDGE))  # As it did when ways were seen there.


def with_ways_seen(ready: Rules) -> Rules:
    """Return the same rules, ways being seen at each boundary."""
    seeing = tuple(one._replace(sees_ways=True) for one in ready.boundaries)
    return replace(ready, boundaries=seeing)


@pytest.mark.parametrize("from_m", [0.0, 50.0, 55.0, 65.0, 100.0])
def test_two_fixes_of_the_same_instant_far_apart_open_nothing(from_m: float) -> None:
    """A phone that gives the places of a network and of satellites at once is in one of them."""
    for providers in ((Provider.GNSS, Provider.GNSS), (Provider.WIFI, Provider.GNSS)):
        pair = [
            late(0, east_m, provider=provider)
            for east_m, provider in zip((from_m, from_m + 200.0), providers, strict=True)
        ]
        assert not opens(NIGHT, pair)
        assert not opens(NIGHT, pair, [late(60, 0)])
        assert not len(hear(fixes(NIGHT, pair)).way)
        assert not len(hear(fixes(pair)).way)


def test_a_walk_along_which_the_beacon_is_still_heard_opens_nothing_by_a_way() -> None:
    """At home, then 100 m off with the beacon heard, then 300 m off unheard."""

    def way(*beacons: int) -> list[int]:
        night = [one._replace(beacon=1) for one in NIGHT]
        walk = [late(60 * n, 100.0 + 200.0 * n, beacon=one) for n, one in enumerate(beacons)]
        return [int(number) - len(night) for number in hear(fixes(night, walk)).way]

    assert way(1, 0) == []
    assert way(1, 0, 0) == []
    night = [one._replace(beacon=1) for one in NIGHT]
    assert not opens(night, [late(0, 100.0, beacon=1), late(60, 300.0, beacon=0)])
    # Two fixes further on nothing denies the way any more.
    assert way(0, 0, 0) == [2]
    assert way(1, 0, 0, 0) == [3]
    assert opens(night, [late(60 * n, 100.0 + 200.0 * n, beacon=0) for n in range(3)])
