"""Stays as a page lists them: from when to when, and near which street.

The stays are those of the fixes that a possible breach rests on or that agree with it, as the map
of it has them. The street comes from the map of streets that the installation holds; no other
machine is asked. Where there is none, nothing is listed. It only helps to read the map: nothing is
judged by it, and it is kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from markupsafe import Markup

from mesure import instants
from mesure.geo.fixes import F64, Fixes
from mesure.geo.zones import Flags
from mesure.reports.maps import stays
from mesure.reports.text import visible_text
from mesure.web import streets
from mesure.web.shared.visits import PageVisit

NEAR_M: Final = 60.0
VAGUE_M: Final = 100.0  # A circle wider than this may hold several streets.
STAYS_MAX: Final = 12
PASSING: Final = timedelta(minutes=5)  # What is shorter is on the way somewhere.
STREET_CHARS_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class ShownStay:
    """Where fixes stayed in one spot."""

    start: datetime
    end: datetime  # Of the last fix.
    lat_deg: float
    lon_deg: float
    is_vague: bool  # Its fixes do not say by which street it was.


@dataclass(frozen=True, slots=True)
class StayRow:
    """A stay, in words."""

    when: Markup
    where: Markup


@dataclass(frozen=True, slots=True)
class StayList:
    """The longest stays in the order of time, and how many lasted."""

    rows: tuple[StayRow, ...] = ()
    count: int = 0


def of_fixes(fixes: Fixes, places: tuple[F64, F64] | None, borne: Flags) -> tuple[ShownStay, ...]:
    """Return the stays of some of the fixes, which are on a map at `places`; none without one."""
    if places is None:
        return ()
    which = np.flatnonzero(borne)
    chosen = fixes.rows(which)
    x, y = places[0][which], places[1][which]
    return tuple(
        _stay(chosen.rows(slice(first, last + 1)))
        for first, last in stays.of(chosen.observed_us, x, y)
    )


def _stay(fixes: Fixes) -> ShownStay:
    circles = fixes.radius95_m[~np.isnan(fixes.radius95_m)]
    first_us, last_us = int(fixes.observed_us[0]), int(fixes.observed_us[-1])
    return ShownStay(
        instants.to_datetime(first_us),
        instants.to_datetime(last_us),
        float(np.median(fixes.lat_deg)),
        float(np.median(fixes.lon_deg)),
        len(circles) == 0 or float(np.median(circles)) > VAGUE_M,
    )


def in_words(shown: Sequence[ShownStay], visit: PageVisit, zone: ZoneInfo) -> StayList:
    """Return the list: what lasted, or else the longest; nothing where no streets are held."""
    basemap = visit.parts.basemap
    if basemap is None:
        return StayList()
    by_length = sorted(shown, key=lambda stay: stay.start - stay.end)
    lasting = [stay for stay in by_length if stay.end - stay.start >= PASSING]
    listed = sorted(lasting[:STAYS_MAX] or by_length[:1], key=lambda stay: stay.start)
    points = [(stay.lat_deg, stay.lon_deg) for stay in listed]
    names = streets.names_near(basemap, points, NEAR_M, visit.texts.language)
    rows = (
        StayRow(_when(stay, visit, zone), _where(stay, name, visit))
        for stay, name in zip(listed, names, strict=True)
    )
    return StayList(tuple(rows), len(lasting))


def _when(stay: ShownStay, visit: PageVisit, zone: ZoneInfo) -> Markup:
    if stay.start == stay.end:
        return visit.texts.near(stay.start, visit.context.now, zone)
    return visit.texts.stretch(stay.start, stay.end, visit.context.now, zone)


def _where(stay: ShownStay, name: str, visit: PageVisit) -> Markup:
    catalogue = visit.texts
    if stay.is_vague:
        return catalogue.text("its fixes are too vague to name a street")
    if not name:
        return catalogue.text("no street with a name within {metres} m", metres=int(NEAR_M))
    street = visible_text.shorten(name, STREET_CHARS_MAX)
    return catalogue.text("near {place}", place=street)
