"""The terms of a decision behind a cut add up to those of the whole record."""

import numpy as np
from hypothesis import given, settings

from mesure.evaluation import pipeline
from mesure.evaluation.breakdown import evidence_breakdown
from mesure.evaluation.breakdown.evidence_breakdown import (
    EvidenceBreakdown,
    EvidenceBreakdowns,
    TermSource,
)
from mesure.evaluation.checkpoint import settle
from mesure.evaluation.judgement import memory_us, reach_us
from mesure.evaluation.pipeline import EvaluationState, Statement
from mesure.evaluation.rules import Rules
from tests.evaluation import scenes, seasons
from tests.evaluation.scenes import CURFEW, SLOT, Fix, fixes, look, order, rules, stay, us
from tests.evaluation.seasons import Season
from tests.evaluation.test_evidence_breakdown import FAR_M, accounts, check


def without_numbers(breakdown: EvidenceBreakdown) -> tuple[object, ...]:
    """Return an account but for the numbers of fixes, which are others behind a cut."""
    return (
        breakdown.lane,
        breakdown.taken_us,
        breakdown.terms,
        breakdown.wrong_side,
        breakdown.pieces_ratio,
    )


@settings(max_examples=settings().max_examples // 12)
@given(seasons.seasons())
def test_behind_a_cut_the_terms_add_up_and_are_those_of_the_whole_record(season: Season) -> None:
    for _, view, look_us in seasons.look(season):
        statement, whole = view.statement, season.at_once(look_us)
        reader = EvidenceBreakdowns(statement.rules, statement.judgement, statement.fixes)
        again = EvidenceBreakdowns(whole.rules, whole.judgement, whole.fixes)
        of_whole = {(one.condition, one.breach, one.start_us): one for one in whole.episodes}
        for episode in statement.episodes:
            if episode.start_us < view.since_us:
                continue
            account = reader.of(episode)
            if account.terms:
                check(statement, account)
            if episode.start_us - reach_us(statement.rules.policy) >= view.since_us:
                same = of_whole[episode.condition, episode.breach, episode.start_us]
                assert without_numbers(account) == without_numbers(again.of(same))


def behind(ready: Rules, until: str, since: str, *parts: list[Fix]) -> Statement:
    """Return what is said at an instant by who goes on from a cut."""
    track, until_us = fixes(*parts), us(until)
    before = track.rows(slice(0, int(np.searchsorted(track.observed_us, us(since)))))
    view = pipeline.evaluate(ready, EvaluationState(), before, us(since))
    live = settle.cut(ready, view, us(since), memory_us(ready.policy))
    after = track.rows(slice(len(before), len(track)))
    return pipeline.evaluate(ready, live, after, until_us).statement


def test_who_was_decided_away_before_the_cut_is_told_away_by_the_fixes_before_the_slot() -> None:
    ready = rules(order(SLOT))
    track = stay("09T12:00", "11T11:00", FAR_M, every_s=180)
    statement = behind(ready, "11T11:00", "10T18:00", track)
    [breakdown] = [one for one in accounts(statement) if one.taken_us[1] > us("11T00:00")]
    check(statement, breakdown)
    assert tuple(scenes.format_instant(at_us) for at_us in breakdown.taken_us) == (
        "11T09:30",
        "11T10:00",
    )
    whole = look(ready, fixes(track), "11T11:00")
    assert without_numbers(accounts(whole)[-1]) == without_numbers(breakdown)


def test_what_the_first_fix_behind_a_cut_decides_starts_from_what_was_known() -> None:
    ready = rules(order(CURFEW))
    away = stay("10T23:00", "11T00:00", FAR_M)
    statement = behind(ready, "11T00:00", "10T23:01", stay("10T20:00", "10T23:00"), away)
    [breakdown] = accounts(statement)
    check(statement, breakdown)
    assert breakdown.first == statement.judgement.heard_from
    assert breakdown.llr(TermSource.START) != 0.0


def test_where_nothing_was_heard_behind_the_cut_nothing_is_told() -> None:
    ready = rules(order(CURFEW))
    statement = behind(ready, "10T22:20", "10T21:59", stay("10T18:00", "10T21:58", FAR_M))
    assert accounts(statement) == [evidence_breakdown.NONE]
