"""Traccar position forwarding: knots, zeros, and positions that are sent again."""

import json
from typing import Any

import numpy as np
import pytest

from mesure.geo.fixes import Provider
from tests.ingest import samples
from tests.ingest.samples import WALK, gather_fixes, read, traccar

STEP, NEXT = WALK[:2]


def lines(*messages: Any) -> bytes:
    return samples.lines(messages)


def test_a_position_is_a_fix_in_our_units() -> None:
    message = traccar(NEXT, attributes={"motion": True})
    fixes = gather_fixes(lines(message)).fixes
    assert fixes.speed_mps == pytest.approx([1.5])
    assert fixes.motion.tolist() == [1]
    assert fixes.received_us.tolist() == [samples.us(NEXT.received_at)]
    assert read(lines(message)).traces == ("48241179",)


def test_an_accuracy_of_zero_is_unknown_and_hdop_counts_then() -> None:
    data = lines(
        traccar(STEP, accuracy=0.0), traccar(NEXT, accuracy=0.0, attributes={"hdop": 2, "sat": 9})
    )
    fixes = gather_fixes(data).fixes
    assert np.isnan(fixes.radius95_m[0])
    assert fixes.radius95_m[1] == pytest.approx(10 * 2.448 / 1.510)
    assert fixes.provider.tolist() == [Provider.UNKNOWN, Provider.GNSS]


def test_a_position_found_by_networks_is_no_satellite_fix() -> None:
    near, far = (
        traccar(WALK[n], accuracy=a, attributes={"approximate": True})
        for n, a in [(0, 20), (1, 900)]
    )
    assert gather_fixes(lines(near, far)).fixes.provider.tolist() == [Provider.WIFI, Provider.CELL]


def heartbeat(minutes: int, **more: Any) -> dict[str, Any]:
    """Return the last position as it is forwarded again when a device sends no coordinates."""
    later = f"2026-01-05T17:{minutes:02}:00.000+00:00"
    return traccar(STEP, deviceTime=later, serverTime=later, **more)


def test_a_repeated_fix_time_is_a_heartbeat() -> None:
    data = lines(traccar(STEP), heartbeat(5), heartbeat(10), traccar(NEXT))
    result = gather_fixes(data)
    assert result.kept_unused == {"heartbeat": 2}
    assert result.fixes.row.tolist() == [0, 3]


def test_a_repeated_fix_time_is_a_heartbeat_however_old_and_however_files_are_cut() -> None:
    old = traccar(STEP, serverTime="2026-01-09T17:00:00.000+00:00")
    assert gather_fixes(lines(traccar(STEP)), lines(old, heartbeat(5))).kept_unused == {
        "heartbeat": 2
    }
    assert gather_fixes(lines(old, heartbeat(5)), lines(traccar(STEP))).fixes.row.tolist() == [2]


def test_two_places_at_one_fix_time_are_two_fixes() -> None:
    assert gather_fixes(lines(traccar(STEP), traccar(STEP, latitude=43.3))).kept_unused == {}


NO_FIXES = [
    traccar(NEXT, valid=False),
    traccar(NEXT, outdated=True),
    {"event": {"type": "geofenceEnter"}, **traccar(NEXT)},
    {"event": {"type": "deviceOffline"}, "device": {"uniqueId": "48241179"}},
    {"device": {"uniqueId": "48241179", "status": "online"}},
]


@pytest.mark.parametrize("message", NO_FIXES)
def test_a_message_without_a_fix_of_its_own_is_a_heartbeat(message: dict[str, Any]) -> None:
    result = gather_fixes(lines(traccar(STEP), message))
    assert result.kept_unused == {"heartbeat": 1}
    assert len(result.fixes) == 1


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        '{"position":7}',
        '{"position":{"attributes":3}}',
        "17",
        "{",
        json.dumps(traccar(NEXT))[:-2],
        json.dumps(traccar(NEXT, fixTime="soon")),
        json.dumps(traccar(NEXT, latitude=None)),
        json.dumps(traccar(NEXT, serverTime="later")),
    ],
)
def test_a_message_that_cannot_be_read_is_out_of_range(line: str) -> None:
    result = gather_fixes(lines(traccar(STEP)) + b"\n" + line.encode())
    assert result.kept_unused == {"out_of_range": 1}


def test_times_may_be_written_in_three_ways_and_need_an_offset() -> None:
    for offset in ("+00:00", "+0000", "Z"):
        data = lines(traccar(STEP, fixTime=f"2026-01-05T17:00:00.000{offset}"))
        assert gather_fixes(data).fixes.observed_us.tolist() == [samples.us(STEP.at)]


def test_a_position_without_its_device_has_no_name() -> None:
    message = traccar(STEP)
    del message["device"]
    assert read(lines(message)).traces == ()
    assert gather_fixes(lines(message)).kept_unused == {}
    other = traccar(NEXT)
    other["device"]["uniqueId"] = "other"
    assert gather_fixes(lines(message, traccar(STEP), other), trace="other").kept_unused == {
        "other_trace": 2
    }
