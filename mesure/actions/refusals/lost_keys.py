"""Lost keys: who of several persons cannot be read, and what can be read of the others.

A key is lost where an older keyring was restored. One such person must not hide all the others from
a list, nor keep what is done for everybody from going on. Nothing that refuses is read so: who is
barred from a case lies open, and one person's own page says what is the matter.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


def is_unopened(error: Exception) -> bool:
    """Tell whether an error says that something sealed cannot be opened, for whatever reason."""
    return isinstance(error, LostKeyError) or (
        isinstance(error, NotFoundError) and error.reason in _UNOPENED
    )


@contextmanager
def skip_unopened() -> Iterator[None]:
    """Go on with the others where something of somebody cannot be opened."""
    try:
        yield
    except (NotFoundError, LostKeyError) as error:
        if not is_unopened(error):
            raise


def read_apart(
    keyring: Keyring, persons: Sequence[str], read: Callable[[Sequence[str]], T]
) -> ReadApart[T]:
    """Read of persons at once, without those of whom something cannot be opened.

    Who has no key is left out beforehand. Where a key was made anew, only what came before it stays
    shut; then halves are read until whose it is stands alone.
    """
    known = keyring.find_keys(persons)
    parts, shut = [], [person for person in persons if person not in known]

    def go_on(part: Sequence[str]) -> None:
        try:
            parts.append(read(part))
        except (NotFoundError, LostKeyError) as error:
            if not is_unopened(error):
                raise
            half = len(part) // 2
            if half:
                go_on(part[:half])
                go_on(part[half:])
            else:
                shut.extend(part)

    readable = [person for person in persons if person in known]
    if readable:
        go_on(readable)
    return ReadApart(tuple(parts), tuple(name for name in shut if not keyring.is_erased(name)))
