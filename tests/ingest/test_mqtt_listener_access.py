"""The access list that is shipped, in a real Mosquitto: each device below its own topics only."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import aiomqtt
import pytest

from mesure.devices.message import envelope
from mesure.ingest import mqtt_listener
from tests.house import ROOT
from tests.ingest import brokers
from tests.ingest.brokers import Mosquitto

DEPLOY = ROOT / "deploy"
WAIT_S = 0.7
US = "mesure"


class Shipped(Mosquitto):
    """A broker as it is shipped, but for its port and where its files are."""

    def config_text(self, folder: Path) -> str:
        plain = (DEPLOY / "mosquitto.conf").read_text(encoding="utf-8")
        passwords = folder / "passwords"
        passwords.touch()
        for name in (US, "D-1", "D-2", "jane", "john"):
            subprocess.run(
                ["mosquitto_passwd", "-b", str(passwords), name, f"secret of {name}"],
                check=True,
                capture_output=True,
            )
        for line, ours in (
            ("listener 1883", f"listener {self.port} 127.0.0.1"),
            ("/mosquitto/data/passwords", str(passwords)),
            ("/mosquitto/config/mosquitto.acl", str(folder / "mosquitto.acl")),
            ("/mosquitto/data/", f"{folder}/"),
        ):
            assert line in plain
            plain = plain.replace(line, ours)
        (folder / "mosquitto.acl").write_text((DEPLOY / "mosquitto.acl").read_text())
        # Started by root it gives up its rights, and could not read the folder of a test.
        return f"{plain}log_dest none\n{'' if os.getuid() else 'user root'}\n"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Shipped]:
    with brokers.start_broker(tmp_path, Shipped) as mosquitto:
        yield mosquitto


def client(broker: Shipped, name: str, identifier: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        username=name,
        password=f"secret of {name}",
        identifier=identifier or f"the client of {name}",
    )


async def collect_topics(listener: aiomqtt.Client, while_: Awaitable[object]) -> list[str]:
    """Return the topics on which something is heard while something is done."""
    await while_
    topics: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S):
            async for message in listener.messages:
                topics += [message.topic.value]
    return topics


def run_story(story: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(whole())


def test_a_device_is_heard_by_us_below_its_own_topic_alone(broker: Shipped) -> None:
    async def story() -> None:
        async with client(broker, US) as ours, client(broker, "D-1") as first:
            await ours.subscribe([(topic, mqtt_listener.QOS) for topic in mqtt_listener.TOPICS])
            topics = ("mesure/1/D-1/up", "mesure/1/D-2/up", "mesure/1/D-1/down", "mesure/1/up", "x")
            published = (first.publish(topic, b"x", qos=1) for topic in topics)
            assert await collect_topics(ours, asyncio.gather(*published)) == ["mesure/1/D-1/up"]

    run_story(story)


def test_a_phone_speaks_for_its_own_name_alone(broker: Shipped) -> None:
    async def story() -> None:
        async with client(broker, US) as ours, client(broker, "jane") as jane:
            await ours.subscribe([(topic, mqtt_listener.QOS) for topic in mqtt_listener.TOPICS])
            topics = ("owntracks/jane/phone", "owntracks/jane/phone/event", "owntracks/john/phone")
            published = (jane.publish(topic, b"{}", qos=1) for topic in topics)
            assert await collect_topics(ours, asyncio.gather(*published)) == list(topics[:2])

    run_story(story)


def test_nobody_hears_what_another_device_says_or_is_told(broker: Shipped) -> None:
    async def story() -> None:
        async with (
            client(broker, US) as ours,
            client(broker, "D-1") as first,
            client(broker, "D-2") as second,
            client(broker, "jane") as jane,
        ):
            for curious in (second, jane):
                for topic in ("#", "mesure/1/+/up", "mesure/1/+/down", "mesure/1/D-1/down"):
                    await curious.subscribe(topic, 1)
            await first.subscribe("mesure/1/D-1/down", 1)
            publications = asyncio.gather(
                first.publish("mesure/1/D-1/up", b"x", qos=1),
                ours.publish("mesure/1/D-1/down", b"x", qos=1),
                ours.publish("owntracks/john/phone/cmd", b"x", qos=1),
            )
            assert await collect_topics(first, publications) == ["mesure/1/D-1/down"]
            assert await collect_topics(second, asyncio.sleep(0)) == []
            assert await collect_topics(jane, asyncio.sleep(0)) == []

    run_story(story)


def test_a_whole_transfer_passes_and_what_is_too_large_is_not_confirmed(broker: Shipped) -> None:
    outcomes: list[str] = []

    async def story() -> None:
        async with client(broker, US) as ours, client(broker, "D-1") as first:
            await ours.subscribe("mesure/1/+/up", 1)
            whole = first.publish("mesure/1/D-1/up", bytes(envelope.TRANSFER_BYTES_MAX), qos=1)
            outcomes.extend(await collect_topics(ours, whole))
            with pytest.raises(aiomqtt.MqttError):
                await first.publish("mesure/1/D-1/up", bytes(300_000), qos=1, timeout=5)
            outcomes.append("not confirmed")

    with suppress(aiomqtt.MqttError):  # The connection is gone when it is left.
        run_story(story)
    assert outcomes == ["mesure/1/D-1/up", "not confirmed"]


@pytest.mark.parametrize(("name", "password"), [(None, None), ("D-1", "wrong"), ("D-9", "x")])
def test_nobody_comes_in_without_a_name_and_its_password(
    broker: Shipped, name: str | None, password: str | None
) -> None:
    async def story() -> None:
        there = aiomqtt.Client("127.0.0.1", broker.port, username=name, password=password)
        with pytest.raises(aiomqtt.MqttError):
            async with there:
                pass

    run_story(story)


def test_no_device_takes_our_place(broker: Shipped) -> None:
    """A client under the name of another's session would end it, and get what waits there."""

    async def story() -> None:
        async with client(broker, US, "mesure") as ours:
            await ours.subscribe("mesure/1/+/up", 1)
            async with client(broker, "D-1", "mesure") as first:
                publication = first.publish("mesure/1/D-1/up", b"x", qos=1)
                assert await collect_topics(ours, publication) == ["mesure/1/D-1/up"]

    run_story(story)
