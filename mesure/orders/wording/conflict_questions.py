"""Conflict questions: what in an order nobody can keep, such as two places at one time.

A court forgets the hour at which somebody must report elsewhere. The proof-reader is told the first
instant at which two conditions ask for what cannot both be done; ways between places are not
counted, so that nothing is said where the order leaves time for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Final, NamedTuple

from mesure.orders.clock import hour_sentences
from mesure.orders.model import schedule
from mesure.orders.model.conditions import Appointment, Condition, Exclusion, Residence
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values import shared_ground
from mesure.orders.values.places import Place
from mesure.orders.values.span import Span
from mesure.orders.venues import place_names

COMPARED_MAX: Final = 60  # Conditions; each is compared with each.
SAID_MAX: Final = 10  # Pairs; when those are put right, ask again.
LOOKED_AHEAD: Final = timedelta(days=3 * 366)  # Weekly hours, holidays and dates show by then.
WINDOWS_MAX: Final = 20_000  # Of one condition: a decade of daily hours, at several a day.


def sentences(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    """Yield a sentence for a home on the wrong side, and for conditions that exclude each other."""
    yield from _home(version, catalogue)
    yield from _pairs(version, catalogue)


# --- Home ----------------------------------------------------------------------------------------


def _home(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    home = version.places.get(place_names.HOME)
    for condition in version.conditions[:COMPARED_MAX] if home else ():
        duty = condition.duty
        assert home is not None, "without a home there is no question"
        if isinstance(duty, Exclusion) and shared_ground.holds_middle(
            version.places[duty.keep_out_of], home
        ):
            yield catalogue.text(
                "Condition {id}: the home lies inside “{place}”, which the person must keep out of."
            ).format(id=condition.id, place=place_names.quote_name(duty.keep_out_of, catalogue))
        if isinstance(duty, Residence) and not shared_ground.holds_middle(
            version.places[duty.stay_in], home
        ):
            yield catalogue.text(
                "Condition {id}: the home lies outside “{place}”, where the person must stay."
            ).format(id=condition.id, place=place_names.quote_name(duty.stay_in, catalogue))


# --- Two conditions --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A condition, the place it is about, and whether it forbids that place or asks for it."""

    condition: Condition
    place: str
    is_forbidden: bool
    needed_s: float | None  # How long somebody must be there in each window; None: all the time.

    def places(self, bound: BindingSpan) -> tuple[str, ...]:
        """Return where a bound is about."""
        also = () if bound.also_at is None else (bound.also_at,)
        return (bound.at or self.place, *also)


def _pairs(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    look = _Look(version)
    requirements = [
        one for one in map(_asked, version.conditions[:COMPARED_MAX]) if one is not None
    ]
    count = 0
    for requirement, other in combinations(requirements, 2):
        if count == SAID_MAX:
            return
        instant = look.first_clash(requirement, other)
        if instant is not None:
            count += 1
            yield _sentence(requirement, other, instant, version, catalogue)


def _asked(condition: Condition) -> _Asked | None:
    """Return what a condition asks; None of a kind whose hours are not all in its timetable."""
    duty = condition.duty
    if not duty.timetable.always and not duty.timetable.windows:
        return None
    if isinstance(duty, Exclusion):
        return _Asked(condition, duty.keep_out_of, True, None)
    if isinstance(duty, Residence):
        return _Asked(condition, duty.stay_in, False, None)
    needed_s = duty.present_s_min if isinstance(duty, Appointment) else None
    return _Asked(condition, duty.at, False, needed_s)


def _sentence(
    requirement: _Asked,
    other: _Asked,
    instant: datetime,
    version: OrderVersion,
    catalogue: Catalogue,
) -> str:
    moment = hour_sentences.moment(instant, version.zone, catalogue)
    if not requirement.is_forbidden and not other.is_forbidden:
        return catalogue.text(
            "From {moment} on conditions {one} and {other} cannot both be kept: "
            "the places asked for lie apart."
        ).format(moment=moment, one=requirement.condition.id, other=other.condition.id)
    asking, forbidding = (other, requirement) if requirement.is_forbidden else (requirement, other)
    return catalogue.text(
        "From {moment} on condition {one} asks the person to be where {other} forbids it."
    ).format(moment=moment, one=asking.condition.id, other=forbidding.condition.id)


class _Overlap(NamedTuple):
    """A span in which two bounds exclude each other."""

    span: Span
    one: BindingSpan
    other: BindingSpan


class _Look:
    """Looks through the hours of an order; what was worked out of a condition is remembered."""

    def __init__(self, version: OrderVersion) -> None:
        self._version = version
        self._bounds: dict[str, tuple[BindingSpan, ...]] = {}
        self._meet: dict[tuple[str, str], bool] = {}
        self._within: dict[tuple[str, str], bool] = {}

    def first_clash(self, requirement: _Asked, other: _Asked) -> datetime | None:
        """Return when two conditions first cannot both be kept; None where they always can."""
        if requirement.is_forbidden and other.is_forbidden:
            return None
        if not self._may_clash(requirement, other):
            return None
        overlaps = list(self._overlaps(requirement, other))
        starts = [
            overlap.span.start
            for overlap in overlaps
            if _cannot(overlap, overlaps, requirement, other)
        ]
        return min(starts, default=None)

    def _may_clash(self, requirement: _Asked, other: _Asked) -> bool:
        """Tell whether some places of two conditions exclude each other, whatever the hours."""
        return any(
            self._exclude(here, there, requirement, other)
            for here in self._named(requirement)
            for there in self._named(other)
        )

    def _named(self, requirement: _Asked) -> set[str]:
        timetable = requirement.condition.duty.timetable
        nights = [timetable.first_night] if timetable.first_night else []
        at = (window.at for window in (*timetable.windows, *nights))
        return {requirement.place, *(name for name in at if name is not None)}

    def _overlaps(self, requirement: _Asked, other: _Asked) -> Iterator[_Overlap]:
        later = self._of(other)
        first = 0
        for bound in self._of(requirement):
            while first < len(later) and later[first].span.end <= bound.span.start:
                first += 1
            for beside in later[first:]:
                if beside.span.start >= bound.span.end:
                    break
                inside = bound.span.overlap(beside.span)
                if inside and all(
                    self._exclude(here, there, requirement, other)
                    for here in requirement.places(bound)
                    for there in other.places(beside)
                ):
                    yield _Overlap(inside, bound, beside)

    def _of(self, requirement: _Asked) -> tuple[BindingSpan, ...]:
        condition, version = requirement.condition, self._version
        if condition.id not in self._bounds:
            start = version.in_force.start
            end = min(version.in_force.end, max(start, condition.in_force.start) + LOOKED_AHEAD)
            if schedule.windows_about(condition, version, start, end) > WINDOWS_MAX:
                end = start + timedelta(weeks=8)
            self._bounds[condition.id] = schedule.bounds(condition, version, start, end)
        return self._bounds[condition.id]

    def _exclude(self, here: str, there: str, requirement: _Asked, other: _Asked) -> bool:
        if requirement.is_forbidden:
            return self._is_within(there, here)
        if other.is_forbidden:
            return self._is_within(here, there)
        return here != there and not self._do_meet(here, there)

    def _do_meet(self, here: str, there: str) -> bool:
        pair = (min(here, there), max(here, there))
        if pair not in self._meet:
            self._meet[pair] = shared_ground.do_meet(*map(self._place, pair))
        return self._meet[pair]

    def _is_within(self, here: str, zone: str) -> bool:
        if (here, zone) not in self._within:
            is_within = shared_ground.is_within(self._place(here), self._place(zone))
            self._within[here, zone] = is_within
        return self._within[here, zone]

    def _place(self, name: str) -> Place:
        return self._version.places[name]


def _cannot(
    overlap: _Overlap, overlaps: list[_Overlap], requirement: _Asked, other: _Asked
) -> bool:
    """Tell whether what two bounds leave free is too little for what is asked of either."""
    busy_s = _seconds(overlap.span)
    if requirement.needed_s is not None and other.needed_s is not None:
        short_s = [
            max(0.0, each.needed_s - (_seconds(bound.span) - busy_s))
            for each, bound in ((requirement, overlap.one), (other, overlap.other))
            if each.needed_s is not None
        ]
        return sum(short_s) > busy_s
    if requirement.needed_s is not None:
        same = [each for each in overlaps if each.one is overlap.one]
        return _is_short(requirement.needed_s, overlap.one, same)
    if other.needed_s is not None:
        same = [each for each in overlaps if each.other is overlap.other]
        return _is_short(other.needed_s, overlap.other, same)
    return True


def _is_short(needed_s: float, slot: BindingSpan, overlaps: list[_Overlap]) -> bool:
    whole_s = _seconds(slot.window or slot.span)
    freed_s = whole_s - _seconds(slot.span)  # By an absence, which takes from what is asked.
    left_s = _seconds(slot.span) - sum(_seconds(one.span) for one in overlaps)
    return left_s < needed_s - freed_s


def _seconds(span: Span) -> float:
    return (span.end - span.start).total_seconds()
