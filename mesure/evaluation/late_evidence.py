"""Late evidence: assessments that it supersedes, and episodes that it withdraws.

A fix is late when the software had already spoken about its time: a later fix had been received, or
the limit of silence had passed. Then the days it concerns are judged twice, as they were and as
they are: what differs is superseded, and an episode that is refuted is withdrawn. Nothing is
rewritten silently.
Decision: docs/decisions/0014-late-evidence-supersedes-never-deletes.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import episodes
from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.episodes import SILENT, Episode, EpisodeIndex
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.judgement import (
    Judgement,
    WindowStatus,
    join_equal,
    judge,
    memory_us,
    to_span,
)
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import I64, POSITION, Fixes
from mesure.instants import MIN_US, US_PER_DAY, US_PER_S, to_datetime

KEEPING_US: Final = 30 * US_PER_S
"""So long after its receipt a message may be kept, where the store is busy or clocks differ."""


@dataclass(frozen=True, slots=True)
class LateEvidenceHistory:
    """What late evidence changed, in the order of its receipt."""

    superseded: tuple[SupersededAssessment, ...]
    withdrawn: tuple["WithdrawnEpisode", ...]
    seen: tuple[Episode, ...]  # All that was shown before and after each delivery.


class LateBatch(NamedTuple):
    """Late fixes received together."""

    first_receipt_us: int
    last_receipt_us: int
    earliest_us: int  # When the earliest of them was taken.


class WithdrawnEpisode(NamedTuple):
    """An episode that held until a delivery refuted it; its fixes are counted as they stood."""

    episode: Episode
    at_us: int  # The receipt that refuted it.
    delivery: LateBatch


def late(rules: Rules, fixes: Fixes) -> Flags:
    """Return which fixes came after the software had spoken about their time.

    A pure test on the records: it does not depend on when, or in what batches, they are judged.
    """
    hold_us = round(rules.policy.late_s * US_PER_S)
    slow = fixes.received_us - fixes.observed_us > hold_us
    if not slow.any():
        return slow
    order = np.lexsort((fixes.observed_us, fixes.received_us))
    received_us, observed_us = fixes.received_us[order], fixes.observed_us[order]
    # Nothing new was said of a time from which only rest claims came.
    position_us = np.where(fixes.rest_us[order] == POSITION, observed_us, MIN_US)
    newest_us = np.append(MIN_US, np.maximum.accumulate(position_us))
    spoken_us = newest_us[np.searchsorted(received_us, received_us - hold_us, side="right")]
    silence_us = round(rules.policy.silence_s * US_PER_S)
    silent = (spoken_us > MIN_US) & (received_us > spoken_us + silence_us)
    flags = np.empty(len(fixes), np.bool_)
    flags[order] = (observed_us < spoken_us) | silent
    return flags & slow


class LateBatchResult(NamedTuple):
    """What one delivery changed, and what was shown before it and after."""

    delivery: LateBatch
    superseded: tuple[SupersededAssessment, ...]
    withdrawn: tuple[WithdrawnEpisode, ...]
    shown: tuple[Episode, ...]


class ShownEpisodes:
    """Everything that was shown so far, each episode once as it was seen soonest.

    Two looks may show the same and date it differently. The sooner counts, in whatever order they
    are seen: of what is no longer in hand, one episode then serves as well as all that touched it.
    """

    def __init__(self, shown: Iterable[Episode] = ()) -> None:
        self.found: dict[object, Episode] = {}
        self.near = EpisodeIndex()
        self.see(shown)

    def see(self, shown: Iterable[Episode]) -> None:
        """Keep what is seen now, unless it was seen just so, and as soon, before."""
        for episode in shown:
            name = (episode.condition, episode.breach, episode.shown_us)
            before = self.found.get(name)
            if before is None or episode.opened_us < before.opened_us:
                self.found[name] = episode
                self.near.add(episode)


class LateDeliveries(NamedTuple):
    """What the late deliveries of a record came to, so far."""

    results: tuple[LateBatchResult, ...]
    shown_episodes: ShownEpisodes
    anew: int  # The first of the results that was worked out at this look.

    def history(self) -> LateEvidenceHistory:
        """Return all that they changed."""
        return LateEvidenceHistory(
            tuple(one for result in self.results for one in result.superseded),
            tuple(one for result in self.results for one in result.withdrawn),
            tuple(self.shown_episodes.found.values()),
        )

    def new_superseded(
        self, policy: Policy, handed_us: int, until_us: int
    ) -> tuple[SupersededAssessment, ...]:
        """Return what was superseded by what is complete, and was not, or other, at `handed_us`."""
        ends_us = [complete_us(policy, one.delivery.last_receipt_us) for one in self.results]
        return tuple(
            one
            for number, (result, end_us) in enumerate(zip(self.results, ends_us, strict=True))
            if end_us <= until_us and (end_us > handed_us or number >= self.anew)
            for one in result.superseded
        )


def deliver(
    rules: Rules,
    before: tuple[Sequence[LateBatchResult], Sequence[Episode]],
    fixes: Fixes,
    is_late: Flags,
    anew_us: int,
    deliveries_max: int,
) -> LateDeliveries:
    """Return what the late deliveries came to, anew those received at or after an instant.

    `before` is what the others came to, and what was shown before all of them. What a delivery
    changed depends on nothing that was received after it.
    """
    results, shown = before
    width_us = bucket_us(rules.policy)
    stay, again = list[LateBatchResult](), list[LateBatchResult]()
    for result in results:
        is_again = result.delivery.last_receipt_us // width_us >= anew_us // width_us
        (again if is_again else stay).append(result)
    # One that is worked out again is worked out from its beginning, however long it gathered.
    anew_us = min([anew_us, *(one.delivery.first_receipt_us for one in again)])
    shown_episodes = ShownEpisodes(shown)
    for result in stay:
        shown_episodes.see(result.shown)
    width_us = _width_us(fixes.received_us[is_late], width_us, anew_us, deliveries_max)
    new = [
        apply_late_batch(rules, fixes, delivery, shown_episodes)
        for delivery in late_batches(fixes, is_late, width_us, anew_us)
    ]
    return LateDeliveries((*stay, *new), shown_episodes, len(stay))


def apply_late_batch(
    rules: Rules, fixes: Fixes, delivery: LateBatch, shown_episodes: ShownEpisodes
) -> LateBatchResult:
    """Return what a delivery changed when it came, and see what was shown then."""
    stood, stands = _judged_twice(rules, fixes, delivery)
    at_us = delivery.last_receipt_us
    old_episodes, new_episodes = (
        episodes.episodes(rules, look.judgement) for look in (stood, stands)
    )
    still, already = EpisodeIndex(new_episodes), EpisodeIndex(old_episodes)
    # What another delivery showed is dated by that: the fix that decided may have been there long
    # before, and have counted for nothing until late evidence came.
    before = [
        date_opening(old, shown_episodes.near) for old in old_episodes if not stood.divides(old)
    ]
    shown_episodes.see(before)
    withdrawn = tuple(
        WithdrawnEpisode(date_opening(old, shown_episodes.near), at_us, delivery)
        for old in old_episodes
        if not still.has_touching(old)
    )
    now = [
        new._replace(opened_us=at_us)
        for new in new_episodes
        if not (stands.divides(new) and already.has_touching(new))
    ]
    shown_episodes.see(now)
    superseded = _differences(stood.judgement.slots, stands.judgement.slots, at_us)
    return LateBatchResult(delivery, tuple(superseded), withdrawn, (*before, *now))


def date_opening(episode: Episode, shown_episodes: EpisodeIndex) -> Episode:
    """Return an episode as opened when an officer could first see it, or a part of it.

    Evidence that comes later may show the same sooner, or better; it was seen when it was seen.
    """
    seen_us = (one.opened_us for one in shown_episodes.find_touching(episode))
    first_us = min(seen_us, default=episode.opened_us)
    return episode._replace(opened_us=max(first_us, episode.shown_us[0]))


def bucket_us(policy: Policy) -> int:
    """Return how long late fixes gather that count as one delivery."""
    return round(policy.late_s * US_PER_S)


def complete_us(policy: Policy, receipt_us: int) -> int:
    """Return when all is kept that was received in one delivery with this receipt.

    Before, what the delivery superseded is not handed out: another fix may belong to it.
    """
    width_us = bucket_us(policy)
    return (receipt_us // width_us + 1) * width_us + KEEPING_US


def over_us(policy: Policy, since_us: int) -> int:
    """Return what ended before which is over at an instant: nothing more is said of it."""
    return since_us - round(policy.reopen_s * US_PER_S)


def _width_us(received_us: I64, width_us: int, anew_us: int, deliveries_max: int) -> int:
    """Return how long late fixes gather: longer where there would be too many deliveries.

    By the hour of receipt instead, then by the day and so on, so that the work stays bounded; the
    final result is the same.
    """
    received_us = received_us[received_us // width_us >= anew_us // width_us]
    while len(np.unique(received_us // width_us)) > deliveries_max:
        width_us *= 60
    return width_us


def late_batches(
    fixes: Fixes, is_late: Flags, width_us: int, since_us: int = MIN_US
) -> list[LateBatch]:
    """Return the deliveries of late fixes, those received since an instant, in order."""
    chosen = is_late & (fixes.received_us // width_us >= since_us // width_us)
    received_us, observed_us = fixes.received_us[chosen], fixes.observed_us[chosen]
    buckets = received_us // width_us
    return [
        _delivery(received_us[buckets == b], observed_us[buckets == b]) for b in np.unique(buckets)
    ]


def _delivery(received_us: I64, observed_us: I64) -> LateBatch:
    return LateBatch(int(received_us.min()), int(received_us.max()), int(observed_us.min()))


class LateBatchView(NamedTuple):
    """What was said of the days concerned, and the rows it was said of."""

    rows: Fixes
    judgement: Judgement
    cut_us: int  # Where it begins, if more lies before that; else long before everything.

    def divides(self, episode: Episode) -> bool:
        """Tell whether an episode was under way where this look begins.

        When it began, and could be seen, cannot be known from here.
        """
        at_cut = episode.breach != SILENT and episode.start_us == self.cut_us
        return at_cut and episode.window_us[0] < self.cut_us


def as_it_stood(rules: Rules, fixes: Fixes, delivery: LateBatch) -> LateBatchView:
    """Return the results before a delivery, looked at after it."""
    before, _ = _around(rules, fixes, delivery)
    return _look(rules, before, delivery, _first_us(fixes, delivery))


def _judged_twice(
    rules: Rules, fixes: Fixes, delivery: LateBatch
) -> tuple[LateBatchView, LateBatchView]:
    """Return the results before a delivery and those after it, both looked at after it."""
    before, after = _around(rules, fixes, delivery)
    first_us = _first_us(fixes, delivery)
    return (
        _look(rules, before, delivery, first_us),
        _look(rules, after, delivery, min(first_us, delivery.earliest_us)),
    )


def _around(rules: Rules, fixes: Fixes, delivery: LateBatch) -> tuple[Fixes, Fixes]:
    """Return the fixes about a delivery that were known before it, and those known after it.

    They begin so long before the days looked at that the judge remembers there what it would.
    """
    begin_us = since_us(delivery) - memory_us(rules.policy)
    first = int(np.searchsorted(fixes.observed_us, begin_us))
    last = int(np.searchsorted(fixes.observed_us, delivery.last_receipt_us + US_PER_DAY))
    around = fixes.rows(slice(first, last))
    after = around.rows(np.flatnonzero(around.received_us <= delivery.last_receipt_us))
    return after.rows(np.flatnonzero(after.received_us < delivery.first_receipt_us)), after


def since_us(delivery: LateBatch) -> int:
    """Return when the look at a delivery begins: the day before the earliest of its fixes."""
    return delivery.earliest_us - US_PER_DAY


def _first_us(fixes: Fixes, delivery: LateBatch) -> int:
    """Return when the first fix was taken that was known before a delivery."""
    was_known = (fixes.received_us < delivery.first_receipt_us) & (fixes.rest_us == POSITION)
    return int(fixes.observed_us[was_known].min())


def _look(rules: Rules, known: Fixes, delivery: LateBatch, begin_us: int) -> LateBatchView:
    cut_us = since_us(delivery)
    judgement = judge(rules, known, delivery.last_receipt_us, since_us=max(cut_us, begin_us))
    return LateBatchView(known, judgement, cut_us if begin_us < cut_us else MIN_US)


def _differences(
    stood: Sequence[WindowStatus], stands: Sequence[WindowStatus], at_us: int
) -> list[SupersededAssessment]:
    """Return the results that no longer hold, by condition and time."""
    now: dict[str, list[StatusInterval]] = {}
    for slot in stands:
        now.setdefault(slot.condition, []).extend(join_equal(slot.intervals))
    superseded: list[SupersededAssessment] = []
    for slot in stood:
        for old in join_equal(slot.intervals):
            for start_us, end_us in _replaced(old, now.get(slot.condition, [])):
                assessment = Assessment(slot.condition, old.status, to_span(start_us, end_us))
                stood_from = to_datetime(max(start_us, min(old.known_us, at_us)))
                superseded.append(SupersededAssessment(assessment, stood_from, to_datetime(at_us)))
    return superseded


def _replaced(old: StatusInterval, now: list[StatusInterval]) -> list[tuple[int, int]]:
    """Return the parts of an old interval that now have another status, neighbours as one."""
    parts: list[tuple[int, int]] = []
    for new in now:
        start_us, end_us = max(old.start_us, new.start_us), min(old.end_us, new.end_us)
        if start_us < end_us and new.status is not old.status:
            if parts and parts[-1][1] == start_us:
                parts[-1] = (parts[-1][0], end_us)
            else:
                parts.append((start_us, end_us))
    return parts
