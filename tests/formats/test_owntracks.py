"""OwnTracks over HTTP and MQTT: what its apps send."""

from typing import Any

import pytest

from mesure.formats.apps import app_limits, owntracks
from mesure.formats.apps.app_message import (
    AppEventKind,
    AppMessage,
    AppMessageFault,
    AppMessageKind,
)
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from tests.formats.samples import body, http_post, mqtt_delivery, read_http
from tests.ingest import samples
from tests.ingest.samples import WALK

# As in the documentation of the apps; the names are ours.
LOCATION: dict[str, Any] = {
    "_type": "location", "_id": "05b6f5bf", "acc": 13, "alt": 23, "vac": 15, "batt": 62, "bs": 1,
    "cog": 56, "vel": 6, "conn": "w", "created_at": 1733842246, "lat": 48.85833, "lon": 2.29513,
    "m": 1, "t": "u", "tid": "le", "topic": "owntracks/jane/phone", "tst": 1733842245,
    "inregions": ["Home"], "inrids": ["6da9cf"], "SSID": "net", "BSSID": "aa:bb:cc:dd:ee:ff",
    "p": 101.3, "motionactivities": ["stationary"], "source": "fused",
}  # fmt: skip
TST_US = 1_733_842_245_000_000

TRANSITION = {"_type": "transition", "event": "leave", "desc": "Home", "rid": "f7676c", "t": "c",
              "wtst": 1610104395, "tst": 1707057574, "tid": "le",
              "lat": 48.87, "lon": 2.35, "acc": 26}  # fmt: skip
LWT = {"_type": "lwt", "tst": 1733842250}
BEACON = {"_type": "beacon", "desc": "hall", "uuid": "CA271EAE", "major": 1, "minor": 2,
          "tst": 1733842245, "acc": 1, "rssi": -60, "prox": 1}  # fmt: skip
STATUS_ANDROID = {"_type": "status", "_id": "1", "android": {"wifi": 1, "ps": 0, "bo": 0, "hib": 0,
                  "loc": -1, "version": 42, "flavour": "gms"}}  # fmt: skip
STATUS_IOS = {"_type": "status", "iOS": {"locationManagerAuthorizationStatus": "denied",
              "backgroundRefreshStatus": "available", "version": "19.1"}}  # fmt: skip
STEPS = {"_type": "steps", "tst": 1733842245, "steps": 120, "from": 1, "to": 2}


def over_http(sent: object) -> AppMessage:
    (message,) = read_http(http_post(sent))
    return message


def over_mqtt(sent: object, part: str = "") -> AppMessage:
    (message,) = owntracks.read_mqtt(mqtt_delivery(sent, part))
    return message


@pytest.mark.parametrize("hear", [over_http, over_mqtt])
def test_a_location_is_a_fix_in_our_units(hear: Any) -> None:
    message = hear(LOCATION)
    assert (message.kind, message.claimed, message.observed_us) == (
        AppMessageKind.FIX,
        "jane/phone",
        TST_US,
    )
    assert (message.fix.lat_deg, message.fix.lon_deg, message.fix.accuracy_m) == (
        48.85833,
        2.29513,
        13.0,
    )
    assert message.fix.speed_mps == pytest.approx(6 / 3.6)
    assert message.fix.motion == 0
    assert (message.health.battery_ratio, message.health.charging) == (0.62, 0)
    assert message.health.activity == "stationary"


def test_the_names_of_networks_and_regions_go_nowhere() -> None:
    for key in ("SSID", "BSSID", "ssid", "bssid", "inregions"):
        assert "secret" not in repr(over_http(LOCATION | {key: "secret"}))


@pytest.mark.parametrize(("bs", "charging"), [(0, -1), (1, 0), (2, 1), (3, 1), ("2", 1), (9, -1)])
def test_the_state_of_the_battery_is_told(bs: object, charging: int) -> None:
    assert over_http(LOCATION | {"bs": bs, "batt": -1}).health.charging == charging
    assert over_http(LOCATION | {"bs": bs, "batt": -1}).health.battery_ratio is None


def test_a_ping_with_the_present_time_is_a_heartbeat() -> None:
    message = over_http(LOCATION | {"t": "p", "tst": 1733849999})
    assert (message.kind, message.fix) == (AppMessageKind.HEARTBEAT, None)
    assert (message.observed_us, message.health.battery_ratio) == (1_733_849_999_000_000, 0.62)
    assert over_http({"_type": "location", "t": "p"}).kind is AppMessageKind.HEARTBEAT
    assert over_mqtt(STEPS, "/step").kind is AppMessageKind.HEARTBEAT


@pytest.mark.parametrize(
    ("sent", "part", "sign", "observed_us", "details"),
    [
        (
            TRANSITION,
            "/event", AppEventKind.LEFT, 1_707_057_574_000_000, {"desc": "Home", "rid": "f7676c"},
        ),
        (
            TRANSITION | {"event": "enter"},
            "/event", AppEventKind.ENTERED, 1_707_057_574_000_000, None,
        ),
        (LWT, "", AppEventKind.CONNECTION_LOST, None, {}),
        (
            BEACON,
            "/beacon", AppEventKind.BEACON, TST_US,
            {"uuid": "CA271EAE", "major": "1", "minor": "2"},
        ),
        (STATUS_ANDROID, "/status", AppEventKind.STATUS, None,
         {"wifi": "1", "ps": "0", "bo": "0", "hib": "0", "loc": "-1", "version": "42"}),
        (STATUS_IOS, "/status", AppEventKind.STATUS, None, STATUS_IOS["iOS"]),
    ],
)  # fmt: skip
def test_an_event_is_told_without_a_fix(
    sent: dict[str, Any], part: str, sign: AppEventKind, observed_us: int | None, details: Any
) -> None:
    for message in (over_mqtt(sent, part), over_http(sent)):
        assert (message.kind, message.fix) == (AppMessageKind.EVENT, None)
        (event,) = message.events
        assert (event.sign, event.observed_us) == (sign, observed_us)
        assert details is None or dict(event.said) == details


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (
            {"_type": "waypoint", "desc": "Home", "lat": 48.87, "lon": 2.35, "rad": 50},
            AppMessageFault.PLACES,
        ),
        ({"_type": "waypoints", "_creator": "app", "waypoints": []}, AppMessageFault.PLACES),
        ({"_type": "card", "name": "Jane", "face": "iVBORw0KGgo="}, AppMessageFault.FOR_THE_DEVICE),
        ({"_type": "cmd", "action": "reportLocation"}, AppMessageFault.FOR_THE_DEVICE),
        ({"_type": "configuration", "host": "example.org"}, AppMessageFault.OTHER_TYPE),
        (TRANSITION | {"event": "dwell"}, AppMessageFault.OTHER_TYPE),
        ({"_type": "nothing we know"}, AppMessageFault.OTHER_TYPE),
    ],
)
def test_what_is_nothing_to_us_is_ignored(sent: dict[str, Any], why: AppMessageFault) -> None:
    for message in (over_http(sent), over_mqtt(sent)):
        assert (message.kind, message.why, message.claimed) == (
            AppMessageKind.IGNORED,
            why,
            "jane/phone",
        )


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b'{"_type":"location","lat":48.8,"lon":2.2,"tst":17338', AppMessageFault.DAMAGED),
        (b'{"_type":"\xff\xfe"}', AppMessageFault.DAMAGED),
        (b'{"_type":17}', AppMessageFault.DAMAGED),
        (b"{}", AppMessageFault.DAMAGED),
        (b"\x00", AppMessageFault.DAMAGED),
        (b"7", AppMessageFault.DAMAGED),
        (
            b'{"_type":"location","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
            AppMessageFault.DAMAGED,
        ),
        (b'{"_type":"location","lat":48.8,"lon":2.2}', AppMessageFault.NO_TIME),
        (b'{"_type":"location","lat":48.8,"lon":2.2,"tst":1733842245000}', AppMessageFault.NO_TIME),
        (b'{"_type":"location","lat":91,"lon":2.2,"tst":1733842245}', AppMessageFault.OUT_OF_RANGE),
        (
            b'{"_type":"location","lat":[48.8],"lon":{"d":2},"tst":1733842245}',
            AppMessageFault.OUT_OF_RANGE,
        ),
        (b'{"_type":"location","tst":1733842245}', AppMessageFault.OUT_OF_RANGE),
        (
            b'{"_type":"location","lat":1,"lon":2,"tst":1733842245,"mock":true}',
            AppMessageFault.MADE_UP,
        ),
        (
            b'{"_type":"encrypted","data":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"}',
            AppMessageFault.NO_KEY,
        ),
        (
            b'{"_type":"x","x":"' + b"a" * app_limits.BODY_BYTES_MAX + b'"}',
            AppMessageFault.TOO_LARGE,
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_cannot_be_used_is_refused_with_the_reason(sent: bytes, why: AppMessageFault) -> None:
    over_http = read_http(AppRequest(body=sent, limit_u="jane", limit_d="phone"))
    over_mqtt = owntracks.read_mqtt(MqttDelivery("owntracks/jane/phone", sent))
    for message in (*over_http, *over_mqtt):
        assert (message.kind, message.why, message.fix) == (AppMessageKind.REFUSED, why, None)


def test_a_body_of_no_length_is_nothing() -> None:
    for empty in (b"", b" \r\n"):
        (message,) = read_http(AppRequest(body=empty, limit_u="jane", limit_d="phone"))
        assert (message.kind, message.why, message.claimed) == (
            AppMessageKind.IGNORED,
            AppMessageFault.EMPTY,
            "jane/phone",
        )
        (message,) = owntracks.read_mqtt(MqttDelivery("owntracks/jane/phone", empty))
        assert message.why is AppMessageFault.EMPTY
    assert owntracks.device_name_over_http(AppRequest()) == ""


def test_what_the_broker_kept_is_ignored() -> None:
    for sent in (LOCATION, LWT):
        again = MqttDelivery("owntracks/jane/phone", body(sent), retained=True)
        (message,) = owntracks.read_mqtt(again)
        assert (message.kind, message.why) == (AppMessageKind.IGNORED, AppMessageFault.RETAINED)


@pytest.mark.parametrize("part", ["/cmd", "/info", "/request"])
def test_nothing_published_for_the_device_is_believed(part: str) -> None:
    assert over_mqtt(LOCATION, part).why is AppMessageFault.FOR_THE_DEVICE


@pytest.mark.parametrize(
    "topic", ["", "owntracks", "owntracks/jane", "other/jane/phone", "owntracks//phone",
              "owntracks/jane/", "owntracks/a/b/c/d", "owntracks/+/phone", "x" * 5_000],
)  # fmt: skip
def test_a_topic_of_no_device_is_refused(topic: str) -> None:
    delivery = MqttDelivery(topic, body(LOCATION))
    (message,) = owntracks.read_mqtt(delivery)
    assert (message.kind, message.why) == (AppMessageKind.REFUSED, AppMessageFault.NAMELESS)


def test_the_transport_says_who_it_is_and_the_topic_only_where_nothing_else_does() -> None:
    sent = body(LOCATION | {"topic": "owntracks/eve/tablet"})
    for request, expected in [
        (AppRequest(b"u=ann&d=x", sent, "jane", "phone"), "jane/phone"),
        (AppRequest(b"u=ann&d=x", sent), "ann/x"),
        (AppRequest(b"u=ann", sent), "eve/tablet"),
        (AppRequest(body=sent, limit_u="jane"), "eve/tablet"),
        (AppRequest(body=sent, limit_u="jane/x", limit_d="phone"), "eve/tablet"),
        (AppRequest(body=body(LOCATION | {"topic": None})), ""),
        (AppRequest(body=body(LOCATION | {"topic": "jane"})), ""),
    ]:
        assert owntracks.device_name_over_http(request) == expected
        (message,) = read_http(request)
        assert message.claimed == expected
        assert message.why is (None if expected else AppMessageFault.NAMELESS)
    delivery = MqttDelivery("owntracks/jane/phone", sent)
    assert owntracks.read_mqtt(delivery)[0].claimed == "jane/phone"


def test_a_bad_message_in_a_list_holds_up_no_other() -> None:
    listed = [samples.owntracks(WALK[0]), "x", {"_type": "location"}, samples.owntracks(WALK[1])]
    messages = read_http(http_post(listed))
    assert [one.kind for one in messages] == [
        AppMessageKind.FIX,
        AppMessageKind.REFUSED,
        AppMessageKind.REFUSED,
        AppMessageKind.FIX,
    ]


def test_keys_of_later_apps_are_no_hindrance_and_numbers_may_be_texts() -> None:
    message = over_http(LOCATION | {"modeId": 3, "qos": 1, "retained": True, "new": {"a": [1]}})
    assert message.kind is AppMessageKind.FIX
    words = {key: str(LOCATION[key]) for key in ("lat", "lon", "tst", "acc", "vel", "batt")}
    assert over_http(LOCATION | words).health == message.health
    assert over_http(LOCATION | {"motionactivities": "walking"}).health.activity == ""
