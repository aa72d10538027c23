"""Rules of the kinds of condition, and of the boundaries by which they are judged."""

from dataclasses import replace
from typing import Any

import numpy as np

from mesure.evaluation import rules
from mesure.evaluation.assessment import Status
from mesure.evaluation.evidence import possible_crossings
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.kinds import appointment, curfew
from mesure.geo import distance, zones
from mesure.geo.fixes import F64
from mesure.orders.values.places import Circle, Corridor, Polygon
from tests.precedents.taking_out import Patch, rule, wrap

# --- Kinds of condition ----------------------------------------------------------------------


@rule("Presence at an appointment counts in total, not at a stretch.")
def presence_in_total(patch: Patch) -> None:
    def longest_us(_: Any, slot: Any, status: Status) -> int:
        return max((s.end_us - s.start_us for s in slot if s.status is status), default=0)

    wrap(patch, appointment, "total_us", longest_us)


@rule("An appointment is one statement about its slot.")
def an_appointment_is_one_statement(patch: Patch) -> None:
    patch.setattr(appointment, "assess", lambda duty, view: view.intervals)


@rule("Time that nobody can speak for may have been presence.")
def unknown_time_may_have_been_presence(patch: Patch) -> None:
    def of_the_known_us(total_us: Any, slot: Any, status: Status) -> Any:
        return 0 if status is Status.UNKNOWN else total_us(slot, status)

    wrap(patch, appointment, "total_us", of_the_known_us)


@rule("A slot in progress is open.")
def a_slot_in_progress_is_open(patch: Patch) -> None:
    def at_once(assess: Any, duty: Any, view: Any) -> Any:
        return assess(duty, view._replace(is_over=True))

    wrap(patch, appointment, "assess", at_once)


@rule("What an absence takes out of a slot it takes from the presence asked for.")
def an_absence_takes_from_the_presence_asked(patch: Patch) -> None:
    def ask_all(assess: Any, duty: Any, view: Any) -> Any:
        return assess(duty, view._replace(cut_us=0))

    wrap(patch, appointment, "assess", ask_all)


@rule("Time before the first fix may have been presence.")
def time_before_the_first_fix_may_have_been_presence(patch: Patch) -> None:
    def as_if_absent(assess: Any, duty: Any, view: Any) -> Any:
        return assess(duty, view._replace(unheard_us=0))

    wrap(patch, appointment, "assess", as_if_absent)


@rule("Each slot of an appointment asks for a presence of its own.")
def each_slot_asks_for_its_own_presence(patch: Patch) -> None:
    patch.setattr(rules, "_is_one", lambda before, after: before.end_us == after.start_us)


@rule("A window may have a place of its own.")
def window_has_its_own_place(patch: Patch) -> None:
    wrap(patch, curfew, "side", lambda side, duty, bound: side(duty, replace(bound, at=None)))


@rule("A crossing between two sparse fixes is possible, not certain, and not ruled out.")
def a_crossing_is_possible(patch: Patch) -> None:
    patch.setattr(possible_crossings, "possible", lambda *args: [])


# --- Boundaries ------------------------------------------------------------------------------


@rule("Each condition is judged by its own boundary.")
def each_condition_has_its_own_boundary(patch: Patch) -> None:
    def first_lane(stretch: Any, duty: Any, bound: Any, side: Any, _: int) -> Any:
        return stretch(duty, bound, side, 0)

    wrap(patch, rules, "_stretch", first_lane)


@rule("A hole in an area is outside it.")
def holes(patch: Patch) -> None:
    def fill_holes(shape_of: Any, shape: Any) -> zones.Shape:
        whole = replace(shape, holes=()) if isinstance(shape, Polygon) else shape
        zone_shape: zones.Shape = shape_of(whole)
        return zone_shape

    wrap(patch, allowed_area, "_shape", fill_holes)


@rule("A way is as wide as the order says, from edge to edge.")
def width_is_from_edge_to_edge(patch: Patch) -> None:
    def twice_as_wide(shape_of: Any, shape: Any) -> zones.Shape:
        wide = isinstance(shape, Corridor)
        zone_shape: zones.Shape = shape_of(
            replace(shape, width_m=2 * shape.width_m) if wide else shape
        )
        return zone_shape

    wrap(patch, allowed_area, "_shape", twice_as_wide)


@rule("The tolerance of a boundary helps the person, whichever side is the right one.")
def tolerance_helps_the_person(patch: Patch) -> None:
    def one_way(pack: Any, *args: Any) -> allowed_area.Boundary:
        packed: allowed_area.Boundary = pack(*args)
        return packed._replace(outside=tuple((zone, -grow_m) for zone, grow_m in packed.outside))

    wrap(patch, allowed_area, "pack", one_way)


@rule("The antimeridian divides nothing.")
def the_antimeridian_divides_nothing(patch: Patch) -> None:
    patch.setattr(zones, "near_lon_deg", lambda zone, lon_deg: lon_deg)


@rule("No meridian cuts a part of a boundary, however far from the first part it lies.")
def no_meridian_cuts_a_part(patch: Patch) -> None:
    wrap(patch, zones, "_pieces", lambda pieces, *shape: [next(pieces(*shape))])


@rule("Circles are measured through space, so that a pole is a place like any other.")
def circles_are_measured_through_space(patch: Patch) -> None:
    m_per_deg = 111_320.0
    packed: dict[bytes, Circle] = {}

    def on_a_flat_map(_: Any, circle_m: F64, lat_deg: F64, lon_deg: F64) -> F64:
        middle = packed[circle_m[:, 0].tobytes()]
        north_m = (lat_deg - middle.lat_deg) * m_per_deg
        east_m = (lon_deg - middle.lon_deg) * m_per_deg * np.cos(np.radians(lat_deg))
        flat_m: F64 = np.sqrt(north_m * north_m + east_m * east_m) - middle.radius_m
        return flat_m

    def remember_shapes(pack: Any, shapes: Any) -> zones.Zone:
        zone: zones.Zone = pack(shapes)
        packed[zone.blocks[0].circle_m[:, 0].tobytes()] = shapes[0]
        return zone

    wrap(patch, zones, "pack", remember_shapes)
    wrap(patch, distance, "_circles_m", on_a_flat_map)
