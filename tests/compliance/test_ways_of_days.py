"""What holds of ways and jumps on every day about the edge of a home."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesure.compliance import cadence, tracks, ways
from mesure.compliance.lanes import NOT_MET, SUPPORTED
from mesure.compliance.rules import Rules
from mesure.compliance.spells import Said
from mesure.compliance.tracks import Heard
from mesure.positions.fixes import Fixes
from tests.compliance.scenes import (
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
    """Draw days about the edge of a home: at home, out by steps or at a stroke, and back."""
    at_us, east_m = us("10T21:00"), 0.0
    told = []
    for _ in range(draw(st.integers(1, 50))):
        at_us += draw(st.sampled_from([1, 10, 60, 60, 60, 280, 320, 900, 4000])) * S
        onwards_m = east_m + draw(st.sampled_from([90.0, 90.0, 200.0, -90.0]))
        east_m = draw(st.sampled_from([0.0, 0.0, 65.0, 400.0, onwards_m, onwards_m]))
        said: dict[str, Any] = {
            "radius95_m": draw(st.sampled_from([5.0, 15.0, 15.0, 60.0])),
            "speed_mps": draw(st.sampled_from([np.nan, np.nan, 0.9, 1.5])),
            "motion": draw(st.sampled_from([-1, -1, 0, 1])),
            "beacon": draw(st.sampled_from([-1, -1, -1, 0, 1])),
        }
        told.append(Fix(at_us, at_us, east_m)._replace(**said))
    return told


READY = rules(order(CURFEW))
MANY = rules(order(CURFEW, RESIDENCE, EXCLUSION))


def listen(ready: Rules, columns: Fixes) -> list[Said]:
    return tracks.listen(ready, columns, cadence.measure(columns, ready.policy))


@settings(max_examples=25)
@given(days(), st.integers(3, 20))
def test_what_is_said_does_not_depend_on_the_blocks(told: list[Fix], block: int) -> None:
    columns = fixes(told)
    whole = listen(MANY, columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracks, "BLOCK_FIXES", block)
        cut = listen(MANY, columns)
    for one, other in zip(whole, cut, strict=True):
        for name in Said._fields:
            assert np.array_equal(getattr(one, name), getattr(other, name)), name


def hear(columns: Fixes) -> Heard:
    block = tracks.in_hand(READY, columns, slice(0, len(columns)))
    pace = cadence.measure(columns, POLICY)
    return tracks.hear(READY, READY.boundaries[0], columns, pace, block, ways.start(POLICY))


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
def test_who_jumped_lately_is_never_believed_by_the_way(told: list[Fix]) -> None:
    columns = fixes(JUMPED, told)
    assert (columns.observed_us[hear(columns).way] > FORGOTTEN_US).all()


def test_what_is_forgotten_is_believed_again() -> None:
    assert hear(fixes(JUMPED, LONG_AFTER)).way.tolist() == [5]


@given(days())
def test_a_fix_whose_way_was_seen_is_clear_on_its_way_and_its_own_second_look(
    told: list[Fix],
) -> None:
    columns = fixes(told)
    pace, heard = cadence.measure(columns, POLICY), hear(columns)
    way = heard.way
    assert (heard.told_llr[way] >= POLICY.way_clear_llr).all()
    assert (heard.llr[way] >= heard.told_llr[way] + POLICY.way_llr).all()
    assert (heard.look_ratio[way] == SUPPORTED).all()
    at_boundary = heard.before.near_llr > -POLICY.boundary_llr_max
    assert (pace.on_path | pace.fast | at_boundary)[way].all()
    assert (columns.beacon[way] != 1).all()
    assert (pace.fast[way] | (columns.motion[way] != 0)).all()


@given(days())
def test_a_jump_never_makes_a_decision_sooner(told: list[Fix]) -> None:
    def first(before: list[Fix]) -> int:
        [said] = listen(READY, fixes(before, told))
        drawn = said.decided[len(before) :]
        return int(np.append(np.flatnonzero(drawn == NOT_MET), len(drawn))[0])

    assert first(a_day_ago(0, 0, 0)) <= first(JUMPED)


@given(days(), st.lists(st.sampled_from([0.0, 0.0, 65.0, 900.0]), max_size=40))
def test_what_was_long_ago_does_not_matter(told: list[Fix], past_m: list[float]) -> None:
    """Beyond the memory of jumps; the silence since then lets nothing else survive either."""
    last_us = told[0].observed_us - WEEKS_US - 1
    past = [
        Fix(last_us - n * 5 * M, last_us - n * 5 * M, east_m) for n, east_m in enumerate(past_m)
    ]
    [with_past] = listen(READY, fixes(past, told))
    [without] = listen(READY, fixes(told))
    count = len(past)
    assert np.array_equal(with_past.decided[count:], without.decided)
    assert np.array_equal(with_past.odds[count:], without.odds)
    away = without.decided == NOT_MET
    assert np.array_equal(with_past.onset_us[count:][away], without.onset_us[away])


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
        one._replace(observed_us=one.observed_us + lone_us, received_us=one.received_us + lone_us)
        for one in (Fix(n * every_s * S, n * every_s * S, 0.0)._replace(**home) for n in (1, 2, 3))
    ]
    assert NOT_MET not in listen(READY, fixes(before, [lone], back))[0].decided
