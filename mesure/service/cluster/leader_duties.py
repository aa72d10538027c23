"""Leader duties: what the leading node alone does for all nodes.

Judges, notices and webhooks, the broker, the signature of the audit log, upkeep, erasure, counting.
A service alone leads from its start to its end. Everything here may be ended at any moment and
begun on another node: what is sent stays in the outbox until it is written down that it went out,
judges are distinguished by their epochs, and what is due is worked out from the store.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from mesure.actions.framework.context import Context
from mesure.actions.incidents import statistics
from mesure.actions.oversight import upkeep
from mesure.ingest.mqtt_listener import MqttListener
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.archive import trail_archive
from mesure.service.children import quiet_process
from mesure.service.children.judge_process import FENCED
from mesure.service.children.processes import ProcessSupervisor
from mesure.service.children.quiet_process import QuietWork
from mesure.service.cluster import judging_handover
from mesure.service.installation import log_signing, stores
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import erase
from mesure.service.outgoing.sender import NotificationSender
from mesure.store.values.faults import StoreError

SIGN_LOG_EVERY_S: Final = 5.0
UPKEEP_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class DutyDependencies:
    """What the duties are done with; each term of a leader begins with new parts of its own."""

    installation: Installation
    origin: str
    program: Callable[[], Context]  # The context of the program itself, at this moment.
    broker: Callable[[], MqttListener | None]
    judge_command: Callable[[], list[str]]
    take_waiting: Callable[[], tuple[int, int]]  # What waits for a lost key: received, and left.
    put_off: Callable[[], int]  # How often a message met a lost key here, since the start.


async def await_all(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait until all of some tasks have ended, however each of them did.

    Why one ended by itself was reported already: it ends the service. The others must end all the
    same, or a service that does nothing any more would stay, and nobody would start it again.
    """
    await asyncio.gather(*tasks, return_exceptions=True)


class LeaderDuties:
    """The duties of one term, from when a node begins to lead until it no longer does."""

    def __init__(self, dependencies: DutyDependencies) -> None:
        self._dependencies = dependencies
        self._settings = dependencies.installation.settings
        self._log = structlog.get_logger()
        self._ending = asyncio.Event()
        self._sending = NotificationSender(
            self._settings, dependencies.origin, dependencies.program
        )
        commands = judging_handover.take_over(
            dependencies.installation, dependencies.judge_command()
        )
        self.judges = ProcessSupervisor(commands, self._told_of_judge)
        self.mqtt = dependencies.broker()
        self._put_off: int | None = None  # As counted when nothing waited; None: some may wait.
        self._waiting = 0  # As it was last reported.
        self._listening: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.is_fenced = False  # Another service judges in this database.

    def start(self) -> None:
        """Begin all of them."""
        self.judges.start()
        running: list[Coroutine[Any, Any, None]] = [
            self._now_and_then(SIGN_LOG_EVERY_S, self._sign_log),
            self._now_and_then(UPKEEP_EVERY_S, self._upkeep),
            self._now_and_then(UPKEEP_EVERY_S, self._receive_waiting),
            self._now_and_then(erase.EVERY_S, self._erase),
            self._now_and_then(UPKEEP_EVERY_S, self._count),
            asyncio.to_thread(self._sending.run),
        ]
        self._tasks = [asyncio.create_task(one) for one in running]
        if self.mqtt is not None:
            self._listening = asyncio.create_task(self.mqtt.run())
            self._tasks.append(self._listening)

    async def stop(self) -> None:
        """End all of them, and wait until they have ended."""
        self._ending.set()
        self._sending.stop()
        judges = asyncio.create_task(self.judges.stop())
        if self._listening is not None:
            self._listening.cancel()  # The broker is listened to until then.
        await await_all(self._tasks)
        await judges

    async def sign_last(self) -> None:
        """Sign what came since the last time; where that cannot be done, the next leader does."""
        try:
            await self._sign_log()
        except StoreError:
            pass
        except ServiceError as error:
            self._log.error("not_signed", why=str(error))

    def raise_ended(self) -> None:
        """Raise why one of them ended by itself, if one did."""
        for task in self._tasks:
            if task.done():
                task.result()
                what, why = "a part ended", "half a service is none"
                raise TransientServiceError("serve", what, why, "start it again")

    def checks(self) -> Mapping[str, bool]:
        """Return what holds of them, by name, as `/readyz` shows it."""
        broker = {} if self.mqtt is None else {"mqtt": self.mqtt.is_connected}
        return {"judges": self.judges.are_at_work, **broker}

    def counts(self) -> Mapping[str, int]:
        """Return what was counted in this term."""
        broker = {} if self.mqtt is None else self.mqtt.counts
        return {"judges_started": sum(child.starts for child in self.judges.children), **broker}

    def _told_of_judge(self, event: str, number: int, status: int) -> None:
        self._log.warning(event, group=number, status=status)
        self.is_fenced = self.is_fenced or status == FENCED

    # --- Now and then ----------------------------------------------------------------------------

    async def _sign_log(self) -> None:
        await asyncio.to_thread(log_signing.checkpoint, self._dependencies.installation)

    async def _upkeep(self) -> None:
        await asyncio.to_thread(upkeep.now_and_then, self._dependencies.program())

    async def _receive_waiting(self) -> None:
        """Receive what waited for a key; only what this leader's broker brings comes to wait."""
        put_off = self._dependencies.put_off()
        if put_off == self._put_off:
            return
        done, left = await asyncio.to_thread(self._dependencies.take_waiting)
        self._put_off = None if left else put_off
        if done or left != self._waiting:
            self._log.warning("waited_for_keys", received=done, waiting=left)
        self._waiting = left

    async def _count(self) -> None:
        if await asyncio.to_thread(statistics.is_due, self._dependencies.program()):
            await self._run_apart(QuietWork.COUNT)

    async def _erase(self) -> None:
        try:  # A folder that cannot be written ends nothing.
            if stores.is_embedded(self._settings):  # Its changes wait while the file is rewritten.
                installation = self._dependencies.installation
                erase.log(await asyncio.to_thread(erase.daily, installation, self._ending.is_set))
            else:
                await self._run_apart(QuietWork.ERASE)
        except (ServiceError, OSError) as error:
            self._log.error("not_erased", why=str(error))
        await self._archive()

    async def _run_apart(self, work: QuietWork) -> None:
        status = await quiet_process.run(work, self._settings, self._ending)
        if status:
            self._log.warning("not_done", work=work.value, status=status)

    async def _archive(self) -> None:
        """Archive new messages; a folder that cannot be written is reported, and ends nothing."""
        try:
            change = await asyncio.to_thread(
                trail_archive.sync, self._dependencies.installation, is_ending=self._ending.is_set
            )
        except ServiceError as error:
            self._log.error("not_archived", why=str(error))
        else:
            if change.written or change.removed:
                self._log.info("archived", written=change.written, removed=change.removed)
            if change.unreadable:
                self._log.warning("not_archived_of", persons=len(change.unreadable))

    async def _now_and_then(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do something again and again; a store that is away for a while is no reason to end."""
        while not self._ending.is_set():
            try:
                await work()
            except StoreError as error:
                self._log.warning("later", error=type(error).__name__, step=work.__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), every_s)
