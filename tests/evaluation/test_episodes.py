"""One stay on the wrong side is one episode, one silence is one; neither spans two windows."""

from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation import episodes
from mesure.evaluation.assessment import Status
from mesure.evaluation.episodes import Episode, EpisodeIndex
from mesure.evaluation.evidence import likelihoods, rest
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.judgement import Judgement, WindowStatus
from mesure.evaluation.rules import RuleInterval, Rules
from mesure.orders.model.conditions import Residence
from mesure.orders.values.timetable import Timetable
from tests.evaluation import scenes
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    SLOT,
    H,
    M,
    absence,
    fix,
    fixes,
    format_instant,
    list_episodes,
    look,
    order,
    rules,
    stay,
    us,
)

FAR_M = 900
MET, NOT_MET, UNKNOWN = Status.MET, Status.NOT_MET, Status.UNKNOWN


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


# --- Episodes of place -----------------------------------------------------------------------


def judge_night(
    ready: Rules, *minutes: tuple[int, Status], over: bool = False
) -> list[tuple[int, ...]]:
    """Return the episodes of a night told in stretches of minutes, as (start, end, opened, shown).

    Each stretch is known a minute after it begins. The night is looked at where they end, which
    is when it is over or an hour before.
    """
    duty = ready.versions[0].conditions[0].duty
    at, spells = 0, []
    for length, status in minutes:
        spells.append(StatusInterval(at, at + length * M, status, at + M, at))
        at += length * M
    end = at + (0 if over else H)
    slot = WindowStatus("C1", (RuleInterval(0, end, duty, "home", 0, (0, end)),), tuple(spells))
    nothing = rest.separate(fixes(), ready.policy)
    judgement = Judgement(at, nothing, (), (), (slot,), likelihoods.begin(ready))
    night_episodes = episodes.episodes(ready, judgement)
    return [
        tuple(-1 if edge is None else edge // M for edge in edges)
        for edges in [
            (episode.start_us, episode.end_us, episode.opened_us, episode.shown_us[1])
            for episode in night_episodes
        ]
    ]


def test_an_episode_lasts_from_the_first_evidence_to_the_return(curfew: Rules) -> None:
    assert judge_night(curfew, (10, MET), (20, NOT_MET), (30, MET)) == [(10, 30, 11, 30)]


def test_it_goes_on_through_the_unknown(curfew: Rules) -> None:
    assert judge_night(curfew, (10, NOT_MET), (50, UNKNOWN), (10, MET)) == [(0, 60, 1, 10)]
    assert judge_night(curfew, (10, NOT_MET), (50, UNKNOWN), (10, NOT_MET), (9, MET)) == [
        (0, 70, 1, 70)
    ]


def test_it_is_open_until_the_return_or_the_window_s_end(curfew: Rules) -> None:
    assert judge_night(curfew, (10, NOT_MET)) == [(0, -1, 1, 10)]
    assert judge_night(curfew, (10, NOT_MET), (5, UNKNOWN)) == [(0, -1, 1, 10)]
    assert judge_night(curfew, (10, NOT_MET), over=True) == [(0, 10, 1, 10)]
    assert judge_night(curfew, (10, NOT_MET), (5, UNKNOWN), over=True) == [(0, 15, 1, 10)]


@pytest.mark.parametrize(("minutes", "count"), [(14, 1), (15, 1), (16, 2)])
def test_a_short_return_does_not_end_it(curfew: Rules, minutes: int, count: int) -> None:
    """Both sides of the policy's quarter of an hour."""
    edges = judge_night(curfew, (10, NOT_MET), (minutes, MET), (10, NOT_MET), (40, MET))
    assert len(edges) == count
    assert (edges[0][0], edges[-1][1]) == (0, 20 + minutes)


def test_the_first_return_counts_and_not_the_end_of_a_later_doubt(curfew: Rules) -> None:
    """Why: it is over with the return; what is unknown after it does not open it again."""
    edges = judge_night(
        curfew, (10, NOT_MET), (5, MET), (9, UNKNOWN), (3, MET), (9, NOT_MET), (9, MET)
    )
    assert [line[:2] for line in edges] == [(0, 10), (27, 36)]


def test_nothing_is_opened_by_the_unknown(curfew: Rules) -> None:
    assert judge_night(curfew, (10, UNKNOWN), (5, MET), (5, UNKNOWN)) == []


def test_it_opens_no_sooner_than_it_starts(curfew: Rules) -> None:
    """Somebody already away when the curfew begins is seen as it begins."""
    statement = look(curfew, fixes(stay("10T21:00", "10T22:30", FAR_M)), "10T22:10")
    assert list_episodes(statement) == [("absent", "10T22:00", "open", "10T22:00")]
    [episode] = statement.episodes
    assert format_instant(episode.onset_us) == "10T21:00"


def test_it_opens_with_what_was_known_first_and_not_with_what_reaches_back_farther(
    curfew: Rules,
) -> None:
    """A later decision dates an earlier spell; the officer had seen the later one before."""
    duty = curfew.versions[0].conditions[0].duty
    spells = (
        StatusInterval(0, 10 * M, NOT_MET, 50 * M, 0, 9),
        StatusInterval(10 * M, 20 * M, UNKNOWN, 10 * M),
        StatusInterval(20 * M, 60 * M, NOT_MET, 30 * M, 20 * M, 5),
    )
    slot = WindowStatus("C1", (RuleInterval(0, 2 * H, duty, "home", 0, (0, 2 * H)),), spells)
    nothing = rest.separate(fixes(), curfew.policy)
    [episode] = episodes.episodes(
        curfew, Judgement(H, nothing, (), (), (slot,), likelihoods.begin(curfew))
    )
    assert (episode.start_us, episode.opened_us) == (0, 30 * M)


def test_it_never_spans_two_windows(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T21:00", "11T23:00", FAR_M)), "11T23:00")
    assert [line[:3] for line in list_episodes(statement)] == [
        ("absent", "10T22:00", "11T06:00"),
        ("absent", "11T22:00", "open"),
    ]


def test_it_names_the_place_that_bound_where_it_began() -> None:
    ready = rules(order(CURFEW, absences=absence("C1", "10T23:00", "11T01:00", "office")))
    statement = look(ready, fixes(stay("10T23:10", "10T23:40", FAR_M)), "10T23:30")
    [episode] = statement.episodes
    assert format_instant(episode.stretch.start_us) == "10T23:00"
    assert [format_instant(edge) for edge in episode.window_us] == ["10T22:00", "11T06:00"]


# --- Leave ----------------------------------------------------------------------------------


def test_leave_that_was_given_raises_nothing_that_the_hours_alone_would_raise() -> None:
    away = fixes(
        stay("10T20:00", "10T23:00"),
        stay("10T23:10", "11T01:00", 900),
        stay("11T01:10", "11T05:00"),
    )
    assert [line[0] for line in list_episodes(look(rules(order(CURFEW)), away, "11T05:00"))] == [
        "absent"
    ]
    leave = absence("C1", "10T22:55", "11T01:15")
    freed = rules(order(CURFEW, absences=leave))
    assert list_episodes(look(freed, away, "11T05:00")) == []
    shorter = rules(order(CURFEW, absences=absence("C1", "10T22:55", "11T00:00")))
    [absent] = list_episodes(look(shorter, away, "11T05:00"))
    assert absent[:2] == ("absent", "11T00:00")


# --- Silences --------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "opened"), [(239, False), (240, False), (241, True)])
def test_a_silence_is_told_after_the_limit(curfew: Rules, minutes: int, opened: bool) -> None:
    """Both sides of the policy's four hours, in a gap between two fixes."""
    start = us("10T22:10")
    end = [fix("10T22:10", 0)._replace(observed_us=start + minutes * M)]
    gap = fixes([fix("10T22:10", 0)], end)
    kinds = ["silent"] if opened else []
    assert [one.breach for one in look(curfew, gap, "11T06:00").episodes] == kinds
    waiting = fixes([fix("10T22:10", 0)])
    statement = scenes.look_us(curfew, waiting, start + minutes * M)
    assert [one.breach for one in statement.episodes] == kinds


def test_it_opens_where_the_condition_binds_again(curfew: Rules) -> None:
    statement = look(curfew, fixes(stay("10T12:00", "10T12:01")), "10T22:30")
    assert list_episodes(statement) == [("silent", "10T22:00", "open", "10T22:00")]
    assert list_episodes(look(curfew, fixes(stay("10T12:00", "10T12:01")), "10T22:00")) == []


def test_it_ends_when_the_device_is_heard_or_with_the_window(curfew: Rules) -> None:
    track = fixes(stay("10T21:50", "10T22:00"), stay("11T03:00", "11T04:00"))
    assert list_episodes(look(curfew, track, "11T04:00")) == [
        ("silent", "10T22:00", "11T03:00", "11T01:59")
    ]
    never = fixes(stay("10T21:50", "10T22:00"))
    for until, end in (("11T05:59", "open"), ("11T06:00", "11T06:00"), ("11T12:00", "11T06:00")):
        assert list_episodes(look(curfew, never, until)) == [
            ("silent", "10T22:00", end, "11T01:59")
        ]


def test_one_silence_is_one_incident_over_many_windows(curfew: Rules) -> None:
    statement = look(
        curfew, fixes(stay("10T21:50", "10T22:00"), stay("14T12:00", "14T13:00")), "15T00:00"
    )
    assert list_episodes(statement)[0] == ("silent", "10T22:00", "11T06:00", "11T01:59")
    # The second lasts from the 14th on.
    assert [episode[0] for episode in list_episodes(statement)] == ["silent", "silent"]


def test_it_is_told_once_for_each_condition() -> None:
    both = rules(order(CURFEW, EXCLUSION))
    statement = look(both, fixes(stay("10T12:00", "10T12:01")), "11T00:00")
    assert [(one.condition, format_instant(one.start_us)) for one in statement.episodes] == [
        ("C1", "10T22:00"),
        ("C3", "10T12:00"),
    ]


def test_a_silence_over_before_the_condition_binds_is_not_told(curfew: Rules) -> None:
    day = fixes(stay("10T08:00", "10T08:10"), stay("10T21:59", "10T23:00"))
    assert list_episodes(look(curfew, day, "10T23:00")) == []


def test_a_silence_after_the_last_window_is_not_told() -> None:
    ended = rules(order(CURFEW, in_force="from: 2026-02-01, until: 2026-02-11"))
    assert list_episodes(look(ended, fixes(stay("11T01:00", "11T02:00")), "12T00:00")) == []


def test_it_does_not_open_where_an_absence_takes_out_part_of_a_slot() -> None:
    ready = rules(order(SLOT, absences=absence("C4", "10T10:10", "10T10:20")))
    statement = look(ready, fixes(stay("10T06:00", "10T06:13")), "10T10:25")
    assert list_episodes(statement) == [("silent", "10T10:00", "open", "10T10:20")]


def test_without_a_fix_there_is_no_silence(curfew: Rules) -> None:
    assert list_episodes(look(curfew, fixes(), "20T00:00")) == []


def test_a_fix_from_the_future_ends_no_silence_yet(curfew: Rules) -> None:
    """A device's clock may be ahead: heard at 03:00, by a fix of 03:01."""
    ahead = fix("11T03:01", 0)._replace(received_us=us("11T02:59"))
    statement = look(curfew, fixes([fix("10T22:00", 0), ahead]), "11T03:00")
    assert list_episodes(statement) == [("silent", "10T22:00", "open", "11T02:00")]


def test_a_silence_opens_when_its_last_fix_was_known(curfew: Rules) -> None:
    """The very first fix may come hours after it was taken; before, no silence is known."""
    first = fix("10T20:00", 0)._replace(received_us=us("11T02:00"))
    assert list_episodes(look(curfew, fixes([first]), "11T01:59")) == []
    assert list_episodes(look(curfew, fixes([first]), "11T03:00")) == [
        ("silent", "10T22:00", "open", "11T02:00")
    ]


# --- Sharing an instant ----------------------------------------------------------------------


AT_HOME: Final = Residence("home", Timetable(ZoneInfo("Asia/Almaty"), (), always=True))


def episode(condition: str, breach: str, start: int, end: int) -> Episode:
    edges = (start * M, end * M)
    stretch = RuleInterval(0, H, AT_HOME, "home", 0, (0, H))
    return Episode(condition, breach, stretch, (0, H), *edges, start * M, -1, 0, edges)


def test_touching_asks_for_one_condition_one_kind_and_a_shared_instant() -> None:
    absence = episode("C1", "absent", 10, 20)
    assert absence.touches(episode("C1", "absent", 19, 30))
    assert absence.touches(episode("C1", "absent", 5, 11))
    assert not absence.touches(episode("C1", "absent", 20, 30))
    assert not absence.touches(episode("C1", "absent", 5, 10))
    assert not absence.touches(episode("C2", "absent", 10, 20))
    assert not absence.touches(episode("C1", "silent", 10, 20))


def episodes_near_midnight() -> st.SearchStrategy[Episode]:
    """Draw episodes of minutes or days whose edges lie on midnights, or a minute beside."""
    edges = st.builds(lambda day, off: 1_440 * day + off, st.integers(0, 4), st.integers(-1, 1))
    start_and_end = st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair)))
    return st.builds(
        lambda condition, breach, span: episode(condition, breach, *span),
        st.sampled_from(["C1", "C2"]),
        st.sampled_from(["absent", "silent"]),
        start_and_end,
    )


@given(st.lists(episodes_near_midnight(), max_size=8), episodes_near_midnight())
def test_those_that_touch_are_found_without_comparing_each_with_each(
    others: list[Episode], episode: Episode
) -> None:
    near = EpisodeIndex(others)
    assert set(near.find_touching(episode)) == {other for other in others if other.touches(episode)}
    assert near.has_touching(episode) is any(other.touches(episode) for other in others)
