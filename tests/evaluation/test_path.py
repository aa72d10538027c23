"""What is remembered of the fixes so far: the last inside, the last near, and the jumps."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.evidence import path, sampling
from mesure.evaluation.evidence.path import NOWHERE, PathMemory, PriorPath
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import Fixes
from mesure.instants import MIN_US
from tests.evaluation.scenes import Fix, H, M, S, default_policy, fixes, us

POLICY = default_policy()
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
) -> tuple[PriorPath, PathMemory]:
    """Return what was so before each fix, by as many blocks as there are cuts, and one more."""
    columns, llrs = at(*offsets_us), np.array(told_llr, np.float64)
    memory, parts = path.start(policy), []
    for numbers in np.split(np.arange(len(columns)), cuts):
        if len(numbers):
            part = llrs[numbers]
            right = part <= -policy.evidence_min_llr
            pace = sampling.measure(columns, policy)
            before, memory = path.update_memory(memory, columns, numbers, part, right, pace, policy)
            parts.append(before)
    return PriorPath(*map(np.concatenate, zip(*parts, strict=True))), memory


def describe(memory: PathMemory) -> tuple[int, int, float, float]:
    """Return the last fix inside and the last near, with what the latter and the last said."""
    return memory.right, memory.near, memory.near_llr, memory.told_llr


def jumps(memory: PathMemory) -> list[int]:
    """Return when the jumps that are remembered ended, seen from the start."""
    return [one - START_US for one in memory.jumps_us.tolist() if one != MIN_US]


def steady_after(offset_us: int, *reports: tuple[int, float], policy: Policy = POLICY) -> bool:
    """Say whether the position counts as steady at a last fix, after those that are told."""
    offsets_us, told_llr = zip(*reports, (offset_us, FAR), strict=True)
    return bool(recall(offsets_us, told_llr, policy)[0].stable[-1])


# --- What is remembered ----------------------------------------------------------------------


def test_before_the_first_fix_nothing_is_known() -> None:
    memory = path.start(POLICY)
    assert describe(memory) == (NOWHERE, NOWHERE, 0.0, 0.0)
    assert (memory.near_us, memory.jumped_us, memory.slot_right_us) == (MIN_US,) * 3
    assert memory.jumps_us.tolist() == [MIN_US] * 10
    assert path.start(replace(POLICY, jumps_per_day_max=1.9)).jumps_us.tolist() == [MIN_US]
    before, _ = recall([0], [FAR])
    assert [column.tolist() for column in before] == [
        [MIN_US], [NOWHERE], [0.0], [True], [False]
    ]  # fmt: skip


def test_each_fix_knows_the_last_inside_and_the_last_near_before_it() -> None:
    llrs = [HOME, -0.2, -0.19, NEAR, 0.99, OVER, FAR, HOME, FAR]
    before, memory = recall(range(0, 9 * M, M), llrs)
    since_us = before.right_us[1:] - START_US
    assert before.right_us[0] == MIN_US
    assert since_us.tolist() == [0, M, M, M, M, M, M, 7 * M]
    assert before.near.tolist() == [NOWHERE, 0, 1, 2, 3, 4, 4, 4, 7]
    assert before.near_llr.tolist() == [0.0, HOME, -0.2, -0.19, NEAR, 0.99, 0.99, 0.99, HOME]
    assert describe(memory) == (7, 7, HOME, FAR)
    _, memory = recall(range(0, 7 * M, M), llrs[:7])
    assert describe(memory) == (1, 4, 0.99, FAR)


def test_who_is_plainly_away_and_back_at_the_next_fix_may_have_jumped() -> None:
    _, memory = recall([0, M, 2 * M], [HOME, OVER, HOME])
    assert jumps(memory) == [2 * M]
    for llrs in (
        [HOME, 0.99, HOME],  # Not plainly over the boundary.
        [HOME, OVER, -0.19],  # Not plainly back.
        [NEAR, OVER, HOME],  # Never seen inside before.
    ):
        assert jumps(recall([0, M, 2 * M], llrs)[1]) == []
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
    llrs = [HOME, FAR] * 10 + [HOME]
    _, memory = recall([n * M for n in range(21)], llrs)
    assert jumps(memory) == [2 * M, SLOT_US, 2 * SLOT_US]
    edge = [SLOT_US - 180 * S, SLOT_US - 120 * S, SLOT_US - 60 * S, SLOT_US - 50 * S, SLOT_US]
    llrs = [HOME, FAR, HOME, FAR, HOME]
    assert jumps(recall(edge, llrs)[1])[0] == SLOT_US - 60 * S
    edge[-1] -= 1
    assert jumps(recall(edge, llrs)[1]) == [SLOT_US - 60 * S]


@pytest.mark.parametrize("every_s", [10, 20, 30, 41, 60])
@pytest.mark.parametrize("lasts_s", [60, 120, 300])
def test_a_device_that_reports_often_jumps_as_often(every_s: int, lasts_s: int) -> None:
    """The same spells, an hour apart, are the same jumps."""
    count = 9
    at_s = range(0, count * 3_600 + 3_600, every_s)
    llrs = [
        FAR if 1_800 <= second % 3_600 < 1_800 + lasts_s and second < 32_400 else HOME
        for second in at_s
    ]
    _, memory = recall([one * S for one in at_s], llrs)
    assert len(jumps(memory)) == count


def test_a_short_jump_is_remembered_though_it_does_not_count() -> None:
    slot_us = 41 * S
    begins_us = -START_US % slot_us
    jump = [begins_us, begins_us + 20 * S, begins_us + slot_us - 1]
    before, memory = recall([*jump, begins_us + H], [HOME, FAR, HOME, FAR])
    assert jumps(memory) == []
    assert memory.jumped_us == START_US + jump[-1]
    assert before.stable.tolist() == [True, True, False, False]


def test_in_another_block_too() -> None:
    offsets_us, llrs = [0, M, 2 * M, 3 * M, 4 * M], [HOME, FAR, HOME, FAR, HOME]
    for cut in range(6):
        before, memory = recall(offsets_us, llrs, cuts=[cut])
        assert jumps(memory) == [2 * M]
        assert before.stable.tolist() == [True, True, False, False, False]


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
    llrs = [HOME, *[FAR, HOME] * count, FAR]
    return bool(recall([*offsets_us, offset_us], llrs, policy, [cut])[0].unstable[-1])


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
    policy = replace(POLICY, jumps_per_day_max=1.0)
    assert not jumpy_after(H, 0, policy)
    assert jumpy_after(H, 1, policy)


# --- Whatever the fixes are ------------------------------------------------------------------

GAPS_US = st.sampled_from([0, S, 10 * S, M, 299 * S, 5 * M, 10 * M, H, H + 1, DAY_US, MEMORY_US])
TOLD = st.sampled_from([HOME, HOME, -0.2, -0.1, NEAR, 0.99, OVER, 2.0, FAR, FAR])
TOLD_FIXES = st.lists(st.tuples(GAPS_US, TOLD), min_size=1, max_size=40)
FEW = replace(POLICY, jumps_per_day_max=2.0)


@given(TOLD_FIXES, st.lists(st.integers(0, 40), max_size=6))
def test_blocks_do_not_matter(reports: list[tuple[int, float]], cuts: list[int]) -> None:
    offsets_us = np.cumsum([gap_us for gap_us, _ in reports]).tolist()
    told_llr = [llr for _, llr in reports]
    whole, end = recall(offsets_us, told_llr, FEW)
    parts, end_of_parts = recall(offsets_us, told_llr, FEW, sorted(cuts))
    for column, other in zip(whole, parts, strict=True):
        assert np.array_equal(column, other)
    assert end[:-1] == end_of_parts[:-1]
    assert np.array_equal(end.jumps_us, end_of_parts.jumps_us)


@given(TOLD_FIXES)
def test_what_is_remembered_is_what_somebody_reading_along_would_note(
    reports: list[tuple[int, float]],
) -> None:
    """The same, fix by fix, in words."""
    now_us, right_us, was_llr = START_US, MIN_US, 0.0
    noted: list[int] = []
    back_us = slot_right_us = MIN_US
    slot_llr, slot = 0.0, None
    for number, (gap_us, told_llr) in enumerate(reports):
        now_us += gap_us
        if told_llr <= -0.2:
            is_back = was_llr >= 1.0 and now_us - right_us <= H
            back_us = now_us if is_back else back_us
            right_us = now_us
        if now_us // (41 * S) != slot:
            slot = now_us // (41 * S)
            is_right = told_llr <= -0.2
            is_apart = not noted or noted[-1] // SLOT_US != now_us // SLOT_US
            if is_right and slot_llr >= 1.0 and now_us - slot_right_us <= H and is_apart:
                noted.append(now_us)
            slot_llr, slot_right_us = told_llr, now_us if is_right else slot_right_us
        was_llr = told_llr
        part = reports[: number + 1]
        offsets_us = np.cumsum([one for one, _ in part]).tolist()
        before, memory = recall(offsets_us, [llr for _, llr in part], FEW)
        assert [one + START_US for one in jumps(memory)] == noted[-2:]
        assert before.stable[-1] == (now_us - back_us > MEMORY_US)
        assert before.unstable[-1] == (len(noted) >= 2 and now_us - noted[-2] <= DAY_US)
