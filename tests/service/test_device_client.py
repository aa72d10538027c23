"""The reference client: nothing said is lost or said twice, and nothing forged is believed."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mesure.devices.counters import Counters
from mesure.devices.message import cbor, envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.devices.message.downlink import Configuration, Down, FixBurst, PersonMessage, Receipt
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import CommandAnswer, CommandOutcome, Heartbeat, NewKey
from mesure.machine.signatures import SecretKey
from mesure.service.device import client as device_client
from mesure.service.device import message_reading as device_reading
from mesure.service.device.client import TRIES_MAX, DeviceClient, TransferResult
from mesure.service.device.client_state import DeviceStateError, QueuedMessage
from mesure.service.device.message_folder import MessageFolder
from tests.devices.times import SENT_US
from tests.house import ROOT
from tests.service.device_server import (
    KEY,
    LIMITS,
    NAME,
    SEED,
    DeviceServer,
    close_files,
    enrol_client,
    open_client,
    state,
)

__all__ = ["close_files"]  # A fixture that every test here uses.

ME = SecretKey.from_seed(SEED).key


@pytest.fixture
def client(tmp_path: Path) -> DeviceClient:
    return enrol_client(tmp_path)


def _beats(client: DeviceClient, count: int) -> None:
    client.say((Heartbeat(n % 101), SENT_US + n) for n in range(count))


# --- Saying and forwarding -------------------------------------------------------------------


def test_what_is_said_reaches_the_other_side_once(client: DeviceClient) -> None:
    server = DeviceServer()
    _beats(client, 150)
    assert client.forward(server) == TransferResult(150, 0, 0, (), 3)
    assert server.standing.counters == Counters(151)
    assert client.forward(server) == TransferResult(0, 0, 0, ())


def test_what_was_not_acknowledged_goes_again_and_counts_once(client: DeviceClient) -> None:
    server = DeviceServer()
    server.loses_replies = 2
    _beats(client, 3)
    assert client.forward(server).waiting == client.forward(server).waiting == 3
    assert client.forward(server) == TransferResult(3, 0, 0, (), 1)
    assert len(server.said) == 3


def test_what_nobody_answers_waits_for_ever(client: DeviceClient) -> None:
    server = DeviceServer()
    server.loses_replies = 2 * TRIES_MAX
    _beats(client, 3)
    for _ in range(2 * TRIES_MAX):
        assert client.forward(server) == TransferResult(0, 0, 3, ())
    assert client.forward(server) == TransferResult(3, 0, 0, (), 1)


class Cut:
    """A connection that breaks."""

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        raise ConnectionError("cut")


def test_without_a_connection_everything_waits(client: DeviceClient, tmp_path: Path) -> None:
    _beats(client, 3)
    with pytest.raises(ConnectionError):
        client.forward(Cut())
    assert open_client(tmp_path).waiting == 3


def test_all_is_said_or_nothing(client: DeviceClient) -> None:
    def broken() -> Iterator[tuple[Heartbeat, int]]:
        yield Heartbeat(1), SENT_US
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.say(broken())
    assert (client.waiting, client.facts.counter) == (0, 1)


def test_one_odd_message_stops_none_behind_it(client: DeviceClient, tmp_path: Path) -> None:
    server = DeviceServer()
    client_state = state(tmp_path)
    with client_state.transaction():
        client_state.keep(2, envelope.seal(cbor.encode([1, 99, 2, 3, 4]), SecretKey.from_seed(SEED),
                                    envelope.UP))  # fmt: skip
    _beats(client, 2)
    assert client.forward(server) == TransferResult(2, 0, 1, (), 1)
    for _ in range(TRIES_MAX - 2):
        assert client.forward(server) == TransferResult(0, 0, 1, (), 1)
    assert client.forward(server) == TransferResult(0, 1, 0, (), 1)
    assert client_state.aside() == [(2, "named in no receipt")]


# --- Changing the key ------------------------------------------------------------------------


def test_a_new_key_signs_what_follows(client: DeviceClient, tmp_path: Path) -> None:
    server = DeviceServer()
    _beats(client, 2)
    client.change_key(bytes([7]) * 32, SENT_US)
    _beats(client, 2)
    assert client.forward(server).waiting == 0
    assert [type(one) for one in server.said] == [
        Heartbeat,
        Heartbeat,
        NewKey,
        Heartbeat,
        Heartbeat,
    ]
    assert not server.refused
    assert len(server.devices[NAME].keys) == 2


def test_what_is_told_under_an_earlier_key_is_heard(client: DeviceClient) -> None:
    """A device that changes keys out of reach may be known by the first of them for ever."""
    server, seeds = DeviceServer(), [bytes([digit]) * 32 for digit in (7, 8)]
    for seed in seeds:
        client.change_key(seed, SENT_US)
    for key in (ME, *(SecretKey.from_seed(seed).key for seed in seeds)):
        assert not client.hear(server.seal(PersonMessage("Hello", "en"), key)).refused
    stranger = SecretKey.from_seed(bytes([9]) * 32).key
    result = client.hear(server.seal(PersonMessage("Hello", "en"), stranger))
    assert [one.reason for one in result.refused] == [DeviceRefusalReason.FORGED]


# --- Being told ------------------------------------------------------------------------------


def test_what_is_told_is_done_and_answered(tmp_path: Path) -> None:
    done: list[Down] = []

    def act(command: Down) -> CommandOutcome:
        done.append(command)
        return CommandOutcome.SHOWN if isinstance(command, PersonMessage) else CommandOutcome.DONE

    client, server = enrol_client(tmp_path, act), DeviceServer()
    wanted: list[Down] = [
        PersonMessage("Hello", "en"),
        FixBurst(15_000, SENT_US),
        Configuration(1_000, 1_000, 9),
    ]
    server.tells = list(wanted)
    _beats(client, 1)
    assert client.forward(server).waiting == 3
    assert done == wanted
    client.forward(server)
    assert server.said[1:] == [
        CommandAnswer(2, CommandOutcome.SHOWN),
        CommandAnswer(3, CommandOutcome.DONE),
        CommandAnswer(4, CommandOutcome.DONE),
    ]


def test_who_can_do_nothing_says_so(client: DeviceClient) -> None:
    server = DeviceServer()
    client.hear(server.seal(FixBurst(15_000, SENT_US), ME))
    client.forward(server)
    assert server.said == [CommandAnswer(1, CommandOutcome.CANNOT)]


def test_what_is_told_again_is_not_done_again(client: DeviceClient) -> None:
    sealed_message = DeviceServer().seal(PersonMessage("Hello", "en"), ME)
    assert not client.hear(sealed_message).refused
    assert [one.reason for one in client.hear(sealed_message).refused] == [
        DeviceRefusalReason.COUNTER_SPENT
    ]
    assert client.waiting == 1


def test_what_is_refused_is_set_aside_with_the_reason(client: DeviceClient, tmp_path: Path) -> None:
    _beats(client, 3)
    receipt = Receipt(((2, 2),), ((3, "counter_reused"), (99, "forged")))
    result = client.hear(DeviceServer().seal(receipt, ME))
    assert result == TransferResult(1, 1, 1, (), 1)
    assert state(tmp_path).aside() == [(3, "counter_reused")]


KEPT = Receipt(((1, 2**62),), ())


def _forgeries() -> dict[str, tuple[bytes, DeviceRefusalReason]]:
    other, payload = (
        SecretKey.from_seed(b"\3" * 32),
        messages.encode(DownlinkMessage(1, SENT_US, KEPT)),
    )
    right = DeviceServer().seal(KEPT, ME)
    return {
        "somebody else": (
            envelope.seal(payload, other, envelope.down(ME)),
            DeviceRefusalReason.UNKNOWN_KEY,
        ),
        "another device": (DeviceServer().seal(KEPT, other.key), DeviceRefusalReason.FORGED),
        "upwards": (envelope.seal(payload, KEY, envelope.UP), DeviceRefusalReason.FORGED),
        "changed": (right[:-1] + bytes([right[-1] ^ 1]), DeviceRefusalReason.FORGED),
        "cut": (right[:-1], DeviceRefusalReason.MALFORMED),
        "no envelope": (b"\x00", DeviceRefusalReason.MALFORMED),
        "of a later version": (
            envelope.seal(cbor.encode([2]), KEY, envelope.down(ME)),
            DeviceRefusalReason.UNKNOWN_VERSION,
        ),
    }


@pytest.mark.parametrize("name", _forgeries())
def test_a_forged_receipt_deletes_nothing(client: DeviceClient, name: str) -> None:
    data, reason = _forgeries()[name]
    _beats(client, 3)
    result = client.hear(data)
    assert [one.reason for one in result.refused] == [reason]
    assert (result.kept, result.waiting) == (0, 3)


def test_without_the_installations_key_nothing_is_believed(tmp_path: Path) -> None:
    device_client.enrol(tmp_path, (NAME, "phone", ""), None, SEED, SENT_US)
    result = open_client(tmp_path).hear(DeviceServer().seal(KEPT, ME))
    assert [one.reason for one in result.refused] == [DeviceRefusalReason.UNKNOWN_KEY]


# --- Being killed ----------------------------------------------------------------------------

SAYS = """
import sys
from pathlib import Path
from mesure.devices.message.uplink import Heartbeat
from mesure.service.device import client_state
from mesure.service.device.client import DeviceClient
from mesure.service.device.message_folder import MessageFolder
client = DeviceClient(client_state.open_(Path(sys.argv[1])), lambda: 0)
while True:
    client.say([(Heartbeat(), 1_767_632_400_000_000)])
    print(client.facts.counter, flush=True)
    if client.facts.counter % 3 == 0:
        client.forward(MessageFolder(Path(sys.argv[2])))
"""


def _killed_after(lines: int, state: Path, out: Path) -> int:
    """Let a device say a number of things, kill it, and return the last counter."""
    command = [sys.executable, "-c", SAYS, str(state), str(out)]
    last = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.wait()
    return last


def test_a_device_that_is_killed_loses_nothing_and_says_nothing_twice(tmp_path: Path) -> None:
    device, out = tmp_path / "device", tmp_path / "messages"
    out.mkdir()
    enrol_client(device)
    for lines in (1, 5, 9):
        last = _killed_after(lines, device, out)
        assert open_client(device).facts.counter >= last
    client = open_client(device)
    client.forward(MessageFolder(out))
    reading = device_reading.read(out, device_reading.who(ME.hex()), LIMITS)
    counters = [one.found.counter for one in reading.heard if isinstance(one.found, UplinkMessage)]
    assert counters == list(range(2, client.facts.counter + 1))
    assert (reading.refused, reading.missing) == (0, ())


def test_a_device_is_enrolled_once_in_a_folder(tmp_path: Path) -> None:
    enrol_client(tmp_path)
    with pytest.raises(DeviceStateError, match="there is a device here already"):
        enrol_client(tmp_path)
    assert open_client(tmp_path).facts.name == NAME
