"""Simulated machine: the whole service in one process, which can lose power at any moment.

What is real: the installation with its store, keyring and keys, the listener of devices, the
worker, the actions, the notifier, the signing of the log, upkeep and erasure. They are put together
as `service.serve.parts` does it, and called in turn where the service has tasks and processes.
"""

import base64
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import Any, Final, TypeVar
from unittest import mock

from pydantic import SecretStr

from mesure.actions.devices.app_enrolment import UnsignedAppCredentials
from mesure.actions.framework import context as context_
from mesure.actions.framework.action import Action, perform
from mesure.actions.framework.context import Actor, Context
from mesure.actions.oversight import upkeep
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.ingest import mqtt_listener
from mesure.ingest.device_requests import Event
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock
from mesure.machine.service_error import TransientServiceError
from mesure.record.policy_loading import read_policy
from mesure.service.cluster.service_lease import Lease
from mesure.service.installation import installation, last_checkpoint, log_signing, stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import erase
from mesure.service.serve import failover, policies_in_use
from mesure.store.values.effects import JudgingProgress
from mesure.store.values.faults import FencedError, UnavailableError
from mesure_lab.whole.simulated import lock_server, raw_rows
from mesure_lab.whole.simulated.broker import NothingWaitsError, SimulatedBroker
from mesure_lab.whole.simulated.clock_and_chance import SeededBytes, SimulatedLoop, SimulatedTime
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk
from mesure_lab.whole.simulated.elsewhere import SimulatedReceiver
from mesure_lab.whole.simulated.lock_server import LockServer
from mesure_lab.whole.simulated.nodes import (
    ADDRESS,
    ClusterCounts,
    NodeSetup,
    SimulatedCluster,
    SimulatedNode,
)

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

NAME: Final = "log.example/whole"
OTHER_VERSION: Final = "another"
STARTS_MAX: Final = 5
ANSWERED_S: Final = 60.0  # By the clock on the wall.
AWAY: Final = (UnavailableError, StoreUnavailableError, sqlite3.OperationalError, MemoryError)


class OffError(Exception):
    """The machine is off, or its disk is away: nothing was answered."""


class SimulatedMachine:
    """One installation and the program that runs on it."""

    def __init__(
        self,
        folder: Path,
        disk: SimulatedDisk,
        time: SimulatedTime,
        hooks: SimulatedReceiver,
        policy: Path | None,
        seed: str,
        database_url: str | None = None,
        locks: LockServer | None = None,
        others: Mapping[str, Any] = MappingProxyType({}),
        turns_max: int = 1,
    ) -> None:
        """`locks`: those of two nodes; None: one service has the store for itself.

        `turns_max`: how many turns the worker and the notifier take at once, while any is left.
        """
        url = None if database_url is None else SecretStr(database_url)
        self.settings = Settings(data=folder, name=NAME, policy=policy, database_url=url, **others)
        self.folder = installation.folder_of(self.settings)
        self.rows = raw_rows.of_settings(self.settings, self.folder.database)
        self.policy, self.starts = read_policy(policy)[0], 0
        self._policies = {self.policy.version: self.policy}
        self._disk, self._hooks, self._salts = disk, hooks, SeededBytes(f"{seed} salts")
        self._loop, self._time, self._locks = SimulatedLoop(time), time, locks
        self._turns_max = turns_max
        self._stack = ExitStack()
        self.not_judged: list[tuple[str, str]] = []
        self.broken_by_message = 0  # What came by the broker and broke something.
        self._kept_by_former, self.counts = 0, ClusterCounts()
        self._former: Worker | None = None

    def bring_policy(self, path: Path) -> None:
        """Have other thresholds hold from the next start on."""
        self.settings = self.settings.model_copy(update={"policy": path})
        self.policy = read_policy(path)[0]
        self._policies[self.policy.version] = self.policy

    def config_of(self, judged: JudgingProgress) -> EvaluationConfig:
        """Return what somebody was last judged with: what is new holds from their next look on."""
        return EvaluationConfig(
            self.made.keyring, self._policies.get(judged.policy_version, self.policy)
        )

    @property
    def is_embedded(self) -> bool:
        """Tell whether the store is a file of this machine."""
        return self.settings.database_url is None

    # --- On and off ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the installation."""
        self.folder.make()
        stores.prepare(self.settings, self.folder)

    def start(self) -> None:
        """Start the service from what is durable; tried again where it goes off once more."""
        for _ in range(STARTS_MAX):
            self._disk.start()
            try:
                self._start()
            except AWAY:
                self.end()
            else:
                return
            self._disk.spare()
        raise AssertionError("the service does not start from what a crash left")

    def _start(self) -> None:
        self.starts += 1
        self.made: Installation = self._stack.enter_context(
            installation.begin_installation(self.settings)
        )
        last_checkpoint.refuse_older(self.made)
        for _ in policies_in_use.enter_policies(self.made):
            pass
        self.config = EvaluationConfig(self.made.keyring, self.policy)
        self._former = None
        setup = NodeSetup(self.policy, self._salts, self._hooks, self._loop, self._note_failure,
                          self.settings.persons_in_hand)  # fmt: skip
        nodes = [self._node("whole", self.made, setup)]
        if self._locks is not None:
            instance = self._stack.enter_context(installation.open_installation(self.settings))
            nodes.append(self._node("second", instance, setup))
        self.cluster = SimulatedCluster(nodes, self._time, self._locks, self.counts)
        self.cluster.ask()
        self.leader.begin_judging()

    def _node(self, name: str, instance: Installation, setup: NodeSetup) -> SimulatedNode:
        lease = self._lease()
        with failover.turn_to_begin(lease, lambda _: None):
            return SimulatedNode(name, instance, setup, lease, self._stack)

    def _lease(self) -> Lease | None:
        """Return what nodes ask for; None: there is one node only."""
        if self._locks is None:
            return None
        url = self.settings.database_url or SecretStr(lock_server.NOWHERE)
        return stores.lease(self.settings.model_copy(update={"database_url": url}))

    def try_other_version(self) -> bool:
        """Have a service of another version begin beside the nodes; tell whether it did."""
        with mock.patch.object(stores, "VERSION", OTHER_VERSION):
            lease = self._lease()
        assert lease is not None, "only nodes have others beside them"
        waits = mock.patch.object(failover, "time", lock_server.WaitingTime())
        try:
            with waits, failover.turn_to_begin(lease, lambda _: None):
                return True
        except TransientServiceError:
            return False
        finally:
            lease.close()

    @property
    def leader(self) -> SimulatedNode:
        """Return the node that leads now; between two events one always does."""
        leader = self.cluster.leader
        assert leader is not None, "whoever is awake has asked"
        return leader

    @property
    def too_many_in_hand(self) -> int:
        """Return how many persons workers hold beyond what they may."""
        most = self.settings.persons_in_hand
        workers = [node.worker for node in self.cluster.nodes if node.worker is not None]
        return max((len(one.in_hand) - most for one in workers), default=0)

    @property
    def due_us(self) -> int | None:
        """Return when somebody is due next; at once where a judge ended and begins again."""
        worker = self.leader.worker
        return worker.due.oldest_us if worker is not None else 0

    def _note_failure(self, person: str, error: Exception) -> None:
        self.not_judged.append((person, f"{type(error).__name__}: {error}"))

    def end(self) -> None:
        """End the program, in order or because the machine went off."""
        with suppress(*AWAY):
            self._stack.close()
        self._stack = ExitStack()

    def close(self) -> None:
        """Take the machine away."""
        self.end()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    # --- What it does ----------------------------------------------------------------------------

    def post(self, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Hand something to the listener of devices; return its status and its answer.

        Where it has no memory for that, the server in front of it says so.
        """
        try:
            return self._loop.run_until_complete(self._posted(path, body, kind))
        except MemoryError:
            return HTTPStatus.INTERNAL_SERVER_ERROR, b""

    def post_as_app(self, path: str, body: bytes, who: UnsignedAppCredentials) -> tuple[int, bytes]:
        """Hand something to the listener as an app does; a body that is a query is sent as one."""
        user, _, phone = who.claimed.partition("/")
        named = [(b"x-limit-u", user.encode()), (b"x-limit-d", phone.encode())] if phone else []
        if who.password:
            code = base64.b64encode(f"{who.login}:{who.password}".encode())
            named.append((b"authorization", b"Basic " + code))
        is_query = not body.startswith((b"{", b"["))
        query, body = (body, b"") if is_query else (b"", body)
        try:
            return self._loop.run_until_complete(
                self._posted(path, body, "application/json", query, named)
            )
        except MemoryError:
            return HTTPStatus.INTERNAL_SERVER_ERROR, b""

    def listen(self, broker: SimulatedBroker) -> None:
        """Have the listener of the broker take what waits there."""
        if broker.given_up:
            return  # The next look says so; each further wait would take a minute again.
        broker.begin()
        receiving, before = self.leader.receiving, self._disk.short_of_memory
        listener = MqttListener(
            MqttBroker("broker.example"), receiving.receiver, receiving.letterbox, broker.sleep,
        )  # fmt: skip
        simulated = mock.patch.object(mqtt_listener, "_Connection", broker.connect)
        # A listener that never answers would keep the simulation, whose time stands still.
        watch = Timer(ANSWERED_S, lambda: self._loop.call_soon_threadsafe(broker.give_up))
        watch.start()
        with simulated, suppress(NothingWaitsError):
            self._loop.run_until_complete(listener.run())
        watch.cancel()
        short = self._disk.short_of_memory - before  # Then a message is tried again.
        self.broken_by_message += max(listener.counts["broken"] - short, 0)

    async def _posted(
        self,
        path: str,
        body: bytes,
        kind: str,
        query: bytes = b"",
        named: Sequence[tuple[bytes, bytes]] = (),
    ) -> tuple[int, bytes]:
        events: list[Event] = []
        headers = [
            (b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)), *named,
        ]  # fmt: skip
        scope = {"type": "http", "method": "POST", "path": path, "query_string": query,
                 "headers": headers, "client": (ADDRESS, 1)}  # fmt: skip

        async def receive() -> Event:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: Event) -> None:
            events.append(event)

        await self.cluster.at(body).receiving.listener(scope, receive, send)
        return events[0]["status"], events[1]["body"]

    def do(self, actor: Actor, action: Action[I, O], request: I) -> O:
        """Have somebody do something."""
        return self.whole(lambda: perform(self.context(actor), action, request))

    def perform(self, context: Context, action: Action[I, O], request: I) -> O:
        """Have somebody do something in a context that is made already."""
        return self.whole(lambda: perform(context, action, request))

    def visit(self, action: Action[I, O], request: I, address: str) -> O:
        """Have somebody whom nobody knows yet do something, from an address."""
        context = self.context(context_.VISITOR, address)
        return self.whole(lambda: perform(context, action, request))

    def judge(self) -> int:
        """Have the worker of the leader judge everybody; return how many it judged."""
        judged = 0
        come_to: tuple[object, object] | None = None
        for _ in range(self._turns_max):
            judged += self._judge_some()
            worker = self.leader.worker
            before, come_to = come_to, (worker, worker and worker.position)
            if before == come_to:
                break
        return judged

    def _judge_some(self) -> int:
        """Have the worker of the leader take one step.

        A former leader that has not heard that another one leads tries first.
        """
        if not self.cluster.is_alone:
            self.whole(self.cluster.wake)
            self.cluster.ask()
        if self._former is not None:
            self.whole(self._step_of_former)
        return self.whole(lambda: self.cluster.step_of(self.leader))

    def finish(self) -> None:
        """Have the worker keep what waits to be kept, as where it ends in order."""
        worker = self.leader.worker
        if worker is not None:
            self.whole(lambda: worker.finish(clock.now_us()))

    @property
    def kept_by_former(self) -> int:
        """Return how many were judged by the leader that had been replaced."""
        return self._kept_by_former + self.counts.kept_by_former

    def _step_of_former(self) -> None:
        assert self._former is not None, "there is one"
        try:
            self._kept_by_former += self._former.step(clock.now_us())
        except FencedError:
            self._former = None

    def take_over(self) -> None:
        """Have another server judge from now on, with the store and the keys open once more."""
        node = self.leader

        def begin() -> None:
            instance = self._stack.enter_context(installation.open_installation(self.settings))
            self._former, node.worker = node.worker, node.judge_of(instance, "another")

        self.whole(begin)

    def notify(self) -> int:
        """Have the notifier send what is due, and wait for what it began."""
        done = turns = 0
        while turns < self._turns_max and (sent := self.whole(self.leader.send)):
            done, turns = done + sent, turns + 1
        return done

    def sign_log(self) -> bool:
        """Sign the audit log as it is now."""
        return self.whole(lambda: log_signing.checkpoint(self.leader.made))

    def keep_up(self) -> None:
        """Do what the service does by itself now and then."""
        self.whole(lambda: upkeep.now_and_then(self.leader.program()))

    def erase(self) -> dict[str, int]:
        """Erase what is due."""
        return self.whole(lambda: erase.daily(self.leader.made, lambda: False))

    def erase_person(self, person: str) -> None:
        """Erase everything about a person before its time, as a court may order."""
        request = erase.EraseRequest(person, is_everything=True)
        self.whole(lambda: list(erase.steps(self.made, request)))

    def whole(self, work: Callable[[], T]) -> T:
        """Do something, or say that the machine did not get through it."""
        try:
            return work()
        except AWAY as fault:
            raise OffError(str(fault)) from fault

    def context(self, actor: Actor, address: str = ADDRESS) -> Context:
        """Return the context in which somebody acts now, at the node to which they are led."""
        return self.cluster.at(actor.account.encode()).context(actor, address)
