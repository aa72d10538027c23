"""Order faults: all that is wrong with a file that a person wrote, each in one sentence.

The sentences are addressed to the clerk who can put it right: what is wrong, where, why it
matters, and what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mesure.orders.text.sayings import TranslatableText, in_a_row, translatable

FAULTS_MAX: Final = 100  # A file with more is not proof-read fault by fault; the rest is counted.
SHOWN_CHARS_MAX: Final = 60  # How much of a wrong value a sentence repeats.
NAMES_SHOWN_MAX: Final = 20  # How many names a sentence lists.


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong with a file: `str` gives the sentence.

    `line` is None where the fault is about the file as a whole; `key` is then empty.

    >>> print(FileFault("a.yaml", 3, "time_zone", "“Mars” is no time zone", "hours need a clock",
    ...             "write a name such as Asia/Almaty"))
    a.yaml, line 3, time_zone: “Mars” is no time zone; hours need a clock; write a name such as
    Asia/Almaty.
    """

    file: str
    line: int | None
    key: str
    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        where = f"{where}, {self.key}" if self.key else where
        sentence = f"{where}: {self.what}; {self.why}; {self.remedy}"
        return sentence if sentence.endswith("?") else sentence + "."


class OrderError(Exception):
    """A file that cannot be read, with all its faults in the order of its lines.

    `more` counts the faults beyond `FAULTS_MAX`, which are not kept.
    """

    def __init__(self, faults: Iterable[FileFault], more: int = 0) -> None:
        self.faults = tuple(faults)
        self.more = more
        super().__init__(self.faults, more)

    def __str__(self) -> str:
        sentences = [str(fault) for fault in self.faults]
        if self.more:
            sentences.append(f"{self.faults[0].file}: further faults not listed: {self.more}.")
        return "\n".join(sentences)


class RefusedValueError(Exception):
    """A value that cannot be read, raised where its line is not known."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(what, why, remedy)


class FileFaults:
    """The faults found so far in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[FileFault] = []
        self._more = 0

    def __len__(self) -> int:
        return len(self._found) + self._more

    @property
    def is_full(self) -> bool:
        """Tell whether further faults are only counted, so that no care need go into them."""
        return len(self._found) == FAULTS_MAX

    def add(self, line: int | None, key: str, what: str, why: str, remedy: str) -> FileFault | None:
        """Keep a fault, and read on; None where it is only counted."""
        if len(self._found) == FAULTS_MAX:
            self._more += 1
            return None
        fault = FileFault(self.file, line, key, what, why, remedy)
        self._found.append(fault)
        return fault

    def count(self, more: int = 1) -> None:
        """Count faults that are not listed any more, so that nothing need be said of them."""
        self._more += more

    def replace(
        self, fault: FileFault, line: int, key: str, what: str, why: str, remedy: str
    ) -> None:
        """Say a fault better, once more of the file is known."""
        place = next(n for n, known in enumerate(self._found) if known is fault)
        self._found[place] = FileFault(self.file, line, key, what, why, remedy)

    def fatal(self, line: int | None, key: str, what: str, why: str, remedy: str) -> OrderError:
        """Return the error of what was found and this fault, after which nothing can be read."""
        self.add(line, key, what, why, remedy)
        return self._error()

    def settle(self) -> None:
        """Raise all faults, if there are any."""
        if self._found:
            raise self._error()

    def _error(self) -> OrderError:
        return OrderError(sorted(self._found, key=lambda fault: fault.line or 0), self._more)


def quote(text: str) -> TranslatableText:
    """Return a wrong value as a sentence repeats it: in quotes, short, on one line.

    >>> quote("25:00")
    '“25:00”'
    """
    return translatable("“{name}”", name=printable(text))


def printable(text: str) -> str:
    """Return a text of any origin so that it fits into a sentence."""
    short = text if len(text) <= SHOWN_CHARS_MAX else text[: SHOWN_CHARS_MAX - 1] + "…"
    if short.isprintable():
        return short  # As nearly always; every key of every order that is read is asked for.
    return "".join(char if char.isprintable() else "\ufffd" for char in short)


def join_names(names: Iterable[str]) -> TranslatableText:
    """Return names as a sentence lists them, cut after `NAMES_SHOWN_MAX`.

    >>> join_names(["C1", "C2"])
    '“C1”, “C2”'
    """
    names = list(names)
    words = in_a_row(quote(name) for name in names[:NAMES_SHOWN_MAX])
    rest = len(names) - NAMES_SHOWN_MAX
    return translatable("{names} and {count} more", names=words, count=rest) if rest > 0 else words
