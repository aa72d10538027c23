"""Shapes to measure, fixes near them, and shapely's reading of the same polygons."""

import numpy as np
import shapely
from numpy.random import Generator

from mesure.geo.fixes import F64
from mesure.geo.zones import PolygonShape, Ring

M_PER_DEG = 111_200.0


def ring(
    random: Generator, at: tuple[float, float], radius_m: float, corners: int, rough: float = 0.4
) -> Ring:
    """Return a ring round a point that never crosses itself, for it goes round like a star."""
    angle = np.sort(random.uniform(0.0, 2.0 * np.pi, corners))
    away_m = radius_m * random.uniform(1.0 - rough, 1.0, corners)
    lat_deg = at[0] + away_m * np.sin(angle) / M_PER_DEG
    lon_deg = at[1] + away_m * np.cos(angle) / (M_PER_DEG * np.cos(np.radians(at[0])))
    return tuple(zip(lat_deg.tolist(), lon_deg.tolist(), strict=True))


def fixes_round(
    random: Generator, at: tuple[float, float], spread_m: float, count: int
) -> tuple[F64, F64]:
    """Return fixes scattered round a point."""
    lat_deg = at[0] + random.normal(0.0, spread_m, count) / M_PER_DEG
    lon_scale = M_PER_DEG * np.cos(np.radians(at[0]))
    return lat_deg, at[1] + random.normal(0.0, spread_m, count) / lon_scale


def in_shapely(polygon: PolygonShape) -> shapely.Polygon:
    """Return the polygon as shapely has it, longitude first."""
    outer, *holes = ([(lon, lat) for lat, lon in r] for r in (polygon.outer, *polygon.holes))
    return shapely.Polygon(outer, holes)
