"""Strips of the hours round a possible breach, one above the other on one scale of time.

A strip says one thing: how likely the device was on the wrong side, when it was silent, when it
heard the beacon, what its battery held, when the condition applied, which absences were allowed.
What is not known is left empty; nothing is drawn on between two fixes.

A strip is as wide as the page makes it, so only its share of the width is a number here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from mesure import instants
from mesure.geo.fixes import F64, I64
from mesure.orders.values.span import Span
from mesure.reports.drawing import svg_paths
from mesure.reports.text import clock_text

WIDTH: Final = 1000
HEIGHT: Final = 100
PARTS_MAX: Final = 6  # Of the scale of time; more labels would not fit on a phone.
_STEPS_MIN: Final = (10, 15, 30, 60, 120, 180, 240, 360, 720, 1440)
STEMS_MAX: Final = 120  # More would be one grey area.
_LEAST_PX: Final = 3.0  # The shortest bar that can be seen.
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StripBar:
    """A stretch of time on a strip."""

    x: str
    width: str
    words: str = ""  # What it is, for readers who cannot see it.


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The time that strips show, cut into equal parts at round times of day."""

    shown: Span
    marks: tuple[datetime, ...]  # One more than there are parts.

    def x_px(self, instant: datetime) -> float:
        """Return how far from the left edge an instant is."""
        return (instant - self.shown.start) / (self.shown.end - self.shown.start) * WIDTH


def scale(around: Span, zone: ZoneInfo) -> TimeScale:
    """Return a scale that holds a span, and no more round it than round times of day ask for.

    >>> night = Span(
    ...     datetime(2026, 2, 12, 17, 10, tzinfo=UTC), datetime(2026, 2, 12, 21, 40, tzinfo=UTC)
    ... )
    >>> [f"{mark:%H:%M}" for mark in scale(night, ZoneInfo("UTC")).marks]
    ['17:00', '18:00', '19:00', '20:00', '21:00', '22:00']
    """
    for step_min in _STEPS_MIN:
        step = step_min * _MINUTE
        first = _rounded_down(around.start, step, zone)
        parts = max(-((first - around.end) // step), 1)
        if parts <= PARTS_MAX:
            return _of_parts(first, step, parts)
    return _of_parts(around.start, (around.end - around.start) / PARTS_MAX, PARTS_MAX)


def _of_parts(first: datetime, step: timedelta, parts: int) -> TimeScale:
    marks = tuple(first + number * step for number in range(parts + 1))
    return TimeScale(Span(marks[0], marks[-1]), marks)


def _rounded_down(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Return the last round time of day; the clock of that day is the one at the instant."""
    local = instant.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    since = local.replace(tzinfo=None) - midnight
    return instant.astimezone(UTC) - since % step


def bars(scale: TimeScale, spans: Iterable[tuple[Span, str]]) -> tuple[StripBar, ...]:
    """Return stretches of time with their words; what lies outside the scale is left out."""
    drawn: list[StripBar] = []
    for span, words in spans:
        overlap = span.overlap(scale.shown)
        if overlap is None:
            continue
        start_px, end_px = scale.x_px(overlap.start), scale.x_px(overlap.end)
        width_px = max(end_px - start_px, _LEAST_PX)
        drawn.append(StripBar(svg_paths.number(start_px), svg_paths.number(width_px), words))
    return tuple(drawn)


def heights(scale: TimeScale, observed_us: I64, share_ratio: F64) -> str:
    """Return a path of one dot for each fix, as high as a share of 0 to 1; 1 is at the top."""
    x, y = _places(scale, observed_us, share_ratio)
    return svg_paths.points(x, y, svg_paths.SPECK)


def stems(scale: TimeScale, observed_us: I64, share_ratio: F64) -> str:
    """Return a path that joins each dot of `heights` to the ground; none where they would touch."""
    x, y = _places(scale, observed_us, share_ratio)
    if len(x) > STEMS_MAX:
        return ""
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return "".join(f"M{svg_paths.number(a)} {HEIGHT}V{svg_paths.number(b)}" for a, b in pairs)


def _places(scale: TimeScale, observed_us: I64, share_ratio: F64) -> tuple[F64, F64]:
    first_us = instants.to_us(scale.shown.start)
    length_us = instants.to_us(scale.shown.end) - first_us
    x: F64 = (observed_us - first_us) / float(length_us) * WIDTH
    inside = (x >= 0.0) & (x <= WIDTH)
    return x[inside], ((1.0 - share_ratio) * HEIGHT)[inside]


def gaps(observed_us: Sequence[int] | I64, within: Span, length_min: timedelta) -> list[Span]:
    """Return when no fix came for at least this long, from the start of a span to its end.

    >>> hour = Span(datetime(2026, 1, 1, 0, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC))
    >>> [gap] = gaps([instants.to_us(hour.start)], hour, timedelta(minutes=30))
    >>> gap == hour
    True
    """
    fix_times = (clock_text.instant_at(int(us)) for us in observed_us)
    inside = [instant for instant in fix_times if instant is not None and instant in within]
    edges = [within.start, *inside, within.end]
    return [Span(a, b) for a, b in pairwise(edges) if b - a >= length_min]
