"""Simulated clock and chance: an instant that is set, and bytes that follow from the seed."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from unittest import mock

import numpy.random  # noqa: F401  Its first import draws bytes of the machine.
import structlog
from argon2 import PasswordHasher
from structlog.typing import EventDict

from mesure.actions.accounts import passwords
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.outgoing import receiver_queue
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk
from mesure_lab.whole.simulated.elsewhere import SimulatedMail

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What a password costs here: what it costs in service would be a tenth of a second each."""


@dataclass
class SimulatedTime:
    """The instant that it is in the simulation."""

    now_us: int = 0
    step_us: int = 0  # By how much the machine's clock is set wrong.

    def wait(self, span_us: int) -> None:
        """Let a span of time pass."""
        self.now_us += span_us

    @property
    def shown_us(self) -> int:
        """Return what the machine's clock shows."""
        return self.now_us + self.step_us


@dataclass(frozen=True)
class SimulatedClock(CatchUpClock):
    """What the service's clock shows: the simulated instant, whatever time it is."""

    time: SimulatedTime = field(default_factory=SimulatedTime)

    def at(self, _now_us: int) -> int:
        """Return the simulated instant."""
        return self.time.shown_us


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are those of the simulation."""

    def __init__(self, time: SimulatedTime) -> None:
        self._simulated = time
        super().__init__()

    def time(self) -> float:
        """Return the simulated instant in seconds."""
        return self._simulated.now_us / US_PER_S


class SeededBytes:
    """What stands in for the random bytes of the machine."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed.encode(), 0

    def __call__(self, count: int) -> bytes:
        """Return bytes that were not returned before, and are the same for the same seed."""
        self._count += 1
        state = self._seed + self._count.to_bytes(8, "big")
        blocks = (sha256(state + bytes([n])).digest() for n in range(-(-count // 32)))
        return b"".join(blocks)[:count]


class ServiceLog:
    """What the service logs: kept, and not printed."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def hear(self, _logger: object, level: str, event: EventDict) -> EventDict:
        """Keep what is logged, from warnings on."""
        if level in {"warning", "error", "critical"}:
            self.events.append((str(event.get("event")), dict(event)))
        raise structlog.DropEvent


def _in_turn(_receivers: int, name: str) -> ThreadPoolExecutor:
    """Return threads for receivers, as many as may draw from chance at one time: one."""
    return ThreadPoolExecutor(1, name)


@contextmanager
def simulate_environment(
    seed: str, time: SimulatedTime, disk: SimulatedDisk, mail: SimulatedMail
) -> Iterator[ServiceLog]:
    """Have the process see the simulated clock, chance, disk and mail server while this lasts."""
    log = ServiceLog()
    before, log_before = clock.clock_setting(), structlog.get_config()
    clock.catch_up(SimulatedClock(0, 0, 1, time))
    structlog.configure(processors=[log.hear], cache_logger_on_first_use=False)
    try:
        with (
            # `secrets` and all that come from it ask here.
            mock.patch.object(random, "_urandom", SeededBytes(seed)),
            mock.patch.object(sqlite3, "connect", disk.connect),
            mock.patch("mesure.service.mail.smtplib.SMTP", mail.connect),
            mock.patch.object(receiver_queue, "ThreadPoolExecutor", _in_turn),
            mock.patch.object(passwords, "_HASHER", CHEAP),
            mock.patch.object(passwords, "NOBODYS", CHEAP.hash("nobody", salt=bytes(16))),
        ):
            yield log
    finally:
        clock.catch_up(before)
        structlog.configure(**log_before)
