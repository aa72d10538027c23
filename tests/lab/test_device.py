"""Reports and their delivery: silences, flag, beacon, lateness, repeats."""

import itertools

import pytest

from mesure_lab.carrying import delivery, device
from mesure_lab.carrying.device import SimulatedReport, Weather, WeatherSpell
from mesure_lab.ground import lives, town
from mesure_lab.ground.lives import Life, Movement, Trip

DAY_S = 86_400


def week_at_home() -> Life:
    return lives.live("home", 0, 7 * DAY_S, [])


def walk_to_office() -> Life:
    return lives.live("home", 0, DAY_S, [Trip(3600, "office", Movement.WALK)])


def share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def test_at_rest_the_beacon_is_heard_and_the_flag_seldom_set() -> None:
    reports = device.reports(week_at_home(), 0, 7 * DAY_S, [], 1)
    assert share([r.beacon for r in reports]) == pytest.approx(0.95, abs=0.02)
    # A fifth of the time in bouts of which 60 % are flagged, and 2 % of the rest.
    assert share([r.motion for r in reports]) == pytest.approx(0.2 * 0.6 + 0.8 * 0.02, abs=0.05)
    assert all(r.speed_mps in (None, 0.0) for r in reports)
    assert share([r.is_lost for r in reports]) == pytest.approx(0.03, abs=0.01)


def test_a_resting_phone_dozes_about_twice_a_day() -> None:
    reports = device.reports(week_at_home(), 0, 7 * DAY_S, [], 1)
    gaps_s = [(b.taken_ms - a.taken_ms) / 1000 for a, b in itertools.pairwise(reports)]
    dozes = [gap_s for gap_s in gaps_s if gap_s > 15 * 60]
    assert 7 <= len(dozes) <= 28
    assert max(dozes) <= device.DOZE_S_MAX + 120
    awake = [WeatherSpell(0, 7 * DAY_S, Weather.CLEAR)]
    steady = device.reports(week_at_home(), 0, 7 * DAY_S, awake, 1)
    assert len(steady) == 7 * 1440


def test_on_the_way_there_is_a_speed_a_flag_and_no_beacon() -> None:
    way = device.reports(walk_to_office(), 3660, 3960, [], 1)
    speeds = [report.speed_mps for report in way if report.speed_mps is not None]
    assert len(speeds) == 5
    assert all(0.3 < speed < 2.3 for speed in speeds)
    assert not any(report.beacon for report in way)
    assert any(report.motion for report in way)


def test_no_doze_begins_while_the_person_has_just_arrived() -> None:
    for seed in range(20):
        arrived_s = 3600 + 391
        reports = device.reports(walk_to_office(), 3600, arrived_s + 1700, [], seed)
        assert len(reports) == len(range(3600, arrived_s + 1700, 60))


def test_switched_off_means_nothing_and_drift_means_other_providers() -> None:
    off = [WeatherSpell(3600, 7200, Weather.OFF)]
    reports = device.reports(week_at_home(), 0, 9000, off, 1)
    assert not any(3600 <= report.taken_ms / 1000 < 7200 for report in reports)
    drift = [WeatherSpell(0, 9000, Weather.DRIFT)]
    providers = {r.provider for r in device.reports(week_at_home(), 0, 9000, drift, 1)}
    assert providers == {"gps", "wifi", "cell"}


def report(minute: int, is_lost: bool = False) -> SimulatedReport:
    home = town.degrees(town.HOME)
    return SimulatedReport(
        minute * 60_000, home.lat_deg, home.lon_deg, 12.0, 0.0, "gps", False, True, is_lost
    )


def test_one_in_seven_is_heard_before_it_was_taken_by_the_device_clock() -> None:
    deliveries = delivery.deliver([report(i) for i in range(5000)], [(0, 10**12)], [], 1)
    lags_ms = [each.heard_ms - each.report.taken_ms for each in deliveries]
    assert share([lag_ms < 0 for lag_ms in lags_ms]) == pytest.approx(1 / 7, abs=0.02)
    assert min(lags_ms) >= -3500
    assert sorted(each.heard_ms for each in deliveries) == [each.heard_ms for each in deliveries]


def test_some_are_heard_twice_and_the_lost_not_at_all() -> None:
    sent = [report(i, is_lost=i % 50 == 0) for i in range(5000)]
    deliveries = delivery.deliver(sent, [(0, 10**12)], [], 1)
    taken_ms = [each.report.taken_ms for each in deliveries]
    assert 5 <= len(taken_ms) - len(set(taken_ms)) <= 35
    assert not set(taken_ms) & {each.taken_ms for each in sent if each.is_lost}


def test_without_a_network_reports_arrive_together_later() -> None:
    deliveries = delivery.deliver([report(i) for i in range(7 * 1440)], [], [], 2)
    late = [each for each in deliveries if each.heard_ms - each.report.taken_ms > 120_000]
    assert late
    assert max(e.heard_ms - e.report.taken_ms for e in late) < 70 * 60_000


def test_after_a_restart_a_lost_report_of_days_before_comes_in() -> None:
    sent = [report(i, is_lost=i in (3, 10, 6000)) for i in range(6001)]
    restart_ms = 10 * 60_000 + delivery.STALE_MS_MIN
    deliveries = delivery.deliver(sent, [], [restart_ms], 1)
    [stale] = [each for each in deliveries if each.report.is_lost]
    assert (stale.report.taken_ms, stale.heard_ms) == (10 * 60_000, restart_ms)
    assert delivery.deliver([report(0)], [], [restart_ms], 1)[0].report.taken_ms == 0


def test_a_line_of_the_file() -> None:
    delivered_report = delivery.DeliveredReport(report(1), 61_250)
    without_speed = SimulatedReport(0, 43.2, 76.9, 65.0, None, "wifi", True, False)
    lines = (
        delivery.csv([delivered_report, delivery.DeliveredReport(without_speed, 5)])
        .decode()
        .splitlines()
    )
    assert lines[1] == (
        "1970-01-01T00:01:00.000Z,43.2565400,76.9284800,12.0,0.00,"
        "1970-01-01T00:01:01.250Z,gps,false,true"
    )
    assert lines[2] == (
        "1970-01-01T00:00:00.000Z,43.2000000,76.9000000,65.0,,"
        "1970-01-01T00:00:00.005Z,wifi,true,false"
    )
