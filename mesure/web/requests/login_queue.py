"""Login queue: a few expensive checks at once, a queue that ends, and fair turns.

Checking a password takes 64 MiB and a tenth of a second of a processor. An attacker with a
thousand machines can send more than can ever be checked. So few wait, and the others are told at
once when to come again. A caller who is known here, by a session or by a browser that has signed in
before, waits in a line of their own that is served first. Strangers take turns by network, and when
the line is full the network with the most in it gives up a place.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from mesure.web.requests import rates

COME_AGAIN_S: Final = 5  # The whole line has been served by then.


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many are let in at once, and how many wait."""

    at_once: int = 4
    waiting: int = 64  # In each of the two lines.
    of_network: int = 8
    of_name: int = 3  # Also of one who is known.


@dataclass(frozen=True, slots=True)
class LoginCaller:
    """A visitor: who they are known as, or else where they come from, and under which name."""

    network: str
    name: str = ""
    known: str | None = None

    @property
    def group(self) -> str:
        """Return whom they share their turns with."""
        return self.network if self.known is None else self.known


@dataclass(eq=False, slots=True)
class QueuedLogin:
    """Somebody who waits for a turn."""

    comer: LoginCaller
    turn: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class FairQueue:
    """Those who wait, by group; each group in its order, and the groups in turn."""

    def __init__(self) -> None:
        self._groups: OrderedDict[str, deque[QueuedLogin]] = OrderedDict()
        self._names: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._groups.values()))

    def of(self, group: str) -> int:
        """Return how many of a group wait."""
        return len(self._groups.get(group, ()))

    def count_under(self, name: str) -> int:
        """Return how many wait under a name."""
        return self._names[name]

    def add(self, waiter: QueuedLogin) -> None:
        """Let somebody wait."""
        self._groups.setdefault(waiter.comer.group, deque()).append(waiter)
        self._names[waiter.comer.name] += 1

    def remove(self, waiter: QueuedLogin) -> None:
        """Take somebody out of the line who waits no longer."""
        group = self._groups[waiter.comer.group]
        group.remove(waiter)
        if not group:
            del self._groups[waiter.comer.group]
        self._names -= Counter([waiter.comer.name])

    def next(self) -> QueuedLogin:
        """Return who comes next, and let the others of their group wait for the other groups."""
        waiter = next(iter(self._groups.values()))[0]
        self._groups.move_to_end(waiter.comer.group)
        self.remove(waiter)
        return waiter

    def last_of_most(self) -> QueuedLogin:
        """Return the last to come of the group with the most waiting."""
        return max(self._groups.values(), key=len)[-1]


class LoginQueue:
    """Lets those in who come, a few at once; lives in one event loop."""

    def __init__(self, bounds: QueueLimits = QueueLimits()) -> None:
        self._bounds, self._inside = bounds, 0
        self._known, self._strangers = FairQueue(), FairQueue()

    @asynccontextmanager
    async def turn(self, comer: LoginCaller) -> AsyncIterator[None]:
        """Wait for a turn, and have it inside; raises a problem where there is no place to wait."""
        if self._inside < self._bounds.at_once:
            self._inside += 1
        else:
            await self._wait(comer)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, comer: LoginCaller) -> None:
        line = self._strangers if comer.known is None else self._known
        self._make_room(line, comer)
        waiter = QueuedLogin(comer)
        line.add(waiter)
        try:
            await waiter.turn
        except asyncio.CancelledError:  # The connection is gone.
            if waiter.turn.cancelled():
                line.remove(waiter)
            else:  # It was their turn just then.
                self._leave()
            raise

    def _make_room(self, line: FairQueue, comer: LoginCaller) -> None:
        """Refuse callers who would wait beside too many of their own, or of whom there are more."""
        bounds, of_group = self._bounds, line.of(comer.group)
        of_own = bounds.of_network if comer.known is None else bounds.of_name
        if of_group >= of_own or (comer.name and line.count_under(comer.name) >= bounds.of_name):
            raise rates.too_often(COME_AGAIN_S)
        if len(line) < bounds.waiting:
            return
        last = line.last_of_most()
        if line.of(last.comer.group) <= of_group + 1:
            raise rates.too_often(COME_AGAIN_S)
        line.remove(last)
        last.turn.set_exception(rates.too_often(COME_AGAIN_S))

    def _leave(self) -> None:
        for line in (self._known, self._strangers):
            while len(line):
                waiter = line.next()
                if not waiter.turn.done():
                    waiter.turn.set_result(None)
                    return
        self._inside -= 1
