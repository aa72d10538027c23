"""One person's key is lost: their phone keeps what it has, or what it said is kept beside."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import house, receiving
from tests.actions.receiving import Here, sealed
from tests.actions.test_lost_keys_received import put_back, wrapped
from tests.ingest import brokers, serving
from tests.ingest.test_http_listener import BEAT, ask
from tests.ingest.test_http_listener_pilots import FORM, fields, location
from tests.ingest.test_mqtt_listener import device, listening, run


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
        wrapped_key = wrapped(tmp_path, "P-1")
        house.lose_key(tmp_path, "P-1")
        with serving.served(here) as server:
            answers = [
                ask(server, "POST", "/pilot/osmand", fields().encode(), **FORM) for _ in range(2)
            ]
            assert [answer.status for answer in answers] == [503, 503]
            other = fields(id="osmand-app").encode()
            assert ask(server, "POST", "/pilot/osmand", other, **FORM).status == 200
            put_back(tmp_path, "P-1", wrapped_key)
            assert ask(server, "POST", "/pilot/osmand", fields().encode(), **FORM).status == 200
            assert (len(here.log("P-1")), len(here.log("P-4"))) == (1, 1)
        assert here.refused() == []


def test_what_a_broker_holds_of_them_stops_nobody_and_is_kept_beside(
    here: Here, tmp_path: Path
) -> None:
    async def talk() -> None:
        async with listening(here, broker, "lost") as there, device(broker) as client:
            for number in range(30):  # More than a broker has under way at once.
                payload = json.dumps(location(tst=location()["tst"] + number))
                await client.publish("owntracks/jane/phone", payload, qos=1)
            await client.publish("mesure/1/D-3/up", sealed(BEAT, 2, number=3), qos=1)
            await there.until(lambda: there.receiver.counts["kept"] == 1)
            await there.until(lambda: there.pilots.counts["key_lost"] == 30)

    with brokers.running(tmp_path) as broker:
        run(talk)
    assert (len(here.log("P-2")), len(here.log("P-3"))) == (0, 1)
    assert here.keyring.find_key("P-2") is None
    assert {(claimed, reason) for claimed, reason, _ in here.refused()} == {("D-2", "key_lost")}
