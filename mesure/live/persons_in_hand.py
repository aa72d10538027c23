"""Persons in hand: an LRU cache of the persons whom a worker judges, so that its memory is bounded.

Whoever was judged longest ago is let go of, and read again from the store when they are judged
next: from their checkpoint, as after a start. Who is due is not forgotten by that.
"""

from collections.abc import Callable, Sequence
from typing import Final

from mesure.live.person_state import PersonState

IN_HAND_MAX: Final = 20_000


class PersonsInHand:
    """What is in hand of persons, under each of their orders; at most so many after a step."""

    def __init__(self, most: int = IN_HAND_MAX) -> None:
        self._most = most
        self._states: dict[str, list[PersonState]] = {}  # Whoever was judged last is the last.

    def __len__(self) -> int:
        return len(self._states)

    def find(self, person: str) -> Sequence[PersonState] | None:
        """Return what is in hand of a person; None: they are not in hand."""
        return self._states.get(person)

    def use(self, person: str) -> Sequence[PersonState] | None:
        """Return what is in hand of a person who is judged now."""
        states = self._states.pop(person, None)
        if states is not None:
            self._states[person] = states
        return states

    def take(self, person: str, states: list[PersonState]) -> None:
        """Have a person in hand."""
        self._states[person] = states

    def drop(self, person: str) -> None:
        """Let go of a person, of whom all is read anew."""
        self._states.pop(person, None)

    def shrink(self, waits: Callable[[str], bool]) -> None:
        """Let go of whoever is too many, but not of a person of whom something waits to be kept."""
        too_many = len(self._states) - self._most
        if too_many > 0:
            free = (person for person in self._states if not waits(person))
            for person, _ in list(zip(free, range(too_many), strict=False)):
                self.drop(person)
