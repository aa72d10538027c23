"""How phones are is remembered as of devices that sign, and what they call for is never lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.limits.token_buckets import RateLimit
from mesure.devices import device_state
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.formats.apps.app_message import AppEventKind
from mesure.ingest.http_listener import ListenerLimits
from mesure.instants import US_PER_DAY, to_datetime
from tests.actions import receiving
from tests.actions.receiving import NOW_US, US
from tests.ingest import serving
from tests.ingest.serving import ServedListener
from tests.ingest.test_http_listener import ask
from tests.ingest.test_http_listener_pilots import (
    TST,
    ReceiptCounts,
    client9,
    fields,
    jane,
    location,
    read_messages,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedListener]:
    with serving.place(tmp_path_factory.mktemp("letters")) as served:
        yield served


def health_of(server: ServedListener, device: str) -> DeviceHealth:
    with server.here.store.read() as reading:
        return device_state.unpack(reading.standings([device])[device]).health


def test_a_phone_that_reports_is_heard_and_tells_of_its_battery(tmp_path: Path) -> None:
    """The person's page shows when the phone was heard, as with a tag."""
    with serving.place(tmp_path) as server:
        assert ask(server, "GET", f"/pilot/osmand?{fields(charge='true')}").status == 200
        late = fields(timestamp=TST - 600, batt=40, charge="false")
        assert ask(server, "GET", f"/pilot/osmand?{late}").status == 200
        body = json.dumps(location(batt=62, bs=1)).encode()
        assert ask(server, "POST", "/pilot/owntracks", body, **jane()).status == 200
        for device, percent, charging in (("D-1", 87, True), ("D-2", 62, False)):
            health = health_of(server, device)
            assert health.heard_us == server.here.now_us
            assert health.fix_us == TST * US
            assert health.battery == HealthReading(percent, TST * US, 0)
            assert health.charging == HealthReading(charging, TST * US, 0)


def test_a_copy_of_what_a_phone_sent_makes_it_no_more_heard(tmp_path: Path) -> None:
    with serving.place(tmp_path) as server:
        assert ask(server, "GET", f"/pilot/osmand?{fields()}").status == 200
        before = health_of(server, "D-1")
        server.here.now_us += 3_600 * US
        assert ask(server, "GET", f"/pilot/osmand?{fields()}").status == 200
        assert health_of(server, "D-1") == before


@pytest.mark.parametrize(
    ("batt", "beside"),
    [
        (11, {"lat": 91}),
        (12, {"mock": "true"}),
        (13, {"timestamp": None}),
        (14, {"timestamp": "2026-01-05T22:00"}),
    ],
)
def test_a_call_for_help_is_kept_beside_a_place_that_is_none(
    server: ServedListener, batt: int, beside: dict[str, Any]
) -> None:
    watch, before = ReceiptCounts(server), len(read_messages(server, 1))
    query = fields(alarm="sos", batt=batt, **beside)
    assert ask(server, "GET", f"/pilot/osmand?{query}").status == 200
    assert watch.counts["kept"] == 1
    [message] = read_messages(server, 1)[before:]
    assert [event.sign for event in message.events] == [AppEventKind.WARNING]


def test_a_call_without_a_time_is_another_call_each_time(server: ServedListener) -> None:
    query, before = "id=48241179&alarm=sos", len(read_messages(server, 1))
    for _ in range(2):
        assert ask(server, "GET", f"/pilot/osmand?{query}").status == 200
        server.here.now_us += 7_200 * US
    assert len(read_messages(server, 1)) == before + 2


def test_of_one_request_all_is_kept_or_nothing_and_what_is_beyond_has_to_be_earned(
    tmp_path: Path,
) -> None:
    with serving.place(tmp_path, ListenerLimits(device=RateLimit(burst=3, per_s=0.001))) as server:
        for first, status in ((0, 200), (5, 429)):
            body = json.dumps([location(tst=TST + first + n) for n in range(5)]).encode()
            answer = ask(server, "POST", "/pilot/owntracks", body, **jane())
            assert (answer.status, len(read_messages(server, 2))) == (status, 5)
    assert int(answer.headers["retry-after"]) > 2_000


def test_a_request_of_which_one_phone_has_to_wait_comes_again_whole(tmp_path: Path) -> None:
    with serving.place(tmp_path, ListenerLimits(device=RateLimit(burst=1, per_s=0.001))) as server:
        sent = [client9(), client9() | {"device_id": "osmand-app"}]
        for part, status in (sent[0], 200), (sent, 429), (sent[1], 200):
            assert ask(server, "POST", "/pilot/osmand", json.dumps(part).encode()).status == status
            assert len(read_messages(server, 4)) == (part is sent[1])


def test_each_name_that_nobody_has_is_looked_up_once_and_counts(tmp_path: Path) -> None:
    limits = ListenerLimits(strange=RateLimit(burst=40, per_s=0.001))
    with serving.place(tmp_path, limits) as server:
        for names, status in ((["nobody"] * 60, 404), (range(60), 404), (["nobody"], 429)):
            sent = [client9() | {"device_id": f"not-ours-{name}"} for name in names]
            assert ask(server, "POST", "/pilot/osmand", json.dumps(sent).encode()).status == status
        assert ask(server, "POST", "/pilot/osmand", json.dumps(client9()).encode()).status == 200


def test_a_call_by_a_clock_beyond_the_end_of_the_order_is_the_person_s(tmp_path: Path) -> None:
    """Else no officer learns of it: it was made when it was received, whatever a clock says."""
    with receiving.place(tmp_path, 5) as here:
        serving.enrol_phones(here)
        receiving.end_order(here, "ALM-1", to_datetime(NOW_US + 100 * US_PER_DAY))
        with serving.serve_listener(here) as server:
            for alarm in ("sos", None):
                query = fields(timestamp=TST + 400 * 86_400, alarm=alarm)
                assert ask(server, "GET", f"/pilot/osmand?{query}", None).status == 200
        assert (len(here.log("P-1")), len(here.log("D-1"))) == (1, 1)
