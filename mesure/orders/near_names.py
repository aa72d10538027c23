"""Which known name a clerk may have meant."""

from collections.abc import Iterable
from typing import Final

NAMES_COMPARED_MAX: Final = 2_000
_CHARS_COMPARED_MAX: Final = 64

# Letters that look alike on a keyboard with two alphabets: a Cyrillic С in C1 is a common slip.
_LOOK_ALIKE: Final = str.maketrans("АВЕКМНОРСТУХІавекмнорстухі", "ABEKMHOPCTYXIabekmhopctyxi")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is written most like this one, or None when none is near.

    Near is: no more than every third letter differs, and at most three.

    >>> nearest("resident", ["curfew", "residence"])
    'residence'
    >>> nearest("С1", ["C1", "C2"])  # Written with a Cyrillic letter.
    'C1'
    >>> nearest("weather", ["curfew", "residence"]) is None
    True
    """
    plain = _plain(name)
    best, least = None, min(3, max(1, len(plain) // 3)) + 1
    for candidate in list(known)[:NAMES_COMPARED_MAX]:
        steps = _steps(plain, _plain(candidate))
        if steps < least:
            best, least = candidate, steps
    return best


def _plain(name: str) -> str:
    return name[:_CHARS_COMPARED_MAX].translate(_LOOK_ALIKE).lower().replace("-", "_")


def _steps(one: str, other: str) -> int:
    """Return how many letters must be put in, left out or changed to turn one into the other."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            change = above[column - 1] + (letter != wanted)
            line.append(min(change, above[column] + 1, line[-1] + 1))
        above = line
    return above[-1]
