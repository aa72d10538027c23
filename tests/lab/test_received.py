"""Delivery: late, twice and wrong at the rates said, and the file says what the record says."""

import numpy as np
import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns.file_rows import COLUMNS, ClaimedProvider
from mesure.formats.stored.assemble_fixes import AssembledFixes, gather
from mesure.geo.fixes import NOT_KNOWN
from mesure_lab.carrying import received
from mesure_lab.carrying.received import ReceivedReports, Reports
from mesure_lab.carrying.resting import SignsOfRest
from mesure_lab.columns import Stream
from tests.evaluation import scenes

DAYS = 30
COUNT = DAYS * 1440
START_MS = 1_788_721_200_000


def _reports(count: int = COUNT) -> Reports:
    stream = Stream(1, "reports")
    return Reports(
        taken_ms=START_MS + 60_000 * np.arange(count),
        lat_deg=np.rint(432_565_400 + 1e4 * stream.normals(count)) / 1e7,
        lon_deg=np.rint(769_284_800 + 1e4 * stream.normals(count)) / 1e7,
        accuracy_m=np.rint(100.0 + 50.0 * stream.shares(count)) / 10.0,
        speed_mps=np.where(stream.shares(count) < 0.3, np.nan, 1.25),
        said=np.resize(
            np.array([ClaimedProvider.GNSS, ClaimedProvider.WIFI, ClaimedProvider.CELL], np.int8),
            count,
        ),
        motion=np.resize(np.array([0, 1], np.int8), count),
        beacon=np.full(count, NOT_KNOWN, np.int8),
    )


def _gathered(*deliveries: ReceivedReports) -> AssembledFixes:
    return gather(
        [received.record(one, "fixes.csv") for one in deliveries],
        trace=None,
        device_class=DeviceClass.PHONE,
        until_us=None,
        policy=scenes.default_policy(),
    )


def _with(wrong: str) -> ReceivedReports:
    """Return a delivery in which a clock falls back, or runs ahead."""
    for seed in range(400):
        delivery = received.deliver(_reports(), seed, awake=False)
        back = delivery.reports.taken_ms < START_MS - received.ROLLOVER_MS // 2
        ahead = delivery.reports.taken_ms > delivery.heard_ms + received.AHEAD_MS // 2
        if (back if wrong == "back" else ahead).any():
            return delivery
    raise AssertionError(wrong)


def test_the_file_says_what_the_record_says() -> None:
    delivery = received.deliver(_reports(3000), 4, awake=False)
    read = fixes_files.read("fixes.csv", received.csv(delivery))
    record = received.record(delivery, "fixes.csv")
    assert len(read) == len(record) > 2500
    for column in COLUMNS:
        values, other = getattr(read, column), getattr(record, column)
        assert np.array_equal(values, other, equal_nan=values.dtype.kind == "f"), column
    assert (read.file, read.notes) == (record.file, record.notes)


def _with_signs() -> ReceivedReports:
    """Return the reports of a phone that rests for a day and says so."""
    sent_ms = START_MS + 3_000 * 60_000 + 900_000 * np.arange(96)
    signs = SignsOfRest(sent_ms, np.full(96, START_MS + 2_990 * 60_000))
    return received.deliver(_reports(3000), 4, awake=True, signs=signs)


def test_the_file_says_of_signs_of_life_what_the_record_says() -> None:
    delivery = _with_signs()
    read = fixes_files.read("fixes.csv", received.csv(delivery))
    record = received.record(delivery, "fixes.csv")
    for column in COLUMNS:
        values, other = getattr(read, column), getattr(record, column)
        assert np.array_equal(values, other, equal_nan=values.dtype.kind == "f"), column


def test_signs_of_life_are_lost_as_reports_are_and_are_no_fixes() -> None:
    result = _gathered(_with_signs())
    assert 85 <= len(result.rest_claims) < 96
    assert set(result.rest_claims.rest_us.tolist()) == {(START_MS + 2_990 * 60_000) * 1_000}
    assert len(result.fixes) == len(
        _gathered(received.deliver(_reports(3000), 4, awake=True)).fixes
    )


def test_one_seed_gives_one_delivery() -> None:
    first, second = (received.csv(received.deliver(_reports(500), 9, awake=False)) for _ in "ab")
    assert first == second != received.csv(received.deliver(_reports(500), 8, awake=False))


def test_an_awake_device_is_heard_at_once() -> None:
    delivery = received.deliver(_reports(), 1, awake=True)
    lag_ms = delivery.heard_ms - delivery.reports.taken_ms
    assert np.quantile(lag_ms, 0.99) < 5_000.0
    assert lag_ms.min() >= -3_500
    assert (np.diff(delivery.heard_ms) >= 0).all()
    result = _gathered(delivery)
    assert 0.965 < len(result.fixes) / COUNT < 0.975
    assert 0.002 < result.kept_unused["duplicate"] / COUNT < 0.004
    assert set(result.kept_unused) == {"duplicate"}


def test_reports_wait_for_a_network_and_come_together() -> None:
    delivery = received.deliver(_reports(), 1, awake=False)
    lag_s = (delivery.heard_ms - delivery.reports.taken_ms) / 1000.0
    late = (lag_s > 120.0) & (lag_s < 86_400.0)
    assert 0.002 < late.mean() < 0.02
    assert lag_s[late].max() <= 3_690.0


def test_old_fixes_and_no_places_come_after_a_restart() -> None:
    result = _gathered(received.deliver(_reports(), 1, awake=False))
    assert 2 <= result.kept_unused["stale"] <= 14
    assert 2 <= result.kept_unused["out_of_range"] <= 14


def test_a_clock_that_fell_back_is_set_right_by_the_ingest() -> None:
    result = _gathered(_with("back"))
    assert 300 < len(result.clock_corrected_row) < 370


def test_a_clock_that_runs_ahead_makes_fixes_of_the_future() -> None:
    assert 50 < _gathered(_with("ahead")).kept_unused["future"] < 62


@pytest.mark.parametrize("awake", [False, True])
def test_nothing_is_delivered_of_nothing(awake: bool) -> None:
    delivery = received.deliver(_reports(0), 1, awake=awake)
    assert received.csv(delivery).count(b"\n") == 1
    assert len(_gathered(delivery).fixes) == 0
