"""The load generator sends what it is given, in turn on each line, and again what was put off."""

import asyncio
from collections import deque
from pathlib import Path

from bench.under_load import load
from bench.under_load.load import DEVICES, Door, LoadConnection, Sent


def test_transfers_are_read_as_they_were_written(tmp_path: Path) -> None:
    transfers = [Sent(0, 0.0, b"first"), Sent(7, 1.25, b""), Sent(0, 2.0, bytes(10_000))]
    load.write(tmp_path / "transfers", transfers)
    assert list(load.read(tmp_path / "transfers")) == transfers


def test_what_is_put_off_is_sent_again_and_each_answer_is_counted() -> None:
    bodies: list[bytes] = []
    heads: list[bytes] = []
    answers = iter(["200 OK", "503 Later", "200 OK"])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for status in answers:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            heads.append(head)
            bodies.append(await reader.readexactly(length))
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
        writer.close()

    async def scene() -> LoadConnection:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            address = server.sockets[0].getsockname()[:2]
            waiting = deque([Sent(0, 0.0, b"one"), Sent(0, 0.0, b"two")])
            line = LoadConnection(address, waiting, asyncio.get_running_loop().time())
            await line.run()
        return line

    line = asyncio.run(scene())
    assert bodies == [b"one", b"two", b"two"]
    assert line.statuses == {200: 2, 503: 1}
    assert len(line.took_s) == 2
    assert all(one.startswith(f"POST {DEVICES.path} HTTP/1.1\r\n".encode()) for one in heads)


def test_another_system_is_sent_to_its_own_door() -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def scene() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            address = server.sockets[0].getsockname()[:2]
            door = Door("/hook/1", "application/json")
            begun_s = asyncio.get_running_loop().time()
            await LoadConnection(address, deque([Sent(0, 0.0, b"{}")]), begun_s, door).run()

    asyncio.run(scene())
    [head] = heads
    assert head.startswith(b"POST /hook/1 HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in head


def test_a_connection_that_is_closed_meanwhile_is_opened_again_and_nothing_is_lost() -> None:
    bodies: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        bodies.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()  # As a proxy closes what is quiet for a while.

    async def scene() -> LoadConnection:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            address = server.sockets[0].getsockname()[:2]
            waiting = deque([Sent(0, 0.0, b"one"), Sent(0, 0.05, b"two"), Sent(0, 0.1, b"three")])
            line = LoadConnection(address, waiting, asyncio.get_running_loop().time())
            await line.run()
        return line

    line = asyncio.run(scene())
    assert bodies == [b"one", b"two", b"three"]
    assert line.statuses == {200: 3}
