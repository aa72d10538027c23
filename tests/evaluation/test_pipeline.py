"""The one entry: fixes go in, in any batches; what is said depends on the records alone."""

from dataclasses import replace

import pytest

from mesure.evaluation import judgement, pipeline
from mesure.evaluation.pipeline import EvaluationState, Statement
from tests.evaluation.scenes import (
    CURFEW,
    deliver_at,
    fix,
    fixes,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

READY = rules(order(CURFEW))


def test_nothing_is_known_at_the_beginning() -> None:
    evaluation = pipeline.evaluate(READY, EvaluationState(), fixes(), us("10T00:00"))
    state, statement = evaluation.state, evaluation.statement
    assert len(state.fixes) == 0
    assert {one.status.value for one in statement.assessments} == {"unknown"}
    assert statement.superseded == ()
    assert statement.episodes == ()


def test_what_was_said_before_is_forgotten_and_what_was_heard_is_not() -> None:
    first, second = fixes(stay("10T21:00", "10T23:00")), fixes(stay("10T23:00", "11T01:00"))
    evaluation = pipeline.evaluate(READY, EvaluationState(), first, us("10T23:00"))
    state, early = evaluation.state, evaluation.statement
    evaluation = pipeline.evaluate(READY, state, second, us("11T01:00"))
    state, later = evaluation.state, evaluation.statement
    assert spans(early) == [("met", "10T22:00", "10T23:00")]
    assert spans(later) == [("met", "10T22:00", "11T01:00")]
    assert len(state.fixes) == len(later.fixes) == 240


def test_a_tick_without_a_fix_says_what_silence_makes_of_it() -> None:
    evaluation = pipeline.evaluate(
        READY, EvaluationState(), fixes(stay("10T21:00", "10T22:10")), us("10T22:10")
    )
    state = evaluation.state
    quiet = fixes()
    for until, status in (("10T22:39", "met"), ("10T22:40", "unknown")):
        evaluation = pipeline.evaluate(READY, state, quiet, us(until))
        state, statement = evaluation.state, evaluation.statement
        assert spans(statement)[-1][0] == status
    evaluation = pipeline.evaluate(READY, state, quiet, us("11T02:10"))
    state, statement = evaluation.state, evaluation.statement
    assert list_episodes(statement) == [("silent", "10T22:09", "open", "11T02:09")]


def test_what_was_heard_is_not_heard_again_where_time_alone_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    track = fixes(
        stay("10T21:00", "10T22:10"), deliver_at(stay("10T22:10", "10T23:00"), "11T00:10")
    )
    state = pipeline.evaluate(READY, EvaluationState(), track, us("11T00:20")).state
    ticks = [us("11T00:20"), us("11T00:31"), us("11T03:00"), us("11T07:00")]
    anew = [pipeline.evaluate(READY, replace(state, heard=None), fixes(), one) for one in ticks]
    monkeypatch.delattr(judgement, "hear")
    for tick_us, other in zip(ticks, anew, strict=True):
        evaluation = pipeline.evaluate(READY, state, fixes(), tick_us)
        assert same(evaluation.statement, other.statement)
        assert (evaluation.assessments, evaluation.superseded) == (
            other.assessments,
            other.superseded,
        )
        assert (evaluation.known_us == other.known_us).all()
        state = evaluation.state


def test_what_was_heard_serves_under_the_same_rules_and_where_it_is_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    track = fixes(stay("10T21:00", "10T22:10"))
    state = pipeline.evaluate(READY, EvaluationState(), track, us("10T22:10")).state
    other = rules(order(CURFEW))
    assert state.heard is not None
    later = pipeline.evaluate(other, state, fixes(), us("10T22:20")).state
    assert later.heard is not None
    assert later.heard.rules is other
    monkeypatch.setattr(pipeline, "HEARD_ROWS_MAX", len(track) - 1)
    assert pipeline.evaluate(READY, state, fixes(), us("10T22:20")).state.heard is None


def test_a_repeated_batch_changes_nothing() -> None:
    batch = fixes(stay("10T21:00", "10T23:00"))
    evaluation = pipeline.evaluate(READY, EvaluationState(), batch, us("10T23:00"))
    state, once = evaluation.state, evaluation.statement
    evaluation = pipeline.evaluate(READY, state, batch, us("10T23:00"))
    state, twice = evaluation.state, evaluation.statement
    assert len(state.fixes) == len(batch)
    assert same(once, twice)


def same(statement: Statement, other: Statement) -> bool:
    return (statement.assessments, statement.superseded, statement.episodes, statement.history) == (
        other.assessments,
        other.superseded,
        other.episodes,
        other.history,
    )


def test_a_look_leaves_no_trace() -> None:
    """Why: it must not matter how often, or when, somebody looked."""
    deliveries = [
        fixes(stay("10T21:00", "10T22:40")),
        fixes([fix("10T22:40", 900), fix("10T23:00", 900)]),
    ]
    late = fixes(deliver_at(stay("10T22:41", "10T23:30", every_s=20), "11T00:30"))
    rest = fixes(stay("11T00:31", "11T02:00"))
    state: EvaluationState = EvaluationState()
    moments = ("10T22:40", "10T23:01", "11T00:31", "11T02:00")
    for part, until in zip([*deliveries, late, rest], moments, strict=True):
        for _ in range(2):
            evaluation = pipeline.evaluate(READY, state, part, us(until))
            state, looked = evaluation.state, evaluation.statement
    at_once = pipeline.replay(READY, state.fixes, us("11T02:00"))
    assert same(looked, at_once)
    assert len(at_once.superseded) > 0


def test_an_episode_that_late_evidence_brought_opens_with_its_receipt() -> None:
    track = fixes(
        stay("10T20:00", "10T21:00"),
        deliver_at(stay("10T22:10", "10T23:10", 900), "11T01:00"),
        stay("11T00:30", "11T02:00"),
    )
    assert list_episodes(look(READY, track, "11T02:00")) == [
        ("absent", "10T22:10", "11T00:30", "11T01:00")
    ]
