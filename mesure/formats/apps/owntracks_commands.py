"""Commands for OwnTracks: what a device may be asked, and how it is answered.

Why so little: a device is asked for a fix or told how often to report. Nothing that hides what the
app does, locks it, or sends its reports elsewhere can be written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from mesure.formats.apps import app_limits, owntracks_secret
from mesure.formats.apps.app_request import AppMessageFate, AppResponse
from mesure.formats.apps.owntracks_secret import DeviceSecretBox

EVERY_S_MIN: Final = 1
EVERY_S_MAX: Final = 86_400

_SIGNIFICANT: Final = 1  # `monitoring`: report when the phone has moved far.
_MOVE: Final = 2  # `monitoring`: report by the clock.


@dataclass(frozen=True, slots=True)
class ReportLocation:
    """Asks for a fix now; the phone answers when it next wakes."""


@dataclass(frozen=True, slots=True)
class SetConfiguration:
    """Says how often to report. `every_s` None: when the phone has moved, as it sees fit."""

    every_s: int | None

    def __post_init__(self) -> None:
        assert self.every_s is None or EVERY_S_MIN <= self.every_s <= EVERY_S_MAX


Command = ReportLocation | SetConfiguration


def payload(command: Command, box: DeviceSecretBox | None = None) -> bytes:
    """Return a command as it is published over MQTT.

    >>> payload(ReportLocation())
    b'{"_type":"cmd","action":"reportLocation"}'
    """
    return msgspec.json.encode(_sealed(_written(command), box))


def answer(
    fate: AppMessageFate, commands: Sequence[Command] = (), box: DeviceSecretBox | None = None
) -> AppResponse:
    """Return the answer to a device over HTTP: a list, empty unless something is asked.

    >>> answer(AppMessageFate.KEPT).body, answer(AppMessageFate.NOT_ENROLLED).status
    (b'[]', 403)
    """
    if fate is not AppMessageFate.KEPT:
        return AppResponse(
            403 if fate is AppMessageFate.NOT_ENROLLED else 503, b"[]", "application/json"
        )
    written: Any = [_written(command) for command in commands[: app_limits.COMMANDS_MAX]]
    body = _sealed(written, box) if written else written
    return AppResponse(200, msgspec.json.encode(body), "application/json")


def _written(command: Command) -> dict[str, Any]:
    match command:
        case ReportLocation():
            return {"_type": "cmd", "action": "reportLocation"}
        case SetConfiguration(every_s):
            return {
                "_type": "cmd",
                "action": "setConfiguration",
                "configuration": {"_type": "configuration", **report_settings(every_s)},
            }


def report_settings(every_s: int | None) -> dict[str, Any]:
    """Return what is set: never to keep a bad fix back, and to say what the phone is doing."""
    usual = {"extendedData": True, "ignoreInaccurateLocations": 0, "pubRetain": False}
    if every_s is None:
        return {"monitoring": _SIGNIFICANT, **usual}
    return {"monitoring": _MOVE, "locatorInterval": every_s, "locatorDisplacement": 0, **usual}


def _sealed(written: Any, box: DeviceSecretBox | None) -> Any:  # noqa: ANN401
    if box is None:
        return written
    data = owntracks_secret.encrypt(msgspec.json.encode(written), box)
    return {"_type": "encrypted", "data": data}
