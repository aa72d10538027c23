"""A catalogue of texts in one language, handed to the core as a value."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Catalogue(Protocol):
    """What the core asks of a language; the shell builds it from gettext files and CLDR.

    Source texts are English with named placeholders in braces; the core fills them with
    `str.format`.
    """

    @property
    def language(self) -> str:
        """Return the language tag: en, fr, ru or kk."""
        ...

    def text(self, source: str) -> str:
        """Return the translation of an English text."""
        ...

    def plural(self, singular: str, many: str, count: int) -> str:
        """Return the translation that fits the count, by the plural rules of the language."""
        ...

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return date and time of an instant on the clock of a zone, the time as `clock` has it."""
        ...

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return the time of day alone, with its offset from UTC where it happens twice."""
        ...

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return the date alone."""
        ...

    def weekday(self, weekday: int) -> str:
        """Return the name of a day of the week; Monday is 0."""
        ...

    def items(self, items: list[str]) -> str:
        """Return a list joined as the language joins it ("a, b and c")."""
        ...
