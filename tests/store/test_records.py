"""What is kept has bounds, the same for every store."""

import dataclasses
from dataclasses import replace

import pytest

from mesure.store import records
from mesure.store.records import Received, Refused, Share
from tests.store import samples
from tests.store.samples import AT, message


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "a\nb", "\ud800"])
def test_names_that_a_database_might_not_take_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        replace(samples.person(), id=name)


def test_values_out_of_bounds_are_refused() -> None:
    local = AT.replace(tzinfo=None)
    for make in (
        lambda: replace(samples.person(), entered_at=local),
        lambda: replace(samples.version(), number=0),
        lambda: replace(samples.version(), text=bytes(records.TEXT_BYTES_MAX)),
        lambda: replace(samples.version(), confirmed_by="O-2"),
        lambda: message(1 << 63),
        lambda: message(2, body=bytes(records.BODY_BYTES_MAX + 1)),
        lambda: message(2, first_us=11),
        lambda: replace_shares(message(2), ()),
        lambda: Refused("f", "", "r", "", 0, bytes(records.BODY_BYTES_MAX + 1)),
    ):
        with pytest.raises(ValueError, match=r"\.$"):
            make()


def replace_shares(sent: Received, shares: tuple[Share, ...]) -> Received:
    values = {field.name: getattr(sent, field.name) for field in dataclasses.fields(sent)}
    del values["digest"]
    return Received(**{**values, "shares": shares})
