"""What a possible breach rests on: at least two rows, measured."""

import numpy as np
import pytest

from mesure.evaluation.breakdown import episode_evidence
from mesure.evaluation.breakdown.episode_evidence import EpisodeEvidence
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Provider
from tests.evaluation.scenes import (
    CURFEW,
    RESIDENCE,
    SLOT,
    absence,
    fix,
    fixes,
    look,
    order,
    rules,
    stay,
    walk,
)
from tests.evaluation.scenes import Fix as _Fix

FAR_M = 900


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def support_of(ready: Rules, until: str, *parts: list[_Fix], which: int = 0) -> EpisodeEvidence:
    """Return what supports one of the episodes that are seen at an instant."""
    statement = look(ready, fixes(*parts), until)
    return episode_evidence.measure(ready, statement, statement.episodes[which])


def test_the_rows_on_the_wrong_side_from_the_first_evidence_on_are_named(curfew: Rules) -> None:
    home, away = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    support = support_of(curfew, "10T23:00", home, away, [fix("10T22:37:30", 0, radius95_m=900)])
    assert support.rows == tuple(range(30, 30 + len(support.rows)))  # Not the wide circle, row 60.
    assert 10 <= len(support.rows) < 30
    assert (support.fixes, support.wrong_side) == (31, 30)
    assert support.distance_m_max == pytest.approx(FAR_M - 60, abs=1)
    assert support.radius95_m_median == 15.0
    assert 0.95 < support.p_outside_max < 1.0
    assert not support.moving
    assert not support.beacon_lost


def test_masts_beside_something_better_are_not_named_nor_counted(curfew: Rules) -> None:
    home, away = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    masts = stay("10T22:00:30", "10T23:00", FAR_M + 600, radius95_m=1_000.0)
    masts = [one._replace(provider=Provider.CELL) for one in masts]
    alone = support_of(curfew, "10T23:00", home, away)
    both = support_of(curfew, "10T23:00", home, away, masts)
    assert both.distance_m_max == alone.distance_m_max
    assert (both.fixes, both.wrong_side) == (alone.fixes, alone.wrong_side)
    assert not {*both.rows} & {*range(60, 120)}


def test_evidence_counts_by_the_time_it_covers(curfew: Rules) -> None:
    home = stay("10T22:00", "10T22:30")
    often = support_of(curfew, "10T23:00", home, stay("10T22:30", "10T23:00", FAR_M, every_s=10))
    seldom = support_of(curfew, "10T23:00", home, stay("10T22:30", "10T23:00", FAR_M, every_s=60))
    assert often.independent_s == pytest.approx(seldom.independent_s, abs=60)
    assert len(often.rows) > 5 * len(seldom.rows)
    rare = support_of(curfew, "11T01:00", home, stay("10T22:49", "11T00:50", FAR_M, every_s=1200))
    assert rare.independent_s == 600.0 * len(rare.rows)  # None for more than its correlation time.


def test_who_was_long_away_is_so_by_the_last_fixes_before_and_the_first_in_the_window(
    curfew: Rules,
) -> None:
    support = support_of(curfew, "11T00:00", stay("10T12:00", "11T00:00", FAR_M))
    first, last = 9 * 60 + 30, 10 * 60 + 10
    assert support.rows == tuple(range(first, last + 1))
    rare = stay("10T12:00", "11T00:00", FAR_M, every_s=1200)
    assert support_of(curfew, "11T00:00", rare).rows == tuple(range(21, 32))


def test_of_many_rows_the_first_and_the_last_are_named() -> None:
    ready = rules(order(RESIDENCE))
    away = stay("10T22:00", "10T22:20", 9_000, every_s=5, speed_mps=0.0)
    rows = support_of(ready, "10T23:00", stay("10T21:00", "10T22:00"), away).rows
    assert len(rows) == 100
    assert rows[:2] == (60, 61)
    assert rows[49] + 1 < rows[50]
    assert rows[50:] == tuple(range(rows[50], rows[50] + 50))


def test_a_way_out_and_a_lost_beacon_are_told(curfew: Rules) -> None:
    home = stay("10T22:00", "10T22:30", beacon=1)
    way = walk("10T22:30", 0, 1_800, speed_mps=1.6, beacon=0)
    support = support_of(curfew, "10T22:50", home, way)
    assert support.moving
    assert support.beacon_lost


def test_a_motion_flag_alone_is_no_way_out(curfew: Rules) -> None:
    """Why: a person who walks about the flat moves too."""
    home, away = stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M, motion=1)
    assert not support_of(curfew, "10T23:00", home, away).moving


def test_a_path_that_ends_in_the_first_fix_that_counts_is_told(curfew: Rules) -> None:
    """Why: the incident opens with the first fix on a path, whose steps began before it."""
    home = stay("10T22:00", "10T22:30")
    first_out = walk("10T22:29", 0, 160, mps=80 / 60)
    support = support_of(curfew, "10T22:31:30", home, first_out)
    assert support.rows == (30, 31)
    assert support.moving
    lying = [one._replace(motion=0) for one in first_out]
    assert not look(curfew, fixes(home, lying), "10T22:31:30").episodes


def test_one_fix_and_a_sensor_name_the_fix_before(curfew: Rules) -> None:
    """Why: an earlier fix inside shows the way; no row stands alone."""
    home, leaving = stay("10T21:00", "10T22:30"), [fix("10T22:30", 0, speed_mps=1.5)]
    support = support_of(curfew, "10T22:32", home, leaving, [fix("10T22:31", FAR_M, speed_mps=1.5)])
    assert support.rows == (90, 91)
    assert support.moving


def test_the_very_first_fix_is_named_with_the_one_after(curfew: Rules) -> None:
    first = [fix("10T22:00", FAR_M)]
    assert support_of(curfew, "10T22:10", first, [fix("10T22:01", FAR_M)]).rows == (0, 1)


def test_a_silence_rests_on_the_last_fix(curfew: Rules) -> None:
    support = support_of(curfew, "11T05:00", stay("10T22:00", "10T22:10"))
    assert (support.rows, support.fixes, support.wrong_side) == ((9,), 1, 0)
    assert support.p_outside_max == 0.0
    assert np.isnan(support.radius95_m_median)


# --- Slots -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slot() -> Rules:
    return rules(order(SLOT))


def test_a_slot_rests_on_its_fixes_and_those_that_still_speak_for_it(slot: Rules) -> None:
    support = support_of(slot, "10T12:00", stay("10T08:00", "10T11:00"))
    assert support.rows == tuple(range(90, 150))
    assert support.fixes == 30
    assert support.present_s == 0.0


def test_a_missed_slot_without_a_fix_in_it_rests_on_those_around_it(slot: Rules) -> None:
    support = support_of(
        slot, "10T12:00", stay("10T08:00", "10T09:56"), stay("10T10:31", "10T11:00")
    )
    assert support.rows == tuple(range(90, 116))
    assert support.p_outside_max > 0.95
    assert support.fixes == 0


def test_a_slot_may_be_decided_by_a_fix_after_it(slot: Rules) -> None:
    """Why: the first fix far away, in the slot, is believed with the second, after it."""
    track = [fix("10T10:00", 0), fix("10T10:29", 0), fix("10T10:31", 0)]
    support = support_of(slot, "10T12:00", stay("10T09:00", "10T09:10", 2_000), track)
    assert len(support.rows) >= 2


def test_the_presence_shown_is_told(slot: Rules) -> None:
    there = stay("10T10:05", "10T10:12", 2_000, speed_mps=1.5)
    support = support_of(
        slot, "10T12:00", stay("10T09:00", "10T10:05"), there, stay("10T10:10", "10T11:00")
    )
    assert 0 < support.present_s < 600


def test_presence_in_an_absence_is_none_of_the_slot_s_and_elsewhere_allowed_it_is() -> None:
    there = stay("10T09:00", "10T10:10", 0), stay("10T10:10", "10T10:13", 2_000, speed_mps=1.5)
    track = (*there, stay("10T10:13", "10T11:00"))
    whole = support_of(rules(order(SLOT)), "10T12:00", *track)
    free = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:13")))
    assert whole.present_s > support_of(free, "10T12:00", *track).present_s
    visit = rules(order(SLOT, absences=absence("C4", "10T10:20", "10T10:25", "home")))
    assert support_of(visit, "10T12:00", *track).present_s == whole.present_s + 300


def test_a_part_of_a_slot_is_enough() -> None:
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:12")))
    assert len(support_of(ready, "10T12:00", stay("10T10:00", "10T11:00")).rows) >= 2


# --- Much evidence ---------------------------------------------------------------------------


def test_of_very_many_fixes_the_first_are_measured(
    curfew: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(episode_evidence, "MEASURED_MAX", 20)
    support = support_of(
        curfew, "10T23:00", stay("10T22:00", "10T22:30"), stay("10T22:30", "10T23:00", FAR_M)
    )
    assert (support.fixes, support.wrong_side) == (30, 20)
