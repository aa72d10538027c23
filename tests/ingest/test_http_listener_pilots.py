"""Every generation of the apps talks to a real server, and is answered as it needs."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.records.app_records import PILOT
from mesure.actions.records.record_types import Register
from mesure.devices import device_state
from mesure.devices.message.downlink import Configuration, Down, FixBurst, PersonMessage
from mesure.formats.apps import app_limits, message_pieces
from mesure.formats.apps.app_message import AppMessageKind
from mesure.ingest.http_listener import ListenerLimits
from mesure.instants import to_datetime
from mesure.service.installation.secret_box import SodiumSecretBox
from mesure.store.interface.store import WriteTransaction
from tests.actions import receiving
from tests.actions.receiving import NOW_US, US
from tests.ingest import serving
from tests.ingest.serving import PASSPHRASE, PASSWORD, ServedListener
from tests.ingest.test_http_listener import Answer, ask

TST = NOW_US // US - 60
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedListener]:
    with serving.place(tmp_path_factory.mktemp("pilots")) as served:
        yield served


def fields(**more: Any) -> str:
    values = {"id": "48241179", "lat": 43.25654, "lon": 76.92848, "timestamp": TST, "batt": 87}
    return urlencode({k: v for k, v in (values | more).items() if v is not None})


def basic(login: str, password: str = PASSWORD) -> dict[str, str]:
    coded = base64.b64encode(f"{login}:{password}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


def location(**more: Any) -> dict[str, Any]:
    return {"_type": "location", "lat": 43.25654, "lon": 76.92848, "acc": 13, "vel": 6, "tst": TST,
            "batt": 62, "bs": 1, "tid": "le", "conn": "w", "SSID": "net"} | more  # fmt: skip


def client9(number: int = 0, **more: Any) -> dict[str, Any]:
    at = to_datetime((TST + number) * US).isoformat().replace("+00:00", "Z")
    coords = {"latitude": 43.25, "longitude": 76.92, "accuracy": 5, "speed": 0.4, "heading": -1}
    inner = {
        "timestamp": at,
        "coords": coords,
        "is_moving": False,
        "event": "motionchange",
        "battery": {"level": 0.79, "is_charging": False},
        "activity": {"type": "still"},
    }
    return {"location": inner | more, "device_id": "48241179"}


def traccar_message(number: int = 0, device: str = "48241179") -> dict[str, Any]:
    at = to_datetime((TST + number) * US).isoformat()
    position = {"id": 0, "protocol": "osmand", "serverTime": at, "deviceTime": at, "fixTime": at,
                "valid": True, "latitude": 43.25, "longitude": 76.92, "speed": 0.8, "accuracy": 5.0,
                "attributes": {"batteryLevel": 87.0, "motion": False}}  # fmt: skip
    return {"position": position, "device": {"id": 4, "uniqueId": device, "name": "jane"}}


def read_messages(server: ServedListener, number: int) -> list[Any]:
    """Return what is kept of a phone, read again from what was sealed."""
    messages: list[Any] = []
    for record in server.here.log(f"P-{number}"):
        messages += message_pieces.read(record.form, server.here.unseal(record))
    return messages


class ReceiptCounts:
    """How much was kept and refused since it was made."""

    def __init__(self, server: ServedListener) -> None:
        self._server, self._before = server, server.pilots.counts.copy()

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._server.pilots.counts - self._before)


def test_what_a_phone_sends_after_the_end_of_the_order_is_nobodys(tmp_path: Path) -> None:
    with receiving.place(tmp_path, 5) as here:
        serving.enrol_phones(here)
        receiving.end_order(here, "ALM-1", to_datetime((TST + 1) * US))
        with serving.serve_listener(here) as server:
            for number in range(3):
                at = fields(timestamp=TST + number)
                assert ask(server, "GET", f"/pilot/osmand?{at}", None).status == 200
        assert (len(here.log("P-1")), len(here.log("D-1"))) == (1, 2)


# --- Traccar Client and OsmAnd ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        # Up to version 8: POST with everything in the URL, accuracy 0 where a satellite gave it.
        ("POST", fields(speed=0.0, bearing=0.0, altitude=35.0, accuracy=0.0), b"", {}),
        # Version 10: a form.
        ("POST", "", fields(timestamp=TST + 1, accuracy=12.5, charge="true").encode(), FORM),
        # A heartbeat of version 10.
        ("POST", "", fields(timestamp=TST + 2, lat=None, lon=None, charge="false").encode(), FORM),
        # Version 9: JSON.
        ("POST", "", json.dumps(client9(3)).encode(), JSON),
        ("POST", "", json.dumps([client9(4), client9(5)]).encode(), JSON),
        # GET, as OsmAnd and others do.
        ("GET", fields(timestamp=TST + 6), None, {}),
        ("GET", fields(timestamp=(TST + 7) * 1000, deviceid="48241179", id=None), None, {}),
    ],
)
def test_a_traccar_client_of_any_age_is_taken(
    server: ServedListener, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> None:
    watch, before = ReceiptCounts(server), len(read_messages(server, 1))
    answer = ask(server, method, f"/pilot/osmand?{path}", body, **headers)
    assert (answer.status, answer.body) == (200, b"")
    messages = read_messages(server, 1)[before:]
    assert messages
    assert all(
        message.kind in (AppMessageKind.FIX, AppMessageKind.HEARTBEAT) and message.unsigned
        for message in messages
    )
    assert watch.counts["kept"] == len(messages)
    again = ask(server, method, f"/pilot/osmand?{path}", body, **headers)
    assert again.status == 200
    assert len(read_messages(server, 1)) == before + len(messages)


def test_units_are_those_of_the_enrolled_device(server: ServedListener) -> None:
    query = fields(id="osmand-app", speed=2.0, hdop=7.5, timestamp=TST * 1000)
    assert ask(server, "GET", f"/pilot/osmand?{query}").status == 200
    [message] = read_messages(server, 4)
    assert (message.fix.speed_mps, message.fix.accuracy_m) == (2.0, 7.5)


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("GET", fields(timestamp=None), None, "no_time"),
        ("GET", fields(lat=99), None, "out_of_range"),
        ("GET", fields(timestamp="2026-01-05 22:00:00"), None, "no_offset"),
        ("GET", fields(mock="true"), None, "made_up"),
        ("GET", fields(cell="x" * app_limits.FIELDS_BYTES_MAX), None, "too_large"),
        ("POST", "", json.dumps(client9(0) | {"location": 5}).encode(), "damaged"),
    ],
)
def test_a_bad_record_is_kept_beside_and_answered_like_a_good_one(
    server: ServedListener, method: str, path: str, body: bytes | None, reason: str
) -> None:
    watch = ReceiptCounts(server)
    answer = ask(server, method, f"/pilot/osmand?{path}", body)
    assert answer.status == 200
    assert watch.counts == {reason: 1}
    assert ("D-1", reason) in [one[:2] for one in server.here.list_refusals()]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (fields(id="nobody"), b"", 400),
        ("", json.dumps(client9() | {"device_id": "x"}).encode(), 404),
        (fields(id=None), b"", 400),
    ],
)
def test_only_what_is_not_enrolled_is_turned_away(
    server: ServedListener, path: str, body: bytes, status: int
) -> None:
    watch = ReceiptCounts(server)
    assert ask(server, "POST", f"/pilot/osmand?{path}", body).status == status
    assert watch.counts == {"not_enrolled": 1}


def test_nothing_at_all_is_answered_and_not_kept(server: ServedListener) -> None:
    watch = ReceiptCounts(server)
    assert ask(server, "GET", "/pilot/osmand").status == 200
    assert ask(server, "POST", "/pilot/owntracks", b"", **basic("jane")).status == 403
    assert ask(server, "POST", "/pilot/owntracks", b"", **jane()).body == b"[]"
    assert "kept" not in watch.counts


# --- OwnTracks -------------------------------------------------------------------------------


def jane(login: str = "jane", **more: str) -> dict[str, str]:
    return {"X_Limit_U": login, "X_Limit_D": "phone", **JSON, **basic(login)} | more


def owntracks(server: ServedListener, message: object, **headers: str) -> Answer:
    return ask(server, "POST", "/pilot/owntracks", json.dumps(message).encode(), **headers)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (location(), AppMessageKind.FIX),
        (location(t="p", tst=TST + 1), AppMessageKind.HEARTBEAT),
        ({"_type": "transition", "event": "leave", "desc": "Home", "tst": TST + 2, "acc": 2},
         AppMessageKind.EVENT),
        ({"_type": "status", "android": {"wifi": 1, "loc": 0}}, AppMessageKind.EVENT),
        ({"_type": "lwt", "tst": TST}, AppMessageKind.EVENT),
        ([location(tst=TST + 3), location(tst=TST + 4)], AppMessageKind.FIX),
    ],
)  # fmt: skip
def test_owntracks_is_answered_with_an_empty_list(
    server: ServedListener, message: object, kind: AppMessageKind
) -> None:
    before = len(read_messages(server, 2))
    answer = owntracks(server, message, **jane())
    assert (answer.status, answer.body) == (200, b"[]")
    assert answer.headers["content-type"] == "application/json"
    assert {one.kind for one in read_messages(server, 2)[before:]} == {kind}


def test_waypoints_and_cards_are_answered_and_not_kept(server: ServedListener) -> None:
    before = len(read_messages(server, 2))
    for message in ({"_type": "waypoint", "desc": "Home", "lat": 1, "lon": 2}, {"_type": "card"}):
        assert owntracks(server, message, **jane()).body == b"[]"
    assert len(read_messages(server, 2)) == before


@pytest.mark.parametrize(
    "headers",
    [{}, basic("jane", "wrong"), basic("secret"), basic(""), {"Authorization": "Basic !!!"},
     {"Authorization": "Bearer x"}],
)  # fmt: skip
def test_without_its_password_nobody_speaks_for_a_phone(
    server: ServedListener, headers: dict[str, str]
) -> None:
    who = {"X_Limit_U": "jane", "X_Limit_D": "phone"}
    assert owntracks(server, location(), **who, **headers).status == 403


def test_who_it_is_may_stand_in_the_address(server: ServedListener) -> None:
    before = len(read_messages(server, 2))
    body = json.dumps(location(tst=TST + 20)).encode()
    answer = ask(server, "POST", "/pilot/owntracks?u=jane&d=phone", body, **basic("jane"))
    assert answer.status == 200
    assert len(read_messages(server, 2)) == before + 1


def hidden(message: object) -> dict[str, str]:
    data = SodiumSecretBox(PASSPHRASE).encrypt(json.dumps(message).encode())
    return {"_type": "encrypted", "data": base64.b64encode(data).decode()}


def test_a_secret_message_is_opened_and_the_answer_is_secret_too(server: ServedListener) -> None:
    tell(server, "D-3", FixBurst(15_000, NOW_US + 600 * US), "hidden")
    answer = owntracks(server, hidden(location()), **jane("secret"))
    reply = json.loads(answer.body)
    assert reply["_type"] == "encrypted"
    plain = SodiumSecretBox(PASSPHRASE).decrypt(base64.b64decode(reply["data"]))
    assert json.loads(plain or b"") == [{"_type": "cmd", "action": "reportLocation"}]
    assert owntracks(server, hidden(location(tst=TST + 1)), **jane("secret")).body == b"[]"
    assert [one.kind for one in read_messages(server, 3)] == [
        AppMessageKind.FIX,
        AppMessageKind.FIX,
    ]
    watch = ReceiptCounts(server)
    assert owntracks(server, location(), **jane("secret")).status == 200
    assert watch.counts == {"not_encrypted": 1}


def tell(server: ServedListener, device: str, what: Down, key: str) -> None:
    here = server.here
    means = here.house.means

    def change(work: WriteTransaction) -> None:
        device_commands.tell(
            work, means.keyring, means.salts, DeviceCommand(key, device, what, None), 0
        )

    here.store.write(change)


def test_a_phone_is_asked_for_what_its_app_can_do_and_once(server: ServedListener) -> None:
    tell(server, "D-2", Configuration(300_000, 600_000, 60), "set")
    tell(server, "D-2", PersonMessage("Hello.", "en"), "words")
    tell(server, "D-2", FixBurst(15_000, NOW_US - 1), "past")
    [command] = json.loads(owntracks(server, location(tst=TST + 30), **jane()).body)
    assert command["configuration"]["locatorInterval"] == 300
    assert owntracks(server, location(tst=TST + 31), **jane()).body == b"[]"
    with server.here.store.read() as reading:
        sent = [reading.send_status(device_commands.KIND, key) for key in ("set", "words", "past")]
    assert [(one and one.said) for one in sent] == ["told", "cannot", "past"]


def test_a_copy_of_what_a_phone_sent_fetches_nothing(server: ServedListener) -> None:
    owntracks(server, location(tst=TST + 40), **jane())
    tell(server, "D-2", FixBurst(15_000, NOW_US + 600 * US), "once")
    assert owntracks(server, location(tst=TST + 40), **jane()).body == b"[]"
    [command] = json.loads(owntracks(server, location(tst=TST + 41), **jane()).body)
    assert command["action"] == "reportLocation"


# --- Forwarded by a Traccar server -----------------------------------------------------------


def test_what_a_server_forwards_is_kept_for_each_of_its_devices(server: ServedListener) -> None:
    watch = ReceiptCounts(server)
    positions = [traccar_message(), traccar_message(1), traccar_message(2, "not-ours")]
    answer = ask(server, "POST", "/pilot/traccar", json.dumps(positions).encode(), **JSON)
    assert answer.status == 200
    assert watch.counts == {"kept": 2, "not_enrolled": 1}
    assert [one.kind for one in read_messages(server, 5)] == [
        AppMessageKind.FIX,
        AppMessageKind.FIX,
    ]


def test_devices_that_are_not_enrolled_hold_up_no_server_that_forwards(tmp_path: Path) -> None:
    """It gives up on all of its devices when too many messages wait."""
    limits = ListenerLimits(strange=RateLimit(burst=2, per_s=0.001))
    with serving.place(tmp_path, limits) as server:
        unknown = json.dumps(traccar_message(0, "not-ours")).encode()
        for _ in range(4):
            assert ask(server, "POST", "/pilot/traccar", unknown, **JSON).status == 200
        both = json.dumps([traccar_message(0, "not-ours"), traccar_message(1)]).encode()
        assert ask(server, "POST", "/pilot/traccar", both, **JSON).status == 200
        damaged = json.dumps([{}, client9(5)]).encode()
        assert ask(server, "POST", "/pilot/osmand", damaged).status == 200
        assert [len(read_messages(server, number)) for number in (1, 5)] == [1, 1]


# --- Bounds, and who it was --------------------------------------------------------------------


def test_a_body_that_is_too_large_does_not_stop_the_phone(server: ServedListener) -> None:
    for path, headers in (("/pilot/owntracks", jane()), ("/pilot/traccar", JSON)):
        body = b"[" + b" " * app_limits.BODY_BYTES_MAX + b"]"
        assert ask(server, "POST", path, body, **headers).status in (200, 403)


def test_a_clock_that_is_1024_weeks_behind_is_whose_it_was(server: ServedListener) -> None:
    behind = TST + 50 - 7_168 * 86_400
    assert ask(server, "GET", f"/pilot/osmand?{fields(timestamp=behind)}").status == 200
    with server.here.store.read() as reading:
        times_us = [one.share.first_us for one in reading.messages("P-1", NOW_US - 60 * US, NOW_US)]
        health = device_state.unpack(reading.standings(["D-1"])["D-1"]).health
    assert (TST + 50) * US in times_us
    assert health.fix_us == (TST + 50) * US


def test_a_phone_that_was_enrolled_otherwise_is_known_anew(tmp_path: Path) -> None:
    with serving.place(tmp_path) as server:
        assert ask(server, "GET", f"/pilot/osmand?{fields(speed=1)}").status == 200
        here = server.here

        def change(work: WriteTransaction) -> None:
            rows = Register(work, here.keyring, receiving.salts(), to_datetime(NOW_US))
            row = rows.need(PILOT, "D-1")
            values = {one: getattr(row.value, one) for one in row.value.__struct_fields__}
            rows.change(row, type(row.value)(**values | {"speed_unit": "MPS"}))

        here.store.write(change)
        query = fields(speed=1, timestamp=TST + 1)
        assert ask(server, "GET", f"/pilot/osmand?{query}").status == 200
        speeds = [one.fix.speed_mps for one in read_messages(server, 1)]
        assert speeds == [pytest.approx(1852 / 3600), 1.0]
        here.store.write(lambda work: work.drop(PILOT.name, "D-1"))
        assert ask(server, "GET", f"/pilot/osmand?{fields(timestamp=TST + 2)}").status == 400


def test_a_phone_of_somebody_erased_is_answered_and_nothing_is_kept(tmp_path: Path) -> None:
    with serving.place(tmp_path) as server:
        server.here.keyring.forget("P-1", NOW_US)
        assert ask(server, "GET", f"/pilot/osmand?{fields()}").status == 200
        assert dict(server.pilots.counts) == {"erased": 1}
        with server.here.store.read() as reading:
            [quarantined] = reading.quarantine(0, 10)
        assert len(quarantined.refused.body) == 28  # Nothing is sealed in it.


def test_the_audit_log_has_what_came_unsigned(tmp_path: Path) -> None:
    with serving.place(tmp_path) as server:
        ask(server, "GET", f"/pilot/osmand?{fields()}")
        record = receiving.record(server.here)
        assert (record["action"], record["counts"]) == ("receive_unsigned", {"kept": 1})
        assert "48241179" not in json.dumps(record)
        [logged] = server.here.log("P-1")
        assert record["digest"] == hashlib.sha256(logged.digest).hexdigest()
