"""Write coalescing: assessments that only became longer wait a moment, and are written once.

A look that changes nothing makes the assessments under way longer. Where many come in a step, that
is kept once for several steps; meanwhile the store says less than is known, and nothing wrong.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

from mesure.actions.judging.judging_values import PersonEvaluation

CROWD: Final = 64
"""Where this many persons, or more, come in a step it is kept later; where fewer do, at once."""

WAIT_S_MAX: Final = 2.0


class WriteCoalescer:
    """Persons of whom only that is to be kept, and since when the first of them waits."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._since_s = 0.0
        self._held: dict[str, PersonEvaluation] = {}

    @property
    def is_due(self) -> bool:
        """Tell whether there is nothing to wait for: it waited long enough, or nothing waits."""
        return not self._held or self._now_s() - self._since_s >= WAIT_S_MAX

    def hold(self, effects: Iterable[PersonEvaluation]) -> None:
        """Hold what only grew; what comes later of a person says it too, and takes its place."""
        for person_effects in effects:
            if not person_effects.only_grew:
                self.drop(person_effects.person)
                continue
            if not self._held:
                self._since_s = self._now_s()
            self._held[person_effects.person] = person_effects

    def holds(self, person: str) -> bool:
        """Tell whether something of a person waits to be kept."""
        return person in self._held

    def drop(self, person: str) -> None:
        """Let go of what is held of a person about whom all will be read anew."""
        self._held.pop(person, None)

    def take(self) -> list[PersonEvaluation]:
        """Return what is held, and hold nothing."""
        effects, self._held = list(self._held.values()), {}
        return effects
