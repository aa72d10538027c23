"""Which fixes show the way to the wrong side, and which only say that they are there."""

from typing import Any

import numpy as np
import pytest

from mesure.evaluation.evidence import path, sampling
from mesure.evaluation.evidence.path import NOWHERE, PriorPath
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo.fixes import NOT_KNOWN, Fixes, Provider
from mesure.instants import MIN_US
from tests.evaluation.scenes import Fix, H, M, S, default_policy, fixes, us

POLICY = default_policy()
TAG = default_policy(DeviceClass.GNSS_TAG)
START_US = us("02T00:00")

# What fixes say of the wrong side: at home, near the boundary, plainly over it, and far beyond.
HOME, NEAR, OVER, FAR = -6.0, 0.5, 1.0, 6.0


def at(*offsets_us: int) -> Fixes:
    """Return fixes so long after the start."""
    return fixes([Fix(START_US + one, START_US + one, 0.0) for one in offsets_us])


def shows_way(
    told_llr: float = FAR,
    *,
    gap_us: int = M,
    on_path: bool = True,
    fast: bool = False,
    steady: bool = True,
    motion: int = NOT_KNOWN,
    near_llr: float | None = HOME,
    step_m: float = 0.0,
    radius95_m: float = 15.0,
    came_m: float = 0.0,
    rested_s: float = sampling.BEFORE_S,
    provider: Provider = Provider.GNSS,
    first_mps: float = np.nan,
    last_mps: float = np.nan,
    policy: Policy = POLICY,
) -> bool:
    """Say whether the way of a second fix was seen, with what the first said, if it is near.

    The first came so far, after so long; it is the first of all unless that is said.
    """
    first = Fix(START_US, START_US, 0.0, radius95_m=radius95_m, provider=provider)
    first = first._replace(speed_mps=first_mps)
    last_us = START_US + gap_us
    last = first._replace(observed_us=last_us, received_us=last_us, east_m=step_m, motion=motion)
    last = last._replace(speed_mps=last_mps)
    columns = fixes([first, last])
    flags: list[Flags] = [np.array([False, flag]) for flag in (on_path, fast, steady)]
    pace = sampling.measure(columns, policy)._replace(on_path=flags[0], fast=flags[1])
    pace.step_m[0], pace.since_s[0] = came_m, rested_s
    nearest = np.array([NOWHERE, NOWHERE if near_llr is None else 0])
    never = np.array([MIN_US, MIN_US])
    said_llr = np.array([0.0, near_llr or 0.0])
    before = PriorPath(never, nearest, said_llr, flags[2], np.zeros(2, np.bool_))
    llrs = np.array([FAR, told_llr])
    numbers = path.fixes_with_path(
        columns, pace, np.arange(2), llrs, before, path.start(policy), policy
    ).tolist()
    assert numbers in ([], [1])  # Never of the first, which nothing shows.
    return bool(numbers)


def test_a_path_from_near_the_boundary_shows_the_way() -> None:
    assert shows_way()
    assert not shows_way(on_path=False)
    assert not shows_way(near_llr=None)


def test_so_does_doppler_speed_wherever_it_was_before() -> None:
    assert shows_way(on_path=False, fast=True)
    assert shows_way(on_path=False, fast=True, near_llr=None, gap_us=H)


def test_only_of_a_fix_that_is_clear() -> None:
    for fast in (False, True):
        assert shows_way(OVER, fast=fast)
        assert not shows_way(0.99, fast=fast)
        assert not shows_way(-FAR, fast=fast)


def test_never_of_a_tag() -> None:
    """Why: four in five of a tag's excursions are one report, and claim to be good."""
    assert not shows_way(TAG.evidence_max_llr, fast=True, policy=TAG)
    assert not shows_way(TAG.evidence_max_llr, near_llr=NEAR, step_m=60.0, policy=TAG)


def test_never_where_the_position_has_jumped() -> None:
    for fast in (False, True):
        assert not shows_way(steady=False, fast=fast)
        assert not shows_way(steady=False, near_llr=NEAR, step_m=60.0)


def test_only_shortly_after_the_boundary() -> None:
    assert shows_way(gap_us=300 * S)
    assert not shows_way(gap_us=300 * S + 1)


def steps_over(
    near_llr: float | None = NEAR,
    step_m: float = 60.0,
    gap_us: int = M,
    radius95_m: float = 15.0,
    motion: int = NOT_KNOWN,
    came_m: float = 0.0,
    rested_s: float = sampling.BEFORE_S,
    provider: Provider = Provider.GNSS,
) -> bool:
    """Say whether one step shows the way, with no path and no speed."""
    return shows_way(
        on_path=False,
        near_llr=near_llr,
        step_m=step_m,
        gap_us=gap_us,
        radius95_m=radius95_m,
        motion=motion,
        came_m=came_m,
        rested_s=rested_s,
        provider=provider,
    )


def test_a_step_from_the_boundary_needs_no_second() -> None:
    came: dict[str, Any] = {"rested_s": 60.0, "came_m": 20.0}
    assert steps_over(**came)
    assert steps_over(0.99, **came)
    assert steps_over(-1.99, **came)
    # Why: from the middle of a place a step shows nothing, for positions jump.
    assert not steps_over(-2.0, **came)
    assert not steps_over(None, step_m=29.0, **came)


def step_shows_way(first_mps: float, last_mps: float, **fields: Any) -> bool:
    """Say whether a step of 90 m in a minute, from the middle of a home, shows the way."""
    fields = {"step_m": 90.0, "on_path": False, **fields}
    return shows_way(first_mps=first_mps, last_mps=last_mps, **fields)


def test_a_step_with_a_speed_at_one_of_its_ends_needs_no_second() -> None:
    for ends in ((1.5, np.nan), (np.nan, 1.5), (1.5, 0.0), (0.0, 1.5)):
        assert step_shows_way(*ends)
        assert not step_shows_way(*ends, motion=0)
        assert not step_shows_way(*ends, gap_us=300 * S + 1, step_m=450.0)
        assert not step_shows_way(*ends, near_llr=None, step_m=29.0)
    assert not step_shows_way(np.nan, np.nan)
    assert not step_shows_way(0.99, 0.99)
    # A quarter of the circles of both ends is enough, but no less.
    assert step_shows_way(1.0, np.nan, step_m=21.0, radius95_m=40.0)
    assert not step_shows_way(1.0, np.nan, step_m=19.0, radius95_m=40.0)


def test_a_speed_and_a_step_that_disagree_show_nothing() -> None:
    """Why: a receiver at rest says a speed now and then, and then its position may jump."""
    assert step_shows_way(4.49, np.nan)  # Three times as fast as the step.
    assert not step_shows_way(4.51, np.nan)
    assert step_shows_way(np.nan, 1.1, step_m=197.0)  # And three times as slow.
    assert not step_shows_way(np.nan, 1.1, step_m=199.0)
    # No step is faster than anybody in a street, whatever it says.
    assert step_shows_way(9.0, 9.0, step_m=479.0)
    assert not step_shows_way(9.0, 9.0, step_m=481.0)


def test_two_fixes_beyond_that_lie_apart_need_no_third() -> None:
    """Why: an error that lasts is the same a minute later, and does not move away."""
    for last_m, gap_us in ((30.2, M), (30.2, 300 * S), (479.0, M)):
        assert steps_over(None, step_m=last_m, gap_us=gap_us)
        assert not steps_over(None, step_m=last_m, gap_us=gap_us, motion=0)
    assert not steps_over(None, step_m=29.8)
    assert not steps_over(None, step_m=30.2, gap_us=300 * S + 1)
    assert not steps_over(None, step_m=481.0)
    assert not steps_over(None, step_m=30.2, gap_us=0)


def test_after_a_long_silence_only_from_where_the_side_is_quite_open() -> None:
    """Why: the first fix that masts or a wide circle give leaves a little open everywhere."""
    for rested_s in (sampling.BEFORE_S, 4 * 3600.0 + 1.0):
        assert steps_over(0.99, rested_s=rested_s)
        assert steps_over(-0.99, rested_s=rested_s)
        assert not steps_over(-1.0, rested_s=rested_s)
    # Unless it came there as well.
    assert steps_over(-1.0, came_m=20.0)


def test_of_masts_that_name_no_circle_a_step_is_two_kilometres() -> None:
    cell = Provider.CELL
    wide: dict[str, Any] = {"radius95_m": np.nan, "gap_us": 300 * S}
    assert not steps_over(step_m=1_990.0, provider=cell, **wide)
    assert steps_over(step_m=2_010.0, provider=cell, **wide)
    # And so is how far it must have come: a quarter of the circles, of phones.
    wide |= {"step_m": 2_010.0, "rested_s": 60.0}
    assert not steps_over(came_m=990.0, provider=cell, **wide)
    assert steps_over(came_m=1_010.0, provider=cell, **wide)


def test_a_step_is_no_faster_than_in_a_street_and_follows_soon() -> None:
    assert steps_over(step_m=79.0, gap_us=10 * S)
    assert not steps_over(step_m=81.0, gap_us=10 * S)
    assert not steps_over(gap_us=0)
    assert steps_over(gap_us=300 * S)
    assert not steps_over(gap_us=300 * S + 1)


def test_only_from_a_fix_that_is_new_where_it_lies() -> None:
    """Why: a person in a small home under a wide circle leaves the side open all night."""
    assert not steps_over(rested_s=60.0)
    assert not steps_over(rested_s=60.0, came_m=7.4)
    assert steps_over(rested_s=60.0, came_m=7.6)
    assert not steps_over(rested_s=4 * 3600.0)
    assert steps_over(rested_s=4 * 3600.0 + 1.0)


def test_a_step_is_half_as_long_as_the_circles_of_its_ends() -> None:
    """Why: two wide circles that creep across the boundary are one doubt, and no step."""
    assert not steps_over(step_m=14.8)
    assert steps_over(step_m=15.2)
    # Where nothing is said, 65 m are assumed at each end.
    assert not steps_over(step_m=64.5, radius95_m=np.nan)
    assert steps_over(step_m=65.5, radius95_m=np.nan)


def test_the_motion_flag_denies_a_path_a_step_and_no_speed() -> None:
    assert steps_over(motion=1)
    assert not steps_over(motion=0)
    assert shows_way(motion=1)
    assert not shows_way(motion=0)
    assert shows_way(motion=0, fast=True)


def way_after(*beacon_flags: int, on_path: bool = True, fast: bool = False) -> bool:
    """Say whether the way of a last fix was seen, after fixes that heard the beacon, or not.

    The first of all is at home, and the others come to the boundary by steps of 60 m.
    """
    track = [Fix(START_US, START_US, -60.0)]
    for flag in (*beacon_flags, NOT_KNOWN):
        at_us = track[-1].observed_us + M
        track.append(Fix(at_us, at_us, track[-1].east_m + 60.0, beacon=flag))
    columns, last = fixes(track), len(track) - 1
    flags = [np.full(last + 1, flag) for flag in (on_path, fast, True, False)]
    pace = sampling.measure(columns, POLICY)._replace(on_path=flags[0], fast=flags[1])
    near = np.full(last + 1, last - 1)
    said_llr = np.full(last + 1, NEAR)
    before = PriorPath(columns.observed_us, near, said_llr, flags[2], flags[3])
    told_llr = np.append(np.full(last, HOME), FAR)
    numbers = path.fixes_with_path(
        columns, pace, np.arange(last + 1), told_llr, before, path.start(POLICY), POLICY
    ).tolist()
    assert numbers in ([], [last])
    return bool(numbers)


@pytest.mark.parametrize("on_path", [True, False])
def test_a_home_beacon_heard_on_the_way_denies_a_path_and_a_step_but_no_speed(
    on_path: bool,
) -> None:
    """Why: where the radio at home was just heard, it is the position that went."""
    for beacon_flags in ((1,), (0, 1), (1, 0), (NOT_KNOWN, 1), (1, NOT_KNOWN), (1, 1, 0)):
        assert not way_after(*beacon_flags, on_path=on_path)
        assert way_after(*beacon_flags, on_path=on_path, fast=True)
    for beacon_flags in ((0,), (NOT_KNOWN,), (0, 0), (1, 0, 0), (1, NOT_KNOWN, NOT_KNOWN)):
        assert way_after(*beacon_flags, on_path=on_path)


def test_a_fix_follows_another_shortly_after_it() -> None:
    columns = at(0, 50 * S, 300 * S, 300 * S + 1)
    numbers, others = np.array([0, 1, 2, 3]), np.array([NOWHERE, 0, 0, 0])
    assert path.follows(columns, numbers, others, POLICY).tolist() == [False, True, True, False]
    assert path.when_us(columns, others).tolist() == [MIN_US, START_US, START_US, START_US]
