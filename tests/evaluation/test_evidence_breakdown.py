"""What counted and how much: the terms add up to the odds that decided."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation.breakdown import episode_evidence, evidence_breakdown
from mesure.evaluation.breakdown.evidence_breakdown import (
    EvidenceBreakdown,
    EvidenceBreakdowns,
    TermSource,
)
from mesure.evaluation.episodes import SILENT
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import NOT_KNOWN, Provider
from tests.evaluation import lives, scenes
from tests.evaluation.lives import FREED, LAWS, ReceivedHours
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    Fix,
    absence,
    default_policy,
    fix,
    fixes,
    look,
    order,
    rules,
    stay,
    us,
    walk,
)
from tests.evaluation.test_home_calibration import calibrate_rules

FAR_M = 900
EPSILON = 1e-9
OFTEN = [
    TermSource.POSITIONS,
    TermSource.WAY_PATH,
    TermSource.WAY_SPEED,
    TermSource.BEACON_HEARD,
    TermSource.BEACON_MISSED,
]


def accounts(statement: Statement) -> list[EvidenceBreakdown]:
    """Return the account of each episode of a statement, by one and the same reader."""
    reader = EvidenceBreakdowns(statement.rules, statement.judgement, statement.fixes)
    return [reader.of(episode) for episode in statement.episodes]


def account(ready: Rules, until: str, *parts: list[Fix]) -> EvidenceBreakdown:
    """Return what the only episode rests on that is seen at an instant."""
    [breakdown] = accounts(look(ready, fixes(*parts), until))
    return breakdown


def check(statement: Statement, breakdown: EvidenceBreakdown) -> None:
    """See that the terms add up, and that nothing is cut but at the limits."""
    output, limits = (
        statement.judgement.said[breakdown.lane],
        statement.rules.policy.certainty_max_odds,
    )
    assert sum(term.llr for term in breakdown.terms) == pytest.approx(
        log(output.odds[breakdown.last]), abs=EPSILON
    )
    odds = output.odds[breakdown.first : breakdown.last + 1]
    at_limits = int(((odds == limits) | (odds == 1.0 / limits)).sum())
    cut = [term for term in breakdown.terms if term.source is TermSource.LIMITS]
    assert all(term.fixes <= at_limits for term in cut)
    assert output.decided[breakdown.last] == 2


# --- They add up -----------------------------------------------------------------------------


@given(lives.lives(tuple(LAWS) + tuple(FREED)))
def test_the_terms_of_every_life_add_up_to_the_odds_that_decided(life: ReceivedHours) -> None:
    statement = scenes.look_us(life.rules, life.fixes, life.until_us)
    for episode, breakdown in zip(statement.episodes, accounts(statement), strict=True):
        if episode.breach == SILENT:
            assert breakdown == evidence_breakdown.NONE
        else:
            check(statement, breakdown)
            assert 0 < breakdown.wrong_side <= breakdown.last - breakdown.first + 1
            assert 0.0 < breakdown.pieces_ratio <= breakdown.wrong_side


SHORT = replace(
    default_policy(), jump_memory_s=600.0, jump_s_max=1200.0, correlation_s=300.0, silence_s=7200.0
)
"""A policy that forgets soon, so that a week is long."""


def week(seed: int) -> list[Fix]:
    """Return a week of somebody who comes, goes and jumps, told by a device that forgets much."""
    dice = np.random.default_rng(seed)
    at_us, east_m, track = us("02T00:00"), 0.0, []
    for _ in range(600):
        at_us += int(dice.choice([60, 60, 60, 600, 1_200, 9_000])) * scenes.S
        if dice.random() < 0.15:
            east_m = float(dice.choice([0.0, 0.0, 64.0, 900.0, 5_000.0]))
        track.append(
            Fix(
                at_us,
                at_us,
                east_m + float(dice.normal(0.0, 12.0)) + (700.0 if dice.random() < 0.05 else 0.0),
                speed_mps=float(dice.choice([np.nan, 0.0, 1.4])),
                motion=int(dice.choice([NOT_KNOWN, 0, 1])),
                beacon=int(dice.choice([NOT_KNOWN, NOT_KNOWN, 0, 1])),
                provider=int(dice.choice([Provider.GNSS, Provider.GNSS, Provider.CELL])),
            )
        )
    return track


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(0, 2**32), st.sampled_from([SHORT, default_policy()]))
def test_what_was_heard_long_before_is_not_heard_again_and_not_missed(
    seed: int, policy: Policy
) -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION), policy=policy)
    statement = look(ready, fixes(week(seed)), "27T00:00")
    placed = [found for found in accounts(statement) if found.terms]
    assert placed
    for breakdown in placed:
        check(statement, breakdown)


def test_the_same_whether_one_or_many_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = rules(order(CURFEW, RESIDENCE), policy=SHORT)
    statement = look(ready, fixes(week(7)), "27T00:00")
    whole = accounts(statement)
    monkeypatch.setattr(evidence_breakdown, "HEARD_FIXES", 1)
    assert accounts(statement) == whole
    alone = [
        EvidenceBreakdowns(statement.rules, statement.judgement, statement.fixes).of(episode)
        for episode in reversed(statement.episodes)
    ]
    assert alone[::-1] == whole


# --- What they are called --------------------------------------------------------------------


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def test_positions_count_by_the_time_they_cover(curfew: Rules) -> None:
    breakdown = account(
        curfew, "10T23:00", stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    )
    assert [term.source for term in breakdown.terms] == [
        TermSource.START,
        TermSource.DRIFT,
        TermSource.POSITIONS,
    ]
    assert breakdown.llr(TermSource.START) == pytest.approx(-log(1000.0), abs=1.0)
    assert -1.0 < breakdown.llr(TermSource.DRIFT) < 0.0
    assert breakdown.llr(TermSource.POSITIONS) == pytest.approx(6.0 * breakdown.pieces_ratio)
    assert breakdown.pieces_ratio == pytest.approx(breakdown.wrong_side / 10.0)
    assert breakdown.llr(TermSource.WAY_PATH) == 0.0


def test_the_fixes_that_are_named_have_their_weights(curfew: Rules) -> None:
    home, away = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    track = fixes(home, away, first_row=500)
    statement = look(curfew, track, "10T23:00")
    breakdown = EvidenceBreakdowns(curfew, statement.judgement, statement.fixes).of(
        statement.episodes[0], (29, 30, 31, 59)
    )
    assert [one.row for one in breakdown.weighed] == [529, 530, 531, 559]
    assert [one.told_llr for one in breakdown.weighed] == [-6.0, 6.0, 6.0, 6.0]
    for weight in breakdown.weighed:
        assert weight.llr == weight.told_llr * weight.weight_ratio
        assert weight.weight_ratio == pytest.approx(0.1)
    assert breakdown.taken_us == (us("10T22:30"), us("10T22:30") + (breakdown.last - 30) * scenes.M)


def test_weights_of_long_after_the_decision_are_told(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why: somebody long away when the curfew begins is so by the last fixes before it."""
    monkeypatch.setattr(evidence_breakdown, "HEARD_FIXES", 1)
    track = fixes(stay("10T08:00", "10T08:30"), stay("10T08:30", "10T23:00", FAR_M))
    statement = look(curfew, track, "10T23:00")
    reader = EvidenceBreakdowns(curfew, statement.judgement, statement.fixes)
    numbers = episode_evidence.measure(curfew, statement, statement.episodes[0]).numbers
    breakdown = reader.of(statement.episodes[0], numbers)
    assert breakdown.last < numbers[0]
    assert [one.row for one in breakdown.weighed] == list(numbers)
    assert {round(one.llr, 9) for one in breakdown.weighed} == {0.6}


def test_a_way_from_fix_to_fix_is_called_a_path(curfew: Rules) -> None:
    breakdown = account(
        curfew, "10T22:50", stay("10T22:00", "10T22:30"), walk("10T22:29", 0, 1_800, mps=1.6)
    )
    assert breakdown.llr(TermSource.WAY_PATH) > 0.0
    assert breakdown.llr(TermSource.WAY_SPEED) == 0.0


def test_a_way_that_only_the_speed_shows_is_called_a_speed() -> None:
    believed = replace(default_policy(), speed_stray_ratio=0.0)
    breakdown = account(
        rules(order(CURFEW), policy=believed),
        "10T22:45",
        stay("10T22:00", "10T22:30"),
        stay("10T22:40", "10T22:45", FAR_M, speed_mps=1.5),
    )
    assert breakdown.llr(TermSource.WAY_SPEED) > 0.0
    assert breakdown.llr(TermSource.WAY_PATH) == 0.0


def test_where_no_way_is_seen_none_is_named() -> None:
    """Why: one who drives about a district is on a way all day; no boundary of it sees one."""
    ready = rules(order(RESIDENCE))
    way = walk("10T22:29", 0, 9_000, mps=9.0, speed_mps=9.0)
    breakdown = account(ready, "10T22:50", stay("10T22:00", "10T22:30"), way)
    named = {term.source for term in breakdown.terms}
    assert TermSource.POSITIONS in named
    assert not named & {TermSource.WAY_PATH, TermSource.WAY_SPEED}


def test_a_beacon_missed_counts_for_it_and_one_heard_against(curfew: Rules) -> None:
    home = stay("10T22:00", "10T22:30", beacon=1)
    away = stay("10T22:30", "10T23:30", FAR_M, beacon=0)
    missed = account(curfew, "10T23:30", home, away)
    assert missed.llr(TermSource.BEACON_MISSED) > 0.0
    assert missed.llr(TermSource.BEACON_HEARD) == 0.0
    once = [one._replace(beacon=1) if n == 1 else one for n, one in enumerate(away)]
    beacon_breakdown = account(curfew, "10T23:30", home, once)
    assert beacon_breakdown.llr(TermSource.BEACON_HEARD) <= 0.0
    assert beacon_breakdown.wrong_side == missed.wrong_side


def test_the_very_first_fix_starts_at_even_odds(curfew: Rules) -> None:
    breakdown = account(curfew, "10T22:30", stay("10T22:00", "10T22:30", FAR_M))
    assert (breakdown.first, breakdown.terms[0]) == (0, (TermSource.START, 0.0, 0))


def test_what_the_limit_of_certainty_takes_away_is_a_term() -> None:
    policy = replace(default_policy(), certainty_max_odds=20.0)
    breakdown = account(
        rules(order(CURFEW), policy=policy),
        "10T22:30",
        stay("10T20:00", "10T21:00"),
        stay("10T21:00", "10T22:30", FAR_M, every_s=600),
    )
    assert breakdown.llr(TermSource.LIMITS) < 0.0


# --- Which decision --------------------------------------------------------------------------


def test_a_missed_slot_rests_on_its_longest_spell() -> None:
    breakdown = account(rules(order(SLOT)), "10T12:00", stay("10T08:00", "10T11:00"))
    assert (breakdown.first, breakdown.terms[0].source) == (0, TermSource.START)
    ready = rules(order(SLOT, absences=absence("C4", "10T10:12", "10T10:14")))
    there, gone = stay("10T09:00", "10T10:03", 2_000), stay("10T10:03", "10T11:00")
    statement = look(ready, fixes(there, gone), "10T12:00")
    [late] = accounts(statement)
    check(statement, late)
    assert late.first == 63


def test_a_slot_that_no_fix_decided_has_no_terms() -> None:
    statement = look(rules(order(SLOT)), fixes(stay("10T08:00", "10T11:00")), "10T12:00")
    silent = replace(statement.judgement, told=([],))
    [episode] = statement.episodes
    assert (
        EvidenceBreakdowns(statement.rules, silent, statement.fixes).of(episode)
        == evidence_breakdown.NONE
    )


def test_where_both_places_of_a_home_must_be_left_the_later_decided() -> None:
    ready = calibrate_rules(
        28.0, "01"
    )  # Lane 0 is the home as drawn, lane 1 with its second circle.
    assert ready.as_drawn == (0, 0)
    home, beside = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:30", 120, radius95_m=30)
    statement = look(ready, fixes(home, beside), "10T23:30")
    drawn, widened = statement.judgement.said
    assert np.argmax(drawn.decided == 2) < np.argmax(widened.decided == 2)
    [breakdown] = accounts(statement)
    check(statement, breakdown)
    assert (breakdown.lane, breakdown.last) == (1, int(np.argmax(widened.decided == 2)))


def test_where_the_place_as_drawn_decided_later_its_odds_are_told() -> None:
    """Why: who stood beyond the calibrated side before, and steps into doubt of the address."""
    ready = calibrate_rules(28.0, "01")
    statement = look(ready, fixes(stay("10T22:00", "10T23:00", FAR_M)), "10T23:00")
    [breakdown] = accounts(statement)
    check(statement, breakdown)
    decisions = statement.judgement.told[0]
    later = [
        decision._replace(fix=breakdown.last + 1) if decision.fix == breakdown.last else decision
        for decision in decisions
    ]
    judgement = replace(statement.judgement, told=(later, statement.judgement.told[1]))
    reader = EvidenceBreakdowns(ready, judgement, statement.fixes)
    assert (reader.of(statement.episodes[0]).lane, breakdown.lane) == (0, 1)


def test_a_decision_that_came_back_reaches_to_its_first_evidence(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, away = stay("10T20:00", "10T20:30"), stay("10T20:30", "10T21:57", FAR_M)
    doubt = [fix("10T21:57", 0, radius95_m=300), fix("10T21:58", 0, radius95_m=120)]
    track = fixes(home, away, doubt, stay("10T21:59", "10T22:40", FAR_M))
    statement = look(curfew, track, "10T22:40")
    [breakdown] = accounts(statement)
    check(statement, breakdown)
    output = statement.judgement.said[0]
    assert breakdown.last not in output.changes.fix
    assert breakdown.first == 30
    monkeypatch.setattr(evidence_breakdown, "FIXES_MAX", 3)
    [cut] = accounts(statement)
    check(statement, cut)
    assert cut.last - cut.first == 2


def test_of_very_many_fixes_the_last_are_told_and_the_start_sums_up_the_others(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_breakdown, "FIXES_MAX", 3)
    statement = look(
        curfew, fixes(stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)), "10T23:00"
    )
    [breakdown] = accounts(statement)
    check(statement, breakdown)
    assert breakdown.last - breakdown.first == 2
    assert breakdown.terms[0].llr > -log(1000.0)
