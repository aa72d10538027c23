"""File faults: what is wrong with a file of fixes, said to the clerk who brought it."""

from collections.abc import Iterable

NAMES_SHOWN_MAX = 12
CHARACTERS_SHOWN_MAX = 40


class FixesError(Exception):
    """A file that can't be read as fixes: what is wrong, where, why it matters, what to do.

    >>> print(FixesError("a.csv", "there is no column lat", "no fix has a place", "add it", line=1))
    a.csv, line 1: there is no column lat, so no fix has a place; add it.
    """

    def __init__(
        self, file: str, what: str, why: str, remedy: str, *, line: int | None = None
    ) -> None:
        self.file = file
        self.line = line
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {what}, so {why}; {remedy}.")


def excerpt(text: str) -> str:
    """Return a text from a file as a sentence may quote it: short, and nothing but print."""
    short = text[:CHARACTERS_SHOWN_MAX]
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)
    return printable + ("..." if len(text) > CHARACTERS_SHOWN_MAX else "")


def join_names(names: Iterable[str]) -> str:
    """Return names as a list that stays short however many there are.

    >>> join_names(["b", "a"]), join_names([])
    ('b, a', 'none')
    """
    every = list(names)
    first = ", ".join(excerpt(name) for name in every[:NAMES_SHOWN_MAX])
    rest = len(every) - NAMES_SHOWN_MAX
    return f"{first} and {rest} more" if rest > 0 else first or "none"
