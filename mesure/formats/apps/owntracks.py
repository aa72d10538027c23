"""OwnTracks over HTTP and MQTT: what its apps send.

A location is read as in a file of them (`formats.files.owntracks_file`): a `t` of "p" is a
heartbeat. The names of wireless networks (SSID, BSSID) and of regions are not read. A transition is
the phone's opinion of a region that the app keeps, at a place that may be an earlier one; waypoints
are places of the person's and none of ours.

The transport says who it is (the headers or the query, the topic of MQTT), since that is what a
password or a broker vouches for. The `topic` inside a message counts only where nothing else does.

Why a plain message is refused from a device that has a key: anybody could have written it. A last
will comes from the broker, in plain.
"""

from typing import Any, Final

import msgspec

from mesure.formats.apps import app_limits, app_message, app_request, owntracks_secret, topics
from mesure.formats.apps.app_message import (
    AppEvent,
    AppEventKind,
    AppFormat,
    AppHealth,
    AppMessage,
    AppMessageFault,
)
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.formats.apps.owntracks_secret import DeviceSecretBox
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NOT_GIVEN, UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.formats.files import json_lines_file, owntracks_file
from mesure.geo.fixes import NOT_KNOWN

_CHARGING: Final = {1.0: 0, 2.0: 1, 3.0: 1}  # `bs`: unplugged, charging, full.
_SIGNS: Final = {"enter": AppEventKind.ENTERED, "leave": AppEventKind.LEFT}
_IGNORED: Final = {
    "waypoint": AppMessageFault.PLACES,
    "waypoints": AppMessageFault.PLACES,
    "card": AppMessageFault.FOR_THE_DEVICE,
    "cmd": AppMessageFault.FOR_THE_DEVICE,
}
_ANDROID: Final = ("wifi", "ps", "bo", "hib", "loc", "version")
_IOS: Final = ("locationManagerAuthorizationStatus", "backgroundRefreshStatus", "version")


class _Message(owntracks_file.OwnTracksMessage):
    batt: Any = None
    bs: Any = None
    event: Any = None
    desc: Any = None
    rid: Any = None
    android: Any = None
    ios: Any = msgspec.field(name="iOS", default=None)
    uuid: Any = None
    major: Any = None
    minor: Any = None
    mock: Any = None
    data: Any = None


_DECODER: Final = msgspec.json.Decoder(_Message)


def device_name_over_http(request: AppRequest) -> str:
    """Return which device a request says it is from; nothing, if it doesn't say."""
    by_header = topics.device(request.limit_u, request.limit_d)
    if by_header:
        return by_header
    query = app_request.fields(request.query[: app_limits.FIELDS_BYTES_MAX])
    by_query = topics.device(query.get("u", ""), query.get("d", ""))
    return by_query or app_request.first_device_name(request.body, _DECODER, _by_topic)


def read_piece(
    text: bytes, claimed: str, box: DeviceSecretBox | None = None
) -> tuple[AppMessage, ...]:
    """Return what a text says of the device that the transport named."""
    if not json_lines_file.whole(text):
        return (app_message.ignore(AppFormat.OWNTRACKS, claimed, AppMessageFault.EMPTY),)
    return _read_all(text, claimed, box)


def decrypt(text: bytes, box: DeviceSecretBox) -> bytes:
    """Return the message that a text hides; the text itself where it hides none."""
    message = json_lines_file.decode_line(_DECODER, text)
    plain = None
    if message is not None and message.kind == "encrypted":
        plain = owntracks_secret.decrypt(message.data, box)
    return text if plain is None else plain


def device_name(text: bytes) -> str:
    """Return which device a message says it is from; nothing, if it doesn't say."""
    return app_request.first_device_name(text, _DECODER, _by_topic)


def read_mqtt(delivery: MqttDelivery, box: DeviceSecretBox | None = None) -> tuple[AppMessage, ...]:
    """Return what a delivery says.

    Why a retained one is ignored: we have had it, or it is from before the device was ours.
    """
    claimed, part = topics.read(delivery.topic)
    if not claimed:
        return (app_message.refuse(AppFormat.OWNTRACKS, "", AppMessageFault.NAMELESS),)
    why = _why_ignored(delivery, part)
    if why:
        return (app_message.ignore(AppFormat.OWNTRACKS, claimed, why),)
    return _read_all(delivery.payload, claimed, box)


def _why_ignored(delivery: MqttDelivery, part: str) -> AppMessageFault | None:
    if delivery.retained:
        return AppMessageFault.RETAINED
    if part in topics.FOR_THE_DEVICE:
        return AppMessageFault.FOR_THE_DEVICE
    return None if json_lines_file.whole(delivery.payload) else AppMessageFault.EMPTY


def _by_topic(message: _Message) -> str:
    return topics.read(message.topic).claimed if isinstance(message.topic, str) else ""


def _read_all(body: bytes, claimed: str, box: DeviceSecretBox | None) -> tuple[AppMessage, ...]:
    return app_request.read_each(
        AppFormat.OWNTRACKS, body, _DECODER, lambda message: (_unsealed(message, claimed, box),)
    )


def _unsealed(message: _Message, claimed: str, box: DeviceSecretBox | None) -> AppMessage:
    """Return what a message says, encrypted or not, as far as the device's key allows."""
    if message.kind != "encrypted":
        is_open = box is None or message.kind == "lwt"
        parsed = _read(message, claimed)
        is_told = parsed.why is not None and not parsed.events
        return parsed if is_open or is_told else _refused(claimed, AppMessageFault.NOT_ENCRYPTED)
    if box is None:
        return _refused(claimed, AppMessageFault.NO_KEY)
    plain = owntracks_secret.decrypt(message.data, box)
    if plain is None:
        return _refused(claimed, AppMessageFault.WRONG_KEY)
    inner = json_lines_file.decode_line(_DECODER, plain)
    if inner is None or inner.kind == "encrypted":
        return _refused(claimed, AppMessageFault.DAMAGED)
    return _read(inner, claimed)


def _read(message: _Message, claimed: str) -> AppMessage:
    claimed = claimed or _by_topic(message)
    if not isinstance(message.kind, str):
        return _refused(claimed, AppMessageFault.DAMAGED)
    if message.kind == "location":
        return _location(message, claimed)
    event = _event(message)
    if event is None and message.kind != "steps":
        why = _IGNORED.get(message.kind, AppMessageFault.OTHER_TYPE)
        return app_message.ignore(AppFormat.OWNTRACKS, claimed, why)
    row = FixRow(_instant_us(message), trace=claimed, reason=UnusedReason.HEARTBEAT)
    return app_message.message_of_row(AppFormat.OWNTRACKS, row, events=(event,) if event else ())


def _location(message: _Message, claimed: str) -> AppMessage:
    row = owntracks_file.location(message, NOT_GIVEN)._replace(trace=claimed)
    activities = message.motionactivities if isinstance(message.motionactivities, list) else []
    return app_message.message_of_row(
        AppFormat.OWNTRACKS,
        row,
        health=AppHealth(
            app_message.battery_ratio(message.batt),
            _CHARGING.get(cell_values.number(message.bs), NOT_KNOWN),
            app_message.word(activities[0] if activities else None),
        ),
        made_up=cell_values.flag(message.mock) == 1,
    )


def _event(message: _Message) -> AppEvent | None:
    """Return what a message tells that is no location; None if it tells nothing of the device."""
    match message.kind:
        case "transition":
            sign = _SIGNS.get(cell_values.name(message.event))
            words = app_message.clip_texts(("desc", message.desc), ("rid", message.rid))
        case "lwt":
            sign, words = AppEventKind.CONNECTION_LOST, ()
        case "status":
            sign, words = AppEventKind.STATUS, _status(message)
        case "beacon":
            sign = AppEventKind.BEACON
            words = app_message.clip_texts(
                ("uuid", message.uuid), ("major", message.major), ("minor", message.minor)
            )
        case _:
            return None
    return AppEvent(sign, app_message.instant_us(_instant_us(message)), words) if sign else None


def _instant_us(message: _Message) -> int:
    """Return when it was; the `tst` of a last will is when the connection began, not its end."""
    return NOT_GIVEN if message.kind == "lwt" else cell_values.epoch_us(message.tst)


def _status(message: _Message) -> tuple[tuple[str, str], ...]:
    android, ios = app_request.as_object(message.android), app_request.as_object(message.ios)
    pairs = [(key, android.get(key)) for key in _ANDROID] + [(key, ios.get(key)) for key in _IOS]
    return app_message.clip_texts(*pairs)


def _refused(claimed: str, why: AppMessageFault) -> AppMessage:
    return app_message.refuse(AppFormat.OWNTRACKS, claimed, why)
