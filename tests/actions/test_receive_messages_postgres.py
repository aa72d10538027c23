"""Receiving in PostgreSQL as in SQLite: kept once, refused beside, told, all in one change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.devices.message.downlink import FixBurst, Receipt
from mesure.devices.message.uplink import CommandAnswer, CommandOutcome, Heartbeat
from mesure.store.interface.store import WriteTransaction
from tests.actions import receiving
from tests.actions.receiving import (
    NOW_US,
    US,
    Here,
    hand_in,
    join_messages,
    read_downlinks,
    seal_message,
)
from tests.devices import samples
from tests.store import databases

BEAT = Heartbeat(87)


@pytest.fixture
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path, other=databases.empty_postgres(request).open()) as here:
        yield here


def test_what_is_received_is_kept_once_and_told(here: Here) -> None:
    burst = FixBurst(15_000, NOW_US + 600 * US)
    means = here.house.means

    def tell(work: WriteTransaction) -> None:
        device_commands.tell(
            work, means.keyring, means.salts, DeviceCommand("one", "D-1", burst, "P-1"), 0
        )

    here.store.write(tell)
    data = join_messages([seal_message(samples.batch(), 2), seal_message(BEAT, 3), b"\xff"])
    first, other = hand_in(here, data, seal_message(BEAT, 2, number=2))
    [receipt, command] = read_downlinks(first)
    assert (receipt.what, command.what) == (Receipt(((2, 3),), ()), burst)
    assert read_downlinks(other, 2)[0].what == Receipt(((2, 2),), ())
    [again] = hand_in(here, join_messages([seal_message(BEAT, 3), seal_message(Heartbeat(1), 2)]))
    assert read_downlinks(again)[0].what == Receipt(((3, 3),), ((2, "counter_reused"),))
    hand_in(here, seal_message(CommandAnswer(command.counter, CommandOutcome.DONE), 4))
    assert here.unseal(here.log("P-1")[0]) == seal_message(samples.batch(), 2)
    assert [one.counter for one in here.log("P-1")] == [2, 3, 4]
    assert [one[1:] for one in here.list_refusals()] == [("malformed", 1), ("counter_reused", 1)]
    with here.store.read() as reading:
        sent = reading.send_status(device_commands.KIND, "one")
    assert sent is not None
    assert sent.is_done
