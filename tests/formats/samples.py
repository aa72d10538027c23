"""The walk of `tests.ingest.samples` as each client of a pilot sends it, and what became of it."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from mesure.formats.apps import app_message, osmand, owntracks, traccar_forward
from mesure.formats.apps.app_message import AppMessage
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.formats.apps.osmand import OsmandDialect, SpeedUnit
from mesure.formats.apps.owntracks_secret import DeviceSecretBox
from tests.ingest import samples
from tests.ingest.samples import Step, gather_fixes, us

DEVICE = "48241179"
KNOT_MPS = 1852 / 3600


def form(step: Step, unit_mps: float = KNOT_MPS, **more: Any) -> bytes:
    """Return the record of a Traccar Client; None leaves a field out."""
    fields = {
        "id": DEVICE,
        "lat": step.lat,
        "lon": step.lon,
        "timestamp": us(step.at) // 1_000_000,
        "accuracy": step.accuracy_m or 0.0,
        "altitude": 5.0,
        "speed": step.speed_mps / unit_mps,
        "bearing": 271.0,
        "batt": 87,
        "charge": "true",
    }
    return urlencode({k: v for k, v in (fields | more).items() if v is not None}).encode()


def live(step: Step) -> bytes:
    """Return the URL of OsmAnd as its settings propose it, with a name."""
    time_ms = us(step.at) // 1_000
    return (
        f"id={DEVICE}&lat={step.lat}&lon={step.lon}&timestamp={time_ms}"
        f"&hdop={step.accuracy_m or 0.0}&altitude=700.0&speed={step.speed_mps}"
    ).encode()


def client9(step: Step, **more: Any) -> dict[str, Any]:
    location = {
        "timestamp": samples.text(step.at),
        "coords": {
            "latitude": step.lat,
            "longitude": step.lon,
            "accuracy": step.accuracy_m or 0,
            "speed": step.speed_mps,
            "heading": -1,
            "altitude": 5,
        },
        "is_moving": False,
        "odometer": 0,
        "event": "motionchange",
        "battery": {"level": 0.79, "is_charging": False},
        "activity": {"type": "still"},
        "extras": {},
        "_": f"&id={DEVICE}&lat={step.lat}&lon={step.lon}&",
    }
    return {"location": location | more, "device_id": DEVICE}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def http_post(value: object) -> AppRequest:
    return AppRequest(body=body(value), limit_u="jane", limit_d="phone")


def mqtt_delivery(value: object, part: str = "") -> MqttDelivery:
    return MqttDelivery(f"owntracks/jane/phone{part}", body(value))


def messages_by_format(step: Step) -> dict[str, tuple[AppMessage, ...]]:
    """Return one step of the walk as each format tells it."""
    return {
        "form": osmand.read(AppRequest(body=form(step))),
        "query": osmand.read(AppRequest(query=form(step))),
        "kmph": osmand.read(AppRequest(body=form(step, 1 / 3.6)), OsmandDialect(SpeedUnit.KMPH)),
        "mps": osmand.read(AppRequest(query=form(step, 1.0)), OsmandDialect(SpeedUnit.MPS)),
        "mph": osmand.read(AppRequest(query=form(step, 0.44704)), OsmandDialect(SpeedUnit.MPH)),
        "osmand": osmand.read(AppRequest(query=live(step)), osmand.OSMAND),
        "client9": osmand.read(AppRequest(body=body(client9(step)))),
        "forward": traccar_forward.read(body(samples.traccar(step))),
        "http": read_http(http_post(samples.owntracks(step))),
        "mqtt": owntracks.read_mqtt(mqtt_delivery(samples.owntracks(step))),
    }


def read_http(request: AppRequest, box: DeviceSecretBox | None = None) -> tuple[AppMessage, ...]:
    """Return what OwnTracks says in a request."""
    return owntracks.read_piece(request.body, owntracks.device_name_over_http(request), box)


def ingest_messages(messages: Sequence[AppMessage], received_us: Sequence[int], **how: Any) -> Any:
    """Return what our ingest makes of messages: the same as of the rows of a file."""
    return gather_fixes(app_message.record(messages, received_us), **how)
