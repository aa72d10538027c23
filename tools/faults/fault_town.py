"""A town that reports to a service under fault, on one kind of store."""

import random
import secrets
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
CLUSTER: Final = "three nodes"
COUNTRY: Final = "a country"
NODES: Final = {"SQLite": 1, "PostgreSQL": 1, CLUSTER: 3, COUNTRY: 2}


class FaultTown:
    """A town that reports to a service, on one kind of store."""

    def __init__(self, folder: Path, stack: ExitStack, kind: str, dice: random.Random) -> None:
        self.folder, self.kind, self.dice = folder, kind, dice
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
        self.shown = self._shown(begun_at)
        services = [RestartedService(node, self.shown, self.charges) for node in self._nodes()]
        self.running = RestartedNodes(services, dice)
        stack.callback(self.running.kill_all)
        self.running.start()
        self.memory = Memory()
        # How often each fault happened, and how often nobody came by its point in time.
        self.counts, self.missed = Counter[str](), Counter[str]()
        self.load = self._load(people, moved_in)

    def _settings(self) -> Settings:
        values: dict[str, object] = {
            **self.more_settings(),
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

    def more_settings(self) -> dict[str, object]:
        """Return settings that only this kind of town has."""
        return {}

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

    def kinds(self, has_small_disk: bool) -> Iterator[str]:
        """Yield the kinds of fault that can happen here."""
        yield from ("the receiver is killed", "a judge is killed", "both are killed")
        yield from (f"at {point}" for point in (*RECEIVING, *JUDGING))
        if self.kind == CLUSTER:
            yield from ("the leader is killed", "all nodes are killed", "a node stands still")
        yield "the clock jumps"
        if self.server is not None:
            yield "the database is restarted"
        if self.broker is not None:
            yield "the broker is restarted"
        if has_small_disk and self.server is None:
            yield "the disk is full"

    def actions(self) -> dict[str, Callable[[], object]]:
        """Return what to do for each kind of fault that does not wait for a named point."""
        return {
            "the receiver is killed": self.kill_receiver,
            "a judge is killed": self.kill_judge,
            "both are killed": self.kill_both,
            "the database is restarted": self.restart_database,
            "the broker is restarted": self.restart_broker,
            "the leader is killed": self.kill_leader,
            "all nodes are killed": self.kill_nodes,
            "a node stands still": self.stop_node,
            "the clock jumps": self.move_clock,
            "the disk is full": self.fill_disk,
        }

    def strike(self, fault: str) -> bool:
        """Let one fault happen, and have everything up again; False where it did not happen."""
        if not fault.startswith("at "):
            self.actions()[fault]()
        elif not self._at_point(fault.removeprefix("at ")):
            self.missed[fault] += 1
            return False
        self.counts[fault] += 1
        self.come_back()
        return True

    def come_back(self) -> None:
        """Start again whatever is gone."""
        self.running.come_back()

    def _at_point(self, point: str) -> bool:
        arming.arm(self.charges, Charge(point, self.dice.randint(1, PASSES_MAX)))
        gone = restarted_service.until(lambda: not (self.charges / "armed").exists(), WAIT_S_MAX)
        if not gone:
            arming.disarm(self.charges)
        elif point in RECEIVING:
            restarted_service.until(lambda: self.running.is_gone, WAIT_S_MAX)
        return gone

    def pause(self, most_s: float = 0.6) -> None:
        """Let the town report for a moment."""
        restarted_service.until(lambda: False, self.dice.uniform(0.05, most_s))

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
        self.running.stop_for(self.dice.uniform(1.0, 25.0))

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
        by_s = self.dice.choice([-3_600, -30, 30, 3_600])
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

    def figures(self) -> Iterator[str]:
        """Yield what else was measured, a line each."""
        yield from ()

    def finish(self) -> Shortcomings:
        """Let everything be delivered and judged; end the service, and check."""
        self.load.say_no_more()
        drained = restarted_service.until(lambda: self.load.waiting == 0, DRAIN_S_MAX)
        self.load.stop()
        self.come_back()
        self._until_judged()
        self.end_services()
        findings = checking.check(self.settings, self.memory)
        if not drained:
            findings.lost.append(f"{self.load.waiting} messages were never acknowledged")
        return findings

    def end_services(self) -> None:
        """End everything as an operator does."""
        self.running.end()

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
