"""Until the next moment that is due nothing changes, if nothing comes; at it, something may."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation import next_wakeup
from mesure.evaluation.pipeline import Statement
from mesure.instants import to_datetime, to_us
from tests.evaluation import lives, scenes
from tests.evaluation.lives import ReceivedHours
from tests.evaluation.scenes import (
    CURFEW,
    SLOT,
    asks_now,
    deliver_at,
    fix,
    fixes,
    order,
    rules,
    stay,
    us,
)

FEW = settings(max_examples=settings().max_examples // 2)
READY = rules(order(CURFEW))


def describe(statement: Statement) -> tuple[object, ...]:
    """Return what is said, but for how long what holds has held."""
    until_us = statement.judgement.until_us
    assessments = [
        (
            assessment.condition,
            assessment.status,
            assessment.span.start,
            to_us(assessment.span.end) >= until_us or assessment.span.end,
        )
        for assessment in statement.assessments
    ]
    shown = [one._replace(shown_us=(one.shown_us[0], 0), opened_us=0) for one in statement.episodes]
    return assessments, shown


@FEW
@given(lives.lives(), st.floats(0.0, 1.0))
def test_nothing_changes_before_it_is_due(life: ReceivedHours, share_ratio: float) -> None:
    now = scenes.look_us(life.rules, life.fixes, life.until_us)
    next_us = next_wakeup.next_us(life.rules, now)
    last_us = life.until_us + 12 * scenes.H if next_us is None else next_us - 1
    later_us = life.until_us + round((last_us - life.until_us) * share_ratio)
    if len(life.fixes) and int(life.fixes.received_us.max()) < life.until_us:
        # With the signs by which a device lies still, which no statement hands back.
        later = scenes.look_us(life.rules, life.fixes, later_us)
        assert describe(now) == describe(later)
        later_at = to_datetime(later_us)
        assert [one for one in asks_now(now) if later_at < one.span.end] == list(asks_now(later))


def test_a_silence_in_which_nothing_binds_wakes_nobody() -> None:
    home = fixes(stay("10T13:00", "10T14:00"))
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T14:00")) == us("10T22:00")


def test_a_late_delivery_that_changed_nothing_wakes_nobody() -> None:
    known = fixes(
        stay("10T22:00", "10T22:30"), deliver_at([fix("10T22:10:30", 0.0)], "10T22:30:10")
    )
    statement = scenes.look(READY, known, "10T22:30:20")
    assert len(statement.history.seen) == len(statement.superseded) == 0
    assert next_wakeup.next_us(READY, statement) == us("10T22:59")


def test_the_edge_of_a_window_is_due() -> None:
    home = fixes(stay("10T20:00", "10T21:55"))
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T21:55")) == us("10T22:00")


def test_silence_is_due_when_it_makes_unknown_and_when_an_officer_is_told() -> None:
    home = fixes(stay("10T21:00", "10T22:10"))
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T22:10")) == us("10T22:39")
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T22:39")) == us("10T22:39") + 1
    # An ask about a silence lasts three minutes, as the device was told; nothing ends it.
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T22:40")) == us("11T02:09")
    assert next_wakeup.next_us(READY, scenes.look(READY, home, "10T22:43")) == us("11T02:09")


@pytest.mark.parametrize("last", ["10T14:00", "10T19:30", "10T23:10"])
def test_whoever_wakes_only_when_due_tells_of_a_silence_at_once(last: str) -> None:
    home = fixes(stay("10T13:00", last))
    seen_us: dict[int, int] = {}
    now_us: int | None = us(last)
    while now_us is not None and now_us < us("11T08:00"):
        statement = scenes.look_us(READY, home, now_us)
        for episode in statement.episodes:
            seen_us.setdefault(episode.opened_us, now_us)
        now_us = next_wakeup.next_us(READY, statement)
    assert len(seen_us) == 1
    for opened_us, first_us in seen_us.items():
        assert 0 < first_us - opened_us <= 1


def test_the_time_of_a_fix_that_a_clock_ahead_dated_is_due() -> None:
    """Why: it ends a silence then, and nothing else may come for half an hour."""
    ready = rules(order(CURFEW))
    track = fixes(
        stay("10T21:00", "10T22:00"), deliver_at([fix("11T01:01:30", 0.0)], "11T01:00:30")
    )
    until_us = us("11T01:00:31")
    statement = scenes.look_us(ready, track, until_us)
    assert next_wakeup.next_us(ready, statement) == us("11T01:01:30")
    then = scenes.look_us(ready, track, us("11T01:01:30"))
    assert next_wakeup.next_us(ready, then) == us("11T01:01:30") + 1


def test_the_end_of_a_slot_is_due() -> None:
    ready = rules(order(SLOT))
    there = fixes(stay("10T09:00", "10T10:20", 2_000.0))
    assert next_wakeup.next_us(ready, scenes.look(ready, there, "10T10:20")) == us("10T10:30")


def test_nothing_is_due_after_the_end_of_the_order() -> None:
    ready = rules(order(CURFEW, in_force="from: 2026-02-01, until: 2026-02-03"))
    assert next_wakeup.next_us(ready, scenes.look(ready, fixes(), "20T00:00")) is None
