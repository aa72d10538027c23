"""`mesure serve`: everything in one command, ready only when all of it is, ended within seconds.

Its own process listens, keeps what comes, and shows pages; children judge. Nothing that was
acknowledged depends on how it ends: what was answered is on the disk.
Decision: docs/decisions/0034-one-service-in-one-folder.md
"""

import asyncio
import contextlib
import ipaddress
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import structlog
import uvloop

from mesure.machine import clock, library_logs, logs, timezones
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.addresses import book_opening
from mesure.service.basemap import opening
from mesure.service.cluster.service_lease import Lease
from mesure.service.http import listener, tls
from mesure.service.http.listener import HttpServer
from mesure.service.installation import data_folder, installation, last_checkpoint
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import upgrade
from mesure.service.monitoring.monitor import SystemMonitor
from mesure.service.serve import failover, policies_in_use, startup_banner, store_retry, systemd
from mesure.service.serve.parts import OfflineMaps, Service
from mesure.service.serve.store_retry import until_there
from mesure.store.values.faults import UnavailableError

BEAT_S: Final = 1.0
READY_S_MAX: Final = 120.0

Say = Callable[[str], None]

# Something that is done beside the service, once it is ready, until it is told to end; when it
# returns, the service ends.
BackgroundTask = Callable[[Installation, str, asyncio.Event], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class ServerEndpoint:
    """What is taken before anything is begun: the port, and the certificate."""

    socket: socket.socket
    tls: tuple[Path, Path] | None
    origin: str  # How people and devices reach the service.


def serve(
    settings: Settings, say: Say, beside: BackgroundTask | None = None, log: TextIO | None = None
) -> None:
    """Run the service until it is told to end; `say` tells the operator who started it.

    `log` takes the log of the service; without it, standard error does.
    """
    refuse_optimised(sys.flags.optimize)
    timezones.pin()
    logs.configure(log or sys.stderr)
    library_logs.take()
    folder = installation.folder_of(settings)
    with (
        failover.hold_lease(settings, say) as lease,
        contextlib.closing(listener.bind_socket(settings.host, settings.port)) as listening_socket,
    ):
        folder.make()
        with data_folder.hold_folder(folder):
            front = _front(settings, folder.path, listening_socket, say)
            with (
                contextlib.ExitStack() as stack,
                opening.open_basemap(settings, folder, say) as basemap,
                asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
            ):
                with failover.turn_to_begin(lease, say):
                    instance = _begin(settings, stack, say)
                maps = OfflineMaps(basemap, book_opening.open_addresses(settings, folder, say))
                try:
                    runner.run(_Run(instance, front, say, beside, maps, lease).until_told())
                except UnavailableError as error:
                    what, why = str(error).rstrip("."), "the service ended"
                    raise TransientServiceError("serve", what, why, "start it again") from error


def _begin(settings: Settings, stack: contextlib.ExitStack, say: Say) -> Installation:
    """Open the installation, made or brought to the present schema where it is not."""
    folder = installation.folder_of(settings)
    saved = until_there(lambda: upgrade.upgrade(settings, folder, clock.now()), say)
    if saved is not None:
        say(f"The data was brought to a new schema. The way back: {saved}")
    instance = until_there(
        lambda: stack.enter_context(installation.begin_installation(settings)), say
    )
    until_there(lambda: last_checkpoint.refuse_older(instance), say)
    for line in until_there(lambda: policies_in_use.enter_policies(instance), say):
        say(line)
    return instance


def refuse_optimised(level: int) -> None:
    """Refuse `python -O`: what the program states of itself would no longer be checked."""
    if level:
        what, why = "this Python leaves assertions out", "a wrong judgement could pass unseen"
        raise ServiceError("python -O", what, why, "start it without -O and PYTHONOPTIMIZE")


def _front(
    settings: Settings, folder: Path, listening_socket: socket.socket, say: Say
) -> ServerEndpoint:
    pair = None
    if settings.tls_self_signed:
        pair = tls.self_signed(folder, settings.host, clock.now())
        say("The certificate is of this service's own making: for a first try only.")
    elif settings.tls_certificate is not None:
        assert settings.tls_key is not None
        pair = settings.tls_certificate, settings.tls_key
    for line in tls.check(*pair, clock.now()) if pair else ():
        say(line)
    host, port = listening_socket.getsockname()[:2]
    if pair is None and not ipaddress.ip_address(host).is_loopback:
        say(
            f"Without TLS, anyone in between reads passwords and positions: let nobody but a "
            f"proxy that speaks TLS reach port {port}, or set tls_certificate and tls_key."
        )
    shown = "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host  # noqa: S104
    here = f"{'https' if pair else 'http'}://{shown}:{port}"
    return ServerEndpoint(listening_socket, pair, settings.public_url or here)


class _Run:
    """One run of the service, from the first beat to the last."""

    def __init__(
        self,
        instance: Installation,
        front: ServerEndpoint,
        say: Say,
        beside: BackgroundTask | None,
        maps: OfflineMaps,
        lease: Lease | None,
    ) -> None:
        self._made, self._front, self._say, self._beside = instance, front, say, beside
        self._maps, self._lease = maps, lease
        self._log = structlog.get_logger()
        ends = tls.ends_at(front.tls[0]) if front.tls else None
        self._watch = SystemMonitor(instance.settings, say, ends)
        self._told = asyncio.Event()
        self._has_offered = False  # The link for the first account.

    async def until_told(self) -> None:
        """Start everything, say that it runs, and end everything when told to."""
        with self._hearing():
            node = self._lease if self._made.settings.cluster else None
            service = Service(self._made, self._watch, self._front.origin, self._maps, node)
            server = listener.server(
                service.app, self._made.settings.trusted_proxies, self._front.tls
            )
            self._watch.begin()
            tasks = [
                asyncio.create_task(server.serve(sockets=[self._front.socket])),
                *service.start(),
            ]
            try:
                await self._until_ready(server, service, tasks)
                await self._with_beside(service, tasks)
            finally:
                await self._end(server, service, tasks)

    @contextlib.contextmanager
    def _hearing(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for stop_signal in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop_signal, self._hear, stop_signal)
        try:
            yield
        finally:
            for stop_signal in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(stop_signal)

    def _hear(self, stop_signal: signal.Signals) -> None:
        if self._told.is_set() and stop_signal is signal.SIGINT:
            raise SystemExit(130)  # Told twice: an operator at a terminal waits no longer.
        self._log.info("ending", signal=stop_signal.name)
        self._told.set()

    async def _until_ready(
        self, server: HttpServer, service: Service, tasks: "list[asyncio.Task[None]]"
    ) -> None:
        until_s = asyncio.get_running_loop().time() + READY_S_MAX
        while not (server.started and service.is_up) and not self._told.is_set():
            _raise_ended(tasks)
            if asyncio.get_running_loop().time() > until_s:
                if not await asyncio.to_thread(lambda: service.has_store):
                    store_retry.notify_waiting("STATUS=waiting for the store")
                    until_s = asyncio.get_running_loop().time() + READY_S_MAX
                    continue
                names = ", ".join(service.waits_for())
                what, why = f"{names} did not start", "the service cannot do its work"
                raise TransientServiceError(
                    "serve", what, why, "read the lines above, and try again"
                )
            await self._pause(0.05)
        if self._told.is_set():
            return
        systemd.tell("READY=1", "STATUS=serving")
        self._log.info("ready", port=self._front.socket.getsockname()[1])
        link = await self._first_link(service)
        self._say(startup_banner.banner(self._made, self._front.origin, link))

    async def _first_link(self, service: Service) -> str | None:
        """Return the link for the first account, once, if nobody has one and this service leads.

        Each link makes those before it useless, so of several nodes the leader alone makes it.
        """
        if self._has_offered or not service.leads:
            return None
        self._has_offered, origin = True, self._front.origin
        return await asyncio.to_thread(
            until_there,
            lambda: startup_banner.first_link(self._made, origin, secrets.token_bytes),
            self._say,
            self._told.is_set,
        )

    async def _with_beside(self, service: Service, tasks: "list[asyncio.Task[None]]") -> None:
        if self._beside is None or self._told.is_set():
            await self._watched(service, tasks)
            return
        beside = asyncio.create_task(self._beside(self._made, self._front.origin, self._told))
        beside.add_done_callback(lambda _: self._told.set())
        await self._watched(service, tasks)
        await beside

    async def _watched(self, service: Service, tasks: "list[asyncio.Task[None]]") -> None:
        while not self._told.is_set():
            _raise_ended(tasks)
            if service.fault is not None:
                raise service.fault
            await asyncio.to_thread(self._watch.look)
            if not self._made.settings.cluster:
                await asyncio.to_thread(failover.check, self._lease)
            link = await self._first_link(service)  # A node may have begun to lead since.
            if link is not None:
                self._say(f"Nobody has signed in yet. Open this link, once: {link}")
            systemd.tell("WATCHDOG=1")
            await self._pause(BEAT_S)

    async def _pause(self, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._told.wait(), wait_s)

    async def _end(
        self, server: HttpServer, service: Service, tasks: "list[asyncio.Task[None]]"
    ) -> None:
        systemd.tell("STOPPING=1")
        server.should_exit = True
        await service.stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._log.info("ended")


def _raise_ended(tasks: "list[asyncio.Task[None]]") -> None:
    """End the service where a part of it ended by itself: half a service is none."""
    for task in tasks:
        if task.done():
            task.result()
            raise TransientServiceError(
                "serve", "a part ended", "half a service is none", "start it again"
            )
