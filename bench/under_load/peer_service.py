"""Another system beside the service: Home Assistant takes the same track, one fix a message.

It receives positions over HTTP (its OwnTracks integration), keeps each in SQLite (its recorder) and
says of each whether it is in a zone. It runs from a virtual environment of its own, which
BENCH_PEER names; docs/performance.md says how to make one, and what it does not do that the
service does. Only what its database holds at the end is counted: it answers 200 to anything.
"""

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import httpx
import numpy as np

from bench.bench_rows import Row, at_least, at_most, beside
from bench.figures_table import ROOT
from bench.measuring import process_cpu_s, say
from bench.under_load import load, served_town, service_load
from bench.under_load.load import Door, Sent
from bench.under_load.served_town import LINES, Crowd
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure_lab.ground import town
from mesure_lab.simulation.towns import TownPerson

ENVIRONMENT: Final = "BENCH_PEER"
CROWD: Final = service_load.FLOOD
FEW: Final = replace(CROWD, times=1)
FEW_SPEED: Final = service_load.FLOOD_SPEED * CROWD.times  # As many messages a second, of fewer.
ROUNDS: Final = 3
DOOR: Final = Door("/api/webhook/bench", "application/json")
STARTS_S_MAX: Final = 60.0
KEEPS_S: Final = 6.0  # It commits every five seconds.
KEPT_S_MAX: Final = 300.0
KMH_PER_MPS: Final = 3.6
POLL_S: Final = 0.25
KEPT: Final = """
    SELECT count(*) FROM states JOIN states_meta USING (metadata_id)
    WHERE states_meta.entity_id LIKE 'device_tracker.%'
"""
# What a person does by hand on the first day, done before: the four steps of the welcome, and one
# entry that says that OwnTracks is set up.
WELCOMED: Final = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["user", "core_config", "analytics", "integration"]},
}
ENTRY: Final = {
    "domain": "owntracks",
    "entry_id": "bench",
    "title": "OwnTracks",
    "source": "user",
    "data": {"webhook_id": "bench", "secret": "", "cloudhook": False},
    "options": {},
    "version": 1,
    "minor_version": 1,
    "unique_id": None,
    "disabled_by": None,
    "discovery_keys": {},
    "subentries": [],
    "pref_disable_new_entities": False,
    "pref_disable_polling": False,
    "created_at": "2026-01-01T00:00:00+00:00",
    "modified_at": "2026-01-01T00:00:00+00:00",
}
ENTRIES: Final = {
    "version": 1,
    "minor_version": 5,
    "key": "core.config_entries",
    "data": {"entries": [ENTRY]},
}


class PeerCircle(NamedTuple):
    """A circle of the peer."""

    name: str
    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Took:
    """What a run of the peer came to."""

    messages: int
    answered_s: float
    kept_s: float  # Until the last of them is in its database.
    cpu_s: float
    load_cpu_s: float

    @property
    def answered_per_s(self) -> float:
        """Return how many it answered a second."""
        return self.messages / self.answered_s

    @property
    def kept_per_s(self) -> float:
        """Return how many it kept a second."""
        return self.messages / self.kept_s


# --- The track -----------------------------------------------------------------------------------


def homes(everybody: Sequence[TownPerson]) -> list[PeerCircle]:
    """Return every home once; the first is what the peer calls `home`."""
    zones: dict[tuple[float, float], PeerCircle] = {}
    for person in everybody:
        at = town.degrees(person.ground.home)
        name = f"home {len(zones)}" if zones else "home"
        zones.setdefault(
            person.ground.home, PeerCircle(name, at.lat_deg, at.lon_deg, person.ground.radius_m)
        )
    return list(zones.values())


def track(
    crowd: Crowd, everybody: Sequence[TownPerson], speed: float
) -> tuple[list[Sent], list[Sent]]:
    """Return what everybody sends as OwnTracks writes it: in the first minute, and then."""
    begin_us = int((crowd.begun_at.timestamp() + service_load.SINGLES_WARM_S) * US_PER_S)
    first: list[Sent] = []
    then: list[Sent] = []
    for part in served_town.parts(crowd, everybody):
        at_us = int(part.batch.observed_us[-1])
        at_s = (at_us - begin_us) / US_PER_S / speed
        payload = {
            "_type": "location",
            "topic": f"owntracks/p{part.device}/phone",
            "tid": f"{part.device % 100:02}",
            "lat": float(part.batch.lat_deg[0]),
            "lon": float(part.batch.lon_deg[0]),
            "acc": max(1, round(float(part.batch.reported_m[0]))),
            "vel": round(float(np.nan_to_num(part.batch.speed_mps[0])) * KMH_PER_MPS),
            "tst": at_us // US_PER_S,
        }
        sent = Sent(part.device % LINES, max(0.0, at_s), json.dumps(payload).encode())
        (first if at_s < 0.0 else then).append(sent)
    return first, sorted(then, key=lambda transfer: transfer.at_s)


# --- The peer ------------------------------------------------------------------------------------


def find_peer() -> Path | None:
    """Return where the peer's virtual environment is, if there is one."""
    folder = Path(os.environ.get(ENVIRONMENT) or "nowhere")
    return folder.resolve() if (folder / "bin" / "hass").exists() else None


def version(peer: Path) -> str:
    """Return what the peer calls itself."""
    process = subprocess.run(
        [peer / "bin" / "hass", "--version"], capture_output=True, text=True, check=True
    )
    return f"Home Assistant {process.stdout.strip()}"


def configure(folder: Path, port: int, zones: Sequence[PeerCircle]) -> None:
    """Write what a person would have set up: its defaults, on loopback, and the zones."""
    keys = ("name", "latitude", "longitude", "radius")
    configuration = {
        "homeassistant": {
            "name": "bench",
            "latitude": zones[0].lat_deg,
            "longitude": zones[0].lon_deg,
            "elevation": 0,
            "unit_system": "metric",
            "time_zone": town.TIME_ZONE,
        },
        "http": {"server_host": "127.0.0.1", "server_port": port},
        "recorder": {},
        "zone": [dict(zip(keys, one, strict=True)) for one in zones],
    }
    (folder / ".storage").mkdir()
    # What is JSON is YAML.
    (folder / "configuration.yaml").write_text(json.dumps(configuration, indent=1))
    (folder / ".storage" / "onboarding").write_text(json.dumps(WELCOMED))
    (folder / ".storage" / "core.config_entries").write_text(json.dumps(ENTRIES))


@dataclass(frozen=True, slots=True)
class RunningPeer:
    """The peer while it runs."""

    url: str
    pid: int
    folder: Path

    def count_positions(self) -> int:
        """Return how many positions are in its database."""
        path = f"file:{self.folder / 'home-assistant_v2.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True, timeout=30.0)) as database:
            return int(database.execute(KEPT).fetchone()[0])

    def send(self, transfers: Sequence[Sent]) -> dict[str, Any]:
        """Send it something to the end."""
        load.write(self.folder / "transfers", transfers)
        begins = clock.now_us() / US_PER_S + service_load.LOADING_S
        sent = subprocess.run(
            [sys.executable, "-m", "bench.under_load.load",
             self.url, str(self.folder / "transfers"), str(begins),
             "--path", DOOR.path, "--type", DOOR.content_type],
            stdout=subprocess.PIPE, cwd=ROOT, check=True,
        )  # fmt: skip
        report: dict[str, Any] = json.loads(sent.stdout)
        assert report["statuses"] == {"200": len(transfers)}, report["statuses"]
        return report

    def count_when_settled(self) -> int:
        """Return how many it keeps once it has written all that it was going to."""
        before = -1
        while (now := self.count_positions()) != before:
            before = now
            time.sleep(KEEPS_S)
        return now


@contextlib.contextmanager
def run_peer(peer: Path, zones: Sequence[PeerCircle]) -> Iterator[RunningPeer]:
    """Run the peer in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="mesure.bench.") as name:
        folder = Path(name)
        with contextlib.closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        configure(folder, port, zones)
        # It would fetch what it misses; it has all that it needs.
        process = subprocess.Popen(
            [peer / "bin" / "hass", "--config", folder, "--skip-pip"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            started = RunningPeer(f"http://127.0.0.1:{port}", process.pid, folder)
            _until_it_listens(started.url)
            yield started
        finally:
            process.terminate()
            process.wait(KEPT_S_MAX)


def _until_it_listens(url: str) -> None:
    """Wait until OwnTracks answers: before, the same address answers 200 with nothing in it."""
    greeting = {"_type": "lwt", "topic": "owntracks/bench/bench", "tst": 0}
    for _ in range(int(STARTS_S_MAX / POLL_S)):
        with contextlib.suppress(httpx.TransportError):
            if httpx.post(url + DOOR.path, json=greeting).text == "[]":
                return
        time.sleep(POLL_S)
    raise TimeoutError("the peer did not start")


def run(
    peer: Path, crowd: Crowd, speed: float = service_load.FLOOD_SPEED, *, zone_each: bool = False
) -> Took:
    """Have the peer take what a crowd sends after its first minute."""
    everybody = list(served_town.people(crowd))
    zones = homes(everybody)
    first, then = track(crowd, everybody, speed)
    with run_peer(peer, zones if zone_each else zones[:1]) as peer_now:
        say(f"the peer: taking up {len(everybody):,} persons")
        peer_now.send(first)
        before, idle_cpu_s = peer_now.count_when_settled(), process_cpu_s(peer_now.pid)
        say(f"the peer: sending {len(then):,} messages")
        report = peer_now.send(then)
        while (count := peer_now.count_positions() - before) < len(then):
            kept_s = clock.now_us() / US_PER_S - report["begun_at"]
            assert kept_s < KEPT_S_MAX, f"it kept {count:,} of {len(then):,}"
            time.sleep(POLL_S)
        kept_s = clock.now_us() / US_PER_S - report["begun_at"]
        cpu_s = process_cpu_s(peer_now.pid) - idle_cpu_s
    assert count == len(then), f"it kept {count:,} of {len(then):,}"
    return Took(len(then), report["seconds"], kept_s, cpu_s, report["cpu_s"])


# --- The rows ------------------------------------------------------------------------------------


def rows(quick: bool) -> list[Row]:
    """Return the rows of the peer, and those of the service beside it, in turns."""
    peer = find_peer()
    if peer is None:
        say(f"{ENVIRONMENT} names no peer; its rows are left out")
        return []
    crowd = replace(CROWD, minutes=2) if quick else CROWD
    theirs, ours = [], []
    for _ in range(1 if quick else ROUNDS):
        theirs.append(run(peer, crowd))
        flood = service_load.Run(crowd, service_load.FLOOD_SPEED, service_load.SINGLES_WARM_S)
        ours.append(flood.run())
    few = run(peer, replace(FEW, minutes=crowd.minutes), FEW_SPEED)
    each = run(peer, crowd, zone_each=True)
    name = version(peer)
    per_s = median(one.kept_per_s for one in theirs)
    per_cpu_s = median(one.messages / one.cpu_s for one in theirs)
    answered = median(one.answered_per_s for one in theirs)
    judged = median(one.messages / one.judged_s for one in ours)
    judged_per_cpu_s = median(one.messages / one.cpu_s for one in ours)
    generator = max(one.load_cpu_s / one.answered_s for one in theirs)
    what, each_home = f"{name}: messages of one fix", "a zone for each of 100 homes"
    us = "Mesure on SQLite: messages of one fix, verified, committed and judged"
    return [
        at_least(f"{what}, as many as are answered", answered, "messages/s"),
        at_least(f"{what}, and in its database", per_s, "messages/s"),
        at_least(f"{what}, for each CPU second of it", per_cpu_s, "messages"),
        at_least(f"{what}, of 100 persons, answered", few.answered_per_s, "messages/s"),
        at_least(f"{what}, {each_home}, answered", each.answered_per_s, "messages/s"),
        at_most("load generator beside it, of one core", generator, "ratio"),
        # It answers before it writes: both, for what it takes at once and what it can keep up.
        beside(us, judged, "messages/s", f"{name}, answered", judged / answered),
        beside(us, judged, "messages/s", f"{name}, in its database", judged / per_s),
        beside(f"{us}, for each CPU second", judged_per_cpu_s, "messages", name,
               judged_per_cpu_s / per_cpu_s),
    ]  # fmt: skip
