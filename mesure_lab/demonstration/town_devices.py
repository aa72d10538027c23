"""The devices of a simulated town, as they report: each with the reference client of the protocol.

A device says each report when the network would have carried it, late, twice or with a wrong clock
as the town has it; it forgets what the installation acknowledged, and sends again what it did not.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from mesure.devices.message import batch
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.uplink import Heartbeat, Introduction
from mesure.geo.fixes import I64
from mesure.instants import US_PER_MS, US_PER_S
from mesure.machine.signatures import SecretKey
from mesure.service.device import client as device_client
from mesure.service.device import client_state as device_state
from mesure.service.device.client import DeviceClient, TransferResult, Transport
from mesure.service.device.client_state import QueuedMessage
from mesure_lab.carrying.received import ReceivedReports, Reports
from mesure_lab.simulation.towns import TownPerson

FIXES_PER_MESSAGE: Final = 60
BEAT_US: Final = 15 * 60 * US_PER_S  # A sign of life where there was nothing to report.


class DemoCarrier:
    """One person's device, from its introduction on."""

    def __init__(
        self, person: TownPerson, code: str, server: bytes, seed: bytes, now_us: Callable[[], int]
    ) -> None:
        self.name = f"D-{person.id}"
        self.person = person.id
        self._class, self._code, self._seed = person.device_class.value, code, seed
        self._now_us, self._heard = now_us, person.received_reports
        self._state = device_state.in_memory()
        with self._state.transaction():
            self._state.begin(self.name, self._class, server, seed)
        self._client = DeviceClient(self._state, now_us)
        self._row = 0
        self._said_us = 0
        self.said_fixes = 0

    def close(self) -> None:
        """Forget what was said; nothing more can be."""
        self._state.close()

    def introduction(self) -> bytes:
        """Return the message with which it introduces itself."""
        signer = SecretKey.from_seed(self._seed)
        introduction = Introduction(self.name, self._class, signer.key, self._code)
        return device_client.sign_message(introduction, 1, self._now_us(), signer)

    def hear(self, reply: bytes) -> None:
        """Receive the installation's answer to its introduction."""
        self._client.hear(reply)

    def skip(self, until_us: int) -> None:
        """Leave out what was before this instant: the device was not handed out yet."""
        self._row = int(np.searchsorted(self._heard.heard_ms, until_us // US_PER_MS))
        self._said_us = until_us

    def say(self) -> int:
        """Sign what the network carries by now, or a sign of life; return how many messages."""
        now_us = self._now_us()
        end = int(np.searchsorted(self._heard.heard_ms, now_us // US_PER_MS, side="right"))
        rows = np.arange(self._row, end)
        if not len(rows):
            return self._beat(now_us)
        parts = list(batch.cut(fixes(self._heard, rows), FIXES_PER_MESSAGE))
        self._row, self._said_us = end, now_us
        self.said_fixes += len(rows)
        return self._client.say((part, now_us) for part in parts)

    def _beat(self, now_us: int) -> int:
        """Say that it lives: as long as it does, which is when it has more to report later."""
        if now_us - self._said_us < BEAT_US or not self._is_on(now_us):
            return 0
        self._said_us = now_us
        return self._client.say([(Heartbeat(waiting=self._client.waiting), now_us)])

    def _is_on(self, now_us: int) -> bool:
        """Tell whether a report was taken lately, though the network has not carried it yet."""
        taken_ms = self._heard.reports.taken_ms[self._row : self._row + FIXES_PER_MESSAGE]
        return bool((np.abs(taken_ms - now_us // US_PER_MS) < BEAT_US // US_PER_MS).any())

    @property
    def waiting(self) -> int:
        """Return how many messages nobody has acknowledged yet."""
        return self._client.waiting

    def transfers(self) -> list[bytes]:
        """Return what waits, as it is handed over; each still waits until it is acknowledged."""
        collector = _Taken()
        self._client.forward(collector)
        return collector.transfers

    def forward(self, transport: Transport) -> TransferResult:
        """Hand over what waits."""
        return self._client.forward(transport)


class _Taken:
    """A way that takes transfers and receives nothing."""

    def __init__(self) -> None:
        self.transfers: list[bytes] = []

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        """Take messages, without an answer."""
        self.transfers.append(b"".join(one.message for one in messages))
        return b""


def fixes(received_reports: ReceivedReports, rows: I64) -> FixBatch:
    """Return reports of the town as the fixes of a device."""
    reports: Reports = received_reports.reports.rows(rows)
    return FixBatch(
        reports.taken_ms * US_PER_MS,
        reports.lat_deg,
        reports.lon_deg,
        reports.accuracy_m,
        reports.speed_mps,
        reports.motion,
        reports.beacon,
        reports.said,
        np.zeros(len(rows), np.bool_),
    )
