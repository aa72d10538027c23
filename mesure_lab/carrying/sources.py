"""Sources of a device's fixes: good fixes, and the spells in which it takes another source."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64, I8
from mesure_lab.carrying import errors, homes, unfitted
from mesure_lab.carrying.errors import Good
from mesure_lab.carrying.homes import FixSource, HomeFlapping, HomeWalls
from mesure_lab.columns import Stream
from mesure_lab.dice import Dice

H_S: Final = 3600.0
WIFI_CLAIM_M: Final = 65.0  # In nine of ten fixes of iOS by Wi-Fi (A3).
WIFI_AXIS_M: Final = 6.0
SPELL_S_MAX: Final = 162 * 60.0  # The longest false excursion of a phone at night (G2).
PHANTOM_CLAIM_M: Final = (20.0, 60.0)  # Assumed, as are the offsets.
# A reflection leads beyond 50 m; of the excursions of a logger beyond 50 m a third lead beyond 100
# and a sixth beyond 200 (B1a: 98, 30, 16).
REFLECTION_M: Final = 50.0
REFLECTION_INDEX: Final = 1.6
REFLECTION_M_MAX: Final = 1_000.0
REFLECTION_CLAIM_RATIO: Final = 1.8  # Half of those beyond 50 m claim to be better than it (B1a).

Stay = tuple[int, int, int]  # From, up to, the number of the place.


class TickPositions(NamedTuple):
    """Where the device puts itself, tick by tick, less where it truly is."""

    east_m: F64
    north_m: F64
    claim_m: F64
    speed_mps: F64  # NaN: this source knows none.
    source: I8  # A `FixSource`.


class TickClock(NamedTuple):
    """Ticks at `start_s` and every `step_s` after it."""

    start_s: float
    step_s: float
    ticks: int

    def instants_s(self) -> F64:
        """Return the instant of every tick."""
        return self.start_s + self.step_s * np.arange(self.ticks, dtype=np.float64)

    def rows(self, start_s: float, end_s: float) -> slice:
        """Return the ticks in [start_s, end_s)."""
        first = -int((self.start_s - start_s) // self.step_s)
        last = -int((self.start_s - end_s) // self.step_s)
        return slice(min(max(first, 0), self.ticks), min(max(last, 0), self.ticks))


def sense_positions(
    clean: Good, stays: Sequence[Stay], walls: Mapping[int, HomeWalls], clock: TickClock, seed: int
) -> TickPositions:
    """Return what the device sees, with the spells of each stay between walls."""
    view = TickPositions(
        clean.east_m.copy(),
        clean.north_m.copy(),
        clean.claim_m.copy(),
        clean.speed_mps.copy(),
        np.full(clock.ticks, FixSource.GNSS.value, np.int8),
    )
    stream = Stream(seed, "sources")
    for start_s, end_s, place in stays:
        if place in walls:
            for flapping in walls[place].flapping:
                for source, rows in _spells(flapping, start_s, end_s, clock, stream):
                    _put(view, clean, rows, source, walls[place], stream)
    return view


def _spells(
    flapping: HomeFlapping, start_s: float, end_s: float, clock: TickClock, stream: Stream
) -> Iterator[tuple[FixSource, slice]]:
    for source, per_h in flapping.per_h:
        begin_s = stream.events(end_s - start_s, per_h / H_S)
        length_s = flapping.median_s * stream.around_one(len(begin_s), flapping.spread_ratio)
        for since_s, long_s in zip(begin_s.tolist(), length_s.tolist(), strict=True):
            first_s = start_s + since_s
            last_s = min(end_s, first_s + min(long_s, SPELL_S_MAX))
            rows = clock.rows(first_s, last_s)
            if rows.start < rows.stop:
                yield source, rows


def _put(
    view: TickPositions,
    clean: Good,
    rows: slice,
    source: FixSource,
    walls: HomeWalls,
    stream: Stream,
) -> None:
    """Let the device take a source for some ticks, whatever it took before."""
    count = rows.stop - rows.start
    view.source[rows] = source.value
    view.claim_m[rows], view.speed_mps[rows] = clean.claim_m[rows], clean.speed_mps[rows]
    if source is FixSource.WIFI:
        noise = WIFI_AXIS_M * stream.normals(2 * count)
        _move(view, rows, walls.wifi[0] + noise[:count], walls.wifi[1] + noise[count:])
        view.claim_m[rows], view.speed_mps[rows] = WIFI_CLAIM_M, np.nan
    elif source is FixSource.CELL:
        tower = int(stream.share() * len(walls.towers))
        _move(view, rows, *walls.towers[tower])
        view.claim_m[rows], view.speed_mps[rows] = walls.tower_claims_m[tower], np.nan
    elif source is FixSource.PHANTOM:
        _move(view, rows, *walls.phantoms[int(stream.share() * len(walls.phantoms))])
        view.claim_m[rows] = stream.between(*PHANTOM_CLAIM_M)
    elif source is FixSource.REFLECTION:
        away_m = REFLECTION_M * float(stream.powers(1, REFLECTION_INDEX)[0])
        east_m, north_m = homes.away(stream, min(away_m, REFLECTION_M_MAX))
        _move(view, rows, clean.east_m[rows] + east_m, clean.north_m[rows] + north_m)
        view.claim_m[rows] = np.clip(clean.claim_m[rows] * REFLECTION_CLAIM_RATIO, *errors.CLAIM_M)


def _move(view: TickPositions, rows: slice, east_m: F64 | float, north_m: F64 | float) -> None:
    view.east_m[rows], view.north_m[rows] = east_m, north_m


def wander(
    view: TickPositions, clean: Good, stays: Sequence[Stay], clock: TickClock, seed: int
) -> None:
    """Let good fixes drift as nothing was fitted to, in every stay."""
    dice = Dice(seed, "wander")
    for start_s, end_s, _ in stays:
        for drift in unfitted.wanders(float(start_s), float(end_s), dice):
            rows = clock.rows(drift.start_s, drift.end_s)
            instants_s = [
                clock.start_s + row * clock.step_s for row in range(rows.start, rows.stop)
            ]
            led_m = np.array([drift.at(instant_s) for instant_s in instants_s]).reshape(-1, 2)
            view.east_m[rows] = clean.east_m[rows] + led_m[:, 0]
            view.north_m[rows] = clean.north_m[rows] + led_m[:, 1]
            view.claim_m[rows], view.source[rows] = drift.claim_m, FixSource.GNSS.value
            pace_mps = [
                drift.pace_mps if not drift.times_s[2] <= instant_s < drift.times_s[3] else 0.0
                for instant_s in instants_s
            ]
            view.speed_mps[rows] = pace_mps if drift.speed_agrees else clean.speed_mps[rows]


def double_errors(view: TickPositions) -> None:
    """Make every error twice as large, and leave the claims as they are."""
    view.east_m[:] *= unfitted.ERROR_RATIO
    view.north_m[:] *= unfitted.ERROR_RATIO
