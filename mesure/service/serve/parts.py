"""Parts of the service put together: what listens, what is shown, what a leader does."""

import asyncio
import secrets
import ssl
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

import structlog
from starlette.types import Receive, Scope, Send

from mesure.actions.framework import context
from mesure.actions.framework.context import Context
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.machine import clock, garbage
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.record import rendering
from mesure.service.cluster import leader_duties
from mesure.service.cluster.leader_duties import DutyDependencies, LeaderDuties
from mesure.service.cluster.leadership import Leadership
from mesure.service.cluster.rate_exchange import PURPOSE, RateExchange
from mesure.service.cluster.service_lease import WHY_ONE, Lease
from mesure.service.installation import stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import bundles
from mesure.service.maintenance.bundles import BundleMaker
from mesure.service.monitoring.monitor import SystemMonitor
from mesure.service.monitoring.readiness import ReadinessProbe
from mesure.service.serve.contexts import ContextFactory
from mesure.service.serve.receiving import ReceiverService
from mesure.store.values.records import PUT_OFF
from mesure.web import website
from mesure.web.address_book import AddressBook
from mesure.web.dependencies import Dependencies
from mesure.web.map_tiles import Basemap
from mesure.web.requests.metrics import ServiceFigures


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
        lease: Lease | None = None,
    ) -> None:
        """`lease`: what the nodes of a cluster ask for; a service alone asks for nothing."""
        self._maps = maps
        self._made, self._watch, self._origin = installation, watch, origin
        self._log = structlog.get_logger()
        self._contexts = ContextFactory(installation, origin)
        self._receiving = ReceiverService(
            installation, lambda: watch.has_room, self._visitor, secrets.token_bytes
        )
        self._is_node = lease is not None
        channel = stores.node_channel(installation.settings) if self._is_node else None
        self._rates = RateExchange(channel, installation.keyring.programme_key(PURPOSE))
        self._receiving.listener.share(self._rates.share)
        self._leadership = Leadership(lease, self._begin_duties)
        self._work_done = ReadinessProbe(installation.store, installation.settings.workers)
        self._running: list[asyncio.Task[None]] = []
        self._site = website.build(self._parts())

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer devices at once, and everybody else through the frame of the site."""
        listener = self._receiving.listener
        await (listener if listener.takes(scope) else self._site)(scope, receive, send)

    def _parts(self) -> Dependencies:
        return Dependencies(
            contexts=self._contexts.make,
            catalogues=rendering.page_catalogue,
            now=clock.now,
            random=secrets.token_bytes,
            origin=self._origin,
            metrics_networks=self._made.settings.metrics_networks,
            figures=self._figures,
            readiness=self._checks,
            receives=self._receives,
            share=self._rates.share,
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

    def _begin_duties(self) -> LeaderDuties:
        settings = self._made.settings

        def broker() -> MqttListener | None:
            return _mqtt(settings, self._receiving, self._log.info)

        dependencies = DutyDependencies(
            self._made,
            self._origin,
            self._program,
            broker,
            judge_command,
            take_waiting=self._receiving.letterbox.take_waiting,
            put_off=lambda: self._receiving.pilots.counts[PUT_OFF],
        )
        return LeaderDuties(dependencies)

    def start(self) -> "list[asyncio.Task[None]]":
        """Start everything; a task that ends by itself ends the service."""
        garbage.settle()
        self._running = [
            asyncio.create_task(self._leadership.run()),
            asyncio.create_task(self._rates.run()),
        ]
        return self._running

    async def stop(self) -> None:
        """End everything, and wait until it has ended."""
        self._leadership.stop()
        self._rates.stop()
        await leader_duties.await_all(self._running)
        duties = self._leadership.duties
        if duties is not None:
            await duties.stop()
        await self._receiving.close()
        self._contexts.close()
        if duties is not None:
            await duties.sign_last()

    # --- What is reported ---

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
        duties = self._leadership.duties
        if duties is None:
            return [] if self._leadership.has_asked else ["who leads"]
        return [] if duties.judges.are_ready else ["the judges"]

    @property
    def leads(self) -> bool:
        """Tell whether this service does what one does for all."""
        return self._leadership.duties is not None

    @property
    def fault(self) -> ServiceError | None:
        """Return why the service cannot go on, if it cannot; a node merely stops leading."""
        duties = self._leadership.duties
        if duties is None or self._is_node or not duties.is_fenced:
            return None
        what, remedy = "another service judges in this database now", "let one of the two run"
        return TransientServiceError("serve", what, WHY_ONE, remedy)

    def _checks(self) -> Mapping[str, bool]:
        duties = self._leadership.duties
        own = {
            "judging": self._work_done.is_judged_in_time,
            "everybody_judged": self._work_done.is_everybody_judged,
        }
        return {**self._receives(), **({} if duties is None else duties.checks()), **own}

    def _receives(self) -> Mapping[str, bool]:
        """Return what must hold for this service to take messages and show pages."""
        return {"store": self._work_done.store_writes, **self._watch.checks()}

    def _figures(self) -> ServiceFigures:
        with self._made.store.read() as reading:
            ends = reading.ends()
        duties = self._leadership.duties
        return ServiceFigures(
            log_ends=ends,
            judge_lag_s=self._work_done.lags_s(),
            queued=self._work_done.queue_sizes(),
            not_judged=self._work_done.not_judged(),
            counted={
                "clock_jumps": self._watch.jumps,
                **self._receiving.counts,
                **({} if duties is None else duties.counts()),
            },
            leads=self.leads,
            nodes=self._leadership.members,
            certificate_ends_in_s=self._watch.certificate_ends_in_s,
            disk_free_bytes=self._watch.room.free_bytes,
            disk_full_in_s=self._watch.disk_full_in_s,
        )


def judge_command() -> list[str]:
    """Return how a process that judges is started."""
    return [sys.executable, "-m", "mesure.service.children.judge_process"]


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
