"""A device that says that it lies still holds what was met, and no more than that."""

import numpy as np
import pytest

from mesure.evaluation.assessment import Status
from mesure.evaluation.episodes import SILENT
from mesure.evaluation.evidence import rest
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET
from mesure.evaluation.judgement import hold_limits
from mesure.geo.fixes import MOVES, SINCE_FIX
from tests.evaluation.scenes import (
    CURFEW,
    Fix,
    H,
    M,
    S,
    change_policy,
    claim,
    default_policy,
    fix,
    fixes,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

POLICY = default_policy()
AT_HOME = stay("10T20:00", "10T22:31")  # The last fix of 22:30.
LAST_US = us("10T22:30")


def signs(first: str, last: str, rest_us: int, every_min: int = 20) -> list[Fix]:
    """Return what a device says every so often of lying still since an instant."""
    return [claim(at_us, rest_us) for at_us in range(us(first), us(last) + 1, every_min * M)]


def curfew_of(*parts: list[Fix], until: str = "11T06:00") -> list[tuple[str, str, str]]:
    """Return what is said of the night."""
    return spans(look(rules(order(CURFEW)), fixes(*parts), until))


NIGHT = [("met", "10T22:00", "11T06:00")]


def test_who_lies_still_all_night_was_at_home_all_night() -> None:
    still = signs("10T22:50", "11T05:50", LAST_US - 10 * M)
    assert curfew_of(AT_HOME, still) == NIGHT
    assert curfew_of(AT_HOME) == [
        ("met", "10T22:00", "10T23:00"),
        ("unknown", "10T23:00", "11T06:00"),
    ]


def test_a_silence_that_a_device_explains_is_told_to_nobody() -> None:
    ready = rules(order(CURFEW))
    still = signs("10T22:50", "11T05:50", LAST_US - 10 * M)
    episode_lists = [look(ready, fixes(AT_HOME, one), "11T06:00").episodes for one in (still, [])]
    assert [[one.breach for one in episodes] for episodes in episode_lists] == [[], [SILENT]]


@pytest.mark.parametrize(
    ("signs_", "met_until"),
    [
        (signs("10T22:50", "11T05:50", LAST_US + 31 * S), "10T23:00"),  # It came to rest later.
        (signs("10T22:50", "11T05:50", LAST_US + 30 * S), "11T06:00"),  # A moment later.
        (signs("10T22:50", "11T05:50", MOVES), "10T23:00"),
        (signs("10T22:50", "11T05:50", SINCE_FIX), "10T23:00"),  # Its fix did not say so.
        (signs("11T00:31", "11T05:50", LAST_US), "10T23:00"),  # Signs are missing for too long.
        (signs("10T22:50", "11T00:30", LAST_US), "11T01:00"),  # The last sign holds as a fix.
        (
            signs("10T22:50", "11T00:30", LAST_US) + signs("11T02:31", "11T05:50", LAST_US),
            "11T01:00",
        ),
        (  # The sign after the doze says that nothing has moved it since its last fix.
            signs("10T22:50", "11T00:30", LAST_US) + signs("11T02:30", "11T05:50", LAST_US),
            "11T06:00",
        ),
        (
            [
                *signs("10T22:50", "11T00:30", LAST_US),
                claim(us("11T00:40"), MOVES),
                *signs("11T00:50", "11T05:50", LAST_US),
            ],
            "11T01:00",
        ),
    ],
)
def test_it_holds_as_long_as_it_lies_where_its_last_fix_was(
    signs_: list[Fix], met_until: str
) -> None:
    assert curfew_of(AT_HOME, signs_)[0] == ("met", "10T22:00", met_until)


def test_a_device_that_does_not_say_since_when_must_have_lain_still_at_its_last_fix() -> None:
    resting = [one._replace(motion=0) for one in AT_HOME]
    assert curfew_of(resting, signs("10T22:50", "11T05:50", SINCE_FIX)) == NIGHT


def test_a_device_that_does_not_say_since_when_must_send_every_sign() -> None:
    resting = [one._replace(motion=0) for one in AT_HOME]
    dozing = signs("10T22:50", "11T00:30", SINCE_FIX) + signs("11T01:01", "11T05:50", SINCE_FIX)
    assert curfew_of(resting, dozing)[0] == ("met", "10T22:00", "11T01:00")


def test_until_the_sign_comes_nobody_knows() -> None:
    """What it then says of the time before supersedes that nothing was known of it."""
    ready = rules(order(CURFEW))
    before = fixes(AT_HOME, signs("10T22:50", "11T00:30", LAST_US))
    assert spans(look(ready, before, "11T02:00"))[-1] == ("unknown", "11T01:00", "11T02:00")
    after = fixes(
        AT_HOME, signs("10T22:50", "11T00:30", LAST_US), signs("11T02:30", "11T02:30", LAST_US)
    )
    assert spans(look(ready, after, "11T02:31")) == [("met", "10T22:00", "11T02:31")]


def test_no_gap_is_as_long_as_the_silence_that_an_officer_is_told_of() -> None:
    patient = change_policy(POLICY, lambda _: {"rest_gap_s_max": 86_400.0})
    limit_us = round(POLICY.silence_incident_s * S)
    for late_us, rest_until_us in ((0, LAST_US + limit_us), (1, LAST_US)):
        rows = fixes([fix("10T22:30", 0.0)], [claim(LAST_US + limit_us + late_us, LAST_US)])
        assert rest.separate(rows, patient).rest_until_us.tolist() == [rest_until_us]


def test_it_holds_for_a_night_and_then_must_say_where_it_is() -> None:
    hours = round(POLICY.rest_hold_s_max * S) // H
    residence = rules(order("C1: {residence: {stay_in: home}}"))
    still = signs("10T22:50", "12T05:50", LAST_US)
    statuses = spans(look(residence, fixes(AT_HOME, still), "12T06:00"))
    assert hours == 12
    assert statuses == [("met", "10T20:00", "11T11:00"), ("unknown", "11T11:00", "12T06:00")]


def test_a_policy_may_let_it_hold_nothing() -> None:
    nothing = change_policy(POLICY, lambda _: {"rest_hold_s_max": 0.0})
    track = fixes(AT_HOME, signs("10T22:50", "11T05:50", LAST_US))
    ready = rules(order(CURFEW), policy=nothing)
    assert spans(look(ready, track, "11T06:00")) == curfew_of(AT_HOME)


def test_what_is_not_met_or_unknown_it_does_not_hold() -> None:
    away = stay("10T20:00", "10T22:31", 900.0)
    still = signs("10T22:50", "11T05:50", LAST_US)
    statuses = curfew_of(away, still)
    assert statuses == curfew_of(away)
    assert statuses[-1] == ("unknown", "10T23:00", "11T06:00")


def test_a_last_fix_that_speaks_for_neither_side_holds_nothing() -> None:
    vague = [fix("10T22:31", 0.0, radius95_m=4_000.0)]
    still = signs("10T22:50", "11T05:50", LAST_US)
    assert curfew_of(AT_HOME, vague, still)[0] == ("met", "10T22:00", "10T23:00")


def test_the_next_fix_ends_it_at_once() -> None:
    """Left at three in the night: the device says no more that it lies still, and reports."""
    still = signs("10T22:50", "11T02:50", LAST_US)
    away = stay("11T03:05", "11T05:59", 900.0)
    statuses = curfew_of(AT_HOME, still, away)
    assert statuses[0] == ("met", "10T22:00", "11T03:05")
    assert statuses[-1][0] == "not_met"


def test_a_sign_before_the_first_fix_says_nothing() -> None:
    early = signs("10T18:00", "10T19:50", us("10T17:00"))
    assert curfew_of(early, AT_HOME) == curfew_of(AT_HOME)
    assert curfew_of(early) == curfew_of()


def test_signs_that_come_late_supersede_what_was_said_without_them() -> None:
    still = signs("10T22:50", "11T05:50", LAST_US)
    late = [one._replace(received_us=us("11T05:55")) for one in still]
    statement = look(rules(order(CURFEW)), fixes(AT_HOME, late), "11T06:00")
    assert spans(statement) == NIGHT
    assert [(one.assessment.status, one.stood_until) for one in statement.superseded] == [
        (Status.UNKNOWN, statement.superseded[0].stood_until)
    ]
    [withdrawn] = statement.history.withdrawn
    assert withdrawn.episode.breach == SILENT


# --- The columns ---------------------------------------------------------------------------------


def test_of_each_fix_it_is_said_until_when_it_holds() -> None:
    rows = fixes(
        [fix("10T22:00", 0.0), fix("10T22:10", 0.0)],
        [claim(us("10T22:05"), LAST_US), claim(us("10T22:05"), 0)],  # One of them is not believed.
        signs("10T22:30", "10T23:30", us("10T22:00")),
    )
    resting = rest.separate(rows, POLICY)
    assert resting.fixes.observed_us.tolist() == [us("10T22:00"), us("10T22:10")]
    assert resting.rest_until_us.tolist() == [us("10T22:00"), us("10T23:30")]
    assert resting.numbers.tolist() == [0, 3]


def test_where_nothing_is_claimed_nothing_is_copied() -> None:
    rows = fixes(AT_HOME)
    resting = rest.separate(rows, POLICY)
    assert resting.fixes is rows
    assert np.shares_memory(resting.rest_until_us, rows.observed_us)


def test_the_chance_that_it_moved_without_saying_so_comes_on_top() -> None:
    """What is met with a chance just below the threshold is not sure enough to be held."""
    limits = hold_limits(POLICY)
    p_max = limits.rest_odds_max / (1.0 + limits.rest_odds_max)
    assert p_max == pytest.approx(POLICY.p_met - POLICY.p_rest_outlived)
    at_us = np.array([0])
    for decided, odds, hold_min in (
        (MET, limits.rest_odds_max, 80),
        (MET, limits.rest_odds_max * 1.01, 30),
        (NOT_MET, 100.0, 30),
    ):
        output = status_intervals.FilterOutput(
            at_us,
            at_us + 50 * M,
            at_us,
            at_us,
            np.array([decided], np.int8),
            np.array([odds]),
            status_intervals.NO_CHANGES,
        )
        [run] = status_intervals.runs(output, limits)
        assert run.hold_us == hold_min * M
