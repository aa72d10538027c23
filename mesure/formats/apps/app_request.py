"""App request: what a listener hands over, and what it is to answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from mesure.formats.apps import app_limits, app_message
from mesure.formats.apps.app_message import AppFormat, AppMessage, AppMessageFault
from mesure.formats.files import json_lines_file

T = TypeVar("T")

_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_JSON: Final = (b"{", b"[")


@dataclass(frozen=True, slots=True)
class AppRequest:
    """What came over HTTP. A listener reads one byte more than the bounds, and no further."""

    query: bytes = b""  # What follows the question mark.
    body: bytes = b""
    limit_u: str = ""  # The headers X-Limit-U and X-Limit-D of OwnTracks.
    limit_d: str = ""


@dataclass(frozen=True, slots=True)
class MqttDelivery:
    """What came over MQTT. `retained`: the broker sent it because we subscribed, not now."""

    topic: str
    payload: bytes
    retained: bool = False


class AppMessageFate(Enum):
    """What became of the messages of a request."""

    KEPT = "kept"  # Committed, refused ones too.
    NOT_ENROLLED = "not_enrolled"
    NOT_KEPT = "not_kept"  # The store is away: the device is to try again.


@dataclass(frozen=True, slots=True)
class AppResponse:
    """The answer to the device."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


def is_json(body: bytes) -> bool:
    """Say whether a body is written in JSON; clients don't always say so, or say so of a form."""
    return json_lines_file.whole(body[: app_limits.BODY_BYTES_MAX]).startswith(_JSON)


def fields(text: bytes) -> dict[str, str]:
    r"""Return the fields of a query or a form; of several with one name the first.

    >>> fields(b"id=1&lat=43%2E25&id=2&speed=&%zz=%ff")
    {'%zz': '\ufffd', 'speed': '', 'id': '1', 'lat': '43.25'}
    """
    pairs = text.split(b"&", app_limits.FIELDS_MAX)[: app_limits.FIELDS_MAX]
    decoded = parse_qsl(b"&".join(pairs).decode("utf-8", "replace"), keep_blank_values=True)
    return dict(reversed(decoded))


def read_each(
    form: AppFormat,
    body: bytes,
    decoder: msgspec.json.Decoder[T],
    read: Callable[[T], Iterable[AppMessage]],
) -> tuple[AppMessage, ...]:
    """Return what each message of a body says: a body is one message, or a list of them.

    A damaged one among them is refused alone, and the others are read.
    """
    if len(body) > app_limits.BODY_BYTES_MAX:
        return (app_message.refuse(form, "", AppMessageFault.TOO_LARGE),)
    messages: list[AppMessage] = []
    for part in parts(body):
        decoded = json_lines_file.decode_line(decoder, part)
        damaged = app_message.refuse(form, "", AppMessageFault.DAMAGED)
        for message in (damaged,) if decoded is None else read(decoded):
            if len(messages) == app_limits.MESSAGES_MAX:
                return (*messages, app_message.refuse(form, "", AppMessageFault.TOO_MANY))
            messages.append(message)
    return tuple(messages)


def parts(body: bytes) -> list[bytes]:
    """Return the messages of a body, each as text; one more than the bounds, and no further."""
    text = json_lines_file.whole(body)
    if not text.startswith(b"["):
        return [text]
    listed = json_lines_file.decode_line(_LIST, text)
    return (
        [text]
        if listed is None
        else [bytes(part) for part in listed[: app_limits.MESSAGES_MAX + 1]]
    )


def first_device_name(
    body: bytes, decoder: msgspec.json.Decoder[T], name: Callable[[T], str]
) -> str:
    """Return the first name that a message of a body gives; nothing, if none does.

    Each message carries its own name: the caller looks up for each whether it is enrolled.
    """
    if len(body) <= app_limits.BODY_BYTES_MAX:
        for part in parts(body):
            decoded = json_lines_file.decode_line(decoder, part)
            device_name = "" if decoded is None else name(decoded)
            if device_name:
                return device_name
    return ""


def as_object(value: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return an object of JSON; an empty one, if it is something else."""
    return value if isinstance(value, dict) else {}
