"""Chance: the probability that a person was outside a zone, given a fix and its error.

For a circular Gaussian round the fix, the chance of a shape is an integral along its boundary: each
piece counts with the angle under which the fix sees it, times the share of the Gaussian that lies
nearer. That is exact for corners, holes and shapes of any size, where half a plane would be a poor
likeness, and needs only what lies within a few sigmas. A mixture adds up its Gaussians.

Shapes that do not overlap add up too. Where they overlap, and for corridors, the Gaussian is
measured along rays instead, which count what shapes share once (see `radial_integral`).

Paper: DiDonato and Hageman, SIAM J. Sci. Stat. Comput. 3 (1982) 434-446, on polygons.
"""

from typing import Final

import numpy as np

from mesure.geo import distance, earth, error_model, nearest_point, radial_integral, zones
from mesure.geo.error_model import Component, ErrorModel
from mesure.geo.fixes import F64, I8
from mesure.geo.nearest_point import TINY, NearbyEdges
from mesure.geo.numeric.elementary import angle_rad, exp
from mesure.geo.zones import PackedLines, Zone

SIGMAS_MAX: Final = 6.5
"""A boundary farther away changes no chance: exp(-6.5 * 6.5 / 2) is 7e-10."""

NODES: Final = (
    (-0.8611363115940526, 0.3478548451374538),
    (-0.3399810435848563, 0.6521451548625461),
    (0.3399810435848563, 0.6521451548625461),
    (0.8611363115940526, 0.3478548451374538),
)
"""Gauss and Legendre's places and weights: over two sigmas they are wrong by 3e-7 at most."""

PANEL_SIGMAS_MAX: Final = 2.0
ARC_PANELS: Final = 10  # Of half a circle, of which at most 10.2 sigmas lie within 6.5 of the fix.
FIXES_PER_CHUNK: Final = 256
TURN: Final = 6.283185307179586
ASIDE_RATIO: Final = 1e-7
"""Fixes are moved aside by this share of a sigma, lest one lie on a corner, which has no side."""


def outside(
    zone: Zone, lat_deg: F64, lon_deg: F64, model: ErrorModel, provider: I8, sigma_m: F64
) -> F64:
    """Return for each fix the chance that the person was outside the zone.

    >>> from mesure.geo import zones
    >>> home = zones.pack([zones.CircleShape(43.25, 76.95, 60.0)])
    >>> gnss, lon_deg = np.ones(3, np.int8), np.full(3, 76.95)
    >>> lat_deg = np.array([43.25, 43.25054, 43.252])
    >>> outside(home, lat_deg, lon_deg, ErrorModel(), gnss, np.full(3, 10.0)).round(3).tolist()
    [0.013, 0.54, 1.0]
    """
    mixture = error_model.components(model, provider, sigma_m)
    widest_m = mixture[0].sigma_m
    signed_m = distance.distance_within_m(zone, lat_deg, lon_deg, widest_m * SIGMAS_MAX)
    p_outside = np.where(signed_m < 0.0, 0.0, 1.0)
    near = np.flatnonzero(np.isfinite(signed_m))
    for first in range(0, len(near), FIXES_PER_CHUNK):
        rows = near[first : first + FIXES_PER_CHUNK]
        parts = [Component(c.p_holds[rows], c.sigma_m[rows]) for c in mixture]
        p_outside[rows] = 1.0 - _p_inside(zone, lat_deg[rows], lon_deg[rows], parts)
    return p_outside


def _p_inside(zone: Zone, lat_deg: F64, lon_deg: F64, mixture: list[Component]) -> F64:
    moved_m = ASIDE_RATIO * mixture[0].sigma_m
    scale = earth.scale(lat_deg)
    lat_deg = lat_deg + 0.618 * moved_m / scale.lat_m_per_deg
    lon_deg = zones.near_lon_deg(zone, lon_deg + moved_m / np.maximum(scale.lon_m_per_deg, 1.0))
    gate_m = mixture[0].sigma_m * SIGMAS_MAX
    if zone.overlaps:
        return radial_integral.p_inside(zone, lat_deg, lon_deg, mixture, gate_m)
    p_inside = np.zeros(len(lat_deg))
    for block in zone.blocks:
        if block.circle_m.size:
            p_inside += _in_circles(block.circle_m, lat_deg, lon_deg, mixture)
        if block.lines.edge_deg.size:
            p_inside += _in_polygons(block.lines, lat_deg, lon_deg, mixture)
    return np.minimum(np.maximum(p_inside, 0.0), 1.0)


# --- Circles ---------------------------------------------------------------------------------


def _in_circles(circle_m: F64, lat_deg: F64, lon_deg: F64, mixture: list[Component]) -> F64:
    p_inside = np.zeros(len(lat_deg))
    distances_m = distance.to_centres_m(circle_m, lat_deg, lon_deg)
    for distance_m, radius_m in zip(distances_m, circle_m[3], strict=True):
        for p_holds, sigma_m in mixture:
            p_inside += p_holds * _in_circle(radius_m / sigma_m, distance_m / sigma_m)
    return p_inside


def _in_circle(radius_ratio: F64, distance_ratio: F64) -> F64:
    """Return the chance of a circle; both numbers are in sigmas.

    `tau` is the tangent of a quarter of the angle at the centre, from the direction of the fix:
    with it, sine and cosine are fractions. The arc ends where it is too far from the fix to matter;
    what lies beyond counts with the angle that it takes up.
    """
    gap_ratio, product = radius_ratio - distance_ratio, radius_ratio * distance_ratio
    sine2 = (SIGMAS_MAX * SIGMAS_MAX - gap_ratio * gap_ratio) / (4.0 * product + TINY)
    sine = np.sqrt(np.minimum(np.maximum(sine2, 0.0), 1.0))  # Of half the angle where the arc ends.
    cosine = np.sqrt(1.0 - sine * sine)
    step = sine / (1.0 + cosine) / ARC_PANELS
    flux = np.zeros(len(step))
    for panel in range(ARC_PANELS):
        for place, weight in NODES:
            tau = step * (panel + 0.5 + 0.5 * place)
            half_sine = 2.0 * tau / (1.0 + tau * tau)
            squared = gap_ratio * gap_ratio + 4.0 * product * half_sine * half_sine
            facing = radius_ratio * (gap_ratio + 2.0 * distance_ratio * half_sine * half_sine)
            flux += weight * facing * _nearer(squared) / (1.0 + tau * tau)
    along = gap_ratio - 2.0 * radius_ratio * sine * sine
    end_rad = angle_rad(2.0 * radius_ratio * sine * cosine, along)
    return (4.0 * step * flux + TURN - 2.0 * end_rad) / TURN


def _nearer(squared_ratio: F64) -> F64:
    """Return the share of a Gaussian within a distance, divided by the distance squared."""
    return (1.0 - exp(squared_ratio * -0.5)) / np.maximum(squared_ratio, TINY)


# --- Polygons --------------------------------------------------------------------------------


def _in_polygons(lines: PackedLines, lat_deg: F64, lon_deg: F64, mixture: list[Component]) -> F64:
    """Return the chance of all polygons of a block together."""
    gate_m = mixture[0].sigma_m * SIGMAS_MAX
    planes = nearest_point.planes(lat_deg, lon_deg, gate_m)
    is_inside = nearest_point.nearest(lines, planes).is_inside.any(axis=0)
    edges = nearest_point.edges_near(lines, planes, gate_m, np.zeros(len(lines.part)))
    p_inside = np.zeros(len(lat_deg))
    for p_holds, sigma_m in mixture:
        p_edges = _through_edges(edges, sigma_m[edges.row])
        p_inside += p_holds * (is_inside + np.bincount(edges.row, p_edges, len(lat_deg)))
    return p_inside


def _through_edges(edges: NearbyEdges, sigma_m: F64) -> F64:
    """Return what each edge adds to the chance: its own part, less the angle that it takes up.

    The angles of all edges together are a full turn for a fix inside and none for one outside.
    """
    left_ratio = edges.left_m / sigma_m
    room_ratio = np.sqrt(np.maximum(SIGMAS_MAX * SIGMAS_MAX - left_ratio * left_ratio, 0.0))
    start_ratio = np.maximum(edges.start_m / sigma_m, -room_ratio)
    end_ratio = np.minimum(edges.end_m / sigma_m, room_ratio)
    near = np.flatnonzero(start_ratio < end_ratio)
    left, start, end = left_ratio[near], start_ratio[near], end_ratio[near]
    angle = angle_rad(left * (end - start), left * left + start * end)
    p_added = np.zeros(len(left_ratio))
    p_added[near] = (_flux(left, start, end) - angle) / TURN
    return p_added


def _flux(left_ratio: F64, start_ratio: F64, end_ratio: F64) -> F64:
    """Integrate the angle times the share of the Gaussian that lies nearer, along each edge."""
    panels = np.ceil((end_ratio - start_ratio) / PANEL_SIGMAS_MAX).astype(np.int64)
    edge = np.repeat(np.arange(len(panels)), panels)
    step = ((end_ratio - start_ratio) / panels)[edge]
    number = np.arange(len(edge)) - (np.add.accumulate(panels) - panels)[edge]
    left, middle = left_ratio[edge], start_ratio[edge] + step * (number + 0.5)
    flux = np.zeros(len(edge))
    for place, weight in NODES:
        along = middle + step * (0.5 * place)
        flux += weight * _nearer(left * left + along * along)
    total: F64 = np.bincount(edge, flux * left * step * 0.5, len(panels)).astype(np.float64)
    return total
