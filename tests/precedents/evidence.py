"""What the device said: rows of fixes, from the few lines in which a precedent tells them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.precedents.clock import PrecedentClock
from tests.precedents.values import CaseError, Fields, Value, fields, items, number, text

Point = tuple[float, float]  # Latitude and longitude in degrees.

RADIUS95_PER_ACCURACY_RATIO = {"phone": 2.448 / 1.510, "gnss_tag": 1.0}
"""A phone reports the radius that holds the truth in 68 of 100 cases, a tag that of 95."""

WHEN = ("from", "until", "every_s", "at_time")
WHERE = ("at", "moved", "path", "jitter_m")
SAID = ("radius95_m", "accuracy_m", "speed_mps", "motion", "beacon", "provider", "trace")
SENT = ("received", "delay_s", "clock_off_s", "sent_as", "cells")


@dataclass(frozen=True)
class ReportedFix:
    """One fix as the device sent it. Texts are what stands in the file; empty is not said."""

    observed_at: datetime  # By the device's clock, right or wrong.
    received: datetime | None
    point: Point
    accuracy_m: str = ""
    speed_mps: str = ""
    motion: str = ""
    beacon: str = ""
    provider: str = ""
    trace: str = ""
    sent_as: str = ""  # "ping": the device only says that it is there, with an old position.
    cells: tuple[tuple[str, str], ...] = ()  # Cells of a table that stand there word for word.


@dataclass(frozen=True)
class PrecedentScene:
    """Where the named spots are, which clock is meant, and what the device is."""

    clock: PrecedentClock
    spots: Mapping[str, Point]
    device_class: str

    def rows(self, evidence: Value) -> list[ReportedFix]:
        """Return every row, in the order in which the precedent tells them."""
        return [row for item in items(evidence) for row in self._item(item)]

    def _item(self, item: Value) -> Iterator[ReportedFix]:
        entry = fields(item, allowed=(*WHEN, *WHERE, *SAID, *SENT))
        if ("at" in entry) == ("path" in entry):
            raise CaseError(f"{entry!r} needs one of “at” and “path”.")
        times = self._times(entry)
        for number_, happened in enumerate(times):
            share = number_ / len(times)
            point = self._point(entry, share, number_)
            yield from self._sent(entry, happened, self._said(entry, happened, point))

    def _times(self, entry: Fields) -> list[datetime]:
        """Return when fixes were taken, by a clock that is right."""
        if "at_time" in entry:
            return [self.clock.instant(text(when)) for when in items(entry["at_time"])]
        start, end = (self.clock.instant(text(entry[key])) for key in ("from", "until"))
        step = timedelta(seconds=number(entry["every_s"]))
        count = -((start - end) // step)
        if count <= 0:
            raise CaseError(f"{entry!r} holds no fix.")
        return [start + turn * step for turn in range(count)]

    # --- Where ------------------------------------------------------------------------------

    def _point(self, entry: Fields, share: float, turn: int) -> Point:
        if "path" in entry:
            point = _along([self.spot(stop) for stop in items(entry["path"])], share)
        else:
            point = self.spot(entry["at"])
        if "moved" in entry:
            point = move_point(point, *_offset_m(entry["moved"]))
        if "jitter_m" in entry:
            point = move_point(point, *_jitter_m(number(entry["jitter_m"]), turn))
        return point

    def spot(self, named: Value) -> Point:
        """Return a point: a name, a pair of numbers, or a name with how far from it."""
        if isinstance(named, list) and len(named) == 2:
            return number(named[0]), number(named[1])
        if isinstance(named, dict):
            entry = fields(named, needed=("at",), allowed=("moved",))
            return move_point(self.spot(entry["at"]), *_offset_m(entry.get("moved", {})))
        if text(named) not in self.spots:
            raise CaseError(f"{named!r} is no spot here; there are {sorted(self.spots)}.")
        return self.spots[text(named)]

    # --- What was said, and when it was heard -------------------------------------------------

    def _said(self, entry: Fields, happened: datetime, point: Point) -> ReportedFix:
        texts = {key: text(entry.get(key, "")) for key in SAID if key != "radius95_m"}
        if "radius95_m" in entry:
            radius95_m = number(entry["radius95_m"])
            texts["accuracy_m"] = repr(radius95_m / RADIUS95_PER_ACCURACY_RATIO[self.device_class])
        cells = fields(entry.get("cells", {}), allowed=("time", "lat", "lon", "accuracy_m"))
        return ReportedFix(
            happened + timedelta(seconds=number(entry.get("clock_off_s", "0"))),
            None,
            point,
            sent_as=text(entry.get("sent_as", "")),
            cells=tuple((key, text(value)) for key, value in cells.items()),
            **texts,
        )

    def _sent(self, entry: Fields, happened: datetime, row: ReportedFix) -> Iterator[ReportedFix]:
        """Yield the row once for each time it was received."""
        delay = timedelta(seconds=number(entry.get("delay_s", "0")))
        for when in items(entry.get("received", "at_once")):
            at_once = when == "at_once"
            received = happened + delay if at_once else self.clock.instant(text(when))
            yield replace(row, received=received)


def _offset_m(value: Value) -> tuple[float, float]:
    offset = fields(value, allowed=("north_m", "east_m"))
    return number(offset.get("north_m", "0")), number(offset.get("east_m", "0"))


def _jitter_m(radius_m: float, turn: int) -> tuple[float, float]:
    """Return a step within a circle: the same for the same fix, everywhere, and like no other."""
    angle_rad, share = turn * 2.399963, turn * 0.618034 % 1.0
    length_m = radius_m * math.sqrt(share)
    return length_m * math.sin(angle_rad), length_m * math.cos(angle_rad)


def move_point(point: Point, north_m: float, east_m: float) -> Point:
    """Return a point some metres away; good to centimetres over a few kilometres."""
    lat_deg, lon_deg = point
    lat_rad = math.radians(lat_deg)
    m_per_lat_deg = 111_132.95 - 559.82 * math.cos(2 * lat_rad) + 1.18 * math.cos(4 * lat_rad)
    m_per_lon_deg = 111_412.84 * math.cos(lat_rad) - 93.5 * math.cos(3 * lat_rad)
    east_deg = east_m / m_per_lon_deg if east_m else 0.0
    lon_deg = (lon_deg + east_deg + 180.0) % 360.0 - 180.0 if east_deg else lon_deg
    return lat_deg + north_m / m_per_lat_deg, lon_deg


def _along(stops: list[Point], share: float) -> Point:
    """Return the point after a share of the way; every leg takes as long as every other."""
    leg, rest = divmod(share * (len(stops) - 1), 1.0)
    (lat_deg, lon_deg), (to_lat_deg, to_lon_deg) = stops[int(leg)], stops[int(leg) + 1]
    return lat_deg + rest * (to_lat_deg - lat_deg), lon_deg + rest * (to_lon_deg - lon_deg)
