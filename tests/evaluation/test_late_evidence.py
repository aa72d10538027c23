"""What stood before late evidence came, and when an officer could first see what stands."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation import late_evidence
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import to_us
from tests.evaluation import scenes
from tests.evaluation.scenes import (
    CURFEW,
    RESIDENCE,
    Fix,
    deliver_at,
    fix,
    fixes,
    format_instant,
    lines,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

FAR_M = 900


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def list_superseded(ready: Rules, columns: Fixes, until: str) -> list[tuple[str, ...]]:
    """Return what was superseded as (status, start, end, stood from, stood until)."""
    return [
        (
            *lines([entry.assessment])[0][1:],
            format_instant(to_us(entry.stood_from)),
            format_instant(to_us(entry.stood_until)),
        )
        for entry in look(ready, columns, until).superseded
    ]


def withdrawn(ready: Rules, columns: Fixes, until: str) -> list[tuple[str, str, str]]:
    return [
        (episode.breach, format_instant(episode.start_us), format_instant(at_us))
        for episode, at_us, _ in look(ready, columns, until).history.withdrawn
    ]


# --- What is late ----------------------------------------------------------------------------


def late(*parts: list[Fix]) -> list[bool]:
    """Return which fixes are late, in the order in which they are told."""
    columns = fixes(*parts)
    flags = late_evidence.late(rules(order(CURFEW)), columns)
    return [bool(flag) for flag in flags[np.argsort(columns.row)]]


def test_a_fix_taken_before_one_already_received_is_late() -> None:
    assert late([fix("10T12:00", 0), fix("10T12:10", 0)]) == [False, False]
    overtaken = deliver_at([fix("10T12:05", 0)], "10T12:12")
    assert late([fix("10T12:00", 0), fix("10T12:10", 0)], overtaken) == [False, False, True]


def test_fixes_that_overtake_each_other_by_less_than_the_policy_says_are_not_late() -> None:
    """Why: a network puts messages in another order within seconds; nobody had looked yet."""
    for seconds, is_late in (("00:10", False), ("00:30", False), ("00:31", True)):
        slow = deliver_at([fix("10T12:10", 0)], f"10T12:10:{seconds[3:]}")
        quick = [fix("10T12:10:00.5", 0)]
        assert late(slow, quick) == [is_late, False]


def test_a_fix_received_after_the_limit_of_silence_is_late() -> None:
    first = [fix("10T12:00", 0)]
    assert late(first, deliver_at([fix("10T12:29", 0)], "10T12:30")) == [False, False]
    assert late(first, deliver_at([fix("10T12:29", 0)], "10T12:30:01")) == [False, True]


def test_what_a_device_kept_is_late_also_when_its_latest_fix_comes_first() -> None:
    """Why: with the network back, many send where they are now, and then what they kept."""
    now = [fix("10T14:00", 0)]
    backlog = deliver_at([fix("10T13:00", 0), fix("10T13:59", 0)], "10T14:00:01")
    assert late([fix("10T12:00", 0)], now, backlog) == [False, False, True, True]


def test_nothing_was_said_before_the_first_fix() -> None:
    assert late(deliver_at([fix("10T12:00", 0)], "11T12:00")) == [False]
    first = deliver_at([fix("10T12:00", 0)], "11T12:00")
    assert late(first, deliver_at([fix("10T12:01", 0)], "11T12:00:05")) == [False, False]


def test_no_fixes_are_not_late() -> None:
    assert late([]) == []


# --- Superseded ------------------------------------------------------------------------------

QUIET = [*stay("10T20:00", "10T23:00"), *stay("11T02:00", "11T04:00")]
NIGHT_AT_HOME = deliver_at(stay("10T23:00", "11T02:00"), "11T03:00")


def test_nothing_is_superseded_while_all_comes_in_time(curfew: Rules) -> None:
    assert list_superseded(curfew, fixes(QUIET), "11T05:00") == []


def test_unknown_that_late_evidence_fills_is_superseded(curfew: Rules) -> None:
    statement = look(curfew, fixes(QUIET, NIGHT_AT_HOME), "11T04:00")
    assert spans(statement) == [("met", "10T22:00", "11T04:00")]
    assert list_superseded(curfew, fixes(QUIET, NIGHT_AT_HOME), "11T04:00") == [
        ("unknown", "10T23:29", "11T02:00", "10T23:29", "11T03:00")
    ]


def test_evidence_that_changes_nothing_supersedes_nothing(curfew: Rules) -> None:
    between = deliver_at([fix("10T22:30:30", 0)], "10T22:40")
    assert list_superseded(curfew, fixes(QUIET, between), "11T04:00") == []


def test_a_status_stood_from_when_it_was_known(curfew: Rules) -> None:
    """Why: nobody had read "not met" before the second fix that was far away came in."""
    away = [fix("10T22:40", FAR_M), fix("10T23:00", FAR_M)]
    home = deliver_at(stay("10T22:41", "10T22:59"), "11T01:00")
    track = fixes(stay("10T20:00", "10T22:30"), away, home, stay("11T01:10", "11T02:00"))
    assert list_superseded(curfew, track, "11T02:00") == [
        ("not_met", "10T22:40", "10T23:30", "10T23:00", "11T01:00")
    ]


def test_what_a_late_delivery_changed_can_be_changed_again(curfew: Rules) -> None:
    first = deliver_at(stay("10T23:00", "11T00:00"), "11T03:00")
    second = deliver_at(stay("11T00:00", "11T02:00"), "11T03:30")
    assert list_superseded(curfew, fixes(QUIET, first, second), "11T04:00") == [
        ("unknown", "10T23:29", "11T00:29", "10T23:29", "11T03:00"),
        ("unknown", "11T00:29", "11T02:00", "11T00:29", "11T03:30"),
    ]


def test_a_night_delivered_after_days_of_silence_supersedes_the_unknown(curfew: Rules) -> None:
    """Why: the fix before the silence lies outside the days that are judged again."""
    late_night = deliver_at(stay("06T20:00", "07T02:00"), "08T12:00")
    track = fixes(stay("02T12:00", "02T13:00"), late_night, stay("08T08:00", "08T13:00"))
    assert list_superseded(curfew, track, "08T13:00") == [
        ("unknown", "06T22:00", "07T02:29", "06T22:00", "08T12:00")
    ]


def test_nothing_stood_before_the_first_fix(curfew: Rules) -> None:
    before = deliver_at(stay("10T20:00", "10T23:00"), "11T01:00")
    track = fixes(stay("11T00:00", "11T02:00"), before)
    assert list_superseded(curfew, track, "11T02:00") == []


def test_conditions_are_superseded_each_for_itself() -> None:
    both = rules(order(CURFEW, RESIDENCE))
    columns = fixes(QUIET, NIGHT_AT_HOME)
    names = [one.assessment.condition for one in look(both, columns, "11T04:00").superseded]
    assert names == ["C1", "C2"]


def test_what_no_longer_binds_is_not_compared() -> None:
    """A condition that binds at other hours has nothing superseded."""
    noon = rules(order("C1: {curfew: {at: home, from: 12:00, until: 13:00, every: day}}"))
    assert list_superseded(noon, fixes(QUIET, NIGHT_AT_HOME), "11T04:00") == []


# --- Withdrawn and seen ----------------------------------------------------------------------


def test_an_episode_that_late_evidence_refutes_is_withdrawn(curfew: Rules) -> None:
    away = [fix("10T22:40", FAR_M), fix("10T23:00", FAR_M)]
    home = deliver_at(stay("10T22:31", "10T23:30", every_s=20), "11T01:00")
    track = fixes(stay("10T20:00", "10T22:30"), away, home, stay("11T00:30", "11T02:00"))
    assert list_episodes(look(curfew, track, "11T00:59")) == [
        ("absent", "10T22:40", "11T00:30", "10T23:00")
    ]
    assert list_episodes(look(curfew, track, "11T02:00")) == []
    assert withdrawn(curfew, track, "11T02:00") == [("absent", "10T22:40", "11T01:00")]


def test_a_silence_that_late_evidence_fills_is_withdrawn(curfew: Rules) -> None:
    track = fixes(
        stay("10T20:00", "10T22:30"),
        deliver_at(stay("10T22:30", "11T03:30"), "11T03:30"),
        stay("11T03:30", "11T05:00"),
    )
    assert list_episodes(look(curfew, track, "11T03:00")) == [
        ("silent", "10T22:29", "open", "11T02:29")
    ]
    assert list_episodes(look(curfew, track, "11T05:00")) == []
    assert withdrawn(curfew, track, "11T05:00") == [("silent", "10T22:29", "11T03:30")]


def test_a_silence_split_by_late_evidence_stays(curfew: Rules) -> None:
    track = fixes(
        stay("10T17:00", "10T17:10"),
        deliver_at(stay("10T17:10", "10T18:00"), "11T03:00"),
        stay("11T02:30", "11T05:00"),
    )
    assert withdrawn(curfew, track, "11T05:00") == []
    assert list_episodes(look(curfew, track, "11T05:00")) == [
        ("silent", "10T22:00", "11T02:30", "10T22:00")
    ]


def test_another_absence_in_the_silence_of_a_refuted_one_is_another_episode(curfew: Rules) -> None:
    """Why: the officer had seen one from 22:40; that one is refuted, and another one comes."""
    away = [fix("10T22:40", FAR_M), fix("10T23:00", FAR_M)]
    home = deliver_at(stay("10T22:41", "11T00:50"), "11T03:00")
    again = deliver_at([fix("11T01:00", FAR_M), fix("11T01:10", FAR_M)], "11T03:00")
    track = fixes(stay("10T20:00", "10T22:30"), away, home, again, stay("11T03:05", "11T04:00"))
    assert list_episodes(look(curfew, track, "11T02:00")) == [
        ("absent", "10T22:40", "open", "10T23:00")
    ]
    assert withdrawn(curfew, track, "11T04:00") == [("absent", "10T22:40", "11T03:00")]
    [episode] = scenes.of_place(look(curfew, track, "11T04:00").episodes)
    assert (format_instant(episode.start_us), format_instant(episode.opened_us)) == (
        "11T01:00",
        "11T03:00",
    )


def test_a_late_fix_between_two_does_not_open_an_episode_sooner(curfew: Rules) -> None:
    """Why: the officer saw it with the second fix, at 23:00, and not an instant before."""
    away = [fix("10T22:40", FAR_M), fix("10T23:00", FAR_M)]
    between = deliver_at([fix("10T22:50", FAR_M)], "10T23:40")
    track = fixes(stay("10T20:00", "10T22:30"), away, between, [fix("10T23:20", FAR_M)])
    for until in ("10T23:01", "10T23:39", "10T23:59"):
        assert list_episodes(look(curfew, track, until)) == [
            ("absent", "10T22:40", "open", "10T23:00")
        ]


def test_an_episode_that_only_late_evidence_shows_opens_with_its_receipt(curfew: Rules) -> None:
    for first in ([], stay("10T20:00", "10T20:30")):
        away = deliver_at(stay("10T22:10", "10T23:10", FAR_M), "11T13:00")
        track = fixes(first, stay("11T12:00", "11T14:00"), away)
        absent = [
            episode
            for episode in list_episodes(look(curfew, track, "11T14:00"))
            if episode[0] == "absent"
        ]
        assert absent == [("absent", "10T22:10", "11T06:00", "11T13:00")]


def test_the_silence_after_one_that_was_refuted_opens_after_its_own_time(curfew: Rules) -> None:
    """Why: they share a minute in which the first was believed and the second had begun."""
    waited = fix("11T00:00", 0)._replace(received_us=us("11T00:01"))
    track = fixes([fix("10T20:00", 0)], [waited], deliver_at([fix("10T21:00", 0)], "11T00:01"))
    assert list_episodes(look(curfew, track, "11T03:59")) == []
    assert list_episodes(look(curfew, track, "11T05:00")) == [
        ("silent", "11T00:00", "open", "11T04:00")
    ]


def test_an_episode_never_opens_before_it_starts(curfew: Rules) -> None:
    """Late evidence moves the start of one that was open to a later fix."""
    away = stay("10T22:40", "10T23:10", FAR_M)
    home = deliver_at([fix("10T22:40:10", 0), *stay("10T22:45:20", "10T22:59", 0, 20)], "11T01:00")
    track = fixes(stay("10T20:00", "10T22:30"), away, home, stay("11T00:55", "11T02:00"))
    for episode in look(curfew, track, "11T02:00").episodes:
        assert episode.opened_us >= episode.start_us


def test_what_was_seen_twice_was_seen_when_it_was_seen_first(curfew: Rules) -> None:
    """Two looks that show just the same date it otherwise; their order does not matter."""
    track = fixes(stay("10T20:00", "10T22:30"), stay("10T22:40", "10T23:30", FAR_M))
    [late] = look(curfew, track, "10T23:31").episodes
    soon = late._replace(opened_us=late.opened_us - 1)
    for looks in ([late, soon], [soon, late], [soon, late, soon]):
        shown_episodes = late_evidence.ShownEpisodes()
        for episode in looks:
            shown_episodes.see([episode])
        assert list(shown_episodes.found.values()) == [soon]
        assert late_evidence.date_opening(late, shown_episodes.near) == soon


def test_what_was_seen_is_not_dated_anew_by_what_comes_late_afterwards(curfew: Rules) -> None:
    """The next delivery shows it again, just as it was shown before or a little longer."""
    parts = (
        deliver_at(stay("10T22:30", "10T23:00", FAR_M), "11T00:00:05"),
        deliver_at(stay("10T23:00", "10T23:20", FAR_M), "11T00:00:20"),
    )
    late = deliver_at([fix("11T02:30:30", 0)], "11T02:40")
    for away in ([], stay("11T00:00:01", "11T00:30", FAR_M)):
        home = stay("10T23:40", "11T00:00") if not away else []
        later = (home, away, stay("11T00:40", "11T03:00"), late)
        track = fixes(stay("10T20:00", "10T22:20"), *parts, *later)
        for until in ("11T02:00", "11T03:00"):
            [absent] = scenes.of_place(look(curfew, track, until).episodes)
            assert format_instant(absent.opened_us) == "11T00:00:20"


def test_a_missed_slot_that_late_evidence_showed_was_not_seen_before_it_came() -> None:
    """Why: the fix that decided was there in time, and nobody could say so while silence hid it."""
    slot = rules(order(scenes.SLOT))
    track = fixes(
        stay("10T08:00", "10T09:51"),
        deliver_at([fix("10T10:15", 0)], "10T14:00"),
        stay("10T10:55", "10T20:00"),
        deliver_at([fix("10T15:30:30", 0)], "10T15:40"),
    )
    assert list_episodes(look(slot, track, "10T13:50")) == []
    for until in ("10T14:30", "10T16:00"):
        assert list_episodes(look(slot, track, until)) == [
            ("missed", "10T10:00", "10T10:30", "10T14:00")
        ]


def test_a_late_fix_leaves_the_opening_of_an_absence_of_days_where_it_was(curfew: Rules) -> None:
    """Why: it is judged again from a day before the fix, where the absence was seen long ago."""
    residence = rules(order("C1: {residence: {stay_in: home}}"))
    begun = fixes(stay("05T20:00", "05T22:00"), stay("05T22:00", "09T12:00", FAR_M))
    late = deliver_at([fix("09T11:00:30", FAR_M)], "09T11:10")
    [before] = look(residence, begun, "09T11:00").episodes
    track = fixes_.merge(begun, fixes(late, first_row=len(begun)))
    [after] = look(residence, track, "09T12:00").episodes
    assert format_instant(before.opened_us) == format_instant(after.opened_us) == "05T22:16"


def test_what_a_late_fix_shows_of_more_than_a_day_was_seen_when_it_came() -> None:
    """A policy may let a decision reach back for two days: before the look that it is dated by."""
    patient = replace(scenes.default_policy(), onset_s_max=2 * 86_400.0)
    residence = rules(order("C1: {residence: {stay_in: home}}"), policy=patient)
    unsure = stay("08T02:00", "09T12:00", 150.0, every_s=1_500, radius95_m=150.0)
    late = deliver_at(stay("09T11:00:30", "09T11:05", FAR_M), "09T11:10")
    track = fixes(stay("08T00:00", "08T02:00"), unsure, late)
    assert list_episodes(look(residence, track, "09T11:05")) == []
    assert list_episodes(look(residence, track, "09T12:00")) == [
        ("left", "08T02:00", "open", "09T11:10")
    ]


def test_a_late_fix_lets_no_jump_be_forgotten(curfew: Rules) -> None:
    """Why: by the way alone it would have opened at 23:34; the officer saw it later, and not then.

    The days about a late fix are judged anew from before the last jump that still counts, with the
    fix at home that the jump led away from.
    """
    jump = [fix("10T23:34", FAR_M), fix("10T23:38", 0)]
    home = stay("10T23:39", "12T23:33", every_s=300)
    away = [fix("12T23:33", 55), *stay("12T23:34", "13T03:00", 150)]
    parts = [stay("10T20:00", "10T23:26"), jump, home, away, stay("13T03:10", "13T23:50")]
    late = deliver_at([fix("13T23:30:30", 0)], "13T23:45")
    for track in (fixes(*parts), fixes(*parts, late)):
        [episode] = look(curfew, track, "14T00:00").episodes
        assert format_instant(episode.opened_us) == "12T23:49"


# --- Bounded work ----------------------------------------------------------------------------


def test_many_late_deliveries_are_judged_by_the_hour(curfew: Rules) -> None:
    base = [*stay("10T20:00", "10T21:00"), *stay("11T04:00", "11T05:00")]
    drips = [
        fix._replace(received_us=us("11T04:00") + n * 40 * scenes.S)
        for n, fix in enumerate(stay("10T21:00", "11T04:00", every_s=600))
    ]
    track = fixes(base, drips)
    one_by_one = look(curfew, track, "11T06:00")
    assert len(one_by_one.superseded) > 3
    few = replace(curfew.policy, deliveries_per_record_max=3.0)
    by_the_hour = look(rules(order(CURFEW), policy=few), track, "11T06:00")
    assert by_the_hour.assessments == one_by_one.assessments
    assert 0 < len(by_the_hour.superseded) <= 3
