"""Simulated broker: it keeps what was published until the service acknowledges it (QoS 1).

It takes the place of the connection of the product's listener: that, its handling of messages and
its coming back are the product's own. A connection ends when the seed says so, when the service
cannot keep what came, or when nothing waits any more.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Self

import aiomqtt

from mesure.ingest import mqtt_listener

CONNECTIONS_MAX: Final = 4  # At a time; what then waits goes an hour later.


class NothingWaitsError(Exception):
    """The listener is not needed now: it would wait for what never comes."""


@dataclass
class PublishedMessage:
    """A message that the service has not acknowledged yet."""

    topic: str
    payload: bytes
    is_retained: bool
    on_acknowledged: Callable[[], object]


class SimulatedBroker:
    """What was published, and the connection of the service."""

    def __init__(self) -> None:
        self._queue: deque[PublishedMessage] = deque()
        self.dice = Random(0)
        self.p_cut = 0.0  # Of each message: that its acknowledgement is lost with the connection.
        self._left = 0
        self._number = 0
        self.given_up = 0  # How often a message was handed on and never answered.
        self._connection: SimulatedConnection | None = None

    @property
    def waiting(self) -> int:
        """Return how many messages were not acknowledged."""
        return len(self._queue)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        is_retained: bool = False,
        on_acknowledged: Callable[[], object] = lambda: None,
    ) -> None:
        """Keep a message for the service; `on_acknowledged` is called when it acknowledges it."""
        self._queue.append(PublishedMessage(topic, payload, is_retained, on_acknowledged))

    def begin(self) -> None:
        """Let the service come some times."""
        self._left = CONNECTIONS_MAX

    def connect(self, _broker: object) -> "SimulatedConnection":
        """Return a connection, as the listener asks for one."""
        return SimulatedConnection(self)

    def enter(self, connection: "SimulatedConnection") -> None:
        """Let a connection begin, if there is anything for it."""
        if not self._left or not self._queue:
            raise NothingWaitsError
        self._left -= 1
        self._connection = connection

    def next(self) -> tuple[PublishedMessage, int]:
        """Return the oldest message, with the number it has on this connection."""
        self._number += 1
        return self._queue[0], self._number

    def acknowledge(self) -> None:
        """Forget the oldest message: the service has it."""
        self._queue.popleft().on_acknowledged()

    def give_up(self) -> None:
        """End the connection and let nobody come again: a message is never answered."""
        self._left = 0
        self.given_up += 1
        if self._connection is not None:
            self._connection.cut()

    async def sleep(self, seconds: float) -> None:
        """Wait as the listener does: before it tries again, the connection is cut."""
        if seconds == mqtt_listener.LOOK_S:
            await asyncio.Event().wait()  # Nothing is sent here.
        if self._connection is not None:
            self._connection.cut()
        for _ in range(3):
            await asyncio.sleep(0)


class SimulatedConnection:
    """One connection: it hands messages over one by one, and ends."""

    def __init__(self, broker: SimulatedBroker) -> None:
        self._broker, self._is_cut, self._moved = broker, False, asyncio.Event()

    async def __aenter__(self) -> Self:
        self._broker.enter(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_cut = True

    async def subscribe(self, wanted: Sequence[tuple[str, int]]) -> None:
        """Hear of everything that is wanted."""
        assert all(qos == 1 for _, qos in wanted), "what is not acknowledged comes once at most"

    @property
    def messages(self) -> AsyncIterator[aiomqtt.Message]:
        """Return what waits, one after the other, until the connection ends."""
        return self._messages()

    async def _messages(self) -> AsyncIterator[aiomqtt.Message]:
        while not self._is_cut and self._broker.waiting:
            waiting, number = self._broker.next()
            self._moved.clear()
            yield aiomqtt.Message(
                aiomqtt.Topic(waiting.topic), waiting.payload, 1, waiting.is_retained, number, None
            )
            await self._moved.wait()
        raise aiomqtt.MqttError("the connection has ended")

    def acknowledge(self, _message: aiomqtt.Message) -> None:
        """Take an acknowledgement, unless the connection ends just then."""
        if self._broker.dice.random() < self._broker.p_cut:
            self.cut()
        if not self._is_cut:
            self._broker.acknowledge()
            self._moved.set()

    def cut(self) -> None:
        """End the connection."""
        self._is_cut = True
        self._moved.set()

    async def publish(self, topic: str, payload: bytes, **_: Any) -> None:  # noqa: ANN401
        """Take what is sent to a device; nobody listens here."""
