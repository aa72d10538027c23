"""Turns: an executor judges a slice of the partitions for a while, by the service's own worker.

How far it came, and all that it holds of anybody, is kept in the store as by the service, sealed,
in one change with the results. It reports only counts to Spark. A process that has judged a slice
before goes on with what it holds in memory, unless somebody claimed any of it meanwhile.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from mesure.actions.judging import judging_term
from mesure.actions.judging.judge_store import Sealer
from mesure.geo.numeric import geo_kernels
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock, garbage, library_logs, logs
from mesure.record.policy_loading import read_policy
from mesure.service.country import process_pool
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.streaming.turn_plan import TurnPlan, TurnReport
from mesure.service.installation import stores
from mesure.service.installation.installation import Installation
from mesure.store.values.effects import PartitionOwner
from mesure.store.values.faults import FencedError, UnavailableError

if TYPE_CHECKING:
    from mesure.store.postgres.operation.server_clock import PostgresClock

STEP_S: Final = 0.1  # From one look at the log to the next, at least: together is cheaper.
TOLD_EVERY_S: Final = 1.0  # A process whose executor is gone notices it when it reports.
READY_S: Final = 1.0  # How long a process that is ready is kept, so that another core has another.
AWAY_S: Final = 1.0  # After which a store that is away is asked again.


class TurnError(Exception):
    """Why a turn was broken off, in words that may go through Spark: what failed, and of nobody."""


def take_turn(plan: TurnPlan, number: int) -> Iterator[TurnReport]:
    """Judge a slice until its turn is over, and report now and then what was done.

    Without a term nothing is judged: the process loads what it will need, and opens the store.

    Raises `FencedError` where somebody else judges it now: a replaced process claims no more.
    """
    try:
        yield from _reports(plan, number)
    except FencedError:
        raise
    except Exception as error:  # noqa: BLE001  Its text may name somebody, and goes to Spark.
        structlog.get_logger().error("turn_failed", error=type(error).__name__)
        raise TurnError(f"slice {number}: {type(error).__name__}; nothing of it was kept") from None


def _reports(plan: TurnPlan, number: int) -> Iterator[TurnReport]:
    if plan.term is None:
        geo_kernels.is_compiled()  # The compiler takes a second to load, where there is one.
        _forget_lost(_opened(_setup(plan)))
        time.sleep(READY_S)
        return
    end_s = time.monotonic() + plan.turn_s
    turn = _Turn(plan, number)
    while True:
        begun_s = time.monotonic()
        wait_s = turn.step()
        report = turn.report_if_due()
        if report is not None:
            yield report
        now_s = time.monotonic()
        if now_s >= end_s and turn.has_looked:
            break
        time.sleep(max(0.0, begun_s + wait_s - now_s))
    turn.finish()
    yield turn.report()


@dataclass(slots=True)
class _Slice:
    """A slice that this process judges, or has judged."""

    term: int | None
    owner: PartitionOwner
    worker: Worker


_in_hand: Final = dict[tuple[WorkerSetup, int, int], _Slice]()


class _Turn:
    """One turn of one slice."""

    def __init__(self, plan: TurnPlan, number: int) -> None:
        self._plan, self._number = plan, number
        self._slice: _Slice | None = None
        self._taken_up = 0
        self._told_s, self._told = time.monotonic(), (0, 0, 0)
        self._cpu_s = time.process_time()
        self.has_looked = False

    def step(self) -> float:
        """Look at the log once; return after how long to look again."""
        try:
            if self._slice is None:
                self._slice = self._taken()
            self._slice.worker.step(now_us(self._plan))
        except UnavailableError as error:
            structlog.get_logger().warning("later", error=type(error).__name__, step="turn")
            return AWAY_S
        except Exception:
            _in_hand.pop(self._key, None)  # The next try reads all of it anew.
            raise
        self.has_looked = True
        return STEP_S

    def finish(self) -> None:
        """Keep what waits to be kept: the next turn may be another process's."""
        if self._slice is not None:
            try:
                self._slice.worker.finish(now_us(self._plan))
            except UnavailableError:
                _in_hand.pop(self._key, None)  # The next turn judges it again.

    @property
    def _key(self) -> tuple[WorkerSetup, int, int]:
        return _setup(self._plan), self._plan.slices, self._number

    def _taken(self) -> _Slice:
        """Return the slice, with what this process holds of it if nobody had it in between."""
        instance = _opened(_setup(self._plan))
        clock.catch_up(self._plan.shown)
        _forget_lost(instance)
        known = _in_hand.get(self._key)
        if known is not None and known.term == self._plan.term:
            counts = known.worker.counts
            self._told = counts.steps, counts.judged, counts.failed
            return known
        self._taken_up = 1
        owner = self._claim(instance)
        policy, _ = read_policy(instance.settings.policy)
        worker = Worker(
            instance.store,
            Sealer(instance.keyring, secrets.token_bytes),
            EvaluationConfig(instance.keyring, policy),
            owner,
            _told_not_judged,
            in_hand_max=instance.settings.persons_in_hand,
        )
        _in_hand[self._key] = taken = _Slice(self._plan.term, owner, worker)
        return taken

    def _claim(self, instance: Installation) -> PartitionOwner:
        plan, term, number = self._plan, self._plan.term, self._number
        assert term is not None, "who judges nothing claims nothing"
        holder = f"country {number} of {plan.slices}, process {os.getpid()}"
        return instance.store.write(
            lambda work: judging_term.claim(work, term, plan.partitions(number), holder)
        )

    def report_if_due(self) -> TurnReport | None:
        """Return what was done since the last report, if that is a while ago."""
        return self.report() if time.monotonic() - self._told_s >= TOLD_EVERY_S else None

    def report(self) -> TurnReport:
        """Return what was done since the last report."""
        counts = self._told
        if self._slice is not None:
            done = self._slice.worker.counts
            counts = done.steps, done.judged, done.failed
        steps, judged, failed = (now - was for now, was in zip(counts, self._told, strict=True))
        cpu_s = time.process_time()
        report = TurnReport(
            self._number, steps, judged, failed, self._taken_up, cpu_s - self._cpu_s
        )
        self._told, self._told_s, self._cpu_s = counts, time.monotonic(), cpu_s
        self._taken_up = 0
        return report


def _setup(plan: TurnPlan) -> WorkerSetup:
    return WorkerSetup(Path(plan.data), Path(plan.settings) if plan.settings else None)


def _forget_lost(instance: Installation) -> None:
    """Let go of the slices that somebody else has claimed since."""
    with instance.store.read() as reading:
        owners = reading.owners()
    for key, known in list(_in_hand.items()):
        owner = known.owner
        if any(owners[part][0] != owner.epoch for part in owner.partitions):
            del _in_hand[key]


@cache
def _opened(setup: WorkerSetup) -> Installation:
    """Return the installation, open until this process ends; what is logged names nobody."""
    _configure()
    return process_pool.open_once(setup)


def _configure() -> None:
    """Be a process of the service, in what is logged and in how memory is searched."""
    logs.configure(sys.stderr)
    library_logs.take()
    garbage.settle()


@cache
def _server_clock(setup: WorkerSetup) -> "PostgresClock | None":
    return stores.server_clock(_opened(setup).settings)


def now_us(plan: TurnPlan) -> int:
    """Return the time of the store, which is one for all machines; an embedded one has ours."""
    server = _server_clock(_setup(plan))
    return clock.now_us() if server is None else clock.show_us(server.now_us())


def _told_not_judged(_person: str, error: Exception) -> None:
    structlog.get_logger().warning("not_judged", error=type(error).__name__)
