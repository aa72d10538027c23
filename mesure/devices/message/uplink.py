"""Uplink: what a device says: fixes, signs of life, events, answers, a new key, and who it is.

Each is a value here, with the limits of its parts; `messages` puts a counter and a time on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from mesure.devices.message import batch, lone_fix, message_fields
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.cbor import Item
from mesure.devices.message.public_keys import KEY_BYTES, SIGNATURE_BYTES

EVENTS_PER_MESSAGE_MAX: Final = 64
DEVICE_CHARS_MAX: Final = 64
CODE_CHARS_MAX: Final = 64
WAITING_MAX: Final = 2**32 - 1
PERCENT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life, without a fix; None where the device did not say."""

    battery_percent: int | None = None
    is_charging: bool | None = None
    is_strap_closed: bool | None = None
    is_moving: bool | None = None
    may_locate: bool | None = None  # False: location is switched off, or not allowed to the app.
    waiting: int = 0  # Messages still on the device, this one not counted.
    still_since_us: int | None = None  # Since when its motion sensor has felt no movement.

    @property
    def claims_rest(self) -> bool:
        """Tell whether it says since when it has lain still, or that it moves."""
        return self.still_since_us is not None or self.is_moving is True


class UplinkEventKind(IntEnum):
    """What an event tells of, and what its value says."""

    BATTERY = 1  # The percentage that is left.
    CHARGING = 2  # True: it began; false: it ended.
    STRAP = 3  # True: closed; false: opened or cut.
    MOTION = 4  # True: it began to move; false: it came to rest.
    BEACON = 5  # True: the home beacon is heard; false: no longer.
    LOCATING = 6  # True: the device may locate itself; false: no longer.
    STARTED = 7  # True: it was switched on; false: it is being switched off.


@dataclass(frozen=True, slots=True)
class UplinkEvent:
    """Something that changed on the device; a percentage for the battery, otherwise yes or no."""

    what: UplinkEventKind
    observed_us: int
    value: int | bool


@dataclass(frozen=True, slots=True)
class UplinkEvents:
    """What changed, in the order in which the device saw it."""

    events: tuple[UplinkEvent, ...]


class CommandOutcome(IntEnum):
    """The result of a command that the device was sent."""

    DONE = 1
    SHOWN = 2  # A message to the person is on the screen.
    READ = 3  # The person has said so.
    CANNOT = 4


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """The device acknowledges the message sent under that counter."""

    to: int
    outcome: CommandOutcome


@dataclass(frozen=True, slots=True)
class NewKey:
    """From the next counter on, another key signs; this message is signed by the old one."""

    public_key: bytes
    proof: bytes  # `new_key_proof` signed by the new key: its owner agrees.


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who a device is and which key it has; signed by that key, believed by an enrolment only."""

    device: str
    device_class: str  # As the programme names classes: decides what a radius means.
    public_key: bytes
    code: str  # What an officer gave out for this enrolment; empty when handed over in person.


Up: TypeAlias = FixBatch | Heartbeat | UplinkEvents | CommandAnswer | NewKey | Introduction


def new_key_proof(old_public_key: bytes, new_public_key: bytes) -> bytes:
    """Return what a new key signs to say that it follows an old one."""
    return b"mesure device protocol new key" + old_public_key + new_public_key


# --- Writing -------------------------------------------------------------------------------------


def kind(body: Up) -> int:
    """Return the number of its kind."""
    return KINDS[type(body)]


def to_item(body: Up) -> Item:
    """Return how it is written."""
    match body:
        case FixBatch():
            return batch.to_item(body)
        case Heartbeat():
            parts: tuple[Item, ...] = (
                body.battery_percent,
                body.is_charging,
                body.is_strap_closed,
                body.is_moving,
                body.may_locate,
                body.waiting or None,
                None if body.still_since_us is None else body.still_since_us // 1_000,
            )
            return {key: part for key, part in enumerate(parts, 1) if part is not None}
        case UplinkEvents():
            return [[one.what, one.observed_us // 1_000, one.value] for one in body.events]
        case CommandAnswer():
            return [body.to, body.outcome]
        case NewKey():
            return [body.public_key, body.proof]
    return [body.device, body.device_class, body.public_key, body.code]


# --- Reading -------------------------------------------------------------------------------------


def of_item(number: int, item: Item) -> Up | None:
    """Return what was said, None for an unknown kind; raise `FieldError` where it is malformed."""
    read = _READERS.get(number)
    return None if read is None else read(item)


def _heartbeat(item: Item) -> Heartbeat:
    table = message_fields.table(item, "a heartbeat", range(1, 8))
    battery, waiting, still = table.get(1), table.get(6), table.get(7)
    return Heartbeat(
        None if battery is None else message_fields.whole(battery, "the battery", 0, PERCENT_MAX),
        _flag(table, 2, "charging"),
        _flag(table, 3, "the strap"),
        _flag(table, 4, "moving"),
        _flag(table, 5, "locating"),
        0 if waiting is None else message_fields.whole(waiting, "what waits", 1, WAITING_MAX),
        None if still is None else message_fields.instant_us(still, "since when it lies still"),
    )


def _flag(table: dict[int, Item], key: int, what: str) -> bool | None:
    return message_fields.flag(table[key], what) if key in table else None


def _events(item: Item) -> UplinkEvents:
    listed = message_fields.rows(item, "the events", EVENTS_PER_MESSAGE_MAX, 1)
    return UplinkEvents(tuple(_event(one) for one in listed))


def _event(item: Item) -> UplinkEvent:
    number, at_ms, value = message_fields.row(item, "an event", 3)
    what = UplinkEventKind(
        message_fields.whole(number, "what an event tells of", 1, len(UplinkEventKind))
    )
    observed_us = message_fields.instant_us(at_ms, "when an event was")
    if what is UplinkEventKind.BATTERY:
        return UplinkEvent(
            what, observed_us, message_fields.whole(value, "the battery", 0, PERCENT_MAX)
        )
    return UplinkEvent(what, observed_us, message_fields.flag(value, "the value of an event"))


def _answer(item: Item) -> CommandAnswer:
    to, outcome = message_fields.row(item, "an answer", 2)
    return CommandAnswer(
        message_fields.whole(to, "what is answered", 1, message_fields.COUNTER_MAX),
        CommandOutcome(message_fields.whole(outcome, "an outcome", 1, len(CommandOutcome))),
    )


def _new_key(item: Item) -> NewKey:
    key, proof = message_fields.row(item, "a new key", 2)
    return NewKey(
        message_fields.octets(key, "the new key", KEY_BYTES),
        message_fields.octets(proof, "its proof", SIGNATURE_BYTES),
    )


def _introduction(item: Item) -> Introduction:
    device, device_class, key, code = message_fields.row(item, "an introduction", 4)
    return Introduction(
        message_fields.text(device, "the device", DEVICE_CHARS_MAX, 1),
        message_fields.text(device_class, "its class", DEVICE_CHARS_MAX, 1),
        message_fields.octets(key, "its key", KEY_BYTES),
        message_fields.text(code, "the code", CODE_CHARS_MAX),
    )


KINDS: Final[dict[type, int]] = {
    FixBatch: 1,
    Heartbeat: 2,
    UplinkEvents: 3,
    CommandAnswer: 4,
    NewKey: 5,
    Introduction: 6,
}
_READERS: Final[dict[int, Callable[[Item], Up]]] = {
    1: lone_fix.of_item,
    2: _heartbeat,
    3: _events,
    4: _answer,
    5: _new_key,
    6: _introduction,
}
