"""Holiday calendar: the public holidays of a country, or of a part of it.

Calendars come from the `holidays` library: what the law of each country says, with the days given
instead of a holiday on a weekend. Governments move days by decree, and holidays that follow the
moon are estimates until then: the order's proof-reader is told so.
"""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=4096)
def of(calendar: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year; the calendar is one that `is_known`.

    >>> date(2026, 12, 16) in of("KZ", 2026)  # Independence Day.
    True
    """
    import holidays  # Its import costs more than the rest of this room, and few orders need it.

    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def between(calendar: str, first: date, last: date) -> list[date]:
    """Return the public holidays from the first day to the last, in order."""
    years = range(first.year, last.year + 1)
    days = (on for year in years for on in of(calendar, year))
    return sorted(on for on in days if first <= on <= last)


def parts(calendar: str) -> tuple[str, ...]:
    """Return the calendars of the parts of a country: "GB-ENG" and so on; none of a part.

    >>> parts("GB")
    ('GB-ENG', 'GB-NIR', 'GB-SCT', 'GB-WLS')
    """
    return tuple(name for name in calendar_names() if name.startswith(f"{calendar}-"))


def parts_that_differ(calendar: str, first: date, last: date) -> list[str]:
    """Return the parts of a country that have other holidays from the first day to the last."""
    whole = between(calendar, first, last)
    return [part for part in parts(calendar) if between(part, first, last) != whole]


@lru_cache(maxsize=1)
def calendar_names() -> tuple[str, ...]:
    """Return the names of all calendars: "KZ", "US", "US-CA" and so on."""
    import holidays

    countries = holidays.utils.list_supported_countries()
    parts = {country: ["", *("-" + part for part in named)] for country, named in countries.items()}
    return tuple(sorted(country + part for country, ends in parts.items() for part in ends))


def is_known(calendar: str) -> bool:
    """Tell whether there is a calendar of this name."""
    return calendar in calendar_names()
