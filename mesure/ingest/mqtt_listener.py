"""MQTT listener for devices and phones, by a broker that somebody runs.

    mesure/1/<device>/up      a transfer of signed messages, as over HTTP
    mesure/1/<device>/down    what the device is sent: receipts, and what waits for it
    owntracks/<name>/<phone>  OwnTracks, and below it

The broker is acknowledged a message only when it is kept. It holds what was not acknowledged for
our session, which outlasts a connection, and sends it again; what comes twice is kept once. While
nothing can be kept, we try again and acknowledge nothing, and the broker stops sending: that is how
it learns of a full queue. What the broker retained for new subscribers is old, and is left.

The broker's rules say who may publish where. A device's signature says who it is all the same; for
OwnTracks the topic is all there is.
Formats: docs/specs/device_protocol.md
"""

import asyncio
import contextlib
import ssl
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

import aiomqtt

from mesure.actions.limits.group_requests import BusyError
from mesure.actions.receiving.receive_messages import Receiver
from mesure.actions.records.app_records import AppFamily
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.formats.apps import message_pieces, owntracks_commands, topics
from mesure.formats.apps.app_request import MqttDelivery
from mesure.ingest.app_letters import AppMessageIntake, TooOftenError

T = TypeVar("T")

BASE: Final = "mesure/1"
TOPICS: Final = (f"{BASE}/+/up", "owntracks/+/+", "owntracks/+/+/+")
QOS: Final = 1
HANDLED_MAX: Final = 1_000  # At once; more wait in line.
LISTENING_MAX: Final = 100_000  # Devices that are remembered as listening here.
AGAIN_S: Final = (1.0, 2.0, 5.0, 15.0, 30.0)  # Between tries, of one message or of connecting.
LOOK_S: Final = 2.0  # How often it looks for what is to be sent to devices.


@dataclass(frozen=True, slots=True)
class MqttBroker:
    """Where the broker is, and as whom we come."""

    host: str
    port: int = 1883
    login: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    session: str = "mesure"  # The broker keeps for this name what came while we were away.


class _Connection(aiomqtt.Client):
    """A connection on which nothing is acknowledged by itself."""

    def __init__(self, broker: MqttBroker) -> None:
        super().__init__(
            broker.host,
            broker.port,
            username=broker.login,
            password=broker.password,
            tls_context=broker.tls,
            identifier=broker.session,
            clean_session=False,
        )
        self._client.manual_ack_set(True)

    def acknowledge(self, message: aiomqtt.Message) -> None:
        """Tell the broker that a message is kept. On a connection that has ended it does nothing.

        A number of a message counts on its own connection only, so each connection has a client.
        """
        self._client.ack(message.mid, message.qos)


class MqttListener:
    """Listens until it is cancelled, and comes back whenever the broker does."""

    def __init__(
        self,
        broker: MqttBroker,
        receiver: Receiver,
        letterbox: AppMessageIntake,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        log: Callable[[str], None] = lambda _event: None,
    ) -> None:
        self._broker, self._receiver, self._letterbox = broker, receiver, letterbox
        self._sleep, self._log = sleep, log
        self._listening: OrderedDict[str, bytes] = OrderedDict()  # Devices, and a key of each.
        self._phones: OrderedDict[str, str] = OrderedDict()  # Devices, and what each calls itself.
        self._room = asyncio.Semaphore(HANDLED_MAX)
        self.is_connected = False
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Listen, for ever."""
        tries = 0
        while True:
            try:
                async with _Connection(self._broker) as connection:
                    await connection.subscribe([(topic, QOS) for topic in TOPICS])
                    _end_if_cancelled()
                    self.is_connected, tries = True, 0
                    self._log("mqtt_connected")
                    await self._listen(connection)
            except aiomqtt.MqttError:
                pass
            finally:
                self.is_connected = False
            self._log("mqtt_gone")
            await self._sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1

    async def _listen(self, connection: _Connection) -> None:
        """Take messages until the connection ends; what is being kept then is kept to its end."""
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(self._look(connection))
            try:
                async for message in connection.messages:
                    await self._room.acquire()
                    group.create_task(self._handled(connection, message))
            except aiomqtt.MqttError:
                self.is_connected = False
            looking.cancel()

    # --- One message -------------------------------------------------------------------------

    async def _handled(self, connection: _Connection, message: aiomqtt.Message) -> None:
        """Keep a message, as often as it takes, and acknowledge it then."""
        try:
            for tries in range(1_000_000):
                try:
                    await self._kept(connection, message)
                except (StoreUnavailableError, BusyError):
                    self.counts["put_off"] += 1
                except Exception as fault:  # noqa: BLE001  Of one message; the others go on.
                    self.counts["broken"] += 1
                    self._log(f"mqtt_broken_{type(fault).__name__}")
                else:
                    connection.acknowledge(message)
                    return
                if not self.is_connected:
                    return  # The broker sends it again.
                await self._sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
        finally:
            self._room.release()

    async def _kept(self, connection: _Connection, message: aiomqtt.Message) -> None:
        topic, payload = message.topic.value, message.payload
        assert isinstance(payload, bytes), "the library gives what came as bytes"
        if message.retain:
            self.counts["retained"] += 1
        elif topic.startswith(f"{BASE}/"):
            await self._transfer(connection, payload)
        else:
            await self._owntracks(connection, MqttDelivery(topic, payload, retained=False))

    async def _transfer(self, connection: _Connection, payload: bytes) -> None:
        reply = await self._receiver.transfer(payload, "mqtt")
        for device, data in reply.by_device.items():
            if device in reply.heard:
                _remember(self._listening, device, reply.key_names[device])
            await self._publish(connection, down(device), data)

    async def _owntracks(self, connection: _Connection, delivery: MqttDelivery) -> None:
        pieces = message_pieces.of_delivery(delivery)
        try:
            hand_in = self._letterbox.hand_in  # The broker has the message, and the phone no more.
            outcome = await hand_in(AppFamily.OWNTRACKS, pieces, "mqtt", comes_again=False)
        except TooOftenError:
            # Held back, it would stop what others send; the broker has few places.
            self.counts["too_often"] += 1
            return
        for device in outcome.messages:
            _remember(self._phones, device, pieces[0].claimed)
        for command in outcome.commands:
            payload = owntracks_commands.payload(command, outcome.box)
            await self._publish(connection, topics.for_commands(pieces[0].claimed), payload)

    async def _publish(self, connection: _Connection, topic: str, payload: bytes) -> None:
        """Publish; what does not arrive is sent again, or comes again and is acknowledged anew."""
        with contextlib.suppress(aiomqtt.MqttError):
            await connection.publish(topic, payload, qos=QOS)

    # --- What is to be sent to devices ---------------------------------------------------------

    async def _look(self, connection: _Connection) -> None:
        """Send devices that listen here what waits for them, without waiting for them to speak."""
        while True:
            await self._sleep(LOOK_S)
            try:
                await self._tell(connection)
            except StoreUnavailableError:
                pass
            except Exception as fault:  # noqa: BLE001  Of one round; the next may go well.
                self.counts["broken"] += 1
                self._log(f"mqtt_broken_{type(fault).__name__}")
            _end_if_cancelled()

    async def _tell(self, connection: _Connection) -> None:
        waiting = await self._receiver.due_devices()
        keys_of = {one: self._listening[one] for one in waiting if one in self._listening}
        if keys_of:
            for device, data in (await self._receiver.tell(keys_of)).items():
                await self._publish(connection, down(device), data)
        for device in waiting & self._phones.keys():
            claimed = self._phones[device]
            outcome = await self._letterbox.poll(AppFamily.OWNTRACKS, claimed)
            for command in outcome.commands:
                payload = owntracks_commands.payload(command, outcome.box)
                await self._publish(connection, topics.for_commands(claimed), payload)


def _end_if_cancelled() -> None:
    """End where this task was cancelled and nobody noticed.

    The library waits with `asyncio.wait_for`, which in Python 3.11 forgets that it was cancelled if
    what it waits for comes in the same moment (CPython, issue 86296).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def up(device: str) -> str:
    """Return where a device publishes its transfers.

    >>> up("D-0007"), up("5/7")
    ('mesure/1/D-0007/up', 'mesure/1/5%2F7/up')
    """
    return f"{BASE}/{quote(device, safe='')}/up"


def down(device: str) -> str:
    """Return where a device listens."""
    return f"{BASE}/{quote(device, safe='')}/down"


def _remember(cache: OrderedDict[str, T], device: str, value: T) -> None:
    cache.pop(device, None)
    cache[device] = value
    if len(cache) > LISTENING_MAX:
        cache.popitem(last=False)
