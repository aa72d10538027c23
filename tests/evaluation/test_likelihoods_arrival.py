"""Places to keep out of: whoever has just come is at even odds, and errs less than circles say."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from mesure.evaluation.breakdown.evidence_breakdown import TermSource
from mesure.evaluation.filter.two_state_filter import NOT_MET, Flags
from mesure.evaluation.rules import Rules
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    Fix,
    default_policy,
    filter_outputs,
    fix,
    fixes,
    order,
    rules,
    stay,
    us,
)
from tests.evaluation.test_evidence_breakdown import account
from tests.evaluation.test_likelihoods import heard

AFAR = stay("10T09:00", "10T10:00", 4_000)
EDGE_M = 4_900.0


def seen_at(ready: Rules, *parts: list[Fix]) -> str | None:
    """Return when somebody was first said to be inside."""
    said = filter_outputs(ready, fixes(AFAR, *parts))[0]
    inside = np.flatnonzero(said.decided == NOT_MET)
    return None if not len(inside) else f"{(int(said.observed_us[inside[0]]) - us('10T10:00'))}"


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
    _, _, pull = heard(stadium, AFAR, there, stay("10T10:03", "10T10:20", EDGE_M + 5.0))
    arrived: Flags = pull.arrived[0, len(AFAR) :]
    assert arrived.tolist() == [False, *[True] * 5, *[False] * 14]
    at_home = rules(order(CURFEW))
    _, _, pull = heard(at_home, stay("10T21:00", "10T22:00", 4_000), [fix("10T22:01", 61.0)])
    assert not pull.arrived.any()


def test_a_small_place_is_seen_within_minutes_of_an_arrival(stadium: Rules) -> None:
    """A fix 20 m inside says little; six say enough of somebody who was far a moment before."""
    inside = stay("10T10:00", "10T10:30", EDGE_M + 20.0, radius95_m=100.0)
    prompt = seen_at(stadium, inside)
    assert prompt is not None
    assert int(prompt) <= 6 * 60_000_000
    for changed in (
        replace(default_policy(), p_arrival=0.0),
        replace(default_policy(), arrival_s_max=1.0),
        replace(default_policy(), resting_circle_ratio=1.0),
    ):
        slow = rules(order(EXCLUSION), policy=changed)
        later = seen_at(slow, inside)
        assert later is None or int(later) > int(prompt)


def test_a_circle_is_taken_for_smaller_only_where_it_lies_inside(stadium: Rules) -> None:
    said = {}
    for ratio in (0.5, 1.0):
        ready = rules(
            order(EXCLUSION), policy=replace(default_policy(), resting_circle_ratio=ratio)
        )
        _, _, pull = heard(
            ready,
            [fix("10T09:00", EDGE_M - 20.0, radius95_m=60.0)],
            [fix("10T19:00", EDGE_M + 20.0, radius95_m=60.0)],
        )
        said[ratio] = pull.llr[0]
    assert said[0.5][0] == said[1.0][0] < 0.0
    assert said[0.5][1] > 2.0 * said[1.0][1] > 0.0


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
