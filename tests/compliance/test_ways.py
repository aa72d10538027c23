"""Ways that were seen, and jumps that are remembered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.compliance import cadence, ways
from mesure.compliance.cadence import NEVER_US
from mesure.compliance.lanes import Flags
from mesure.compliance.policy import DeviceClass, Policy
from mesure.compliance.ways import NOWHERE, Before, Memory
from mesure.positions.fixes import NOT_KNOWN, Fixes, Provider
from tests.compliance.scenes import (
    Fix,
    H,
    M,
    S,
    default_policy,
    fixes,
    us,
)

POLICY = default_policy()
TAG = default_policy(DeviceClass.GNSS_TAG)
START_US = us("02T00:00")
SLOT_US = 600 * S
DAY_US = 24 * H
MEMORY_US = 2 * DAY_US

# What fixes say of the wrong side: at home, near the boundary, plainly over it, and far beyond.
HOME, NEAR, OVER, FAR = -6.0, 0.5, 1.0, 6.0


def at(*offsets_us: int) -> Fixes:
    """Return fixes so long after the start."""
    return fixes([Fix(START_US + one, START_US + one, 0.0) for one in offsets_us])


def recall(
    offsets_us: Sequence[int],
    told_llr: Sequence[float],
    policy: Policy = POLICY,
    cuts: Sequence[int] = (),
) -> tuple[Before, Memory]:
    """Return what was so before each fix, by as many blocks as there are cuts, and one more."""
    columns, told = at(*offsets_us), np.array(told_llr, np.float64)
    memory, parts = ways.start(policy), []
    for numbers in np.split(np.arange(len(columns)), cuts):
        if len(numbers):
            part = told[numbers]
            right = part <= -policy.evidence_min_llr
            before, memory = ways.recall(memory, columns, numbers, part, right, policy)
            parts.append(before)
    return Before(*map(np.concatenate, zip(*parts, strict=True))), memory


def jumps(memory: Memory) -> list[int]:
    """Return when the jumps that are remembered ended, seen from the start."""
    return [one - START_US for one in memory.jumps_us.tolist() if one != NEVER_US]


def steady_after(offset_us: int, *told: tuple[int, float], policy: Policy = POLICY) -> bool:
    """Say whether the position counts as steady at a last fix, after those that are told."""
    offsets_us, told_llr = zip(*told, (offset_us, FAR), strict=True)
    return bool(recall(offsets_us, told_llr, policy)[0].steady[-1])


# --- What is remembered ----------------------------------------------------------------------


def test_before_the_first_fix_nothing_is_known() -> None:
    memory = ways.start(POLICY)
    assert memory[:4] == (NOWHERE, NOWHERE, 0.0, 0.0)
    assert memory.jumps_us.tolist() == [NEVER_US] * 10
    assert ways.start(replace(POLICY, jumps_per_day_max=1.9)).jumps_us.tolist() == [NEVER_US]
    before, _ = recall([0], [FAR])
    assert [column.tolist() for column in before] == [
        [NOWHERE], [NOWHERE], [0.0], [True], [False]
    ]  # fmt: skip


def test_each_fix_knows_the_last_inside_and_the_last_near_before_it() -> None:
    told = [HOME, -0.2, -0.19, NEAR, 0.99, OVER, FAR, HOME, FAR]
    before, memory = recall(range(0, 9 * M, M), told)
    assert before.right.tolist() == [NOWHERE, 0, 1, 1, 1, 1, 1, 1, 7]
    assert before.near.tolist() == [NOWHERE, 0, 1, 2, 3, 4, 4, 4, 7]
    assert before.near_llr.tolist() == [0.0, HOME, -0.2, -0.19, NEAR, 0.99, 0.99, 0.99, HOME]
    assert memory[:4] == (7, 7, HOME, FAR)
    _, memory = recall(range(0, 7 * M, M), told[:7])
    assert memory[:4] == (1, 4, 0.99, FAR)


def test_who_is_plainly_away_and_back_at_the_next_fix_may_have_jumped() -> None:
    _, memory = recall([0, M, 2 * M], [HOME, OVER, HOME])
    assert jumps(memory) == [2 * M]
    for told in (
        [HOME, 0.99, HOME],  # Not plainly over the boundary.
        [HOME, OVER, -0.19],  # Not plainly back.
        [NEAR, OVER, HOME],  # Never seen inside before.
    ):
        assert jumps(recall([0, M, 2 * M], told)[1]) == []
    # Back by way of the boundary is no jump.
    assert jumps(recall([0, M, 2 * M, 3 * M], [HOME, FAR, NEAR, HOME])[1]) == []
    assert jumps(recall([0, M, 2 * M, 3 * M], [HOME, FAR, FAR, HOME])[1]) == [3 * M]


def test_who_was_away_for_more_than_an_hour_was_there() -> None:
    assert jumps(recall([0, M, H], [HOME, FAR, HOME])[1]) == [H]
    assert jumps(recall([0, M, H + 1], [HOME, FAR, HOME])[1]) == []
    # The hour begins with the last fix inside.
    assert jumps(recall([0, 30 * M, H, H + 20 * M], [HOME, -0.2, FAR, HOME])[1]) == [H + 20 * M]


def test_jumps_count_once_in_each_correlation_time() -> None:
    """However often the device reports; the first of each ten minutes by the clock."""
    told = [HOME, FAR] * 60 + [HOME]
    _, memory = recall([n * 10 * S for n in range(121)], told)
    assert jumps(memory) == [20 * S, SLOT_US, 2 * SLOT_US]
    edge = [SLOT_US - 3 * S, SLOT_US - 2 * S, SLOT_US - S, SLOT_US - 1, SLOT_US]
    assert jumps(recall(edge, [HOME, FAR, HOME, FAR, HOME])[1]) == [SLOT_US - S, SLOT_US]
    edge[-1] -= 1
    edge[-2] -= 1
    assert jumps(recall(edge, [HOME, FAR, HOME, FAR, HOME])[1]) == [SLOT_US - S]


def test_in_another_block_too() -> None:
    offsets_us, told = [0, M, 2 * M, 3 * M, 4 * M], [HOME, FAR, HOME, FAR, HOME]
    for cut in range(6):
        before, memory = recall(offsets_us, told, cuts=[cut])
        assert jumps(memory) == [2 * M]
        assert before.steady.tolist() == [True, True, False, False, False]


def test_no_more_jumps_are_kept_than_are_needed() -> None:
    offsets_us = [n * SLOT_US // 2 for n in range(31)]
    _, memory = recall(offsets_us, [HOME, FAR] * 15 + [HOME])
    assert jumps(memory) == [n * SLOT_US for n in range(6, 16)]


# --- Steady, and jumpy -----------------------------------------------------------------------

JUMP = ((0, HOME), (M, FAR), (2 * M, HOME))
JUMP_US = 2 * M


def test_a_jump_is_forgotten_after_two_days() -> None:
    assert not steady_after(JUMP_US + M, *JUMP)
    assert not steady_after(JUMP_US + MEMORY_US, *JUMP)
    assert steady_after(JUMP_US + MEMORY_US + 1, *JUMP)
    assert steady_after(JUMP_US + M, *JUMP[:2])
    short = replace(POLICY, jump_memory_s=60.0)
    assert not steady_after(JUMP_US + M, *JUMP, policy=short)
    assert steady_after(JUMP_US + M + 1, *JUMP, policy=short)


def test_it_counts_from_the_last_jump() -> None:
    later = tuple((offset_us + DAY_US, told_llr) for offset_us, told_llr in JUMP)
    assert not steady_after(JUMP_US + DAY_US + MEMORY_US, *JUMP, *later)
    assert steady_after(JUMP_US + DAY_US + MEMORY_US + 1, *JUMP, *later)


def jumpy_after(offset_us: int, count: int, policy: Policy = POLICY, cut: int = 0) -> bool:
    """Say whether movement proves nothing at a last fix, after jumps every ten minutes."""
    offsets_us = [n * SLOT_US // 2 for n in range(2 * count + 1)]
    told = [HOME, *[FAR, HOME] * count, FAR]
    return bool(recall([*offsets_us, offset_us], told, policy, [cut])[0].jumpy[-1])


@pytest.mark.parametrize("cut", [0, 5, 21])
def test_ten_jumps_within_a_day_are_too_many(cut: int) -> None:
    """The tenth last of them ends ten minutes after the start."""
    late_us = SLOT_US + DAY_US
    assert not jumpy_after(2 * H, 9, cut=min(cut, 19))
    assert jumpy_after(2 * H, 10, cut=cut)
    assert jumpy_after(late_us, 10, cut=cut)
    assert not jumpy_after(late_us + 1, 10, cut=cut)
    assert jumpy_after(late_us + 1, 11, cut=cut)


def test_how_many_is_the_policy_s() -> None:
    one = replace(POLICY, jumps_per_day_max=1.0)
    assert not jumpy_after(H, 0, one)
    assert jumpy_after(H, 1, one)


# --- Ways ------------------------------------------------------------------------------------


def seen(
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
    rested_s: float = cadence.BEFORE_S,
    provider: Provider = Provider.GNSS,
    policy: Policy = POLICY,
) -> bool:
    """Say whether the way of a second fix was seen, with what the first said, if it is near.

    The first came so far, after so long; it is the first of all unless that is said.
    """
    first = Fix(START_US, START_US, 0.0, radius95_m=radius95_m, provider=provider)
    last_us = START_US + gap_us
    last = first._replace(observed_us=last_us, received_us=last_us, east_m=step_m, motion=motion)
    columns = fixes([first, last])
    flags: list[Flags] = [np.array([False, flag]) for flag in (on_path, fast, steady)]
    pace = cadence.measure(columns, policy)._replace(on_path=flags[0], fast=flags[1])
    pace.step_m[0], pace.since_s[0] = came_m, rested_s
    nearest, never = (
        np.array([NOWHERE, NOWHERE if near_llr is None else 0]),
        np.array([NOWHERE, NOWHERE]),
    )
    said_llr = np.array([0.0, near_llr or 0.0])
    before = Before(never, nearest, said_llr, flags[2], np.zeros(2, np.bool_))
    told = np.array([FAR, told_llr])
    found = ways.seen(columns, pace, np.arange(2), told, before, policy).tolist()
    assert found in ([], [1])  # Never of the first, which nothing shows.
    return bool(found)


def test_a_path_from_near_the_boundary_shows_the_way() -> None:
    assert seen()
    assert not seen(on_path=False)
    assert not seen(near_llr=None)


def test_so_does_doppler_speed_wherever_it_was_before() -> None:
    assert seen(on_path=False, fast=True)
    assert seen(on_path=False, fast=True, near_llr=None, gap_us=H)


def test_only_of_a_fix_that_is_clear() -> None:
    for fast in (False, True):
        assert seen(OVER, fast=fast)
        assert not seen(0.99, fast=fast)
        assert not seen(-FAR, fast=fast)


def test_never_of_a_tag() -> None:
    """Why: four in five of a tag's excursions are one report, and claim to be good."""
    assert not seen(TAG.evidence_max_llr, fast=True, policy=TAG)
    assert not seen(TAG.evidence_max_llr, near_llr=NEAR, step_m=60.0, policy=TAG)


def test_never_where_the_position_has_jumped() -> None:
    for fast in (False, True):
        assert not seen(steady=False, fast=fast)
        assert not seen(steady=False, near_llr=NEAR, step_m=60.0)


def test_only_shortly_after_the_boundary() -> None:
    assert seen(gap_us=300 * S)
    assert not seen(gap_us=300 * S + 1)


def steps_over(
    near_llr: float | None = NEAR,
    step_m: float = 60.0,
    gap_us: int = M,
    radius95_m: float = 15.0,
    motion: int = NOT_KNOWN,
    came_m: float = 0.0,
    rested_s: float = cadence.BEFORE_S,
    provider: Provider = Provider.GNSS,
) -> bool:
    """Say whether one step shows the way, with no path and no speed."""
    return seen(
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
    assert steps_over(-2.99, **came)
    # Why: from the middle of a place a step shows nothing, for positions jump.
    assert not steps_over(-3.0, **came)
    assert not steps_over(None, **came)


def test_after_a_long_silence_only_from_where_the_side_is_quite_open() -> None:
    """Why: the first fix that masts or a wide circle give leaves a little open everywhere."""
    for rested_s in (cadence.BEFORE_S, 4 * 3600.0 + 1.0):
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
    """Why: whoever sits in a small home under a wide circle leaves the side open all night."""
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
    assert seen(motion=1)
    assert not seen(motion=0)
    assert seen(motion=0, fast=True)


def way_after(*heard: int, on_path: bool = True, fast: bool = False) -> bool:
    """Say whether the way of a last fix was seen, after fixes that heard the beacon, or not.

    The first of all is at home, and the others come to the boundary by steps of 60 m.
    """
    told = [Fix(START_US, START_US, -60.0)]
    for flag in (*heard, NOT_KNOWN):
        at_us = told[-1].observed_us + M
        told.append(Fix(at_us, at_us, told[-1].east_m + 60.0, beacon=flag))
    columns, last = fixes(told), len(told) - 1
    flags = [np.full(last + 1, flag) for flag in (on_path, fast, True, False)]
    pace = cadence.measure(columns, POLICY)._replace(on_path=flags[0], fast=flags[1])
    near = np.full(last + 1, last - 1)
    said_llr = np.full(last + 1, NEAR)
    before = Before(near, near, said_llr, flags[2], flags[3])
    told_llr = np.append(np.full(last, HOME), FAR)
    found = ways.seen(columns, pace, np.arange(last + 1), told_llr, before, POLICY).tolist()
    assert found in ([], [last])
    return bool(found)


@pytest.mark.parametrize("on_path", [True, False])
def test_a_home_beacon_heard_on_the_way_denies_a_path_and_a_step_but_no_speed(
    on_path: bool,
) -> None:
    """Why: where the radio at home was just heard, it is the position that went."""
    for heard in ((1,), (0, 1), (1, 0), (NOT_KNOWN, 1), (1, NOT_KNOWN), (1, 1, 0)):
        assert not way_after(*heard, on_path=on_path)
        assert way_after(*heard, on_path=on_path, fast=True)
    for heard in ((0,), (NOT_KNOWN,), (0, 0), (1, 0, 0), (1, NOT_KNOWN, NOT_KNOWN)):
        assert way_after(*heard, on_path=on_path)


def test_a_fix_follows_another_shortly_after_it() -> None:
    columns = at(0, 50 * S, 300 * S, 300 * S + 1)
    numbers, others = np.array([0, 1, 2, 3]), np.array([NOWHERE, 0, 0, 0])
    assert ways.follows(columns, numbers, others, POLICY).tolist() == [False, True, True, False]
    assert ways.when_us(columns, others).tolist() == [NEVER_US, START_US, START_US, START_US]


# --- Whatever the fixes are ------------------------------------------------------------------

GAPS_US = st.sampled_from([0, S, 10 * S, M, 299 * S, 5 * M, 10 * M, H, H + 1, DAY_US, MEMORY_US])
TOLD = st.sampled_from([HOME, HOME, -0.2, -0.1, NEAR, 0.99, OVER, 2.0, FAR, FAR])
TOLD_FIXES = st.lists(st.tuples(GAPS_US, TOLD), min_size=1, max_size=40)
FEW = replace(POLICY, jumps_per_day_max=2.0)


@given(TOLD_FIXES, st.lists(st.integers(0, 40), max_size=6))
def test_blocks_do_not_matter(told: list[tuple[int, float]], cuts: list[int]) -> None:
    offsets_us = np.cumsum([gap_us for gap_us, _ in told]).tolist()
    told_llr = [llr for _, llr in told]
    whole, end = recall(offsets_us, told_llr, FEW)
    parts, end_of_parts = recall(offsets_us, told_llr, FEW, sorted(cuts))
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one, other)
    assert end[:4] == end_of_parts[:4]
    assert np.array_equal(end.jumps_us, end_of_parts.jumps_us)


@given(TOLD_FIXES)
def test_what_is_remembered_is_what_somebody_reading_along_would_note(
    told: list[tuple[int, float]],
) -> None:
    """The same, fix by fix, in words."""
    now_us, right_us, was_llr = START_US, NEVER_US, 0.0
    noted: list[int] = []
    for number, (gap_us, told_llr) in enumerate(told):
        now_us += gap_us
        if told_llr <= -0.2:
            is_back = was_llr >= 1.0 and now_us - right_us <= H
            if is_back and (not noted or noted[-1] // SLOT_US != now_us // SLOT_US):
                noted.append(now_us)
            right_us = now_us
        was_llr = told_llr
        part = told[: number + 1]
        offsets_us = np.cumsum([one for one, _ in part]).tolist()
        before, memory = recall(offsets_us, [llr for _, llr in part], FEW)
        assert [one + START_US for one in jumps(memory)] == noted[-2:]
        assert before.steady[-1] == (not noted or now_us - noted[-1] > MEMORY_US)
        assert before.jumpy[-1] == (len(noted) >= 2 and now_us - noted[-2] <= DAY_US)
