"""The parts of the service, put together: what listens, what judges, what is done now and then."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from starlette.types import Receive, Scope, Send

from mesure.actions import acting
from mesure.actions.acting import Actor, Context
from mesure.runtime import clock, log_keeping, texts
from mesure.runtime.installation import Installation
from mesure.runtime.receiving import Receiving
from mesure.runtime.watching import Watch
from mesure.store.faults import StoreError
from mesure.web import site
from mesure.web.metrics import Figures
from mesure.web.parts import Parts

SIGN_LOG_EVERY_S: Final = 5.0


class Service:
    """Everything that runs beside the server, and the application that it serves."""

    def __init__(self, made: Installation, watch: Watch, origin: str) -> None:
        self._made, self._watch, self._origin = made, watch, origin
        self._log = structlog.get_logger()
        self._ending = asyncio.Event()
        self._receiving = Receiving(
            made, lambda: watch.has_room, self._visitor, secrets.token_bytes
        )
        self._site = site.build(self._parts())

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer devices at once, and everybody else through the frame of the site."""
        listener = self._receiving.listener
        await (listener if listener.takes(scope) else self._site)(scope, receive, send)

    def _parts(self) -> Parts:
        return Parts(
            contexts=self._context,
            catalogues=texts.catalogue,
            now=clock.now,
            random=secrets.token_bytes,
            origin=self._origin,
            metrics_networks=self._made.settings.metrics_networks,
            figures=self._figures,
            readiness=self._checks,
        )

    def _context(self, actor: Actor, request: str, address: str) -> Context:
        made = self._made
        return Context(
            made.store,
            made.keyring,
            clock.now(),
            secrets.token_bytes,
            actor,
            request,
            address=address,
        )

    def _visitor(self, address: str) -> Context:
        return self._context(acting.VISITOR, "device", address)

    # --- Running ---

    def start(self) -> "list[asyncio.Task[None]]":
        """Start everything; a task that ends by itself ends the service."""
        return [asyncio.create_task(self._now_and_then(SIGN_LOG_EVERY_S, self._sign_log))]

    async def stop(self) -> None:
        """End everything, and wait until it has ended."""
        self._ending.set()
        await self._receiving.close()

    async def _sign_log(self) -> None:
        await asyncio.to_thread(log_keeping.checkpoint, self._made)

    async def _now_and_then(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do something again and again; a store that is away for a while is no reason to end."""
        while not self._ending.is_set():
            try:
                await work()
            except StoreError as error:
                self._log.warning("later", error=type(error).__name__, step=work.__name__)
            try:
                await asyncio.wait_for(self._ending.wait(), every_s)
            except TimeoutError:
                continue

    # --- What is told ---

    @property
    def is_up(self) -> bool:
        """Tell whether everything has started."""
        return not self.waits_for()

    def waits_for(self) -> list[str]:
        """Return what has not started yet."""
        return []

    def _checks(self) -> Mapping[str, bool]:
        return {"store": self._store_writes(), **self._watch.checks()}

    def _store_writes(self) -> bool:
        try:
            self._made.store.write(lambda work: work.frontier().size)
        except StoreError:
            return False
        return True

    def _figures(self) -> Figures:
        with self._made.store.read() as reading:
            ends = reading.ends()
        return Figures(
            log_ends=ends,
            counted={"clock_jumps": self._watch.jumps, **self._receiving.counts},
            certificate_ends_in_s=self._watch.certificate_ends_in_s,
            disk_free_bytes=self._watch.room.free_bytes,
            disk_full_in_s=self._watch.disk_full_in_s,
        )
