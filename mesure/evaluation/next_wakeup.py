"""Next wake-up: the next moment at which something changes although no fix arrives.

A status ends with the policy's silence, windows begin and end by themselves, an officer is notified
of a silence, a device is asked, and what a clock ahead dated holds from its time on. Between these
moments all that changes is how long what holds has held, and that a burst ends, at a time that was
sent to the device.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import episodes, fix_requests, late_evidence
from mesure.evaluation.filter.two_state_filter import MET
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.instants import MIN_US, US_PER_S, to_datetime, to_us

LOOK_AHEAD_US: Final = 2 * fix_requests.HOUR_US
"""A doubt that lasts is asked about again within an hour; what comes later is found then."""


class NextWakeup(NamedTuple):
    """What follows a moment of looking if nothing comes."""

    next_us: int | None  # When something changes; None: never.
    asks: tuple[FixRequest, ...]  # For what the device is to be asked now.
    asked_us: int  # When it was last to be asked for anything; long ago: never.


def ahead(rules: Rules, statement: Statement) -> NextWakeup:
    """Return what follows a moment of looking.

    Looking earlier, or more often, changes nothing; nor does looking late, but for the delay.
    """
    judgement = statement.judgement
    until_us = judgement.until_us
    later = replace(judgement, until_us=until_us + LOOK_AHEAD_US)
    asks = fix_requests.asks(rules, later, statement.fixes)
    moments = (
        *(one_us for one_us in _silences_us(rules, statement) if _binds_about(rules, one_us)),
        *(to_us(one.asked_at) for one in asks),
        *_deliveries_us(rules, statement),
        *_ahead_us(statement),
    )
    later_us = (*edges_us(rules, until_us), *_seen_after(moments, until_us))
    next_us = min(later_us, default=None)
    now = to_datetime(until_us)
    begun = [one for one in asks if one.asked_at < now]
    asked_us = max((to_us(one.asked_at) for one in begun), default=MIN_US)
    return NextWakeup(next_us, tuple(one for one in begun if now < one.span.end), asked_us)


def next_us(rules: Rules, statement: Statement) -> int | None:
    """Return the next moment at which something changes without a fix; None: never."""
    return ahead(rules, statement).next_us


def edges_us(rules: Rules, until_us: int) -> Iterator[int]:
    """Yield when the edges of windows, and of what holds within them, are seen next."""
    for condition in rules.conditions:
        for window in condition.windows[condition.first_after(until_us) :][:2]:
            edges = (edge_us for one in window for edge_us in (one.start_us, one.end_us))
            yield from _seen_after(edges, until_us)


def _seen_after(moments_us: Iterable[int], until_us: int) -> Iterator[int]:
    """Return when moments are seen: what begins at one is seen just after it, what ends, at it."""
    return (max(one_us, until_us + 1) for one_us in moments_us if one_us >= until_us)


def _silences_us(rules: Rules, statement: Statement) -> Iterator[int]:
    """Yield when what holds is no longer known, and when an officer is notified."""
    if not len(statement.fixes):
        return
    last_us = int(statement.fixes.observed_us[-1])
    rest_until_us = int(statement.judgement.resting.rest_until_us[-1])
    yield from episodes.silence_moments_us(rules, rest_until_us)
    silence_us = round(rules.policy.silence_s * US_PER_S)
    yield last_us + silence_us
    yield rest_until_us + silence_us
    for output in statement.judgement.said:
        if output.decided[-1] == MET:
            yield int(output.seen_us[-1]) + silence_us


def _ahead_us(statement: Statement) -> Iterator[int]:
    """Yield when the time of each fix comes that a clock ahead dated after its receipt."""
    observed_us = statement.rows.observed_us
    first = int(np.searchsorted(observed_us, statement.judgement.until_us))
    yield from observed_us[first:].tolist()


def _binds_about(rules: Rules, at_us: int) -> bool:
    """Return whether something binds about an instant; of a silence nothing else is said."""
    return any(one.between(at_us - 1, at_us + 2) for one in rules.conditions)


def _deliveries_us(rules: Rules, statement: Statement) -> Iterator[int]:
    """Yield when each late delivery is complete: what it superseded is reported then."""
    for receipt in {one.stood_until for one in statement.superseded}:
        yield late_evidence.complete_us(rules.policy, to_us(receipt))
