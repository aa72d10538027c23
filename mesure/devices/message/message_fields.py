"""Message fields, each read within its limits; what is odd stops the reading.

`FieldError` never leaves this room: the reader of a whole message turns it into a refusal.
"""

from typing import Final

from mesure.devices.message.cbor import Item
from mesure.instants import US_PER_MS

MS_MAX: Final = 253_402_300_799_999  # The end of 9999: beyond it no calendar goes.
COUNTER_MAX: Final = 2**63 - 1


class FieldError(ValueError):
    """Part of a message is not what it should be."""


def whole(item: Item, what: str, low: int, high: int) -> int:
    """Return a whole number between two limits, both included."""
    if isinstance(item, bool) or not isinstance(item, int):
        raise FieldError(f"{what} is no whole number")
    if not low <= item <= high:
        raise FieldError(f"{what} is {item}, not {low} to {high}")
    return item


def instant_us(item: Item, what: str) -> int:
    """Return a time in microseconds; on the way it is in milliseconds."""
    return whole(item, what, 0, MS_MAX) * US_PER_MS


def flag(item: Item, what: str) -> bool:
    """Return true or false."""
    if not isinstance(item, bool):
        raise FieldError(f"{what} is neither true nor false")
    return item


def octets(item: Item, what: str, count: int) -> bytes:
    """Return a string of `count` bytes."""
    if not isinstance(item, bytes) or len(item) != count:
        raise FieldError(f"{what} is no string of {count} bytes")
    return item


def text(item: Item, what: str, chars_max: int, chars_min: int = 0) -> str:
    """Return a text that is not too long."""
    if not isinstance(item, str) or not chars_min <= len(item) <= chars_max:
        raise FieldError(f"{what} is no text of {chars_min} to {chars_max} characters")
    return item


def row(item: Item, what: str, count: int) -> list[Item]:
    """Return an array of `count` values."""
    if not isinstance(item, list) or len(item) != count:
        raise FieldError(f"{what} is no array of {count}")
    return item


def rows(item: Item, what: str, count_max: int, count_min: int = 0) -> list[Item]:
    """Return an array that is not too long."""
    if not isinstance(item, list) or not count_min <= len(item) <= count_max:
        raise FieldError(f"{what} is no array of {count_min} to {count_max}")
    return item


def table(item: Item, what: str, keys: range) -> dict[int, Item]:
    """Return a map without keys that are not known; what is not known is left out, never null."""
    if not isinstance(item, dict):
        raise FieldError(f"{what} is no map")
    for key, value in item.items():
        if key not in keys:
            raise FieldError(f"{what} has the key {key}, which is not known")
        if value is None:
            raise FieldError(f"{what} has nothing under the key {key}")
    return item
