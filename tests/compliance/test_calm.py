"""Who is left alone is said the same of as if everything had been judged."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mesure.compliance import calm as calm_
from mesure.compliance import due, near
from mesure.compliance.advance import Statement
from mesure.compliance.assessment import Assessment
from mesure.compliance.calm import Calm
from mesure.compliance.near import Look, Pair
from mesure.compliance.rules import Rules, to_us
from mesure.positions import fixes as fixes_
from mesure.positions.fixes import Fixes, Provider
from tests.compliance import scenes, seasons
from tests.compliance.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    S,
    fixes,
    order,
    rules,
    stay,
    us,
    walk,
)
from tests.compliance.seasons import Kept, Season

FEW = settings(max_examples=settings().max_examples // 6)


class Watch:
    """A person who is left alone while nothing changes, as a service does it."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.pair, self.kept = rules, Pair(), Kept()
        self.waiting: list[Fixes] = []
        self.calm: Calm | None = None
        self.until_us = 0
        self.open: list[Assessment] = []
        self.look: Look | None = None

    def see(self, batch: Fixes, until_us: int) -> bool:
        """Judge what came; return whether the person was left alone."""
        calm = self.calm
        for part in by_receipt(batch) or [batch]:
            calm = calm and calm_.go_on(self.rules, calm, part, until_us)
        self.waiting.append(batch)
        self.calm = calm
        if calm is None:
            new = reduce(fixes_.merge, self.waiting, fixes_.none())
            self.waiting = []
            self.look = near.advance(self.rules, self.pair, new, until_us)
            self.pair = self.look.pair
            self.kept.keep(self.look.view)
            self.open = list(self.look.view.assessments)
            self.calm = calm_.begin(self.rules, self.look)
        else:
            self.open = calm_.extended(self.open, self.until_us, until_us)
            for one in self.open:
                key = one.condition, to_us(one.span.start)
                assert key in self.kept.assessments
                self.kept.assessments[key] = one
        self.until_us = until_us
        return calm is not None


def by_receipt(batch: Fixes) -> list[Fixes]:
    times_us = np.unique(batch.received_us).tolist()
    return [batch.rows(np.flatnonzero(batch.received_us == one)) for one in times_us]


def same(watch: Watch, whole: Statement) -> None:
    assert watch.kept.told() == sorted(
        whole.assessments, key=lambda one: (one.condition, one.span.start)
    )


@FEW
@given(seasons.seasons(), st.sampled_from([1, 1, 4, 40]))
def test_nobody_can_tell_who_was_left_alone(season: Season, often: int) -> None:
    """Looks that come as often as the fixes do, about days that hold everything."""
    season = season.in_order()
    watch, alone = Watch(season.rules), 0
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
            assert not whole.asks_now
            next_us = due.next_us(season.rules, whole)
            due_us = watch.calm.due_us(season.rules.policy)
            assert next_us is None or due_us <= next_us
            assert not [one for one in whole.episodes if one.end_us is None]
    event(f"left alone {alone // 10 * 10} times and more")


@FEW
@given(seasons.seasons())
def test_what_comes_late_or_in_any_order_is_never_passed_over(season: Season) -> None:
    watch = Watch(season.rules)
    for batch, look_us in season.batches():
        watch.see(batch, look_us)
        same(watch, season.at_once(look_us))


def nights(told: Fixes, ready: Rules, first: str, *, each: int = 1) -> Iterator[bool]:
    """Yield for each message of so many fixes whether the person was left alone."""
    watch = Watch(ready)
    before = int(np.searchsorted(told.observed_us, us(first)))
    watch.see(told.rows(slice(0, before)), us(first))
    for at in range(before, len(told), each):
        part = told.rows(slice(at, at + each))
        part = replace(part, received_us=np.full(len(part), part.observed_us[-1]))
        until_us = int(part.observed_us[-1]) + 1
        yield watch.see(part, until_us)
        now = told.rows(slice(0, at + each))
        same(watch, scenes.look_us(ready, now, until_us))


READY = rules(order(CURFEW, RESIDENCE, EXCLUSION))
AT_HOME = fixes(stay("10T20:00", "11T08:00"))


@pytest.mark.parametrize("each", [1, 30])
def test_a_night_at_home_is_left_alone_but_for_its_edges(each: int) -> None:
    alone = list(nights(AT_HOME, READY, "10T21:00", each=each))
    assert alone.count(False) <= 4


def test_a_walk_over_the_boundary_is_judged() -> None:
    told = fixes(stay("10T20:00", "10T23:00"), walk("10T23:00", 0.0, 2_000.0))
    alone = list(nights(told, READY, "10T22:30"))
    assert alone[:29].count(False) <= 1
    assert not any(alone[31:45])


def begun(ready: Rules, told: Fixes, at: str) -> Calm | None:
    return calm_.begin(ready, near.advance(ready, Pair(), told, us(at)))


QUIET = fixes(stay("10T20:00", "10T23:00"))


def quiet() -> Calm:
    found = begun(READY, QUIET, "10T23:00")
    assert found is not None
    return found


def next_fix(**given: Any) -> Fixes:
    [one] = stay("10T23:00", "10T23:01")
    return fixes([one._replace(**given)])


SOON = us("10T23:00") + 30 * S


def test_a_fix_like_the_last_one_changes_nothing() -> None:
    after = calm_.go_on(READY, quiet(), next_fix(), SOON)
    assert after is not None
    assert after.last_us == us("10T23:00")


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ({"east_m": 95.0}, "10T23:00:30"),
        ({"east_m": float("nan")}, "10T23:00:30"),
        ({"radius95_m": 300.0}, "10T23:00:30"),
        ({"provider": Provider.CELL}, "10T23:00:30"),
        ({"received_us": us("10T22:30")}, "10T23:00:30"),
        ({"received_us": us("10T23:40")}, "10T23:40:01"),
        ({"observed_us": us("10T22:59")}, "10T23:00:30"),
        ({"observed_us": us("10T22:50")}, "10T23:00:30"),
        ({"observed_us": us("10T23:01")}, "10T23:00:30"),
        ({"observed_us": us("10T23:24"), "received_us": us("10T23:24")}, "10T23:24:01"),
        ({}, "10T23:30"),
        ({}, "11T06:00"),
    ],
)
def test_another_one_may(given: dict[str, Any], until: str) -> None:
    assert calm_.go_on(READY, quiet(), next_fix(**given), us(until)) is None
