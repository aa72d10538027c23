"""A head that never ends, in size or in time, is cut off; every other request is answered."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from mesure.service.http import http_protocol
from tests.service import talking
from tests.service.talking import Stream, answer

Talk = Callable[[Callable[[], Awaitable[Stream]]], Awaitable[None]]

LONG = b"X: " + b"y" * 4_096
WHOLE = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"


async def count_bytes(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Answer with the number of bytes of a body."""
    count, more = 0, True
    while more:
        event = await receive()
        count, more = count + len(event.get("body", b"")), event.get("more_body", False)
    if scope["path"] == "/heads":
        body = b"".join(name + b"=" + value + b";" for name, value in scope["headers"])
    else:
        body = b"%d bytes" % count
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def run(talk: Talk) -> None:
    talking.run(count_bytes, lambda house: talk(house.connect))


@pytest.mark.parametrize(
    "begin", [b"GET /", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: "]
)
def test_a_head_without_end_is_cut_off(begin: bytes) -> None:
    """Also the head of a second request on a connection."""

    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        for before in (b"", WHOLE):
            stream = reader, writer = await connect()
            if before:
                assert await answer(stream, before) == b"HTTP/1.1 200 OK 5 bytes"
            writer.write(begin)
            part = LONG + b"\r\n" if begin.endswith(b"\n") else LONG[3:]
            sent = 0
            while not reader.at_eof() and sent < 64 * http_protocol.HEAD_BYTES_MAX:
                writer.write(part)
                sent += len(part)
                try:
                    await asyncio.wait_for(reader.read(100), 0.002)
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
            assert sent < 8 * http_protocol.HEAD_BYTES_MAX

    run(talk)


def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_S_MAX", 0.05)

    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        for begin in (b"", b"GET / HTTP/1.1\r\nHost"):
            assert await answer(await connect(), begin) == b""

    run(talk)


def test_what_is_whole_is_answered_however_long_its_body_is() -> None:
    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        stream = await connect()
        assert await answer(stream, WHOLE) == b"HTTP/1.1 200 OK 5 bytes"
        long = 8 * http_protocol.HEAD_BYTES_MAX
        begin = WHOLE.replace(b": 5", b": %d" % long)[: -len(b"hello")]
        assert await answer(stream, begin + bytes(long)) == b"HTTP/1.1 200 OK %d bytes" % long
        parts = [WHOLE[:20], WHOLE[20:50], WHOLE[50:]]
        for part in parts[:2]:
            stream[1].write(part)
            await stream[1].drain()
            await asyncio.sleep(0)
        assert await answer(stream, parts[2]) == b"HTTP/1.1 200 OK 5 bytes"
        assert await answer(stream, WHOLE + WHOLE) == b"HTTP/1.1 200 OK 5 bytes"
        assert await answer(stream, b"") == b"HTTP/1.1 200 OK 5 bytes"

    run(talk)


CHUNKED = b"POST /heads HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"


def test_what_stands_behind_a_body_is_no_part_of_the_head() -> None:
    """A cookie there would sign in, and an address there would stand for the proxy's."""

    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        stream = await connect()
        behind = b"Cookie: mesure=stolen\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
        response = await answer(stream, CHUNKED + behind)
        assert response == b"HTTP/1.1 200 OK transfer-encoding=chunked;"
        assert await answer(stream, WHOLE) == b"HTTP/1.1 200 OK 5 bytes"

    run(talk)


@pytest.mark.parametrize("line", [b"X: " + b"y" * 1_000 + b"\r\n", b"X: y\r\n", b"y" * 1_000])
def test_what_stands_behind_a_body_without_end_is_cut_off(line: bytes) -> None:
    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        reader, writer = await connect()
        writer.write(CHUNKED)
        sent, most = 0, 64 * http_protocol.HEAD_BYTES_MAX
        if not line.endswith(b"\n"):
            writer.write(b"X: ")
        while not reader.at_eof() and sent < most:
            writer.write(line)
            sent += len(line)
            try:
                await asyncio.wait_for(reader.read(100), 0.002)
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert sent < most / 8

    run(talk)


def test_a_head_has_bounds_in_fields_and_bytes_also_when_it_comes_at_once() -> None:
    def head(count: int, size: int) -> bytes:
        fields = b"".join(b"x%d: %s\r\n" % (at, b"y" * size) for at in range(count))
        return b"GET / HTTP/1.1\r\n" + fields + b"\r\n"

    async def talk(connect: Callable[[], Awaitable[Stream]]) -> None:
        assert await answer(await connect(), head(100, 10)) == b"HTTP/1.1 200 OK 0 bytes"
        assert await answer(await connect(), head(15, 1_000)) == b"HTTP/1.1 200 OK 0 bytes"
        for many in (head(101, 10), head(17, 1_000), head(1, 17_000), b"x" * 60_000):
            response = await answer(await connect(), many)
            assert response == b"" or response.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
        long = b"GET /" + b"z" * 17_000 + b" HTTP/1.1\r\n\r\n"
        assert not (await answer(await connect(), long)).startswith(b"HTTP/1.1 200")

    run(talk)
