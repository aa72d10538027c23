"""A Traccar server that forwards positions and events."""

from typing import Any

import pytest

from mesure.formats.apps import traccar_forward
from mesure.formats.apps.app_message import (
    AppEventKind,
    AppMessage,
    AppMessageFault,
    AppMessageKind,
)
from mesure.formats.apps.app_request import AppMessageFate
from tests.formats.samples import DEVICE, body
from tests.ingest.samples import WALK, traccar

# As a server writes it.
RECORDED = b"""{"position":{"id":0,
 "attributes":{"batteryLevel":87.0,"distance":0.0,"totalDistance":1.5,
 "motion":false,"charge":true},"deviceId":4,"protocol":"osmand",
 "serverTime":"2026-06-15T06:37:32.000+00:00",
 "deviceTime":"2026-06-15T06:37:31.000+00:00","fixTime":"2026-06-15T06:37:31.000+00:00","valid":true,
 "latitude":48.85833,"longitude":2.29513,"altitude":167.0,"speed":0.8,"course":271.0,
 "address":null,"accuracy":5.0,"network":null,"geofenceIds":[3]},
 "device":{"id":4,"attributes":{},"groupId":0,"calendarId":0,"name":"jane",
 "uniqueId":"48241179","status":"online","lastUpdate":null,"positionId":474,"phone":null,"model":null,"contact":null,"category":null,
 "disabled":false, "expirationTime":null}}"""
DEVICE_ONLY = {"device": {"uniqueId": DEVICE}}


def read_message(sent: object) -> AppMessage:
    (message,) = traccar_forward.read(body(sent))
    return message


def test_a_position_is_a_fix_in_our_units() -> None:
    (message,) = traccar_forward.read(RECORDED)
    assert message.kind is AppMessageKind.FIX
    assert message.claimed == traccar_forward.device_name(RECORDED) == DEVICE
    assert message.fix is not None
    assert message.observed_us == 1_781_505_451_000_000
    assert (message.fix.lat_deg, message.fix.lon_deg, message.fix.accuracy_m) == (
        48.85833,
        2.29513,
        5.0,
    )
    assert message.fix.speed_mps == pytest.approx(0.8 * 1852 / 3600)
    assert message.fix.motion == 0
    assert (message.health.battery_ratio, message.health.charging) == (0.87, 1)


@pytest.mark.parametrize("more", [{"outdated": True}, {"valid": False}])
def test_a_position_that_is_an_earlier_one_is_a_heartbeat(more: dict[str, Any]) -> None:
    message = read_message(traccar(WALK[0], deviceTime="2026-01-05T18:00:00.000+00:00", **more))
    assert (message.kind, message.fix) == (AppMessageKind.HEARTBEAT, None)
    assert message.observed_us == 1_767_636_000_000_000
    assert read_message(DEVICE_ONLY).kind is AppMessageKind.HEARTBEAT


@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("deviceOffline", AppEventKind.CONNECTION_LOST),
        ("geofenceEnter", AppEventKind.ENTERED),
        ("geofenceExit", AppEventKind.LEFT),
        ("alarm", AppEventKind.WARNING),
    ],
)
@pytest.mark.parametrize("placed", [True, False])
def test_an_event_carries_no_fix(kind: str, sign: AppEventKind, placed: bool) -> None:
    event = {
        "id": 1,
        "type": kind,
        "eventTime": "2026-01-05T17:00:00.000+00:00",
        "attributes": {"alarm": "sos"} if kind == "alarm" else {},
    }
    area = {"name": "Home", "area": "CIRCLE (43.25 76.92, 100)"}
    message = read_message(
        (traccar(WALK[0]) if placed else DEVICE_ONLY) | {"event": event, "geofence": area}
    )
    assert (message.kind, message.fix) == (AppMessageKind.EVENT, None)
    assert (message.events[0].sign, message.events[0].observed_us) == (sign, 1_767_632_400_000_000)
    assert ("desc", "Home") in message.events[0].said
    assert (("alarm", "sos") in message.events[0].said) == (kind == "alarm")


@pytest.mark.parametrize("event", [{"type": "deviceOnline"}, {}, 7, {"type": ["alarm"]}])
def test_another_event_is_a_heartbeat(event: object) -> None:
    assert read_message(traccar(WALK[0]) | {"event": event}).kind is AppMessageKind.HEARTBEAT


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, AppMessageFault.DAMAGED),
        ({"position": 7}, AppMessageFault.DAMAGED),
        (7, AppMessageFault.DAMAGED),
        (traccar(WALK[0]) | {"device": None}, AppMessageFault.NAMELESS),
        (traccar(WALK[0]) | {"device": {"uniqueId": "x" * 500}}, AppMessageFault.NAMELESS),
        (traccar(WALK[0], fixTime=None), AppMessageFault.NO_TIME),
        (traccar(WALK[0], fixTime=1736161169), AppMessageFault.NO_OFFSET),
        (traccar(WALK[0], latitude="95"), AppMessageFault.OUT_OF_RANGE),
        (traccar(WALK[0], latitude=0.0, longitude=0.0), AppMessageFault.OUT_OF_RANGE),
        (traccar(WALK[0], attributes={"mock": True}), AppMessageFault.MADE_UP),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(sent: object, why: AppMessageFault) -> None:
    message = read_message(sent)
    assert (message.kind, message.why) == (AppMessageKind.REFUSED, why)


def test_a_position_with_a_warning_is_both() -> None:
    message = read_message(
        traccar(WALK[0], attributes={"alarm": "lowBattery", "approximate": True})
    )
    assert message.kind is AppMessageKind.FIX
    assert message.events[0].said == (("alarm", "lowBattery"),)


def test_a_list_of_positions_of_several_devices_is_read_one_by_one() -> None:
    other = traccar(WALK[1]) | {"device": {"uniqueId": "other"}}
    messages = traccar_forward.read(body([traccar(WALK[0]), "x", other]))
    assert [one.claimed for one in messages] == [DEVICE, "", "other"]
    assert [one.kind for one in messages] == [
        AppMessageKind.FIX,
        AppMessageKind.REFUSED,
        AppMessageKind.FIX,
    ]


def test_a_server_is_never_made_to_wait_for_one_device() -> None:
    statuses = [traccar_forward.answer(fate).status for fate in AppMessageFate]
    assert dict(zip(AppMessageFate, statuses, strict=True)) == {
        AppMessageFate.KEPT: 200,
        AppMessageFate.NOT_ENROLLED: 200,
        AppMessageFate.NOT_KEPT: 503,
    }
