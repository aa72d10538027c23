"""Cells of a box: where all of one is far from a boundary, its fixes are not measured one by one.

A district has hundreds of edges, and a person is mostly deep inside it. So where many fixes are to
be measured, the centres of a few hundred cells are measured first. How far a point is from a
boundary changes by no more than the way to it: a fix is surely beyond reach if the centre of its
cell is farther from the boundary than that and half the cell.
"""

from typing import Final, NamedTuple

import numpy as np

from mesure.geo.boxes import Fence
from mesure.geo.fixes import F64
from mesure.geo.zones import Flags, ShapeBlock

SIDE: Final = 16
M_PER_DEG_MAX: Final = 112_000.0  # No degree is longer, of latitude or longitude.
CHAINS_MIN: Final = 4  # Of sixteen edges; with fewer nothing is saved.
SURE_RATIO: Final = 0.75
"""So much of a distance is taken for sure, whatever the plane makes of it (`boxes.SLACK_RATIO`)."""


class Cells(NamedTuple):
    """The cells of a box, row by row from the south-west."""

    south_west_deg: tuple[float, float]  # Latitude and longitude.
    step_deg: tuple[float, float]
    signed_m: F64  # How far the centre of each lies from the boundary: negative inside.
    sure_m: F64  # How far all of it lies from there, at least; negative where none is sure.


def is_told(block: ShapeBlock) -> bool:
    """Say whether cells tell something: of a single shape, with many edges, in a box."""
    is_one = len(block.lines.first) == 2 and not block.circle_m.size
    is_wide = all(0.0 < step_deg < np.inf for step_deg in _step(block.fence))
    return is_one and is_wide and len(block.lines.part) >= CHAINS_MIN


def centres_deg(fence: Fence) -> tuple[F64, F64]:
    """Return the latitudes and longitudes of the centres of all cells."""
    (south, west), (up, across) = _south_west(fence), _step(fence)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return south + (row + 0.5) * up, west + (column + 0.5) * across


def cells_of(fence: Fence, signed_m: F64) -> Cells:
    """Return the cells, the signed distances of whose centres have been measured."""
    up_deg, across_deg = _step(fence)
    half_m = 0.5 * (up_deg + across_deg) * M_PER_DEG_MAX
    away_m = np.abs(signed_m)
    sure_m = np.where(away_m <= fence.reach_m_max, SURE_RATIO * away_m - half_m, -1.0)
    return Cells(_south_west(fence), (up_deg, across_deg), signed_m, sure_m)


def tell(cells: Cells, lat_deg: F64, lon_deg: F64, reach_m: F64) -> tuple[Flags, F64]:
    """Say which fixes are surely beyond reach, and on which side: a distance of the right sign."""
    row = np.floor((lat_deg - cells.south_west_deg[0]) / cells.step_deg[0])
    column = np.floor((lon_deg - cells.south_west_deg[1]) / cells.step_deg[1])
    is_in_grid = (row >= 0.0) & (row < SIDE) & (column >= 0.0) & (column < SIDE)
    cell = np.where(is_in_grid, row * SIDE + column, 0.0).astype(np.intp)
    return is_in_grid & (cells.sure_m[cell] > reach_m), cells.signed_m[cell]


def _south_west(fence: Fence) -> tuple[float, float]:
    return fence.box.lat_min_deg, fence.box.lon_min_deg


def _step(fence: Fence) -> tuple[float, float]:
    box = fence.box
    return (box.lat_max_deg - box.lat_min_deg) / SIDE, (box.lon_max_deg - box.lon_min_deg) / SIDE
