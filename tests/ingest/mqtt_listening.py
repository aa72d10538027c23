"""A listener of MQTT beside a broker, and devices that speak to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiomqtt

from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.actions.receiving.receive_messages import Receiver, ReceiverConfig
from mesure.devices.message.uplink import Heartbeat
from mesure.ingest.app_letters import AppMessageIntake
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.actions.receiving import Here
from tests.ingest.brokers import Mosquitto

BEAT = Heartbeat(87)


@dataclass
class Listening:
    here: Here
    listener: MqttListener
    receiver: Receiver
    pilots: UnsignedAppReceiver
    letterbox: AppMessageIntake
    ticks: asyncio.Event  # Set: all that wait go on at once.

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def run_listener(
    here: Here, broker: Mosquitto, session: str, house: ReceiverConfig | None = None
) -> AsyncIterator[Listening]:
    """Listen at a broker, and wait until it is heard; a session has a name of its own in a test."""
    receiver, pilots = Receiver(house or here.house), UnsignedAppReceiver(house or here.house)
    ticks = asyncio.Event()

    async def sleep(_wait_s: float) -> None:
        await ticks.wait()
        await asyncio.sleep(0.01)

    where = MqttBroker("127.0.0.1", broker.port, session=session)
    letterbox = AppMessageIntake(pilots, SodiumSecretBox)
    listener = MqttListener(where, receiver, letterbox, sleep)
    setup = Listening(here, listener, receiver, pilots, letterbox, ticks)
    task = asyncio.get_running_loop().create_task(listener.run())
    try:
        await setup.until(lambda: listener.is_connected or task.done())
        yield setup
    finally:
        task.cancel()
        [fault] = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(fault, asyncio.CancelledError), repr(fault)
        await receiver.close()
        await pilots.close()


def device(broker: Mosquitto) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", broker.port)


async def next_of(client: aiomqtt.Client) -> bytes:
    async with asyncio.timeout(20):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            return message.payload
    raise AssertionError


def run(doing: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await doing()

    asyncio.run(whole())
