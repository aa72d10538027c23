"""Incident identity: an incident that was shown keeps its name for ever, and is never gone.

What is judged again may begin a little sooner or later, be two where it was one, or be nothing. An
episode is the incident that touches it; where several do, the one that was shown first. An incident
that nothing touches any longer is withdrawn, and stays on the record.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mesure.evaluation.episodes import Episode
from mesure.evaluation.late_evidence import LateBatch
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.incidents import raising
from mesure.instants import US_PER_S


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """An incident as it was shown last."""

    id: str
    condition: str
    kind: str
    opened_us: int
    start_us: int
    end_us: int | None
    shown_us: tuple[int, int]
    withdrawn_us: int | None = None

    @property
    def over_us(self) -> int | None:
        """Return the instant from which nothing more is to be said of it; None: it lasts."""
        return self.end_us if self.withdrawn_us is None else self.shown_us[1]

    def touches(self, episode: Episode) -> bool:
        """Return whether an episode is of the same kind and condition, and was shown then."""
        same = (self.condition, self.kind) == (episode.condition, episode.breach)
        from_us, until_us = self.shown_us
        return same and from_us < episode.shown_us[1] and episode.shown_us[0] < until_us


@dataclass(frozen=True, slots=True)
class IncidentMatch:
    """An incident as it is to be shown now."""

    shown: ShownIncident
    before: ShownIncident | None  # None: it is new.
    episode: Episode | None  # None: nothing supports it any longer.
    delivery: LateBatch | None = None  # The late evidence that refuted it, where it was that.


def is_settled(end_us: int | None, rules: Rules, since_us: int) -> bool:
    """Return whether an incident with such an end can never change again; None: it has none."""
    return end_us is not None and end_us + round(rules.policy.reopen_s * US_PER_S) < since_us


def match_incidents(
    statement: Statement, order: str, shown_incidents: Sequence[ShownIncident], since_us: int
) -> tuple[IncidentMatch, ...]:
    """Return every incident that may still change after a checkpoint, by its beginning."""
    rules = statement.rules
    used_ids: set[str] = set()
    matches = [
        _match(order, episode, None, None, shown_incidents, used_ids)
        for episode in sorted(statement.episodes, key=lambda episode: episode.start_us)
        if not is_settled(episode.end_us, rules, since_us)
    ]
    matches += [
        _match(order, *withdrawal, shown_incidents, used_ids)
        for withdrawal in raising.withdrawn(statement)
        if not is_settled(withdrawal.episode.shown_us[1], rules, since_us)
    ]
    matches += _unsupported(shown_incidents, used_ids, since_us, statement.judgement.until_us)
    return tuple(sorted(matches, key=lambda match: (match.shown.start_us, match.shown.id)))


def _match(
    order: str,
    episode: Episode,
    withdrawn_us: int | None,
    delivery: LateBatch | None,
    shown_incidents: Sequence[ShownIncident],
    used_ids: set[str],
) -> IncidentMatch:
    touching = [one for one in shown_incidents if one.id not in used_ids and one.touches(episode)]
    before = min(
        touching,
        key=lambda old: (old.withdrawn_us is not None, old.opened_us, old.start_us, old.id),
        default=None,
    )
    taken_ids = used_ids.union(shown.id for shown in shown_incidents)
    name = _new(order, episode, taken_ids) if before is None else before.id
    used_ids.add(name)
    times_us = episode.opened_us, episode.start_us, episode.end_us, episode.shown_us
    shown = ShownIncident(name, episode.condition, episode.breach, *times_us, withdrawn_us)
    return IncidentMatch(shown, before, episode, delivery)


def _new(order: str, episode: Episode, known: set[str]) -> str:
    """Return the name that a replay gives an episode, or another where an incident has that."""
    name = raising.identity(order, episode)
    while name in known:
        name = hashlib.sha256(name.encode()).hexdigest()[: len(name)]
    return name


def _unsupported(
    shown_incidents: Iterable[ShownIncident], used_ids: set[str], since_us: int, until_us: int
) -> Iterator[IncidentMatch]:
    """Yield what was shown and is no longer supported, withdrawn since then or now."""
    for shown in shown_incidents:
        if shown.id not in used_ids and shown.shown_us[1] > since_us:
            withdrawn_us = until_us if shown.withdrawn_us is None else shown.withdrawn_us
            yield IncidentMatch(replace(shown, withdrawn_us=withdrawn_us), shown, None)
