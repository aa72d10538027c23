"""Devices and phones talk to us through a real broker; only what is kept is acknowledged."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.limits.token_buckets import DeviceRateLimiter, RateLimit
from mesure.actions.receiving.receive_messages import TransferReply
from mesure.devices.message.downlink import Down, FixBurst, Receipt
from mesure.ingest import mqtt_listener
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.faults import UnavailableError
from tests.actions import receiving
from tests.actions.receiving import (
    NOW_US,
    US,
    Here,
    join_messages,
    key,
    read_downlinks,
    seal_message,
)
from tests.ingest import brokers, serving
from tests.ingest.brokers import Mosquitto
from tests.ingest.mqtt_listening import BEAT, device, next_of, run, run_listener
from tests.ingest.test_http_listener_pilots import TST, hidden, location


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with brokers.run_mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path, 5) as place:
        serving.enrol_phones(place)
        yield place


# --- Devices ---------------------------------------------------------------------------------


def test_a_transfer_is_answered_on_the_devices_own_topic(here: Here, mosquitto: Mosquitto) -> None:
    async def talk() -> None:
        async with run_listener(here, mosquitto, "answered"), device(mosquitto) as client:
            await client.subscribe(mqtt_listener.down("D-1"), qos=1)
            await client.publish(
                mqtt_listener.up("D-1"),
                join_messages([seal_message(BEAT, c) for c in (2, 3)]),
                qos=1,
            )
            [receipt] = read_downlinks(TransferReply({"D-1": await next_of(client)}))
            assert receipt.what == Receipt(((2, 3),), ())

    run(talk)
    assert [one.counter for one in here.log("P-1")] == [2, 3]


def tell(here: Here, name: str, what: Down, key: str) -> None:
    means = here.house.means

    def change(work: WriteTransaction) -> None:
        device_commands.tell(
            work, means.keyring, means.salts, DeviceCommand(key, name, what, None), 0
        )

    here.store.write(change)


def test_a_device_that_listens_is_told_without_speaking_first(
    here: Here, mosquitto: Mosquitto
) -> None:
    burst = FixBurst(15_000, NOW_US + 600 * US)

    async def talk() -> None:
        async with run_listener(here, mosquitto, "told") as house, device(mosquitto) as client:
            await client.subscribe(mqtt_listener.down("D-1"), qos=1)
            await client.subscribe("owntracks/jane/phone/cmd", qos=1)
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
            [receipt] = read_downlinks(TransferReply({"D-1": await next_of(client)}))
            tell(here, "D-1", burst, "one")
            house.ticks.set()
            [later] = read_downlinks(TransferReply({"D-1": await next_of(client)}))
            assert (later.what, later.counter > receipt.counter) == (burst, True)
            await client.publish("owntracks/jane/phone", json.dumps(location()), qos=1)
            await house.until(lambda: house.pilots.counts["kept"] == 1)
            tell(here, "D-2", burst, "two")
            assert b"reportLocation" in await next_of(client)

    run(talk)


def test_a_copy_of_a_message_makes_nobody_listen(here: Here, mosquitto: Mosquitto) -> None:
    receiving.hand_in(here, seal_message(BEAT))
    tell(here, "D-1", FixBurst(15_000, NOW_US + 600 * US), "one")

    async def talk() -> None:
        async with run_listener(here, mosquitto, "copied") as house, device(mosquitto) as client:
            await client.subscribe(mqtt_listener.down("D-1"), qos=1)
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
            [receipt] = read_downlinks(TransferReply({"D-1": await next_of(client)}))
            assert receipt.what == Receipt(((2, 2),), ())
            assert not house.listener._listening
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT, 3), qos=1)
            assert len(read_downlinks(TransferReply({"D-1": await next_of(client)}))) == 2
            assert list(house.listener._listening) == ["D-1"]

    run(talk)


def test_a_transfer_that_begins_with_somebody_elses_key_stops_nobody(
    here: Here, mosquitto: Mosquitto
) -> None:
    """A device puts a message in front of its own that names another's key."""
    burst = FixBurst(15_000, NOW_US + 600 * US)

    async def talk() -> None:
        async with run_listener(here, mosquitto, "begun") as house, device(mosquitto) as client:
            await client.subscribe(mqtt_listener.down("D-1"), qos=1)
            for number in (9, 2):  # A key of no device, and that of another.
                foreign = seal_message(BEAT, number, number=number, signer=key(number))
                forged = foreign[:-1] + bytes([foreign[-1] ^ 1])
                await client.publish(
                    mqtt_listener.up("D-1"), forged + seal_message(BEAT, number), qos=1
                )
                read_downlinks(TransferReply({"D-1": await next_of(client)}))
            tell(here, "D-1", burst, "one")
            house.ticks.set()
            [later] = read_downlinks(TransferReply({"D-1": await next_of(client)}))
            assert later.what == burst

    run(talk)


def test_what_nobody_signed_is_acknowledged_and_kept_beside(
    here: Here, mosquitto: Mosquitto
) -> None:
    async def talk() -> None:
        async with run_listener(here, mosquitto, "strange") as house, device(mosquitto) as client:
            await client.publish(mqtt_listener.up("D-9"), seal_message(BEAT, number=9), qos=1)
            await client.publish(mqtt_listener.up("D-9"), b"\xff" * 9, qos=0)
            await house.until(lambda: house.receiver.counts.total() == 2)

    run(talk)
    assert sorted(one[1] for one in here.list_refusals()) == ["malformed", "unknown_key"]


# --- Phones ----------------------------------------------------------------------------------


def test_owntracks_is_heard_below_its_topic(here: Here, mosquitto: Mosquitto) -> None:
    async def talk() -> None:
        async with run_listener(here, mosquitto, "phones") as house, device(mosquitto) as client:
            left = {"_type": "transition", "event": "leave", "desc": "Home", "tst": TST}
            for topic, message in (
                ("owntracks/jane/phone", location()),
                ("owntracks/jane/phone", {"_type": "lwt", "tst": TST}),
                ("owntracks/jane/phone/event", left),
                ("owntracks/jane/phone/cmd", {"_type": "cmd", "action": "reportLocation"}),
                ("owntracks/secret/phone", hidden(location())),
                ("owntracks/secret/phone", location(tst=TST + 1)),
                ("owntracks/nobody/phone", location()),
            ):
                await client.publish(topic, json.dumps(message), qos=1)
            await house.until(lambda: house.pilots.counts["not_enrolled"] == 1)
            await house.until(lambda: house.pilots.counts["kept"] == 4)
            await house.until(lambda: house.pilots.counts["not_encrypted"] == 1)

    run(talk)
    assert len(here.log("P-2")) == 3
    assert len(here.log("P-3")) == 1


def test_what_the_broker_retained_is_left(here: Here, mosquitto: Mosquitto) -> None:
    async def talk() -> None:
        async with device(mosquitto) as client:
            await client.publish("owntracks/jane/phone", json.dumps(location()), qos=1, retain=True)
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1, retain=True)
            async with run_listener(here, mosquitto, "retained") as house:
                await house.until(lambda: house.listener.counts["retained"] == 2)
                assert house.pilots.counts.total() + house.receiver.counts.total() == 0
            for topic in ("owntracks/jane/phone", mqtt_listener.up("D-1")):
                await client.publish(topic, b"", qos=1, retain=True)

    run(talk)


# --- Nothing that was not kept is acknowledged -------------------------------------------------


class AwayStore:
    """A store that cannot keep anything for some time."""

    def __init__(self, store: Any, times: int) -> None:
        self._store, self.times = store, times

    def submit(self, change: Any) -> Any:
        if self.times:
            self.times -= 1
            raise UnavailableError("away")
        return self._store.submit(change)

    def read(self) -> Any:
        return self._store.read()


def test_a_message_is_held_while_the_store_is_away(here: Here, mosquitto: Mosquitto) -> None:
    house = here.house
    away = type(house)(AwayStore(here.store, 3), house.means, house.signer, house.now_us)  # type: ignore[arg-type]

    async def talk() -> None:
        async with (
            run_listener(here, mosquitto, "away", away) as house,
            device(mosquitto) as client,
        ):
            house.ticks.set()
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
            await house.until(lambda: house.receiver.counts["kept"] == 1)
            assert house.listener.counts["put_off"] == 3

    run(talk)


def test_what_was_not_acknowledged_comes_again_to_who_comes_next(
    here: Here, mosquitto: Mosquitto
) -> None:
    house = here.house
    away = type(house)(AwayStore(here.store, 10**9), house.means, house.signer, house.now_us)  # type: ignore[arg-type]

    async def talk() -> None:
        async with device(mosquitto) as client:
            async with run_listener(here, mosquitto, "next", away) as first:
                for counter in (2, 3, 4):
                    await client.publish(
                        mqtt_listener.up("D-1"), seal_message(BEAT, counter), qos=1
                    )
                await first.until(lambda: first.listener.counts["put_off"] == 3)
            await client.publish(
                mqtt_listener.up("D-1"), seal_message(BEAT, 5), qos=1
            )  # While nobody listens.
            async with run_listener(here, mosquitto, "next") as second:
                await second.until(lambda: second.receiver.counts["kept"] == 4)

    run(talk)
    assert sorted(one.counter or 0 for one in here.log("P-1")) == [2, 3, 4, 5]


def test_a_message_that_breaks_us_is_not_acknowledged_and_stops_no_other(
    here: Here, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk() -> None:
        async with run_listener(here, mosquitto, "broken") as house, device(mosquitto) as client:
            rightly = house.receiver.transfer

            async def transfer(data: bytes, address: str) -> TransferReply:
                if data == b"broken":
                    raise RuntimeError
                return await rightly(data, address)

            monkeypatch.setattr(house.receiver, "transfer", transfer)
            await client.publish(mqtt_listener.up("D-1"), b"broken", qos=1)
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
            await house.until(lambda: house.receiver.counts["kept"] == 1)
            assert house.listener.counts["broken"] == 1

    run(talk)


def test_a_flood_holds_up_nobody_else(here: Here, mosquitto: Mosquitto) -> None:
    """The broker has few places for what is not acknowledged, and they are everybody's."""

    async def talk() -> None:
        async with run_listener(here, mosquitto, "flood") as house, device(mosquitto) as client:
            few = DeviceRateLimiter(RateLimit(burst=2, per_s=0.001))
            house.receiver.rates = house.letterbox.rates = few
            for count in range(40):
                await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT, 2 + count), qos=1)
                payload = json.dumps(location(tst=TST + count))
                await client.publish("owntracks/jane/phone", payload, qos=1)
            await client.publish(mqtt_listener.up("D-4"), seal_message(BEAT, number=4), qos=1)
            await house.until(lambda: bool(here.log("P-4")))
            await house.until(lambda: house.listener.counts["too_often"] == 38)
            assert house.receiver.counts["too_often"] == 38

    run(talk)
    assert (len(here.log("P-1")), len(here.log("P-2"))) == (2, 2)


def test_looking_once_in_vain_does_not_end_it(
    here: Here, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk() -> None:
        async with run_listener(here, mosquitto, "vain") as house, device(mosquitto) as client:

            async def raise_error() -> frozenset[str]:
                raise RuntimeError

            monkeypatch.setattr(house.receiver, "due_devices", raise_error)
            house.ticks.set()
            await house.until(lambda: house.listener.counts["broken"] > 1)
            await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
            await house.until(lambda: house.receiver.counts["kept"] == 1)

    run(talk)


def test_it_comes_back_when_the_broker_does(here: Here, tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    tmp_path.chmod(0o777)

    async def talk(broker: Mosquitto) -> None:
        loop = asyncio.get_running_loop()
        async with run_listener(here, broker, "back") as house:
            house.ticks.set()
            await loop.run_in_executor(None, broker.stop)
            await house.until(lambda: not house.listener.is_connected)
            await loop.run_in_executor(None, broker.start)
            await house.until(lambda: house.listener.is_connected)
            async with device(broker) as client:
                await client.publish(mqtt_listener.up("D-1"), seal_message(BEAT), qos=1)
                await house.until(lambda: house.receiver.counts["kept"] == 1)

    with brokers.run_mosquitto(folder) as broker:
        asyncio.run(talk(broker))


def test_who_listens_is_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_listener, "LISTENING_MAX", 2)
    listeners: OrderedDict[str, str] = OrderedDict()
    for name in ("a", "b", "a", "c"):
        mqtt_listener._remember(listeners, name, name)
    assert list(listeners) == ["a", "c"]
