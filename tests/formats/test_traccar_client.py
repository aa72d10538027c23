"""Traccar Client 9: the JSON of its library."""

from typing import Any

import pytest

from mesure.formats.apps import app_limits, osmand, traccar_client
from mesure.formats.apps.app_message import AppMessage, AppMessageFault, AppMessageKind
from mesure.formats.apps.app_request import AppRequest
from tests.formats.samples import DEVICE, body, client9
from tests.ingest.samples import WALK

# As the app writes it; the place and the number are ours.
RECORDED = b"""{"location":{"timestamp":"2025-06-15T13:45:12.862Z",
  "coords":{"latitude":37.4219983,"longitude":-122.084,"accuracy":5,"speed":0.4,"heading":-1,"altitude":5},
  "is_moving":false,"odometer":0,"event":"motionchange","battery":{"level":0.79,"is_charging":false},
  "activity":{"type":"still"},"extras":{},
  "_":"&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&"},
 "device_id":"48241179"}"""


def read_message(**more: Any) -> AppMessage:
    (message,) = traccar_client.read(body(client9(WALK[0], **more)))
    return message


def test_a_location_is_a_fix_in_our_units() -> None:
    request = AppRequest(body=RECORDED)
    (message,) = osmand.read(request)
    assert message.fix is not None
    assert message.observed_us == 1_749_995_112_862_000
    assert (message.fix.lat_deg, message.fix.lon_deg) == (37.4219983, -122.084)
    assert (message.fix.accuracy_m, message.fix.speed_mps, message.fix.motion) == (5.0, 0.4, 0)
    assert (message.health.battery_ratio, message.health.charging) == (0.79, 0)
    assert message.health.activity == "still"
    assert message.claimed == osmand.device_name(request) == DEVICE


@pytest.mark.parametrize(
    ("is_moving", "activity", "motion"),
    [
        (True, "walking", 1),
        (False, "still", 0),
        (True, "still", -1),
        (False, "in_vehicle", -1),
        (None, "on_foot", 1),
        (None, "still", 0),
        (True, "unknown", 1),
        (False, None, 0),
        (None, None, -1),
    ],
)
def test_motion_is_known_where_app_and_activity_agree(
    is_moving: object, activity: object, motion: int
) -> None:
    message = read_message(is_moving=is_moving, activity={"type": activity, "confidence": 100})
    assert message.fix is not None
    assert message.fix.motion == motion
    by_word = read_message(is_moving=is_moving, activity=activity)
    assert by_word.fix is not None
    assert by_word.fix.motion == motion


@pytest.mark.parametrize("more", [{"heartbeat": True}, {"event": "heartbeat"}])
def test_a_heartbeat_s_position_is_an_earlier_one(more: dict[str, Any]) -> None:
    message = read_message(**more)
    assert (message.kind, message.fix) == (AppMessageKind.HEARTBEAT, None)
    assert message.observed_us is not None


def test_a_location_without_coordinates_is_a_heartbeat() -> None:
    sent = client9(WALK[0])
    del sent["location"]["coords"]
    (message,) = traccar_client.read(body(sent))
    assert (message.kind, message.claimed) == (AppMessageKind.HEARTBEAT, DEVICE)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"location": client9(WALK[0])["location"]}, AppMessageFault.NAMELESS),
        ({"device_id": DEVICE}, AppMessageFault.DAMAGED),
        ({"device_id": DEVICE, "location": 7}, AppMessageFault.DAMAGED),
        ({"device_id": DEVICE, "location": {"coords": [1, 2]}}, AppMessageFault.NO_TIME),
        (client9(WALK[0], mock=True), AppMessageFault.MADE_UP),
        (client9(WALK[0], extras={"mock": "true"}), AppMessageFault.MADE_UP),
        (client9(WALK[0], timestamp="2025-06-15T13:45:12"), AppMessageFault.NO_OFFSET),
        (client9(WALK[0], timestamp=None), AppMessageFault.NO_TIME),
        (client9(WALK[0], coords=None), AppMessageFault.OUT_OF_RANGE),
        (client9(WALK[0], coords={"latitude": 91, "longitude": 2}), AppMessageFault.OUT_OF_RANGE),
        ([7], AppMessageFault.DAMAGED),
        ("x", AppMessageFault.DAMAGED),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(sent: object, why: AppMessageFault) -> None:
    (message,) = traccar_client.read(body(sent))
    assert (message.kind, message.why) == (AppMessageKind.REFUSED, why)


def test_a_bad_record_in_a_batch_holds_up_no_other() -> None:
    first_record, second_record = (client9(step) for step in WALK[:2])
    listed = [first_record, {"location": 7, "device_id": DEVICE}, 17, second_record]
    kinds = [told.kind for told in traccar_client.read(body(listed))]
    assert kinds == [
        AppMessageKind.FIX,
        AppMessageKind.REFUSED,
        AppMessageKind.REFUSED,
        AppMessageKind.FIX,
    ]
    inside = {
        "location": [first_record["location"], None, second_record["location"]],
        "device_id": DEVICE,
    }
    kinds = [told.kind for told in traccar_client.read(body(inside))]
    assert kinds == [AppMessageKind.FIX, AppMessageKind.REFUSED, AppMessageKind.FIX]
    assert traccar_client.device_name(body([17, {}, first_record])) == DEVICE
    assert traccar_client.read(b"[]") == ()


def test_a_body_holds_no_more_messages_than_it_may() -> None:
    listed = {"location": [1] * (app_limits.MESSAGES_MAX * 20), "device_id": DEVICE}
    for sent in (listed, [1] * (app_limits.MESSAGES_MAX * 20)):
        messages = traccar_client.read(body(sent))
        assert len(messages) == app_limits.MESSAGES_MAX + 1
        assert messages[-1].why is AppMessageFault.TOO_MANY
    exact = traccar_client.read(body([1] * app_limits.MESSAGES_MAX))
    assert {one.why for one in exact} == {AppMessageFault.DAMAGED}
    large = RECORDED + b" " * app_limits.BODY_BYTES_MAX
    assert [one.why for one in traccar_client.read(large)] == [AppMessageFault.TOO_LARGE]
    assert traccar_client.device_name(large) == ""


def test_what_a_device_does_not_know_is_not_known() -> None:
    coords = client9(WALK[0])["location"]["coords"] | {"speed": -1}
    message = read_message(coords=coords, battery={"level": -1}, activity=7, is_moving=None)
    assert message.health.battery_ratio is None
    assert message.fix is not None
    assert message.fix.speed_mps == -1.0  # As in a file: `assemble_fixes` takes it for unknown.
    assert read_message(alarm="sos").events[0].said == (("alarm", "sos"),)
    assert read_message(extras={"alarm": "sos"}).events[0].said == (("alarm", "sos"),)
