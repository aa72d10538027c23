"""The service takes what devices send, by HTTP and by a broker, and judges it beside."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import aiomqtt
import httpx
import pytest

from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp, lookup_key
from mesure.actions.records.record_types import Register
from mesure.instants import to_us
from mesure.machine import clock
from mesure.service.device import transport as device_transport
from mesure.service.installation import installation
from mesure.service.installation.settings import Settings
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import PUT_OFF
from mesure_lab.demonstration import moving_in
from mesure_lab.demonstration.live_town import Post
from mesure_lab.demonstration.town_devices import DemoCarrier
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town
from tests.actions import house
from tests.actions.test_lost_keys_received import put_back, read_wrapped
from tests.ingest.brokers import Mosquitto
from tests.service import served
from tests.service.served import ServiceProcess

NAME = "devices.test"


def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about within half a minute")


@contextmanager
def carrier_of(running: ServiceProcess, folder: Path) -> Iterator[tuple[DemoCarrier, Settings]]:
    """Have one device, given to somebody, whose reports of an hour wait."""
    settings = Settings.model_validate({"data": folder / "data", "name": NAME})
    earlier = clock.now() - timedelta(hours=1)
    first_day = earlier.date() - timedelta(days=1)
    [person] = towns.people(Town(1, persons=1, days=3, first_day=first_day, awake=True))
    with installation.open_installation(settings) as instance:
        moved_in = moving_in.move_in(instance, [person], lambda: earlier)
        key, code = instance.signing.devices.key, moved_in.codes["D-P-0001"]
        carrier = DemoCarrier(person, code, key, bytes(32), clock.now_us)
        with closing(Post(running.url)) as post:
            reply = post.send("/device/1/introduce", carrier.introduction(), "application/cose")
        carrier.hear(reply)
        moving_in.hand_out(instance, moved_in, lambda: earlier)
    carrier.skip(to_us(earlier))
    carrier.say()
    yield carrier, settings
    carrier.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    mosquitto = Mosquitto(tmp_path / "broker")
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


def progress_sequence(settings: Settings) -> int:
    with installation.open_installation(settings) as instance, instance.store.read() as reading:
        judged = reading.progress_of("P-0001")
        return 0 if judged is None else judged.sequence


@pytest.mark.parametrize("way", ["http", "mqtt"])
def test_a_device_is_heard_acknowledged_and_judged(
    tmp_path: Path, broker: Mosquitto, way: str
) -> None:
    folder = tmp_path / "data"
    by = {
        "MESURE_NAME": NAME,
        "MESURE_MQTT_HOST": "127.0.0.1",
        "MESURE_MQTT_PORT": str(broker.port),
    }
    with served.run_service(folder, **by) as running:
        until(lambda: httpx.get(f"{running.url}/readyz").status_code == 200)
        assert httpx.get(f"{running.url}/readyz").json()["checks"]["mqtt"]
        with carrier_of(running, tmp_path) as (carrier, settings):
            assert carrier.waiting
            url = f"mqtt://127.0.0.1:{broker.port}"
            mqtt = device_transport.MqttTransport(url, carrier.name)
            with closing(Post(running.url) if way == "http" else mqtt) as transport:
                carrier.forward(transport)
            assert carrier.waiting == 0
            until(lambda: progress_sequence(settings) > 0)
        status, _ = running.end()
    assert status == 0


def test_what_waited_beside_for_a_key_is_judged_once_the_key_is_back(
    tmp_path: Path, broker: Mosquitto
) -> None:
    folder = tmp_path / "data"
    keys = folder / "keys"
    by = {
        "MESURE_NAME": NAME,
        "MESURE_MQTT_HOST": "127.0.0.1",
        "MESURE_MQTT_PORT": str(broker.port),
    }
    with served.run_service(folder, **by) as running:
        until(lambda: httpx.get(f"{running.url}/readyz").json()["checks"].get("mqtt", False))
        with carrier_of(running, tmp_path) as (_, settings):
            enrol_phone(settings, "D-P-0001")
        wrapped_key = read_wrapped(keys, "P-0001")
        house.lose_key(keys, "P-0001")
        asyncio.run(publish(broker, {"_type": "location", "lat": 43.2, "lon": 76.9, "acc": 9}))
        until(lambda: set_aside(settings) == 3)
        assert progress_sequence(settings) == 0
        running.end()
    put_back(keys, "P-0001", wrapped_key)
    with served.run_service(folder, **by) as running:
        until(lambda: set_aside(settings) == 0)
        until(lambda: progress_sequence(settings) == 3)
        assert running.end()[0] == 0


def enrol_phone(settings: Settings, device: str) -> None:
    """Enrol an app that cannot sign on a device that is carried."""
    with installation.open_installation(settings) as instance:
        found_by = lookup_key(instance.keyring, AppFamily.OWNTRACKS, "jane/phone")
        phone = UnsignedApp(device, "phone", AppFamily.OWNTRACKS, "jane/phone", found_by)

        def change(work: WriteTransaction) -> None:
            rows = Register(work, instance.keyring, secrets.token_bytes, clock.now())
            rows.add(PILOT, device, phone)

        instance.store.write(change)


async def publish(broker: Mosquitto, fields: dict[str, object]) -> None:
    now_s = int(clock.now().timestamp())
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for number in range(3):
            text = json.dumps({**fields, "tst": now_s - 60 * number})
            await client.publish("owntracks/jane/phone", text, qos=1)


def set_aside(settings: Settings) -> int:
    """Return how much is kept beside until a key is back."""
    with installation.open_installation(settings) as instance, instance.store.read() as reading:
        return len(reading.quarantine_for(PUT_OFF, 0, 99))
