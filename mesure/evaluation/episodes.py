"""Episodes: possible breaches from the first evidence to the return, the window's end, or now.

However often the fixes flap, one stay on the wrong side is one episode: it goes on through the
unknown, and a return shorter than the policy's `reopen_s` does not end it. An episode never spans
two windows. A silence is an episode of its own kind and says nothing about places.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.assessment import Status
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.judgement import Judgement, WindowStatus
from mesure.evaluation.rules import ConditionRules, RuleInterval, Rules, kind_of
from mesure.geo.fixes import Fixes
from mesure.instants import US_PER_DAY, US_PER_S

SILENT = "silent"


class Episode(NamedTuple):
    """One possible breach, or one silence; `end_us` is None while it goes on."""

    condition: str
    breach: str  # "absent", "left", "entered", "missed" or "silent".
    stretch: RuleInterval  # How the condition bound where it began.
    window_us: tuple[int, int]
    start_us: int
    end_us: int | None
    opened_us: int  # When an officer could have seen it.
    # The first fix of the evidence that decided, also where it lies before the window.
    onset_us: int
    fix: int  # The fix that decided; -1 where a whole slot did.
    shown_us: tuple[int, int]  # From when until when the evidence shows it, or the limit is over.

    def touches(self, other: "Episode") -> bool:
        """Return whether both are of one kind and condition and were shown at one instant."""
        same = (self.condition, self.breach) == (other.condition, other.breach)
        from_us, until_us = self.shown_us
        return same and from_us < other.shown_us[1] and other.shown_us[0] < until_us


class EpisodeIndex:
    """Episodes by the days on which they were shown, to find those that touch another one.

    Ten years may bring a hundred thousand: each is not compared with each.
    """

    def __init__(self, initial: Iterable[Episode] = ()) -> None:
        self._by_day: dict[tuple[str, str, int], list[Episode]] = {}
        for episode in initial:
            self.add(episode)

    def add(self, episode: Episode) -> None:
        """Keep an episode."""
        for day in _days(episode):
            self._by_day.setdefault(day, []).append(episode)

    def find_touching(self, episode: Episode) -> Iterator[Episode]:
        """Yield the episodes that touch this one; one shown on several days may come again."""
        for day in _days(episode):
            yield from filter(episode.touches, self._by_day.get(day, ()))

    def has_touching(self, episode: Episode) -> bool:
        """Return whether an episode touches this one."""
        return next(self.find_touching(episode), None) is not None


def _days(episode: Episode) -> Iterator[tuple[str, str, int]]:
    first_us, last_us = min(episode.shown_us), max(episode.shown_us)
    for day in range(first_us // US_PER_DAY, last_us // US_PER_DAY + 1):
        yield episode.condition, episode.breach, day


NONE_BEGUN: Final[Mapping[str, Episode]] = {}


def episodes(
    rules: Rules, judgement: Judgement, begun: Mapping[str, Episode] = NONE_BEGUN
) -> tuple[Episode, ...]:
    """Return every episode, by condition and time.

    `begun`: the state of the episode, by condition, that was under way where the judgement begins.
    """
    begun = dict(begun)
    all_episodes = [
        episode
        for slot in judgement.slots
        for episode in of_place(
            rules, slot.intervals, slot, judgement.until_us, begun.pop(slot.condition, None)
        )
    ]
    gaps = _silences(rules, judgement)
    fixes = judgement.resting.fixes
    for condition in rules.conditions:
        all_episodes += _of_silence(rules, condition, gaps, fixes, judgement.until_us)
    return tuple(all_episodes)


def of_place(
    rules: Rules,
    intervals: Iterable[StatusInterval],
    slot: WindowStatus,
    until_us: int,
    begun: Episode | None,
) -> Iterator[Episode]:
    """Yield the episodes of what was said of a window, from the one that was under way before."""
    reopen_us = round(rules.policy.reopen_s * US_PER_S)
    now = begun
    for interval in intervals:
        if interval.status is Status.NOT_MET:
            if now and now.end_us is not None and interval.start_us - now.end_us > reopen_us:
                yield now
                now = None
            now = now or _opened(slot, interval)
            now = now._replace(
                end_us=None,
                opened_us=min(now.opened_us, max(interval.known_us, interval.start_us)),
                shown_us=(now.start_us, interval.end_us),
            )
        elif interval.status is Status.MET and now and now.end_us is None:
            now = now._replace(end_us=interval.start_us)
    if now:
        over = now.end_us is None and slot.end_us <= until_us
        yield now._replace(end_us=slot.end_us) if over else now


def _opened(slot: WindowStatus, interval: StatusInterval) -> Episode:
    stretch = next(s for s in slot.window if interval.start_us < s.end_us)
    return Episode(
        slot.condition,
        kind_of(stretch.duty).BREACH,
        stretch,
        (slot.window[0].start_us, slot.end_us),
        interval.start_us,
        None,
        max(interval.known_us, interval.start_us),
        interval.onset_us,
        interval.fix,
        (interval.start_us, interval.end_us),
    )


def silence_moments_us(rules: Rules, last_us: int) -> Iterator[int]:
    """Yield when an officer may be notified of a silence after a fix, but for the edges of windows.

    Beside `_of_silence`, which says when they are: a judge that sleeps must wake for each.
    """
    yield last_us + _silence_limit_us(rules)


def _silence_limit_us(rules: Rules) -> int:
    return round(rules.policy.silence_incident_s * US_PER_S)


def _silences(rules: Rules, judgement: Judgement) -> list[tuple[int, int, int]]:
    """Return each silence to tell an officer of: the last fix before it, its start, its end.

    A device that says that it lies where it was is not silent.
    """
    heard_us, observed_us = judgement.resting.rest_until_us, judgement.resting.fixes.observed_us
    next_us = np.append(observed_us[1:], max(judgement.until_us, int(heard_us.max(initial=0))))
    rows = np.flatnonzero(next_us[: len(heard_us)] - heard_us > _silence_limit_us(rules))
    return [(int(row), int(heard_us[row]), int(next_us[row])) for row in rows]


def _of_silence(
    rules: Rules,
    condition: ConditionRules,
    gaps: list[tuple[int, int, int]],
    fixes: Fixes,
    until_us: int,
) -> Iterator[Episode]:
    """Return one episode for each silence in which the condition binds after the limit."""
    limit_us = _silence_limit_us(rules)
    windows = condition.windows
    at = condition.first_after(gaps[0][1] + limit_us) if gaps else 0
    for row, last_us, heard_us in gaps:
        tick_us = last_us + limit_us
        while at < len(windows) and windows[at][-1].end_us <= tick_us:
            at += 1
        if at == len(windows):
            return
        window = windows[at]
        stretch = next(s for s in window if tick_us < s.end_us)
        opened_us = max(tick_us, stretch.start_us)
        if opened_us >= min(heard_us, until_us):
            continue
        end_us = min(heard_us, window[-1].end_us)
        is_over = end_us < until_us or window[-1].end_us == until_us
        yield Episode(
            condition.id,
            SILENT,
            stretch,
            (window[0].start_us, window[-1].end_us),
            max(last_us, window[0].start_us),
            end_us if is_over else None,
            max(opened_us, int(fixes.received_us[row])),
            last_us,
            row,
            (opened_us, min(end_us, until_us)),
        )
