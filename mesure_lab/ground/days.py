"""Days and nights of a life under a curfew: work, shops, friends, and nights not spent at home.

Most nights are ordinary. On some the person goes out, comes home late or sits next door; on some
days the person leaves the district or enters the place to keep out of. How often is a habit: by
default far more often than in life, so that a town of moderate size has breaches enough to time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mesure_lab.dice import Dice
from mesure_lab.ground import journeys, lives
from mesure_lab.ground.journeys import Diary, Journey, JourneyMotion
from mesure_lab.ground.lives import distance_m
from mesure_lab.ground.street_grid import Parcel, Streets
from mesure_lab.ground.town import Point

H_S: Final = 3600
MIN_S: Final = 60
DAY_S: Final = 24 * H_S
CURFEW_FROM_S: Final = 22 * H_S  # By the clock on the wall.
CURFEW_UNTIL_S: Final = 6 * H_S
HOME_BY_S: Final = CURFEW_FROM_S - 20 * MIN_S  # A person who means to be on time plans for this.
BACK_BY_S: Final = DAY_S + CURFEW_UNTIL_S - 10 * MIN_S  # A night out ends before the curfew does.

WALK_MPS: Final = (1.1, 1.5)
DRIVE_MPS: Final = (7.0, 12.0)
WALKED_M_MAX: Final = 1_200.0  # Farther goes by car.

P_PORCH: Final = 0.3  # Somebody stands before the house for a while, within the boundary.
PORCH_M_MAX: Final = 30.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How often somebody breaks an order: the chances of a night and of a day."""

    p_night_out: float = 0.25
    p_out_of_district: float = 0.02
    p_into_exclusion: float = 0.02

    @property
    def breaches_a_day(self) -> float:
        """Return about how many breaches they make of a day."""
        return self.p_night_out + self.p_out_of_district + self.p_into_exclusion

    def at_rate(self, breaches_a_day: float) -> "Habits":
        """Return the same habits, so much less or more often.

        >>> round(Habits().at_rate(0.145).p_night_out, 6)
        0.125
        """
        ratio = breaches_a_day / self.breaches_a_day
        return Habits(
            self.p_night_out * ratio, self.p_out_of_district * ratio, self.p_into_exclusion * ratio
        )


OFTEN: Final = Habits()  # Assumed, and far more often than in life.


class BreachKind(StrEnum):
    """How a breach came about."""

    WALK = "walk"
    VEHICLE = "vehicle"
    NEXT_DOOR_NEAR = "next door, within 1.5 radii"
    NEXT_DOOR = "next door, beyond 1.5 radii"
    LATE_RETURN = "late return"
    SHORT = "short"
    PASSING = "other"  # Not planned as an outing.
    LEFT = "left the district"
    ENTERED = "entered the excluded place"


NIGHTS_OUT: Final = (
    (BreachKind.WALK, 0.25),
    (BreachKind.VEHICLE, 0.25),
    (BreachKind.NEXT_DOOR_NEAR, 0.1),
    (BreachKind.NEXT_DOOR, 0.1),
    (BreachKind.LATE_RETURN, 0.2),
    (BreachKind.SHORT, 0.1),
)
# How far from the middle of the home circle a visit next door is, in radii.
NEXT_DOOR_RATIO: Final = {BreachKind.NEXT_DOOR_NEAR: (1.15, 1.5), BreachKind.NEXT_DOOR: (1.6, 2.5)}
# How far beyond the circle a walk, a short one and a drive lead at least and at most.
BEYOND_M: Final = {
    BreachKind.WALK: (100.0, 900.0),
    BreachKind.SHORT: (60.0, 220.0),
    BreachKind.VEHICLE: (600.0, 2_000.0),
    BreachKind.LATE_RETURN: (100.0, 1_500.0),
}


class Number:
    """The numbers of the places of a life; strangers' houses have higher ones."""

    HOME = 0
    WORK = 1
    SHOP = 2
    FRIEND = 3
    BEYOND = 4  # Outside the district.
    EXCLUDED = 5  # In the place to keep out of.
    OUTDOORS = 6
    STRANGERS = 7


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where one person's life takes place; `parcels` are in the order of their numbers."""

    streets: Streets
    parcels: tuple[Parcel, ...]
    centre: Point  # Of the home circle: where the order puts the home.
    radius_m: float


@dataclass(frozen=True, slots=True)
class Outing:
    """A time away that ought not to have been, as it was planned."""

    start_s: int
    end_s: int
    kind: BreachKind


class LifeWriter:
    """One person's days, written from the first to the last."""

    def __init__(
        self, around: Surroundings, start_s: int, dice: Dice, habits: Habits = OFTEN
    ) -> None:
        self._around = around
        self._dice, self._habits = dice, habits
        self._walk_mps = dice.between(*WALK_MPS)
        self._diary = Diary(start_s, around.parcels[Number.HOME].door, Number.HOME)
        self._midnight_s = start_s
        self._strangers = Number.STRANGERS
        self._outings: list[Outing] = []

    def lead(self, days: int) -> tuple[Journey, tuple[Outing, ...]]:
        """Live `days` days from a Monday on, each from midnight to midnight."""
        for day in range(days):
            kind = self._kind_of_night() if day + 1 < days else None
            self._day(is_free=day % 7 in (5, 6))
            if kind is BreachKind.LATE_RETURN:
                self._come_late()
            elif day + 1 < days:
                self._evening(kind)
            self._midnight_s += DAY_S
        self._diary.stay_until(self._midnight_s)
        return self._diary.journey(), tuple(self._outings)

    def _kind_of_night(self) -> BreachKind | None:
        is_out, share = self._dice.happens(self._habits.p_night_out), self._dice.share()
        for kind, weight in NIGHTS_OUT:
            share -= weight
            if is_out and share < 0.0:
                return kind
        return None

    # --- Days ------------------------------------------------------------------------------------

    def _day(self, *, is_free: bool) -> None:
        if is_free:
            self._visit(Number.SHOP, 10.5, (20, 80))
            self._visit(Number.FRIEND, 15.0, (30, 150))
        else:
            self._visit(Number.WORK, 8.3, (420, 520))
            if self._dice.happens(0.5):
                self._visit(Number.SHOP, 18.2, (10, 40))
        if self._dice.happens(self._habits.p_out_of_district):
            self._visit(Number.BEYOND, 18.6, (20, 60))
        if self._dice.happens(self._habits.p_into_exclusion):
            self._visit(Number.EXCLUDED, 18.6, (10, 60))

    def _visit(self, place: int, hour: float, stay_min: tuple[int, int]) -> None:
        """Go somewhere from home and come back, unless that would become too late."""
        goal = self._around.parcels[place]
        line = self._way(goal)
        going, pace_mps = self._means(line)
        stay_s = int(self._dice.between(*stay_min)) * MIN_S
        leave_s = self._at_about(hour)
        way_s = journeys.travel_s(line, pace_mps)
        if leave_s + 2 * way_s + stay_s > self._midnight_s + HOME_BY_S:
            return
        self._diary.stay_until(leave_s)
        self._diary.go(line, going, pace_mps, place)
        self._diary.stay_until(self._diary.now_s + stay_s)
        self._diary.go(line[::-1], going, pace_mps, Number.HOME)

    def _at_about(self, hour: float) -> int:
        """Return an instant around an hour of the day, give or take 25 minutes, not yet past."""
        moved_s = int(self._dice.between(-25.0, 25.0) * MIN_S)
        return max(self._midnight_s + int(hour * H_S) + moved_s, self._diary.now_s + 5 * MIN_S)

    # --- Nights ----------------------------------------------------------------------------------

    def _evening(self, kind: BreachKind | None) -> None:
        if self._dice.happens(P_PORCH):
            self._stand_outside()
        match kind:
            case BreachKind.NEXT_DOOR | BreachKind.NEXT_DOOR_NEAR:
                self._sit_next_door(kind)
            case BreachKind.WALK | BreachKind.SHORT | BreachKind.VEHICLE:
                self._go_out(kind)
            case _:
                pass

    def _stand_outside(self) -> None:
        way_m = min(PORCH_M_MAX, 0.4 * self._around.radius_m)
        self._diary.stay_until(self._at_about(22.5))
        self._cross(self._beside(way_m), self._dice.between(3.0, 10.0), Number.OUTDOORS)

    def _sit_next_door(self, kind: BreachKind) -> None:
        ratio = self._dice.between(*NEXT_DOOR_RATIO[kind])
        leave_s = self._at_about(self._dice.between(22.8, 27.0))
        self._diary.stay_until(leave_s)
        point = self._beside(ratio * self._around.radius_m)
        self._cross(point, self._dice.between(20.0, 100.0), self._stranger())
        self._outings.append(Outing(leave_s, self._diary.now_s, kind))

    def _cross(self, point: Point, stay_min: float, place: int) -> None:
        """Walk straight to a point, stay, and walk back."""
        line = [self._diary.here, point]
        self._diary.go(line, JourneyMotion.WALK, self._walk_mps, place)
        self._diary.stay_until(self._diary.now_s + int(stay_min * MIN_S))
        self._diary.go(line[::-1], JourneyMotion.WALK, self._walk_mps, Number.HOME)

    def _go_out(self, kind: BreachKind) -> None:
        line = self._way(self._stranger_s_house(kind))
        going = JourneyMotion.DRIVE if kind is BreachKind.VEHICLE else JourneyMotion.WALK
        pace_mps = self._pace_mps(going)
        stay_min = (0.0, 4.0) if kind is BreachKind.SHORT else (10.0, 120.0)
        leave_s = self._at_about(self._dice.between(22.5, 26.5))
        stay_s = int(self._dice.between(*stay_min) * MIN_S)
        back_s = self._midnight_s + BACK_BY_S - journeys.travel_s(line, pace_mps)
        self._diary.stay_until(leave_s)
        self._diary.go(line, going, pace_mps, self._stranger())
        self._diary.stay_until(min(self._diary.now_s + stay_s, back_s))
        self._diary.go(line[::-1], going, pace_mps, Number.HOME)
        self._outings.append(Outing(leave_s, self._diary.now_s, kind))

    def _come_late(self) -> None:
        """Leave in the evening and be home after the curfew began: half by less than half an hour.

        A person who left late and comes later than planned comes later still.
        """
        line = self._way(self._stranger_s_house(BreachKind.LATE_RETURN))
        going, pace_mps = self._means(line)
        late_min = (3.0, 30.0) if self._dice.happens(0.5) else (30.0, 210.0)
        home_s = self._midnight_s + CURFEW_FROM_S + int(self._dice.between(*late_min) * MIN_S)
        leave_s = self._at_about(19.8)
        self._diary.stay_until(leave_s)
        self._diary.go(line, going, pace_mps, self._stranger())
        self._diary.stay_until(home_s - journeys.travel_s(line, pace_mps))
        self._diary.go(line[::-1], going, pace_mps, Number.HOME)
        self._outings.append(Outing(leave_s, self._diary.now_s, BreachKind.LATE_RETURN))

    # --- Ways ------------------------------------------------------------------------------------

    def _way(self, goal: Parcel) -> list[Point]:
        return self._around.streets.way(self._around.parcels[Number.HOME], goal, self._dice)

    def _means(self, line: Sequence[Point]) -> tuple[JourneyMotion, float]:
        """Return how such a way is gone, and at what pace."""
        is_walked = lives.length_m(line) <= WALKED_M_MAX
        going = JourneyMotion.WALK if is_walked else JourneyMotion.DRIVE
        return going, self._pace_mps(going)

    def _pace_mps(self, going: JourneyMotion) -> float:
        return self._walk_mps if going is JourneyMotion.WALK else self._dice.between(*DRIVE_MPS)

    def _beside(self, away_m: float) -> Point:
        """Return a point this far from the middle of the home circle, in any direction."""
        centre, dice = self._around.centre, self._dice
        while True:
            east, north = dice.between(-1.0, 1.0), dice.between(-1.0, 1.0)
            length = distance_m((east, north), (0.0, 0.0))
            if 0.1 < length <= 1.0:
                return (centre[0] + away_m * east / length, centre[1] + away_m * north / length)

    def _stranger(self) -> int:
        """Return the number of a house where the person has not been before."""
        self._strangers += 1
        return self._strangers

    def _stranger_s_house(self, kind: BreachKind) -> Parcel:
        """Return a building as far beyond the home circle as such an outing leads."""
        nearest_m, farthest_m = (self._around.radius_m + beyond_m for beyond_m in BEYOND_M[kind])
        while True:
            parcel = self._around.streets.parcel(self._dice, self._around.centre, farthest_m)
            if nearest_m <= distance_m(parcel.door, self._around.centre) <= farthest_m:
                return parcel
