"""Traccar Client 9: the JSON that its background-geolocation library posts.

Speed is in metres a second and -1 where it isn't known, as are heading and battery. Altitude is not
read. Where the state of the app and the activity of the person contradict each other, nobody knows
whether the device moves.

Why a heartbeat carries no fix: the library sends its last position again with the present time.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from mesure.formats.apps import app_message, app_request
from mesure.formats.apps.app_message import (
    AppEvent,
    AppEventKind,
    AppFormat,
    AppHealth,
    AppMessage,
    AppMessageFault,
)
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.geo.fixes import MOVES, NOT_KNOWN, POSITION, SINCE_FIX

_STILL: Final = frozenset({"still"})
_MOVING: Final = frozenset({"on_foot", "walking", "running", "on_bicycle", "in_vehicle"})


class _Body(msgspec.Struct):
    location: Any = None
    device_id: Any = None


_DECODER: Final = msgspec.json.Decoder(_Body)


def device_name(body: bytes) -> str:
    """Return which device a body says it is from; nothing, if it doesn't say."""
    return app_request.first_device_name(
        body, _DECODER, lambda message: app_message.name(message.device_id)
    )


def read(body: bytes) -> tuple[AppMessage, ...]:
    """Return what a body says, location by location."""
    return app_request.read_each(AppFormat.TRACCAR_CLIENT, body, _DECODER, _all)


def timestamp_us(value: Any) -> int:  # noqa: ANN401
    """Return a time as Traccar's devices write it: seconds, milliseconds or ISO 8601.

    >>> timestamp_us("1736161169"), timestamp_us(1736161169000), timestamp_us("1970-01-01T00:01Z")
    (1736161169000000, 1736161169000000, 60000000)
    """
    return cell_values.stamp_us(value)


def warnings(word: Any, observed_us: int) -> tuple[AppEvent, ...]:  # noqa: ANN401
    """Return the event of a device that calls for attention; none, if it doesn't."""
    words = app_message.clip_texts(("alarm", word))
    return (
        (AppEvent(AppEventKind.WARNING, app_message.instant_us(observed_us), words),)
        if words
        else ()
    )


def _all(body: _Body) -> Iterator[AppMessage]:
    name = app_message.name(body.device_id)
    for location in body.location if isinstance(body.location, list) else [body.location]:
        if isinstance(location, dict):
            yield _read(name, app_request.as_object(location.get("extras")) | location)
        else:
            yield app_message.refuse(AppFormat.TRACCAR_CLIENT, name, AppMessageFault.DAMAGED)


def _read(name: str, location: dict[str, Any]) -> AppMessage:
    observed_us = timestamp_us(location.get("timestamp"))
    coords = app_request.as_object(location.get("coords"))
    battery = app_request.as_object(location.get("battery"))
    activity = _activity(location.get("activity"))
    is_heartbeat = "coords" not in location or location.get("event") == "heartbeat"
    is_heartbeat |= cell_values.flag(location.get("heartbeat")) == 1
    motion = _motion(cell_values.flag(location.get("is_moving")), activity)
    row = FixRow(
        observed_us=observed_us,
        lat_deg=cell_values.number(coords.get("latitude")),
        lon_deg=cell_values.number(coords.get("longitude")),
        accuracy_m=cell_values.number(coords.get("accuracy")),
        speed_mps=cell_values.number(coords.get("speed")),
        motion=motion,
        trace=name,
        reason=UnusedReason.HEARTBEAT if is_heartbeat else UnusedReason.NONE,
        rest_us=_REST_US.get(motion, POSITION) if is_heartbeat else POSITION,
    )
    return app_message.message_of_row(
        AppFormat.TRACCAR_CLIENT,
        row,
        events=warnings(location.get("alarm"), observed_us),
        health=AppHealth(
            app_message.battery_ratio(battery.get("level"), full=1.0),
            cell_values.flag(battery.get("is_charging")),
            activity,
        ),
        made_up=cell_values.flag(location.get("mock")) == 1,
    )


_REST_US: Final = {0: SINCE_FIX, 1: MOVES}
"""The library is at rest or on its way, and sends a fix whenever that changes: while it is at rest
nothing has moved it since its last fix.
"""


def _activity(activity: Any) -> str:  # noqa: ANN401
    word = activity.get("type") if isinstance(activity, dict) else activity
    return app_message.word(word)


def _motion(is_moving: int, activity: str) -> int:
    """Return the motion flag of the two that the library keeps."""
    if activity not in _STILL | _MOVING:
        return is_moving
    by_activity = int(activity in _MOVING)
    return by_activity if is_moving in (by_activity, NOT_KNOWN) else NOT_KNOWN
