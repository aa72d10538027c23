"""Traccar Client and OsmAnd: a record in the URL, in a form, or in JSON.

The URL counts; the form only where the URL has no field. Which unit a speed has depends on the app,
so that is a setting of the enrolled device: Traccar Client writes knots. Altitude, bearing, cells
and Wi-Fi stations are not read.

OsmAnd writes metres a second, and under `hdop` the accuracy in metres (its LiveMonitoringHelper,
commit 007ad9c6). It stamps a record with the time at which it heard of the place.

Why a position without a time is refused, where Traccar takes the time of arrival: these clients
store and forward, so it may be from last night.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from mesure.formats.apps import app_limits, app_message, app_request, traccar_client
from mesure.formats.apps.app_message import AppFormat, AppHealth, AppMessage, AppMessageFault
from mesure.formats.apps.app_request import AppMessageFate, AppRequest, AppResponse
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.formats.files.owntracks_file import MPS_PER_KMPH
from mesure.formats.files.traccar_file import MPS_PER_KNOT

MPS_PER_MPH: Final = 0.44704

_PLACE: Final = frozenset({"lat", "lon", "location"})


class SpeedUnit(Enum):
    """What one unit of a device's speed is in metres a second."""

    KNOT = MPS_PER_KNOT
    KMPH = MPS_PER_KMPH
    MPS = 1.0
    MPH = MPS_PER_MPH


@dataclass(frozen=True, slots=True)
class OsmandDialect:
    """What an enrolled device means by its fields."""

    speed_unit: SpeedUnit = SpeedUnit.KNOT
    hdop_is_m: bool = False  # `hdop` holds the accuracy in metres.


TRACCAR_CLIENT: Final = OsmandDialect()
OSMAND: Final = OsmandDialect(SpeedUnit.MPS, hdop_is_m=True)


def device_name(request: AppRequest) -> str:
    """Return which device a request says it is from; nothing, if it doesn't say."""
    if app_request.is_json(request.body):
        return traccar_client.device_name(request.body)
    return _name(_fields(request))


def read(request: AppRequest, dialect: OsmandDialect = TRACCAR_CLIENT) -> tuple[AppMessage, ...]:
    """Return what a request says; `dialect` is the enrolled device's."""
    if app_request.is_json(request.body):
        return traccar_client.read(request.body)
    fields = _fields(request)
    if max(len(request.query), len(request.body)) > app_limits.FIELDS_BYTES_MAX:
        return (app_message.refuse(AppFormat.OSMAND, _name(fields), AppMessageFault.TOO_LARGE),)
    if not fields:
        return (app_message.ignore(AppFormat.OSMAND, "", AppMessageFault.EMPTY),)
    return (_read(fields, dialect),)


def answer(request: AppRequest, fate: AppMessageFate) -> AppResponse:
    """Return the answer to the device.

    Every generation of the client sends its oldest record until somebody answers 200, and nothing
    after it: a bad record is set aside and answered like a good one.
    """
    if fate is AppMessageFate.NOT_ENROLLED:
        return AppResponse(404 if app_request.is_json(request.body) else 400)
    return AppResponse(200 if fate is AppMessageFate.KEPT else 503)


def _fields(request: AppRequest) -> dict[str, str]:
    in_url = app_request.fields(request.query[: app_limits.FIELDS_BYTES_MAX])
    return in_url or app_request.fields(request.body[: app_limits.FIELDS_BYTES_MAX])


def _name(fields: dict[str, str]) -> str:
    return app_message.name(fields.get("id") or fields.get("deviceid"))


def _read(fields: dict[str, str], dialect: OsmandDialect) -> AppMessage:
    observed_us = traccar_client.timestamp_us(fields.get("timestamp"))
    hdop = fields.get("hdop")
    lat, _, lon = fields.get("location", "").partition(",")
    has_fix = cell_values.flag(fields.get("valid")) != 0 and not _PLACE.isdisjoint(fields)
    row = FixRow(
        observed_us=observed_us,
        lat_deg=cell_values.number(fields.get("lat", lat)),
        lon_deg=cell_values.number(fields.get("lon", lon)),
        accuracy_m=cell_values.number(fields.get("accuracy", hdop if dialect.hdop_is_m else None)),
        hdop_ratio=cell_values.number(None if dialect.hdop_is_m else hdop),
        sats=cell_values.number(fields.get("sat")),
        speed_mps=cell_values.number(fields.get("speed")) * dialect.speed_unit.value,
        motion=cell_values.flag(fields.get("motion")),
        trace=_name(fields),
        reason=UnusedReason.NONE if has_fix else UnusedReason.HEARTBEAT,
    )
    return app_message.message_of_row(
        AppFormat.OSMAND,
        row,
        events=traccar_client.warnings(fields.get("alarm"), observed_us),
        health=AppHealth(
            app_message.battery_ratio(fields.get("batt")),
            cell_values.flag(fields.get("charge")),
            app_message.word(fields.get("activity")),
        ),
        made_up=cell_values.flag(fields.get("mock")) == 1,
    )
