"""Arrivals: a person just come is near even odds, and errs less than circles say."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from mesure.evaluation.breakdown.evidence_breakdown import TermSource
from mesure.evaluation.filter.two_state_filter import CAME, CAME_BACK, MET, NOT_MET, UNDECIDED
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Provider
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    Fix,
    default_policy,
    filter_outputs,
    fix,
    fixes,
    look,
    order,
    rules,
    stay,
    us,
)
from tests.evaluation.test_evidence_breakdown import account, accounts
from tests.evaluation.test_likelihoods import listen, measure_pull

AFAR = stay("10T09:00", "10T10:00", 4_000)
EDGE_M = 4_900.0


def first_inside(ready: Rules, *parts: list[Fix]) -> str | None:
    """Return when somebody was first said to be inside."""
    output = filter_outputs(ready, fixes(AFAR, *parts))[0]
    inside = np.flatnonzero(output.decided == NOT_MET)
    return None if not len(inside) else f"{(int(output.observed_us[inside[0]]) - us('10T10:00'))}"


@pytest.fixture(scope="module")
def stadium() -> Rules:
    return rules(order(EXCLUSION))


def test_at_the_edge_nothing_holds_of_what_was_known_before(stadium: Rules) -> None:
    """Where the fix says plainly that the device is elsewhere, or where nobody came, it holds."""
    there = [
        fix("10T10:00", EDGE_M - 500.0),
        fix("10T10:01", EDGE_M - 10.0),
        fix("10T10:02", EDGE_M + 5.0),
    ]
    _, _, pull = measure_pull(stadium, AFAR, there, stay("10T10:03", "10T10:20", EDGE_M + 5.0))
    assert pull.arrived[0, len(AFAR) :].tolist() == [0, *[CAME] * 5, *[0] * 14]
    at_home = rules(order(CURFEW))
    _, _, pull = measure_pull(at_home, stay("10T21:00", "10T22:00", 4_000), [fix("10T22:01", 61.0)])
    assert not pull.arrived.any()


def test_a_small_place_is_seen_within_minutes_of_an_arrival(stadium: Rules) -> None:
    """A fix 20 m inside says little; six say enough of somebody who was far a moment before."""
    inside = stay("10T10:00", "10T10:30", EDGE_M + 20.0, radius95_m=100.0)
    prompt = first_inside(stadium, inside)
    assert prompt is not None
    assert int(prompt) <= 6 * 60_000_000
    for changed in (
        replace(default_policy(), p_arrival=0.0),
        replace(default_policy(), arrival_s_max=1.0),
        replace(default_policy(), resting_circle_ratio=1.0),
    ):
        slow = rules(order(EXCLUSION), policy=changed)
        later = first_inside(slow, inside)
        assert later is None or int(later) > int(prompt)


def test_a_circle_is_taken_for_smaller_only_where_it_lies_inside(stadium: Rules) -> None:
    llrs = {}
    for ratio in (0.5, 1.0):
        ready = rules(
            order(EXCLUSION), policy=replace(default_policy(), resting_circle_ratio=ratio)
        )
        _, _, pull = measure_pull(
            ready,
            [fix("10T09:00", EDGE_M - 20.0, radius95_m=60.0)],
            [fix("10T19:00", EDGE_M + 20.0, radius95_m=60.0)],
        )
        llrs[ratio] = pull.llr[0]
    assert llrs[0.5][0] == llrs[1.0][0] < 0.0
    assert llrs[0.5][1] > 2.0 * llrs[1.0][1] > 0.0


def test_that_somebody_had_just_come_is_a_term_of_its_own(stadium: Rules) -> None:
    here = account(stadium, "10T10:30", AFAR, stay("10T10:00", "10T10:30", EDGE_M + 40.0))
    assert here.llr(TermSource.START) == pytest.approx(0.0)
    later = account(
        stadium,
        "10T10:30",
        AFAR,
        [fix("10T10:00", EDGE_M + 3.0, radius95_m=15.0)],
        stay("10T10:01", "10T10:30", EDGE_M + 40.0),
    )
    assert 0.0 <= later.llr(TermSource.ARRIVAL) < log(1000.0)


# --- Coming home -----------------------------------------------------------------------------

AWAY = stay("10T21:00", "10T23:00", 2_000.0)


@pytest.fixture(scope="module")
def home() -> Rules:
    return rules(order(CURFEW))


def test_whoever_comes_home_from_afar_has_come_back(home: Rules) -> None:
    """Not who stands beside it, nor who was there all the while, nor to a district."""
    there = [fix("10T23:00", 61.0), fix("10T23:01", 55.0), *stay("10T23:02", "10T23:20", 55.0)]
    _, _, pull = measure_pull(home, AWAY, there)
    assert pull.arrived[0, len(AWAY) :].tolist() == [0, *[CAME_BACK] * 4, *[0] * 15]
    _, _, pull = measure_pull(home, AWAY, [fix("10T22:59:30", 55.0)])
    assert not pull.arrived.any(), "two kilometers in half a minute"
    _, _, pull = measure_pull(home, stay("10T22:00", "10T23:00"), [fix("10T23:00", 58.0)])
    assert not pull.arrived.any()
    _, _, pull = measure_pull(rules(order(RESIDENCE)), AWAY, there)
    assert not pull.arrived.any()


def test_a_wide_circle_at_home_ends_the_absence_and_more_of_it_is_met(home: Rules) -> None:
    """Why: phones came home with a circle twice as wide, and stayed absent on the record."""
    sure = rules(order(CURFEW), policy=replace(default_policy(), p_return=0.999))
    back = [fix("10T23:00", 0.0, radius95_m=400.0)]
    assert listen(home, AWAY, back).decided.tolist()[-2:] == [NOT_MET, UNDECIDED]
    assert listen(sure, AWAY, back).decided.tolist()[-2:] == [NOT_MET, NOT_MET]
    stayed = stay("10T23:00", "10T23:05", 0.0, radius95_m=150.0)
    assert listen(home, AWAY, stayed).decided.tolist()[-5] == UNDECIDED
    assert listen(home, AWAY, stayed).decided.tolist()[-1] == MET


def test_networks_are_taken_for_better_only_at_home_and_after_an_arrival(home: Rules) -> None:
    def llr(east_m: float, provider: Provider, *before: list[Fix]) -> float:
        at = fix("10T23:00", east_m, radius95_m=105.0, provider=provider)
        value: float = measure_pull(home, *before, [at])[2].llr[0, -1]
        return value

    def weight(*before: list[Fix]) -> float:
        return llr(10.0, Provider.GNSS, *before) / llr(10.0, Provider.GNSS, AWAY)

    assert llr(10.0, Provider.WIFI, AWAY) < 2.0 * llr(10.0, Provider.GNSS, AWAY) < 0.0
    stayed = stay("10T22:00", "10T23:00")
    assert llr(10.0, Provider.WIFI, stayed) == llr(10.0, Provider.GNSS, stayed)
    assert weight(stayed) < 1.0
    assert llr(110.0, Provider.WIFI, AWAY) == llr(110.0, Provider.GNSS, AWAY) > 0.0


def test_that_somebody_had_come_back_is_a_term_in_their_favor(home: Rules) -> None:
    """After a silence they came to the door before the evidence was enough, and were gone again."""
    parts = (
        stay("10T15:00", "10T16:00"),
        [fix("10T22:05", 400.0)],
        [fix("10T22:06", 50.0, radius95_m=100.0)],
        stay("10T22:07", "11T05:00", 2_000.0),
    )
    breakdown = accounts(look(home, fixes(*parts), "11T05:00"))[0]
    assert breakdown.llr(TermSource.RETURN) < -1.0
    assert breakdown.llr(TermSource.ARRIVAL) == 0.0
    assert breakdown.whole_llr > 0.0
