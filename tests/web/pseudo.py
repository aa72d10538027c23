"""A language that nobody speaks: every text is longer, accented, and marked at both ends.

A text on a page without the marks was never handed to the translators; a page that breaks with it
breaks in some language.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.orders.text.catalogue import Catalogue

OPENS, CLOSES = "⟦", "⟧"
LONGER_RATIO = 0.35
_ACCENTED = str.maketrans("aeiouyAEIOUcnsz", "áéíóúýÁÉÍÓÚçñšž")


@dataclass(frozen=True)
class Pseudo:
    """A `Catalogue` that marks what it says; times and lists stay those of another."""

    other: Catalogue

    @property
    def language(self) -> str:
        return self.other.language

    def text(self, source: str) -> str:
        return _marked(source)

    def plural(self, singular: str, many: str, count: int) -> str:
        return _marked(singular if count == 1 else many)

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        return self.other.moment(instant, zone)

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        return self.other.clock(instant, zone)

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        return self.other.day(instant, zone)

    def weekday(self, weekday: int) -> str:
        return self.other.weekday(weekday)

    def items(self, items: list[str]) -> str:
        return self.other.items(items)


def _marked(source: str) -> str:
    """Return a text accented and longer, with its placeholders as they are."""
    parts = source.replace("{", "\0{").replace("}", "}\0").split("\0")
    accented = "".join(one if one.startswith("{") else one.translate(_ACCENTED) for one in parts)
    return f"{OPENS}{accented}{' ~' * int(len(source) * LONGER_RATIO / 2)}{CLOSES}"
