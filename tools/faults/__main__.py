"""Run the faults, and say what was lost, doubled or different; status 1 if anything was."""

import argparse
import itertools
import logging
import random
import secrets
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from mesure.instants import MAX_US, US_PER_S
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.device import transport as device_transport
from mesure.service.device.client import Transport
from mesure.service.installation import data_folder, installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import rejudge, upgrade
from mesure.store.values.records import LogPosition
from mesure_lab.demonstration import live_demo, moving_in
from mesure_lab.demonstration.live_town import Post
from mesure_lab.demonstration.moving_in import MovedIn
from mesure_lab.demonstration.town_devices import DemoCarrier
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson
from tests.store import databases
from tools.faults import arming, broker_and_disk, checking, restarted_service
from tools.faults.arming import Charge
from tools.faults.charged_processes import JUDGING, RECEIVING
from tools.faults.checking import Shortcomings
from tools.faults.devices import Load, Memory
from tools.faults.restarted_service import RestartedNodes, RestartedService

PERSONS: Final = 12
BY_MQTT: Final = 2  # This many of the devices, where there is a broker.
SPEED: Final = 120.0
PASSES_MAX: Final = 12
WAIT_S_MAX: Final = 20.0
DRAIN_S_MAX: Final = 120.0
TOLD_EVERY: Final = 10
CLUSTER: Final = "three nodes"
NODES: Final = {"SQLite": 1, "PostgreSQL": 1, CLUSTER: 3}


def say(line: str) -> None:
    """Print it for the watcher."""
    print(line, file=sys.stderr, flush=True)


class FaultTown:
    """A town that reports to a service, on one kind of store."""

    def __init__(self, folder: Path, stack: ExitStack, kind: str, dice: random.Random) -> None:
        self.folder, self.kind, self._dice = folder, kind, dice
        self.server = stack.enter_context(databases.run_postgres()) if kind != "SQLite" else None
        self.broker = (
            stack.enter_context(broker_and_disk.broker(folder))
            if broker_and_disk.has_broker()
            else None
        )
        (folder / "faults").mkdir()
        self.charges = folder / "faults"
        self.settings = self._settings()
        begun_at = live_demo.last_evening(clock.now()) - timedelta(days=1)
        people, moved_in = self._settle(begun_at)
        shown = self._shown(begun_at)
        services = [RestartedService(one, shown, self.charges) for one in self._nodes()]
        self.running = RestartedNodes(services, dice)
        stack.callback(self.running.kill_all)
        self.running.start()
        self.memory = Memory()
        # How often each fault happened, and how often nobody came by its point in time.
        self.counts, self.missed = Counter[str](), Counter[str]()
        self.load = self._load(people, moved_in)

    def _settings(self) -> Settings:
        values: dict[str, object] = {
            "data": self.folder / "data",
            "name": "faults.mesure",
            "port": broker_and_disk.free_port(),
            "disk_floor_mb": 16,
            "address_rate": 100_000,
        }
        if self.server is not None:
            values["database_url"] = self.server.make("faults")
        if self.broker is not None:
            values |= {"mqtt_host": "127.0.0.1", "mqtt_port": self.broker.port}
        return Settings.model_validate(values)

    def _nodes(self) -> list[Settings]:
        """Return the settings of each service; each node has a folder, and all the same keys."""
        more = range(1, NODES[self.kind])
        if not more:
            return [self.settings]
        node = self.settings.model_copy(update={"cluster": True, "keys": self.settings.key_folder})
        own = [
            {"data": self.folder / f"node-{n}", "port": broker_and_disk.free_port()} for n in more
        ]
        return [node, *(node.model_copy(update=values) for values in own)]

    def _shown(self, begun_at: datetime) -> CatchUpClock:
        """Return a clock that is so much faster than the true one, all the time."""
        now_us = clock.true_us()
        behind_us = now_us - int(begun_at.timestamp()) * US_PER_S
        shown = CatchUpClock(now_us, behind_us, int(behind_us / (SPEED - 1.0)))
        clock.catch_up(shown)
        return shown

    def _settle(self, begun_at: datetime) -> tuple[list[TownPerson], MovedIn]:
        first_day = live_demo.day_of(begun_at)
        plan = Town(1, PERSONS, days=4, first_day=first_day, awake=True)
        people = list(towns.people(plan))
        folder = installation.folder_of(self.settings)
        folder.make()
        with data_folder.hold_folder(folder):
            upgrade.upgrade(self.settings, folder, begun_at)
            with installation.begin_installation(self.settings) as instance:
                return people, moving_in.move_in(instance, people, lambda: begun_at)

    def _load(self, people: list[TownPerson], moved_in: MovedIn) -> Load:
        with installation.open_installation(self.settings) as instance:
            key = instance.signing.devices.key
            carriers = [
                DemoCarrier(
                    person,
                    moved_in.codes[moving_in.device_of(person.id)],
                    key,
                    secrets.token_bytes(32),
                    clock.now_us,
                )
                for person in people
            ]
            post = Post(self.running.url())
            for carrier in carriers:
                self.memory.acknowledge(carrier.name, 1, 1)
                message = carrier.introduction()
                carrier.hear(post.send("/device/1/introduce", message, "application/cose"))
                carrier.skip(clock.now_us())
            moving_in.hand_out(instance, moved_in, clock.now)
        self.memory.acknowledged.clear()
        return Load(carriers, self._way_of, self.memory)

    def _way_of(self, device: str) -> Transport:
        number = int(device.rpartition("-")[2])
        if self.broker is not None and number <= BY_MQTT:
            return device_transport.MqttTransport(f"mqtt://127.0.0.1:{self.broker.port}", device)
        return self._posts()

    def _posts(self) -> Post:
        """Return a connection to the service; to another of its nodes at each turn."""
        posts: dict[str, Post] = self._local.__dict__.setdefault("posts", {})
        url = self.running.url()
        if url not in posts:
            posts[url] = Post(url)
        return posts[url]

    _local = threading.local()

    # --- Faults ---

    def strike(self, fault: str) -> bool:
        """Let one fault happen, and have everything up again; False where it did not happen."""
        if not fault.startswith("at "):
            _FAULTS[fault](self)
        elif not self._at_point(fault.removeprefix("at ")):
            self.missed[fault] += 1
            return False
        self.counts[fault] += 1
        self.running.come_back()
        return True

    def _at_point(self, point: str) -> bool:
        arming.arm(self.charges, Charge(point, self._dice.randint(1, PASSES_MAX)))
        gone = restarted_service.until(lambda: not (self.charges / "armed").exists(), WAIT_S_MAX)
        if not gone:
            arming.disarm(self.charges)
        elif point in RECEIVING:
            restarted_service.until(lambda: self.running.is_gone, WAIT_S_MAX)
        return gone

    def pause(self, most_s: float = 0.6) -> None:
        """Let the town report for a moment."""
        restarted_service.until(lambda: False, self._dice.uniform(0.05, most_s))

    def kill_receiver(self) -> None:
        """Kill the process that receives, at any moment."""
        self.pause()
        self.running.kill()

    def kill_judge(self) -> None:
        """Kill a process that judges, at any moment."""
        self.pause()
        restarted_service.until(self.running.kill_judge, WAIT_S_MAX)

    def kill_both(self) -> None:
        """Kill a judge and, while it is away, the process that receives."""
        self.kill_judge()
        self.kill_receiver()

    def kill_leader(self) -> None:
        """Kill the node that judges, at any moment."""
        self.pause()
        restarted_service.until(self.running.kill_leader, WAIT_S_MAX)

    def kill_nodes(self) -> None:
        """Kill all nodes at once."""
        self.pause()
        self.running.kill_all()

    def stop_node(self) -> None:
        """Have a node stand still, perhaps for longer than it may lead or be waited for."""
        self.pause()
        self.running.stop_for(self._dice.uniform(1.0, 25.0))

    def restart_database(self) -> None:
        """Have the database server end at once, without its goodbyes, and come back."""
        assert self.server is not None
        self.pause()
        self.server.stop()
        self.pause()
        self.server.start()
        self.pause()

    def restart_broker(self) -> None:
        """Have the broker end and come back."""
        assert self.broker is not None
        self.pause()
        self.broker.stop()
        self.pause()
        self.broker.start()
        self.pause()

    def move_clock(self) -> None:
        """Have the clock jump, forward or back, and later back again."""
        by_s = self._dice.choice([-3_600, -30, 30, 3_600])
        arming.move_clock(self.charges, by_s * US_PER_S)
        self.pause(1.5)
        arming.move_clock(self.charges, 0)
        self.pause()

    def fill_disk(self) -> None:
        """Fill the disk to the last byte, and make room again."""
        ballast = self.folder / "data" / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        self.pause(2.0)
        ballast.unlink()
        self.pause()

    # --- The end ---

    def finish(self) -> Shortcomings:
        """Let everything be delivered and judged; end the service, and check."""
        self.load.say_no_more()
        drained = restarted_service.until(lambda: self.load.waiting == 0, DRAIN_S_MAX)
        self.load.stop()
        self.running.come_back()
        self._until_judged()
        self.running.end()
        findings = checking.check(self.settings, self.memory)
        if not drained:
            findings.lost.append(f"{self.load.waiting} messages were never acknowledged")
        return findings

    def _until_judged(self) -> None:
        with installation.open_installation(self.settings) as instance:

            def is_judged() -> bool:
                with instance.store.read() as reading:
                    known = {one.person: one.sequence for one in reading.progress_in(range(256))}
                    last = {
                        record.share.person: record.place.sequence
                        for part, end in reading.ends().items()
                        for record in reading.log(LogPosition(part, end - 1), 1)
                        if record.share.person is not None
                    }
                    oldest_us = min(reading.oldest_due().values(), default=MAX_US)
                is_due = oldest_us < clock.now_us() - rejudge.LATE_US // 2
                return not is_due and all(known.get(one, 0) >= end for one, end in last.items())

            restarted_service.until(is_judged, DRAIN_S_MAX)


_FAULTS: Final[dict[str, Callable[[FaultTown], None]]] = {
    "the receiver is killed": FaultTown.kill_receiver,
    "a judge is killed": FaultTown.kill_judge,
    "both are killed": FaultTown.kill_both,
    "the database is restarted": FaultTown.restart_database,
    "the broker is restarted": FaultTown.restart_broker,
    "the leader is killed": FaultTown.kill_leader,
    "all nodes are killed": FaultTown.kill_nodes,
    "a node stands still": FaultTown.stop_node,
    "the clock jumps": FaultTown.move_clock,
    "the disk is full": FaultTown.fill_disk,
}


def faults_of(scene: FaultTown, has_small_disk: bool) -> Iterator[str]:
    """Yield the kinds of fault that can happen in a scene."""
    yield from ("the receiver is killed", "a judge is killed", "both are killed")
    yield from (f"at {point}" for point in (*RECEIVING, *JUDGING))
    if scene.kind == CLUSTER:
        yield from ("the leader is killed", "all nodes are killed", "a node stands still")
    yield "the clock jumps"
    if scene.server is not None:
        yield "the database is restarted"
    if scene.broker is not None:
        yield "the broker is restarted"
    if has_small_disk and scene.server is None:
        yield "the disk is full"


def run(kind: str, kills: int, seed: int) -> tuple[int, Shortcomings]:
    """Let some faults happen on one kind of store; return how many did, and what was found."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mesure.faults.")))
        has_small_disk = stack.enter_context(broker_and_disk.small_disk(folder))
        if not has_small_disk:
            say("no small disk can be made here: that it is full is not tried")
        scene = FaultTown(folder, stack, kind, dice)
        kinds = list(faults_of(scene, has_small_disk))
        scene.load.start()
        try:
            turns = itertools.cycle(kinds)
            while scene.counts.total() < kills and scene.missed.total() <= kills:
                if scene.strike(next(turns)) and scene.counts.total() % TOLD_EVERY == 0:
                    say(f"{kind}: {scene.counts.total()} of {kills} faults")
            findings = scene.finish()
        finally:
            scene.load.stop()
        for fault, count in sorted(scene.counts.items()):
            print(f"{kind}: {fault}: {count}")
        for fault, count in sorted(scene.missed.items()):
            print(f"{kind}: {fault}: nobody came by in time, {count} times; tried again")
        findings.unreached = sorted(scene.missed.keys() - scene.counts.keys())
        print(
            f"{kind}: {findings.acknowledged} messages acknowledged, {findings.kept_count} kept, "
            f"{scene.load.away} tries in vain, {scene.running.starts} starts"
        )
    for line in (*findings.lost, *findings.doubled, *findings.different)[:20]:
        print(f"{kind}: {line}")
    for fault in findings.unreached:
        print(f"{kind}: {fault}: it never happened, so nothing is shown about it")
    return scene.counts.total(), findings


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how many faults in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(NODES), help="on this store alone")
    options = parser.parse_args()
    # What a device's library says while the broker is away is no news here.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    kinds = ["SQLite"] if databases.folder_of_programs() is None else list(NODES)
    kinds = kinds if options.only is None else [options.only]
    total, all_found = 0, []
    for number, kind in enumerate(kinds):
        count = (options.kills + len(kinds) - 1 - number) // len(kinds)
        done, findings = run(kind, count, options.seed + number)
        total += done
        all_found.append(findings)
    lost, doubled, different, unreached = (
        sum(len(getattr(found, name)) for found in all_found)
        for name in ("lost", "doubled", "different", "unreached")
    )
    print(f"{total} faults: lost {lost}, doubled {doubled}, different {different}")
    return 1 if lost or doubled or different or unreached else 0


if __name__ == "__main__":
    sys.exit(main())
