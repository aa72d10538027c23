"""Buildings: how they are divided, and that each is the same each time it is seen."""

import math

import pytest

from mesure.evaluation.feasibility.errors_at_rest import BUILDINGS, HOMES, BuildingKind
from mesure_lab.carrying import homes
from mesure_lab.carrying.homes import Building, FixSource, HomeWalls
from mesure_lab.columns import Stream
from mesure_lab.trials import zone_trials

MANY = 600


def _drawn(kind: Building, platform: str, count: int = MANY) -> list[HomeWalls]:
    return [homes.walls(kind, platform, Stream(seed, "w")) for seed in range(count)]


def _sources(walls: HomeWalls) -> set[FixSource]:
    return {source for flapping in walls.flapping for source, _ in flapping.per_h}


def test_kinds_are_divided_as_said() -> None:
    drawn = [homes.draw_building(Stream(seed, "b")) for seed in range(2000)]
    for kind, share in homes.SHARES.items():
        assert abs(drawn.count(kind) / 2000 - share) < 0.035


def test_a_building_is_the_same_each_time() -> None:
    first, second = (homes.walls(Building.FLAT, "ios", Stream(4, "w")) for _ in range(2))
    assert first == second
    assert first != homes.walls(Building.FLAT, "ios", Stream(5, "w"))


def test_few_homes_flap_and_most_are_calm() -> None:
    drawn = [one.flapping[0] for one in _drawn(Building.FLAT, "android")]
    assert 0.78 < drawn.count(homes.CALM) / MANY < 0.88
    assert 0.03 < drawn.count(homes.WORST) / MANY < 0.09


def test_each_device_has_its_sources() -> None:
    assert _sources(_drawn(Building.FLAT, "android", 1)[0]) == {
        FixSource.WIFI,
        FixSource.CELL,
        FixSource.PHANTOM,
    }
    for platform in homes.TAGS:
        assert _sources(_drawn(Building.TOWER, platform, 1)[0]) == {FixSource.REFLECTION}
        assert FixSource.NONE in _sources(_drawn(Building.BASEMENT, platform, 1)[0])
    assert _drawn(Building.BASEMENT, "android", 1)[0].flapping == (homes.BELOW_GROUND_PHONE,)
    assert homes.IOS_WIFI in _drawn(Building.HOUSE, "ios", 1)[0].flapping


def test_cells_lie_far_and_mostly_within_what_they_claim() -> None:
    pairs = [
        (math.hypot(*tower), claim_m)
        for home in _drawn(Building.HOUSE, "android")
        for tower, claim_m in zip(home.towers, home.tower_claims_m, strict=True)
    ]
    away_m = sorted(away for away, _ in pairs)
    assert 230.0 < away_m[len(away_m) // 2] < 290.0
    assert away_m[-1] <= homes.CELL_M_MAX + 1e-6
    within = sum(away <= claim_m for away, claim_m in pairs) / len(pairs)
    assert 0.86 < within < 0.96


def test_thicker_walls_make_larger_errors() -> None:
    middle = {
        kind: sorted(one.error_ratio for one in _drawn(kind, "logger", 200))[100]
        for kind in Building
    }
    assert middle[Building.HOUSE] < middle[Building.TOWER] < middle[Building.BASEMENT]


def test_what_walls_do_is_what_is_published_and_what_the_estimates_of_zones_take() -> None:
    shares: dict[BuildingKind, float] = {}
    for kind in Building:
        building = BUILDINGS[zone_trials.KINDS[kind]]
        ratios = homes.ERROR_RATIO[kind], homes.MEMORY_RATIO[kind]
        assert ratios == (building.error_ratio, building.memory_ratio)
        share = shares.get(zone_trials.KINDS[kind], 0.0)
        shares[zone_trials.KINDS[kind]] = share + homes.SHARES[kind]
    assert shares == pytest.approx({kind: one.share_ratio for kind, one in BUILDINGS.items()})
    assert HOMES[-1][1] == pytest.approx(homes.HOME_SPREAD_RATIO ** math.sqrt(3.0), abs=0.001)
