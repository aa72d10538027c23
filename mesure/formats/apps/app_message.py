"""App message: what a device of a pilot said, one message at a time, whatever its format.

Invariant: a message is never lost and never believed for more than it is. What can't be used is
refused with its reason and kept by the caller; nothing here is signed, and nothing can make it
so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np

from mesure.devices.calls import Call
from mesure.devices.message.uplink import UplinkEvent as Told
from mesure.devices.message.uplink import UplinkEventKind
from mesure.formats.apps import app_limits
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_faults import excerpt
from mesure.formats.columns.file_rows import (
    NO_OFFSET,
    NOT_GIVEN,
    FileRows,
    UnusedReason,
    is_believed,
    is_placed,
)
from mesure.formats.columns.row_builder import FixRow, RowBuilder
from mesure.geo.fixes import MOVES, NOT_KNOWN, POSITION


class AppFormat(StrEnum):
    """How a message was written."""

    OSMAND = "osmand"
    TRACCAR_CLIENT = "traccar_client"
    OWNTRACKS = "owntracks"
    TRACCAR_FORWARD = "traccar_forward"


class AppMessageKind(StrEnum):
    """What a message is to us."""

    FIX = "fix"
    HEARTBEAT = "heartbeat"  # A sign of life without a fix of its own.
    EVENT = "event"  # The device tells of something, and has no fix of its own either.
    IGNORED = "ignored"  # Well understood, and nothing to keep.
    REFUSED = "refused"  # Set aside, with the reason; the device is told that we have it.


class AppMessageFault(StrEnum):
    """Why a message is ignored or refused."""

    # Ignored.
    EMPTY = "empty"
    RETAINED = "retained"  # The broker's copy of what was sent before.
    FOR_THE_DEVICE = "for_the_device"  # A command, or a card: our own words coming back.
    PLACES = "places"  # Waypoints that the person keeps in the app.
    OTHER_TYPE = "other_type"
    # Refused.
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    DAMAGED = "damaged"
    NAMELESS = "nameless"
    NO_TIME = "no_time"
    NO_OFFSET = "no_offset"
    OUT_OF_RANGE = "out_of_range"
    MADE_UP = "made_up"  # The device says that another app made the position up.
    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    NOT_ENCRYPTED = "not_encrypted"


class AppEventKind(StrEnum):
    """What an event tells."""

    ENTERED = "entered"  # The device's opinion of a region that the app keeps: no evidence.
    LEFT = "left"
    CONNECTION_LOST = "connection_lost"
    STATUS = "status"  # What the phone lets the app do; explains silence.
    BEACON = "beacon"
    WARNING = "warning"  # The device calls for attention, in its own word ("sos").


@dataclass(frozen=True, slots=True)
class AppEvent:
    """Something a device tells that is no fix."""

    sign: AppEventKind
    observed_us: int | None  # None: the device doesn't say when.
    said: tuple[tuple[str, str], ...] = ()  # In the device's own words, cut short.


HELP: Final = frozenset({"sos", "falldown", "panic", "help", "emergency"})
TAMPERING: Final = frozenset(
    {"tampering", "tamper", "removing", "cut", "strap", "gpsantennacut", "jamming"}
)
"""Words of alarms, in small letters: Traccar's own, and those of apps that write to it."""

_CALLS: Final = {
    **dict.fromkeys(HELP, Call.HELP),
    **dict.fromkeys(TAMPERING, Call.TAMPERED),
    "lowbattery": Call.RUNS_LOW,
    "lowpower": Call.RUNS_LOW,
    "powercut": Call.POWER_CUT,
    "poweroff": Call.GOES_OFF,
}


def calls(event: AppEvent) -> tuple[Call, ...]:
    """Return what a device calls for; nothing, where its word is none that we know.

    >>> calls(AppEvent(AppEventKind.WARNING, None, (("alarm", "sos,lowBattery"),)))
    (<Call.HELP: 'help'>, <Call.RUNS_LOW: 'runs_low'>)
    """
    if event.sign is not AppEventKind.WARNING:
        return ()
    text = ",".join(word for key, word in event.said if key == "alarm")
    words = dict.fromkeys(word.strip().lower() for word in text.split(","))
    return tuple(_CALLS[word] for word in words if word in _CALLS)


@dataclass(frozen=True, slots=True)
class AppHealth:
    """How the device is."""

    battery_ratio: float | None = None
    charging: int = NOT_KNOWN  # 1, 0 or NOT_KNOWN.
    activity: str = ""  # In the device's own word; empty when it doesn't say.


@dataclass(frozen=True, slots=True)
class AppMessage:
    """One message as it came; a fix is in our units, and as little judged as in a file."""

    form: AppFormat
    kind: AppMessageKind
    claimed: str  # Which device it says it is; empty: it doesn't.
    observed_us: int | None = None  # By the device's clock. None: it doesn't say.
    fix: FixRow | None = None  # There when the kind is FIX, and only then.
    events: tuple[AppEvent, ...] = ()
    health: AppHealth = AppHealth()
    why: AppMessageFault | None = None  # There when the kind is IGNORED or REFUSED, and only then.
    rest_us: int = POSITION  # Of a sign of life: what it claims of lying still, as in `Fixes`.

    @property
    def unsigned(self) -> bool:
        """Return True: no device signs any of these formats, and no setting changes that."""
        return True


def health_events(messages: Sequence[AppMessage], received_us: int) -> tuple[Told, ...]:
    """Return what messages say of battery, charger and rest, by the device's clock or receipt."""
    events: list[Told] = []
    for message in messages:
        at_us = min(message.observed_us or received_us, received_us)
        ratio, charging = message.health.battery_ratio, message.health.charging
        if ratio is not None:
            events.append(Told(UplinkEventKind.BATTERY, at_us, int(ratio * 100.0 + 0.5)))
        if charging != NOT_KNOWN:
            events.append(Told(UplinkEventKind.CHARGING, at_us, bool(charging)))
        if message.rest_us != POSITION:
            events.append(Told(UplinkEventKind.MOTION, at_us, message.rest_us == MOVES))
    return tuple(events)


NOT_SAID: Final = AppHealth()


def ignore(form: AppFormat, claimed: str, why: AppMessageFault) -> AppMessage:
    """Return a message there is nothing to keep of."""
    return AppMessage(form, AppMessageKind.IGNORED, claimed, why=why)


def refuse(form: AppFormat, claimed: str, why: AppMessageFault) -> AppMessage:
    """Return a message that can't be used."""
    return AppMessage(form, AppMessageKind.REFUSED, claimed, why=why)


def message_of_row(
    form: AppFormat,
    row: FixRow,
    *,
    events: Sequence[AppEvent] = (),
    health: AppHealth = NOT_SAID,
    made_up: bool = False,
) -> AppMessage:
    """Return the message that a row makes: a fix if it is one, or why it is none.

    Events outlive a refusal: a call for help counts even where the place beside it can't be read.
    """
    claimed = row.trace or ""
    why = None if claimed else AppMessageFault.NAMELESS
    if why is None and row.reason is UnusedReason.NONE:
        why = AppMessageFault.MADE_UP if made_up else _unfit(row)
        if why is None:
            message = AppMessage(form, AppMessageKind.FIX, claimed, row.observed_us, row)
            return replace(message, events=tuple(events), health=health)
    kind = (
        AppMessageKind.REFUSED
        if why
        else AppMessageKind.EVENT
        if events
        else AppMessageKind.HEARTBEAT
    )
    observed_us = row.observed_us if is_believed(row.observed_us) else None
    rest_us = POSITION if why else row.rest_us
    return AppMessage(form, kind, claimed, observed_us, None, tuple(events), health, why, rest_us)


def _unfit(row: FixRow) -> AppMessageFault | None:
    if row.observed_us == NO_OFFSET:
        return AppMessageFault.NO_OFFSET
    if not is_believed(row.observed_us):
        return AppMessageFault.NO_TIME
    return None if is_placed(row.lat_deg, row.lon_deg) else AppMessageFault.OUT_OF_RANGE


def record(messages: Sequence[AppMessage], received_us: Sequence[int], name: str = "") -> FileRows:
    """Return messages as columns, like those of a file; each with its receipt.

    What is ignored is no row. What is refused is a row of which nothing can be read, so that the
    rows can be counted against the messages.
    """
    rows = RowBuilder(name, 0)
    repeats = []
    for message, heard_us in zip(messages, received_us, strict=True):
        if message.kind is AppMessageKind.IGNORED:
            continue
        repeats.append(message.form is AppFormat.TRACCAR_FORWARD)
        if message.fix:
            rows.add(message.fix._replace(received_us=heard_us))
        elif message.kind is AppMessageKind.REFUSED:
            rows.unread(received_us=heard_us)
        else:
            said_us = message.observed_us or heard_us
            rows.add(
                FixRow(
                    said_us,
                    heard_us,
                    reason=UnusedReason.HEARTBEAT,
                    trace=message.claimed,
                    rest_us=message.rest_us,
                )
            )
    columns = rows.record("time", "receipt")
    return replace(columns, repeats=np.array(repeats, np.bool_), notes=())


def name(value: Any) -> str:  # noqa: ANN401
    r"""Return the name that a device gives itself; nothing, if nobody could print or keep it.

    >>> name(48241179), name(" jane "), name("a" * 200), name("a\nb"), name(None)
    ('48241179', 'jane', '', '', '')
    """
    text = cell_values.name(value)
    return text if text.isprintable() and len(text) <= app_limits.NAME_CHARACTERS_MAX else ""


def clip_texts(*pairs: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what a device said in words, cut short; what it left out is left out.

    >>> clip_texts(("desc", "Home"), ("rid", None), ("wifi", 1))
    (('desc', 'Home'), ('wifi', '1'))
    """
    texts = [(key, word(value)) for key, value in pairs if word(value)]
    return tuple(texts[: app_limits.SAID_MAX])


def word(value: Any) -> str:  # noqa: ANN401
    """Return one word of a device's own, cut short; nothing, if it is none.

    >>> word("walking"), word({"type": 1})
    ('walking', '')
    """
    return excerpt(cell_values.name(value))


def battery_ratio(value: Any, full: float = 100.0) -> float | None:  # noqa: ANN401
    """Return how full a battery is; None if the device doesn't know (it then often says -1).

    >>> battery_ratio("87.0"), battery_ratio(0.79, full=1.0), battery_ratio(-1), battery_ratio(None)
    (0.87, 0.79, None, None)
    """
    level = cell_values.number(value)
    return level / full if 0.0 <= level <= full else None


def instant_us(time_us: int) -> int | None:
    """Return a time as a message has it: None where there is none to believe."""
    return time_us if time_us != NOT_GIVEN and is_believed(time_us) else None
