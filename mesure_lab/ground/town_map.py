"""The map of a simulated town: its streets as people walk them, and around them what a town has.

Nothing here exists. Streets are those of `streets`, and the seed makes up what is beside them:
houses along blocks, slabs and halls, squares and parks, a river in the east, a railway in the
south. No building belongs to anybody: houses stand everywhere, no matter who lives in town.
"""

from collections.abc import Iterator, Sequence
from math import pi, sin
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import shapely
from shapely import Geometry

from mesure.geo.fixes import F64
from mesure.service.basemap.shapes import MapShape
from mesure_lab.columns import Stream
from mesure_lab.ground import town
from mesure_lab.ground.street_grid import EAST_M, HALF_WIDTH, NORTH_M, Streets
from mesure_lab.ground.town import Point
from mesure_lab.ground.town_names import ALONG, AROUND, TOWN, UP, Names

CREDIT: Final = "Simulated town"  # In a file; pages say it in the reader's language.
EDGE_E_M: Final = EAST_M * HALF_WIDTH
EDGE_N_M: Final = NORTH_M * HALF_WIDTH
BEYOND_M: Final = 4_000.0  # The map goes on this far beyond its last street.
RIVER_M: Final = 190.0  # From the last street to the middle of the river, which winds.
RAILWAY_M: Final = 170.0

G = TypeVar("G", Geometry, "np.ndarray")  # One geometry, or a column of them.

# Main streets, and those between: blocks from one to the next. The rest are minor.
COLUMNS: Final = ((12, "main"), (6, "secondary"), (3, "collector"))
ROWS: Final = ((10, "main"), (5, "secondary"))
# Parks, as crossings: west, south, east, north. They lie where no home or work is.
PARKS: Final = ((15, 13, 21, 20), (-23, -20, -17, -14), (-25, 15, -20, 21))
LAKES: Final = ((18.2, 16.8, 150.0, 85.0), (-19.8, -16.6, 90.0, 150.0))  # Middle, radii in metres.
# Beyond the last street: groves (middle, half their width, how much higher) and fields.
GROVES: Final = (
    (-3_250.0, -700.0, 330.0, 1.7), (-4_600.0, 900.0, 520.0, 1.2), (-3_700.0, -4_300.0, 600.0, 0.8),
    (1_300.0, -4_700.0, 700.0, 0.7), (4_500.0, 600.0, 500.0, 1.9), (4_300.0, -3_000.0, 640.0, 1.1),
)  # fmt: skip
FIELDS: Final = (
    (-3_900.0, -2_300.0, -2_800.0, -1_500.0), (-5_200.0, -1_400.0, -4_100.0, -300.0),
    (-2_000.0, -4_600.0, -700.0, -3_600.0), (3_300.0, 1_900.0, 4_700.0, 3_000.0),
    (3_300.0, -1_900.0, 4_100.0, -900.0), (-3_800.0, 1_200.0, -2_900.0, 2_300.0),
)  # fmt: skip
SQUARES: Final = 0.03  # Of the blocks are green squares.
SLABS: Final = 0.22  # Of the blocks have slabs of flats.
HALLS: Final = 0.06  # Of the blocks have halls.
WORKS_ROW: Final = -23  # Below it are halls only.
BUILT: Final = 0.88  # Of the lots beside a street have a house.


def shapes(seed: int) -> Iterator[MapShape]:
    """Yield everything on the map of the town that a seed gives."""
    plan = _Plan(seed)
    yield from _ground()
    yield from _greens(plan)
    yield from _waters()
    for building in _degrees(plan.buildings()):
        yield MapShape("building", "building", building)
    yield from _roads(plan)
    yield from _edges()
    yield from _names()


class _Plan:
    """Where crossings lie, and what each block is."""

    def __init__(self, seed: int) -> None:
        streets = Streets(seed)
        numbers = range(-HALF_WIDTH, HALF_WIDTH + 1)
        self.at: F64 = np.array([[streets.place((x, y)) for y in numbers] for x in numbers])
        self._chance = Stream(seed, "map")
        across, up = np.meshgrid(*[np.arange(-HALF_WIDTH, HALF_WIDTH)] * 2, indexing="ij")
        shares = self._chance.shares(across.size).reshape(across.shape)
        in_park = np.zeros(across.shape, bool)
        for west, south, east, north in PARKS:
            in_park |= (across >= west) & (across < east) & (up >= south) & (up < north)
        self.is_works = up < WORKS_ROW
        self.is_square = ~in_park & ~self.is_works & (shares < SQUARES)
        built = ~in_park & ~self.is_square
        shares -= SQUARES
        self.has_slabs = built & ~self.is_works & (shares < SLABS)
        halls = self.is_works | ((shares >= SLABS) & (shares < SLABS + HALLS))
        self.has_halls = built & halls
        self.has_houses = built & ~self.has_slabs & ~self.has_halls

    def blocks(self, which: "np.ndarray") -> F64:
        """Return the four corners of blocks: south-west, south-east, north-east, north-west."""
        corners = [
            self.at[:-1, :-1][which],
            self.at[1:, :-1][which],
            self.at[1:, 1:][which],
            self.at[:-1, 1:][which],
        ]
        return np.stack(corners, axis=1)

    def buildings(self) -> "np.ndarray":
        """Return the outlines of all buildings."""
        houses = self._lots(self.blocks(self.has_houses), _sides(), BUILT)
        slabs = self._lots(self.blocks(self.has_slabs), SLAB_LOTS, 0.95)
        halls = self._lots(self.blocks(self.has_halls), HALL_LOTS, 0.8)
        return np.concatenate([houses, slabs, halls])

    def _lots(self, blocks: F64, lots: Sequence["_Lot"], built: float) -> "np.ndarray":
        """Return buildings on the same lots of many blocks, each a little different."""
        all_corners = []
        for lot in lots:
            moved = (
                self._chance.shares(4 * len(blocks)).reshape(4, -1) * np.array(lot.play)[:, None]
            )
            west, south = lot.west + moved[0], lot.south + moved[1]
            east, north = lot.east - moved[2], lot.north - moved[3]
            stands = self._chance.shares(len(blocks)) < built
            ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
            corners = np.stack([_within(blocks, x, y) for x, y in ring], axis=1)
            all_corners.append(corners[stands])
        outlines: Any = shapely.polygons(np.concatenate(all_corners))
        return np.asarray(outlines, dtype=object)


class _Lot(NamedTuple):
    """Where on a block a building is, as shares of its width and its height."""

    west: float
    south: float
    east: float
    north: float
    play: tuple[float, float, float, float] = (0.015, 0.015, 0.015, 0.015)


def _sides() -> list[_Lot]:
    """Return the lots along the four sides of a block."""
    front_e, front_n, deep_e, deep_n = 9.0 / EAST_M, 9.0 / NORTH_M, 24.0 / EAST_M, 24.0 / NORTH_M
    play = (0.03, 0.02, 0.03, 0.06)
    wide = (1 - 2 * front_e) / 4
    starts = [front_e + number * wide for number in range(4)]
    south = [_Lot(x, front_n, x + wide - 0.02, deep_n, play) for x in starts]
    north = [_Lot(x, 1 - deep_n, x + wide - 0.02, 1 - front_n, play) for x in starts]
    high = (1 - 2 * deep_n - 0.04) / 3
    rows = [deep_n + 0.03 + number * high for number in range(3)]
    west = [_Lot(front_e, y, deep_e, y + high - 0.03, play) for y in rows]
    east = [_Lot(1 - deep_e, y, 1 - front_e, y + high - 0.03, play) for y in rows]
    return [*south, *north, *west, *east]


SLAB_LOTS: Final = (
    _Lot(0.16, 0.14, 0.86, 0.27, (0.06, 0.02, 0.08, 0.02)),
    _Lot(0.16, 0.72, 0.86, 0.85, (0.08, 0.02, 0.06, 0.02)),
    _Lot(0.14, 0.36, 0.29, 0.64),
    _Lot(0.70, 0.36, 0.85, 0.64),
)
HALL_LOTS: Final = (
    _Lot(0.15, 0.13, 0.62, 0.86, (0.04, 0.06, 0.05, 0.2)),
    _Lot(0.67, 0.13, 0.86, 0.50, (0.02, 0.03, 0.02, 0.1)),
    _Lot(0.67, 0.56, 0.86, 0.86, (0.02, 0.02, 0.02, 0.05)),
)


def _within(blocks: F64, across: F64, up: F64) -> F64:
    """Return points within blocks, from their shares of width and height."""
    low = blocks[:, 0] + across[:, None] * (blocks[:, 1] - blocks[:, 0])
    high = blocks[:, 3] + across[:, None] * (blocks[:, 2] - blocks[:, 3])
    inside: F64 = low + up[:, None] * (high - low)
    return inside


def _degrees(metres: G) -> G:
    ratio = np.array([town.METRES_PER_DEG_EAST, town.METRES_PER_DEG_NORTH])
    origin = np.array([town.ORIGIN_LON_DEG, town.ORIGIN_LAT_DEG])
    placed: G = shapely.transform(metres, lambda at: at / ratio + origin)
    return placed


def _shape(
    layer: str, kind: str, metres: Geometry, names: Names = (), precedence: int = 0
) -> MapShape:
    return MapShape(layer, kind, _degrees(metres), names, precedence)


# --- What the streets lie in ---------------------------------------------------------------------


def _ground() -> Iterator[MapShape]:
    more = 35.0
    works_n_m = NORTH_M * WORKS_ROW
    yield _shape(
        "ground",
        "built",
        shapely.box(-EDGE_E_M - more, works_n_m, EDGE_E_M + more, EDGE_N_M + more),
    )
    yield _shape(
        "ground",
        "works",
        shapely.box(-EDGE_E_M - more, -EDGE_N_M - more, EDGE_E_M + more, works_n_m),
    )


def _greens(plan: _Plan) -> Iterator[MapShape]:
    for west, south, east, north in PARKS:
        edge = [(x, south) for x in range(west, east)] + [(east, y) for y in range(south, north)]
        edge += [(x, north) for x in range(east, west, -1)]
        edge += [(west, y) for y in range(north, south, -1)]
        corners = [plan.at[x + HALF_WIDTH, y + HALF_WIDTH] for x, y in edge]
        yield _shape("green", "park", shapely.Polygon(corners).buffer(-9.0, join_style="mitre"))
    for corners in plan.blocks(plan.is_square):
        yield _shape("green", "park", shapely.Polygon(corners).buffer(-9.0, join_style="mitre"))
    bank = shapely.LineString(_river(-260.0)).buffer(110.0)
    yield _shape("green", "grass", bank)
    reach = EDGE_E_M + BEYOND_M
    foot: list[Point] = [
        (x, EDGE_N_M + 420.0 + 160.0 * sin(x / 730.0) + 90.0 * sin(x / 271.0 + 2.0) - 0.04 * x)
        for x in range(-int(reach), 1_900, 90)
    ]
    foot += [(2_300.0, EDGE_N_M + 1_500.0), (3_100.0, EDGE_N_M + BEYOND_M)]
    hills = shapely.Polygon([*foot, (-reach, EDGE_N_M + BEYOND_M)])
    yield _shape("green", "wood", hills.buffer(80.0).buffer(-80.0))
    for east_m, north_m, wide_m, high in GROVES:
        grove = shapely.Point(east_m, north_m).buffer(wide_m)
        yield _shape("green", "wood", shapely.affinity.scale(grove, 1.0, high))
    for field in FIELDS:
        yield _shape("green", "grass", shapely.box(*field))


def _river(off_m: float = 0.0) -> list[Point]:
    steps = range(-int(EDGE_N_M + BEYOND_M), int(EDGE_N_M + BEYOND_M) + 1, 40)
    return [
        (
            EDGE_E_M
            + RIVER_M
            + off_m
            + 260.0
            + 70.0 * sin(y / 620.0)
            + 38.0 * sin(y / 233.0 + 1.0),
            y,
        )
        for y in steps
    ]


def _waters() -> Iterator[MapShape]:
    yield _shape("water", "lake", shapely.LineString(_river()).buffer(44.0, cap_style="flat"))
    for column, row, wide_m, high_m in LAKES:
        turns = [2 * pi * number / 48 for number in range(48)]
        ring = [
            (
                EAST_M * column + wide_m * sin(turn) * (1.0 + 0.13 * sin(3 * turn + 1.0)),
                NORTH_M * row + high_m * sin(turn + pi / 2) * (1.0 + 0.11 * sin(2 * turn)),
            )
            for turn in turns
        ]
        yield _shape("water", "lake", shapely.Polygon(ring))
    brook = [(x, EDGE_N_M + 120.0 + 34.0 * sin(x / 190.0)) for x in range(-6_500, 2_941, 60)]
    yield _shape("water", "stream", shapely.LineString(brook))


# --- Streets -------------------------------------------------------------------------------------


def _roads(plan: _Plan) -> Iterator[MapShape]:
    whole = range(-HALF_WIDTH, HALF_WIDTH + 1)
    for x in whole:
        places = [tuple(at) for at in plan.at[x + HALF_WIDTH].tolist()]
        is_park = [any(w < x < e and s <= y < n for w, s, e, n in PARKS) for y in whole]
        yield from _street(places, is_park, _kind(x, COLUMNS), UP.get(x, ()))
        if _kind(x, COLUMNS) == "main":
            on = (places[0][0] - 40.0, -EDGE_N_M - BEYOND_M)
            yield _shape("road", "main", shapely.LineString([on, places[0]]), UP.get(x, ()))
    for y in whole:
        places = [tuple(at) for at in plan.at[:, y + HALF_WIDTH].tolist()]
        is_park = [any(s < y < n and w <= x < e for w, s, e, n in PARKS) for x in whole]
        yield from _street(places, is_park, _kind(y, ROWS), ALONG.get(y, ()))
        if _kind(y, ROWS) == "main":
            on = (EDGE_E_M + BEYOND_M, places[-1][1] + 60.0)
            yield _shape("road", "main", shapely.LineString([places[-1], on]), ALONG.get(y, ()))
            on = (-EDGE_E_M - BEYOND_M, places[0][1] - 90.0)
            yield _shape("road", "main", shapely.LineString([on, places[0]]), ALONG.get(y, ()))
    south = -EDGE_N_M - RAILWAY_M
    track = [(x, south - 40.0 * sin(x / 1_400.0)) for x in range(-6_500, 6_501, 100)]
    yield _shape("rail", "rail", shapely.LineString(track))


def _street(
    places: Sequence[Point], is_park: Sequence[bool], kind: str, names: Names
) -> Iterator[MapShape]:
    """Yield a street; where it leads through a park it is a path, but for the larger ones."""
    start = 0
    for at in range(1, len(places)):
        is_last = at == len(places) - 1
        if is_last or is_park[at] != is_park[start]:
            through = is_park[start] and kind in ("minor", "collector")
            line = shapely.LineString(places[start : at + 1])
            yield _shape("road", "path" if through else kind, line, () if through else names)
            start = at


def _kind(number: int, kinds: Sequence[tuple[int, str]]) -> str:
    return next((kind for every, kind in kinds if number % every == 0), "minor")


# --- Edges and names -----------------------------------------------------------------------------


def _edges() -> Iterator[MapShape]:
    limit = shapely.box(
        -EDGE_E_M - 1_300.0, -EDGE_N_M - 600.0, EDGE_E_M + 1_200.0, EDGE_N_M + 1_100.0
    )
    yield _shape("edge", "district", shapely.LineString(limit.exterior.coords))


def _names() -> Iterator[MapShape]:
    yield _shape("place", "town", shapely.Point(-500.0, 1_000.0), TOWN, 18)
    for (east_m, north_m), names in AROUND:
        yield _shape("place", "suburb", shapely.Point(east_m, north_m), names, 30)
