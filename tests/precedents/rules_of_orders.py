"""Rules of reading an order: when it binds, where, and what cannot be one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mesure.evaluation import rules as rules_
from mesure.evaluation.filter import tolerance as tolerance_
from mesure.evaluation.kinds import curfew, exclusion
from mesure.orders.clock import time_zones, wall_clock
from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.model import order, schedule
from mesure.orders.reading import read_absences, read_conditions, read_order
from mesure.orders.text import geometry, map_features, strings_yaml
from mesure.orders.text.file_entries import EntryGroup
from mesure.orders.values import calibration_limits, places
from mesure.orders.values.places import Shape
from mesure.orders.values.span import Span
from mesure.orders.venues import venue_categories
from tests.precedents.taking_out import Patch, rule, wrap

# --- The clock on the wall -------------------------------------------------------------------


@rule("Hours are those of the clock on the wall, also in a night when it is changed.")
def clock_changes(patch: Patch) -> None:
    def as_in_january(_: Any, wall: datetime, zone: Any) -> tuple[datetime, datetime]:
        offset = datetime(wall.year, 1, 1, tzinfo=zone).utcoffset() or timedelta()
        instant = (wall - offset).replace(tzinfo=UTC)
        return instant, instant

    wrap(patch, wall_clock, "_readings", as_in_january)


@rule("A duty starts at the later reading of its start and ends at the earlier one of its end.")
def clock_doubt(patch: Patch) -> None:
    def strict(start: datetime, end: datetime, zone: Any) -> Span:
        readings = wall_clock._readings
        return Span(min(readings(start, zone)), max(readings(end, zone)))

    patch.setattr(wall_clock, "restriction", strict)


@rule("An absence lasts as long as the clock can be read to mean.")
def absence_clock(patch: Patch) -> None:
    def strict(start: datetime, end: datetime, zone: Any) -> Span:
        readings = wall_clock._readings
        return Span(max(readings(start, zone)), min(readings(end, zone)))

    patch.setattr(wall_clock, "freedom", strict)


# --- When it binds ---------------------------------------------------------------------------


@rule("A window over midnight belongs to the day on which it begins.")
def window_belongs_to_its_first_day(patch: Patch) -> None:
    def of_the_day_before(of_weekday: Any, timetable: Any, weekday: int) -> Any:
        return of_weekday(timetable, (weekday - 1) % 7)

    wrap(patch, schedule, "_of_weekday", of_the_day_before)


@rule("The first night has hours of its own.")
def first_night(patch: Patch) -> None:
    def like_any_other(hours: Any, timetable: Any, *args: Any) -> Any:
        return hours(replace(timetable, first_night=None), *args)

    wrap(patch, schedule, "_hours", like_any_other)


@rule("A public holiday takes the hours of the day that the order names.")
def holidays(patch: Patch) -> None:
    patch.setattr(schedule, "_holidays", lambda *args: frozenset())


@rule("A condition binds only while it and its order are in force.")
def in_force(patch: Patch) -> None:
    def for_ever(condition: Any, version: Any, first: datetime, last: datetime) -> Span:
        return Span(first, last)

    patch.setattr(schedule, "_in_force", for_ever)


@rule("A window that is under way when a condition comes into force binds from then on.")
def a_window_under_way_binds(patch: Patch) -> None:
    def drop_under_way(hours: Any, timetable: Any, first: Any, *args: Any) -> Iterator[Any]:
        for span in hours(timetable, first, *args):
            if span.start.date() >= first + timedelta(days=2):  # Two days are read before.
                yield span

    wrap(patch, schedule, "_hours", drop_under_way)


@rule("A review that is due is listed.")
def overdue_reviews(patch: Patch) -> None:
    patch.setattr(order, "overdue_reviews", lambda version, as_of: ())


@rule("A version ends where the next begins.")
def a_version_ends_where_the_next_begins(patch: Patch) -> None:
    patch.setattr(read_order, "_ended", lambda version, next_start: version)


@rule("A zone that is edited is judged anew from then on.")
def an_edited_zone_is_judged_anew(patch: Patch) -> None:
    def as_first_drawn(prepare: Any, versions: Any, *args: Any) -> Any:
        unedited_versions = tuple(replace(one, places=versions[0].places) for one in versions)
        return prepare(unedited_versions, *args)

    wrap(patch, rules_, "prepare", as_first_drawn)


# --- Absences --------------------------------------------------------------------------------


@rule("Nothing inside an authorised absence is asked.")
def absence(patch: Patch) -> None:
    patch.setattr(schedule, "_less_absences", lambda binding, absences: binding)


@rule("An absence with a place lets the person be there.")
def absence_place(patch: Patch) -> None:
    patch.setattr(curfew, "also", lambda bound: ())


@rule("The ways to and from the place of an absence are free.")
def travel_is_free(patch: Patch) -> None:
    wrap(patch, schedule, "_freed", lambda freed, absence: [] if absence.at else freed(absence))


@rule("An absence with a place allows no other.")
def absence_allows_no_other_place(patch: Patch) -> None:
    patch.setattr(schedule, "_freed", lambda absence: [absence.span])


@rule("A suspension covers every condition of the order.")
def suspension(patch: Patch) -> None:
    def allow_named(allowed: Any, entry: Any, conditions: Any) -> frozenset[str]:
        allowed_ids: frozenset[str] = allowed(entry, conditions)
        return frozenset() if allowed_ids == frozenset(conditions.values()) else allowed_ids

    wrap(patch, read_absences, "_allowed", allow_named)


# --- Places ----------------------------------------------------------------------------------


@rule("The line of an area has a tolerance.")
def tolerance(patch: Patch) -> None:
    patch.setattr(tolerance_, "AREA_LINE_M", 0.0)


@rule("A tolerance never takes a small zone away.")
def a_small_zone_stays(patch: Patch) -> None:
    def all_of_it(shapes: Sequence[Shape]) -> tuple[float, ...]:
        return tuple(tolerance_.grown_m(shape) for shape in shapes)

    patch.setattr(tolerance_, "shrunk_m", all_of_it)


@rule("A home is measured to the point where its device shows it as well.")
def a_home_is_calibrated(patch: Patch) -> None:
    patch.setattr(places, "widen", lambda place, instant: places.as_drawn(place))


@rule("The address of a home that was calibrated still counts.")
def the_address_stays(patch: Patch) -> None:
    def keep_last_shape(widened: Any, place: Any, instant: datetime) -> Any:
        wide_place = widened(place, instant)
        return replace(wide_place, shapes=wide_place.shapes[-1:])

    wrap(patch, places, "widen", keep_last_shape)
    patch.setattr(rules_, "_Lanes", _OneLaneEach)


class _OneLaneEach(rules_._Lanes):
    """Lanes that are not held against those of places as they are drawn."""

    def lane(self, side: Any, named: Any, drawn: Any) -> int:
        return super().lane(side, named, named)


@rule("A place to keep out of is as the order draws it.")
def only_a_home_is_calibrated(patch: Patch) -> None:
    wrap(patch, exclusion, "side", lambda side, *args: side(*args)._replace(widens=True))
    patch.setattr(rules_, "_Lanes", _OneLaneEach)


@rule("The point where a device shows a home lies near its address.")
def a_calibration_is_capped(patch: Patch) -> None:
    patch.setattr(calibration_limits, "away_m_max", lambda radius_m: 50_000.0)


@rule("A category of venues holds what its table names.")
def venue_category(patch: Patch) -> None:
    patch.setattr(venue_categories, "belongs", lambda texts, category: True)


@rule("A venue reaches as far as the order says.")
def venue_radius(patch: Patch) -> None:
    def far(venues: Any, features: Any, category: str, radius_m: float) -> Any:
        return venues(features, category, 20 * radius_m)

    wrap(patch, venue_categories, "venues", far)


@rule("Every part of a boundary belongs to it.")
def every_part_counts(patch: Patch) -> None:
    wrap(patch, map_features, "areas", lambda areas, item: areas(item)[:1])


# --- What is refused -------------------------------------------------------------------------


@rule("Two absences that disagree are an error.")
def absences_agree(patch: Patch) -> None:
    patch.setattr(read_absences, "_refuse_disagreement", lambda group, absences: None)


@rule("An absence names conditions that the order has.")
def absence_of_a_known_condition(patch: Patch) -> None:
    patch.setattr(read_absences, "_refuse_unknown", lambda entry, name, conditions: None)


@rule("A condition is in force within its order's time.")
def condition_within_its_order(patch: Patch) -> None:
    def skip_check(keys: Any, book: Any, whole: Any) -> Span:
        entry = keys.find("in_force")
        if entry:
            [entry.group().find(key) for key in ("from", "until")]
        span: Span = whole.span
        return span

    patch.setattr(read_conditions, "_in_force", skip_check)


@rule("A key stands once.")
def keys_stand_once(patch: Patch) -> None:
    def last_wins(self: Any, top: Any, key: str, line: int) -> None:
        self._key = key
        top.lines[strings_yaml.normalise(key)] = line

    patch.setattr(strings_yaml._Builder, "_take_key", last_wins)


@rule("A key that is not known is refused.")
def keys_are_known(patch: Patch) -> None:
    patch.setattr(EntryGroup, "refuse_rest", lambda self: None)


@rule("Nothing in a file stands for something elsewhere.")
def nothing_is_shared(patch: Patch) -> None:
    patch.setattr(strings_yaml._Builder, "_refuse_sharing", lambda self, event, line: None)


@rule("A time zone is one of the IANA database.")
def zone_is_known(patch: Patch) -> None:
    wrap(patch, time_zones, "find_zone", lambda named, name: named(name) or time_zones.UTC)


@rule("A latitude lies between -90 and 90 degrees.")
def latitude_is_on_earth(patch: Patch) -> None:
    def clamp_degrees(degrees: Any, nodes: Any) -> tuple[float, float]:
        lat_deg, lon_deg = (float(node.text) for node in nodes)
        return min(max(lat_deg, -90.0), 90.0), min(max(lon_deg, -180.0), 180.0)

    wrap(patch, read_values, "degrees", clamp_degrees)


@rule("A boundary does not cross itself.")
def boundary_does_not_cross_itself(patch: Patch) -> None:
    patch.setattr(geometry, "_refuse_flaws", lambda area: None)


@rule("A time of day is on the clock.")
def hours_are_on_the_clock(patch: Patch) -> None:
    def wrap_hour(second_of_day: Any, text: str) -> int | None:
        hour, _, rest = text.partition(":")
        on_the_clock = f"{int(hour) % 24:02}:{rest}" if hour.isdecimal() else text
        second: int | None = second_of_day(on_the_clock)
        return second

    wrap(patch, read_values, "as_clock_s", wrap_hour)


@rule("A feature is named so that one is meant.")
def feature_is_one(patch: Patch) -> None:
    patch.setattr(
        map_features.FeatureCollection, "feature_named", lambda self, name: self.features[0]
    )


@rule("A circle has a radius.")
def radius_is_positive(patch: Patch) -> None:
    patch.setattr(read_places, "radius_of", lambda entry: 50.0)


@rule("Nobody is asked to be at two places at once.")
def one_place_at_a_time(patch: Patch) -> None:
    patch.setattr(read_times, "_refuse_clashes", lambda group, table: None)


@rule("A venue that is a point needs a radius.")
def venue_needs_a_radius(patch: Patch) -> None:
    def guess_radius(venues: Any, features: Any, category: str, radius_m: float | None) -> Any:
        return venues(features, category, radius_m or 25.0)

    wrap(patch, venue_categories, "venues", guess_radius)
