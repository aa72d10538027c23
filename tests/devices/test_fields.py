"""Parts of a message: each of its kind, within its limits."""

from collections.abc import Callable

import pytest

from mesure.devices import fields
from mesure.devices.cbor import Item

ODD: list[tuple[Callable[[], object], str]] = [
    (lambda: fields.whole(True, "it", 0, 9), "it is no whole number"),
    (lambda: fields.whole("1", "it", 0, 9), "it is no whole number"),
    (lambda: fields.whole(10, "it", 0, 9), "it is 10, not 0 to 9"),
    (lambda: fields.whole(-1, "it", 0, 9), "it is -1, not 0 to 9"),
    (lambda: fields.instant_us(fields.MS_MAX + 1, "it"), "it is 253402300800000, not 0 to"),
    (lambda: fields.flag(1, "it"), "it is neither true nor false"),
    (lambda: fields.octets(b"ab", "it", 3), "it is no string of 3 bytes"),
    (lambda: fields.octets("abc", "it", 3), "it is no string of 3 bytes"),
    (lambda: fields.text(b"a", "it", 3), "it is no text of 0 to 3 characters"),
    (lambda: fields.text("abcd", "it", 3), "it is no text of 0 to 3 characters"),
    (lambda: fields.text("", "it", 3, 1), "it is no text of 1 to 3 characters"),
    (lambda: fields.row([1], "it", 2), "it is no array of 2"),
    (lambda: fields.row({}, "it", 0), "it is no array of 0"),
    (lambda: fields.rows([1, 2], "it", 1), "it is no array of 0 to 1"),
    (lambda: fields.rows(None, "it", 1), "it is no array of 0 to 1"),
    (lambda: fields.table([], "it", range(3)), "it is no map"),
    (lambda: fields.table({3: 1}, "it", range(3)), "it has the key 3, which is not known"),
    (lambda: fields.table({2: None}, "it", range(3)), "it has nothing under the key 2"),
]


@pytest.mark.parametrize(("read", "why"), ODD)
def test_what_is_odd_stops_the_reading(read: Callable[[], object], why: str) -> None:
    with pytest.raises(fields.Odd, match=why):
        read()


def test_what_is_right_is_handed_on() -> None:
    table: dict[int, Item] = {1: 5, 2: True}
    assert fields.whole(9, "it", 0, 9) == 9
    assert fields.instant_us(1_500, "it") == 1_500_000
    assert fields.flag(False, "it") is False
    assert fields.octets(b"abc", "it", 3) == b"abc"
    assert fields.text("ә", "it", 1) == "ә"
    assert fields.row([1, None], "it", 2) == fields.rows([1, None], "it", 2) == [1, None]
    assert fields.table(table, "it", range(3)) == table
