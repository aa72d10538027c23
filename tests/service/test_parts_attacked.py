"""Attacks on a service that runs: it stays small, and everybody else is answered meanwhile."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from mesure.web.signed_in import SECURE_NAME
from tests.house import ROOT
from tests.service import attacking
from tests.service.attacking import ATTACKER, SECONDS, AttackedService, attackable, pour
from tests.service.served import ServiceProcess

PAGES = ("/healthz", "/sign-in", "/device/1/key")
CHUNKED = b"POST /device/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
BEHIND = b"Content-Type: application/cose-seq\r\n\r\n1\r\nx\r\n0\r\n"


@pytest.fixture(scope="module")
def service_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with attackable(tmp_path_factory.mktemp("attacked") / "data") as service:
        yield service


@pytest.fixture(scope="module")
def target(service_process: ServiceProcess) -> AttackedService:
    return AttackedService(service_process.url, service_process.process.pid)


@pytest.fixture(scope="module")
def cookie(service_process: ServiceProcess) -> str:
    return attacking.sign_in(service_process.url, service_process.link)


def test_fields_behind_bodies_fill_no_memory(target: AttackedService) -> None:
    """Sixty megabytes of them took two gigabytes."""

    async def attack(target: AttackedService) -> None:
        async def send_fields() -> None:
            stream = await target.connect()
            stream[1].write(CHUNKED + BEHIND)
            await pour(stream, b"x: y\r\n" * 10_000, 15_000_000)

        await asyncio.gather(*(send_fields() for _ in range(4)))

    attacking.check_survival(target, PAGES, attack)


def test_a_cookie_behind_a_body_opens_nothing(service_process: ServiceProcess, cookie: str) -> None:
    async def read_status(head: bytes, behind: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(service_process.url[-5:]))
        chunked = b"\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        writer.write(b"GET /account HTTP/1.1" + chunked + head + b"\r\n0\r\n" + behind + b"\r\n")
        line = await reader.readline()
        writer.close()
        return line

    field = b"Cookie: " + cookie.encode() + b"\r\n"
    assert b"200" in asyncio.run(read_status(field, b""))
    assert b"303" in asyncio.run(read_status(b"", field))


def test_connections_that_are_held_shut_nobody_out(target: AttackedService) -> None:
    """Silent, answered early, or reading nothing: 249 bytes a second were enough for it."""
    early = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n"
    page = httpx.get(f"{target.url}/sign-in").text
    sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert sheet.startswith("/static/")
    unread = f"GET {sheet} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 10
    reading = CHUNKED + b"Content-Type: application/cose-seq\r\n\r\n"

    async def attack(target: AttackedService) -> None:
        async def hold_connection(number: int) -> None:
            with suppress(ConnectionError):
                _, writer = await target.connect()
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                writer.write((b"", early, unread, reading)[number % 4])
                end_s = time.monotonic() + SECONDS
                while time.monotonic() < end_s and not writer.is_closing():
                    await asyncio.sleep(1)
                    if number % 4 == 1:
                        writer.write(b"z")
                writer.transport.abort()

        await asyncio.gather(*(hold_connection(number) for number in range(1_200)))

    attacking.check_survival(target, PAGES, attack)


def test_bodies_that_never_end_fill_no_memory(target: AttackedService, cookie: str) -> None:
    """Forty of them, by one account: 800 megabytes."""
    head = (
        b"POST /portal/notices HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\nCookie: " + cookie.encode() + b"\r\n\r\n"
    )

    async def attack(target: AttackedService) -> None:
        async def send_body() -> None:
            stream = await target.connect()
            stream[1].write(head)
            await pour(stream, bytes(1 << 18), 19_000_000)

        await asyncio.gather(*(send_body() for _ in range(40)))

    attacking.check_survival(target, PAGES, attack)


def test_transfers_that_never_end_fill_no_memory_and_no_places(target: AttackedService) -> None:
    head = (
        b"POST /device/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 262144\r\n"
        b"Content-Type: application/cose-seq\r\n\r\n"
    )

    async def attack(target: AttackedService) -> None:
        async def send_transfer() -> None:
            stream = await target.connect()
            stream[1].write(head)
            await pour(stream, bytes(1 << 16), 200_000)

        await asyncio.gather(*(send_transfer() for _ in range(500)), return_exceptions=True)

    attacking.check_survival(target, PAGES, attack)


def test_a_thousand_questions_before_signing_in_fill_no_door(target: AttackedService) -> None:
    question = b"POST /sign-in/passkey/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"

    async def attack(target: AttackedService) -> None:
        async def ask_repeatedly(number: int) -> None:
            host = f"127.0.1.{number}"
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                reader, writer = await target.connect(host)
                for _ in range(10):
                    writer.write(question)
                    await reader.readuntil(b"\r\n\r\n")
                writer.transport.abort()

        await asyncio.gather(*(ask_repeatedly(number) for number in range(1, 121)))

    attacking.check_survival(target, PAGES, attack)
    way = httpx.HTTPTransport(local_address=ATTACKER)
    with httpx.Client(transport=way, base_url=target.url) as client:
        answer = client.post("/sign-in/passkey/ask")
        assert (answer.status_code, "challenge" in answer.text) == (200, True)


@contextmanager
def with_bundles(folder: Path) -> Iterator[tuple[AttackedService, list[dict[str, str]]]]:
    """Have an office in which a bundle has sixty megabytes, and those who may ask for it."""
    command = [sys.executable, "-m", "tests.service.attacked_office", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        announcement = json.loads(process.stdout.readline())
        yield (
            AttackedService(f"http://127.0.0.1:{announcement['port']}", process.pid),
            announcement["asked"],
        )
    finally:
        process.communicate(timeout=30)


def test_bundles_that_all_ask_for_at_once_fill_no_memory(tmp_path: Path) -> None:
    """Made whole and in memory for each caller, a dozen took three gigabytes."""
    statuses: list[bytes] = []

    with with_bundles(tmp_path) as (target, requests):

        async def attack(target: AttackedService) -> None:
            async def fetch_bundle(number: int) -> None:
                await asyncio.sleep(number / 100)
                who = requests[number % len(requests)]
                form = b"purpose=court&case_number=ALM-1"
                head = (
                    f"POST {who['path']} HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n"
                    f"Cookie: {SECURE_NAME}={who['session']}\r\nX-CSRF-Token: {who['csrf']}\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\n"
                    f"Content-Length: {len(form)}\r\n\r\n"
                )
                reader, writer = await target.connect()
                writer.write(head.encode() + form)
                try:
                    statuses.append((await reader.readline()).split()[1])
                    await asyncio.sleep(SECONDS)  # Nothing more of it is read.
                except (ConnectionError, IndexError):
                    statuses.append(b"nothing")
                finally:
                    writer.transport.abort()

            await asyncio.gather(*(fetch_bundle(number) for number in range(12)))

        attacking.check_survival(target, ("/healthz", "/sign-in"), attack)
    assert statuses.count(b"200") in {2, 3}  # The third when one of the first two was made.
    assert statuses.count(b"409") == len(statuses) - statuses.count(b"200")
