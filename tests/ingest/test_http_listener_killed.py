"""Killed between receipt and acknowledgement: nothing acknowledged is lost, nothing is doubled."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mesure.audit.tree import leaf_hash
from mesure.devices import device_state as standing
from mesure.devices.message.uplink import Heartbeat
from mesure.machine.signatures import SecretKey
from mesure.service.device import client as device_client
from mesure.service.device import client_state as device_state
from mesure.service.device.client import DeviceClient
from mesure.service.device.transport import HttpTransport, RetryLaterError
from mesure.store.keyring.file import FileKeyring
from mesure.store.sqlite.store import SqliteStore
from tests.actions import receiving
from tests.actions.receiving import SERVER, Here, key
from tests.devices.times import SENT_US
from tests.house import ROOT
from tests.ingest import receiving_process
from tools.faults.tree_nodes import TreeNodes

MESSAGES = 150  # Three transfers.


@contextmanager
def run_receiver(folder: Path, point: str, times: int) -> Iterator[str]:
    command = [sys.executable, "-m", receiving_process.__name__, str(folder), point, str(times)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[DeviceClient]:
    seed = bytes([10 + 1]) * 32
    assert key(1).key == SecretKey.from_seed(seed).key
    device_client.enrol(tmp_path / "device", ("D-1", "phone", ""), SERVER.key, seed, SENT_US)
    with device_state.open_(tmp_path / "device") as state:
        yield DeviceClient(state, lambda: SENT_US)


@pytest.mark.parametrize("point", receiving_process.POINTS)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    tmp_path: Path, device: DeviceClient, point: str
) -> None:
    with receiving.place(tmp_path):
        pass  # Made, and closed again, for the processes to open.
    device.say((Heartbeat(n % 100), SENT_US + n * 1_000) for n in range(MESSAGES))
    with run_receiver(tmp_path, point, 2) as url, closing(HttpTransport(url)) as way:
        with pytest.raises(RetryLaterError):
            device.forward(way)
        assert device.waiting == MESSAGES - 64  # The first transfer was acknowledged.
    with run_receiver(tmp_path, "nowhere", 1) as url, closing(HttpTransport(url)) as way:
        done = device.forward(way)
    assert (done.waiting, done.set_aside) == (0, 0)
    check_kept_once(tmp_path, MESSAGES)


def check_kept_once(folder: Path, count: int) -> None:
    with (
        closing(SqliteStore(folder / "mesure.db")) as store,
        closing(FileKeyring(folder / "keys.db", receiving.MASTER)) as keyring,
    ):
        here = Here(folder, store, keyring)
        logged = here.log("P-1")
        assert [one.counter for one in logged] == list(range(2, count + 2))
        assert [one.place.sequence for one in logged] == list(range(1, count + 1))
        assert all(here.unseal(one) for one in logged)
        with store.read() as reading:
            known = standing.unpack(reading.standings(["D-1"])["D-1"])
            assert (known.counters.last, known.counters.gaps) == (count + 1, ())
            nodes = TreeNodes()
            for line in reading.entries(0, 1_000):
                nodes.add(leaf_hash(line))
            assert nodes.frontier.root() == reading.frontier().root()
            records = [reading.record_opening(entry) for entry in range(reading.frontier().size)]
        assert all(records)
