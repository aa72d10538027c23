"""The other side of the device protocol, in memory: what a server does, without a store."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mesure.devices import enrolment, message_verification
from mesure.devices.clocks import ClockLimits
from mesure.devices.device_state import DeviceState
from mesure.devices.enrolment import Enrolment
from mesure.devices.message import downlink, envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.downlink import Down
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import CommandOutcome, Introduction, NewKey, Up
from mesure.machine.signatures import EnrolledKeyVerifier, SecretKey
from mesure.service.device import client as device_client
from mesure.service.device import client_state as device_state
from mesure.service.device.client import DeviceClient, cannot
from mesure.service.device.client_state import ClientState, QueuedMessage
from tests.devices.times import ENROLLED_AT, SENT_US

LIMITS = ClockLimits(120_000_000, 172_800_000_000)
SEED = bytes([1]) * 32
KEY = SecretKey.from_seed(bytes([4]) * 32)
NAME = "D-0007"


def enrol_client(folder: Path, act: Callable[[Down], CommandOutcome] = cannot) -> DeviceClient:
    """Return a client whose device was enrolled in a folder."""
    device_client.enrol(folder, (NAME, "phone", ""), KEY.key, SEED, SENT_US)
    return open_client(folder, act)


_OPEN: list[ClientState] = []


@pytest.fixture(autouse=True)
def close_files() -> Iterator[None]:
    """Let go of every file at the end of a test."""
    yield
    while _OPEN:
        _OPEN.pop().close()


def state(folder: Path) -> ClientState:
    _OPEN.append(device_state.open_(folder))
    return _OPEN[-1]


def open_client(folder: Path, act: Callable[[Down], CommandOutcome] = cannot) -> DeviceClient:
    return DeviceClient(state(folder), lambda: SENT_US, act)


class DeviceServer:
    """Keeps what it believes, tells what it is told to, and says what it kept."""

    def __init__(self) -> None:
        public_key = SecretKey.from_seed(SEED).key
        first = enrolment.enrol({}, Introduction(NAME, "phone", public_key, ""), ENROLLED_AT)
        assert isinstance(first, Enrolment)
        self.devices = {NAME: first}
        self.standing = DeviceState()
        self.kept: dict[int, bytes] = {}
        self.said: list[Up] = []
        self.refused: list[DeviceRefusal] = []
        self.tells: list[Down] = []
        self.loses_replies = 0
        self.told = 0

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        transfer = envelope.split(b"".join(one.message for one in messages))
        assert transfer.rest is None
        to = self.devices[NAME].keys[-1].public_key
        counters = [counter for one in transfer.messages if (counter := self._take(one))]
        if self.loses_replies:
            self.loses_replies -= 1
            return b""
        reply = [self.seal(downlink.receipt(counters, {}), to)]
        reply += [self.seal(one, to) for one in self.tells]
        self.tells = []
        return b"".join(reply)

    def seal(self, what: Down, to: bytes, counter: int | None = None) -> bytes:
        self.told += 1
        payload = messages.encode(DownlinkMessage(counter or self.told, SENT_US, what))
        return envelope.seal(payload, KEY, envelope.down(to))

    def _take(self, data: bytes) -> int | None:
        """Keep a message and return its counter; None where it is not verified."""
        known = enrolment.by_key_name(self.devices)
        verified = message_verification.verify(data, known, EnrolledKeyVerifier())
        if isinstance(verified, DeviceRefusal):
            self.refused.append(verified)
            return None
        counter = verified.said.counter
        believed = message_verification.believe(
            verified, self.standing, self.kept.get(counter), SENT_US, LIMITS, ()
        )
        assert not isinstance(believed, DeviceRefusal)
        if counter not in self.kept:
            self._keep(verified.said, verified.digest)
            self.standing = believed.standing
        return counter

    def _keep(self, message: UplinkMessage, digest: bytes) -> None:
        self.kept[message.counter] = digest
        self.said.append(message.what)
        if isinstance(message.what, NewKey):
            rotated = enrolment.rotate(
                self.devices, NAME, message.what, message.counter, EnrolledKeyVerifier()
            )
            assert isinstance(rotated, Enrolment)
            self.devices[NAME] = rotated
