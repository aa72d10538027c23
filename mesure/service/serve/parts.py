"""Parts of the service put together: what listens, what judges, what is done now and then."""

import asyncio
import contextlib
import secrets
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from mesure.actions.framework import context
from mesure.actions.framework.context import Context
from mesure.actions.incidents import statistics
from mesure.actions.oversight import upkeep
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.machine import clock, garbage, texts
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.installation import log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import bundles, erase
from mesure.service.maintenance.bundles import BundleMaker
from mesure.service.monitoring.monitor import SystemMonitor
from mesure.service.monitoring.readiness import ReadinessProbe
from mesure.service.outgoing.sender import NotificationSender
from mesure.service.serve import statistics_process
from mesure.service.serve.contexts import ContextFactory
from mesure.service.serve.judge_process import FENCED, JudgeInstruction
from mesure.service.serve.processes import ChildCommand, ProcessSupervisor
from mesure.service.serve.receiving import ReceiverService
from mesure.store.values.faults import StoreError
from mesure.web import website
from mesure.web.address_book import AddressBook
from mesure.web.dependencies import Dependencies
from mesure.web.map_tiles import Basemap
from mesure.web.requests.metrics import ServiceFigures

SIGN_LOG_EVERY_S: Final = 5.0
UPKEEP_EVERY_S: Final = 60.0


class OfflineMaps(NamedTuple):
    """What the operator made of their own extract; None: it is not there."""

    basemap: Basemap | None = None
    addresses: AddressBook | None = None


class Service:
    """Everything that runs beside the server, and the application that it serves."""

    def __init__(
        self,
        installation: Installation,
        watch: SystemMonitor,
        origin: str,
        maps: OfflineMaps = OfflineMaps(),  # noqa: B008  A value.
    ) -> None:
        self._maps = maps
        self._made, self._watch, self._origin = installation, watch, origin
        self._log = structlog.get_logger()
        self._ending = asyncio.Event()
        self._contexts = ContextFactory(installation, origin)
        self._receiving = ReceiverService(
            installation, lambda: watch.has_room, self._visitor, secrets.token_bytes
        )
        self._mqtt = _mqtt(installation.settings, self._receiving, self._log.info)
        self._sending = NotificationSender(installation.settings, origin, self._program)
        self._judges = ProcessSupervisor(_judges(installation.settings), self._told_of_judge)
        self._work_done = ReadinessProbe(installation.store, installation.settings.workers)
        self._site = website.build(self._parts())
        self._tasks: list[asyncio.Task[None]] = []
        self.fault: ServiceError | None = None  # Why the service cannot go on.

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer devices at once, and everybody else through the frame of the site."""
        listener = self._receiving.listener
        await (listener if listener.takes(scope) else self._site)(scope, receive, send)

    def _parts(self) -> Dependencies:
        return Dependencies(
            contexts=self._contexts.make,
            catalogues=texts.catalogue,
            now=clock.now,
            random=secrets.token_bytes,
            origin=self._origin,
            metrics_networks=self._made.settings.metrics_networks,
            figures=self._figures,
            readiness=self._checks,
            programme=self._made.settings.name,
            zone=self._made.settings.zone,
            zone_is_known=self._made.settings.time_zone is not None,
            log_key=str(self._made.signing.log_key(self._made.settings.name)),
            bundles=BundleMaker.of(self._made, self._maps.basemap),
            typeset=bundles.typesetter(),
            basemap=self._maps.basemap,
            addresses=self._maps.addresses,
            thresholds=self._contexts.thresholds,
        )

    def _visitor(self, address: str) -> Context:
        return self._contexts.make(context.VISITOR, "device", address)

    def _program(self) -> Context:
        return self._contexts.make(context.PROGRAM, "serve")

    # --- Running ---

    def start(self) -> "list[asyncio.Task[None]]":
        """Start everything; a task that ends by itself ends the service."""
        self._judges.start()
        garbage.settle()
        running = [
            self._now_and_then(SIGN_LOG_EVERY_S, self._sign_log),
            self._now_and_then(UPKEEP_EVERY_S, self._upkeep),
            self._now_and_then(erase.EVERY_S, self._erase),
            self._now_and_then(UPKEEP_EVERY_S, self._count),
            asyncio.to_thread(self._sending.run),
        ]
        if self._mqtt is not None:
            running.append(self._mqtt.run())
        self._tasks = [asyncio.create_task(one) for one in running]
        return self._tasks

    async def stop(self) -> None:
        """End everything, and wait until it has ended."""
        self._ending.set()
        self._sending.stop()
        judges = asyncio.create_task(self._judges.stop())
        for task in self._tasks[5:]:  # The broker is listened to until it is cancelled.
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError, ServiceError):  # It was told of.
                await task
        await self._receiving.close()
        await judges
        self._contexts.close()
        try:
            await self._sign_log()
        except StoreError:
            pass  # The next start signs it.
        except ServiceError as error:
            self._log.error("not_signed", why=str(error))

    async def _sign_log(self) -> None:
        await asyncio.to_thread(log_signing.checkpoint, self._made)

    async def _upkeep(self) -> None:
        await asyncio.to_thread(upkeep.now_and_then, self._program())

    async def _count(self) -> None:
        if await asyncio.to_thread(statistics.is_due, self._program()):
            status = await statistics_process.count(self._made.settings, self._ending)
            if status:
                self._log.warning("not_counted", status=status)

    async def _erase(self) -> None:
        gone = await asyncio.to_thread(erase.daily, self._made, self._ending.is_set)
        if gone:
            self._log.info("erased", **gone)

    async def _now_and_then(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do something again and again; a store that is away for a while is no reason to end."""
        while not self._ending.is_set():
            try:
                await work()
            except StoreError as error:
                self._log.warning("later", error=type(error).__name__, step=work.__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), every_s)

    # --- What is told ---

    @property
    def is_up(self) -> bool:
        """Tell whether everything has started."""
        return not self.waits_for()

    @property
    def has_store(self) -> bool:
        """Tell whether the store can be written."""
        return self._work_done.store_writes

    def waits_for(self) -> list[str]:
        """Return what has not started yet; the broker may come later, and the rest goes on."""
        return [] if self._judges.are_ready else ["the judges"]

    def _told_of_judge(self, event: str, number: int, status: int) -> None:
        self._log.warning(event, group=number, status=status)
        if status == FENCED:
            what, why = "another service judges in this database now", "two would only hinder"
            self.fault = TransientServiceError("serve", what, why, "let one of the two run")

    def _checks(self) -> Mapping[str, bool]:
        parts = {} if self._mqtt is None else {"mqtt": self._mqtt.is_connected}
        own = {
            "store": self._work_done.store_writes,
            "judges": self._judges.are_at_work,
            "judging": self._work_done.is_judged_in_time,
            "everybody_judged": self._work_done.is_everybody_judged,
        }
        return {**own, **parts, **self._watch.checks()}

    def _figures(self) -> ServiceFigures:
        with self._made.store.read() as reading:
            ends = reading.ends()
        mqtt = {} if self._mqtt is None else self._mqtt.counts
        return ServiceFigures(
            log_ends=ends,
            judge_lag_s=self._work_done.lags_s(),
            queued=self._work_done.queue_sizes(),
            not_judged=self._work_done.not_judged(),
            counted={
                "clock_jumps": self._watch.jumps,
                "judges_started": sum(child.starts for child in self._judges.children),
                **self._receiving.counts,
                **mqtt,
            },
            certificate_ends_in_s=self._watch.certificate_ends_in_s,
            disk_free_bytes=self._watch.room.free_bytes,
            disk_full_in_s=self._watch.disk_full_in_s,
        )


def _judges(settings: Settings) -> list[ChildCommand]:
    """Return the processes that judge: by our settings, a share of the partitions each."""
    count = settings.workers
    return [
        ChildCommand(judge_command(), msgspec.json.encode(_instruction(settings, number, count)))
        for number in range(count)
    ]


def judge_command() -> list[str]:
    """Return how a process that judges is started."""
    return [sys.executable, "-m", "mesure.service.serve.judge_process"]


def _instruction(settings: Settings, number: int, count: int) -> JudgeInstruction:
    return JudgeInstruction(settings.dump_for_child(), number, count, clock.clock_setting())


def _mqtt(
    settings: Settings, receiving: ReceiverService, log: Callable[[str], None]
) -> MqttListener | None:
    if settings.mqtt_host is None:
        return None
    password = settings.mqtt_password
    ca = None if settings.mqtt_ca is None else str(settings.mqtt_ca)
    broker = MqttBroker(
        settings.mqtt_host,
        settings.mqtt_port,
        settings.mqtt_name,
        None if password is None else password.get_secret_value(),
        ssl.create_default_context(cafile=ca) if settings.mqtt_tls else None,
        session=settings.name,
    )
    return MqttListener(broker, receiving.receiver, receiving.letterbox, log=log)
