"""Chart: from degrees to points of a drawing, and back to metres for the scale bar.

Equirectangular around the middle of what is shown, with the curvature of WGS84 there: good to a
metre over five kilometres, and only for the eye. Longitudes are unwrapped, so a place on the
antimeridian is drawn in one piece.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mesure.geo import earth
from mesure.geo.fixes import F64

M_PER_PX_MIN: Final = 0.25  # A drawing of 480 px is never less than 120 m wide.


@dataclass(frozen=True, slots=True)
class PlaneBox:
    """A rectangle in metres east and north of the middle of a plane."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float

    @property
    def diagonal_m(self) -> float:
        """Return the distance from corner to corner."""
        width_m, height_m = self.east_m - self.west_m, self.north_m - self.south_m
        return float(np.sqrt(width_m * width_m + height_m * height_m))

    def grown(self, margin_m: float) -> "PlaneBox":
        """Return the rectangle with a margin on every side."""
        return PlaneBox(
            self.west_m - margin_m,
            self.south_m - margin_m,
            self.east_m + margin_m,
            self.north_m + margin_m,
        )

    def union(self, other: "PlaneBox") -> "PlaneBox":
        """Return the least rectangle that holds both."""
        return PlaneBox(
            min(self.west_m, other.west_m),
            min(self.south_m, other.south_m),
            max(self.east_m, other.east_m),
            max(self.north_m, other.north_m),
        )


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres east and north of a point on the ground."""

    lat_deg: float
    lon_deg: float
    north_m_per_deg: float
    east_m_per_deg: float

    def east_m(self, lon_deg: F64) -> F64:
        """Return how far east of the middle longitudes lie, the short way round."""
        turned: F64 = (lon_deg - self.lon_deg + 540.0) % 360.0 - 180.0
        return turned * self.east_m_per_deg

    def north_m(self, lat_deg: F64) -> F64:
        """Return how far north of the middle latitudes lie."""
        return (lat_deg - self.lat_deg) * self.north_m_per_deg


def plane_at(lat_deg: float, lon_deg: float) -> Plane:
    """Return the plane that touches the ground at a point.

    >>> round(plane_at(0.0, 0.0).east_m_per_deg)
    111319
    """
    scale = earth.scale(np.array([lat_deg]))
    return Plane(lat_deg, lon_deg, float(scale.lat_m_per_deg[0]), float(scale.lon_m_per_deg[0]))


@dataclass(frozen=True, slots=True)
class PlaneChart:
    """A drawing of a part of a plane: x runs right from the left edge, y down from the top."""

    plane: Plane
    view: PlaneBox
    width: int
    height: int
    m_per_px: float

    def x(self, east_m: F64) -> F64:
        """Return how far from the left edge of the drawing points lie."""
        return (east_m - self.view.west_m) / self.m_per_px

    def y(self, north_m: F64) -> F64:
        """Return how far from the top edge of the drawing points lie."""
        return (self.view.north_m - north_m) / self.m_per_px

    @property
    def frame(self) -> "Frame":
        """Return where the edges of the drawing lie on the ground."""
        plane, view = self.plane, self.view
        return Frame(
            plane.lon_deg + view.west_m / plane.east_m_per_deg,
            plane.lat_deg + view.south_m / plane.north_m_per_deg,
            plane.lon_deg + view.east_m / plane.east_m_per_deg,
            plane.lat_deg + view.north_m / plane.north_m_per_deg,
            self.m_per_px,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """The edges of a drawing in degrees, and how many metres one of its units is.

    Between them degrees grow evenly, so with the frame further things can be put on the
    drawing. Over the antimeridian the east is more than 180, or the west less than -180.
    """

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float
    m_per_px: float


def chart_of(plane: Plane, box: PlaneBox, width: int, height: int) -> PlaneChart:
    """Return a drawing that shows a whole box in the middle, as large as it fits."""
    m_per_px = max(
        (box.east_m - box.west_m) / width, (box.north_m - box.south_m) / height, M_PER_PX_MIN
    )
    middle_east_m = (box.west_m + box.east_m) / 2.0
    middle_north_m = (box.south_m + box.north_m) / 2.0
    half_width_m, half_height_m = m_per_px * width / 2.0, m_per_px * height / 2.0
    view = PlaneBox(
        middle_east_m - half_width_m,
        middle_north_m - half_height_m,
        middle_east_m + half_width_m,
        middle_north_m + half_height_m,
    )
    return PlaneChart(plane, view, width, height, m_per_px)


def box_of(east_m: F64, north_m: F64) -> PlaneBox:
    """Return the least box that holds points; there must be one at least."""
    return PlaneBox(
        float(east_m.min()), float(north_m.min()), float(east_m.max()), float(north_m.max())
    )


def box_of_most(east_m: F64, north_m: F64, outside_ratio: float) -> PlaneBox:
    """Return a box without the outermost points, a share `outside_ratio` of them on each side.

    One wild fix a thousand kilometres off would else shrink the town to a dot.
    """
    skipped = int(len(east_m) * outside_ratio)
    last = len(east_m) - 1 - skipped
    east_m, north_m = np.sort(east_m), np.sort(north_m)
    return PlaneBox(
        float(east_m[skipped]), float(north_m[skipped]), float(east_m[last]), float(north_m[last])
    )


def scale_bar_m(m_per_px: float, length_px_max: float) -> int:
    """Return a round length, in metres, whose bar is at most `length_px_max` long.

    >>> scale_bar_m(1.3, 100)
    100
    """
    length_m = 1
    while length_m * 10 <= m_per_px * length_px_max:
        length_m *= 10
    for factor in (5, 2):
        if length_m * factor <= m_per_px * length_px_max:
            return length_m * factor
    return length_m
