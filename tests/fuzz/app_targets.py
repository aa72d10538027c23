"""What the apps of pilots send, over HTTP and MQTT."""

import asyncio
from functools import cache
from typing import Any

import aiomqtt

from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.actions.receiving.receive_messages import Receiver
from mesure.formats.apps import message_pieces, topics
from mesure.formats.apps.app_message import AppMessageKind
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.ingest.app_letters import AppMessageIntake
from mesure.ingest.mqtt_listener import MqttBroker, MqttListener
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.actions.receiving import seal_message
from tests.devices import samples as devices
from tests.formats import test_apps_bytes as bytes_
from tests.fuzz import listening
from tests.fuzz.target import split, target
from tests.ingest.test_http_listener_fuzz import ANSWERS

APPS = bytes_.VALID


@target("app_messages", lambda: APPS, share=30)
def app_messages(data: bytes) -> None:
    """Every format reads the same bytes, wherever a client could put them."""
    bytes_.check(bytes_.read_messages(data))


@target("app_pieces", lambda: [b"jane\0phone\0id=1\0" + one for one in APPS])
def app_pieces(data: bytes) -> None:
    """What is kept of a message reads as the message did."""
    user, phone, query, body = split(data, 4)
    request = AppRequest(query, body, user.decode("latin-1"), phone.decode("latin-1"))
    pieces = [
        *message_pieces.of_osmand(request),
        *message_pieces.of_owntracks(request),
        *message_pieces.of_forwarded(body),
        *message_pieces.of_delivery(MqttDelivery(user.decode("utf-8", "replace"), body)),
    ]
    for piece in pieces:
        content = message_pieces.read_piece(piece)
        if any(one.kind is AppMessageKind.REFUSED for one in content.messages):
            continue  # That is kept beside, as it came.
        # What is no number is unlike itself, so it is compared as it is written.
        assert repr(message_pieces.read(piece.form, content.kept)) == repr(content.messages)


@target("app_request", lambda: [b"\0\0jane\0" + one for one in APPS], share=4)
def app_request(data: bytes) -> None:
    """A phone's request is answered by the listener that the service has."""
    number, query, user, body = split(data, 4)
    path = ("/pilot/osmand", "/pilot/owntracks", "/pilot/traccar")[len(number) % 3]
    named = user.decode("latin-1")
    headers = {"X_Limit_U": named, "X_Limit_D": "phone", "Content_Length": named,
               "Authorization": f"Basic {named}"}  # fmt: skip
    status, answer = listening.wire().ask("POST", path, body, query, headers)
    assert status in ANSWERS, (status, answer)  # An app shows no sentence to anybody.


# --- MQTT ----------------------------------------------------------------------------------------


class _Broker:
    """A connection on which nobody waits: what is acknowledged and published is counted."""

    def __init__(self) -> None:
        self.acknowledged = 0

    def acknowledge(self, _message: aiomqtt.Message) -> None:
        self.acknowledged += 1

    async def publish(self, topic: str, payload: bytes, qos: int) -> None:
        assert topic.isprintable()
        assert isinstance(payload, bytes)


@cache
def _listener() -> MqttListener:
    house = listening.wire().here.house

    async def make_listener() -> MqttListener:
        intake = AppMessageIntake(UnsignedAppReceiver(house), SodiumSecretBox)
        return MqttListener(MqttBroker("nowhere"), Receiver(house), intake)

    return listening.wire().loop.run_until_complete(make_listener())


def _published() -> list[bytes]:
    transfer = seal_message(devices.batch(), 7)
    return [b"mesure/1/D-1/up\0" + transfer, *(b"owntracks/jane/phone\0" + one for one in APPS)]


@target("mqtt", _published, share=4)
def mqtt(data: bytes) -> None:
    """Whatever is published under whatever topic is acknowledged, and breaks nothing."""
    name, payload = split(data, 2)
    try:
        topic = aiomqtt.Topic(name.decode())
    except (ValueError, TypeError):  # No broker hands this on: it is no topic of MQTT.
        return
    topics.read(topic.value)
    broker: Any = _Broker()
    message = aiomqtt.Message(topic, payload, 1, False, 1, None)
    listener = _listener()

    async def handle() -> None:
        await listener._room.acquire()
        async with asyncio.timeout(20):
            await listener._handled(broker, message)

    listening.wire().loop.run_until_complete(handle())
    assert (broker.acknowledged, listener.counts["broken"]) == (1, 0)
