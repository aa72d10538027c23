"""Devices talk to a real server over HTTP, as the protocol's page says."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import CODE, EnrolmentCodeRecord
from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.receiving.receive_messages import TransferReply
from mesure.actions.records.record_types import Register
from mesure.actions.records.tokens import hash_secret
from mesure.devices.message import envelope, messages
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, Introduction
from mesure.ingest.http_listener import ListenerLimits
from mesure.instants import to_datetime
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import Device
from tests.actions import receiving
from tests.actions.receiving import SERVER, join_messages, key, read_downlinks, seal_message
from tests.devices.times import SENT_US
from tests.ingest import serving
from tests.ingest.serving import ServedListener

BEAT = Heartbeat(87)
SEQ = "application/cose-seq"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServedListener]:
    with serving.place(tmp_path) as served:
        yield served


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.body, self.headers = response.status, response.read(), response.headers
        self.text = self.body.decode("utf-8", "replace")


def ask(
    server: ServedListener, method: str, path: str, body: bytes | None = None, **headers: str
) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request(method, path, body, named)
        return Answer(connection.getresponse())


def post(server: ServedListener, data: bytes) -> Answer:
    return ask(server, "POST", "/device/1", data, Content_Type=SEQ)


# --- Transfers -------------------------------------------------------------------------------


def test_a_transfer_is_answered_with_what_is_kept(server: ServedListener) -> None:
    answer = post(server, join_messages([seal_message(BEAT, counter) for counter in (2, 3)]))
    assert (answer.status, answer.headers["content-type"]) == (200, SEQ)
    [receipt] = read_downlinks(TransferReply({"D-1": answer.body}))
    assert receipt.what == Receipt(((2, 3),), ())
    assert [one.counter for one in server.here.log("P-1")] == [2, 3]


def test_a_connection_is_kept_for_the_next_transfer(server: ServedListener) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        for counter in (2, 3, 4):
            headers = {"Content-Type": SEQ}
            connection.request("POST", "/device/1", seal_message(BEAT, counter), headers)
            assert connection.getresponse().read()


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (seal_message(BEAT, number=9), 403, "enrolled"),
        (seal_message(BEAT)[:-1], 400, "no message"),
        (b"", 400, "no message"),
        (bytes(envelope.TRANSFER_BYTES_MAX + 1), 413, "at most 262144"),
    ],
)
def test_what_nobody_signed_is_answered_in_a_sentence(
    server: ServedListener, data: bytes, status: int, sentence: str
) -> None:
    answer = post(server, data)
    assert answer.status == status
    assert sentence in answer.text
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/device/1", 405),
        ("PUT", "/device/1", 405),
        ("POST", "/device/1/key", 405),
        ("POST", "/device/2", 404),
        ("GET", "/pilot/owntracks", 405),
        ("HEAD", "/pilot/osmand", 405),
        ("POST", "/pilot/", 404),
    ],
)
def test_other_addresses_and_methods_are_answered(
    server: ServedListener, method: str, path: str, status: int
) -> None:
    answer = ask(server, method, path, None)
    assert answer.status == status
    if status == 405:
        assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST"}


def test_another_type_is_told_the_right_one(server: ServedListener) -> None:
    for path, right in (("/device/1", SEQ), ("/device/1/introduce", "application/cose")):
        answer = ask(server, "POST", path, b"x", Content_Type="application/json")
        assert (answer.status, right in answer.text) == (415, True)


def test_where_the_store_is_away_a_device_is_told_to_come_again(server: ServedListener) -> None:
    server.here.store.close()
    answer = post(server, seal_message(BEAT))
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    phone = ask(server, "POST", "/pilot/osmand?id=nobody&lat=1&lon=2&timestamp=1750000000")
    assert phone.status == 503


# --- Limits ----------------------------------------------------------------------------------

FEW = ListenerLimits(
    device=RateLimit(burst=4, per_s=0.001),
    address=RateLimit(burst=60, per_s=0.001),
    strange=RateLimit(burst=3, per_s=0.001),
    body_s=0.2,
)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[ServedListener]:
    with serving.place(tmp_path, FEW) as served:
        yield served


def test_a_flood_by_one_device_stops_it_and_nobody_else(strict: ServedListener) -> None:
    statuses = [post(strict, join_messages([seal_message(BEAT, c) for c in (n, n + 1)])).status
                for n in (2, 4, 6)]  # fmt: skip
    assert statuses == [200, 200, 429]
    waiting = post(strict, seal_message(BEAT, 9))
    assert int(waiting.headers["retry-after"]) > 0
    assert post(strict, seal_message(BEAT, 2, number=2)).status == 200


def test_a_flood_that_begins_with_another_devices_key_is_stopped_too(
    strict: ServedListener,
) -> None:
    foreign = bytearray(seal_message(BEAT, number=2))
    foreign[-1] ^= 1
    answers = [post(strict, bytes(foreign) + seal_message(BEAT, c)) for c in range(2, 8)]
    assert [one.status for one in answers] == [200] * 4 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert strict.receiver.counts["too_often"] == 2
    assert [one.counter for one in strict.here.log("P-1")] == [2, 3, 4, 5]
    assert post(strict, seal_message(BEAT, 2, number=2)).status == 200


def test_no_device_fills_the_disk(tmp_path: Path) -> None:
    long = len(seal_message(BEAT))
    limits = ListenerLimits(device_bytes=RateLimit(burst=3 * long, per_s=0.001))
    with serving.place(tmp_path, limits) as served:
        assert [post(served, seal_message(BEAT, c)).status for c in range(2, 7)] == [200] * 3 + [
            429
        ] * 2
        path = "/pilot/osmand?id=48241179&lat=43&lon=76&timestamp=1767632000&x=" + "y" * long
        assert [ask(served, "GET", path).status for _ in range(4)] == [429] * 4
        other = "/pilot/osmand?id=osmand-app&lat=43&lon=76&timestamp=1767632000&x=" + "y" * long
        assert [ask(served, "GET", other).status for _ in range(4)] == [200] * 2 + [429] * 2


def test_nobody_uses_up_what_is_a_devices_by_naming_its_key(strict: ServedListener) -> None:
    forged = bytearray(seal_message(BEAT))
    forged[-1] ^= 1
    assert [post(strict, bytes(forged)).status for _ in range(5)] == [400] * 5
    assert post(strict, seal_message(BEAT)).status == 200


def test_who_is_known_to_nobody_waits_soon_and_nobody_else_behind_its_address(
    strict: ServedListener,
) -> None:
    assert [post(strict, seal_message(BEAT, number=9)).status for _ in range(5)] == [403] * 3 + [
        429
    ] * 2
    assert introduce(strict, introduction("D-99", "x")).status == 429
    nobody, phone = (f"/pilot/osmand?id={name}&lat=43&lon=76&timestamp=1767632000"
                     for name in ("nobody", "48241179"))  # fmt: skip
    assert ask(strict, "GET", nobody).status == 429
    assert ask(strict, "GET", phone).status == 200
    assert post(strict, seal_message(BEAT)).status == 200


def test_an_address_may_ask_so_often(strict: ServedListener) -> None:
    statuses = [ask(strict, "GET", "/device/1/key").status for _ in range(62)]
    assert statuses == [200] * 60 + [429] * 2


def test_who_is_too_slow_is_not_waited_for(strict: ServedListener) -> None:
    head = (
        f"POST /device/1 HTTP/1.1\r\nHost: x\r\nContent-Type: {SEQ}\r\nContent-Length: 10\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", strict.port), 20) as slow:
        slow.sendall(head.encode() + b"abc")
        assert b" 408 " in slow.recv(4_096)
    with socket.create_connection(("127.0.0.1", strict.port), 20) as gone:
        gone.sendall(head.encode() + b"abc")
    assert post(strict, seal_message(BEAT)).status == 200


def test_bodies_that_do_not_end_have_bounds_of_an_address_and_shut_nobody_out(
    tmp_path: Path,
) -> None:
    limits = ListenerLimits(
        reading_of_address=2, reading=3, held_bytes_of_address=50_000, body_s=20.0
    )
    head = f"POST /device/1 HTTP/1.1\r\nHost: x\r\nContent-Type: {SEQ}\r\n"
    head += "Content-Length: 99999\r\n"
    with serving.place(tmp_path, limits) as served, ExitStack() as opened:

        def start_request(host: str, body: bytes = b"a") -> socket.socket:
            there = socket.create_connection(("127.0.0.1", served.port), 20, (host, 0))
            there.sendall(head.encode() + b"\r\n" + body)
            return opened.enter_context(there)

        assert b" 503 " in start_request("127.0.0.2", bytes(70_000)).recv(4_096)
        connections = [start_request("127.0.0.2") for _ in range(2)]
        until(lambda: served.listener._reading == 2)
        assert b" 503 " in start_request("127.0.0.2").recv(4_096)
        assert post(served, seal_message(BEAT)).status == 200
        connections.append(start_request("127.0.0.3"))
        until(lambda: served.listener._reading == 3)
        assert post(served, seal_message(BEAT, 3)).status == 503
        connections.pop().close()
        until(lambda: served.listener._reading == 2)
        assert post(served, seal_message(BEAT, 3)).status == 200


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(1_500):  # Half a minute; on a machine that is not busy it comes at once.
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to be")


def test_a_body_in_chunks_is_bounded_too(server: ServedListener) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        parts = [bytes(65_536)] * 5
        headers = {"Content-Type": SEQ}
        connection.request("POST", "/device/1", iter(parts), headers, encode_chunked=True)
        assert connection.getresponse().status == 413


# --- Introductions ---------------------------------------------------------------------------


def introduction(name: str, code: str, number: int = 7) -> bytes:
    message = UplinkMessage(1, SENT_US, Introduction(name, "phone", key(number).key, code))
    return envelope.seal(messages.encode(message), key(number), envelope.UP)


def give_code(server: ServedListener, name: str, code: str) -> None:
    here = server.here

    def change(work: WriteTransaction) -> None:
        at = to_datetime(here.now_us)
        work.add_device(Device(name, at, "O-1"))
        rows = Register(work, here.keyring, receiving.salts(), at)
        rows.add(
            CODE,
            name,
            EnrolmentCodeRecord(hash_secret(code), to_datetime(here.now_us + 10**9), "O-1"),
        )

    here.store.write(change)


def introduce(server: ServedListener, data: bytes) -> Answer:
    return ask(server, "POST", "/device/1/introduce", data, Content_Type="application/cose")


def test_a_device_introduces_itself_and_reports(server: ServedListener) -> None:
    assert ask(server, "GET", "/device/1/key").text == SERVER.key.hex() + "\n"
    give_code(server, "D-77", "AAAA-BBBB-CCCC-DDDD")
    answer = introduce(server, introduction("D-77", "aaaa bbbb cccc dddd"))
    assert answer.status == 200
    [receipt] = read_downlinks(TransferReply({"D-77": answer.body}), 77, key(7).key)
    assert receipt.what == Receipt(((1, 1),), ())
    after = post(server, seal_message(BEAT, 2, signer=key(7)))
    [second] = read_downlinks(TransferReply({"D-77": after.body}), 77, key(7).key)
    assert second.counter > receipt.counter


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (introduction("D-77", "WRONG"), 403),
        (introduction("D-99", "AAAA-BBBB-CCCC-DDDD"), 403),
        (introduction("D-77", "AAAA-BBBB-CCCC-DDDD", number=1), 409),
        (introduction("D-77", "AAAA-BBBB-CCCC-DDDD")[:-1], 400),
        (seal_message(BEAT), 400),
        (bytes(envelope.MESSAGE_BYTES_MAX + 1), 413),
    ],
)
def test_an_introduction_that_is_not_believed(
    server: ServedListener, data: bytes, status: int
) -> None:
    give_code(server, "D-77", "AAAA-BBBB-CCCC-DDDD")
    answer = introduce(server, data)
    assert (answer.status, answer.text.count("\n")) == (status, 1)
    with server.here.store.read() as reading:
        assert "D-77" not in reading.enrolments()
        assert reading.entry(enrolment_codes.CODE.name, "D-77") is not None


def test_what_is_answered_is_counted_and_names_nobody(server: ServedListener) -> None:
    post(server, seal_message(BEAT))
    ask(server, "GET", "/device/D-0007-of-somebody")
    assert server.listener.answered == {("/device/1", 200): 1, ("-", 404): 1}
