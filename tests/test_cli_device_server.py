"""`mesure device` against a real server and a real broker: enrolled, heard, and told."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesure import cli
from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.actions.receiving.receive_messages import Receiver
from mesure.devices import device_state
from mesure.devices.message.downlink import FixBurst
from mesure.ingest.app_letters import AppMessageIntake
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.machine import clock
from mesure.service.device import transport as device_transport
from mesure.service.installation.secret_box import SodiumSecretBox
from mesure.store.interface.store import WriteTransaction
from tests.actions.receiving import SERVER, Here
from tests.ingest import brokers, serving
from tests.ingest.serving import ServedListener
from tests.ingest.test_http_listener import give_code
from tests.service.files import HEAD, LATE_RETURN, ORDER, write

Run = Callable[..., tuple[int, str, str]]
CODE = "AAAA-BBBB-CCCC-DDDD"
STATE = ("--state", "device")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    write(tmp_path, order_yaml=ORDER, fixes_csv=HEAD + LATE_RETURN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(device_transport, "WAITS_S", (0.0,))
    monkeypatch.setattr(device_transport, "WAIT_S_MAX", 0.0)

    def run_command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mesure", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return int(end.value.code or 0), shown.out, shown.err

    return run_command


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServedListener]:
    with serving.place(tmp_path) as served:
        served.here.now_us = clock.now_us()
        give_code(served, "D-77", CODE)
        yield served


@pytest.fixture
def device(run: Run, server: ServedListener) -> Run:
    done = run("device", "enrol", "--out", "device", "--name", "D-77", "--code", CODE,
               "--server", server.url)  # fmt: skip
    assert done == (0, "D-77 is enrolled.\n", "")
    return run


def test_a_device_is_enrolled_and_a_track_arrives(device: Run, server: ServedListener) -> None:
    to = (*STATE, "--server", server.url)
    rows = LATE_RETURN.count("\n")
    replayed = device("device", "replay", "--fixes", "fixes.csv", *to, "--per-message", "1",
                      "--speed", "max", "--until-now")  # fmt: skip
    assert replayed == (0, f"Messages handed over: {rows}. Waiting: 0.\n", "")
    assert device("device", "send", *to, "--battery", "87")[0] == 0
    assert device("device", "new-key", *to)[0] == 0
    assert device("device", "send", *to, "--charging")[0] == 0
    assert server.receiver.counts == {
        "kept": rows + 3, "fixes": rows, "no_order_in_force": rows, "new_key": 1,
    }  # fmt: skip
    with server.here.store.read() as reading:
        known = device_state.unpack(reading.standings(["D-77"])["D-77"])
    assert known.health.fix_us is not None
    assert abs(known.health.fix_us - server.here.now_us) < 60_000_000


def test_what_a_device_is_told_it_answers(device: Run, server: ServedListener) -> None:
    means = server.here.house.means
    burst = DeviceCommand("one", "D-77", FixBurst(15_000, server.here.now_us + 10**9), None)

    def tell(work: WriteTransaction) -> None:
        device_commands.tell(work, means.keyring, means.salts, burst, 0)

    server.here.store.write(tell)
    for _ in range(2):
        assert device("device", "send", *STATE, "--server", server.url)[0] == 0
    with server.here.store.read() as reading:
        sent = reading.send_status(device_commands.KIND, "one")
    assert sent is not None
    assert (sent.is_done, sent.said) == (True, "cannot")


def test_a_wrong_code_is_told_and_may_be_tried_again(run: Run, server: ServedListener) -> None:
    enrol = ("device", "enrol", "--out", "device", "--name", "D-77", "--server", server.url)
    status, _, error = run(*enrol, "--code", "WRONG")
    assert (status, "ask for another" in error) == (2, True)
    assert run(*enrol)[0] == 2  # The same introduction again; the device's key is not lost.
    status, _, error = run("device", "enrol", "--out", "other", "--name", "D-77", "--code", CODE,
                          "--server", server.url, "--server-key", "00" * 31 + "01")  # fmt: skip
    assert (status, "no key of an installation" in error) == (2, True)
    again = ("device", "enrol", "--out", "third", "--name", "D-77", "--code", CODE)
    assert run(*again, "--server", server.url, "--server-key", SERVER.key.hex())[0] == 0


def test_what_cannot_be_handed_over_waits(device: Run, server: ServedListener) -> None:
    server.here.store.close()
    status, _, error = device("device", "send", *STATE, "--server", server.url)
    assert (status, "the messages wait" in error) == (2, True)
    nowhere = "http://127.0.0.1:9"
    status, _, error = device("device", "replay", "--fixes", "fixes.csv", *STATE,
                             "--server", nowhere, "--speed", "1000000")  # fmt: skip
    assert (status, "cannot be reached" in error) == (2, True)


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("send", *STATE), "one of them"),
        (("send", *STATE, "--server", "http://x", "--out", "y"), "one of them"),
        (("send", *STATE, "--server", "ftp://x"), "no address"),
        (("send", *STATE, "--server", "https://x", "--ca", "fixes.csv"), "no certificates"),
        (("replay", *STATE, "--fixes", "fixes.csv", "--out", "y", "--speed", "fast"), "speed"),
        (("replay", *STATE, "--fixes", "fixes.csv", "--out", "y", "--speed", "-1"), "speed"),
    ],
)
def test_what_cannot_be_meant_is_told(device: Run, words: tuple[str, ...], phrase: str) -> None:
    status, _, error = device("device", *words)
    assert (status, phrase in error) == (2, True)


def test_what_is_no_service_is_told(
    run: Run, server: ServedListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.listener, "_server_key", b"welcome\n")
    status, _, error = run("device", "enrol", "--out", "device", "--server", server.url)
    assert (status, "no service of Mesure" in error) == (2, True)


# --- By a broker -----------------------------------------------------------------------------


@contextmanager
def run_listener(here: Here, broker: brokers.Mosquitto) -> Iterator[MqttListener]:
    """Listen at a broker, in a thread of its own."""
    receiver, pilots = Receiver(here.house), UnsignedAppReceiver(here.house)
    where = MqttBroker("127.0.0.1", broker.port, session="cli")
    listening: list[MqttListener] = []
    ending = threading.Event()

    async def listen() -> None:
        listening.append(MqttListener(where, receiver, AppMessageIntake(pilots, SodiumSecretBox)))
        task = asyncio.get_running_loop().create_task(listening[0].run())
        await asyncio.get_running_loop().run_in_executor(None, ending.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await receiver.close()
        await pilots.close()

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    try:
        while not (listening and listening[0].is_connected):
            time.sleep(0.005)
        yield listening[0]
    finally:
        ending.set()
        thread.join()


def test_a_device_hands_over_by_a_broker(
    device: Run, server: ServedListener, tmp_path: Path
) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    tmp_path.chmod(0o777)
    with brokers.run_mosquitto(folder) as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"
        with run_listener(server.here, broker):
            done = device("device", "send", *STATE, "--server", url)
        assert done == (0, "Messages handed over: 1. Waiting: 0.\n", "")
    status, _, error = device("device", "send", *STATE, "--server", url)
    assert (status, "did not answer" in error) == (2, True)
