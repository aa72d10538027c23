"""Durations as people read them: "57 minutes", "1 h 57 min", "14 days"; no other place words one.

From an hour on nobody counts minutes on a clock. A minute that has begun is left out.
"""

from typing import Final

from mesure.orders.text.catalogue import Catalogue

MINUTE_S: Final = 60
HOUR_MIN: Final = 60
DAY_MIN: Final = 24 * HOUR_MIN
DAYS_FROM_MIN: Final = 2 * DAY_MIN
YEAR_S: Final = 366 * 86_400
_GAP: Final = "\u00a0"  # Keeps a number in one piece at the end of a line.


def in_sentence(duration_s: float, catalogue: Catalogue) -> str:
    r"""Return a duration for a sentence, in days from two on; what is no number is no time at all.

    >>> from mesure.machine import texts
    >>> [in_sentence(60.0 * each, texts.catalogue("en")) for each in (57, 117, 20_160)]
    ['57 minutes', '1\xa0h\xa057\xa0min', '14 days']
    """
    if not duration_s >= MINUTE_S:
        return catalogue.text("less than a minute")
    if duration_s >= YEAR_S:
        return catalogue.text("more than a year")
    minutes = int(duration_s) // MINUTE_S
    if minutes < DAYS_FROM_MIN:
        return _spoken(minutes, catalogue)
    days = minutes // DAY_MIN
    return catalogue.plural("{count} day", "{count} days", days).format(count=days)


def in_list(duration_s: float, catalogue: Catalogue) -> str:
    r"""Return a duration for a line of a list or a table, which compares hours with hours.

    >>> from mesure.machine import texts
    >>> [in_list(60.0 * each, texts.catalogue("en")) for each in (0, 57, 117, 19_342)]
    ['0\xa0min', '57\xa0min', '1\xa0h\xa057\xa0min', '322\xa0h\xa022\xa0min']
    """
    if 0 < duration_s < MINUTE_S:
        return whole(catalogue.text("under 1 min"))
    minutes = int(duration_s) // MINUTE_S
    if minutes < HOUR_MIN:
        return whole(catalogue.text("{minutes} min").format(minutes=minutes))
    return _hours(minutes, catalogue)


def exact(duration_s: float, catalogue: Catalogue) -> str:
    """Return a duration to the second, as an order asks for it; what none asks for as above."""
    if not 0 <= duration_s < YEAR_S:
        return in_sentence(duration_s, catalogue)
    minutes, seconds = divmod(round(duration_s), MINUTE_S)
    whole = _spoken(minutes, catalogue)
    if seconds == 0:
        return whole
    part = catalogue.plural("{count} second", "{count} seconds", seconds).format(count=seconds)
    if minutes == 0:
        return part
    return catalogue.text("{minutes} {seconds}").format(minutes=whole, seconds=part)


def _spoken(minutes: int, catalogue: Catalogue) -> str:
    """Return whole hours or minutes in full words, as somebody says them."""
    hours, rest = divmod(minutes, HOUR_MIN)
    if hours == 0:
        return catalogue.plural("{count} minute", "{count} minutes", rest).format(count=rest)
    if rest == 0:
        return catalogue.plural("{count} hour", "{count} hours", hours).format(count=hours)
    return _hours(minutes, catalogue)


def _hours(minutes: int, catalogue: Catalogue) -> str:
    hours, rest = divmod(minutes, HOUR_MIN)
    count = f"{hours:,}".replace(",", _GAP)
    if rest == 0:
        return whole(catalogue.text("{hours} h").format(hours=count))
    return whole(catalogue.text("{hours} h {minutes} min").format(hours=count, minutes=rest))


def whole(duration: str) -> str:
    """Return a duration that the end of a line does not part from its unit."""
    return duration.replace(" ", _GAP)
