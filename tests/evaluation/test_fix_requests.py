"""When a device is asked for more fixes, and when it is left alone."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation import pipeline
from mesure.evaluation.assessment import Status
from mesure.evaluation.fix_requests import HOUR_US, FixRequest, FixRequestReason
from mesure.evaluation.pipeline import EvaluationState, Statement
from mesure.evaluation.rules import Rules
from mesure.instants import to_us
from tests.evaluation import lives, scenes
from tests.evaluation.lives import FREED, LAWS, ReceivedHours
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    H,
    absence,
    asks_now,
    deliver_at,
    fix,
    fixes,
    format_instant,
    look,
    order,
    rules,
    stay,
    walk,
)

MANY = settings().max_examples  # As the profile says: see tests/conftest.py.
FIND = settings(max_examples=2 * MANY // 5)
FEW = settings(max_examples=MANY // 7)  # Each looks many times.


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def list_asks(statement: Statement, condition: str = "C1") -> list[tuple[str, str, str, str]]:
    """Return the asks of one condition as (because, start, asked at, end)."""
    return [
        (
            request.because.value,
            format_instant(start_us),
            format_instant(asked_us),
            format_instant(end_us),
        )
        for request in statement.ask_for_fixes
        if request.condition == condition
        for start_us, asked_us, end_us in [times(request)]
    ]


def times(request: FixRequest) -> tuple[int, int, int]:
    return to_us(request.span.start), to_us(request.asked_at), to_us(request.span.end)


# --- Doubts --------------------------------------------------------------------------------------


def test_who_is_sure_does_not_ask(curfew: Rules) -> None:
    at_home = look(curfew, fixes(stay("10T21:00", "11T06:00")), "11T06:00")
    away = look(curfew, fixes(stay("10T20:00", "11T06:00", 900.0)), "11T06:00")
    assert list_asks(at_home) == list_asks(away) == []
    assert asks_now(away) == ()


def test_without_a_fix_there_is_nobody_to_ask(curfew: Rules) -> None:
    assert list_asks(look(curfew, fixes(), "10T23:00")) == []


def test_an_order_that_never_binds_asks_nothing() -> None:
    noon = "from: 2026-02-10T12:00, until: 2026-02-10T13:00"
    ready = rules(order(CURFEW, in_force=noon))
    assert list_asks(look(ready, fixes(stay("10T12:00", "10T12:30", 900.0)), "10T13:00")) == []


def test_one_fix_outside_is_asked_about_until_the_next_one_settles_it(curfew: Rules) -> None:
    before, after = stay("10T21:00", "10T23:00"), stay("10T23:01", "10T23:30")
    wild = fixes(before, [fix("10T23:00", 900.0)], after)
    assert list_asks(look(curfew, wild, "10T23:30")) == [
        ("first_look", "10T23:00", "10T23:00", "10T23:01")
    ]


def test_a_circle_that_reaches_home_is_no_look_outside(curfew: Rules) -> None:
    near = [fix("10T23:00", 74.0), fix("10T23:01", 300.0, radius95_m=900.0)]
    statement = look(curfew, fixes(stay("10T21:00", "10T23:00"), near), "10T23:10")
    assert list_asks(statement) == []


def test_a_fix_outside_counts_little_while_the_beacon_is_heard(curfew: Rules) -> None:
    far_fix = [fix("10T23:00", 900.0, beacon=1)]
    statement = look(curfew, fixes(stay("10T21:00", "10T23:00", beacon=1), far_fix), "10T23:10")
    assert list_asks(statement) == []


def test_a_chance_between_the_thresholds_is_doubt(curfew: Rules) -> None:
    """After a long silence the odds are even, and a circle over home and street leaves them so."""
    wide = [fix("11T02:00", 50.0, radius95_m=900.0)]
    statement = look(curfew, fixes(stay("10T21:00", "10T21:30"), wide), "11T02:02")
    assert list_asks(statement)[-1] == ("chance", "11T02:00", "11T02:00", "11T02:03")
    [now] = asks_now(statement)
    assert (now.because, now.every_s) == (FixRequestReason.CHANCE, 20.0)


def test_a_doubt_begins_with_the_window(curfew: Rules) -> None:
    statement = look(
        curfew, fixes(stay("10T21:00", "10T21:58"), [fix("10T21:59", 900.0)]), "10T22:01"
    )
    assert list_asks(statement) == [("first_look", "10T22:00", "10T22:00", "10T22:03")]


def test_an_ask_ends_with_the_window(curfew: Rules) -> None:
    statement = look(
        curfew, fixes(stay("10T21:00", "11T05:59"), [fix("11T05:59", 900.0)]), "11T05:59:30"
    )
    assert list_asks(statement) == [("first_look", "11T05:59", "11T05:59", "11T06:00")]


def test_a_doubt_goes_on_where_one_stretch_gives_way_to_the_next() -> None:
    home_twice = (
        "C1: {curfew: {at: home, times: [{from: 22:00, until: 23:01, every: day}, "
        "{from: 23:01, until: 06:00, every: day, at: district}]}}"
    )
    out = fixes(stay("10T21:00", "10T23:00"), [fix("10T23:00", 3_500.0)])
    statement = look(rules(order(home_twice)), out, "10T23:02")
    assert list_asks(statement) == [("first_look", "10T23:00", "10T23:00", "10T23:03")]


def test_each_condition_asks_for_itself() -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION))
    statement = look(
        ready, fixes(stay("10T21:00", "10T23:00"), [fix("10T23:00", 900.0)]), "10T23:01"
    )
    assert [one.condition for one in asks_now(statement)] == ["C1"]
    far = [fix("10T23:00", 5_000.0)]
    statement = look(ready, fixes(stay("10T21:00", "10T23:00"), far), "10T23:01")
    assert [one.condition for one in asks_now(statement)] == ["C1", "C2", "C3"]


def test_while_leave_is_given_nothing_is_asked() -> None:
    ready = rules(order(CURFEW, absences=absence("C1", "10T22:30", "10T23:30")))
    out = fixes(stay("10T21:00", "10T23:00"), [fix("10T23:00", 900.0)])
    assert list_asks(look(ready, out, "10T23:10")) == []


# --- Silence -------------------------------------------------------------------------------------


def test_a_silence_is_asked_about_once_when_it_begins(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T21:00", "10T23:00")), "12T05:00")
    assert list_asks(statement) == [("silence", "10T23:29", "10T23:29", "10T23:32")]


def test_a_silence_of_the_afternoon_is_asked_about_when_the_curfew_begins(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T12:00", "10T13:00")), "12T05:00")
    assert list_asks(statement) == [("silence", "10T22:00", "10T22:00", "10T22:03")]


def test_at_the_limit_of_silence_to_the_microsecond(curfew: Rules) -> None:
    track = fixes(stay("10T21:00", "10T23:00"))
    assert list_asks(look(curfew, track, "10T23:29")) == []
    assert len(list_asks(look(curfew, track, "10T23:29:00.000001"))) == 1


def test_a_doubt_that_lasts_is_asked_about_so_many_times_an_hour(curfew: Rules) -> None:
    """Then its hour must pass, as for the silence into which it falls."""
    out = fixes(stay("10T21:00", "10T23:00"), [fix("10T23:00", 900.0)])
    assert [line[::2] for line in list_asks(look(curfew, out, "11T02:00"))] == [
        ("first_look", "10T23:00"),
        ("first_look", "10T23:03"),
        ("first_look", "10T23:06"),
        ("first_look", "10T23:09"),
        ("silence", "11T00:00"),
    ]
    two = rules(order(CURFEW), policy=replace(scenes.default_policy(), asks_per_h_max=2.0))
    told_so_far = stay("10T21:00", "10T23:00"), [fix("10T23:00", 900.0), fix("10T23:10", 0.0)]
    statement = look(two, fixes(*told_so_far, [fix("10T23:20", 900.0)]), "10T23:40")
    assert [line[1:3] for line in list_asks(statement)] == [
        ("10T23:00", "10T23:00"),
        ("10T23:00", "10T23:03"),
    ]


# --- Receipts ------------------------------------------------------------------------------------


def test_what_comes_late_is_asked_about_when_it_comes(curfew: Rules) -> None:
    out = deliver_at([fix("10T23:00", 900.0)], "10T23:05")
    statement = look(curfew, fixes(stay("10T21:00", "10T23:00"), out), "10T23:06")
    assert list_asks(statement) == [("first_look", "10T23:00", "10T23:05", "10T23:08")]


def test_what_came_after_a_later_fix_is_no_news(curfew: Rules) -> None:
    batch = deliver_at([fix("10T23:00", 900.0), fix("10T23:04", 0.0)], "10T23:05")
    late = deliver_at([fix("10T22:30", 900.0)], "10T23:10")
    before = [one for one in stay("10T21:00", "10T23:00") if one.observed_us != late[0].observed_us]
    statement = look(curfew, fixes(before, batch, late), "10T23:30")
    assert list_asks(statement) == []


def test_a_clock_that_is_ahead_is_asked_in_its_own_time(curfew: Rules) -> None:
    ahead = deliver_at([fix("10T23:00", 900.0)], "10T22:59")
    before = stay("10T21:00", "10T22:59")
    statement = look(curfew, fixes(before, ahead), "10T23:01")
    assert list_asks(statement) == [("first_look", "10T23:00", "10T23:00", "10T23:03")]


def test_a_drive_is_asked_about_until_it_is_seen(curfew: Rules) -> None:
    out = fixes(stay("10T21:00", "10T23:00"), walk("10T23:00", 0.0, 6_000.0, mps=12.0))
    statement = look(curfew, out, "10T23:08")
    [(because, start, asked_at, end)] = list_asks(statement)
    assert (because, start, asked_at) == ("first_look", "10T23:01", "10T23:01")
    assert end <= "10T23:04"
    assert asks_now(statement) == ()


# --- Whatever happens ----------------------------------------------------------------------------


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_nothing_is_asked_when_nothing_binds(life: ReceivedHours) -> None:
    """From the ask to its end one condition binds, the one that it names."""
    bound: dict[str, list[tuple[int, int]]] = {}
    for condition, start_us, end_us in lives.spans_in_force(life.rules, 2**62):
        bound.setdefault(condition, []).append((start_us, end_us))
    joined = {condition: lives.merge_spans(spans) for condition, spans in bound.items()}
    for request in judge_life(life).ask_for_fixes:
        start_us, asked_us, end_us = times(request)
        assert start_us <= asked_us < end_us
        spans = joined[request.condition]
        assert any(since_us <= asked_us and end_us <= until_us for since_us, until_us in spans)


@FIND
@given(lives.lives())
def test_a_doubt_is_not_asked_about_for_ever(life: ReceivedHours) -> None:
    requests = judge_life(life).ask_for_fixes
    most = round(life.rules.policy.asks_per_h_max)
    for condition in ("C1", "C2", "C3", "C4"):
        asked_us = [to_us(one.asked_at) for one in requests if one.condition == condition]
        assert all(one < other for one, other in pairwise(asked_us))
        assert all(
            later_us - earlier_us >= HOUR_US
            for earlier_us, later_us in zip(asked_us, asked_us[most:], strict=False)
        )


@FIND
@given(lives.lives(), st.lists(st.integers(0, 10**6), max_size=4))
def test_chunking(life: ReceivedHours, cuts: list[int]) -> None:
    """Cut by receipt into batches, each looked at when it came: the same asks."""
    columns = life.fixes
    first_us, last_us = lives.night_start_us(life.law), life.until_us
    moments = sorted(first_us + cut * (last_us - first_us) // 10**6 for cut in cuts)
    state, heard_us = EvaluationState(), -1
    for moment_us in [*moments, last_us]:
        new = (columns.received_us >= heard_us) & (columns.received_us < moment_us)
        evaluation = pipeline.evaluate(
            life.rules, state, columns.rows(np.flatnonzero(new)), moment_us
        )
        state, statement = evaluation.state, evaluation.statement
        heard_us = moment_us
    assert statement.ask_for_fixes == judge_life(life).ask_for_fixes


@FIND
@given(st.data())
def test_order(data: st.DataObject) -> None:
    """Shuffled and repeated: the same asks."""
    life = data.draw(lives.lives())
    again = data.draw(st.lists(st.sampled_from(life.told), max_size=3)) if life.told else []
    mixed = data.draw(st.permutations([*life.told, *again]))
    other = replace(life, told=tuple(mixed))
    assert judge_life(other).ask_for_fixes == judge_life(life).ask_for_fixes


@FEW
@given(lives.lives())
def test_what_was_asked_then_is_what_is_told_later(life: ReceivedHours) -> None:
    """Looking back names the asks that a live service made, where no fix came late."""
    track = tuple(one._replace(received_us=one.observed_us) for one in life.told)
    life = replace(life, told=track)
    whole = judge_life(life).ask_for_fixes
    for moment_us in {to_us(one.asked_at) + 1 for one in whole} | {life.until_us - 2 * H}:
        then = scenes.look_us(life.rules, life.fixes, moment_us)
        requests = [one for one in whole if to_us(one.asked_at) < moment_us]
        assert [times(one)[:2] for one in then.ask_for_fixes] == [
            times(request)[:2] for request in requests
        ]
        live = [one for one in requests if moment_us < to_us(one.span.end)]
        assert [times(one)[:2] for one in asks_now(then)] == [times(one)[:2] for one in live]
        for request in live:
            assert request.because is FixRequestReason.SILENCE or not is_sure(
                then, request.condition
            )


def is_sure(statement: Statement, condition: str) -> bool:
    """Return whether the last that is said of a condition is that it is not met."""
    last = [one for one in statement.assessments if one.condition == condition][-1]
    return last.status is Status.NOT_MET


def judge_life(life: ReceivedHours) -> Statement:
    """Return what is said of a life at its moment of looking."""
    return scenes.look_us(life.rules, life.fixes, life.until_us)
