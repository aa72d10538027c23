"""Effects of the sky and of walls on a position: errors with the shape of real ones.

Real errors are not Gaussian and not independent. Three things are kept as measured: tails are
power laws (a slowly redrawn scale with a Pareto tail), errors persist (a first-order process
with the correlation time of the situation), and phones fail by flapping to Wi-Fi, to cell
towers and to phantom places that repeat to the decimal. The reported radius is pessimistic at
rest and optimistic on the move.

Where the numbers come from: the tables of measured errors on real traces, `error_quantiles`,
`error_over_accuracy` and `autocorrelation`; the row is named beside each. What no table gives
is marked as assumed.
"""

from dataclasses import dataclass
from enum import Enum

from mesure_lab import dice
from mesure_lab.dice import Dice
from mesure_lab.ground import town
from mesure_lab.ground.lives import Moment, Movement
from mesure_lab.ground.town import Point

HOUR_S = 3600.0
# Tails are cut where the sample ends: 2.1 km in a car (three times the size below), 3.4 km for a
# phone at rest.
SIZE_M_MAX = 700.0
WILD_M_MAX = 3_400.0
CLAIM_M_MIN = 3.0  # The best claims of phones are 3-5 m; iOS writes 5.
CLAIM_M_MAX = 2_000.0  # Beyond its steps of 5, 10, 30 and 65 m iOS jumps to 500-2,000 m.


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """How the good fixes of one situation err, and what radius they claim.

    The error is `axis_sd_m` times a slowly changing scale times a pair of unit processes that
    forget with `correlation_s`. The scale is a Pareto draw, redrawn on average every `scale_s`.
    The claim is a draw around `radius_median_m`; where it follows the scale, it grows with it.
    """

    correlation_s: float
    axis_sd_m: float
    scale_s: float
    scale_eighths: int  # The tail index is 8 / scale_eighths.
    radius_median_m: float
    radius_eighths: int
    radius_follows_scale: bool


# Phone indoors, high accuracy (A1 Android and iOS): median 4.4-8 m, 95 % 12-27 m, 99 % 25-31 m,
# Hill index 2.6, 1/e time 370-600 s; claims 10-16 m at the median and 41 m at 95 %, and errs by
# less in 88-98 % whatever the claim.
INDOORS = ErrorClass(500.0, 3.4, 1500.0, 3, 15.0, 2, radius_follows_scale=False)
# Phone, walking (D walking): median 11 m, 95 % 54 m, 99 % 101 m, Hill 2.1, 1/e time 41 s; claims
# 16.5 m, 95 % 65 m, and errs by less in 78 %, by half of it at the median.
WALKING = ErrorClass(41.0, 6.4, 120.0, 4, 16.5, 2, radius_follows_scale=True)
# Phone, car (D car): median 7.7 m, 95 % 97 m, 99 % 821 m, Hill 0.8, 1/e time 16 s; claims 10 m,
# 95 % 200 m, and errs by less in 69 %, by two thirds of it at the median.
DRIVING = ErrorClass(16.0, 3.2, 60.0, 8, 10.0, 2, radius_follows_scale=True)

ERROR_CLASS = {Movement.STILL: INDOORS, Movement.WALK: WALKING, Movement.DRIVE: DRIVING}

# A3 low power, iOS: Wi-Fi fixes claim 65 m in nine of ten and lie 22 m off at the median, for whole
# sessions on the same side (20 m to the south-south-east of the consensus of eight phones).
WIFI_RADIUS_M = 65.0
WIFI_BIAS_M = 20.0
WIFI_AXIS_SD_M = 6.0
# A3 low power, Android: cell fixes lie 630-764 m off, repeat to the decimal and claim 600-1,100 m.
CELL_BIAS_M = (560.0, 770.0)
CELL_RADII_M = (600.0, 800.0, 1000.0, 1100.0)
# Phantom places: the complaint of several systems is one wrong spot again and again with a
# good claim. Offset 120 m at the median and a claim of 20-60 m are assumed (as in the
# synthetic trial of the peers).
PHANTOM_OFFSET_M = 120.0
PHANTOM_RADIUS_M = (20.0, 60.0)
# Single wild fixes that claim to be good: beyond 100 m in 0.7 % of a logger's fixes with tail
# index 1.6 (B1a, Hill 1.63), in none to 0.5 % of phones' (A1, A2); a phone's share here is of
# that order.
P_WILD = 0.0005
WILD_OFFSET_M = 110.0
WILD_EIGHTHS = 5


class SkySource(Enum):
    """What the device took a fix from; PHANTOM passes for GNSS."""

    GNSS = "gps"
    WIFI = "wifi"
    CELL = "cell"
    PHANTOM = "phantom"


@dataclass(frozen=True, slots=True)
class PhoneFlapping:
    """How often a phone at rest flaps to another source, in spells an hour, and for how long.

    Spells have a log-logistic length with the median given.
    """

    per_hour: tuple[tuple[SkySource, float], ...]
    median_s: float


# The longest false excursion of a phone at night lasted 162 minutes (`false_excursions`, G2).
SPELL_S_MAX = 162 * 60.0
# Nights of the GPSLogger phone (G1): hardly ever. Rates assumed, to give the order of 0.1 false
# exits a day of phones in high and balanced mode at 50 m.
ORDINARY = PhoneFlapping(
    ((SkySource.WIFI, 0.15), (SkySource.CELL, 0.03), (SkySource.PHANTOM, 0.008)), 300.0
)
# Nights of the e-mission app (G2): Wi-Fi and cell positions alternate, 31 % of fixes lie beyond
# 100 m and 95 % within 418 m; an excursion beyond 100 m lasts 1.3 min at the median and 4.2 at
# 90 %. The rates give that share; how it is divided among the sources is assumed.
DRIFT = PhoneFlapping(
    ((SkySource.WIFI, 9.0), (SkySource.CELL, 7.0), (SkySource.PHANTOM, 3.0)), 90.0
)


@dataclass(frozen=True, slots=True)
class SensedFix:
    """A position as the device works it out, with the radius it claims."""

    point: Point
    radius_m: float
    source: SkySource


class Sky:
    """The changing errors of one device; ask it in order of time."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._dice = Dice(seed, "sky")
        self._last_s = 0
        self._unit = (self._dice.normal(), self._dice.normal())
        self._scale = 1.0
        self._source = SkySource.GNSS
        self._source_until_s = 0.0

    def sight(self, moment: Moment, instant_s: int, flapping: PhoneFlapping) -> SensedFix:
        """Return what the device makes of where it is at `instant_s`."""
        errors = ERROR_CLASS[moment.movement]
        elapsed_s = max(0, instant_s - self._last_s)
        self._last_s = instant_s
        self._age(errors, elapsed_s)
        source = self._choose(moment, instant_s, elapsed_s, flapping)
        if source is SkySource.GNSS:
            return self._good(moment.point, errors)
        return self._bad(moment, source)

    def _age(self, errors: ErrorClass, elapsed_s: int) -> None:
        """Let the error forget, and now and then draw its scale anew."""
        share = dice.decay_factor(errors.correlation_s, elapsed_s)
        fresh = dice.power_of_eighths(1.0 - share * share, 4)
        self._unit = (
            share * self._unit[0] + fresh * self._dice.normal(),
            share * self._unit[1] + fresh * self._dice.normal(),
        )
        if self._dice.share() >= dice.decay_factor(errors.scale_s, elapsed_s):
            self._scale = self._dice.pareto(errors.scale_eighths)

    def _choose(
        self, moment: Moment, instant_s: int, elapsed_s: int, flapping: PhoneFlapping
    ) -> SkySource:
        if moment.movement is not Movement.STILL:
            self._source_until_s = 0.0
            return SkySource.GNSS
        if instant_s >= self._source_until_s:
            self._source = SkySource.GNSS
            for source, per_hour in flapping.per_hour:
                if self._dice.happens(min(1.0, per_hour * min(elapsed_s, 60) / HOUR_S)):
                    self._source = source
                    length_s = flapping.median_s * self._dice.around_one(4)
                    self._source_until_s = instant_s + min(SPELL_S_MAX, length_s)
        return self._source

    def _good(self, point: Point, errors: ErrorClass) -> SensedFix:
        radius_m = self._claim_m(errors)
        if self._dice.happens(P_WILD):
            offset_m = min(WILD_M_MAX, WILD_OFFSET_M * self._dice.pareto(WILD_EIGHTHS))
            return SensedFix(_moved(point, self._dice, offset_m), radius_m, SkySource.GNSS)
        size_m = min(SIZE_M_MAX, errors.axis_sd_m * self._scale)
        east_m, north_m = size_m * self._unit[0], size_m * self._unit[1]
        return SensedFix((point[0] + east_m, point[1] + north_m), radius_m, SkySource.GNSS)

    def _claim_m(self, errors: ErrorClass) -> float:
        radius_m = errors.radius_median_m * self._dice.around_one(errors.radius_eighths)
        if errors.radius_follows_scale:
            # Half of the Pareto draws lie above this, so that the median claim stays what it is.
            radius_m *= self._scale / dice.power_of_eighths(2.0, errors.scale_eighths)
        return min(CLAIM_M_MAX, max(CLAIM_M_MIN, radius_m))

    def _bad(self, moment: Moment, source: SkySource) -> SensedFix:
        """Return a Wi-Fi, cell or phantom position, which repeats for the same place."""
        if source is SkySource.WIFI:
            centre = _moved(moment.point, self._memory(moment.place, source), WIFI_BIAS_M)
            east_m = centre[0] + WIFI_AXIS_SD_M * self._dice.normal()
            north_m = centre[1] + WIFI_AXIS_SD_M * self._dice.normal()
            return SensedFix((east_m, north_m), WIFI_RADIUS_M, source)
        if source is SkySource.CELL:
            memory = self._memory(moment.place, source)
            tower = _moved(moment.point, memory, memory.between(*CELL_BIAS_M))
            return SensedFix(tower, self._dice.pick(CELL_RADII_M), source)
        radius_m = self._dice.between(*PHANTOM_RADIUS_M)
        if moment.place == "home":
            return SensedFix(town.NEIGHBOUR, radius_m, source)
        memory = self._memory(moment.place, source)
        offset_m = PHANTOM_OFFSET_M * memory.around_one(2)
        return SensedFix(_moved(moment.point, memory, offset_m), radius_m, source)

    def _memory(self, place: str, source: SkySource) -> Dice:
        """Return the chance that belongs to a place and a source, each time the same."""
        return Dice(self._seed, f"sky/{place}/{source.value}")


def _moved(point: Point, chance: Dice, offset_m: float) -> Point:
    """Return a point `offset_m` away in a direction drawn from `chance`.

    Directions come from points in a disc, which needs no sine.
    """
    while True:
        east, north = chance.between(-1.0, 1.0), chance.between(-1.0, 1.0)
        square = east * east + north * north
        if 0.01 < square <= 1.0:
            length = dice.power_of_eighths(square, 4)
            return (point[0] + offset_m * east / length, point[1] + offset_m * north / length)
