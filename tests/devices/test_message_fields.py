"""Parts of a message: each of its kind, within its limits."""

from collections.abc import Callable

import pytest

from mesure.devices.message import message_fields
from mesure.devices.message.cbor import Item

ODD: list[tuple[Callable[[], object], str]] = [
    (lambda: message_fields.whole(True, "it", 0, 9), "it is no whole number"),
    (lambda: message_fields.whole("1", "it", 0, 9), "it is no whole number"),
    (lambda: message_fields.whole(10, "it", 0, 9), "it is 10, not 0 to 9"),
    (lambda: message_fields.whole(-1, "it", 0, 9), "it is -1, not 0 to 9"),
    (
        lambda: message_fields.instant_us(message_fields.MS_MAX + 1, "it"),
        "it is 253402300800000, not 0 to",
    ),
    (lambda: message_fields.flag(1, "it"), "it is neither true nor false"),
    (lambda: message_fields.octets(b"ab", "it", 3), "it is no string of 3 bytes"),
    (lambda: message_fields.octets("abc", "it", 3), "it is no string of 3 bytes"),
    (lambda: message_fields.text(b"a", "it", 3), "it is no text of 0 to 3 characters"),
    (lambda: message_fields.text("abcd", "it", 3), "it is no text of 0 to 3 characters"),
    (lambda: message_fields.text("", "it", 3, 1), "it is no text of 1 to 3 characters"),
    (lambda: message_fields.row([1], "it", 2), "it is no array of 2"),
    (lambda: message_fields.row({}, "it", 0), "it is no array of 0"),
    (lambda: message_fields.rows([1, 2], "it", 1), "it is no array of 0 to 1"),
    (lambda: message_fields.rows(None, "it", 1), "it is no array of 0 to 1"),
    (lambda: message_fields.table([], "it", range(3)), "it is no map"),
    (lambda: message_fields.table({3: 1}, "it", range(3)), "it has the key 3, which is not known"),
    (lambda: message_fields.table({2: None}, "it", range(3)), "it has nothing under the key 2"),
]


@pytest.mark.parametrize(("read", "why"), ODD)
def test_what_is_odd_stops_the_reading(read: Callable[[], object], why: str) -> None:
    with pytest.raises(message_fields.FieldError, match=why):
        read()


def test_what_is_right_is_handed_on() -> None:
    table: dict[int, Item] = {1: 5, 2: True}
    assert message_fields.whole(9, "it", 0, 9) == 9
    assert message_fields.instant_us(1_500, "it") == 1_500_000
    assert message_fields.flag(False, "it") is False
    assert message_fields.octets(b"abc", "it", 3) == b"abc"
    assert message_fields.text("ә", "it", 1) == "ә"
    assert (
        message_fields.row([1, None], "it", 2)
        == message_fields.rows([1, None], "it", 2)
        == [1, None]
    )
    assert message_fields.table(table, "it", range(3)) == table
