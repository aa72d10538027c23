"""Texts in English, French, Russian and Kazakh, from gettext files and CLDR.

The English texts are in the code. `mesure/locale/<language>/LC_MESSAGES/mesure.po` holds the
translations, read as it is: nothing is compiled beforehand, so what a translator saved is what a
person reads. A text without a translation, or with a doubtful ("fuzzy") one, appears in English;
`tools/text_pages.py --check` finds it.

Dates are whole words and the clock has 24 hours. Russian and Kazakh spell out the word for "year":
after its abbreviation ("г.") a sentence that ends with a date would end with two full stops.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from mesure.orders.clock import wall_clock

LANGUAGES: Final = ("en", "fr", "ru", "kk")

SOURCE_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class _Customs:
    """How a language writes a day (patterns of CLDR), and a day with a time of day."""

    locale: str
    day: str
    first_of_month: str
    moment: str


_CUSTOMS: Final = {
    "en": _Customs("en_GB", "d MMMM y", "d MMMM y", "{day} at {clock}"),
    "fr": _Customs("fr", "d MMMM y", "d'er' MMMM y", "{day} à {clock}"),
    "ru": _Customs("ru", "d MMMM y 'года'", "d MMMM y 'года'", "{day} в {clock}"),
    "kk": _Customs("kk", "y 'жылғы' d MMMM", "y 'жылғы' d MMMM", "{day}, {clock}"),
}


@cache
def catalogue(language: str) -> "Texts":
    """Return the texts of a language, ready to be handed to the core.

    >>> late = datetime.fromisoformat("2026-02-12T22:16Z")
    >>> catalogue("fr").moment(late, ZoneInfo("Europe/Paris"))
    '12 février 2026 à 23:16'
    """
    if language not in LANGUAGES:
        raise ValueError(
            f"There are no texts in the language {language!r}: nothing can be explained in it. "
            f"Choose one of: {', '.join(LANGUAGES)}."
        )
    customs = _CUSTOMS[language]
    return Texts(language, _translations(language), customs, Locale.parse(customs.locale))


def _translations(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    path = resources.files("mesure") / "locale" / language / "LC_MESSAGES" / "mesure.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(path.read_text("utf-8")), abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=4_096)  # An explanation names the same days again and again.
def _day(date: date, customs: _Customs, locale: Locale) -> str:
    pattern = customs.first_of_month if date.day == 1 else customs.day
    return format_date(date, pattern, locale)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A `Catalogue` (mesure/orders/text/catalogue.py) drawn from gettext and CLDR."""

    language: str
    _translated: NullTranslations
    customs: _Customs
    _locale: Locale
    put_right: Callable[[str], str] = str  # How a text is shown.

    def text(self, source: str) -> str:
        """Return the translation of an English text, or that text where there is none."""
        return self.put_right(self._translated.gettext(source))

    def plural(self, singular: str, many: str, count: int) -> str:
        """Return the translation that fits the count, by the plural rules of the language."""
        return self.put_right(self._translated.ngettext(singular, many, count))

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return date and time of an instant on the clock of a zone."""
        day, clock = self.day(instant, zone), self.clock(instant, zone)
        return self.customs.moment.format(day=day, clock=clock)

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return the time of day alone, on a clock of 24 hours; a minute is not rounded up."""
        return wall_clock.clock(instant, zone)

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return the date alone."""
        return _day(instant.astimezone(zone).date(), self.customs, self._locale)

    def weekday(self, weekday: int) -> str:
        """Return the name of a day of the week for use by itself; Monday is 0."""
        return str(self._locale.days["stand-alone"]["wide"][weekday])

    def items(self, items: list[str]) -> str:
        """Return a list joined as the language joins it ("a, b and c").

        CLDR joins three and more in Kazakh with commas alone; the word for "and" before the last is
        put in as for two, because a list that stops without it reads as if something was cut off.
        """
        if self.language == "kk" and len(items) > 2:
            items = [", ".join(items[:-1]), items[-1]]
        return format_list(items, locale=self._locale)
