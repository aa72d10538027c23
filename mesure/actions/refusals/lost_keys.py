"""Lost keys: who of several persons cannot be read, and what can be read of the others.

A key is lost where an older keyring was restored. One such person must not hide all the others from
a list, nor keep what is done for everybody from going on. Nothing that refuses is read in this way:
who is barred from a case is not sealed, and one person's own page says what is the matter.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.store.keyring.interface import Keyring
from mesure.store.values.faults import LostKeyError

T = TypeVar("T")

_UNOPENED = (ActionRefusal.ERASED, ActionRefusal.UNREADABLE)


class ReadApart(NamedTuple, Generic[T]):
    """What was read of those who can be read, in as many parts as it took, and who cannot be."""

    parts: tuple[T, ...]
    unreadable: tuple[str, ...]  # By id; nobody who was erased.


@dataclass
class Opening:
    """Whether something that was to be opened stayed shut, for whatever reason."""

    is_shut: bool = False


@contextmanager
def skip_unopened() -> Iterator[Opening]:
    """Go on with the others where something of somebody cannot be opened."""
    opening = Opening()
    try:
        yield opening
    except (NotFoundError, LostKeyError) as error:
        if isinstance(error, NotFoundError) and error.reason not in _UNOPENED:
            raise
        opening.is_shut = True


def read_apart(
    keyring: Keyring, persons: Sequence[str], read: Callable[[Sequence[str]], T]
) -> ReadApart[T]:
    """Read of persons at once, without those of whom something cannot be opened.

    Persons without a key are left out beforehand. Where a key was made again, only what came before
    it stays shut; then halves are read until the person concerned is alone.
    """
    known = keyring.find_keys(persons)
    parts, shut = [], [person for person in persons if person not in known]

    def go_on(part: Sequence[str]) -> None:
        with skip_unopened() as opening:
            parts.append(read(part))
        half = len(part) // 2
        if opening.is_shut and half:
            go_on(part[:half])
            go_on(part[half:])
        elif opening.is_shut:
            shut.extend(part)

    readable = [person for person in persons if person in known]
    if readable:
        go_on(readable)
    return ReadApart(tuple(parts), tuple(name for name in shut if not keyring.is_erased(name)))
