"""A small country of tests that is judged live over PostgreSQL, two days in a minute or two.

Its devices report late, twice, in another order or not at all; an order is varied and a person is
erased in mid-stream. The clock of everybody starts in the past and is quick.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

import msgspec
import psycopg

from mesure.actions.judging import judge_store, judging_position
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.receiving.receipt_transaction import ReceiverDependencies
from mesure.actions.receiving.receive_messages import Receiver, TransferReply
from mesure.actions.receiving.receive_messages import ReceiverConfig as Receiving
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.devices.clocks import ClockLimits
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.machine.progress import ProgressStages
from mesure.machine.signatures import EnrolledKeyVerifier
from mesure.record.policy_loading import read_policy
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.streaming.live_run import LiveOptions
from mesure.service.installation import installation, stores
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import comparison, erase, rejudge
from mesure.service.maintenance.comparison import ComparisonRow
from mesure.service.maintenance.erase import EraseRequest
from tests.house import ROOT
from tests.service import nights
from tests.service.live_driver import DriverOrder
from tests.service.nights import Night
from tests.store.databases import PostgresServer

PERSONS: Final = 5
LATE, TWICE, TURNED, SILENT, ERASED = range(5)  # Who reports how, or what becomes of them.
VARIED: Final = LATE
TURNS: Final = 192  # Of a quarter of an hour: two days.
WITHIN_S: Final = 480.0
LEAD_S_MIN: Final = 5.0
EFFECTS: Final = ("assessment", "superseded", "incident", "judged", "partition_owner")


class LiveCountry:
    """An installation over PostgreSQL whose devices report while somebody judges."""

    def __init__(
        self, folder: Path, postgres_server: PostgresServer, name: str, persons: int = PERSONS
    ) -> None:
        self.folder, self._server, self.name = folder, postgres_server, name
        folder.mkdir(parents=True, exist_ok=True)
        self.dsn = postgres_server.make(name)
        self.setup = self._write_settings("country")
        settings = self.setup.load()
        where = installation.folder_of(settings)
        where.make()
        stores.prepare(settings, where)
        with installation.begin_installation(settings) as instance:
            self.night = Night(instance, persons=persons, days=3)

    def _write_settings(self, judge: str, dsn: str | None = None) -> WorkerSetup:
        file = self.folder / f"{judge}.toml"
        lines = [
            'name = "log.example"',
            f'database_url = "{dsn or self.dsn}"',
            f'judge = "{judge}"',
            f'keys = "{self.folder}/data/keys"',
            "workers = 1",
        ]
        file.write_text("\n".join(lines) + "\n")
        return WorkerSetup(self.folder / "data", file)

    @contextmanager
    def open_installation(self, setup: WorkerSetup | None = None) -> Iterator[Installation]:
        with installation.open_installation((setup or self.setup).load()) as instance:
            yield instance

    def begin_clock(self, driver: "Driver", real_s: float) -> CatchUpClock:
        """See the time of the country from now on: its turns pass within some seconds.

        They begin when executors should be at work, which takes half as long as Spark's start.
        """
        lead_s = max(LEAD_S_MIN, driver.started_s / 2)
        begin_us = to_us(nights.START)
        lived_us = TURNS * int(nights.TURN.total_seconds()) * US_PER_S
        start_us = clock.true_us() + int(lead_s * US_PER_S)
        behind_us = start_us - begin_us
        speed = lived_us / (real_s * US_PER_S)
        shown = CatchUpClock(start_us, behind_us, int(behind_us / (speed - 1.0)))
        clock.catch_up(shown)
        return shown

    # --- What is reported ---

    async def report(self, turns: range = range(TURNS)) -> int:
        """Have the devices report, each turn at its time; return how many messages came."""
        with self.open_installation() as instance:
            self.night.made = instance
            means = ReceiverDependencies(
                instance.keyring,
                EnrolledKeyVerifier(),
                ClockLimits(10**8, 10**10),
                secrets.token_bytes,
            )
            receiver = Receiver(
                Receiving(instance.store, means, instance.signing.devices, clock.now_us)
            )
            for turn in turns:
                at_us = to_us(nights.START + (turn + 1) * nights.TURN)
                while clock.now_us() < at_us:
                    await asyncio.sleep(0.01)
                self.night.now = to_datetime(clock.now_us())
                self._administer(turn)
                for number, carrier in enumerate(self.night.carriers):
                    carrier.say()
                    for data in _carried(number, turn, carrier.transfers()):
                        answer = await _sent(receiver, data)
                        carrier.hear(answer.transfer)
            await receiver.close()
            with instance.store.read() as reading:
                return sum(reading.ends().values())

    def _administer(self, turn: int) -> None:
        if turn == TURNS // 4:
            self.night.vary(
                VARIED,
                ("in_force: {from: 2026-09-07,", "in_force: {from: 2026-09-08,"),
                ("from: 22:00, until: 06:00", "from: 23:30, until: 04:00"),
            )
        if turn == TURNS // 2 and len(self.night.people) > ERASED:
            request = EraseRequest(self.night.people[ERASED].id, is_everything=True)
            list(erase.steps(self.night.made, request))

    # --- Who judges ---

    @contextmanager
    def driver(self, options: LiveOptions) -> Iterator["Driver"]:
        driver = Driver(DriverOrder(str(self.setup.data), str(self.setup.settings), options))
        try:
            yield driver
        finally:
            driver.end()

    def behind(self, instance: Installation) -> int:
        """Return in how many partitions there is a record that nobody has judged yet."""
        with instance.store.read() as reading:
            known = judging_position.read(reading, range(256)).after
            after = {part: known.get(part, 0) for part in reading.ends()}
            return len(list(reading.logs(after, 1)))

    def wait_until_judged(self, within_s: float = WITHIN_S) -> float:
        """Wait until everything that came was judged; return how long it took."""
        begun_s = time.monotonic()
        with self.open_installation() as instance:
            while self.behind(instance):
                assert time.monotonic() - begun_s < within_s, "the judges did not come to the end"
                time.sleep(0.02)
        return time.monotonic() - begun_s

    # --- What is kept ---

    def agrees_with_replay(self) -> rejudge.RejudgeResult:
        """Return what comes of judging everything again from nothing."""
        with self.open_installation() as instance:
            return rejudge.rejudge(instance, ProgressStages())

    def rows(self, setup: WorkerSetup | None = None) -> dict[str, list[ComparisonRow]]:
        """Return what stands about each person."""
        with self.open_installation(setup) as instance, instance.store.read() as reading:
            return {
                person: sorted(comparison.rows_in_store(reading, person).stands, key=repr)
                for person in reading.persons_in(range(256))
            }

    def judge_by_service(self) -> WorkerSetup:
        """Return a copy of the country in which the service judged what came, from nothing."""
        copy = f"{self.name}_service"
        with psycopg.connect(self._server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{self.name}"')
        setup = self._write_settings("service", self._server.dsn(copy))
        with psycopg.connect(self._server.dsn(copy)) as connection:
            for table in EFFECTS:
                connection.execute(f"DELETE FROM {table}")
            connection.execute(
                "DELETE FROM register WHERE kind IN (%s, %s)",
                (judge_store.STATE, judging_position.POSITION),
            )
        with self.open_installation(setup) as instance:
            worker = _worker(instance)
            for turn in range(TURNS + 8):
                worker.step(to_us(nights.START + turn * nights.TURN))
            worker.finish(to_us(nights.START + TURNS * nights.TURN))
        return setup

    def look_at_all(self, now_us: int, setup: WorkerSetup | None = None) -> None:
        """Have the service judge everybody at one moment, from where the last judge left off."""
        with self.open_installation(setup) as instance:
            worker = _worker(instance)
            with instance.store.read() as reading:
                for person in reading.persons_in(range(256)):
                    worker.due.put(person, 0)
            worker.step(now_us)
            worker.finish(now_us)


def _worker(instance: Installation) -> Worker:
    policy, _ = read_policy(None)
    owner = instance.store.write(lambda work: work.claim(range(256), "service"))
    sealer = Sealer(instance.keyring, secrets.token_bytes)
    return Worker(
        instance.store, sealer, EvaluationConfig(instance.keyring, policy), owner, _failed
    )


def _failed(_person: str, error: Exception) -> None:
    raise error


async def _sent(receiver: Receiver, data: bytes) -> TransferReply:
    """Send a transfer, and again while the database is away, as a device does."""
    while True:
        try:
            return await receiver.transfer(data, "here")
        except StoreUnavailableError:
            await asyncio.sleep(0.2)


def _carried(number: int, turn: int, transfers: list[bytes]) -> list[bytes]:
    """Return what the network carries now of what waits."""
    if number == LATE and 40 <= turn % 80 < 55:
        return []
    if number == TWICE:
        return transfers * 2
    if number == TURNED:
        return transfers[::-1] if turn % 3 == 2 else []
    if number == SILENT and turn > 60:
        return []
    return transfers


class Driver:
    """A driver in a process of its own, with what it said."""

    def __init__(self, order: DriverOrder) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.live_driver"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT, env=environment, text=True,
        )  # fmt: skip
        self._tell(order)
        self._begun_s, self.started_s = time.monotonic(), 0.0  # How long Spark took to start.
        self.said: list[str] = []
        self.errors: list[str] = []
        for stream, lines in ((self.process.stdout, self.said), (self.process.stderr, self.errors)):
            assert stream is not None
            threading.Thread(target=_read, args=(stream, lines), daemon=True).start()

    def _tell(self, what: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(what).decode() + "\n")
        self.process.stdin.flush()

    def wait_until_started(self) -> None:
        self.wait_until_said("Spark started")
        self.started_s = time.monotonic() - self._begun_s

    def judge(self, shown: CatchUpClock | None) -> None:
        """Have it judge, and see time like this."""
        self._tell(shown)

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until_said(self, words: str, within_s: float = WITHIN_S) -> None:
        until_s = time.monotonic() + within_s
        while not any(words in line for line in self.said):
            assert self.process.poll() is None, "".join(self.errors)[-3_000:]
            assert time.monotonic() < until_s, (words, self.said, self.errors[-5:])
            time.sleep(0.02)

    def end(self, number: int = signal.SIGTERM) -> int:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            assert self.process.stdin is not None
            with suppress(BrokenPipeError):
                self.process.stdin.close()


def _read(stream: IO[str], lines: list[str]) -> None:
    with stream:
        for line in stream:
            lines.append(line)  # noqa: PERF402  Others read it meanwhile.
