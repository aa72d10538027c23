"""Traccar forwarding: a server's JSON with the positions and events of its devices.

A position is read as in a file of them (`formats.files.traccar_file`). A message without a fix of
its own has the time of the device (`deviceTime`), since its position is an earlier one.

Why an unknown device is answered 200: the sender is a server with other devices, and gives up on
all of them when too many messages wait. It is recorded as not enrolled all the same.
"""

from typing import Any, Final

import msgspec

from mesure.formats.apps import app_message, app_request, traccar_client
from mesure.formats.apps.app_message import (
    AppEvent,
    AppEventKind,
    AppFormat,
    AppHealth,
    AppMessage,
    AppMessageFault,
)
from mesure.formats.apps.app_request import AppMessageFate, AppResponse
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NOT_GIVEN, UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.formats.files import traccar_file

_SIGNS: Final = {
    "deviceOffline": AppEventKind.CONNECTION_LOST,
    "geofenceEnter": AppEventKind.ENTERED,
    "geofenceExit": AppEventKind.LEFT,
    "alarm": AppEventKind.WARNING,
}


class _Attributes(traccar_file.TraccarAttributes, rename="camel"):
    battery_level: Any = None
    charge: Any = None
    word: Any = msgspec.field(name="alarm", default=None)
    mock: Any = None


class _Position(traccar_file.TraccarPosition, rename="camel"):
    attributes: _Attributes | None = None
    device_time: Any = None


class _Message(traccar_file.TraccarMessage):
    position: _Position | None = None
    zone: Any = msgspec.field(name="geofence", default=None)


_DECODER: Final = msgspec.json.Decoder(_Message)


def device_name(body: bytes) -> str:
    """Return which device a body says it is about; nothing, if it doesn't say."""
    return app_request.first_device_name(
        body, _DECODER, lambda message: app_message.name(traccar_file.device(message))
    )


def read(body: bytes) -> tuple[AppMessage, ...]:
    """Return what a body says: one message, or a list of them."""
    return app_request.read_each(
        AppFormat.TRACCAR_FORWARD, body, _DECODER, lambda message: (_read(message),)
    )


def answer(fate: AppMessageFate) -> AppResponse:
    """Return the answer to the server."""
    return AppResponse(503 if fate is AppMessageFate.NOT_KEPT else 200)


def _read(message: _Message) -> AppMessage:
    name = app_message.name(traccar_file.device(message))
    if message.position is None and message.device is None and message.event is None:
        return app_message.refuse(AppFormat.TRACCAR_FORWARD, name, AppMessageFault.DAMAGED)
    events = _events(message)
    if message.position is None:
        row = FixRow(NOT_GIVEN, trace=name, reason=UnusedReason.HEARTBEAT)
        return app_message.message_of_row(AppFormat.TRACCAR_FORWARD, row, events=events)
    row = traccar_file.position(message, message.position)._replace(
        trace=name, received_us=NOT_GIVEN
    )
    if row.reason is UnusedReason.HEARTBEAT:
        row = row._replace(observed_us=cell_values.time_us(message.position.device_time))
    more = message.position.attributes or _Attributes()
    return app_message.message_of_row(
        AppFormat.TRACCAR_FORWARD,
        row,
        events=(*events, *traccar_client.warnings(more.word, row.observed_us)),
        health=AppHealth(
            app_message.battery_ratio(more.battery_level), cell_values.flag(more.charge)
        ),
        made_up=cell_values.flag(more.mock) == 1,
    )


def _events(message: _Message) -> tuple[AppEvent, ...]:
    event = app_request.as_object(message.event)
    sign = _SIGNS.get(cell_values.name(event.get("type")))
    if sign is None:
        return ()
    words = app_message.clip_texts(
        ("alarm", app_request.as_object(event.get("attributes")).get("alarm")),
        ("desc", app_request.as_object(message.zone).get("name")),
    )
    return (
        AppEvent(sign, app_message.instant_us(cell_values.time_us(event.get("eventTime"))), words),
    )
