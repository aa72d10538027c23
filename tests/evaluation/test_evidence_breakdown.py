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
from tests.evaluation.lives import FREED, LAWS, Life
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
from tests.evaluation.test_home_calibration import calibrated

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
    [found] = accounts(look(ready, fixes(*parts), until))
    return found


def check(statement: Statement, found: EvidenceBreakdown) -> None:
    """See that the terms add up, and that nothing is cut but at the limits."""
    said, limits = statement.judgement.said[found.lane], statement.rules.policy.certainty_max_odds
    assert sum(term.llr for term in found.terms) == pytest.approx(
        log(said.odds[found.last]), abs=EPSILON
    )
    odds = said.odds[found.first : found.last + 1]
    at_limits = int(((odds == limits) | (odds == 1.0 / limits)).sum())
    cut = [term for term in found.terms if term.source is TermSource.LIMITS]
    assert all(term.fixes <= at_limits for term in cut)
    assert said.decided[found.last] == 2


# --- They add up -----------------------------------------------------------------------------


@given(lives.lives(tuple(LAWS) + tuple(FREED)))
def test_the_terms_of_every_life_add_up_to_the_odds_that_decided(life: Life) -> None:
    statement = scenes.look_us(life.rules, life.fixes, life.until_us)
    for episode, found in zip(statement.episodes, accounts(statement), strict=True):
        if episode.breach == SILENT:
            assert found == evidence_breakdown.NONE
        else:
            check(statement, found)
            assert 0 < found.wrong_side <= found.last - found.first + 1
            assert 0.0 < found.pieces_ratio <= found.wrong_side


SHORT = replace(
    default_policy(), jump_memory_s=600.0, jump_s_max=1200.0, correlation_s=300.0, silence_s=7200.0
)
"""A policy that forgets soon, so that a week is long."""


def week(seed: int) -> list[Fix]:
    """Return a week of somebody who comes, goes and jumps, told by a device that forgets much."""
    dice = np.random.default_rng(seed)
    at_us, east_m, told = us("02T00:00"), 0.0, []
    for _ in range(600):
        at_us += int(dice.choice([60, 60, 60, 600, 1_200, 9_000])) * scenes.S
        if dice.random() < 0.15:
            east_m = float(dice.choice([0.0, 0.0, 64.0, 900.0, 5_000.0]))
        told.append(
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
    return told


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(0, 2**32), st.sampled_from([SHORT, default_policy()]))
def test_what_was_heard_long_before_is_not_heard_again_and_not_missed(
    seed: int, policy: Policy
) -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION), policy=policy)
    statement = look(ready, fixes(week(seed)), "27T00:00")
    placed = [found for found in accounts(statement) if found.terms]
    assert placed
    for found in placed:
        check(statement, found)


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
    found = account(
        curfew, "10T23:00", stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    )
    assert [term.source for term in found.terms] == [
        TermSource.START,
        TermSource.DRIFT,
        TermSource.POSITIONS,
    ]
    assert found.llr(TermSource.START) == pytest.approx(-log(1000.0), abs=1.0)
    assert -1.0 < found.llr(TermSource.DRIFT) < 0.0
    assert found.llr(TermSource.POSITIONS) == pytest.approx(6.0 * found.pieces_ratio)
    assert found.pieces_ratio == pytest.approx(found.wrong_side / 10.0)
    assert found.llr(TermSource.WAY_PATH) == 0.0


def test_the_fixes_that_are_named_have_their_weights(curfew: Rules) -> None:
    home, away = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    told = fixes(home, away, first_row=500)
    seen = look(curfew, told, "10T23:00")
    found = EvidenceBreakdowns(curfew, seen.judgement, seen.fixes).of(
        seen.episodes[0], (29, 30, 31, 59)
    )
    assert [one.row for one in found.weighed] == [529, 530, 531, 559]
    assert [one.told_llr for one in found.weighed] == [-6.0, 6.0, 6.0, 6.0]
    for one in found.weighed:
        assert one.llr == one.told_llr * one.weight_ratio
        assert one.weight_ratio == pytest.approx(0.1)
    assert found.taken_us == (us("10T22:30"), us("10T22:30") + (found.last - 30) * scenes.M)


def test_weights_of_long_after_the_decision_are_told(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why: somebody long away when the curfew begins is so by the last fixes before it."""
    monkeypatch.setattr(evidence_breakdown, "HEARD_FIXES", 1)
    seen = look(curfew, fixes(stay("10T08:00", "10T08:30"), stay("10T08:30", "10T23:00", FAR_M)),
                "10T23:00")  # fmt: skip
    reader = EvidenceBreakdowns(curfew, seen.judgement, seen.fixes)
    numbers = episode_evidence.measure(curfew, seen, seen.episodes[0]).numbers
    found = reader.of(seen.episodes[0], numbers)
    assert found.last < numbers[0]
    assert [one.row for one in found.weighed] == list(numbers)
    assert {round(one.llr, 9) for one in found.weighed} == {0.6}


def test_a_way_from_fix_to_fix_is_called_a_path(curfew: Rules) -> None:
    found = account(
        curfew, "10T22:50", stay("10T22:00", "10T22:30"), walk("10T22:29", 0, 1_800, mps=1.6)
    )
    assert found.llr(TermSource.WAY_PATH) > 0.0
    assert found.llr(TermSource.WAY_SPEED) == 0.0


def test_a_way_that_only_the_speed_shows_is_called_a_speed(curfew: Rules) -> None:
    found = account(
        curfew,
        "10T22:45",
        stay("10T22:00", "10T22:30"),
        stay("10T22:40", "10T22:45", FAR_M, speed_mps=1.5),
    )
    assert found.llr(TermSource.WAY_SPEED) > 0.0
    assert found.llr(TermSource.WAY_PATH) == 0.0


def test_where_no_way_is_seen_none_is_named() -> None:
    """Why: whoever drives about a district is on a way all day; no boundary of it sees one."""
    ready = rules(order(RESIDENCE))
    way = walk("10T22:29", 0, 9_000, mps=9.0, speed_mps=9.0)
    found = account(ready, "10T22:50", stay("10T22:00", "10T22:30"), way)
    named = {term.source for term in found.terms}
    assert TermSource.POSITIONS in named
    assert not named & {TermSource.WAY_PATH, TermSource.WAY_SPEED}


def test_a_beacon_missed_counts_for_it_and_one_heard_against(curfew: Rules) -> None:
    home = stay("10T22:00", "10T22:30", beacon=1)
    away = stay("10T22:30", "10T23:30", FAR_M, beacon=0)
    missed = account(curfew, "10T23:30", home, away)
    assert missed.llr(TermSource.BEACON_MISSED) > 0.0
    assert missed.llr(TermSource.BEACON_HEARD) == 0.0
    once = [one._replace(beacon=1) if n == 1 else one for n, one in enumerate(away)]
    heard = account(curfew, "10T23:30", home, once)
    assert heard.llr(TermSource.BEACON_HEARD) <= 0.0
    assert heard.wrong_side == missed.wrong_side


def test_the_very_first_fix_starts_at_even_odds(curfew: Rules) -> None:
    found = account(curfew, "10T22:30", stay("10T22:00", "10T22:30", FAR_M))
    assert (found.first, found.terms[0]) == (0, (TermSource.START, 0.0, 0))


def test_what_the_limit_of_certainty_takes_away_is_a_term() -> None:
    policy = replace(default_policy(), certainty_max_odds=20.0)
    found = account(
        rules(order(CURFEW), policy=policy),
        "10T22:30",
        stay("10T20:00", "10T21:00"),
        stay("10T21:00", "10T22:30", FAR_M, every_s=600),
    )
    assert found.llr(TermSource.LIMITS) < 0.0


# --- Which decision --------------------------------------------------------------------------


def test_a_missed_slot_rests_on_its_longest_spell() -> None:
    found = account(rules(order(SLOT)), "10T12:00", stay("10T08:00", "10T11:00"))
    assert (found.first, found.terms[0].source) == (0, TermSource.START)
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
    ready = calibrated(28.0, "01")  # Lane 0 is the home as drawn, lane 1 with its second circle.
    assert ready.as_drawn == (0, 0)
    home, beside = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:30", 120, radius95_m=30)
    statement = look(ready, fixes(home, beside), "10T23:30")
    drawn, widened = statement.judgement.said
    assert np.argmax(drawn.decided == 2) < np.argmax(widened.decided == 2)
    [found] = accounts(statement)
    check(statement, found)
    assert (found.lane, found.last) == (1, int(np.argmax(widened.decided == 2)))


def test_where_the_place_as_drawn_decided_later_its_odds_are_told() -> None:
    """Why: who stood beyond the calibrated side before, and steps into doubt of the address."""
    ready = calibrated(28.0, "01")
    statement = look(ready, fixes(stay("10T22:00", "10T23:00", FAR_M)), "10T23:00")
    [found] = accounts(statement)
    check(statement, found)
    told = statement.judgement.told[0]
    later = [one._replace(fix=found.last + 1) if one.fix == found.last else one for one in told]
    judgement = replace(statement.judgement, told=(later, statement.judgement.told[1]))
    reader = EvidenceBreakdowns(ready, judgement, statement.fixes)
    assert (reader.of(statement.episodes[0]).lane, found.lane) == (0, 1)


def test_a_decision_that_came_back_reaches_to_its_first_evidence(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, away = stay("10T20:00", "10T20:30"), stay("10T20:30", "10T21:57", FAR_M)
    doubt = [fix("10T21:57", 0, radius95_m=300), fix("10T21:58", 0, radius95_m=120)]
    told = fixes(home, away, doubt, stay("10T21:59", "10T22:40", FAR_M))
    statement = look(curfew, told, "10T22:40")
    [found] = accounts(statement)
    check(statement, found)
    said = statement.judgement.said[0]
    assert found.last not in said.changes.fix
    assert found.first == 30
    monkeypatch.setattr(evidence_breakdown, "FIXES_MAX", 3)
    [cut] = accounts(statement)
    check(statement, cut)
    assert cut.last - cut.first == 2


def test_of_very_many_fixes_the_last_are_told_and_the_start_sums_up_the_others(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_breakdown, "FIXES_MAX", 3)
    statement = look(
        curfew,
        fixes(stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)),
        "10T23:00",
    )
    [found] = accounts(statement)
    check(statement, found)
    assert found.last - found.first == 2
    assert found.terms[0].llr > -log(1000.0)
