"""Process supervisor: a process that ends is started again, after a delay that grows.

A child reads what to do on its standard input, says `ready` on its standard output, and ends when
its input ends: so no child outlives a parent that was killed, and none needs to be hunted for.
While it works it says a line now and then; one that says nothing may not be working.
"""

import asyncio
import contextlib
import signal
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

READY: Final = b"ready\n"
STANDING_S: Final = 15.0  # A child silent for so long has stalled; one at work speaks each second.
FIRST_WAIT_S: Final = 0.2
WAIT_S_MAX: Final = 15.0
CALM_S: Final = 60.0  # A child that ran so long failed for a new reason.
STOP_S: Final = 5.0

# What happened, to which child, and its status or wait.
ProcessEventCallback = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ChildCommand:
    """What to run, and what to say to it first."""

    command: Sequence[str]
    instruction: bytes  # One line.


class ChildProcess:
    """One child: started, watched, started again, stopped."""

    def __init__(
        self, number: int, child: ChildCommand, report_event: ProcessEventCallback
    ) -> None:
        self.number, self._child, self._told = number, child, report_event
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self.is_ready = False
        self.starts = 0
        self._heard_s = 0.0  # When it said a line.

    @property
    def pid(self) -> int | None:
        """Return the process as it is now."""
        return self._process.pid if self._process else None

    @property
    def is_at_work(self) -> bool:
        """Tell whether it is ready, and reported not long ago."""
        return self.is_ready and time.monotonic() - self._heard_s < STANDING_S

    async def run(self) -> None:
        """Keep it running until `stop`."""
        loop, wait_s = asyncio.get_running_loop(), FIRST_WAIT_S
        while not self._stopping.is_set():
            begun_s = loop.time()
            status = await self._once()
            if self._stopping.is_set():
                return
            wait_s = FIRST_WAIT_S if loop.time() - begun_s > CALM_S else wait_s
            self._told("worker_ended", self.number, status)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
            wait_s = min(2 * wait_s, WAIT_S_MAX)

    async def _once(self) -> int:
        """Start it, and return the status with which it ended."""
        process = await asyncio.create_subprocess_exec(
            *self._child.command, stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        self._process, self.starts = process, self.starts + 1
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(self._child.instruction + b"\n")
                await process.stdin.drain()
            while line := await process.stdout.readline():
                self._heard_s = time.monotonic()
                self.is_ready = self.is_ready or line == READY
            return await process.wait()
        finally:
            self.is_ready, self._process = False, None
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def stop(self) -> None:
        """End its input and give it a moment; then it is killed."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)


class ProcessSupervisor:
    """The children of a service."""

    def __init__(
        self, children: Sequence[ChildCommand], report_event: ProcessEventCallback
    ) -> None:
        self.children = [ChildProcess(n, child, report_event) for n, child in enumerate(children)]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def are_ready(self) -> bool:
        """Tell whether all of them have said that they are."""
        return all(child.is_ready for child in self.children)

    @property
    def are_at_work(self) -> bool:
        """Tell whether all of them are ready, and none has stalled."""
        return all(child.is_at_work for child in self.children)

    def start(self) -> None:
        """Start them all."""
        self._tasks = [asyncio.create_task(child.run()) for child in self.children]

    async def stop(self) -> None:
        """End them all, and wait until they have ended."""
        await asyncio.gather(*(child.stop() for child in self.children))
        await asyncio.gather(*self._tasks, return_exceptions=True)
