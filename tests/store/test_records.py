"""What is kept has bounds, the same for every store."""

from dataclasses import replace

import pytest

from mesure.store import bounds, records
from mesure.store.records import Refused
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
        lambda: replace(samples.version(), body=bytes(records.TEXT_BYTES_MAX + 1)),
        lambda: replace(samples.version(), digest=b"short"),
        lambda: replace(samples.person(), id="device:D-1"),
        lambda: replace(samples.version(), confirmed_by="O-2"),
        lambda: message(1 << 63),
        lambda: message(2, body=bytes(bounds.BODY_BYTES_MAX + 1)),
        lambda: message(2, first_us=11),
        lambda: replace(message(2), shares=()),
        lambda: Refused("f", "", "r", "", 0, bytes(32), bytes(bounds.BODY_BYTES_MAX + 1)),
    ):
        with pytest.raises(ValueError, match=r"\.$"):
            make()
