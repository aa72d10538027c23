"""Texts and times as a page shows them: escaped, filled in, in one language.

A template says `catalogue.text("...")`. Values are escaped when they are filled in, so that a name
from outside can never become markup; a value that already is markup stays as it is.
"""

import datetime as dt
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import report_words
from mesure.reports.text import clock_text, visible_text

_LOCALES: Final = {"en": "en_GB"}
# Kazakh as CLDR has it, without the comma that it would put before the weekday.
# No-break spaces keep the weekday, the day and the month together at the end of a line.
_SHORT_DAYS: Final = {
    "en": "EEE\u00a0d\u00a0MMM", "fr": "EEE\u00a0d\u00a0MMM",
    "ru": "EEE,\u00a0d\u00a0MMM", "kk": "d\u00a0MMM,\u00a0EEE",
}  # fmt: skip
_WITH_YEAR: Final = {
    "en": "d\u00a0MMM y", "fr": "d\u00a0MMM y", "ru": "d\u00a0MMM y", "kk": "y ж. d\u00a0MMM",
}  # fmt: skip
_DAY: Final = timedelta(days=1)
_TAG: Final = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True)
class PageTexts:
    """A `Catalogue` (mesure/orders/text/catalogue.py) that also fills in, escapes and marks up."""

    catalogue: Catalogue

    @property
    def language(self) -> str:
        """Return the language tag."""
        return self.catalogue.language

    def text(self, source: str, **values: object) -> Markup:
        """Return a text with its values filled in."""
        return _filled(self.catalogue.text(source), values)

    def plural(self, singular: str, many: str, count: int, **values: object) -> Markup:
        """Return the text that fits a count; `{count}` in it is the count."""
        text = self.catalogue.plural(singular, many, count)
        return _filled(text, {"count": self.number(count), **values})

    def moment(self, instant: datetime, zone: ZoneInfo) -> Markup:
        """Return date and time of day, marked up as a time."""
        return _time(instant, self.catalogue.moment(instant, zone))

    def span(self, start: datetime, end: datetime | None, zone: ZoneInfo) -> Markup:
        """Return from when to when in full words; the day once where both are on it."""
        if end is None:
            last = escape(self.catalogue.text("not over yet"))
        elif start.astimezone(zone).date() == end.astimezone(zone).date():
            last = self.clock(end, zone)
        else:
            last = self.moment(end, zone)
        return Markup("{} – {}").format(self.moment(start, zone), last)

    def clock(self, instant: datetime, zone: ZoneInfo) -> Markup:
        """Return the time of day alone, marked up as a time."""
        return _time(instant, self.catalogue.clock(instant, zone))

    def mark(self, instant: datetime, zone: ZoneInfo) -> Markup:
        """Return the time of day at a mark of an axis; its offset below, where it happens twice."""
        return Markup("<br>").join(clock_text.short_clock(instant, zone))

    def day(self, instant: datetime, zone: ZoneInfo) -> Markup:
        """Return the date of an instant in full words."""
        return _time(instant, self.catalogue.day(instant, zone))

    def date(self, day: dt.date) -> Markup:
        """Return a date in full words."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        text = self.catalogue.day(noon, ZoneInfo("UTC"))
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)

    def whole(self, sentence: str) -> str:
        """Return a sentence that was kept as it was said; its days and units are not parted."""
        months = get_month_names("wide", locale=self._locale()).values()
        return visible_text.keep_whole(sentence, months)

    def short_day(self, day: dt.date, today: dt.date) -> Markup:
        """Return a date as a list shows it: with its weekday, or with its year where it is far."""
        text = self.short_day_text(day, today)
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)

    def short_day_text(self, day: dt.date, today: dt.date) -> str:
        """Return the same in words alone; no line parts the day from its month."""
        forms = _SHORT_DAYS if abs(day - today) < timedelta(days=200) else _WITH_YEAR
        return _day_text(day, forms[self.language], self._locale())

    def near(self, instant: datetime, now: datetime, zone: ZoneInfo) -> Markup:
        """Return when something was or will be: today and yesterday by name, else by short date."""
        local, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
        catalogue, clock = self.catalogue, self.catalogue.clock(instant, zone)
        if local == today:
            text = catalogue.text("today at {clock}")
        elif local == today - _DAY:
            text = catalogue.text("yesterday at {clock}")
        elif local == today + _DAY:
            text = catalogue.text("tomorrow at {clock}")
        else:
            text = catalogue.text("{day}, {clock}")
        return _time(instant, text.format(day=self.short_day_text(local, today), clock=clock))

    def stretch(
        self, start: datetime, end: datetime | None, now: datetime, zone: ZoneInfo
    ) -> Markup:
        """Return from when to when, as a list shows it; the day once where that is plain."""
        first = self.near(start, now, zone)
        if end is None:
            return Markup("{} – …").format(first)
        last = self.clock(end, zone) if end - start < _DAY else self.near(end, now, zone)
        return Markup("{} – {}").format(first, last)

    def weekday(self, weekday: int) -> str:
        """Return the name of a day of the week; Monday is 0."""
        return self.catalogue.weekday(weekday)

    def weekday_short(self, weekday: int) -> str:
        """Return a day of the week in two or three letters, as calendars of the language do."""
        return str(get_day_names("short", "stand-alone", self._locale())[weekday])

    def month(self, day: dt.date) -> str:
        """Return the name of a month with its year, as a heading."""
        text = format_date(day, "LLLL y", self._locale())
        return text[:1].upper() + text[1:]

    def length(self, time: timedelta) -> str:
        """Return a length of time in words, such as "57 minutes", "3 h 10 min" or "14 days"."""
        return durations.whole(durations.in_sentence(time.total_seconds(), self.catalogue))

    def short_length(self, time: timedelta) -> str:
        r"""Return a length of time as lists show it: "1 h 57 min"; from two days on in days.

        >>> from mesure.machine import texts
        >>> PageTexts(texts.catalogue("en")).short_length(timedelta(minutes=117))
        '1\xa0h\xa057\xa0min'
        """
        if time >= 2 * _DAY:
            return self.length(time)
        return durations.in_list(time.total_seconds(), self.catalogue)

    def metres(self, length_m: float) -> str:
        """Return a length in metres with the symbol of the language."""
        return visible_text.keep_units(report_words.metres(self.catalogue, length_m))

    def scale(self, length_m: int) -> str:
        """Return the length of a scale bar."""
        return report_words.scale(self.catalogue, length_m)

    def items(self, items: list[str]) -> str:
        """Return a list joined as the language joins it."""
        return self.catalogue.items(items)

    def decimal(self, value: float) -> str:
        """Return a number with the decimal sign of the language.

        >>> from mesure.machine import texts
        >>> PageTexts(texts.catalogue("fr")).decimal(99.9)
        '99,9'
        """
        return format_decimal(value, "#.###", self._locale())

    def number(self, count: int) -> str:
        r"""Return a number in groups of three digits, as the language parts them.

        >>> from mesure.machine import texts
        >>> [PageTexts(texts.catalogue(one)).number(13_760) for one in ("en", "ru")]
        ['13,760', '13\xa0760']
        """
        if 0 <= count < 1_000:  # One group: most numbers of a list, and alike in every language.
            return str(count)
        return format_decimal(count, "#,##0", self._locale()).replace("\u202f", "\u00a0")

    def under_head(self, head: str, words: str) -> str:
        """Return words under a short head, with the colon of the language between them."""
        return f"{head}{self.catalogue.text(': ')}{words}"

    def _locale(self) -> Locale:
        return Locale.parse(_LOCALES.get(self.language, self.language))


def bare(marked: str) -> str:
    r"""Return the words of what is marked up; a no-break space stays one, unlike in `striptags`.

    >>> bare(Markup("<time>9\xa0May</time>"))
    '9\xa0May'
    """
    return html.unescape(_TAG.sub("", marked))


@lru_cache(maxsize=512)  # A long list has the same few days in each of its lines.
def _day_text(day: dt.date, form: str, locale: Locale) -> str:
    return format_date(day, form, locale)


def _filled(text: str, values: dict[str, object]) -> Markup:
    """Fill in escaped values, as `Markup.format` does for any form of them in more time."""
    if not values:
        return escape(text)
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(str(escape(text)).format(**escaped))  # noqa: S704  All of it is escaped.


def _time(instant: datetime, text: str) -> Markup:
    stamp = instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    marked = f'<time datetime="{stamp}">{escape(text)}</time>'
    return Markup(marked)  # noqa: S704  All of it is escaped.
