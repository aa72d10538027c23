"""What holds of every life: however its fixes came, and whatever the order says."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation import pipeline
from mesure.evaluation.assessment import Assessment, Status
from mesure.evaluation.breakdown import episode_evidence
from mesure.evaluation.episodes import SILENT, Episode
from mesure.evaluation.pipeline import EvaluationState, Statement
from mesure.evaluation.rules import Rules
from mesure.geo.numeric import geo_kernels
from mesure.incidents import raising
from mesure.instants import to_us
from tests.evaluation import lives, scenes
from tests.evaluation.lives import FREED, LAWS, ReceivedHours
from tests.evaluation.scenes import M, fix, fixes, of_place, stay

MANY = settings().max_examples  # As the profile says: see tests/conftest.py.
FIND = settings(max_examples=2 * MANY // 5)
FEW = settings(max_examples=MANY // 7)  # Each looks many times.


def judge_life(life: ReceivedHours) -> Statement:
    """Return what is said of a life at its moment of looking."""
    return scenes.look_us(life.rules, life.fixes, life.until_us)


def of(statement: Statement, condition: str) -> list[Assessment]:
    return [one for one in statement.assessments if one.condition == condition]


def edges(assessment: Assessment) -> tuple[int, int]:
    return to_us(assessment.span.start), to_us(assessment.span.end)


# --- How the fixes came ----------------------------------------------------------------------


def everything(rules: Rules, statement: Statement) -> tuple[object, ...]:
    """Return all that a statement reports."""
    incidents = raising.incidents(rules, statement, {}, unsigned=True)
    return statement.assessments, statement.superseded, statement.episodes, repr(incidents)


@FIND
@given(lives.lives(), st.lists(st.integers(0, 10**6), max_size=4))
def test_chunking(life: ReceivedHours, cuts: list[int]) -> None:
    """Cut by receipt into batches, each looked at when it came: the same to the last word."""
    columns = life.fixes
    first_us, last_us = lives.night_start_us(life.law), life.until_us
    moments = sorted(first_us + cut * (last_us - first_us) // 10**6 for cut in cuts)
    state: EvaluationState = EvaluationState()
    heard_us = -1
    for moment_us in [*moments, last_us]:
        new = (columns.received_us >= heard_us) & (columns.received_us < moment_us)
        evaluation = pipeline.evaluate(
            life.rules, state, columns.rows(np.flatnonzero(new)), moment_us
        )
        state, statement = evaluation.state, evaluation.statement
        heard_us = moment_us
    assert everything(life.rules, statement) == everything(life.rules, judge_life(life))


@FIND
@given(st.data())
def test_order(data: st.DataObject) -> None:
    """Shuffled, repeated and late arrivals end where the clean sequence ends."""
    life = data.draw(lives.lives())
    other = data.draw(lives.arrivals(life))
    receipts = [one.received_us for one in (*life.told, *other.told)]
    until_us = max([life.until_us, *(received_us + 1 for received_us in receipts)])
    clean = [one._replace(received_us=one.observed_us) for one in life.told]
    ends = [
        scenes.look_us(life.rules, scenes.fixes(track), until_us)
        for track in (clean, life.told, other.told)
    ]
    for end in ends[1:]:
        assert end.assessments == ends[0].assessments
        assert [one._replace(opened_us=0, fix=0) for one in end.episodes] == [
            episode._replace(opened_us=0, fix=0) for episode in ends[0].episodes
        ]


@FEW
@given(lives.lives())
def test_replay(life: ReceivedHours) -> None:
    """Twice, and with and without the compiler: the same."""
    once, twice = (everything(life.rules, judge_life(life)) for _ in range(2))
    try:
        geo_kernels.use_compiler(False)
        in_columns = everything(life.rules, judge_life(life))
    finally:
        geo_kernels.use_compiler(True)
    assert once == twice == in_columns


# --- What is said ----------------------------------------------------------------------------


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_spans_cover_exactly_what_binds(life: ReceivedHours) -> None:
    """Sorted, disjoint, from the order's start or the first used fix, absences taken out."""
    statement = judge_life(life)
    begin_us = life.rules.start_us
    if len(statement.fixes):
        begin_us = max(begin_us, int(statement.fixes.observed_us[0]))
    duties: dict[str, list[tuple[int, int]]] = {}
    for condition, start_us, end_us in lives.spans_in_force(life.rules, life.until_us):
        if max(start_us, begin_us) < end_us:
            duties.setdefault(condition, []).append((max(start_us, begin_us), end_us))
    for condition in ("C1", "C2", "C3", "C4"):
        spans = [edges(one) for one in of(statement, condition)]
        assert spans == sorted(spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        assert lives.merge_spans(spans) == lives.merge_spans(duties.get(condition, []))


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_neighbours_of_equal_status_are_one(life: ReceivedHours) -> None:
    statement = judge_life(life)
    for condition in ("C1", "C2", "C3"):
        assessments = of(statement, condition)
        for assessment, other in pairwise(assessments):
            assert assessment.span.end < other.span.start or assessment.status is not other.status


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_a_slot_has_one_status_unknown_while_in_progress(life: ReceivedHours) -> None:
    for slot in judge_life(life).judgement.slots:
        if slot.window[0].duty.kind == "appointment":
            assert len({spell.status for spell in slot.intervals}) == 1
            if slot.end_us > life.until_us:
                assert slot.intervals[0].status is Status.UNKNOWN


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_silence_is_unknown(life: ReceivedHours) -> None:
    """From each used fix and the limit of silence on, until the next fix or the look."""
    statement = judge_life(life)
    limit_us = round(life.rules.policy.silence_s) * scenes.S
    quiet = lives.silences(statement.rows, life.until_us, limit_us)
    for assessment in statement.assessments:
        # A slot, C4, is judged whole.
        if assessment.condition != "C4" and assessment.status is not Status.UNKNOWN:
            start_us, end_us = edges(assessment)
            assert not [gap for gap in quiet if gap[0] < end_us and start_us < gap[1]]


# --- Possible breaches -----------------------------------------------------------------------


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_an_episode_lies_within_one_window(life: ReceivedHours) -> None:
    for episode in judge_life(life).episodes:
        assert episode.window_us[0] <= episode.start_us < episode.window_us[1]
        assert episode.start_us < life.until_us
        assert episode.start_us <= episode.opened_us < life.until_us
        if episode.end_us is None:
            assert episode.window_us[1] > life.until_us
        else:
            assert episode.start_us < episode.end_us <= min(episode.window_us[1], life.until_us)


@FIND
@given(lives.lives())
def test_one_silence_is_one_incident_of_a_condition(life: ReceivedHours) -> None:
    statement = judge_life(life)
    limit_us = round(life.rules.policy.silence_incident_s) * scenes.S
    quiet = lives.silences(statement.rows, life.until_us, limit_us)
    silent = [one for one in statement.episodes if one.breach == SILENT]
    assert max(Counter((one.condition, one.onset_us) for one in silent).values(), default=1) == 1
    for episode in silent:
        [gap] = [gap for gap in quiet if gap[0] - limit_us == episode.onset_us]
        assert (episode.end_us or life.until_us) <= gap[1]


@FIND
@given(lives.lives((*LAWS, *FREED)))
def test_no_incident_of_place_rests_on_one_fix_alone(life: ReceivedHours) -> None:
    statement = judge_life(life)
    for episode in of_place(statement.episodes):
        rows = episode_evidence.measure(life.rules, statement, episode).rows
        assert len(set(rows)) == len(rows)
        assert set(rows) <= set(statement.fixes.row.tolist())
        assert len(rows) >= min(2, len(statement.fixes))


@FEW
@given(lives.lives(("plain", "varied in the night", "Paris, an hour is skipped")))
def test_an_incident_opens_when_an_officer_could_first_see_it(life: ReceivedHours) -> None:
    """A moment before, no part of it was shown; a moment after, it or one that goes on is there."""
    for episode in judge_life(life).episodes:
        before = judge_at(life, episode.opened_us - 1).episodes
        assert not [other for other in before if other.touches(episode)]
        after = judge_at(life, episode.opened_us + 1).episodes
        assert [other for other in after if overlap(episode, other, life.until_us)]


def overlap(episode: Episode, other: Episode, until_us: int) -> bool:
    """Return whether two are of a kind and share an instant, as far as they go on by then."""
    same = (episode.condition, episode.breach) == (other.condition, other.breach)
    ends_us = (episode.end_us or until_us, other.end_us or until_us)
    return same and episode.start_us < ends_us[1] and other.start_us < ends_us[0]


def judge_at(life: ReceivedHours, at_us: int, received_us: int | None = None) -> Statement:
    """Return what is said at a moment of all that had come by then, or before another one."""
    known = life.fixes.received_us < (at_us if received_us is None else received_us)
    return pipeline.replay(life.rules, life.fixes.rows(np.flatnonzero(known)), at_us)


# --- Late evidence ---------------------------------------------------------------------------


def status_at(statement: Statement, condition: str, at_us: int) -> Status | None:
    for assessment in of(statement, condition):
        if to_us(assessment.span.start) <= at_us < to_us(assessment.span.end):
            return assessment.status
    return None


@FEW
@given(lives.lives())
def test_what_is_superseded_stood_and_no_longer_stands(life: ReceivedHours) -> None:
    looks: dict[tuple[int, int], Statement] = {}
    together_us = round(life.rules.policy.late_s) * scenes.S  # What comes so close is one delivery.
    for old in judge_life(life).superseded:
        start_us, end_us = edges(old.assessment)
        from_us, until_us = to_us(old.stood_from), to_us(old.stood_until)
        assert start_us <= from_us <= until_us
        name, status = old.assessment.condition, old.assessment.status
        before, after = (
            looks.get(key) or looks.setdefault(key, judge_at(life, *key))
            for key in ((until_us, until_us // together_us * together_us), (until_us, until_us + 1))
        )
        for at_us in (start_us, (start_us + end_us) // 2, end_us - 1):
            assert status_at(before, name, at_us) is status
            assert status_at(after, name, at_us) not in (status, None)


@FIND
@given(lives.lives())
def test_what_comes_in_time_supersedes_nothing(life: ReceivedHours) -> None:
    track = tuple(one._replace(received_us=one.observed_us) for one in life.told)
    statement = judge_life(replace(life, told=track))
    assert statement.superseded == ()
    assert statement.history.withdrawn == ()


# --- In the person's favour ------------------------------------------------------------------


@FIND
@given(lives.lives(tuple(FREED)))
def test_leave_never_makes_an_incident_of_place(life: ReceivedHours) -> None:
    freed = judge_life(life)
    strict = scenes.look_us(lives.ready(life.law, freed=False), life.fixes, life.until_us)
    for episode in of_place(freed.episodes):
        assert [o for o in of_place(strict.episodes) if overlap(episode, o, life.until_us)]


@FIND
@given(
    st.sampled_from([1, 5, 10]),
    st.sampled_from([70.0, 100.0, 300.0, 900.0, 20_000.0]),
    st.sampled_from([5.0, 15.0, 60.0, 200.0]),
    st.sampled_from([1.5, 4.0, 40.0]),
    st.integers(1, 20),
)
def test_more_noise_never_turns_unknown_into_not_met(
    every_m: int, far_m: float, radius95_m: float, more: float, minute: int
) -> None:
    """Of one fix far away among others at home."""
    at_home = stay("10T21:00", "10T23:00", every_s=every_m * 60)
    lone = fix("10T22:30", far_m)
    lone = lone._replace(observed_us=lone.observed_us + minute * M, received_us=lone.received_us)
    statements = [
        scenes.look(lives.ready("plain"), fixes(at_home, [lone._replace(radius95_m=r)]), "10T23:10")
        for r in (radius95_m, radius95_m * more)
    ]
    moments = range(scenes.us("10T22:00"), scenes.us("10T23:10"), M)
    for at_us in moments:
        sharp, noisy = (status_at(one, "C1", at_us) for one in statements)
        assert noisy is not Status.NOT_MET or sharp is Status.NOT_MET
    assert not of_place(statements[1].episodes)
