"""Nearest point of each polygon and line to each fix, its *foot*; and which polygons hold it.

Everything happens in the plane of the fix, in degrees: a degree of longitude counts there by its
length in degrees of latitude. How many edges a ray to the east crosses decides whether a polygon
holds the fix.

Written twice: for many fixes side by side, and fix by fix for the compiler. The operations are
the same in the same order, so the bits are. What is passed over to save time could not have been
the nearest.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from mesure.geo import earth
from mesure.geo.earth import DegreeScale
from mesure.geo.fixes import F64, I64
from mesure.geo.numeric import geo_kernels
from mesure.geo.zones import EDGES_PER_CHAIN, Flags, PackedLines

CELLS_PER_STRIP: Final = 16_384  # As many numbers as stay in a processor's cache.
ROWS_PER_STRIP_MIN: Final = 64
TINY: Final = 1e-300  # Keeps an edge of no length from dividing by zero.
SAFE: Final = 1.0 + 1e-9  # More than rounding can do: a box farther by this holds nothing nearer.
SPECK2_DEG: Final = 1e-22  # A thousandth of a millimetre, in squared degrees.


class TangentPlanes(NamedTuple):
    """Fixes, the plane at each, and how far from each a boundary still matters."""

    lat_deg: F64
    lon_deg: F64
    shrink2_ratio: F64  # The length of a degree of longitude in degrees of latitude, squared.
    gate_lat_deg: F64
    gate_lon_deg: F64
    scale: DegreeScale


def planes(lat_deg: F64, lon_deg: F64, gate_m: F64) -> TangentPlanes:
    """Lay a plane at each fix, in which what is more than `gate_m` metres away does not matter."""
    scale = earth.scale(lat_deg)
    shrink_ratio = scale.lon_m_per_deg / scale.lat_m_per_deg
    gate_lat_deg = gate_m / scale.lat_m_per_deg
    gate_lon_deg = gate_m / np.maximum(scale.lon_m_per_deg, 1.0)
    return TangentPlanes(
        lat_deg, lon_deg, shrink_ratio * shrink_ratio, gate_lat_deg, gate_lon_deg, scale
    )


class NearestPoints(NamedTuple):
    """The foot of each fix on each part, and whether the part holds the fix: [parts, fixes].

    `distance2_deg` is in squared degrees of latitude; infinite where no foot is within the gate.
    """

    distance2_deg: F64
    east_deg: F64
    north_deg: F64
    is_inside: Flags


def nearest(lines: PackedLines, planes: TangentPlanes) -> NearestPoints:
    """Return the feet of fixes on every part."""
    shape = (len(lines.first) - 1, len(planes.lat_deg))
    feet = NearestPoints(
        np.full(shape, np.inf), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
    )
    if geo_kernels.is_compiled():
        _fix_by_fix(lines, planes, feet)
    else:
        _side_by_side(lines, planes, feet)
    return feet


class _Pairs(NamedTuple):
    """Chains and fixes near each other: one element for each pair."""

    chain: I64
    row: I64  # The fix.
    slot: I64  # Where the part and the fix are in the flattened feet.


def _side_by_side(lines: PackedLines, planes: TangentPlanes, feet: NearestPoints) -> None:
    for strip in _strips(len(planes.lat_deg), len(lines.part)):
        _cross_whole_chains(lines, planes, strip, feet.is_inside)
    chain, row = _chains_near(lines, planes)
    slot = np.take(lines.part, chain) * len(planes.lat_deg) + row
    pairs = _contenders(lines, planes, _Pairs(chain, row, slot), feet)
    for strip in _strips(len(pairs.row), EDGES_PER_CHAIN):
        few = _Pairs(*(column[strip] for column in pairs))
        _measure_pairs(lines, planes, few, feet)
    _cross_edges(lines, planes, pairs, feet.is_inside)


def _strips(length: int, width: int) -> Iterator[slice]:
    """Yield slices of a table that is so wide, each small enough for a processor's cache."""
    step = max(CELLS_PER_STRIP // max(width, 1), ROWS_PER_STRIP_MIN)
    return (slice(first, first + step) for first in range(0, length, step))


def _cross_whole_chains(
    lines: PackedLines, planes: TangentPlanes, strip: slice, is_inside: Flags
) -> None:
    """Count the chains that lie wholly to the east of fixes and lead from one side to the other."""
    lat_deg, lon_deg = planes.lat_deg[strip], planes.lon_deg[strip]
    west, start_lat_deg, end_lat_deg = lines.chain_deg[(2, 4, 6), :, None]
    is_crossed = (start_lat_deg > lat_deg) != (end_lat_deg > lat_deg)
    is_crossed &= lon_deg < west
    for part, (first, last) in enumerate(pairwise(lines.first.tolist())):
        np.logical_xor.reduce(is_crossed[first:last], axis=0, out=is_inside[part, strip])


def _chains_near(lines: PackedLines, planes: TangentPlanes) -> tuple[I64, I64]:
    """Return the chains whose box lies within the gate of a fix, and the rows of these fixes."""
    south, north, west, east = lines.chain_deg[:4, :, None]
    low_deg, high_deg = planes.lat_deg - planes.gate_lat_deg, planes.lat_deg + planes.gate_lat_deg
    left_deg, right_deg = planes.lon_deg - planes.gate_lon_deg, planes.lon_deg + planes.gate_lon_deg
    chains, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for strip in _strips(len(low_deg), len(lines.part)):
        is_near = (high_deg[strip] >= south) & (low_deg[strip] <= north)
        is_near &= (right_deg[strip] >= west) & (left_deg[strip] <= east)
        chain, row = np.divmod(np.flatnonzero(is_near), is_near.shape[1])
        chains.append(chain)
        rows.append(row + strip.start)
    return np.concatenate(chains), np.concatenate(rows)


def _contenders(
    lines: PackedLines, planes: TangentPlanes, pairs: _Pairs, feet: NearestPoints
) -> _Pairs:
    """Keep the pairs whose chain may hold the foot: no other chain starts nearer than its box."""
    lat_deg, lon_deg, shrink2_ratio = (np.take(column, pairs.row) for column in planes[:3])
    sides_deg = np.take(lines.chain_deg, pairs.chain, axis=1)
    south, north, west, east, start_lat_deg, start_lon_deg, _ = sides_deg
    up = np.maximum(np.maximum(south - lat_deg, lat_deg - north), 0.0)
    across = np.maximum(np.maximum(west - lon_deg, lon_deg - east), 0.0)
    box2 = (across * across) * shrink2_ratio + up * up
    up, across = start_lat_deg - lat_deg, start_lon_deg - lon_deg
    start2 = (across * across) * shrink2_ratio + up * up
    start2[lines.is_seam[pairs.chain, 0]] = np.inf
    least2 = np.full(feet.distance2_deg.size, np.inf)
    np.minimum.at(least2, pairs.slot, start2)
    indices = np.flatnonzero(box2 <= np.take(least2, pairs.slot) * SAFE)
    return _Pairs(*(np.take(column, indices) for column in pairs))


def _measure_pairs(
    lines: PackedLines, planes: TangentPlanes, pairs: _Pairs, feet: NearestPoints
) -> None:
    """Fill in the feet: the nearest point of each chain's edges, then the nearest of the chains."""
    lat_deg, lon_deg, shrink2_ratio = (np.take(column, pairs.row)[:, None] for column in planes[:3])
    edge_deg = np.take(lines.edge_deg, pairs.chain, axis=1)
    start_lon_deg, start_lat_deg, east_deg, north_deg, _ = edge_deg
    across, up = lon_deg - start_lon_deg, lat_deg - start_lat_deg
    along = (across * east_deg) * shrink2_ratio + up * north_deg
    length2 = (east_deg * east_deg) * shrink2_ratio + north_deg * north_deg
    share = np.minimum(np.maximum(along / (length2 + TINY), 0.0), 1.0)
    foot_east_deg, foot_north_deg = share * east_deg - across, share * north_deg - up
    distance2 = (foot_east_deg * foot_east_deg) * shrink2_ratio + foot_north_deg * foot_north_deg
    distance2[np.take(lines.is_seam, pairs.chain, axis=0)] = np.inf
    edge = distance2.argmin(axis=1) + np.arange(0, distance2.size, EDGES_PER_CHAIN)
    least2 = np.take(distance2, edge)
    _keep_nearest(
        pairs.slot, least2, np.take(foot_east_deg, edge), np.take(foot_north_deg, edge), feet
    )


def _keep_nearest(
    slot: I64, distance2_deg: F64, east_deg: F64, north_deg: F64, feet: NearestPoints
) -> None:
    """Keep for each slot the nearest foot; of equals, the first in the order of chains."""
    least2_deg = feet.distance2_deg.reshape(-1)
    before2_deg = np.take(least2_deg, slot)
    np.minimum.at(least2_deg, slot, distance2_deg)
    is_best = (distance2_deg == np.take(least2_deg, slot)) & (distance2_deg < before2_deg)
    best = np.flatnonzero(is_best)[::-1]  # Where one slot is written twice, the last stays.
    feet.east_deg.reshape(-1)[slot[best]] = east_deg[best]
    feet.north_deg.reshape(-1)[slot[best]] = north_deg[best]


def _cross_edges(
    lines: PackedLines, planes: TangentPlanes, pairs: _Pairs, is_inside: Flags
) -> None:
    """Count the edges to the east in chains that have the fix in their box."""
    lat_deg, lon_deg = np.take(planes.lat_deg, pairs.row), np.take(planes.lon_deg, pairs.row)
    south, north, west, east = np.take(lines.chain_deg[:4], pairs.chain, axis=1)
    is_held = (lon_deg >= west) & (lon_deg <= east) & (lat_deg >= south) & (lat_deg <= north)
    indices = np.flatnonzero(is_held)
    lat_deg, lon_deg = lat_deg[indices, None], lon_deg[indices, None]
    edge_deg = np.take(lines.edge_deg, pairs.chain[indices], axis=1)
    start_lon_deg, start_lat_deg, east_deg, north_deg, end_lat_deg = edge_deg
    left = (lat_deg - start_lat_deg) * east_deg
    right = (lon_deg - start_lon_deg) * north_deg
    is_crossed = np.where(north_deg > 0.0, left > right, left < right)
    is_crossed &= (start_lat_deg > lat_deg) != (end_lat_deg > lat_deg)
    is_odd = np.logical_xor.reduce(is_crossed, axis=1)
    np.logical_xor.at(is_inside.reshape(-1), pairs.slot[indices], is_odd)


# --- The same, fix by fix -------------------------------------------------------------------


@geo_kernels.jit
def _fix_by_fix(lines: PackedLines, planes: TangentPlanes, feet: NearestPoints) -> None:
    chain_deg, first, edge_deg = lines.chain_deg, lines.first, lines.edge_deg
    to_east, to_north, away2 = np.empty(16), np.empty(16), np.empty(16)
    spot_lat, spot_lon = np.full(len(first), np.inf), np.zeros(len(first))
    for i in range(len(planes.lat_deg)):
        lat, lon, shrink2 = planes.lat_deg[i], planes.lon_deg[i], planes.shrink2_ratio[i]
        high, low = lat + planes.gate_lat_deg[i], lat - planes.gate_lat_deg[i]
        right, left = lon + planes.gate_lon_deg[i], lon - planes.gate_lon_deg[i]
        for p in range(len(first) - 1):
            is_odd, is_near = False, False  # A loop without branches, for the vector unit.
            for c in range(first[p], first[p + 1]):
                south, north = chain_deg[0, c], chain_deg[1, c]
                west, east = chain_deg[2, c], chain_deg[3, c]
                is_odd ^= (lon < west) & ((chain_deg[4, c] > lat) != (chain_deg[6, c] > lat))
                is_near |= (high >= south) & (low <= north) & (right >= west) & (left <= east)
            feet.is_inside[p, i] = is_odd
            if not is_near:
                continue
            up, across = spot_lat[p] - lat, spot_lon[p] - lon
            bound2 = ((across * across) * shrink2 + up * up) * SAFE + SPECK2_DEG
            for c in range(first[p], first[p + 1]):
                south, north = chain_deg[0, c], chain_deg[1, c]
                west, east = chain_deg[2, c], chain_deg[3, c]
                if high < south or low > north or right < west or left > east:
                    continue
                up, across = max(south - lat, lat - north, 0.0), max(west - lon, lon - east, 0.0)
                if (across * across) * shrink2 + up * up > bound2:
                    continue
                for k in range(16):  # Again without branches.
                    lead_east, lead_north = edge_deg[2, c, k], edge_deg[3, c, k]
                    across, up = lon - edge_deg[0, c, k], lat - edge_deg[1, c, k]
                    along = (across * lead_east) * shrink2 + up * lead_north
                    length2 = (lead_east * lead_east) * shrink2 + lead_north * lead_north
                    share = along / (length2 + TINY)
                    share = 0.0 if share < 0.0 else min(share, 1.0)
                    to_east[k], to_north[k] = share * lead_east - across, share * lead_north - up
                    away2[k] = (to_east[k] * to_east[k]) * shrink2 + to_north[k] * to_north[k]
                for k in range(16):
                    if away2[k] < feet.distance2_deg[p, i] and not lines.is_seam[c, k]:
                        feet.distance2_deg[p, i] = away2[k]
                        feet.east_deg[p, i], feet.north_deg[p, i] = to_east[k], to_north[k]
                        spot_lat[p], spot_lon[p] = lat + to_north[k], lon + to_east[k]
                        bound2 = min(bound2, away2[k] * SAFE)
                if west <= lon <= east:
                    for k in range(16):
                        up_term = (lat - edge_deg[1, c, k]) * edge_deg[2, c, k]
                        across_term = (lon - edge_deg[0, c, k]) * edge_deg[3, c, k]
                        is_east = (
                            up_term > across_term
                            if edge_deg[3, c, k] > 0.0
                            else up_term < across_term
                        )
                        is_odd ^= is_east & ((edge_deg[1, c, k] > lat) != (edge_deg[4, c, k] > lat))
                    feet.is_inside[p, i] = is_odd
