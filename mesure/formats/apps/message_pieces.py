"""Message pieces: a request of an app split by device, each piece stored to be read again.

A request may hold messages of several devices, and no device's are kept with another's. What is
kept is the very text, opened if it was encrypted, with what the device's enrolment made of it, so
that nothing but these bytes is needed to judge it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from mesure.formats.apps import (
    app_limits,
    app_request,
    osmand,
    owntracks,
    topics,
    traccar_client,
    traccar_forward,
)
from mesure.formats.apps.app_message import AppFormat, AppMessage
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.formats.apps.osmand import OsmandDialect, SpeedUnit
from mesure.formats.apps.owntracks_secret import DeviceSecretBox

LAYOUT: Final = 1


@dataclass(frozen=True, slots=True)
class MessagePiece:
    """Text of one device: a query, a form, or one JSON text that is no list."""

    form: AppFormat
    claimed: str  # Which device it is from, as far as anything says; empty: nothing does.
    text: bytes
    delivery: MqttDelivery | None = None  # How it came, where that tells what it is.


@dataclass(frozen=True, slots=True)
class PieceContent:
    """What a piece says, and the bytes that are kept of it."""

    messages: tuple[AppMessage, ...]
    kept: bytes


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    layout: int
    text: bytes
    claimed: str
    speed_unit: str
    hdop_is_m: bool


_DECODER: Final = msgspec.msgpack.Decoder(_Kept)


# --- Taking apart --------------------------------------------------------------------------------


def of_osmand(request: AppRequest) -> tuple[MessagePiece, ...]:
    """Return the pieces of a request of Traccar Client or OsmAnd; none, if nothing was sent."""
    if app_request.is_json(request.body):
        return _of_json(AppFormat.TRACCAR_CLIENT, request.body, traccar_client.device_name)
    text = (
        request.query
        if app_request.fields(request.query[: app_limits.FIELDS_BYTES_MAX])
        else request.body
    )
    piece = MessagePiece(AppFormat.OSMAND, osmand.device_name(request), text)
    return (piece,) if app_request.fields(text[: app_limits.FIELDS_BYTES_MAX]) else ()


def of_owntracks(request: AppRequest) -> tuple[MessagePiece, ...]:
    """Return the pieces of a request of OwnTracks; none, if nothing was sent."""

    def device_name(text: bytes) -> str:
        return owntracks.device_name_over_http(
            AppRequest(request.query, text, request.limit_u, request.limit_d)
        )

    return _of_json(AppFormat.OWNTRACKS, request.body, device_name)


def of_delivery(delivery: MqttDelivery) -> tuple[MessagePiece, ...]:
    """Return the pieces of what OwnTracks published; none where it is no device's topic."""
    claimed = topics.read(delivery.topic).claimed
    if not claimed:
        return ()
    return tuple(
        MessagePiece(
            AppFormat.OWNTRACKS,
            claimed,
            text,
            MqttDelivery(delivery.topic, text, delivery.retained),
        )
        for text in app_request.parts(delivery.payload)
    )


def of_forwarded(body: bytes) -> tuple[MessagePiece, ...]:
    """Return the pieces of what a Traccar server forwards."""
    return _of_json(AppFormat.TRACCAR_FORWARD, body, traccar_forward.device_name)


def _of_json(
    form: AppFormat, body: bytes, claimed: Callable[[bytes], str]
) -> tuple[MessagePiece, ...]:
    """Return the pieces of a body; what is too large is one piece, which nobody reads further."""
    if len(body) > app_limits.BODY_BYTES_MAX:
        return (MessagePiece(form, "", body),)
    return tuple(MessagePiece(form, claimed(text), text) for text in app_request.parts(body))


# --- Reading -------------------------------------------------------------------------------------


def read_piece(
    piece: MessagePiece,
    dialect: OsmandDialect = osmand.TRACCAR_CLIENT,
    box: DeviceSecretBox | None = None,
) -> PieceContent:
    """Return what a piece says, by what its device is enrolled with."""
    plain = piece.text
    if piece.form is not AppFormat.OWNTRACKS:
        messages = _read(piece.form, plain, piece.claimed, dialect)
    elif piece.delivery is not None:
        messages = owntracks.read_mqtt(piece.delivery, box)
    else:
        messages = owntracks.read_piece(plain, piece.claimed, box)
    if box is not None and piece.form is AppFormat.OWNTRACKS:
        plain = owntracks.decrypt(plain, box)
    unit = dialect.speed_unit.name
    stored_piece = _Kept(LAYOUT, plain, piece.claimed, unit, dialect.hdop_is_m)
    return PieceContent(messages, msgspec.msgpack.encode(stored_piece))


def read(form: str, data: bytes) -> tuple[AppMessage, ...]:
    """Return what a piece said that was kept.

    Raises `ValueError` for bytes that `read_piece` of this version did not make: they come from our
    own store, and nothing can be judged on top of them.
    """
    try:
        stored_piece = _DECODER.decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(f"what was kept of a pilot's message cannot be read: {error}") from None
    if stored_piece.layout != LAYOUT:
        raise ValueError(f"a pilot's message has layout {stored_piece.layout}, not {LAYOUT}")
    dialect = OsmandDialect(SpeedUnit[stored_piece.speed_unit], stored_piece.hdop_is_m)
    return _read(AppFormat(form), stored_piece.text, stored_piece.claimed, dialect)


def _read(
    form: AppFormat, text: bytes, claimed: str, dialect: OsmandDialect
) -> tuple[AppMessage, ...]:
    match form:
        case AppFormat.OSMAND:
            return osmand.read(AppRequest(query=text), dialect)
        case AppFormat.TRACCAR_CLIENT:
            return traccar_client.read(text)
        case AppFormat.OWNTRACKS:
            return owntracks.read_piece(text, claimed)
    return traccar_forward.read(text)
