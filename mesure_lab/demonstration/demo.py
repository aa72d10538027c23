"""A fortnight of a fictional person: the order, what the device reported, and what really happened.

Nobody in it exists. The days are the same for every seed (a late return, a drift night, a silent
night, an authorised absence used, and ten ordinary nights); the seed moves hours and errors. The
judge reads everything but `truth.json`, which is there for tests.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mesure_lab.carrying import delivery, device
from mesure_lab.carrying.device import Weather, WeatherSpell
from mesure_lab.dice import Dice
from mesure_lab.ground import fictional_order, lives, town
from mesure_lab.ground.lives import Life, Movement, Trip

FIRST_DAY = date(2026, 9, 7)  # A Monday.
DAYS = 14
SWITCH_ON_MS = 20_000  # From switching on to the first message.

WEEKEND = (5, 6)
APPOINTMENT_DAYS = (0, 7)


@dataclass(frozen=True, slots=True)
class DemoNight:
    """A night that is not ordinary: from a time of day of one day to one of the next morning."""

    what: str
    day: int
    start: str
    end: str
    weather: Weather

    @property
    def start_s(self) -> int:
        """The instant at which the night starts."""
        return instant_s(self.day, self.start)

    @property
    def end_s(self) -> int:
        """The instant at which it ends."""
        return instant_s(self.day + 1, self.end)


LATE_RETURN = DemoNight("late_return", 3, "20:00", "03:00", Weather.CLEAR)
DRIFT = DemoNight("drift", 5, "21:30", "06:30", Weather.DRIFT)
SILENT = DemoNight("silent", 8, "23:30", "05:30", Weather.OFF)
ABSENCE = DemoNight("absence", 10, "22:00", "02:00", Weather.CLEAR)
NIGHTS = (LATE_RETURN, DRIFT, SILENT, ABSENCE)


def fortnight(seed: int) -> dict[str, bytes]:
    """Return the demo's files by name: the order, its maps, the fixes and the truth."""
    life = _life(seed)
    start_s, end_s = instant_s(0, "00:00"), instant_s(DAYS, "00:00")
    reports = device.reports(life, start_s, end_s, _spells(), seed)
    connected_ms = [(night.start_s * 1000, night.end_s * 1000) for night in NIGHTS]
    switched_on_ms = [SILENT.end_s * 1000 + SWITCH_ON_MS]
    received_reports = delivery.deliver(reports, connected_ms, switched_on_ms, seed)
    return {
        "order.yaml": _order(),
        "district.geojson": fictional_order.district(),
        "venues.geojson": fictional_order.venues(),
        "fixes.csv": delivery.csv(received_reports),
        "truth.json": _truth(seed, life),
    }


def instant_s(day: int, wall_clock: str) -> int:
    """Return the instant of a time of day on a day of the fortnight, counted from 0."""
    zone = ZoneInfo(town.TIME_ZONE)
    local = datetime.combine(FIRST_DAY + timedelta(days=day), time.fromisoformat(wall_clock), zone)
    return int(local.timestamp())


def _spells() -> list[WeatherSpell]:
    """Return what the device meets with; up to an hour after a story it doesn't doze as well."""
    stories = [WeatherSpell(night.start_s, night.end_s, night.weather) for night in NIGHTS]
    awake = [WeatherSpell(night.start_s, night.end_s + 3600, Weather.CLEAR) for night in NIGHTS]
    return stories + awake


def _order() -> bytes:
    from_day = FIRST_DAY + timedelta(days=ABSENCE.day)
    until_day = from_day + timedelta(days=1)
    text = fictional_order.order(f"{from_day}T{ABSENCE.start}", f"{until_day}T{ABSENCE.end}")
    return text.encode()


def _life(seed: int) -> Life:
    """Lead the fortnight: mornings at work or the office, evenings at home but for one."""
    dice = Dice(seed, "life")
    trips = [trip for day in range(DAYS) for trip in _trips(day, dice)]
    start_s, end_s = instant_s(0, "00:00"), instant_s(DAYS, "00:00")
    return lives.live("home", start_s, end_s, trips)


def _trips(day: int, dice: Dice) -> Iterator[Trip]:
    """Yield one day's trips, in order of time; a day starts and ends at home but for two nights."""
    if day == LATE_RETURN.day + 1:
        yield Trip(_leave_for_home_s(day, dice), "home", Movement.WALK)
    elif day == ABSENCE.day + 1:
        yield Trip(_at_s(day, "01:44", 3, dice), "home", Movement.DRIVE)
    if day % 7 in WEEKEND:
        yield from _weekend(day, dice)
    elif day == ABSENCE.day:
        yield from _night_shift(day, dice)
    else:
        yield from _working_day(day, dice)


def _working_day(day: int, dice: Dice) -> Iterator[Trip]:
    if day in APPOINTMENT_DAYS:
        yield Trip(_at_s(day, "09:48", 3, dice), "office", Movement.WALK)
        yield Trip(_at_s(day, "10:41", 6, dice), "warehouse", Movement.DRIVE)
    else:
        yield Trip(_at_s(day, "08:20", 12, dice), "warehouse", Movement.DRIVE)
    yield Trip(_at_s(day, "18:10", 15, dice), "shop", Movement.DRIVE)
    if day == LATE_RETURN.day:
        yield Trip(_at_s(day, "19:05", 8, dice), "friend", Movement.WALK)
    else:
        yield Trip(_at_s(day, "19:05", 8, dice), "home", Movement.WALK)


def _weekend(day: int, dice: Dice) -> Iterator[Trip]:
    yield Trip(_at_s(day, "10:30", 20, dice), "market", Movement.WALK)
    yield Trip(_at_s(day, "11:50", 15, dice), "home", Movement.WALK)
    yield Trip(_at_s(day, "15:00", 25, dice), "park", Movement.WALK)
    yield Trip(_at_s(day, "17:20", 20, dice), "home", Movement.WALK)


def _night_shift(day: int, dice: Dice) -> Iterator[Trip]:
    yield Trip(_at_s(day, "16:00", 15, dice), "shop", Movement.WALK)
    yield Trip(_at_s(day, "16:40", 10, dice), "home", Movement.WALK)
    # The absence starts at 22:00, and so may the way.
    yield Trip(_at_s(day, "22:06", 3, dice), "warehouse", Movement.DRIVE)


def _leave_for_home_s(day: int, dice: Dice) -> int:
    """Return when to leave the friend so as to come home at ten past one, give or take a minute."""
    walk_s = lives.travel_s("friend", "home", Movement.WALK)
    return _at_s(day, "01:10", 1, dice) - walk_s


def _at_s(day: int, wall_clock: str, give_or_take_min: int, dice: Dice) -> int:
    """Return the instant of a time of day, moved by chance up to `give_or_take_min` minutes."""
    return instant_s(day, wall_clock) + int(dice.between(-60.0, 60.0) * give_or_take_min)


def _truth(seed: int, life: Life) -> bytes:
    document = {
        "about": "What really happened. The judge is never shown this.",
        "seed": seed,
        "time_zone": town.TIME_ZONE,
        "nights": [
            {"what": night.what, "start": _utc(night.start_s), "end": _utc(night.end_s)}
            for night in NIGHTS
        ],
        "breaches": list(_breaches(life)),
        "legs": [
            {
                "start": _utc(leg.start_s),
                "end": _utc(leg.end_s),
                "movement": leg.movement.value,
                "place": leg.place,
            }
            for leg in life.legs
        ],
    }
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _breaches(life: Life) -> Iterator[dict[str, str]]:
    """Yield when the person was truly away from home in curfew hours without leave."""
    away = lives.spans_beyond(life, town.HOME, town.HOME_RADIUS_M)
    for day in range(-1, DAYS):
        curfew_start_s = instant_s(day, fictional_order.CURFEW_FROM)
        curfew_end_s = instant_s(day + 1, fictional_order.CURFEW_UNTIL)
        for span in away:
            overlap = (max(span[0], curfew_start_s), min(span[1], curfew_end_s))
            for start_s, end_s in _without(overlap, (ABSENCE.start_s, ABSENCE.end_s)):
                yield {"condition": "C1", "start": _utc(start_s), "end": _utc(end_s)}


def _without(span: tuple[int, int], other: tuple[int, int]) -> list[tuple[int, int]]:
    """Return what is left of a span outside another.

    >>> _without((0, 10), (4, 6)), _without((4, 5), (4, 6))
    ([(0, 4), (6, 10)], [])
    """
    parts = [(span[0], min(span[1], other[0])), (max(span[0], other[1]), span[1])]
    return [part for part in parts if part[0] < part[1]]


def _utc(instant_s: int) -> str:
    return datetime.fromtimestamp(instant_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
