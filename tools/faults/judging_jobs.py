"""Two jobs that judge a country by Spark: one judges, the other waits for its turn."""

import os
import re
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from mesure.machine.clock import CatchUpClock
from mesure.service.country.streaming import live_run
from mesure.service.country.streaming.live_run import LiveOptions
from tests.service.live_countries import Driver
from tests.service.live_driver import DriverOrder
from tests.service.test_country_spark import descendants
from tools.faults import restarted_service

MASTER: Final = "local-cluster[2,1,1024]"  # Two executors, each a process of its own.
JOBS: Final = 2
WORKER: Final = "pyspark.daemon"
EXECUTOR: Final = "CoarseGrainedExecutorBackend"
START_S_MAX: Final = 120.0


class JudgingJobs:
    """The jobs, which are started again whenever they are gone."""

    def __init__(self, data: Path, settings: Path, shown: CatchUpClock) -> None:
        self._order = DriverOrder(str(data), str(settings), LiveOptions(MASTER))
        self._shown = shown
        self._drivers: list[Driver] = []
        self.starts = 0

    def come_back(self) -> None:
        """Start as many as are gone, and wait until they judge or wait for their turn."""
        self._drivers = [driver for driver in self._drivers if driver.process.poll() is None]
        while len(self._drivers) < JOBS:
            driver = Driver(self._order)
            self._drivers.append(driver)
            self.starts += 1
            driver.wait_until_started()
            driver.judge(self._shown)
            if not restarted_service.until(partial(_has_begun, driver), START_S_MAX):
                raise TimeoutError(f"a job did not begin: {''.join(driver.errors)[-2_000:]}")

    def leader(self) -> Driver | None:
        """Return the job of the latest term that is there; None: none has begun one."""
        terms = {driver.pid: term_of(driver.said) for driver in self._drivers}
        leader = max(self._drivers, key=lambda driver: terms[driver.pid], default=None)
        return leader if leader is not None and terms[leader.pid] else None

    def kill_below(self, words: str) -> bool:
        """Kill a process of the job that judges, by words of its command line."""
        leader = self.leader()
        victims = [pid for pid, line in _below(leader) if words in line]
        if not victims:
            return False
        with suppress(ProcessLookupError):
            os.kill(victims[-1], signal.SIGKILL)
        return True

    def has_successor(self) -> bool:
        """Tell whether another job waits for its turn, with its executors ready."""
        leader = self.leader()
        waiting = [driver for driver in self._drivers if driver is not leader]
        return any(live_run.READY in line for driver in waiting for line in driver.said)

    def kill_waiting(self) -> bool:
        """Kill the job that waits, with everything that is below it, and start it again."""
        leader = self.leader()
        if leader is None:
            return False
        for driver in self._drivers:
            if driver is not leader:
                _kill(driver)
        self.come_back()
        return True

    def kill_leader(self) -> bool:
        """Kill the job that judges, with everything that is below it."""
        leader = self.leader()
        if leader is None:
            return False
        _kill(leader)
        return True

    def stop_leader(self, pause_s: float) -> bool:
        """Have the job that judges stand still, with everything below it, and wake up late."""
        leader = self.leader()
        if leader is None:
            return False
        family = [leader.pid, *(pid for pid, _ in _below(leader))]
        _signal(family, signal.SIGSTOP)
        time.sleep(pause_s)
        _signal(family, signal.SIGCONT)
        return True

    def last_words(self) -> str:
        """Return the last that each job said, for the one who looks for the cause."""
        words = [
            f"job {driver.pid} ({driver.process.poll()}): {driver.said[-3:]} {driver.errors[-8:]}"
            for driver in self._drivers
        ]
        return "\n".join(words)

    def end(self) -> None:
        """End all of them as an operator does; who waits ends first, so that none takes over."""
        leader = self.leader()
        for driver in sorted(self._drivers, key=lambda driver: driver is leader):
            driver.end()
        self._drivers.clear()

    def kill_all(self) -> None:
        """Kill all of them, where something went wrong."""
        for driver in self._drivers:
            _kill(driver)


def _kill(driver: Driver) -> None:
    _signal([driver.pid, *(pid for pid, _ in _below(driver))], signal.SIGKILL)
    driver.process.wait()


def _has_begun(driver: Driver) -> bool:
    """Tell whether a job judges, or waits for its turn; raises `RuntimeError` where it ended."""
    if driver.process.poll() is not None:
        raise RuntimeError(f"a job ended: {''.join(driver.errors)[-2_000:]}")
    return any(line.startswith(("Term ", "Another job ")) for line in driver.said)


def _below(driver: Driver | None) -> list[tuple[int, str]]:
    return [] if driver is None else descendants(driver.pid)


def _signal(family: Sequence[int], number: int) -> None:
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def term_of(lines: Sequence[str]) -> int:
    """Return the last term that a job said it began; 0: none."""
    terms = [int(match[1]) for line in lines if (match := re.match(r"Term (\d+):", line))]
    return max(terms, default=0)
