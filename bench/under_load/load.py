"""Send transfers that were signed before to a service, each when it is due or as soon as it can be.

    python -m bench.under_load.load URL FILE [AT] [--path PATH] [--type TYPE]

Nothing is signed, read or believed here, so that this process costs as little as it can; what it
costs is told. FILE has transfers, each behind its connection, its moment and its length; AT is when
to begin, in seconds since 1970. PATH and TYPE are where another system takes messages, and as what.
Prints one JSON object.
"""

import argparse
import asyncio
import json
import resource
import struct
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import uvloop

from mesure.instants import US_PER_S
from mesure.machine import clock

HEAD: Final = struct.Struct("<IdI")  # Line, seconds after the start, bytes.
OK: Final = 200
AGAIN_S: Final = 0.05  # After which what was answered "later" is sent again.


class Sent(NamedTuple):
    """A transfer that is to be sent: by which line, when, and its bytes."""

    line: int
    at_s: float
    body: bytes


class Door(NamedTuple):
    """What a service takes transfers at, and as what."""

    path: str = "/device/1"
    content_type: str = "application/cose-seq"


DEVICES: Final = Door()


def write(path: Path, transfers: Sequence[Sent]) -> None:
    """Write transfers into a file for another process."""
    with path.open("wb") as file:
        for transfer in transfers:
            file.write(HEAD.pack(transfer.line, transfer.at_s, len(transfer.body)) + transfer.body)


def read(path: Path) -> Iterator[Sent]:
    """Yield the transfers in a file."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        line, at_s, size = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield Sent(line, at_s, data[at : at + size])
        at += size


class LoadConnection:
    """One connection that sends its transfers one after the other, each when it is due."""

    def __init__(
        self,
        address: tuple[str, int],
        transfers: "deque[Sent]",
        begun_s: float,
        door: Door = DEVICES,
    ) -> None:
        self._address, self._transfers, self._begun_s = address, transfers, begun_s
        host = f"{address[0]}:{address[1]}"
        self._head = (
            f"POST {door.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {door.content_type}\r\n"
        ).encode()
        self.took_s: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.late_s = 0.0

    async def run(self) -> None:
        """Send everything; what is answered "later", or not at all, is sent again."""
        reader, writer = await asyncio.open_connection(*self._address)
        now_s = asyncio.get_running_loop().time
        while self._transfers:
            transfer = self._transfers[0]
            wait_s = self._begun_s + transfer.at_s - now_s()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self.late_s = max(self.late_s, -wait_s)
            sent_s = now_s()
            head = self._head + b"Content-Length: %d\r\n\r\n" % len(transfer.body)
            writer.write(head + transfer.body)
            try:
                status = await _answer(reader)
            except (ConnectionError, asyncio.IncompleteReadError):
                # A proxy lets go of a connection that is quiet for a minute.
                writer.close()
                await asyncio.sleep(AGAIN_S)
                reader, writer = await asyncio.open_connection(*self._address)
                continue
            self.statuses[status] += 1
            if status == OK:
                self._transfers.popleft()
                self.took_s.append(now_s() - sent_s)
            else:
                await asyncio.sleep(AGAIN_S)
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    """Return the status of an answer whose length is told; its body is passed over."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    await reader.readexactly(length)
    return int(head[9:12])


async def _run(
    address: tuple[str, int], transfers: Iterator[Sent], begun_at: float, door: Door
) -> dict[str, object]:
    lines: dict[int, deque[Sent]] = {}
    for transfer in transfers:
        lines.setdefault(transfer.line, deque()).append(transfer)
    count = sum(map(len, lines.values()))
    begun_s = asyncio.get_running_loop().time() + begun_at - clock.now_us() / US_PER_S
    running = [LoadConnection(address, waiting, begun_s, door) for waiting in lines.values()]
    await asyncio.gather(*(line.run() for line in running))
    ended_s = asyncio.get_running_loop().time()
    took_s = sorted(took for line in running for took in line.took_s)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "transfers": count,
        "begun_at": begun_at,
        "seconds": ended_s - begun_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "p50_s": took_s[len(took_s) // 2],
        "p95_s": took_s[len(took_s) * 95 // 100],
        "late_s": max(line.late_s for line in running),
        "statuses": dict(sum((line.statuses for line in running), Counter[int]())),
    }


def main() -> None:
    """Send everything and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.under_load.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("at", type=float, nargs="?", default=clock.now_us() / US_PER_S)
    parser.add_argument("--path", default=DEVICES.path)
    parser.add_argument("--type", default=DEVICES.content_type)
    options = parser.parse_args()
    parts = urlsplit(options.url)
    assert parts.hostname is not None
    assert parts.port is not None
    address = (parts.hostname, parts.port)
    door = Door(options.path, options.type)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_run(address, read(options.file), options.at, door))))


if __name__ == "__main__":
    main()
