"""Map timeline: the fixes of a map on an axis of time, to be stepped through and played.

The map shows one fix after the other as devices reported them. Nothing is drawn, and no position is
made up, between two fixes: what is known of the time between is that nothing was heard in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from mesure.geo.fixes import Fixes
from mesure.instants import US_PER_S, to_us
from mesure.orders.clock import wall_clock
from mesure.reports.drawing import svg_paths
from mesure.reports.drawing.strips import HEIGHT, WIDTH, StripBar, TimeScale
from mesure.reports.text import clock_text
from mesure.web.shared.words.page_texts import PageTexts

QUIET: Final = timedelta(minutes=15)  # Shorter gaps are how devices report.
_DIGITS: Final = 6  # A tenth of a metre.
_UNIT_DEG: Final = 10**_DIGITS


class MapFix(NamedTuple):
    """What a map says of a fix when it stops at it."""

    at_s: float  # Since the start of the axis.
    lat_deg: float
    lon_deg: float
    radius95_m: float | None  # None: the device did not say.
    flags: int  # 1: on the wrong side by itself; 2: it decided; 4: used, and did not decide.
    clock: str
    phrase: str  # Its place, its circle, and what it was to the condition.

    @property
    def words(self) -> str:
        """Return all that is said of it."""
        return f"{self.clock} · {self.phrase}"


@dataclass(frozen=True, slots=True)
class MapTimeline:
    """An axis of time, what is shaded on it, and the fixes that a map stops at."""

    scale: TimeScale
    zone: ZoneInfo
    fixes: tuple[MapFix, ...]
    spans: tuple[StripBar, ...] = ()  # The possible breach that the map is about.

    @property
    def ticks(self) -> str:
        """Return a path with a stroke for each fix; strokes that fall together are one."""
        span_s = (self.scale.shown.end - self.scale.shown.start).total_seconds()
        places = {svg_paths.number(fix.at_s / span_s * WIDTH): None for fix in self.fixes}
        return "".join(f"M{x} 0V{HEIGHT}" for x in places)

    @property
    def span_s(self) -> float:
        """Return how long the axis is."""
        return (self.scale.shown.end - self.scale.shown.start).total_seconds()

    @property
    def columns(self) -> dict[str, list[Any]]:
        """Return the fixes as a page hands them to its script, in few bytes.

        Times and positions are steps from the fix before, in seconds and millionths of a degree.
        """
        return {
            "s": _steps([round(fix.at_s) for fix in self.fixes]),
            "lat": _steps([round(fix.lat_deg * _UNIT_DEG) for fix in self.fixes]),
            "lon": _steps([round(fix.lon_deg * _UNIT_DEG) for fix in self.fixes]),
            "radius": [fix.radius95_m and round(fix.radius95_m, 1) for fix in self.fixes],
            "flags": [fix.flags for fix in self.fixes],
        }

    @property
    def words(self) -> dict[str, list[Any]]:
        """Return what is said of the fixes, for a page on which no table says it.

        What is said of many alike is there once.
        """
        phrases = list(dict.fromkeys(fix.phrase for fix in self.fixes))
        number = {phrase: place for place, phrase in enumerate(phrases)}
        return {
            "clock": [fix.clock for fix in self.fixes],
            "phrase": [number[fix.phrase] for fix in self.fixes],
            "phrases": phrases,
        }


def of(
    scale: TimeScale,
    zone: ZoneInfo,
    fixes: Fixes,
    flags: Sequence[int],
    phrases: Sequence[str],
    spans: tuple[StripBar, ...] = (),
) -> MapTimeline:
    """Return the timeline of fixes that lie on the axis."""
    start_us = to_us(scale.shown.start)
    shown = [
        MapFix(
            (observed_us - start_us) / US_PER_S,
            lat_deg,
            lon_deg,
            None if radius_m != radius_m else radius_m,
            flag,
            _clock(observed_us, zone),
            phrase,
        )
        for observed_us, lat_deg, lon_deg, radius_m, flag, phrase in zip(
            fixes.observed_us.tolist(),
            fixes.lat_deg.tolist(),
            fixes.lon_deg.tolist(),
            fixes.radius95_m.tolist(),
            flags,
            phrases,
            strict=True,
        )
    ]
    return MapTimeline(scale, zone, tuple(shown), spans)


def silences(fixes: Fixes, catalogue: PageTexts) -> list[str]:
    """Return what is said of the time before each fix: nothing, where one came soon before."""
    before_us = np.diff(fixes.observed_us, prepend=fixes.observed_us[:1])
    gaps = [timedelta(microseconds=int(gap_us)) for gap_us in before_us]
    return [
        str(catalogue.text("no contact for {length} before", length=catalogue.short_length(gap)))
        if gap >= QUIET
        else ""
        for gap in gaps
    ]


def _steps(numbers: Sequence[int]) -> list[int]:
    """Return each number as its distance from the one before; the first as it is."""
    return [after - before for before, after in zip((0, *numbers), numbers, strict=False)]


def _clock(observed_us: int, zone: ZoneInfo) -> str:
    instant = clock_text.instant_at(observed_us)
    assert instant is not None, "a trail has times that a clock can show"
    return wall_clock.clock(instant, zone, to="seconds")
