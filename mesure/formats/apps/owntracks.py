"""OwnTracks over HTTP and MQTT: what its apps send.

What a location says is told as in a file of them (`formats.owntracks`): a `t` of "p" is a
heartbeat. The names of wireless networks (SSID, BSSID) and of regions are not read. A transition is
the phone's opinion of a region that the app keeps, at a place that may be an earlier one; waypoints
are places of the person's and none of ours.

Who it is, the transport says (the headers or the query, the topic of MQTT), since that is what a
password or a broker vouches for. The `topic` inside a message counts only where nothing else does.

Why a plain message is refused from a device that has a key: anybody could have written it. A last
will comes from the broker, in plain.
"""

from typing import Any, Final

import msgspec

from mesure.formats.apps import app_limits, app_message, app_request, owntracks_secret, topics
from mesure.formats.apps.app_message import Event, Format, Health, Message, Sign, Why
from mesure.formats.apps.app_request import Delivery, Request
from mesure.formats.apps.owntracks_secret import SecretBox
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NOT_GIVEN, Reason
from mesure.formats.columns.row_builder import Row
from mesure.formats.files import json_lines_file, owntracks_file
from mesure.geo.fixes import NOT_KNOWN

_CHARGING: Final = {1.0: 0, 2.0: 1, 3.0: 1}  # `bs`: unplugged, charging, full.
_SIGNS: Final = {"enter": Sign.ENTERED, "leave": Sign.LEFT}
_IGNORED: Final = {
    "waypoint": Why.PLACES,
    "waypoints": Why.PLACES,
    "card": Why.FOR_THE_DEVICE,
    "cmd": Why.FOR_THE_DEVICE,
}
_ANDROID: Final = ("wifi", "ps", "bo", "hib", "loc", "version")
_IOS: Final = ("locationManagerAuthorizationStatus", "backgroundRefreshStatus", "version")


class _Message(owntracks_file.Message):
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


def claimed_over_http(request: Request) -> str:
    """Return which device a request says it is from; nothing, if it doesn't say."""
    by_header = topics.device(request.limit_u, request.limit_d)
    if by_header:
        return by_header
    query = app_request.fields(request.query[: app_limits.FIELDS_BYTES_MAX])
    by_query = topics.device(query.get("u", ""), query.get("d", ""))
    return by_query or app_request.claimed(request.body, _DECODER, _by_topic)


def read_http(request: Request, box: SecretBox | None = None) -> tuple[Message, ...]:
    """Return what a request says; `box` has the device's key, if it is enrolled with one."""
    return read_piece(request.body, claimed_over_http(request), box)


def read_piece(text: bytes, claimed: str, box: SecretBox | None = None) -> tuple[Message, ...]:
    """Return what a text says of the device that the transport named."""
    if not json_lines_file.whole(text):
        return (app_message.ignored(Format.OWNTRACKS, claimed, Why.EMPTY),)
    return _read_all(text, claimed, box)


def opened(text: bytes, box: SecretBox) -> bytes:
    """Return the message that a text hides; the text itself where it hides none."""
    message = json_lines_file.decoded(_DECODER, text)
    plain = None
    if message is not None and message.kind == "encrypted":
        plain = owntracks_secret.opened(message.data, box)
    return text if plain is None else plain


def claimed(text: bytes) -> str:
    """Return which device a message says it is from; nothing, if it doesn't say."""
    return app_request.claimed(text, _DECODER, _by_topic)


def claimed_over_mqtt(delivery: Delivery) -> str:
    """Return which device a message was published for; nothing, if it is no device's topic."""
    return topics.read(delivery.topic).claimed


def read_mqtt(delivery: Delivery, box: SecretBox | None = None) -> tuple[Message, ...]:
    """Return what a delivery says.

    Why a retained one is ignored: we have had it, or it is from before the device was ours.
    """
    claimed, part = topics.read(delivery.topic)
    if not claimed:
        return (app_message.refused(Format.OWNTRACKS, "", Why.NAMELESS),)
    why = _why_ignored(delivery, part)
    if why:
        return (app_message.ignored(Format.OWNTRACKS, claimed, why),)
    return _read_all(delivery.payload, claimed, box)


def _why_ignored(delivery: Delivery, part: str) -> Why | None:
    if delivery.retained:
        return Why.RETAINED
    if part in topics.FOR_THE_DEVICE:
        return Why.FOR_THE_DEVICE
    return None if json_lines_file.whole(delivery.payload) else Why.EMPTY


def _by_topic(message: _Message) -> str:
    return topics.read(message.topic).claimed if isinstance(message.topic, str) else ""


def _read_all(body: bytes, claimed: str, box: SecretBox | None) -> tuple[Message, ...]:
    return app_request.read_each(
        Format.OWNTRACKS, body, _DECODER, lambda message: (_unsealed(message, claimed, box),)
    )


def _unsealed(message: _Message, claimed: str, box: SecretBox | None) -> Message:
    """Return what a message says, encrypted or not, as far as the device's key allows."""
    if message.kind != "encrypted":
        is_open = box is None or message.kind == "lwt"
        parsed = _read(message, claimed)
        is_told = parsed.why is not None and not parsed.events
        return parsed if is_open or is_told else _refused(claimed, Why.NOT_ENCRYPTED)
    if box is None:
        return _refused(claimed, Why.NO_KEY)
    plain = owntracks_secret.opened(message.data, box)
    if plain is None:
        return _refused(claimed, Why.WRONG_KEY)
    inner = json_lines_file.decoded(_DECODER, plain)
    if inner is None or inner.kind == "encrypted":
        return _refused(claimed, Why.DAMAGED)
    return _read(inner, claimed)


def _read(message: _Message, claimed: str) -> Message:
    claimed = claimed or _by_topic(message)
    if not isinstance(message.kind, str):
        return _refused(claimed, Why.DAMAGED)
    if message.kind == "location":
        return _location(message, claimed)
    event = _event(message)
    if event is None and message.kind != "steps":
        why = _IGNORED.get(message.kind, Why.OTHER_TYPE)
        return app_message.ignored(Format.OWNTRACKS, claimed, why)
    row = Row(_instant_us(message), trace=claimed, reason=Reason.HEARTBEAT)
    return app_message.judged(Format.OWNTRACKS, row, events=(event,) if event else ())


def _location(message: _Message, claimed: str) -> Message:
    row = owntracks_file.location(message, NOT_GIVEN)._replace(trace=claimed)
    activities = message.motionactivities if isinstance(message.motionactivities, list) else []
    return app_message.judged(
        Format.OWNTRACKS,
        row,
        health=Health(
            app_message.battery_ratio(message.batt),
            _CHARGING.get(cell_values.number(message.bs), NOT_KNOWN),
            app_message.word(activities[0] if activities else None),
        ),
        made_up=cell_values.flag(message.mock) == 1,
    )


def _event(message: _Message) -> Event | None:
    """Return what a message tells that is no location; None if it tells nothing of the device."""
    match message.kind:
        case "transition":
            sign = _SIGNS.get(cell_values.name(message.event))
            words = app_message.said(("desc", message.desc), ("rid", message.rid))
        case "lwt":
            sign, words = Sign.CONNECTION_LOST, ()
        case "status":
            sign, words = Sign.STATUS, _status(message)
        case "beacon":
            sign = Sign.BEACON
            words = app_message.said(
                ("uuid", message.uuid), ("major", message.major), ("minor", message.minor)
            )
        case _:
            return None
    return Event(sign, app_message.instant_us(_instant_us(message)), words) if sign else None


def _instant_us(message: _Message) -> int:
    """Return when it was; the `tst` of a last will is when the connection began, not its end."""
    return NOT_GIVEN if message.kind == "lwt" else cell_values.epoch_us(message.tst)


def _status(message: _Message) -> tuple[tuple[str, str], ...]:
    android, ios = app_request.mapping(message.android), app_request.mapping(message.ios)
    pairs = [(key, android.get(key)) for key in _ANDROID] + [(key, ios.get(key)) for key in _IOS]
    return app_message.said(*pairs)


def _refused(claimed: str, why: Why) -> Message:
    return app_message.refused(Format.OWNTRACKS, claimed, why)
