"""Who is left alone is said the same of as if everything had been judged."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mesure.evaluation import next_wakeup
from mesure.evaluation.assessment import Assessment
from mesure.evaluation.checkpoint import recent, skip_batch, skip_check
from mesure.evaluation.checkpoint.recent import Checkpoints, EvaluationResult
from mesure.evaluation.checkpoint.skip_batch import SkipRequest
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import to_datetime, to_us
from tests.evaluation import scenes, seasons
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    S,
    asks_now,
    claim,
    deliver_at,
    fix,
    fixes,
    order,
    rules,
    stay,
    us,
    walk,
)
from tests.evaluation.seasons import Kept, Season

FEW = settings(max_examples=settings().max_examples // 6)


def go_on(rules: Rules, calm: SkipBounds, fixes: Fixes, until_us: int) -> SkipBounds | None:
    return skip_batch.go_on_together([SkipRequest(rules, calm, fixes, until_us)])[0]


class SkippedPerson:
    """A person who is left alone while nothing changes, as a service does it."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.pair, self.kept = rules, Checkpoints(), Kept()
        self.waiting: list[Fixes] = []
        self.calm: SkipBounds | None = None
        self.until_us = 0
        self.open: list[Assessment] = []
        self.look: EvaluationResult | None = None

    def see(self, batch: Fixes, until_us: int) -> bool:
        """Judge what came; return whether the person was left alone."""
        calm = self.calm
        for part in by_receipt(batch) or [batch]:
            calm = calm and go_on(self.rules, calm, part, until_us)
        self.waiting.append(batch)
        self.calm = calm
        if calm is None:
            new = reduce(fixes_.merge, self.waiting, fixes_.none())
            self.waiting = []
            self.look = recent.evaluate_newest(self.rules, self.pair, new, until_us)
            self.pair = self.look.checkpoints
            self.kept.keep(self.look.view)
            self.open = list(self.look.view.assessments)
            self.calm = skip_check.begin(self.rules, self.look)
        else:
            self.open = extend_assessments(self.open, self.until_us, until_us)
            for assessment in self.open:
                key = assessment.condition, to_us(assessment.span.start)
                assert key in self.kept.assessments
                self.kept.assessments[key] = assessment
        self.until_us = until_us
        return calm is not None


def extend_assessments(
    assessments: Iterable[Assessment], was_us: int, until_us: int
) -> list[Assessment]:
    """Return those assessments that were under way at a look, up to a later one."""
    was, until = to_datetime(was_us), to_datetime(until_us)
    return [
        replace(assessment, span=replace(assessment.span, end=until))
        for assessment in assessments
        if assessment.span.end == was
    ]


def by_receipt(batch: Fixes) -> list[Fixes]:
    times_us = np.unique(batch.received_us).tolist()
    return [batch.rows(np.flatnonzero(batch.received_us == one)) for one in times_us]


def same(watch: SkippedPerson, whole: Statement) -> None:
    assert watch.kept.history() == sorted(
        whole.assessments, key=lambda assessment: (assessment.condition, assessment.span.start)
    )


@FEW
@given(seasons.seasons(), st.sampled_from([1, 1, 4, 40]))
def test_nobody_can_tell_who_was_left_alone(season: Season, often: int) -> None:
    """Looks that come as often as the fixes do, about days that hold everything."""
    season = season.in_order()
    watch, alone = SkippedPerson(season.rules), 0
    for number, (batch, look_us) in enumerate(season.batches()):
        was_alone = watch.see(batch, look_us)
        alone += was_alone
        if number % often:
            continue
        whole = season.at_once(look_us)
        same(watch, whole)
        assert watch.look is not None
        if was_alone:
            assert watch.calm is not None
            assert not asks_now(whole)
            next_us = next_wakeup.next_us(season.rules, whole)
            due_us = watch.calm.due_us(season.rules.policy)
            assert next_us is None or due_us <= next_us
            assert not [one for one in whole.episodes if one.end_us is None]
    event(f"left alone {alone // 10 * 10} times and more")


@pytest.mark.compiled
@FEW
@given(seasons.seasons())
def test_what_comes_late_or_in_any_order_is_never_passed_over(season: Season) -> None:
    watch = SkippedPerson(season.rules)
    for batch, look_us in season.batches():
        watch.see(batch, look_us)
        same(watch, season.at_once(look_us))


def nights(track: Fixes, ready: Rules, first: str, *, each: int = 1) -> Iterator[bool]:
    """Yield for each message of some fixes whether the person was left alone."""
    watch = SkippedPerson(ready)
    before = int(np.searchsorted(track.observed_us, us(first)))
    watch.see(track.rows(slice(0, before)), us(first))
    for at in range(before, len(track), each):
        part = track.rows(slice(at, at + each))
        part = replace(part, received_us=np.full(len(part), part.observed_us[-1]))
        until_us = int(part.observed_us[-1]) + 1
        yield watch.see(part, until_us)
        now = track.rows(slice(0, at + each))
        same(watch, scenes.look_us(ready, now, until_us))


READY = rules(order(CURFEW, RESIDENCE, EXCLUSION))
AT_HOME = fixes(stay("10T20:00", "11T08:00"))


@pytest.mark.parametrize("each", [1, 30])
def test_a_night_at_home_is_left_alone_but_for_its_edges(each: int) -> None:
    alone = list(nights(AT_HOME, READY, "10T21:00", each=each))
    assert alone.count(False) <= 4


def test_a_walk_over_the_boundary_is_judged() -> None:
    track = fixes(stay("10T20:00", "10T23:00"), walk("10T23:00", 0.0, 2_000.0))
    alone = list(nights(track, READY, "10T22:30"))
    assert alone[:29].count(False) <= 1
    assert not any(alone[31:45])


def begin_skip(ready: Rules, track: Fixes, at: str) -> SkipBounds | None:
    return skip_check.begin(ready, recent.evaluate_newest(ready, Checkpoints(), track, us(at)))


QUIET = fixes(stay("10T20:00", "10T23:00"))


def quiet() -> SkipBounds:
    bounds = begin_skip(READY, QUIET, "10T23:00")
    assert bounds is not None
    return bounds


def next_fix(**changes: Any) -> Fixes:
    [point] = stay("10T23:00", "10T23:01")
    return fixes([point._replace(**changes)])


SOON = us("10T23:00") + 30 * S


def test_near_a_pole_everybody_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skip_check, "LAT_DEG_MAX", scenes.HOME_LAT_DEG - 1.0)
    assert begin_skip(READY, QUIET, "10T23:00") is None


def test_who_is_heard_of_only_by_lying_still_is_judged() -> None:
    """The last fix is too old to be gone on from, though what it showed is held."""
    still = fixes(stay("10T20:00", "10T23:00"), [claim(us("10T23:20"), us("10T22:00"))])
    assert begin_skip(READY, still, "10T23:20") is not None
    assert begin_skip(READY, still, "10T23:30") is None


def test_a_fix_like_the_last_one_changes_nothing() -> None:
    after = go_on(READY, quiet(), next_fix(), SOON)
    assert after is not None
    assert after.last_us == us("10T23:00")


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({"east_m": 95.0}, "10T23:00:30"),
        ({"east_m": float("nan")}, "10T23:00:30"),
        ({"radius95_m": 300.0}, "10T23:00:30"),
        ({"provider": Provider.CELL, "radius95_m": float("nan")}, "10T23:00:30"),
        ({"received_us": us("10T22:30")}, "10T23:00:30"),
        ({"received_us": us("10T23:40")}, "10T23:40:01"),
        ({"observed_us": us("10T22:59")}, "10T23:00:30"),
        ({"observed_us": us("10T22:50")}, "10T23:00:30"),
        ({"observed_us": us("10T23:01")}, "10T23:00:30"),
        ({"observed_us": us("10T23:30"), "received_us": us("10T23:30")}, "10T23:30:01"),
        (
            {"observed_us": us("10T23:28"), "received_us": us("10T23:28"), "radius95_m": 90.0},
            "10T23:28:01",
        ),
        ({}, "10T23:30"),
        ({}, "11T06:00"),
    ],
)
def test_another_one_may(changes: dict[str, Any], until: str) -> None:
    assert go_on(READY, quiet(), next_fix(**changes), us(until)) is None


def test_a_fix_that_is_said_twice_is_one() -> None:
    twice = fixes([*stay("10T23:00", "10T23:01"), *stay("10T23:00", "10T23:01", radius95_m=20.0)])
    after = go_on(READY, quiet(), twice, SOON)
    assert after is not None
    assert after.last_us == us("10T23:00")
    elsewhere = fixes([*stay("10T23:00", "10T23:01"), *stay("10T23:00", "10T23:01", 5.0)])
    assert go_on(READY, quiet(), elsewhere, SOON) is None


def test_time_alone_changes_nothing_until_something_is_due() -> None:
    nothing, calm = fixes(), quiet()
    assert go_on(READY, calm, nothing, calm.due_us(READY.policy) - 1) is calm
    assert go_on(READY, calm, nothing, calm.due_us(READY.policy)) is None


def test_what_came_slowly_is_calm_only_where_it_was_not_silent_before() -> None:
    """A batch of a quarter of an hour, a moment after the last report, and long after it."""
    batch = stay("10T23:00", "10T23:15")
    soon = fixes(deliver_at(batch, "10T23:16"))
    assert go_on(READY, quiet(), soon, us("10T23:17")) is not None
    track = fixes(deliver_at(stay("10T20:00", "10T23:00"), "10T23:15:50"))
    calm = begin_skip(READY, track, "10T23:16:21")
    assert calm is None or go_on(READY, calm, soon, us("10T23:17")) is None
    calm = quiet()._replace(received_us=us("10T23:15:50"))
    assert go_on(READY, calm, soon, us("10T23:17")) is None


def test_a_beacon_at_home_ends_the_calm_of_whoever_is_away() -> None:
    home = rules(order(CURFEW))
    track = fixes(stay("10T08:00", "10T12:00", 3_000.0))
    calm = begin_skip(home, track, "10T12:00")
    assert calm is not None
    assert not calm.is_right
    assert quiet().is_right
    away = fixes(stay("10T12:00", "10T12:01", 3_000.0))
    beacon_fixes = fixes(stay("10T12:00", "10T12:01", 3_000.0, beacon=1))
    assert go_on(home, calm, away, us("10T12:00:30")) is not None
    assert go_on(home, calm, beacon_fixes, us("10T12:00:30")) is None


def test_beside_a_place_to_keep_out_of_nobody_is_left_alone() -> None:
    """A fix may be clear of it, and the way there lead through a corner."""
    ready = rules(order(EXCLUSION))
    track = fixes(stay("10T20:00", "10T23:00"))
    calm = begin_skip(ready, track, "10T23:00")
    assert calm is not None
    beside = calm._replace(wrong_m=np.array([-1.0]), nearest_m=1.0)
    assert go_on(ready, beside, next_fix(), SOON) is None


def test_who_was_not_judged_just_now_is_not_left_alone() -> None:
    track = fixes(stay("10T00:00", "10T00:01"))
    assert begin_skip(READY, track, "10T00:02") is None
    assert begin_skip(READY, QUIET, "10T22:58") is None  # A clock is ahead.
    assert begin_skip(rules(order(SLOT)), fixes(stay("10T08:00", "10T10:10")), "10T10:10") is None


def test_weak_fixes_are_judged_before_the_odds_can_have_drifted_too_far() -> None:
    """A wide circle in the middle of a home says little; an hour of them leaves much open."""
    track = fixes(stay("10T23:00", "11T00:30", radius95_m=110.0))
    calm, alone = quiet(), 0
    for at in range(len(track)):
        part = track.rows(slice(at, at + 1))
        after = go_on(READY, calm, part, int(part.received_us[0]) + 1)
        if after is None:
            break
        assert after.odds >= calm.odds
        calm, alone = after, alone + 1
    assert 5 <= alone <= 60


def test_whoever_may_have_come_to_the_edge_of_a_place_to_keep_out_of_is_judged() -> None:
    """There nothing holds of what was known before; at the edge of a district it does."""
    edge_m = 5_000.0 - 100.0 - 40.0
    district = "C2: {residence: {stay_in: stadium}}"
    for condition, at_m in ((EXCLUSION, edge_m), (district, 5_000.0)):
        ready = rules(order(condition))
        calm = begin_skip(ready, fixes(stay("10T20:00", "10T23:00", at_m)), "10T23:00")
        assert calm is not None
        wide = fixes([fix("10T23:01", at_m, radius95_m=110.0)])
        after = go_on(ready, calm, wide, int(wide.received_us[0]) + 1)
        assert (after is not None) == (condition == district)


def test_a_place_to_keep_out_of_is_measured_where_no_way_can_lead_through_it() -> None:
    ready = rules(order(EXCLUSION))
    calm = begin_skip(ready, QUIET, "10T23:00")
    assert calm is not None
    beside = calm._replace(wrong_m=np.array([-5.0]), nearest_m=5.0)
    assert go_on(ready, beside, next_fix(), SOON) is not None


def test_where_it_is_doubtful_nobody_is_left_alone() -> None:
    """Met is said from below 0.3 on; a programme that asks from 0.001 on is never quite sure."""
    asking = replace(READY, policy=replace(READY.policy, p_ask_min=0.0005))
    assert begin_skip(asking, QUIET, "10T23:00") is None


def test_where_anything_may_have_drifted_nobody_is_left_alone() -> None:
    policy = replace(READY.policy, return_rate_per_h=3_600.0)
    restless = replace(READY, policy=policy)
    assert go_on(restless, quiet(), next_fix(), SOON) is None


def test_far_away_is_judged() -> None:
    assert go_on(READY, quiet(), next_fix(east_m=30_000.0), SOON) is None


def test_where_the_way_leaves_it_open_the_boundary_itself_is_asked() -> None:
    ready = rules(order(CURFEW))
    calm = begin_skip(ready, QUIET, "10T23:00")
    assert calm is not None
    beside = calm._replace(wrong_m=np.array([-5.0]), nearest_m=5.0)
    assert go_on(ready, beside, next_fix(), SOON) is not None
    assert go_on(ready, beside, next_fix(east_m=95.0), SOON) is None
