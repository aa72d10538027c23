"""From columns of fixes to what each lane says of them."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.compliance import cadence, tracks
from mesure.compliance.lanes import NOT_MET
from mesure.compliance.rules import Rules, prepare, to_datetime
from mesure.compliance.spells import Said
from mesure.orders.places import Circle, Place
from tests.compliance.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    Fix,
    S,
    default_policy,
    fix,
    fixes,
    order,
    received,
    rules,
    shown,
    stay,
    us,
    walk,
)

CURFEW_LANE = 0


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def listen(ready: Rules, *parts: list[Fix]) -> Said:
    columns = fixes(*parts)
    return tracks.listen(ready, columns, cadence.measure(columns, ready.policy))[CURFEW_LANE]


def decisions(ready: Rules, *parts: list[Fix]) -> set[int]:
    return set(listen(ready, *parts).decided.tolist())


HOME = stay("10T20:00", "10T22:00")


# --- One fix ---------------------------------------------------------------------------------


def test_one_fix_far_away_never_decides(curfew: Rules) -> None:
    for far_m in (200, 900, 90_000):
        for radius95_m in (1.0, 15.0, 500.0, np.nan):
            lone = [fix("10T22:10", far_m, radius95_m=radius95_m)]
            after = stay("10T22:11", "10T22:30")
            assert NOT_MET not in decisions(curfew, HOME, lone, after)


def test_a_circle_that_covers_the_whole_place_is_no_evidence(curfew: Rules) -> None:
    """Why: a cell of 3 km says nothing about a home of 60 m, on either side."""
    wide = stay("10T22:10", "11T02:00", 700, radius95_m=3_000.0)
    said = listen(curfew, HOME, wide)
    assert NOT_MET not in said.decided
    assert shown(int(said.seen_us[-1])) == "10T21:59"


def test_a_better_fix_says_more(curfew: Rules) -> None:
    odds = [
        float(listen(curfew, HOME, [fix("10T22:10", 100, radius95_m=radius)]).odds[-1])
        for radius in (200.0, 60.0, 30.0, 10.0)
    ]
    assert odds == sorted(odds)
    assert odds[0] < odds[-1]


def test_an_unknown_radius_is_never_perfect(curfew: Rules) -> None:
    unknown, perfect = (
        float(listen(curfew, HOME, [fix("10T22:10", 100, radius95_m=radius)]).odds[-1])
        for radius in (np.nan, 1.0)
    )
    assert unknown < perfect


# --- Sensors ---------------------------------------------------------------------------------


def first_away(ready: Rules, *parts: list[Fix]) -> str:
    said = listen(ready, *parts)
    away = np.flatnonzero(said.decided == NOT_MET)
    return shown(int(said.observed_us[away[0]])) if len(away) else "never"


def test_a_motion_flag_or_a_way_out_makes_it_quicker(curfew: Rules) -> None:
    away = stay("10T22:10", "10T23:00", 900)
    still = first_away(curfew, HOME, away)
    flagged = first_away(curfew, HOME, [one._replace(motion=1) for one in away])
    walked = first_away(curfew, HOME, walk("10T22:00", 0, 900), away)
    assert "10T22:12" < still < "10T22:20"
    assert flagged < "10T22:12"
    assert walked < "10T22:12"


def test_a_beacon_heard_is_presence_and_one_missed_a_hint() -> None:
    ready = rules(order(CURFEW))
    away = stay("10T22:10", "10T23:00", 900)
    heard = first_away(ready, HOME, [one._replace(beacon=1) for one in away])
    assert heard == "never"
    at_home = [one._replace(beacon=0) for one in stay("10T22:00", "10T23:00")]
    assert first_away(ready, HOME, at_home) == "never"
    at_first = [one._replace(beacon=1) for one in HOME]
    missed = first_away(ready, at_first, [one._replace(beacon=0) for one in away])
    assert missed <= first_away(ready, at_first, away)


def test_a_beacon_speaks_for_no_other_condition_than_a_curfew() -> None:
    ready = rules(order("C2: {residence: {stay_in: home}}"))
    away = stay("10T22:10", "10T23:00", 900, beacon=1)
    assert first_away(ready, HOME, away) != "never"


def test_a_way_out_is_seen_only_shortly_after_a_fix_inside(curfew: Rules) -> None:
    looks = tracks._follows(
        cadence.NEVER_US,
        np.array([50 * S, 100 * S, 100 * S, 100 * S]),
        np.array([50 * S, 100 * S, 400 * S, 401 * S]),
        curfew.policy,
    )
    assert looks.tolist() == [False, True, True, False]
    seen_before = tracks._follows(0, np.array([0]), np.array([300 * S]), curfew.policy)
    assert seen_before.tolist() == [True]


# --- Receipts --------------------------------------------------------------------------------


def test_known_is_when_the_fix_and_all_before_it_had_come(curfew: Rules) -> None:
    told = fixes(
        stay("10T22:00", "10T22:02"),
        received([fix("10T22:02", 0)], "10T23:00"),
        stay("10T22:03", "10T22:05"),
    )
    pace = cadence.measure(told, curfew.policy)
    [said] = tracks.listen(curfew, told, pace)
    assert [shown(at) for at in said.known_us.tolist()] == [
        "10T22:00", "10T22:01", "10T23:00", "10T23:00", "10T23:00"
    ]  # fmt: skip
    in_time = np.array([True, True, False, True, True])
    [said] = tracks.listen(curfew, told, pace, in_time)
    assert [shown(at) for at in said.known_us.tolist()] == [
        "10T22:00", "10T22:01", "10T22:01", "10T22:03", "10T22:04"
    ]  # fmt: skip


# --- Blocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [7, 23])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut where somebody walks out: the way out is seen across the cut."""
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION))
    told = fixes(
        stay("10T22:00", "10T22:20"),
        walk("10T22:20", 0, 5_000, mps=4.0),
        stay("10T23:00", "10T23:40", 5_000, radius95_m=200.0, beacon=0),
        stay("11T06:00", "11T06:20", radius95_m=np.nan),
    )
    pace = cadence.measure(told, ready.policy)
    whole = tracks.listen(ready, told, pace)
    monkeypatch.setattr(tracks, "BLOCK_FIXES", block)
    cut = tracks.listen(ready, told, pace)
    for one, other in zip(whole, cut, strict=True):
        for name in Said._fields:
            assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_every_boundary_has_its_lane() -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION))
    told = fixes(stay("10T22:00", "10T22:40", 5_000))
    pace = cadence.measure(told, ready.policy)
    last = [int(said.decided[-1]) for said in tracks.listen(ready, told, pace)]
    assert last == [NOT_MET, NOT_MET, NOT_MET]
    empty = fixes()
    silent = tracks.listen(ready, empty, cadence.measure(empty, ready.policy))
    assert [len(said.odds) for said in silent] == [0, 0, 0]


def test_thresholds_are_the_policy_s(curfew: Rules) -> None:
    limits = tracks._limits(default_policy())
    assert limits.not_met_odds == pytest.approx(19.0)
    assert limits.met_odds == pytest.approx(3 / 7)
    surer = replace(default_policy(), p_not_met=0.999)
    ready = prepare(curfew.versions, surer, to_datetime(us("12T00:00")))
    away = stay("10T22:10", "10T23:30", 900)
    assert first_away(ready, HOME, away) > first_away(curfew, HOME, away)


def test_a_tolerance_moves_the_boundary_in_the_person_s_favour(curfew: Rules) -> None:
    [version] = curfew.versions
    home = version.places["home"]
    assert isinstance(home.shapes[0], Circle)
    loose = replace(version, places={**version.places, "home": Place("home", home.shapes, 50.0)})
    ready = prepare([loose], default_policy(), to_datetime(us("12T00:00")))
    away = stay("10T22:10", "10T23:00", 100, radius95_m=10.0)
    assert first_away(curfew, HOME, away) != "never"
    assert first_away(ready, HOME, away) == "never"
