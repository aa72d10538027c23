"""Near names: which known name a clerk may have meant."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

NAMES_COMPARED_MAX: Final = 1_000
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
    best, limit = None, min(3, max(1, len(plain) // 3))
    for candidate in islice(known, NAMES_COMPARED_MAX):
        steps = _steps(plain, _plain(candidate), limit)
        if steps <= limit:
            best, limit = candidate, steps - 1
    return best


def _plain(name: str) -> str:
    return name[:_CHARS_COMPARED_MAX].translate(_LOOK_ALIKE).lower().replace("-", "_")


def _steps(word: str, other: str, limit: int) -> int:
    """Return how many letters must be put in, left out or changed to turn one into the other.

    Where that is more than the limit, any number above the limit is returned.
    """
    above = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            change = above[column - 1] + (letter != wanted)
            line.append(min(change, above[column] + 1, line[-1] + 1))
        if min(line) > limit:
            return limit + 1
        above = line
    return above[-1]
