"""One person's key is lost: their phone keeps what it has, or what it said is kept beside."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.devices import device_state
from mesure.devices.assignment import Assignment
from mesure.ingest.app_letters import AppMessageIntake
from mesure.instants import to_datetime
from mesure.service.installation.secret_box import SodiumSecretBox
from mesure.store.interface.store import Store
from tests.actions import house, receiving
from tests.actions.receiving import NOW_US, US, Here, seal_message
from tests.actions.test_lost_keys_received import put_back, read_wrapped
from tests.devices.times import ENROLLED_AT
from tests.ingest import brokers, serving
from tests.ingest.mqtt_listening import device, run, run_listener
from tests.ingest.test_http_listener import BEAT, ask
from tests.ingest.test_http_listener_pilots import FORM, TST, fields, location
from tests.store import databases


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path, 5) as place:
        serving.enrol_phones(place)
        house.lose_key(tmp_path, "P-1")
        house.lose_key(tmp_path, "P-2")
        yield place


def test_a_phone_keeps_what_it_has_until_the_key_is_back(tmp_path: Path) -> None:
    with receiving.place(tmp_path, 5) as here:
        serving.enrol_phones(here)
        wrapped_key = read_wrapped(tmp_path, "P-1")
        house.lose_key(tmp_path, "P-1")
        with serving.serve_listener(here) as server:
            answers = [
                ask(server, "POST", "/pilot/osmand", fields().encode(), **FORM) for _ in range(2)
            ]
            assert [answer.status for answer in answers] == [503, 503]
            other = fields(id="osmand-app").encode()
            assert ask(server, "POST", "/pilot/osmand", other, **FORM).status == 200
            put_back(tmp_path, "P-1", wrapped_key)
            assert ask(server, "POST", "/pilot/osmand", fields().encode(), **FORM).status == 200
            assert (len(here.log("P-1")), len(here.log("P-4"))) == (1, 1)
        assert here.list_refusals() == []


def test_what_a_broker_holds_of_them_stops_nobody_and_is_kept_beside(
    here: Here, tmp_path: Path
) -> None:
    async def talk() -> None:
        async with run_listener(here, broker, "lost") as there, device(broker) as client:
            for number in range(30):  # More than a broker has under way at once.
                payload = json.dumps(location(tst=location()["tst"] + number))
                await client.publish("owntracks/jane/phone", payload, qos=1)
            await client.publish("mesure/1/D-3/up", seal_message(BEAT, 2, number=3), qos=1)
            await there.until(lambda: there.receiver.counts["kept"] == 1)
            await there.until(lambda: there.pilots.counts["key_lost"] == 30)

    with brokers.run_mosquitto(tmp_path) as broker:
        run(talk)
    assert (len(here.log("P-2")), len(here.log("P-3"))) == (0, 1)
    assert here.keyring.find_key("P-2") is None
    assert {(claimed, reason) for claimed, reason, _ in here.list_refusals()} == {
        ("D-2", "key_lost")
    }


# --- What waits for a key ------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def other(request: pytest.FixtureRequest) -> Store | None:
    """Return a store in PostgreSQL, or None for one in SQLite."""
    if request.param == "sqlite":
        return None
    return databases.empty_postgres(request).open()  # The house closes it.


def messages(count: int) -> list[str]:
    return [json.dumps(location(tst=location()["tst"] + number)) for number in range(count)]


def publish(here: Here, folder: Path, letters: list[str], session: str) -> None:
    """Publish by a real broker, and wait until all of it was acknowledged."""

    async def talk() -> None:
        async with run_listener(here, broker, session) as there, device(broker) as client:
            for text in letters:
                await client.publish("owntracks/jane/phone", text, qos=1)
            counts = there.pilots.counts
            await there.until(
                lambda: counts["key_lost"] + counts["kept"] + counts["again"] == len(letters)
            )

    folder.mkdir(exist_ok=True)
    with brokers.run_mosquitto(folder) as broker:
        run(talk)


def test_what_was_kept_beside_is_received_once_the_key_is_back(
    other: Store | None, tmp_path: Path
) -> None:
    """It stayed beside for ever: acknowledged to the broker, and never judged."""
    with receiving.place(tmp_path, 5, other) as here:
        serving.enrol_phones(here)
        wrapped_key = read_wrapped(tmp_path, "P-2")
        house.lose_key(tmp_path, "P-2")
        letters = messages(250)  # More than are taken in at once.
        publish(here, tmp_path / "lost", letters, "lost")
        pilots = UnsignedAppReceiver(here.house)
        letterbox = AppMessageIntake(pilots, SodiumSecretBox)
        before = len(here.list_refusals())
        assert letterbox.take_waiting() == (0, 250)
        assert (len(here.list_refusals()), here.log("P-2")) == (before, [])
        put_back(tmp_path, "P-2", wrapped_key)
        here.now_us += 3_600 * US
        publish(here, tmp_path / "back", letters[:3], "back")  # Its sender had kept some after all.
        assert letterbox.take_waiting() == (250, 0)
        assert letterbox.take_waiting() == (0, 0)
        assert here.list_refusals() == []
        log = here.log("P-2")
        assert sorted(json.loads(_text(here.unseal(one)))["tst"] for one in log) == [
            location()["tst"] + number for number in range(250)
        ]
        assert [one.received_us for one in log] == sorted(one.received_us for one in log)
        assert (pilots.counts["kept"], pilots.counts["again"]) == (247, 3)
        with here.store.read() as reading:
            state = device_state.unpack(reading.standings(["D-2"])["D-2"])
        assert state.health.heard_us == max(record.received_us for record in log)


def _text(body: bytes) -> bytes:
    layout, text, *_ = msgspec.msgpack.decode(body)
    assert layout == 1
    return bytes(text)


def test_each_waits_for_their_own_key_and_nothing_is_received_of_who_was_erased(
    tmp_path: Path,
) -> None:
    with receiving.place(tmp_path, 5) as here:
        serving.enrol_phones(here)
        wrapped_keys = {name: read_wrapped(tmp_path, name) for name in ("P-2", "P-3")}
        for name in wrapped_keys:
            house.lose_key(tmp_path, name)
        later = Assignment("D-2", "P-3", "ALM-3", to_datetime(TST * US + 5 * US), None)
        ended = Assignment("D-2", "P-2", "ALM-2", ENROLLED_AT, later.start)
        here.store.write(lambda work: work.keep_assignment(ended))
        here.store.write(lambda work: work.keep_assignment(later))
        publish(here, tmp_path / "lost", messages(10), "two")
        letterbox = AppMessageIntake(UnsignedAppReceiver(here.house), SodiumSecretBox)
        put_back(tmp_path, "P-3", wrapped_keys["P-3"])
        assert letterbox.take_waiting() == (5, 5)
        assert (len(here.log("P-2")), len(here.log("P-3"))) == (0, 5)
        here.keyring.forget("P-2", NOW_US)
        here.store.write(lambda work: work.erase("P-2", ENROLLED_AT))
        assert letterbox.take_waiting() == (5, 0)
        assert {(claimed, reason) for claimed, reason, _ in here.list_refusals()} == {
            ("D-2", "erased")
        }
        assert here.log("P-2") == []
