"""Group requests: several callers share one change, and each is answered after it.

The fixed cost of a change is paid once for all who came by then. Each caller names a source: what
one source hands in waits in its own line, and the lines take turns, so that a flood from one device
delays only that device.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class BusyError(Exception):
    """More waits than is taken in; the caller is to come again."""

    def __init__(self, is_own: bool) -> None:
        self.is_own = is_own  # Whether it is the source's own line that is full.
        super().__init__("its own line is full" if is_own else "all lines are full")


@dataclass(frozen=True, slots=True)
class QueueBounds:
    """How much is taken together, and how much may wait."""

    weight: int = 512  # Messages in one change, unless one caller alone hands in more.
    changes: int = 2  # On their way at once; while the disk is waited for, the next are checked.
    waiting: int = 4_096  # Messages that wait, of all sources.
    waiting_of_one: int = 512


@dataclass(slots=True)
class _Waiting(Generic[A, B]):
    asked: A
    weight: int
    answer: "asyncio.Future[B]"


class RequestBatcher(Generic[A, B]):
    """Gathers what is handed in; `take` makes one change of it, and returns an answer for each.

    Where a change fails, its requests are tried one by one: the fault of one caller is not that of
    the others.
    """

    def __init__(
        self,
        take: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
        weigh: Callable[[A], int],
        bounds: QueueBounds,
        is_everybodys: Callable[[BaseException], bool],
    ) -> None:
        self._take, self._weigh, self._bounds = take, weigh, bounds
        self._is_everybodys = is_everybodys
        self._lines: OrderedDict[str, deque[_Waiting[A, B]]] = OrderedDict()
        self._weights: dict[str, int] = {}
        self._weight = 0
        self._running: set[asyncio.Task[None]] = set()
        self._is_called = False

    async def hand_in(self, source: str, request: A) -> B:
        """Return the answer, once what was asked is kept; raise what went wrong, or `BusyError`."""
        weight = self._weigh(request)
        own = self._weights.get(source, 0)
        if own and own + weight > self._bounds.waiting_of_one:
            raise BusyError(is_own=True)
        if self._weight + weight > self._bounds.waiting:
            raise BusyError(is_own=False)
        loop = asyncio.get_running_loop()
        waiter: _Waiting[A, B] = _Waiting(request, weight, loop.create_future())
        self._lines.setdefault(source, deque()).append(waiter)
        self._weights[source] = own + weight
        self._weight += weight
        self._call(loop)
        return await waiter.answer

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look after the lines once everyone who comes in this moment has come."""
        if not self._is_called:
            self._is_called = True
            loop.call_soon(self._start)

    def _start(self) -> None:
        self._is_called = False
        while self._lines and len(self._running) < self._bounds.changes:
            task = asyncio.get_running_loop().create_task(self._run(self._next()))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if self._lines:
            self._call(task.get_loop())

    def _next(self) -> list[_Waiting[A, B]]:
        """Take one from each line in turn, up to the weight of a change."""
        batch: list[_Waiting[A, B]] = []
        weight = 0
        while self._lines:
            source, line = next(iter(self._lines.items()))
            if batch and weight + line[0].weight > self._bounds.weight:
                break
            waiter = line.popleft()
            weight += waiter.weight
            batch.append(waiter)
            self._let_go(source, line, waiter.weight)
        return batch

    def _let_go(self, source: str, line: deque[_Waiting[A, B]], weight: int) -> None:
        self._weight -= weight
        self._weights[source] -= weight
        if line:
            self._lines.move_to_end(source)
        else:
            del self._lines[source], self._weights[source]

    async def _run(self, batch: Sequence[_Waiting[A, B]]) -> None:
        try:
            answers = await self._take([one.asked for one in batch])
        except Exception as fault:  # noqa: BLE001  The caller receives it.
            if len(batch) > 1 and not self._is_everybodys(fault):
                for waiter in batch:
                    await self._run([waiter])
                return
            for waiter in batch:
                if not waiter.answer.done():  # A caller that has gone gets no answer.
                    waiter.answer.set_exception(fault)
            return
        for waiter, answer in zip(batch, answers, strict=True):
            if not waiter.answer.done():
                waiter.answer.set_result(answer)

    async def drain(self) -> None:
        """Wait until whatever was handed in is answered."""
        while self._lines or self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
            await asyncio.sleep(0)
