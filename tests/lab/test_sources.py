"""What a device sees: spells of other sources, places that repeat, and what is added on demand."""

import numpy as np
import pytest

from mesure_lab.carrying import errors, homes, sources, unfitted
from mesure_lab.carrying.homes import Building, FixSource, HomeFlapping, HomeWalls
from mesure_lab.carrying.sources import TickClock, TickPositions
from mesure_lab.columns import Stream
from mesure_lab.dice import Dice
from mesure_lab.ground.journeys import Moments

DAYS = 20
CLOCK = TickClock(1000.0, 30.0, DAYS * 2880)
END_S = 1000 + DAYS * 86_400
STAY = (1000, END_S, 0)


def _clean() -> errors.Good:
    ticks = CLOCK.ticks
    moments = Moments(*(np.zeros(ticks, kind) for kind in (float, float, np.int8, int, float)))
    return errors.good(moments, np.ones(ticks), np.ones(ticks), "android", CLOCK.step_s, 5)


CLEAN = _clean()


def _walls(*per_h: tuple[FixSource, float], median_s: float = 300.0) -> HomeWalls:
    walls = homes.walls(Building.FLAT, "android", Stream(3, "w"))
    flapping = (HomeFlapping(per_h, median_s, 2.0),)
    names = [name for name in HomeWalls.__slots__ if name != "flapping"]
    return HomeWalls(**{name: getattr(walls, name) for name in names}, flapping=flapping)


def _seen(walls: HomeWalls) -> TickPositions:
    return sources.sense_positions(CLEAN, [STAY], {0: walls}, CLOCK, 5)


def test_a_clock_knows_its_ticks() -> None:
    clock = TickClock(100.0, 10.0, 5)
    assert clock.instants_s().tolist() == [100.0, 110.0, 120.0, 130.0, 140.0]
    assert clock.rows(100.0, 120.0) == slice(0, 2)
    assert clock.rows(100.5, 120.5) == slice(1, 3)
    assert clock.rows(0.0, 1e6) == slice(0, 5)
    assert clock.rows(0.0, 50.0) == slice(0, 0)


def test_without_spells_fixes_stay_as_they_are() -> None:
    view = _seen(_walls())
    assert (view.east_m == CLEAN.east_m).all()
    assert (view.source == FixSource.GNSS.value).all()
    assert view.east_m is not CLEAN.east_m


def test_nothing_flaps_where_there_are_no_walls() -> None:
    walls = _walls((FixSource.CELL, 5.0))
    view = sources.sense_positions(CLEAN, [(1000, END_S, 4)], {0: walls}, CLOCK, 5)
    assert (view.source == FixSource.GNSS.value).all()


def test_spells_come_as_often_and_last_as_long_as_said() -> None:
    view = _seen(_walls((FixSource.CELL, 0.5)))
    is_cell = view.source == FixSource.CELL.value
    begins = np.count_nonzero(np.diff(is_cell.astype(int)) > 0)
    assert 0.4 < begins / (24 * DAYS) < 0.55
    mean_s = np.count_nonzero(is_cell) * CLOCK.step_s / begins
    assert 300.0 < mean_s < 480.0


def test_cells_and_phantoms_repeat_to_the_decimal() -> None:
    for source, most in ((FixSource.CELL, homes.TOWERS), (FixSource.PHANTOM, homes.PHANTOMS)):
        view = _seen(_walls((source, 1.0)))
        rows = view.source == source.value
        places = set(zip(view.east_m[rows].tolist(), view.north_m[rows].tolist(), strict=True))
        assert 1 < len(places) <= most


def test_cells_and_wifi_know_no_speed_and_phantoms_claim_to_be_good() -> None:
    view = _seen(_walls((FixSource.CELL, 1.0), (FixSource.WIFI, 1.0), (FixSource.PHANTOM, 1.0)))
    no_speed = np.isnan(view.speed_mps)
    by_radio = (view.source == FixSource.CELL.value) | (view.source == FixSource.WIFI.value)
    assert (no_speed == by_radio).all()
    phantom = view.source == FixSource.PHANTOM.value
    assert view.claim_m[phantom].max() <= sources.PHANTOM_CLAIM_M[1]


def test_wifi_lies_to_one_side() -> None:
    view = _seen(_walls((FixSource.WIFI, 1.0)))
    rows = view.source == FixSource.WIFI.value
    off_m = np.hypot(view.east_m[rows].mean(), view.north_m[rows].mean())
    assert abs(off_m - homes.WIFI_M) < 1.0
    assert (view.claim_m[rows] == sources.WIFI_CLAIM_M).all()


def test_a_reflection_shifts_the_fixes_of_its_spell_alike() -> None:
    view = _seen(_walls((FixSource.REFLECTION, 0.2)))
    rows = np.flatnonzero(view.source == FixSource.REFLECTION.value)
    shift_m = np.hypot(view.east_m - CLEAN.east_m, view.north_m - CLEAN.north_m)
    assert shift_m[rows].min() >= sources.REFLECTION_M - 1e-6
    assert 0.2 < (shift_m[rows] > 100.0).mean() < 0.5
    assert (view.claim_m[rows] > CLEAN.claim_m[rows]).all()


def test_a_wander_is_the_one_that_was_published() -> None:
    view = _seen(_walls((FixSource.CELL, 2.0)))
    sources.wander(view, CLEAN, [STAY], CLOCK, 5)
    led = unfitted.wanders(1000.0, float(END_S), Dice(5, "wander"))
    assert len(led) > 3
    for wander in led:
        rows = CLOCK.rows(wander.start_s, wander.end_s)
        row = (rows.start + rows.stop) // 2
        east_m, north_m = wander.at(CLOCK.start_s + row * CLOCK.step_s)
        assert view.east_m[row] == pytest.approx(CLEAN.east_m[row] + east_m)
        assert view.north_m[row] == pytest.approx(CLEAN.north_m[row] + north_m)
        assert (view.claim_m[rows] == wander.claim_m).all()
        paces = {0.0, wander.pace_mps}
        assert (set(view.speed_mps[rows].tolist()) == paces) == wander.speed_agrees


def test_doubled_errors_keep_their_claims() -> None:
    view = _seen(_walls())
    sources.double_errors(view)
    assert (view.east_m == 2.0 * CLEAN.east_m).all()
    assert (view.claim_m == CLEAN.claim_m).all()
