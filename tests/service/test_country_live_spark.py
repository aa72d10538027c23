"""A real Spark judges a small country live: the rows of a replay and of the service, killed or not.

It runs with `make country TEST=1`, which brings PySpark; Java is Debian's openjdk-17-jre-headless.
"""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesure.actions.judging import judging_term
from mesure.instants import to_us
from mesure.machine import clock
from mesure.service.country.streaming import live_run
from mesure.service.country.streaming.live_run import LiveOptions
from mesure.service.serve import systemd
from mesure.store.values.effects import JudgingPlace
from tests.service import nights
from tests.service.live_countries import TURNS, WITHIN_S, Driver, LiveCountry
from tests.service.test_country_spark import command, descendants
from tests.store import databases
from tests.store.databases import PostgresServer

pytestmark = [
    pytest.mark.skipif("COUNTRY_TESTS" not in os.environ, reason="make country TEST=1"),
    # Spark's own code warns of what its own libraries will change.
    pytest.mark.filterwarnings("default"),
]

TWO_EXECUTORS = "local-cluster[2,1,1024]"
LIVED_S = 30.0  # Two days.
END_US = to_us(nights.START + (TURNS + 8) * nights.TURN)
# A successor's Java and Python have to start; on a busy machine that alone takes most of it.
PAUSE_S_MAX = 120.0
MANAGER_LINES = [
    "READY=1",
    "STATUS=waiting; executors get ready",
    "STATUS=waiting; executors are ready",
    "READY=1",
    "STATUS=judging in 2 slices",
]


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[PostgresServer]:
    with databases.run_postgres() as running:
        yield running


@pytest.fixture(autouse=True)
def quick_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the others compile nothing: it takes longer than what is judged here."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    yield
    clock.catch_up(None)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def agrees(country: LiveCountry) -> None:
    """Show that what is kept is what a replay says, and what the service says, row by row."""
    result = country.agrees_with_replay()
    # Who became due in the last moment waits for the next judge: its seconds are hours here.
    assert not result.different, result.shown
    assert (result.persons, len(country.rows())) == (len(country.night.people) - 1,) * 2
    by_service = country.judge_by_service()
    until_us = max(END_US, result.newest_us or 0)  # A busy machine lets the job run past the end.
    for setup in (None, by_service):
        country.look_at_all(until_us, setup)  # The way back: the service goes on from there.
    assert country.agrees_with_replay().holds  # Nobody was forgotten.
    rows = country.rows()
    assert rows == country.rows(by_service)
    assert sum(map(len, rows.values())) > 20


def live_two_days(country: LiveCountry, options: LiveOptions) -> Driver:
    """Live two days while a cluster judges; return the driver, which has ended."""
    with country.driver(options) as driver:
        driver.wait_until_started()
        driver.judge(country.begin_clock(driver, LIVED_S))
        assert asyncio.run(country.report()) > TURNS  # Messages, however many go together.
        country.wait_until_judged()
    assert driver.process.returncode == 0, driver.errors[-20:]
    return driver


@pytest.mark.parametrize(
    "options",
    [LiveOptions(TWO_EXECUTORS), LiveOptions("local[2,8]", slices=64, turn_s=0.0)],
    ids=["slices that stay with their executors", "64 slices that wander"],
)
def test_it_is_judged_as_a_replay_and_the_service_judge_it(
    tmp_path: Path, postgres_server: PostgresServer, options: LiveOptions
) -> None:
    country = LiveCountry(tmp_path / "country", postgres_server, f"live_{options.slices}")
    live_two_days(country, options)
    agrees(country)


# --- Faults --------------------------------------------------------------------------------------


class Faults:
    """What is done to a driver and what is below it while it judges, and how long nothing came."""

    def __init__(self, country: LiveCountry, postgres_server: PostgresServer) -> None:
        self._country, self._server = country, postgres_server
        self.done: list[str] = []
        self.pauses_s: dict[str, float] = {}

    def kill(self, driver: Driver, words: str) -> None:
        """Kill a process below a driver that has these words, and see judging go on."""
        victims = [pid for pid, line in descendants(driver.pid) if words in line]
        assert victims, words
        self._measure(words, lambda: os.kill(victims[-1], signal.SIGKILL))

    def wait_until_judging(self) -> None:
        """Wait until somebody was judged: executors are at work then."""
        until_s = time.monotonic() + WITHIN_S
        while not self._steps():
            assert time.monotonic() < until_s, "nobody is judged"
            time.sleep(0.1)

    def restart_database(self) -> None:
        def restart() -> None:
            self._server.stop()
            self._server.start()

        self._measure("PostgreSQL", restart)

    def kill_driver(self, driver: Driver, successor: Driver) -> None:
        """Kill a driver with all that it has, while another waits for its turn."""
        others = [pid for pid, _ in descendants(driver.pid)]

        def kill() -> None:
            driver.process.kill()
            driver.process.wait()
            successor.wait_until_said("Term ")

        self._measure("driver", kill)
        for pid in others:
            if command(pid):
                os.kill(pid, signal.SIGKILL)

    def _measure(self, what: str, happen: Callable[[], object]) -> None:
        before = self._steps()
        begun_s = time.monotonic()
        happen()
        while (now := self._steps()) is None or now == before:
            assert time.monotonic() - begun_s < 4 * PAUSE_S_MAX, f"nothing is judged after {what}"
            time.sleep(0.05)
        self.pauses_s[what] = time.monotonic() - begun_s
        self.done.append(what)

    def _steps(self) -> object:
        """Return how far everybody was judged; None while the database is away."""
        try:
            with self._country.open_installation() as instance, instance.store.read() as reading:
                return sorted((one.person, one.until_us) for one in reading.progress_in(range(256)))
        except Exception:  # noqa: BLE001  It is being restarted.
            return None


def processes_of_python(driver: Driver) -> set[int]:
    """Return the processes below a driver that run its executors' Python."""
    return {pid for pid, line in descendants(driver.pid) if "pyspark.daemon pyspark.worker" in line}


@contextmanager
def service_manager(folder: Path) -> Iterator[list[str]]:
    """Listen as the service manager of who is started meanwhile; yield what it is told."""
    lines: list[str] = []
    address = str(folder / "manager")
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
        pytest.MonkeyPatch.context() as patch,
    ):
        channel.bind(address)
        patch.setenv(systemd.SOCKET, address)

        def listen() -> None:
            while datagram := channel.recv(4096):
                lines.extend(datagram.decode().splitlines())

        listening = in_thread(listen)
        try:
            yield lines
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", address)
            listening.join()


def test_whatever_is_killed_meanwhile_nothing_is_lost_doubled_or_judged_otherwise(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    country = LiveCountry(tmp_path / "country", postgres_server, "live_faults")
    faults = Faults(country, postgres_server)
    executors, successor = LiveOptions(TWO_EXECUTORS), LiveOptions("local[2,8]")
    with (
        country.driver(executors) as first,
        service_manager(tmp_path) as lines,
        country.driver(successor) as second,
    ):
        first.wait_until_started()
        second.wait_until_started()
        first.judge(shown := country.begin_clock(first, 2 * LIVED_S))
        first.wait_until_said("Term 1")
        second.judge(shown)
        reporting = in_thread(lambda: asyncio.run(country.report()))
        second.wait_until_said("Another job judges")
        second.wait_until_said(live_run.READY)
        ready = processes_of_python(second)
        faults.wait_until_judging()
        faults.kill(first, "pyspark.worker")
        faults.kill(first, "CoarseGrainedExecutorBackend")
        faults.kill_driver(first, second)
        assert ready & processes_of_python(second), "those that got ready judge"
        faults.restart_database()  # With both there, either might have the lease afterwards.
        reporting.join()
        country.wait_until_judged()
    others = [line for line in lines if line != "WATCHDOG=1"]
    assert others[: len(MANAGER_LINES)] == MANAGER_LINES
    assert "WATCHDOG=1" in lines[: lines.index(MANAGER_LINES[-1])], "it is alive while it waits"
    print({what: round(pause_s, 1) for what, pause_s in faults.pauses_s.items()})
    assert len(faults.done) == 4
    assert max(faults.pauses_s.values()) < PAUSE_S_MAX
    agrees(country)


def test_a_driver_that_wakes_up_after_its_successor_took_over_changes_nothing(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    country = LiveCountry(tmp_path / "country", postgres_server, "live_zombie", persons=2)
    options = LiveOptions("local[1,8]")
    with country.driver(options) as first, country.driver(options) as second:
        for driver in (first, second):
            driver.wait_until_started()
        first.judge(shown := country.begin_clock(first, LIVED_S))
        first.wait_until_said("Term 1")
        family = [first.pid, *(pid for pid, _ in descendants(first.pid))]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        second.judge(shown)
        second.wait_until_said("Term 2")  # The server has ended the session of who stood still.
        for pid in family:
            os.kill(pid, signal.SIGCONT)
        asyncio.run(country.report(range(0, TURNS, 8)))
        country.wait_until_judged()
        with country.open_installation() as instance, instance.store.read() as reading:
            assert judging_term.read(reading) == (2, JudgingPlace.COUNTRY)
            holders = {holder for _, holder in reading.owners().values()}
        ours = {str(pid) for pid, _ in descendants(second.pid)}
        assert {holder.rpartition(" ")[2] for holder in holders} <= ours
        assert first.process.wait(WITHIN_S) != 0
        assert any("another job judges" in line or "term" in line for line in first.errors)
    result = country.agrees_with_replay()
    assert not result.different, result.shown


def test_nothing_about_a_person_lies_in_what_spark_writes(
    tmp_path: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its checkpoints, shuffle files and logs hold numbers of slices and turns, and counts."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for name in ("SPARK_LOCAL_DIRS", "TMPDIR"):
        monkeypatch.setenv(name, str(scratch))
    country = LiveCountry(tmp_path / "country", postgres_server, "live_scan", persons=2)
    contents = dict[str, bytes]()
    with country.driver(LiveOptions("local[1,8]", turn_s=1.0)) as driver:
        driver.wait_until_started()
        driver.judge(country.begin_clock(driver, LIVED_S / 2))
        reporting = in_thread(lambda: asyncio.run(country.report(range(0, TURNS, 8))))
        while reporting.is_alive():  # It is gone when the job ends.
            contents.update(_written(scratch))
            time.sleep(0.5)
        country.wait_until_judged()
        contents.update(_written(scratch))
    contents["log"] = "".join((*driver.said, *driver.errors)).encode()
    assert any("/offsets/" in name for name in contents)  # Spark's checkpoints are among it,
    assert any(b'"turn":' in data for data in contents.values())  # and they are read as they are.
    people = country.night.people
    secret = [word.encode() for one in people for word in (one.id, f"D-{one.id}")]
    assert not [(name, word) for name, data in contents.items() for word in secret if word in data]


def _written(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield str(path), path.read_bytes()
        except OSError:
            continue  # It was taken away meanwhile.
