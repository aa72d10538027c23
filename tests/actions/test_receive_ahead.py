"""By how much a device's clock is ahead is measured when messages come, and kept with them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions import receiving
from tests.actions.receiving import NOW_US, US, Here, hand_in, sealed
from tests.devices import samples

AHEAD_US = 300 * US


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path) as place:
        yield place


@pytest.mark.xfail(strict=True, reason="a clock that is ahead all day is refused fix by fix")
def test_two_receipts_that_agree_say_by_how_much_a_clock_is_ahead(here: Here) -> None:
    fixes = samples.batch()
    ahead = replace(fixes, observed_us=fixes.observed_us + AHEAD_US)
    for counter in (2, 3):
        hand_in(here, sealed(ahead, counter, sent_us=NOW_US + AHEAD_US))
    [_, logged] = here.log("P-1")
    assert logged.share.last_us == int(fixes.observed_us[-1])
