"""No connection stays for longer than somebody does their part at its other end."""

import asyncio
import contextlib
import socket
import time
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from mesure.service.http import tls
from tests.service import talking
from tests.service.talking import RunningListener, answer, ends

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LONG = 24 << 20  # More than the kernel holds by itself.
UNREAD = b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
# Pythons differ in what they call it.
REFUSED = f"HTTP/1.1 413 {HTTPStatus(413).phrase} xx".encode()
HELLO = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def answer_unread(scope: Any, receive: Any, send: Any) -> None:
    """Answer without having read a body: a little, or much where that is asked for."""
    body = b"x" * (LONG if scope["path"] == "/long" else 2)
    headers = [(b"content-length", b"%d" % len(body))]
    status = 413 if scope["path"] == "/early" else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return tls.self_signed(tmp_path, "127.0.0.1", NOW)


@pytest.fixture(params=["plain", "tls"])
def pair(request: pytest.FixtureRequest) -> tuple[Path, Path] | None:
    return request.getfixturevalue("certificate") if request.param == "tls" else None


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mesure.service.http.connection_close.LOOKS_MAX", 10)
    for name in ("connection_close.LINGER_S", "connection_close.LOOK_S", "entrance.HANDSHAKE_S"):
        monkeypatch.setattr(f"mesure.service.http.{name}", 0.1)


def test_an_early_answer_ends_the_connection_also_where_more_drips_in(
    pair: tuple[Path, Path] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not by looking whether the answer is read, which ends it later.
    monkeypatch.setattr("mesure.service.http.connection_close.LOOKS_MAX", 1_000_000)

    async def talk(house: RunningListener) -> None:
        for drip in (b"", b"z"):
            stream = await house.connect()
            assert await answer(stream, UNREAD + b"begun") == REFUSED
            assert await ends(stream, drip)
        assert await house.is_left()

    talking.run(answer_unread, talk, pair)


def test_an_early_answer_says_that_it_is_the_last() -> None:
    async def talk(house: RunningListener) -> None:
        reader, writer = await house.connect()
        writer.write(UNREAD)
        assert b"connection: close" in await reader.readuntil(b"\r\n\r\n")

    talking.run(answer_unread, talk)


@pytest.mark.parametrize("request_count", [1, 3])
@pytest.mark.parametrize("is_half_closed", [False, True])
def test_who_reads_nothing_is_let_go(
    request_count: int, is_half_closed: bool, pair: tuple[Path, Path] | None
) -> None:
    async def talk(house: RunningListener) -> None:
        _, writer = stream = await house.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(HELLO.replace(b"/", b"/long", 1) * request_count)
        assert await house.holds(1)
        if is_half_closed and writer.can_write_eof():
            writer.write_eof()
        assert await house.is_left()
        del stream

    talking.run(answer_unread, talk, pair)


def test_who_reads_slowly_gets_everything(pair: tuple[Path, Path] | None) -> None:
    async def talk(house: RunningListener) -> None:
        assert await asyncio.to_thread(slowly_read, house, pair is not None) > LONG

    talking.run(answer_unread, talk, pair)


def slowly_read(house: RunningListener, has_tls: bool) -> int:
    """Ask for much, read it for twice as long as nothing would be waited for, return how much came.

    Not with the event loop, which loses what it has not handed over when the other side ends.
    """
    got = pauses = 0
    with contextlib.ExitStack() as stack:
        link: socket.socket = stack.enter_context(
            socket.create_connection(("127.0.0.1", house.port), timeout=talking.WITHIN_S)
        )
        if has_tls:
            link = stack.enter_context(talking.lenient_context().wrap_socket(link))
        link.sendall(
            HELLO.replace(b"/", b"/long", 1).replace(b"\r\nHost", b"\r\nConnection: close\r\nHost")
        )
        while part := link.recv(1 << 18):
            got += len(part)
            if got >> 20 > pauses:
                pauses += 1
                time.sleep(0.1)
    return got


def test_blank_lines_after_an_answer_keep_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mesure.service.http.http_protocol.HEAD_S_MAX", 0.2)

    async def talk(house: RunningListener) -> None:
        stream = await house.connect()
        assert await answer(stream, HELLO) == b"HTTP/1.1 200 OK xx"
        assert await ends(stream, b"\r\n")

    talking.run(answer_unread, talk)


def test_one_connection_serves_many_requests(pair: tuple[Path, Path] | None) -> None:
    async def talk(house: RunningListener) -> None:
        stream = await house.connect()
        for _ in range(3):
            assert await answer(stream, HELLO) == b"HTTP/1.1 200 OK xx"
            await asyncio.sleep(0.1)
        assert house.count == 1

    talking.run(answer_unread, talk, pair)


def test_a_handshake_that_does_not_come_is_not_waited_for(certificate: tuple[Path, Path]) -> None:
    async def talk(house: RunningListener) -> None:
        for drip in (b"", b"\x16\x03\x01\x02\x00"):
            stream = await house.connect(plain=True)
            stream[1].write(drip)
            assert await ends(stream)
        assert await answer(await house.connect(), HELLO) == b"HTTP/1.1 200 OK xx"

    talking.run(answer_unread, talk, certificate)
