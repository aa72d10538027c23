"""The whole service under load: received, verified, committed and judged, end to end.

The load generator runs on the same machine and costs what its row says. Messages were signed
before. Rates are fixes sent after the first minutes, in which everybody is heard for the first
time, over the time until the last one is judged. Hours pass in seconds: the clock of the
service is quick, but not so quick that a moment's wait would be a silence of the device.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx

from bench.bench_rows import Row, at_least, at_most, beside
from bench.figures_table import ROOT
from bench.measuring import process_cpu_s, say
from bench.under_load import load, served_town, serving
from bench.under_load.load import Sent
from bench.under_load.served_town import LINES, Crowd, TownMessage
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.installation import installation, stores
from mesure.service.installation.settings import Settings
from mesure.store.interface.store import Store

BATCHES: Final = Crowd(lives=100, times=50, start="19:00", minutes=150, per_message=60)
BATCHES_SPEED: Final = 230.0  # 500 fixes a second of life, and 115,000 of the bench.
BATCHES_WARM_S: Final = 30 * 60.0
POSTGRES: Final = replace(BATCHES, times=40)
POSTGRES_SPEED: Final = 205.0  # 82,000: who is far behind sees silences that nobody made.
SINGLES: Final = Crowd(lives=100, times=10, start="21:54", minutes=15, per_message=1)
SINGLES_SPEED: Final = 10.0  # 1,000 messages a second.
SINGLES_WARM_S: Final = 60.0
FLOOD: Final = replace(SINGLES, times=12)
FLOOD_SPEED: Final = 40.0  # 4,800 messages a second: more than are taken.
# A fix a minute, sent every five minutes, as the plan of a country takes it.
FIVES: Final = Crowd(lives=100, times=20, start="19:00", minutes=90, per_message=5, interval_s=60)
FIVES_SPEED: Final = 200.0  # 1,333 messages a second.
FIVES_WARM_S: Final = 20 * 60.0
TAKEN_UP_PER_S: Final = 120  # Persons, at least, before the first message.
LOADING_S: Final = 4.0  # For the load generator to read its file.
JUDGED_S_MAX: Final = 300.0
POLL_S: Final = 0.1
CHANGES: Final = "/api/v1/incidents/changes"
TARGET_FIXES: Final = 100_000.0
TARGET_MESSAGES: Final = 2_000.0
TARGET_P95_S: Final = 2.0
TARGET_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    fixes: int
    messages: int
    accepted_s: float
    judged_s: float
    load_cpu_s: float
    cpu_s: float  # Of all processes of the service, over the whole run.
    judges_cpu_s: float  # Of those that judge.
    p95_s: float  # Of an answer to a device.
    delays_s: list[float]  # From an incident's deciding report to its being read.


@dataclass(slots=True)
class RunningService:
    """A service that runs: where, when its crowd begins, and what it used before."""

    url: str
    start_us: int
    pid: int
    idle_cpu_s: float = 0.0  # Up to the first message: everybody was taken up by then.
    idle_judges_cpu_s: float = 0.0
    cpu_s: float = 0.0
    judges_cpu_s: float = 0.0


def _children_s(pid: int) -> list[float]:
    """Return what each process that judges has used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [process_cpu_s(int(one)) for one in children]


class Run:
    """One run: a crowd that reports to a service, `speed` times as fast as it lived."""

    def __init__(
        self, crowd: Crowd, speed: float, warm_s: float, database_url: str | None = None
    ) -> None:
        self._crowd, self._speed, self._url = crowd, speed, database_url
        self._warm_s = warm_s  # Of life.
        self._everybody = list(served_town.people(crowd))

    def run(self, *, follows: bool = False) -> Ran:
        """Run it."""
        with tempfile.TemporaryDirectory(prefix="mesure.bench.") as folder:
            settings = served_town.settings_in(Path(folder), self._url)
            say(f"entering {len(self._everybody):,} persons")
            moved_in, signers = served_town.settle(settings, self._crowd, self._everybody)
            say("signing their messages")
            messages = served_town.messages(self._crowd, self._everybody, signers)
            say(f"sending {len(messages):,} messages")
            with self._served(settings) as served:
                token = moved_in.token if follows else None
                ran = self._measured(settings, served, messages, Path(folder), token)
                served.judges_cpu_s = sum(_children_s(served.pid))
            return replace(
                ran,
                cpu_s=served.cpu_s - served.idle_cpu_s,
                judges_cpu_s=served.judges_cpu_s - served.idle_judges_cpu_s,
            )

    @contextlib.contextmanager
    def _served(self, settings: Settings) -> Iterator["RunningService"]:
        now_us, begin_us = clock.now_us(), int(self._crowd.begun_at.timestamp()) * US_PER_S
        lead_s = 15.0 + len(self._everybody) / TAKEN_UP_PER_S
        start_us = now_us + int(lead_s * US_PER_S)
        # It never catches up within the run: behind by what the speed makes of a long time.
        behind_us = start_us - begin_us
        takes_us = int(behind_us / (self._speed - 1.0)) if self._speed > 1.0 else 10**15
        shown = CatchUpClock(start_us, behind_us, takes_us)
        process = serving.start(settings.dump_for_child(), shown)
        assert process.stdout is not None
        try:
            url = ""
            for line in process.stdout:
                if line.startswith(b"Mesure serves at "):
                    url = line.split()[-1].decode()
                if line.startswith(b"Ctrl-C"):
                    break
            assert url, "the service did not start"
            served = RunningService(url, start_us, process.pid)
            yield served
        finally:
            process.terminate()
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        served.cpu_s = used.ru_utime + used.ru_stime

    def _measured(
        self,
        settings: Settings,
        served: "RunningService",
        messages: list[TownMessage],
        folder: Path,
        token: str | None,
    ) -> Ran:
        begin_us = int(self._crowd.begun_at.timestamp()) * US_PER_S
        at_s = [(one.at_us - begin_us) / US_PER_S / self._speed for one in messages]
        transfers = [
            Sent(message.device % LINES, at, message.data)
            for message, at in zip(messages, at_s, strict=True)
        ]
        load.write(folder / "transfers", transfers)
        time.sleep(max(0.0, served.start_us / US_PER_S - LOADING_S - clock.now_us() / US_PER_S))
        sending = subprocess.Popen(
            [sys.executable, "-m", "bench.under_load.load", served.url, str(folder / "transfers"),
             str(served.start_us / US_PER_S)],
            stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        warm_at = served.start_us / US_PER_S + self._warm_s / self._speed
        time.sleep(max(0.0, warm_at - clock.now_us() / US_PER_S))
        served.idle_judges_cpu_s = sum(_children_s(served.pid))
        served.idle_cpu_s = process_cpu_s(served.pid) + served.idle_judges_cpu_s
        delays_s = list(self._followed(served, token, sending)) if token else []
        report: dict[str, Any] = json.loads(sending.communicate()[0])
        assert set(report["statuses"]) <= {"200", "503", "429"}, report["statuses"]
        accepted_s = report["begun_at"] + report["seconds"] - warm_at
        store = stores.open_store(settings, installation.folder_of(settings))
        try:
            _until_judged(store)
        finally:
            store.close()
        judged_s = clock.now_us() / US_PER_S - warm_at
        counted = [
            message
            for message, at in zip(messages, at_s, strict=True)
            if at >= self._warm_s / self._speed
        ]
        return Ran(
            sum(one.fixes for one in counted),
            len(counted),
            accepted_s,
            judged_s,
            report["cpu_s"],
            0.0,
            0.0,
            report["p95_s"],
            delays_s,
        )

    def _followed(
        self, served: "RunningService", token: str, sending: "subprocess.Popen[bytes]"
    ) -> Iterator[float]:
        """Yield how long after its deciding report each incident could be read."""
        begin_us = int(self._crowd.begun_at.timestamp()) * US_PER_S
        after, known_incidents = 0, set[str]()
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=served.url, headers=headers) as client:
            while sending.poll() is None:
                answer = client.get(CHANGES, params={"after": after, "count": 200})
                answer.raise_for_status()
                now_us, changes = clock.now_us(), answer.json()
                after = changes["after"]
                for change in changes["changes"]:
                    if change["incident"] not in known_incidents and change["kind"] != "silent":
                        opened_us = _us(change["opened_at"])
                        at_us = served.start_us + (opened_us - begin_us) / self._speed
                        yield (now_us - at_us) / US_PER_S
                    known_incidents.add(change["incident"])
                time.sleep(POLL_S)


def _us(text: str) -> int:
    from datetime import datetime

    return int(datetime.fromisoformat(text).timestamp() * US_PER_S)


def _until_judged(store: Store) -> None:
    """Wait until everything that came has been judged."""
    for _ in range(int(JUDGED_S_MAX / POLL_S)):
        with store.read() as reading:
            ends = reading.ends()
            judged: dict[int, int] = {}
            for progress in reading.progress_in(range(256)):
                judged[progress.partition] = max(
                    judged.get(progress.partition, 0), progress.sequence
                )
        if all(judged.get(part, 0) >= end for part, end in ends.items()):
            return
        time.sleep(POLL_S)
    raise TimeoutError("the judges did not come to the end")


def rows(quick: bool) -> list[Row]:
    """Return the rows of the service."""
    from tests.store import databases

    batches, less = (replace(BATCHES, times=5),) * 2 if quick else (BATCHES, POSTGRES)
    fives = replace(FIVES, times=5) if quick else FIVES
    table_rows = []
    sqlite = Run(batches, BATCHES_SPEED, BATCHES_WARM_S).run()
    table_rows += _batches("SQLite", sqlite)
    if databases.folder_of_programs() is None:
        say("there is no PostgreSQL here; its rows are left out")
    else:
        with databases.run_postgres() as server:
            url = server.make("bench")
            postgres = Run(less, POSTGRES_SPEED, BATCHES_WARM_S, url).run()
            url = server.make("fives")
            fives_on_postgres = Run(fives, FIVES_SPEED, FIVES_WARM_S, url).run()
        table_rows += _batches("PostgreSQL", postgres)
        share = (postgres.fixes / postgres.judged_s) / (sqlite.fixes / sqlite.judged_s)
        name = "fixes judged end to end, PostgreSQL beside SQLite"
        table_rows.append(
            beside(name, share, "ratio", "the service on SQLite", share, TARGET_SHARE)
        )
        table_rows += _fives("PostgreSQL", fives_on_postgres)
    table_rows += _fives("SQLite", Run(fives, FIVES_SPEED, FIVES_WARM_S).run())
    singles = replace(SINGLES, minutes=6) if quick else SINGLES
    table_rows += _flood(
        Run(replace(FLOOD, minutes=singles.minutes), FLOOD_SPEED, SINGLES_WARM_S).run()
    )
    return table_rows + _singles(Run(singles, SINGLES_SPEED, SINGLES_WARM_S).run(follows=True))


def _batches(store: str, ran: Ran) -> list[Row]:
    accepted, judged = ran.fixes / ran.accepted_s, ran.fixes / ran.judged_s
    target = TARGET_FIXES if store == "SQLite" else None
    return [
        at_least(f"{store}: accepted, verified, committed, batches of 60", accepted, "fixes/s"),
        at_least(f"{store}: and judged", judged, "fixes/s", target),
        at_least(
            f"{store}: judged, for each CPU second of the service", ran.fixes / ran.cpu_s, "fixes"
        ),
        at_most(f"{store}: share of the judges in that", ran.judges_cpu_s / ran.cpu_s, "ratio"),
        at_most(f"{store}: load generator, of one core", ran.load_cpu_s / ran.accepted_s, "ratio"),
    ]


def _fives(store: str, ran: Ran) -> list[Row]:
    name = f"{store}: messages of five fixes"
    return [
        at_least(f"{name}, as sent, and judged", ran.messages / ran.judged_s, "messages/s"),
        at_least(
            f"{name}, for each CPU second of the service", ran.messages / ran.cpu_s, "messages"
        ),
        at_most(f"{name}, share of the judges in that", ran.judges_cpu_s / ran.cpu_s, "ratio"),
    ]


def _flood(ran: Ran) -> list[Row]:
    name = "SQLite: messages of one fix"
    per_s, per_cpu_s = ran.messages / ran.judged_s, ran.messages / ran.cpu_s
    return [
        at_least(f"{name}, as many as are taken, and judged", per_s, "messages/s"),
        at_least(
            f"{name}, for each CPU second of the service", per_cpu_s, "messages", TARGET_MESSAGES
        ),
        at_most(f"{name}, share of the judges in that", ran.judges_cpu_s / ran.cpu_s, "ratio"),
    ]


def _singles(ran: Ran) -> list[Row]:
    delays_s = sorted(ran.delays_s)
    p95_s = delays_s[len(delays_s) * 95 // 100]
    rate = ran.messages / ran.accepted_s
    return [
        at_least("SQLite: messages of one fix, as sent", rate, "messages/s"),
        at_most("deciding report to incident in the API, median", median(delays_s), "s"),
        at_most("deciding report to incident in the API, p95", p95_s, "s", TARGET_P95_S),
        at_least("incidents in that run", float(len(delays_s)), "incidents"),
        at_most(
            "load generator in that run, of one core", ran.load_cpu_s / ran.accepted_s, "ratio"
        ),
    ]
