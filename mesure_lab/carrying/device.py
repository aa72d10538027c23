"""Reports of a life by a device: a fix a minute, when it is awake, with its flag and its beacon.

A report is what leaves the device; `delivery` says when it arrives. Whole minutes of silence
come from three causes, as in real traces: a report is lost, the phone dozes while it lies
still, or it is off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mesure_lab.carrying import sky
from mesure_lab.dice import Dice
from mesure_lab.ground import lives, town
from mesure_lab.ground.lives import Life, Moment, Movement

REPORT_S = 60  # One report a minute.
# An always-on logger has 2 gaps over 15 min a day (`silence`, reitti), a phone in doze 9; a
# device issued by an order keeps its program awake, like the logger. A quarter of gaps last
# an hour (assumed).
DOZES_PER_DAY = 2.0
DOZE_AFTER_S = 30 * 60  # Doze begins when the phone has lain still for a while (assumed).
DOZE_S_MIN = 16 * 60
# The longest silence of a resting Android phone was 4 h, which is an incident by itself.
DOZE_S_MAX = 150 * 60
DAY_S = 86_400.0
P_LOST = 0.03  # Reports lost on the way (assumed, as in the synthetic trial of the peers).

# The motion flag: a person at home moves about a fifth of the time in bouts of ten minutes,
# in which six in ten reports carry the flag; at rest two in a hundred; on the way 85
# (synthetic trial of the peers, 6.1: no real log of the flag has been found).
BOUT_S = 600.0
BOUTS_PER_HOUR = 1.5
P_MOTION_IN_BOUT = 0.6
P_MOTION_AT_REST = 0.02
P_MOTION_ON_WAY = 0.85

# The home beacon: missed in 5 % of reports at home (the same trial); out of reach beyond 20
# m. A beacon that is unplugged for half an hour now and then is assumed.
BEACON_RANGE_M = 20.0
P_BEACON_MISSED = 0.05
BEACON_OUTAGES_PER_DAY = 0.05
BEACON_OUTAGE_S = 1800.0

SPEED_ERROR_MPS = 0.25  # Doppler speed on the move (assumed).


class Weather(Enum):
    """What is special about a stretch of time."""

    DRIFT = "drift"  # The phone flaps between GNSS, Wi-Fi, cell towers and a neighbour's house.
    OFF = "off"  # The device is switched off.
    CLEAR = "clear"  # No doze.


@dataclass(frozen=True, slots=True)
class WeatherSpell:
    """A stretch of time in which something special holds."""

    start_s: int
    end_s: int
    weather: Weather


@dataclass(frozen=True, slots=True)
class SimulatedReport:
    """One fix as the device sends it, before the network has had its way with it."""

    taken_ms: int
    lat_deg: float
    lon_deg: float
    accuracy_m: float
    speed_mps: float | None  # None: this source knows no speed.
    provider: str
    motion: bool
    beacon: bool
    is_lost: bool = False


def reports(
    life: Life, start_s: int, end_s: int, spells: Sequence[WeatherSpell], seed: int
) -> list[SimulatedReport]:
    """Return what a device reports of a life, in order of time, the lost reports marked."""
    carried = _Carried(life, seed)
    result = []
    for tick_s in range(start_s, end_s, REPORT_S):
        weather = {spell.weather for spell in spells if spell.start_s <= tick_s < spell.end_s}
        report = carried.report(tick_s, weather)
        if report is not None:
            result.append(report)
    return result


class _Carried:
    """A device in somebody's pocket: what it remembers from one minute to the next."""

    def __init__(self, life: Life, seed: int) -> None:
        self._life = life
        self._sky = sky.Sky(seed)
        self._dice = Dice(seed, "device")
        self._still_since_s = 0
        self._asleep_until_s = 0.0
        self._bout_until_s = 0.0
        self._beacon_out_until_s = 0.0

    def report(self, tick_s: int, weather: set[Weather]) -> SimulatedReport | None:
        """Return this minute's report, or None when there is none."""
        taken_ms = tick_s * 1000 + int(self._dice.between(0.0, 2000.0))
        moment = self._life.at(taken_ms / 1000)
        is_lost = self._dice.happens(P_LOST)
        motion = self._motion(moment, tick_s)
        beacon = self._beacon(moment, tick_s)
        if self._is_dozing(moment, tick_s, weather) or Weather.OFF in weather:
            return None
        flapping = sky.DRIFT if Weather.DRIFT in weather else sky.ORDINARY
        sighting = self._sky.sight(moment, tick_s, flapping)
        place = town.degrees(sighting.point)
        is_gnss = sighting.source in (sky.SkySource.GNSS, sky.SkySource.PHANTOM)
        return SimulatedReport(
            taken_ms=taken_ms,
            lat_deg=place.lat_deg,
            lon_deg=place.lon_deg,
            accuracy_m=round(sighting.radius_m, 1),
            speed_mps=self._speed_mps(moment) if is_gnss else None,
            provider=sky.SkySource.GNSS.value if is_gnss else sighting.source.value,
            motion=motion,
            beacon=beacon,
            is_lost=is_lost,
        )

    def _is_dozing(self, moment: Moment, tick_s: int, weather: set[Weather]) -> bool:
        starts = self._dice.happens(DOZES_PER_DAY * REPORT_S / DAY_S)
        length_s = min(float(DOZE_S_MAX), DOZE_S_MIN * self._dice.pareto(8))
        if moment.movement is not Movement.STILL:
            self._still_since_s = tick_s
        may_doze = tick_s - self._still_since_s >= DOZE_AFTER_S
        if not may_doze or weather & {Weather.CLEAR, Weather.OFF}:
            self._asleep_until_s = 0.0
            return False
        if starts and tick_s >= self._asleep_until_s:
            self._asleep_until_s = tick_s + length_s
        return tick_s < self._asleep_until_s

    def _motion(self, moment: Moment, tick_s: int) -> bool:
        starts = self._dice.happens(BOUTS_PER_HOUR * REPORT_S / sky.HOUR_S)
        chance = self._dice.share()
        if moment.movement is not Movement.STILL:
            return chance < P_MOTION_ON_WAY
        if starts and tick_s >= self._bout_until_s:
            self._bout_until_s = tick_s + BOUT_S
        return chance < (P_MOTION_IN_BOUT if tick_s < self._bout_until_s else P_MOTION_AT_REST)

    def _beacon(self, moment: Moment, tick_s: int) -> bool:
        breaks = self._dice.happens(BEACON_OUTAGES_PER_DAY * REPORT_S / DAY_S)
        is_missed = self._dice.happens(P_BEACON_MISSED)
        if breaks:
            self._beacon_out_until_s = tick_s + BEACON_OUTAGE_S
        is_near = lives.distance_m(moment.point, town.HOME) <= BEACON_RANGE_M
        return is_near and not is_missed and tick_s >= self._beacon_out_until_s

    def _speed_mps(self, moment: Moment) -> float:
        error_mps = SPEED_ERROR_MPS * self._dice.normal()
        if moment.movement is Movement.STILL:
            return 0.0
        return round(max(0.0, moment.speed_mps + error_mps), 2)
