"""A town judged live by a Spark: two nodes behind a proxy, a driver, two executors, and a table.

    python -m bench.under_load.country_live --persons 500 --minutes 15 --interval 60

Everything is started on this machine, on loopback, and ends by itself: PostgreSQL, two nodes of the
service behind HAProxy with the file of deploy/, a Spark, and devices that send signed messages as
phones do, each when it is due. How late something was judged is seen in the database: from the
moment at which a record was there until that at which the judges had come so far. Until everybody
has reported once the judges take up each person; what is reported after that has rows of its own.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg

from bench.figures_table import ROOT
from bench.measuring import process_cpu_s, say
from bench.under_load import load, served_town, serving, town_entry
from bench.under_load.load import Sent
from bench.under_load.served_town import LINES, Crowd, TownMessage
from mesure.actions.judging import judging_position
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.country.streaming.live_run import LiveOptions
from mesure.service.installation import installation, stores
from mesure.service.installation.settings import Settings
from mesure.store.interface.store import Store
from mesure.store.values.partitions import PARTITIONS
from mesure_lab.simulation import towns
from tests import proxies
from tests.service.live_countries import Driver
from tests.service.live_driver import DriverOrder
from tests.service.test_country_spark import descendants
from tests.store import databases

LIVES: Final = 20  # Made up; the others are these again under other names.
SAMPLED_EVERY_S: Final = 0.1
JUDGED_S_MAX: Final = 300.0
FIXES_PER_MESSAGE: Final = 5
LEAD_S: Final = 10.0
M: Final = 1e6
NODES: Final = 2
STORED: Final = ("message", "judged", "assessment")  # Tables; the sealed state is in another.


def main(argv: Sequence[str] | None = None) -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.under_load.country_live", description=__doc__
    )
    parser.add_argument("--persons", type=int, default=500)
    parser.add_argument("--minutes", type=int, default=3, help="for which they report")
    parser.add_argument(
        "--interval",
        type=int,
        default=served_town.INTERVAL_S,
        help=f"seconds between two fixes, of which {FIXES_PER_MESSAGE} are sent at a time",
    )
    parser.add_argument("--master", default="local-cluster[2,1,1024]")
    parser.add_argument("--turn", type=float, default=600.0, help="seconds of a turn")
    parser.add_argument("--slices", type=int, default=None)
    arguments = parser.parse_args(argv)
    times = max(1, arguments.persons // LIVES)
    crowd = Crowd(
        min(LIVES, arguments.persons),
        times,
        "19:00",
        arguments.minutes,
        FIXES_PER_MESSAGE,
        arguments.interval,
    )
    try:
        towns.check(served_town.plan(crowd))
    except ValueError as error:
        parser.error(str(error))
    options = LiveOptions(arguments.master, arguments.slices, arguments.turn)
    with tempfile.TemporaryDirectory(prefix="mesure.bench.") as folder:
        print("\n".join(_Town(Path(folder), crowd, options).run().lines()))


class Lag(NamedTuple):
    """When a record was seen, and how much later it was judged, both in seconds."""

    seen_s: float
    lag_s: float


@dataclass(slots=True)
class LiveRun:
    """What a run came to."""

    persons: int
    messages: int
    fixes: int
    taking_up_s: float  # Until everybody has reported once.
    acknowledged: int = 0
    judged: int = 0  # Records.
    begun_s: float = 0.0
    lags: list[Lag] = field(default_factory=list)
    cpu_s: dict[str, float] = field(default_factory=dict)
    stored_bytes: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Yield the table."""
        yield f"{'persons':46}{self.persons:12,}"
        yield f"{'messages sent, of ' + str(FIXES_PER_MESSAGE) + ' fixes':46}{self.messages:12,}"
        yield f"{'acknowledged':46}{self.acknowledged:12,}"
        yield f"{'judged':46}{self.judged:12,}"
        known_s = self.begun_s + self.taking_up_s
        for name, lags_s in (
            ("first reports", sorted(lag.lag_s for lag in self.lags if lag.seen_s < known_s)),
            ("after that", sorted(lag.lag_s for lag in self.lags if lag.seen_s >= known_s)),
        ):
            for share in (0.5, 0.99) if lags_s else ():
                lag_s = lags_s[min(len(lags_s) - 1, int(len(lags_s) * share))]
                label = f"committed until judged, {name}, p{share * 100:.0f}"
                yield f"{label:46}{lag_s:12.2f} s"
        for name, cpu_s in self.cpu_s.items():
            per_million = cpu_s / self.fixes * M
            yield f"{'CPU seconds for a million fixes, ' + name:46}{per_million:12,.0f}"
        for name, size in self.stored_bytes.items():
            yield f"{'bytes a person, ' + name:46}{size / self.persons:12,.0f}"


class _Town:
    """One run."""

    def __init__(self, folder: Path, crowd: Crowd, options: LiveOptions) -> None:
        self._folder, self._crowd, self._options = folder, crowd, options

    def run(self) -> LiveRun:
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(databases.run_postgres())
            settings = self._settings(server.make("country"))
            everybody = list(served_town.people(self._crowd))
            say(f"entering {len(everybody):,} persons")
            signers = town_entry.settle(settings, self._crowd, everybody)
            messages = served_town.messages(self._crowd, everybody, signers)
            say("starting Spark")
            driver = Driver(self._order())
            stack.callback(driver.end)
            driver.wait_until_started()
            # Executors and nodes start in the meantime, about as long as Spark took.
            shown = self._shown(LEAD_S + driver.started_s)
            say(f"starting {NODES} nodes and a proxy")
            nodes = [stack.enter_context(self._node(settings, shown)) for _ in range(NODES)]
            proxy = stack.enter_context(
                proxies.haproxy(self._folder, [port for _, port in nodes], speaks_tls=False)
            )
            driver.judge(shown)
            driver.wait_until_said("Term ", JUDGED_S_MAX)
            lived = LiveRun(
                len(everybody),
                len(messages),
                sum(one.fixes for one in messages),
                min(self._crowd.interval_s * FIXES_PER_MESSAGE, self._crowd.minutes * 30),
            )
            store = stores.open_store(settings, installation.folder_of(settings))
            stack.callback(store.close)
            self._measure(lived, store, messages, proxy.port, shown)
            lived.cpu_s = _used(driver, [process for process, _ in nodes])
            lived.stored_bytes = _stored(server.dsn("country"))
            return lived

    def _settings(self, url: str) -> Settings:
        file = self._folder / "mesure.toml"
        settings = served_town.settings_in(self._folder, url)
        lines = [
            f'name = "{settings.name}"', f'database_url = "{url}"', 'judge = "country"',
            "cluster = true", "port = 0", f"address_rate = {settings.address_rate}",
            f'keys = "{self._folder}/data/keys"', 'trusted_proxies = "127.0.0.1"',
        ]  # fmt: skip
        file.write_text("\n".join(lines) + "\n")
        more = {"judge": "country", "cluster": True, "keys": self._folder / "data" / "keys"}
        values = {**settings.dump_for_child(), **more, "trusted_proxies": ("127.0.0.1",)}
        return Settings.model_validate(values)

    def _order(self) -> DriverOrder:
        where = str(self._folder / "data"), str(self._folder / "mesure.toml")
        return DriverOrder(*where, self._options)

    def _shown(self, lead_s: float) -> CatchUpClock:
        """Return the clock of the town: an evening in it, as quick as ours."""
        start_us = clock.true_us() + int(lead_s * US_PER_S)
        begin_us = int(self._crowd.begun_at.timestamp()) * US_PER_S
        return CatchUpClock(start_us, start_us - begin_us, 10**16)

    @contextlib.contextmanager
    def _node(
        self, settings: Settings, shown: CatchUpClock
    ) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
        number = len(list(self._folder.glob("node-*")))
        own = self._folder / f"node-{number}"
        own.mkdir(0o700)
        chosen = {**settings.dump_for_child(), "data": str(own)}
        process = serving.start(chosen, shown)
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(b"Mesure serves at "):
                    yield process, int(line.rstrip().rpartition(b":")[2])
                    break
            else:
                raise RuntimeError("a node did not start")
        finally:
            process.terminate()
            process.wait()

    def _measure(
        self,
        lived: LiveRun,
        store: Store,
        messages: list[TownMessage],
        port: int,
        shown: CatchUpClock,
    ) -> None:
        begin_us = int(self._crowd.begun_at.timestamp()) * US_PER_S
        start_s = max(shown.start_us / US_PER_S, clock.true_us() / US_PER_S + LEAD_S / 2)
        late_s = start_s - shown.start_us / US_PER_S
        transfers = [
            Sent(
                message.device % LINES, (message.at_us - begin_us) / US_PER_S - late_s, message.data
            )
            for message in messages
        ]
        load.write(self._folder / "transfers", transfers)
        say(f"sending {len(messages):,} messages")
        watch = _Watch(store)
        try:
            sending = subprocess.run(
                [sys.executable, "-m", "bench.under_load.load", f"http://127.0.0.1:{port}",
                 str(self._folder / "transfers"), str(start_s)],
                stdout=subprocess.PIPE, cwd=ROOT, check=True,
            )  # fmt: skip
        finally:
            watch.end()
        report: dict[str, Any] = json.loads(sending.stdout)
        lived.answers = report["statuses"]
        lived.acknowledged = report["statuses"].get("200", 0)
        lived.begun_s = watch.begun_s
        lived.lags, lived.judged = watch.wait_until_judged()


class _Watch:
    """Sees how far the log reaches and how far the judges came, again and again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[int, deque[tuple[int, float]]] = defaultdict(deque)
        self._ends: dict[int, int] = {}
        self._judged: dict[int, int] = {}
        self._lags: list[Lag] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.begun_s = time.monotonic()
        self._look()
        self._waiting.clear()  # What was there before is not timed.
        self._lags.clear()
        self._thread.start()

    def _watch(self) -> None:
        while not self._ending.wait(SAMPLED_EVERY_S):
            self._look()

    def _look(self) -> bool:
        with self._store.read() as reading:
            ends = dict(reading.ends())
            self._judged = judging_position.read(reading, range(PARTITIONS)).after
        now_s = time.monotonic()
        for part, end in ends.items():
            waiting, judged = self._waiting[part], self._judged.get(part, 0)
            new = range(self._ends.get(part, 0) + 1, end + 1)
            waiting.extend((number, now_s) for number in new)
            while waiting and waiting[0][0] <= judged:
                seen_s = waiting.popleft()[1]
                self._lags.append(Lag(seen_s, now_s - seen_s))
        self._ends = ends
        return not any(self._waiting.values())

    def end(self) -> None:
        """Look no more beside what else is done."""
        self._ending.set()
        self._thread.join()

    def wait_until_judged(self) -> tuple[list[Lag], int]:
        """Wait until all is judged; return how late each record was, and how many there are."""
        until_s = time.monotonic() + JUDGED_S_MAX
        while not self._look():
            if time.monotonic() > until_s:
                raise TimeoutError("the judges did not come to the end")
            time.sleep(SAMPLED_EVERY_S)
        return self._lags, sum(self._judged.get(part, 0) for part in self._ends)


def _stored(where: str) -> dict[str, int]:
    """Return how many bytes of the database, with indexes, each kind of thing takes up."""
    with psycopg.connect(where) as connection:
        rows = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    sizes: dict[str, int] = dict(rows)
    named = {name: sizes.pop(name) for name in STORED}
    return {**named, "everything else": sum(sizes.values())}


def _used(driver: Driver, nodes: "list[subprocess.Popen[bytes]]") -> dict[str, float]:
    """Return the CPU seconds that each kind of process has used."""
    below = descendants(driver.pid)
    judges = [pid for pid, line in below if "pyspark.daemon pyspark.worker" in line]
    java = [pid for pid, line in below if line.startswith(("java", "/")) and "java" in line[:200]]
    return {
        "nodes": sum(process_cpu_s(process.pid) for process in nodes),
        "judges": sum(map(process_cpu_s, judges)),
        "Java": sum(map(process_cpu_s, set(java) - set(judges))),
    }


if __name__ == "__main__":
    main()
