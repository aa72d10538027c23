"""Signed distance, against what people use for it otherwise.

Each peer gets what its users would give it: geometries in local metres and prepared, arrays where
it takes arrays. Every engine has its turn in each of five rounds; CPU time, medians.
"""

import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Final, NamedTuple

import geopandas
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from bench.evaluation.made_up_people import BenchPerson, people
from mesure.geo import distance, earth, error_model, zones
from mesure.geo.error_model import ErrorModel
from mesure.geo.fixes import F64
from mesure.geo.numeric import geo_kernels
from mesure.geo.zones import Zone
from mesure.orders.values.places import Circle, Polygon, Shape

PERSONS: Final = 10
FIXES: Final = 10_000
FIXES_IN_A_LOOP: Final = 1_000  # A loop is as quick with few as with many.
ROUNDS: Final = 5
EVIDENCE_MAX_LLR: Final = 6.0
MODEL: Final = ErrorModel()

Row = dict[str, object]
Run = Callable[[], object]
Targets = tuple[float, float]  # How many times as quick as each peer: with the compiler, without.


class PreparedPerson(NamedTuple):
    """One person's places, packed for us and prepared for shapely, and their fixes."""

    zones: list[Zone]  # The home, the district, the exclusions.
    areas: list[shapely.Polygon]  # The same, in metres east and north of home.
    boundaries: Sequence[BaseGeometry]
    lat_deg: F64
    lon_deg: F64
    east_m: F64
    north_m: F64
    reach_m: F64


class Engine(NamedTuple):
    """Something that does the work, with or without the compiler, and for how many fixes."""

    name: str
    run: Run
    fixes: int = PERSONS * FIXES
    compiled: bool = False


def rows() -> list[Row]:
    """Return the rows of the benchmark."""
    everyone = [_person(someone) for someone in people(PERSONS, FIXES)]
    return [*_to_the_district(everyone), *_within_reach(everyone)]


def _to_the_district(everyone: list[PreparedPerson]) -> list[Row]:
    ours = _both_ways(
        lambda: [distance.distance_m(p.zones[1], p.lat_deg, p.lon_deg) for p in everyone]
    )
    peers = [
        Engine("shapely, arrays", lambda: [_by_shapely(p, 1) for p in everyone]),
        Engine("geopandas", lambda: [_by_geopandas(p) for p in everyone]),
        Engine("shapely, a loop", lambda: _by_a_loop(everyone[0]), FIXES_IN_A_LOOP),
    ]
    return _compare("signed distance to the district, every fix exact", ours, peers, (6.0, 0.8))


def _within_reach(everyone: list[PreparedPerson]) -> list[Row]:
    ours = _both_ways(
        lambda: [
            distance.distance_within_m(zone, p.lat_deg, p.lon_deg, p.reach_m)
            for p in everyone
            for zone in p.zones
        ]
    )
    by_shapely = Engine(
        "shapely, arrays",
        lambda: [_by_shapely(p, i) for p in everyone for i in range(len(p.areas))],
    )
    return _compare(
        "signed distance to six places, as far as it matters", ours, [by_shapely], (20.0, 12.0)
    )


# --- What we do, and what others do ----------------------------------------------------------


def _both_ways(run: Run) -> list[Engine]:
    return [Engine("with the compiler", run, compiled=True), Engine("without", run)]


def _by_shapely(person: PreparedPerson, place: int) -> F64:
    points = shapely.points(person.east_m, person.north_m)
    away_m = np.asarray(shapely.distance(person.boundaries[place], points))
    signed_m: F64 = np.where(shapely.contains(person.areas[place], points), -away_m, away_m)
    return signed_m


def _by_geopandas(person: PreparedPerson) -> F64:
    points = geopandas.GeoSeries(geopandas.points_from_xy(person.east_m, person.north_m))
    away_m: F64 = points.distance(person.boundaries[1]).to_numpy()
    signed_m: F64 = np.where(points.within(person.areas[1]).to_numpy(), -away_m, away_m)
    return signed_m


def _by_a_loop(person: PreparedPerson) -> list[float]:
    area, boundary = person.areas[1], person.boundaries[1]
    signed_m = []
    for east_m, north_m in zip(
        person.east_m[:FIXES_IN_A_LOOP], person.north_m[:FIXES_IN_A_LOOP], strict=True
    ):
        point = shapely.Point(east_m, north_m)
        away_m = boundary.distance(point)
        signed_m.append(-away_m if area.contains(point) else away_m)
    return signed_m


# --- People and clocks -----------------------------------------------------------------------


def _person(someone: BenchPerson) -> PreparedPerson:
    fixes, home = someone.fixes, someone.order.places["home"].shapes[0]
    assert isinstance(home, Circle)
    scale = earth.scale(np.array(home.lat_deg))
    lon_m_per_deg, lat_m_per_deg = float(scale.lon_m_per_deg), float(scale.lat_m_per_deg)
    areas = [shapely.Point(0.0, 0.0).buffer(home.radius_m)]
    for place in list(someone.order.places.values())[1:]:
        shape = place.shapes[0]
        assert isinstance(shape, Polygon)
        corners = np.array(shape.outer) - (home.lat_deg, home.lon_deg)
        areas.append(shapely.Polygon(corners[:, ::-1] * (lon_m_per_deg, lat_m_per_deg)))
    boundaries = [area.boundary for area in areas]
    shapely.prepare(areas)
    shapely.prepare(boundaries)
    sigma_m = error_model.sigma_m(MODEL, fixes.provider, fixes.radius95_m)
    return PreparedPerson(
        [zones.pack([_ours(place.shapes[0])]) for place in someone.order.places.values()],
        areas,
        boundaries,
        fixes.lat_deg,
        fixes.lon_deg,
        (fixes.lon_deg - home.lon_deg) * lon_m_per_deg,
        (fixes.lat_deg - home.lat_deg) * lat_m_per_deg,
        error_model.reach_m(MODEL, fixes.provider, sigma_m, EVIDENCE_MAX_LLR),
    )


def _ours(shape: Shape) -> zones.Shape:
    if isinstance(shape, Circle):
        return zones.CircleShape(shape.lat_deg, shape.lon_deg, shape.radius_m)
    assert isinstance(shape, Polygon)
    return zones.PolygonShape(shape.outer)


def _compare(name: str, ours: list[Engine], peers: list[Engine], targets: Targets) -> list[Row]:
    """Return a row for each of ours and each peer; `targets` are the ratios to hold."""
    engines = ours + peers
    cost_ns: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for round_number in range(ROUNDS + 1):
        for engine in engines:
            spent_ns = _spent_ns(engine)
            if round_number:  # The first warms up: it compiles.
                cost_ns[engine.name].append(spent_ns)
    medians_ns = {engine: median(spent) for engine, spent in cost_ns.items()}
    return [
        _row(
            f"{name} ({engine.name})",
            medians_ns[engine.name],
            peer.name,
            medians_ns[peer.name],
            target,
        )
        for engine, target in zip(ours, targets, strict=True)
        for peer in peers
    ]


def _spent_ns(engine: Engine) -> float:
    """Return the CPU time for each fix."""
    geo_kernels.use_compiler(engine.compiled)
    started = time.process_time_ns()
    engine.run()
    spent = time.process_time_ns() - started
    geo_kernels.use_compiler(True)
    return spent / engine.fixes


def _row(name: str, our_ns: float, peer: str, peer_ns: float, target: float) -> Row:
    ratio = peer_ns / our_ns
    return {
        "name": name,
        "value": round(1e9 / our_ns),
        "unit": "fixes/s/core",
        "peer": f"{peer} ({1e9 / peer_ns:,.0f})",
        "ratio": round(ratio, 2),
        "target": target,
        "holds": ratio >= target,
    }


if __name__ == "__main__":
    print(json.dumps(rows()))
