"""An incident that was shown keeps its name for ever, and is never gone.

What is judged again may begin a little sooner or later, be two where it was one, or be nothing. An
episode is the incident that touches it; where several do, the one that was shown first. An incident
that nothing touches any longer is withdrawn, and stays on the record.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mesure.evaluation.advance import Statement
from mesure.evaluation.episodes import Episode
from mesure.evaluation.late_evidence import Delivery
from mesure.evaluation.rules import Rules
from mesure.incidents import raising
from mesure.instants import US_PER_S


@dataclass(frozen=True, slots=True)
class Shown:
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
        """Return from when on nothing more is to be said of it; None: it lasts."""
        return self.end_us if self.withdrawn_us is None else self.shown_us[1]

    def touches(self, episode: Episode) -> bool:
        """Return whether an episode is of the same kind and condition, and was shown then."""
        same = (self.condition, self.kind) == (episode.condition, episode.breach)
        from_us, until_us = self.shown_us
        return same and from_us < episode.shown_us[1] and episode.shown_us[0] < until_us


@dataclass(frozen=True, slots=True)
class Match:
    """An incident as it is to be shown now."""

    shown: Shown
    before: Shown | None  # None: it is new.
    episode: Episode | None  # None: nothing supports it any longer.
    delivery: Delivery | None = None  # The late evidence that refuted it, where it was that.


def is_settled(end_us: int | None, rules: Rules, since_us: int) -> bool:
    """Return whether an incident with such an end can never change again; None: it has none."""
    return end_us is not None and end_us + round(rules.policy.reopen_s * US_PER_S) < since_us


def matched(
    statement: Statement, order: str, kept: Sequence[Shown], since_us: int
) -> tuple[Match, ...]:
    """Return every incident that may still change after a cut, by its beginning."""
    rules = statement.rules
    taken: set[str] = set()
    found = [
        _match(order, episode, None, None, kept, taken)
        for episode in sorted(statement.episodes, key=lambda one: one.start_us)
        if not is_settled(episode.end_us, rules, since_us)
    ]
    found += [
        _match(order, one.episode, one.at_us, one.delivery, kept, taken)
        for one in raising.withdrawn(statement)
        if not is_settled(one.episode.shown_us[1], rules, since_us)
    ]
    found += _unsupported(kept, taken, since_us, statement.judgement.until_us)
    return tuple(sorted(found, key=lambda match: (match.shown.start_us, match.shown.id)))


def _match(
    order: str,
    episode: Episode,
    withdrawn_us: int | None,
    delivery: Delivery | None,
    kept: Sequence[Shown],
    taken: set[str],
) -> Match:
    touching = [one for one in kept if one.id not in taken and one.touches(episode)]
    before = min(
        touching,
        key=lambda one: (one.withdrawn_us is not None, one.opened_us, one.start_us, one.id),
        default=None,
    )
    known = taken | {one.id for one in kept}
    name = _new(order, episode, known) if before is None else before.id
    taken.add(name)
    shown = Shown(
        name,
        episode.condition,
        episode.breach,
        episode.opened_us,
        episode.start_us,
        episode.end_us,
        episode.shown_us,
        withdrawn_us,
    )
    return Match(shown, before, episode, delivery)


def _new(order: str, episode: Episode, known: set[str]) -> str:
    """Return the name that a replay gives an episode, or another where an incident has that."""
    name = raising.identity(order, episode)
    while name in known:
        name = hashlib.sha256(name.encode()).hexdigest()[: len(name)]
    return name


def _unsupported(
    kept: Iterable[Shown], taken: set[str], since_us: int, until_us: int
) -> Iterator[Match]:
    """Yield what was shown and is no longer supported, withdrawn since then or now."""
    for one in kept:
        if one.id not in taken and one.shown_us[1] > since_us:
            withdrawn_us = until_us if one.withdrawn_us is None else one.withdrawn_us
            yield Match(_withdrawn(one, withdrawn_us), one, None)


def _withdrawn(one: Shown, at_us: int) -> Shown:
    return Shown(
        one.id, one.condition, one.kind, one.opened_us, one.start_us, one.end_us, one.shown_us,
        at_us,
    )  # fmt: skip
