"""Evidence of an episode: the fixes that a possible breach rests on, measured for readers."""

from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.assessment import Status
from mesure.evaluation.episodes import SILENT, Episode
from mesure.evaluation.evidence import masts, sampling
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.status_intervals import total_us
from mesure.evaluation.judgement import cut_us
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import I64, Fixes
from mesure.instants import US_PER_S

ROWS_MAX: Final = 100
"""Fixes that an incident names; of more the first and the last are named."""

MEASURED_MAX: Final = 10_000
"""Fixes of a span that are measured again; of more, the first."""

FIXES_BEFORE: Final = 10
"""Where a decision of long ago still holds, at least this many fixes are looked at for evidence."""

BEGINNING_US: Final = 600 * US_PER_S
"""The first ten minutes of an episode belong to its evidence."""


class EpisodeEvidence(NamedTuple):
    """The evidence of one episode, in numbers."""

    numbers: tuple[int, ...]  # Of the fixes that are named, by time,
    rows: tuple[int, ...]  # and their rows in the evidence files.
    p_outside_max: float
    fixes: int
    wrong_side: int
    distance_m_max: float
    radius95_m_median: float  # NaN where no fix on the wrong side named one.
    independent_s: float
    moving: bool  # Doppler speed, or the way from fix to fix, shows the device on its way.
    beacon_lost: bool
    present_s: float
    cut_s: float  # How much of a slot absences and dates took out.


def measure(rules: Rules, statement: Statement, episode: Episode) -> EpisodeEvidence:
    """Return what supports an episode; what says nothing new is not counted."""
    fixes, until_us = statement.fixes, statement.judgement.until_us
    end_us = until_us if episode.end_us is None else episode.end_us
    span = _between(fixes, episode.start_us, end_us)
    span = masts.informative_among(fixes, span, rules.policy)
    if episode.breach == SILENT:
        row = int(fixes.row[episode.fix])
        return EpisodeEvidence(
            (episode.fix,), (row,), 0.0, len(span), 0, 0.0, np.nan, 0.0, False, False, 0.0, 0.0
        )
    deciding = _deciding(rules, statement, episode)
    deciding = masts.informative_among(fixes, deciding, rules.policy)
    part, chosen = span[:MEASURED_MAX], deciding[:MEASURED_MAX]
    both = np.concatenate([part, chosen])
    boundary = rules.boundaries[episode.stretch.lane]
    both_m = allowed_area.measure(boundary, fixes.lat_deg[both], fixes.lon_deg[both])
    wrong_m, chosen_wrong = both_m[: len(part)], np.flatnonzero(both_m[len(part) :] > 0.0)
    named = _named(_with_the_way(deciding[chosen_wrong], len(fixes)))
    return EpisodeEvidence(
        tuple(named.tolist()),
        tuple(fixes.row[named].tolist()),
        _p_max(statement, episode, span, deciding),
        len(span),
        int((wrong_m > 0.0).sum()),
        float(max(wrong_m.max(initial=0.0), 0.0)),
        _median(fixes.radius95_m[part[wrong_m > 0.0]]),
        _independent_s(rules, fixes, deciding),
        _is_on_the_way(rules, fixes, deciding[:MEASURED_MAX]),
        bool((fixes.beacon[chosen] == 0).any()),
        *_presence_s(rules, statement, episode),
    )


def _between(fixes: Fixes, start_us: int, end_us: int) -> I64:
    """Return the rows of the fixes taken in [start_us, end_us)."""
    first, last = np.searchsorted(fixes.observed_us, [start_us, end_us])
    return np.arange(first, last)


def _deciding(rules: Rules, statement: Statement, episode: Episode) -> I64:
    """Return the fixes that brought the decision, and those from when it began to count.

    A slot is decided as a whole, by all of its fixes and by those outside that still, or already,
    speak for it. That somebody long away is away when a curfew begins is shown by the last fixes
    before it and the first in it, not by those of the morning.
    """
    fixes = statement.fixes
    recent_us = episode.start_us - round(rules.policy.silence_s * US_PER_S)
    if episode.fix < 0:
        intervals = statement.judgement.intervals_between(episode.stretch.lane, *episode.window_us)
        recent, until = np.searchsorted(fixes.observed_us, [recent_us, episode.window_us[1]])
        last = max(int(until) - 1, *(interval.fix for interval in intervals))
        return np.arange(max(min(recent, last - FIXES_BEFORE), 0), last + 1)
    last_us = max(int(fixes.observed_us[episode.fix]), episode.start_us + BEGINNING_US)
    onset, recent, last = np.searchsorted(fixes.observed_us, [episode.onset_us, recent_us, last_us])
    return np.arange(max(onset, min(recent, last - FIXES_BEFORE), 0), min(last + 1, len(fixes)))


def _is_on_the_way(rules: Rules, fixes: Fixes, deciding: I64) -> bool:
    """Say whether speed, or the way from fix to fix, shows the device on its way.

    The motion flag shows nothing of the kind.
    """
    begin = int(deciding.min(initial=len(fixes) - 1))
    first = sampling.first_that_bears(fixes, begin, rules.policy)
    part = fixes.rows(slice(first, int(deciding.max(initial=0)) + 1))
    return bool(sampling.is_moving(part, rules.policy)[deciding - first].any())


def _with_the_way(wrong: I64, count: int) -> I64:
    """Add, to a single fix on the wrong side, the one before it: it shows the way taken.

    The very first fix has none before it: the one after it is added.
    """
    if len(wrong) != 1:
        return wrong
    first = max(0, int(wrong[0]) - 1)
    return np.arange(first, min(first + 2, count))


def _named(numbers: I64) -> I64:
    """Return the first and the last of many fixes."""
    if len(numbers) <= ROWS_MAX:
        return numbers
    return np.concatenate([numbers[: ROWS_MAX // 2], numbers[-(ROWS_MAX // 2) :]])


def _p_max(statement: Statement, episode: Episode, span: I64, deciding: I64) -> float:
    """Return the greatest chance of the wrong side in the span, or where it was decided."""
    rows = span if len(span) else deciding[-1:]
    odds = float(statement.judgement.said[episode.stretch.lane].odds[rows].max(initial=0.0))
    return odds / (1.0 + odds)


def _median(radii_m: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the lower median, a radius that some fix had; NaN without any."""
    known = np.sort(radii_m[~np.isnan(radii_m)])
    return float(known[(len(known) - 1) // 2]) if len(known) else float("nan")


def _independent_s(rules: Rules, fixes: Fixes, deciding: I64) -> float:
    """Return the time that the evidence covers, each fix for at most its correlation time."""
    first = max(0, int(deciding.min(initial=len(fixes))) - 1)
    part = fixes.rows(slice(first, int(deciding.max(initial=0)) + 1))
    since_s = sampling.seconds_since_last(part)[deciding - first]
    covered_us = np.rint(np.minimum(since_s, rules.policy.correlation_s) * US_PER_S)
    return int(covered_us.astype(np.int64).sum()) / US_PER_S


def _presence_s(rules: Rules, statement: Statement, episode: Episode) -> tuple[float, float]:
    """Return how long a slot's evidence shows presence, and its cut; 0 where none was missed."""
    if episode.fix >= 0:
        return 0.0, 0.0
    condition = next(one for one in rules.conditions if one.id == episode.condition)
    [slot] = condition.between(*episode.window_us)
    intervals_by_stretch = (
        statement.judgement.intervals_between(s.lane, s.start_us, s.end_us) for s in slot
    )
    present_us = sum(total_us(intervals, Status.MET) for intervals in intervals_by_stretch)
    return present_us / US_PER_S, cut_us(slot) / US_PER_S
