"""The devices of a town under fault: they remember what they sent, and what was acknowledged."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Final

from mesure.devices.message import envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.messages import DownlinkMessage
from mesure.machine.service_error import ServiceError
from mesure.service.device.client import Transport
from mesure.service.device.client_state import QueuedMessage
from mesure_lab.demonstration.live_town import ServiceUnavailableError
from mesure_lab.demonstration.town_devices import DemoCarrier

THREADS: Final = 6
TURN_S: Final = 0.05

Sent = tuple[str, int]  # A device, and the counter of a message of it.


class Remembering:
    """A way to the service that remembers what went over it."""

    def __init__(self, device: str, way: Transport, memory: "Memory") -> None:
        self._device, self._way, self._memory = device, way, memory

    def carry(self, queued_messages: Sequence[QueuedMessage]) -> bytes | None:
        """Hand messages over, and remember them and what the installation says to them."""
        for queued_message in queued_messages:
            self._memory.sent[(self._device, queued_message.counter)] = sha256(
                queued_message.message
            ).digest()
        reply = self._way.carry(queued_messages)
        for data in envelope.split(reply or b"").messages:
            read = envelope.read(data)
            answer = (
                read if isinstance(read, DeviceRefusal) else messages.read_downlink(read.payload)
            )
            if isinstance(answer, DownlinkMessage) and isinstance(answer.what, Receipt):
                for first, last in answer.what.kept:
                    self._memory.acknowledge(self._device, first, last)
        return reply


class Memory:
    """What was sent under which counter, and what was acknowledged."""

    def __init__(self) -> None:
        self.sent: dict[Sent, bytes] = {}  # The hash of each message.
        self.acknowledged: set[Sent] = set()

    def acknowledge(self, device: str, first: int, last: int) -> None:
        """Remember that a device was told that these are kept."""
        self.acknowledged.update((device, counter) for counter in range(first, last + 1))


class Load:
    """The town reports, again and again, until it is stopped; what fails is tried again."""

    def __init__(
        self, carriers: Sequence[DemoCarrier], way_of: Callable[[str], Transport], memory: Memory
    ) -> None:
        self._carriers, self._way_of, self._memory = carriers, way_of, memory
        self._stop, self._quiet = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.away = 0

    def start(self) -> None:
        """Start."""
        self._thread.start()

    def say_no_more(self) -> None:
        """Let the devices only hand over what waits."""
        self._quiet.set()

    @property
    def waiting(self) -> int:
        """Return how many messages nobody has acknowledged yet."""
        return sum(carrier.waiting for carrier in self._carriers)

    def stop(self) -> None:
        """Stop, and wait until nobody reports any more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            while not self._stop.wait(TURN_S):
                list(pool.map(self._report, self._carriers))

    def _report(self, carrier: DemoCarrier) -> None:
        if not self._quiet.is_set():
            carrier.say()
        if not carrier.waiting:
            return
        try:
            carrier.forward(Remembering(carrier.name, self._way_of(carrier.name), self._memory))
        except (ServiceUnavailableError, ServiceError):
            self.away += 1
