"""Effects of buildings on positions, and how homes differ: the part that no phone can help.

Four kinds of buildings. The measured ones are a house (a GNSS logger for 20 days, a collar) and a
flat or house with eight phones side by side; towers and basements are set against them. Homes of
one kind differ more than kinds do: of 19 volunteers three made most of the false exits at night
(`false_exits`, G2), so a few homes flap and most are calm.
"""

import math
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from mesure_lab import columns
from mesure_lab.columns import Stream


class Building(StrEnum):
    """What the walls are."""

    HOUSE = "house"
    FLAT = "flat"
    TOWER = "tower"
    BASEMENT = "basement"


class FixSource(Enum):
    """What a device takes a fix from. A phantom or a reflection passes for GNSS."""

    GNSS = 0
    WIFI = 1
    CELL = 2
    PHANTOM = 3
    REFLECTION = 4
    NONE = 5


TAGS: Final = ("logger", "collar")  # How devices err that know only satellites.

# How homes are divided, and how much larger errors are behind such walls than in the measured
# house; both assumed (docs/error_model.md, "Behind other walls"). Public buildings have 2.5 times
# the 95 % point of homes (`error_quantiles`, C1 Android 33 m, A2 11 m): towers of concrete and
# steel are taken to lie a little below.
SHARES: Final = {
    Building.HOUSE: 0.35,
    Building.FLAT: 0.45,
    Building.TOWER: 0.15,
    Building.BASEMENT: 0.05,
}
ERROR_RATIO: Final = {
    Building.HOUSE: 1.0,
    Building.FLAT: 1.0,
    Building.TOWER: 1.8,
    Building.BASEMENT: 2.2,
}
MEMORY_RATIO: Final = {  # Thick walls let in few satellites, which change slowly (assumed).
    Building.HOUSE: 1.0,
    Building.FLAT: 1.0,
    Building.TOWER: 1.4,
    Building.BASEMENT: 1.8,
}
HOME_SPREAD_RATIO: Final = 1.3  # Two homes in three lie within this factor of their kind (assumed).


@dataclass(frozen=True, slots=True)
class HomeFlapping:
    """How often a device at rest there turns to a source, in spells an hour, and for how long.

    Lengths are log-normal with this median; two in three lie within a factor `spread_ratio`.
    """

    per_h: tuple[tuple[FixSource, float], ...]
    median_s: float
    spread_ratio: float


# Phones, high and balanced mode: one false exit of a circle of 50 m in ten days (A1, A2: 2 in 21.5
# days). Nights of the e-mission app (G2): excursions beyond 100 m last 76 s at the median and 250 s
# at nine tenths; one in ten claims to be better than 100 m, so of ten spells that lead that far
# nine are cells and one a phantom. Per person: 264 exits in 13.3 days are mostly three persons'.
# Wi-Fi is harmless and rated after the share of such claims in A1 and A2.
CALM: Final = HomeFlapping(
    ((FixSource.WIFI, 0.1), (FixSource.CELL, 0.0025), (FixSource.PHANTOM, 0.0004)), 300.0, 3.0
)
RESTLESS: Final = HomeFlapping(
    ((FixSource.WIFI, 1.0), (FixSource.CELL, 0.05), (FixSource.PHANTOM, 0.007)), 150.0, 3.0
)
WORST: Final = HomeFlapping(
    ((FixSource.WIFI, 6.0), (FixSource.CELL, 4.0), (FixSource.PHANTOM, 0.5)), 76.0, 2.6
)
TEMPERS: Final = (CALM, RESTLESS, WORST)
TEMPER_SHARES: Final = (0.83, 0.11, 0.06)  # Assumed, after the three persons of nineteen.
# A tag that knows only satellites: of 30 excursions beyond 100 m in 20 days four lasted for three
# to five reports, up to 29 min (`false_excursions`, B1a): 0.2 a day, and more beyond 50 m.
TAG: Final = HomeFlapping(((FixSource.REFLECTION, 0.03),), 400.0, 2.2)
# And spells of half an hour and more at one wrong place, or that slide back: of 20 days of a
# logger in a house and 25 of collars in a building ten such led beyond 50 m, 16 to 60 minutes long,
# some of them one position sent again and again (`real_tags`, "Each false incident at 50 m").
TAG_LONG: Final = HomeFlapping(((FixSource.REFLECTION, 0.01),), 1600.0, 1.6)
# Below ground there are no satellites most of the time (assumed): a phone falls back on Wi-Fi and
# cells, a tag falls silent.
BELOW_GROUND_PHONE: Final = HomeFlapping(
    ((FixSource.WIFI, 1.5), (FixSource.CELL, 0.5), (FixSource.PHANTOM, 0.01)), 600.0, 2.0
)
# Of iOS, whose Wi-Fi claims of 65 m are one in seven (A1, A2).
IOS_WIFI: Final = HomeFlapping(((FixSource.WIFI, 1.0),), 400.0, 2.5)
BELOW_GROUND_TAG: Final = HomeFlapping(
    ((FixSource.NONE, 0.4), (FixSource.REFLECTION, 0.03)), 1500.0, 2.0
)

TOWERS: Final = 3  # Places of cells, and
PHANTOMS: Final = 2  # phantom places, of one building: they repeat to the decimal.
# How far off they lie. Cells of the e-mission nights lie up to 420 m off in 95 and up to 550 m in
# 99 of a hundred (G2), those of phones in low power mode 630 to 764 m (A3). A phantom's 120 m are
# assumed (complaints to several systems; the peers' synthetic trial).
CELL_M: Final = (260.0, 1.8)  # Median, and the factor within which two in three lie.
CELL_M_MAX: Final = 770.0
PHANTOM_M: Final = (120.0, 1.8)
WIFI_M: Final = 20.0  # iOS by Wi-Fi: 20 m to one side for whole sessions (A3).


@dataclass(frozen=True, slots=True)
class HomeWalls:
    """One building as one device sees it, each time the same."""

    building: Building
    error_ratio: float
    memory_ratio: float
    flapping: tuple[HomeFlapping, ...]
    wifi: tuple[float, float]  # Metres east and north, added to the true place.
    towers: tuple[tuple[float, float], ...]
    tower_claims_m: tuple[float, ...]
    phantoms: tuple[tuple[float, float], ...]


def draw_building(stream: Stream) -> Building:
    """Draw a kind of building."""
    kinds = tuple(SHARES)
    return kinds[int(columns.pick(stream.shares(1), tuple(SHARES.values()))[0])]


def walls(kind: Building, platform: str, stream: Stream) -> HomeWalls:
    """Draw one building of a kind as a device of that platform sees it."""
    temper = TEMPERS[int(columns.pick(stream.shares(1), TEMPER_SHARES)[0])]
    spread_ratio = float(stream.around_one(1, HOME_SPREAD_RATIO)[0])
    far_m = CELL_M[0] * stream.around_one(TOWERS, CELL_M[1])
    phantom_m = PHANTOM_M[0] * stream.around_one(PHANTOMS, PHANTOM_M[1])
    towers_m = [min(CELL_M_MAX, away_m) for away_m in far_m.tolist()]
    return HomeWalls(
        building=kind,
        error_ratio=ERROR_RATIO[kind] * spread_ratio,
        memory_ratio=MEMORY_RATIO[kind],
        flapping=_flapping(kind, platform, temper),
        wifi=away(stream, WIFI_M),
        towers=tuple(away(stream, away_m) for away_m in towers_m),
        tower_claims_m=_claims_m(stream, towers_m),
        phantoms=tuple(away(stream, away_m) for away_m in phantom_m.tolist()),
    )


def _flapping(kind: Building, platform: str, temper: HomeFlapping) -> tuple[HomeFlapping, ...]:
    is_below = kind is Building.BASEMENT
    if platform in TAGS:
        return (BELOW_GROUND_TAG if is_below else TAG, TAG_LONG)
    rest = BELOW_GROUND_PHONE if is_below else temper
    return (rest, IOS_WIFI) if platform == "ios" else (rest,)


def _claims_m(stream: Stream, towers_m: list[float]) -> tuple[float, ...]:
    """Return what a fix by each cell claims: true in nine of ten (G2: 91 % within the claim)."""
    ratios = (1.8 * stream.around_one(len(towers_m), 1.55)).tolist()
    pairs = zip(towers_m, ratios, strict=True)
    return tuple(10.0 * round(away_m * ratio / 10.0) for away_m, ratio in pairs)


def away(stream: Stream, away_m: float) -> tuple[float, float]:
    """Return how far east and north a point lies that is this far away in any direction."""
    turn = stream.normals(2).tolist()
    length = math.sqrt(turn[0] * turn[0] + turn[1] * turn[1])
    return (away_m * turn[0] / length, away_m * turn[1] / length)
