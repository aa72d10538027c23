"""Simulated machine: the whole service in one process, which can go off at any moment.

What is real: the installation with its store, keyring and keys, the listener of devices, the
worker, the actions, the notifier, the signing of the log, upkeep and erasure. They are put together
as `service.serve.parts` does it, and called in turn where the service has tasks and processes.
"""

import base64
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Timer
from typing import Final, TypeVar
from unittest import mock
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from mesure.actions.devices.app_enrolment import UnsignedAppCredentials
from mesure.actions.framework import context as context_
from mesure.actions.framework.action import Action, perform
from mesure.actions.framework.context import Actor, Context
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.oversight import upkeep
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.ingest import mqtt_listener
from mesure.ingest.device_requests import Event
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock, texts
from mesure.privacy.quiet_hours import QuietHours
from mesure.record.policy_loading import read_policy
from mesure.service.installation import installation, last_checkpoint, log_signing, stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import MailTls, Settings
from mesure.service.mail import MailServer
from mesure.service.maintenance import erase
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.serve import policies_in_use
from mesure.service.serve.contexts import ContextFactory
from mesure.service.serve.receiving import ReceiverService
from mesure.store.values import partitions
from mesure.store.values.faults import FencedError, UnavailableError
from mesure_lab.whole.simulated import raw_rows
from mesure_lab.whole.simulated.broker import NothingWaitsError, SimulatedBroker
from mesure_lab.whole.simulated.clock_and_chance import SeededBytes, SimulatedLoop, SimulatedTime
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk
from mesure_lab.whole.simulated.elsewhere import SimulatedReceiver

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

ORIGIN: Final = "https://mesure.example"
NAME: Final = "log.example/whole"
ADDRESS: Final = "198.51.100.7"
EVERYTHING: Final = frozenset(range(partitions.PARTITIONS))
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
    ) -> None:
        url = None if database_url is None else SecretStr(database_url)
        self.settings = Settings(data=folder, name=NAME, policy=policy, database_url=url)
        self.folder = installation.folder_of(self.settings)
        self.rows = raw_rows.of_settings(self.settings, self.folder.database)
        self.policy, self.starts = read_policy(policy)[0], 0
        self._disk, self._hooks, self._salts = disk, hooks, SeededBytes(f"{seed} salts")
        self._loop = SimulatedLoop(time)
        self._stack = ExitStack()
        self.not_judged: list[tuple[str, str]] = []
        self.broken_by_message = 0  # What came by the broker and broke something.
        self.kept_by_former = 0  # Judged by a worker from whom another one had taken over.
        self._former: Worker | None = None

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
        enter = self._stack.enter_context
        self.made: Installation = enter(installation.begin_installation(self.settings))
        last_checkpoint.refuse_older(self.made)
        for _ in policies_in_use.enter_policies(self.made):
            pass
        self._contexts = ContextFactory(self.made, ORIGIN)
        self._stack.callback(self._contexts.close)
        self._receiving = ReceiverService(self.made, lambda: True, self._visitor, self._salts)
        self._stack.callback(lambda: self._loop.run_until_complete(self._receiving.close()))
        mail = MailServer("mail.example", 25, "Mesure <mesure@mesure.example>", MailTls.NONE)
        ways = DeliveryChannels(mail, hooks=self._hooks)
        quiet = QuietHours(self.settings.quiet_from, self.settings.quiet_until, ZoneInfo("UTC"))
        self.notifier = Notifier(self._program, ways, ORIGIN, quiet, texts.catalogue)
        self._stack.callback(self.notifier.settle)
        self.config = EvaluationConfig(self.made.keyring, self.policy)
        self.worker = self._worker(self.made, "whole")
        self._former = None

    def _worker(self, made: Installation, holder: str) -> Worker:
        config = EvaluationConfig(made.keyring, self.policy)
        sealer = Sealer(made.keyring, self._salts)
        owner = made.store.write(lambda work: work.claim(EVERYTHING, holder))
        return Worker(made.store, sealer, config, owner, self._note_failure)

    def _note_failure(self, person: str, error: Exception) -> None:
        self.not_judged.append((person, type(error).__name__))

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
        """Hand something to the listener as an app does; a body that is a query stands in it."""
        user, _, phone = who.claimed.partition("/")
        named = [(b"x-limit-u", user.encode()), (b"x-limit-d", phone.encode())] if phone else []
        if who.password:
            code = base64.b64encode(f"{who.login}:{who.password}".encode())
            named.append((b"authorization", b"Basic " + code))
        is_query = not body.startswith(b"{")
        query, body = (body, b"") if is_query else (b"", body)
        try:
            return self._loop.run_until_complete(
                self._posted(path, body, "application/json", query, named)
            )
        except MemoryError:
            return HTTPStatus.INTERNAL_SERVER_ERROR, b""

    def listen(self, broker: SimulatedBroker) -> None:
        """Have the listener of the broker take what waits there."""
        broker.begin()
        listener = MqttListener(
            MqttBroker("broker.example"), self._receiving.receiver, self._receiving.letterbox,
            broker.sleep,
        )  # fmt: skip
        simulated = mock.patch.object(mqtt_listener, "_Connection", broker.connect)
        # A listener that never answers would keep the simulation, whose time stands still.
        watch = Timer(ANSWERED_S, lambda: self._loop.call_soon_threadsafe(broker.give_up))
        watch.start()
        with simulated, suppress(NothingWaitsError):
            self._loop.run_until_complete(listener.run())
        watch.cancel()
        self.broken_by_message += listener.counts["broken"]

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

        await self._receiving.listener(scope, receive, send)
        return events[0]["status"], events[1]["body"]

    def do(self, actor: Actor, action: Action[I, O], request: I) -> O:
        """Have somebody do something."""
        return self.whole(lambda: perform(self.context(actor), action, request))

    def visit(self, action: Action[I, O], request: I, address: str) -> O:
        """Have somebody whom nobody knows yet do something, from an address."""
        context = self._contexts.make(context_.VISITOR, "whole", address)
        return self.whole(lambda: perform(context, action, request))

    def judge(self) -> int:
        """Have the worker take one step; return how many it judged.

        Who was in its place before, and has not heard of it, tries first.
        """
        if self._former is not None:
            self.whole(self._step_of_former)
        return self.whole(lambda: self.worker.step(clock.now_us()))

    def _step_of_former(self) -> None:
        assert self._former is not None, "there is one"
        try:
            self.kept_by_former += self._former.step(clock.now_us())
        except FencedError:
            self._former = None

    def take_over(self) -> None:
        """Have another server judge from now on, with the store and the keys open once more."""

        def begin() -> None:
            made = self._stack.enter_context(installation.open_installation(self.settings))
            self._former, self.worker = self.worker, self._worker(made, "another")

        self.whole(begin)

    def notify(self) -> int:
        """Have the notifier take one turn, and wait for what it began."""

        def turn() -> int:
            done = self.notifier.turn()
            self.notifier.settle()
            return done

        return self.whole(turn)

    def sign_log(self) -> bool:
        """Sign the audit log as it is now."""
        return self.whole(lambda: log_signing.checkpoint(self.made))

    def keep_up(self) -> None:
        """Do what the service does by itself now and then."""
        self.whole(lambda: upkeep.now_and_then(self._program()))

    def erase(self) -> dict[str, int]:
        """Erase what is due."""
        return self.whole(lambda: erase.daily(self.made, lambda: False))

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

    def context(self, actor: Actor) -> Context:
        """Return in what somebody acts now."""
        return self._contexts.make(actor, "whole", ADDRESS)

    def _visitor(self, address: str) -> Context:
        return self._contexts.make(context_.VISITOR, "device", address)

    def _program(self) -> Context:
        return self.context(context_.PROGRAM)
