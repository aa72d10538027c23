"""Rules: an order made ready for judging; what binds when, and the boundaries to watch.

Conditions of the same identifier in successive versions of an order are one condition. Boundaries
that are the same in every number are watched once, whichever conditions and versions they serve.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Final, Protocol, cast

from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary, Side
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView
from mesure.evaluation.policy import Policy
from mesure.geo.error_model import ErrorModel, Mixture, ProviderErrors
from mesure.instants import to_us
from mesure.orders.model.conditions import Condition, Duty
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.values import places as places_
from mesure.orders.values.places import Place
from mesure.orders.values.span import Span

WINDOW_MAX: Final = timedelta(days=10)
"""A window under way at the horizon is read to its end, if that is no farther."""

LAST: Final = datetime(9000, 1, 1, tzinfo=UTC)


class ConditionKind(Protocol):
    """What the file of each kind of condition offers."""

    BREACH: str

    def bounds(
        self, condition: Condition, version: OrderVersion, first: datetime, last: datetime
    ) -> tuple[BindingSpan, ...]:
        """Return the spans in which the condition binds."""

    def side(self, duty: Duty, bound: BindingSpan) -> Side:
        """Return where the person may be in such a span."""

    def assess(self, duty: Duty, view: WindowView) -> tuple[StatusInterval, ...]:
        """Return what is said of one window, from what its lanes say."""


def kind_of(duty: Duty) -> ConditionKind:
    """Return the file that judges a duty: it is named like the kind."""
    return cast(ConditionKind, import_module(f"mesure.evaluation.kinds.{duty.kind}"))


@dataclass(frozen=True, slots=True)
class RuleInterval:
    """A span in which a condition binds the same way."""

    start_us: int
    end_us: int
    duty: Duty
    place: str
    lane: int  # Which of the boundaries.
    slot_us: tuple[int, int]  # Its window as the timetable has it; itself where it always binds.


@dataclass(frozen=True, slots=True)
class ConditionRules:
    """A condition with all its stretches, sorted and disjoint.

    Those that touch are one window; where every slot is judged as a whole, those of one slot are.
    """

    id: str
    windows: tuple[tuple[RuleInterval, ...], ...]

    def between(self, start_us: int, end_us: int) -> tuple[tuple[RuleInterval, ...], ...]:
        """Return the windows that share an instant with [start_us, end_us)."""
        first = self.first_after(start_us)
        last = bisect_left(self.windows, end_us, key=lambda window: window[0].start_us)
        return self.windows[first:last]

    def first_after(self, instant_us: int) -> int:
        """Return the number of the first window that ends after an instant."""
        return bisect_right(self.windows, instant_us, key=lambda window: window[-1].end_us)


@dataclass(frozen=True, slots=True)
class Rules:
    """All that judging an order needs, besides the fixes."""

    versions: tuple[OrderVersion, ...]
    policy: Policy
    model: ErrorModel
    start_us: int
    conditions: tuple[ConditionRules, ...]
    boundaries: tuple[Boundary, ...]
    as_drawn: tuple[int, ...]  # The lane of each boundary without calibrations; mostly itself.
    lane_keys: tuple[object, ...] = ()  # What each boundary is, whatever its number among them.

    def boundary_at(self, condition: str, instant_us: int) -> Boundary | None:
        """Return the boundary a condition was judged by at an instant; None: it did not bind."""
        for judged in self.conditions:
            for window in (
                judged.between(instant_us, instant_us + 1) if judged.id == condition else ()
            ):
                for stretch in window:
                    if stretch.start_us <= instant_us < stretch.end_us:
                        return self.boundaries[stretch.lane]
        return None


def prepare(
    versions: Sequence[OrderVersion],
    policy: Policy,
    horizon: datetime,
    since: datetime | None = None,
) -> Rules:
    """Return the rules of an order's versions, to look at it from `since` until the horizon."""
    lanes = _Lanes()
    stretches: dict[str, list[RuleInterval]] = {}
    for version in versions:
        first = version.in_force.start if since is None else max(version.in_force.start, since)
        for condition in version.conditions:
            kind = kind_of(condition.duty)
            condition_stretches = stretches.setdefault(condition.id, [])
            always = condition.duty.timetable.always
            last = version.in_force.end if always else min(horizon, LAST) + WINDOW_MAX
            for bound in kind.bounds(condition, version, first, last):
                side = kind.side(condition.duty, bound)
                drawn = {
                    region.place: places_.as_drawn(version.places[region.place])
                    for region in side.inside + side.outside
                }
                for part, named in _parts(bound, side, version.places, drawn):
                    lane = lanes.lane(side, named, drawn)
                    condition_stretches.append(_stretch(condition.duty, part, side, lane))
    return Rules(
        tuple(versions),
        policy,
        error_model(policy),
        to_us(versions[0].in_force.start),
        tuple(ConditionRules(name, _windows(found)) for name, found in stretches.items()),
        tuple(lanes.boundaries),
        tuple(lanes.as_drawn),
        tuple(lanes.found),
    )


def _parts(
    bound: BindingSpan, side: Side, places: Mapping[str, Place], drawn: Mapping[str, Place]
) -> Iterator[tuple[BindingSpan, Mapping[str, Place]]]:
    """Yield the parts of a bound over which its places keep their extent, with the places.

    A calibration changes a place from its date on, as a new version of the order would.
    """
    dates = {one.start for name in drawn for one in places[name].calibrations}
    if not (side.widens and dates):
        yield bound, drawn
        return
    later = sorted(date for date in dates if bound.span.start < date < bound.span.end)
    for start, end in pairwise([bound.span.start, *later, bound.span.end]):
        part = replace(bound, span=Span(start, end))
        yield part, {name: places_.widen(places[name], start) for name in drawn}


class _Lanes:
    """The boundaries found so far, each with the lane of the same one as the order draws it."""

    def __init__(self) -> None:
        self.boundaries: list[Boundary] = []
        self.as_drawn: list[int] = []
        self.found: dict[object, int] = {}

    def lane(self, side: Side, named: Mapping[str, Place], drawn: Mapping[str, Place]) -> int:
        """Return the lane of a side and its places, which are watched once."""
        key = (side, tuple(named.values()))
        if key not in self.found:
            as_drawn = None if named == drawn else self.lane(side, drawn, drawn)
            self.found[key] = len(self.boundaries)
            self.as_drawn.append(self.found[key] if as_drawn is None else as_drawn)
            self.boundaries.append(allowed_area.pack(side, named))
        return self.found[key]


@lru_cache(maxsize=64)
def error_model(policy: Policy) -> ErrorModel:
    """Return the errors that the judge expects of fixes, by provider."""
    wide, wild = policy.error_wide_ratio, policy.error_wild_ratio
    mixture = Mixture(
        (1.0 - wide - wild, wide, wild),
        (1.0, policy.error_wide_scale_ratio, policy.error_wild_scale_ratio),
    )
    near = ProviderErrors(mixture, policy.error_floor_m, policy.radius95_unknown_m)
    cell = ProviderErrors(mixture, policy.error_floor_cell_m, policy.radius95_unknown_cell_m)
    return ErrorModel(unknown=near, gnss=near, wifi=near, cell=cell)


def _stretch(duty: Duty, bound: BindingSpan, side: Side, lane: int) -> RuleInterval:
    place = (side.outside + side.inside)[0].name
    start_us, end_us = to_us(bound.span.start), to_us(bound.span.end)
    slot = bound.window or bound.span
    slot_us = (to_us(slot.start), to_us(slot.end))
    return RuleInterval(start_us, end_us, duty, place, lane, slot_us)


def _windows(stretches: list[RuleInterval]) -> tuple[tuple[RuleInterval, ...], ...]:
    windows: list[list[RuleInterval]] = []
    for stretch in stretches:
        if windows and _is_one(windows[-1][-1], stretch):
            windows[-1].append(stretch)
        else:
            windows.append([stretch])
    return tuple(tuple(window) for window in windows)


def _is_one(before: RuleInterval, stretch: RuleInterval) -> bool:
    if before.duty.timetable.slots or stretch.duty.timetable.slots:
        return (before.duty.kind, before.slot_us) == (stretch.duty.kind, stretch.slot_us)
    return before.end_us == stretch.start_us
