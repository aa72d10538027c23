"""Traccar Client and OsmAnd: a record in the URL, in a form, or in JSON.

The URL counts; the form only where the URL has no field. Which unit a speed has depends on the app,
so it is a setting of the enrolled device: Traccar Client writes knots, and so do devices unless
their enrolment says otherwise. Altitude, bearing, cells and Wi-Fi stations are not read.

Why a position without a time is refused, where Traccar takes the time of arrival: these clients
store and forward, so it may be from last night.
"""

from enum import Enum
from typing import Final

from mesure.ingest import texts
from mesure.ingest.formats.owntracks import MPS_PER_KMPH
from mesure.ingest.formats.traccar import MPS_PER_KNOT
from mesure.ingest.record import Reason
from mesure.ingest.rows import Row
from mesure.ingest.wire import bounds, message, request, traccar_client
from mesure.ingest.wire.message import Format, Health, Message, Why
from mesure.ingest.wire.request import Answer, Fate, Request

MPS_PER_MPH: Final = 0.44704

_PLACE: Final = frozenset({"lat", "lon", "location"})


class SpeedUnit(Enum):
    """What one unit of a device's speed is in metres a second."""

    KNOT = MPS_PER_KNOT
    KMPH = MPS_PER_KMPH
    MPS = 1.0
    MPH = MPS_PER_MPH


def claimed(asked: Request) -> str:
    """Return which device a request says it is from; nothing, if it doesn't say."""
    if request.is_json(asked.body):
        return traccar_client.claimed(asked.body)
    return _name(_fields(asked))


def read(asked: Request, unit: SpeedUnit = SpeedUnit.KNOT) -> tuple[Message, ...]:
    """Return what a request says; `unit` is the enrolled device's."""
    if request.is_json(asked.body):
        return traccar_client.read(asked.body)
    said = _fields(asked)
    if max(len(asked.query), len(asked.body)) > bounds.FIELDS_BYTES_MAX:
        return (message.refused(Format.OSMAND, _name(said), Why.TOO_LARGE),)
    if not said:
        return (message.ignored(Format.OSMAND, "", Why.EMPTY),)
    return (_read(said, unit),)


def answer(asked: Request, fate: Fate) -> Answer:
    """Return what the device is told.

    Every generation of the client sends its oldest record until somebody answers 200, and nothing
    after it: a bad record is kept beside and answered like a good one.
    """
    if fate is Fate.NOT_ENROLLED:
        return Answer(404 if request.is_json(asked.body) else 400)
    return Answer(200 if fate is Fate.KEPT else 503)


def _fields(asked: Request) -> dict[str, str]:
    in_url = request.fields(asked.query[: bounds.FIELDS_BYTES_MAX])
    return in_url or request.fields(asked.body[: bounds.FIELDS_BYTES_MAX])


def _name(said: dict[str, str]) -> str:
    return message.name(said.get("id") or said.get("deviceid"))


def _read(said: dict[str, str], unit: SpeedUnit) -> Message:
    observed_us = traccar_client.timestamp_us(said.get("timestamp"))
    lat, _, lon = said.get("location", "").partition(",")
    has_fix = texts.flag(said.get("valid")) != 0 and not _PLACE.isdisjoint(said)
    row = Row(
        observed_us=observed_us,
        lat_deg=texts.number(said.get("lat", lat)),
        lon_deg=texts.number(said.get("lon", lon)),
        accuracy_m=texts.number(said.get("accuracy")),
        hdop_ratio=texts.number(said.get("hdop")),
        sats=texts.number(said.get("sat")),
        speed_mps=texts.number(said.get("speed")) * unit.value,
        motion=texts.flag(said.get("motion")),
        trace=_name(said),
        reason=Reason.NONE if has_fix else Reason.HEARTBEAT,
    )
    return message.judged(
        Format.OSMAND,
        row,
        events=traccar_client.warnings(said.get("alarm"), observed_us),
        health=Health(
            message.battery_ratio(said.get("batt")),
            texts.flag(said.get("charge")),
            message.word(said.get("activity")),
        ),
        made_up=texts.flag(said.get("mock")) == 1,
    )
