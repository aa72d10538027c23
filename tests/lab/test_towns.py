"""A town: each person is the same no matter who else lives there and how often devices report."""

import hashlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from mesure.evaluation.policy import DeviceClass
from mesure.geo.fixes import F64
from mesure_lab.carrying import received, unfitted
from mesure_lab.carrying.carried import Kit
from mesure_lab.ground import town
from mesure_lab.ground.journeys import ON_THE_WAY, Moments
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson

TAG = (DeviceClass.GNSS_TAG,)
SMALL = Town(3, persons=6, days=2)
# Of the orders and fixes of SMALL in one day. Another hash means other towns, and the tables of
# docs/simulated_towns.md must be made anew.
PINNED = "c51562bda739efba360982bdd9c35e0fd89f75c0a50258a0b91720dad5ad2908"
AWAKE = replace(SMALL, awake=True, classes=TAG, persons=1)


def _people(plan: Town) -> list[TownPerson]:
    return list(towns.people(plan))


def _off_m(person: TownPerson) -> F64:
    reports = person.received_reports.reports
    moments = person.journey.at(reports.taken_ms / 1000.0)
    east_m = (reports.lon_deg - town.ORIGIN_LON_DEG) * town.METRES_PER_DEG_EAST
    north_m = (reports.lat_deg - town.ORIGIN_LAT_DEG) * town.METRES_PER_DEG_NORTH
    off_m: F64 = np.hypot(east_m - moments.east_m, north_m - moments.north_m)
    return off_m


def test_classes_and_kits_are_dealt_in_turn() -> None:
    people = _people(SMALL)
    assert [one.device_class for one in people] == list(SMALL.classes) * 3
    assert [one.kit for one in people] == [kit for kit in Kit for _ in range(2)]
    assert [one.id for one in people] == [f"P-{number:04d}" for number in range(1, 7)]
    tags = [one.platform for one in people if one.device_class is DeviceClass.GNSS_TAG]
    assert set(tags) <= {"logger", "collar"}


def test_a_person_is_the_same_whoever_else_lives_there() -> None:
    alone = _people(replace(SMALL, persons=1))[0]
    among = _people(SMALL)[0]
    assert received.csv(alone.received_reports) == received.csv(among.received_reports)
    assert alone.order_text == among.order_text


def test_walls_where_nobody_ever_goes_change_nothing_on_the_way() -> None:
    """Why: one who never went to the last place with walls once took them along outdoors."""
    walls = {place: SimpleNamespace(error_ratio=2.0, memory_ratio=3.0) for place in (0, 3)}
    place = np.array([0, 2, ON_THE_WAY, 1])
    still = np.zeros(4)
    moments = Moments(still, still, np.zeros(4, np.int8), place, still)
    for here in (walls, {**walls, 9: walls[0]}):
        error, memory = towns._behind(here, moments)  # type: ignore[arg-type]
        assert error.tolist() == [2.0, 1.0, 1.0, 1.0]
        assert memory.tolist() == [3.0, 1.0, 1.0, 1.0]


def test_a_device_that_reports_less_often_reports_the_same_errors() -> None:
    often, seldom = (_people(replace(AWAKE, interval_s=each_s))[0] for each_s in (10, 60))
    assert often.truth == seldom.truth
    fixes = {
        (row[0], row[1], row[2])
        for row in zip(
            often.received_reports.reports.taken_ms.tolist(),
            often.received_reports.reports.lat_deg.tolist(),
            often.received_reports.reports.lon_deg.tolist(),
            strict=True,
        )
    }
    reports = seldom.received_reports.reports
    rows = zip(
        reports.taken_ms.tolist(), reports.lat_deg.tolist(), reports.lon_deg.tolist(), strict=True
    )
    shared = [row in fixes for row in rows]
    assert 0.9 < sum(shared) / len(shared) < 1.0  # Others were lost on the way.
    assert 5.5 < len(often.received_reports.reports) / len(seldom.received_reports.reports) < 6.5


def test_errors_doubled_are_twice_as_large() -> None:
    usual, doubled = (_people(replace(AWAKE, is_doubled=flag))[0] for flag in (False, True))
    ratio = np.median(_off_m(doubled)) / np.median(_off_m(usual))
    assert abs(ratio - unfitted.ERROR_RATIO) < 0.02


def test_a_town_that_wanders_errs_farther_with_good_claims() -> None:
    plan = replace(AWAKE, days=14, persons=2)
    for usual, wandering in zip(_people(plan), _people(replace(plan, wanders=True)), strict=True):
        far = (_off_m(wandering) > 40.0) & (wandering.received_reports.reports.accuracy_m <= 15.0)
        before = (_off_m(usual) > 40.0) & (usual.received_reports.reports.accuracy_m <= 15.0)
        assert np.count_nonzero(far) > np.count_nonzero(before) + 10


def test_an_awake_device_is_never_silent_for_long() -> None:
    for person in _people(replace(SMALL, awake=True)):
        assert np.diff(person.received_reports.reports.taken_ms).max() < 360_000


def test_one_seed_gives_the_same_bytes_on_every_machine() -> None:
    digest = hashlib.sha256()
    for person in _people(replace(SMALL, days=1)):
        digest.update(person.order_text.encode())
        digest.update(received.csv(person.received_reports))
    assert digest.hexdigest() == PINNED
