"""Somebody attacks a service on this machine, and somebody else watches how the others fare.

Every attack is bounded in connections, bytes and seconds, and leaves this machine never.
"""

import asyncio
import os
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp

from mesure.machine import clock
from tests.service import served
from tests.service.served import ServiceProcess

ATTACKER = "127.0.0.66"
OTHERS = "127.0.0.9"
SECONDS = 6.0
ATTACK_S_MAX = 60.0
MEMORY_KB_MAX = 300_000  # More than in peace.
MEMORY_KB_WHOLE_MAX = 700_000  # Nothing piles up from attack to attack.
ANSWER_S_MAX = 1.0

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[["AttackedService"], Awaitable[object]]


class AttackedService:
    """A service that is attacked: where it is, and which process."""

    def __init__(self, url: str, process: int) -> None:
        self.url, self.process = url, process
        self.port = urlsplit(url).port or 0

    async def connect(self, host: str = ATTACKER) -> Stream:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(host, 0))

    def forget_peak(self) -> None:
        """Let the peak begin anew from what the process has now."""
        Path(f"/proc/{self.process}/clear_refs").write_text("5")

    @property
    def peak_kb(self) -> int:
        """Return the most memory that the process has had since its peak was forgotten."""
        status = Path(f"/proc/{self.process}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert peak
        return int(peak[1])


@contextmanager
def attackable(folder: Path) -> Iterator[ServiceProcess]:
    """Have a service that runs, whose log is read away: it would wait for a full pipe."""
    process = served.start("serve", "--port", "0", "--data", str(folder))
    assert process.stderr is not None
    log = process.stderr
    thread = threading.Thread(target=lambda: [None for _ in log])
    thread.start()
    try:
        running = ServiceProcess(process)
        assert running.url, running.said
        yield running
    finally:
        process.terminate()
        process.wait(30)
        thread.join()
        log.close()
        assert process.stdout is not None
        process.stdout.close()


class Bystander:
    """Somebody who asks as everybody does, again and again, and notes the longest wait."""

    def __init__(self, url: str, paths: tuple[str, ...]) -> None:
        self._url, self._paths = url, paths
        self.worst_s, self.count = 0.0, 0
        self.faults: list[str] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        end = threading.Event()
        thread = threading.Thread(target=self._watch, args=(end,))
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def _watch(self, end: threading.Event) -> None:
        way = httpx.HTTPTransport(local_address=OTHERS)
        with httpx.Client(transport=way, base_url=self._url, timeout=10.0) as client:
            while not end.wait(0.1):
                for path in self._paths:
                    began_s = time.monotonic()
                    try:
                        status = client.get(path).status_code
                        if status != 200:
                            self.faults.append(f"{path}: {status}")
                    except httpx.HTTPError as error:
                        self.faults.append(f"{path}: {type(error).__name__}")
                    self.worst_s = max(self.worst_s, time.monotonic() - began_s)
                    self.count += 1


def check_survival(target: AttackedService, paths: tuple[str, ...], attack: Attack) -> None:
    """Attack, and check that the others were answered in time and that little memory was taken.

    On a machine that is busy with other things they wait longer even in peace, by as much as there
    is to do for each processor; on one that is not, a second at most. Memory is counted from what
    the process has in peace, which depends on the Python that runs it; and bounded in all.
    """
    queue = _queue()
    peace = Bystander(target.url, paths)
    with peace.watch():
        time.sleep(2)
    target.forget_peak()
    peace_kb = target.peak_kb
    war = Bystander(target.url, paths)
    with war.watch():
        asyncio.run(_bounded(target, attack))
    assert war.faults == []
    assert war.count > 3
    queue = max(queue, _queue())
    bound_s = ANSWER_S_MAX * max(1.0, queue) + 3 * max(0.0, peace.worst_s - ANSWER_S_MAX / 3)
    assert war.worst_s < bound_s, (war.worst_s, peace.worst_s, queue)
    taken_kb = target.peak_kb - peace_kb
    assert taken_kb < MEMORY_KB_MAX, (taken_kb, peace_kb)
    assert target.peak_kb < MEMORY_KB_WHOLE_MAX, (target.peak_kb, peace_kb)


def _queue() -> float:
    """Return how much there is to do on this machine for each of its processors."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


async def _bounded(target: AttackedService, attack: Attack) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(ATTACK_S_MAX):
            await attack(target)


async def pour(stream: Stream, piece: bytes, bytes_max: int) -> None:
    """Send as much as is taken, up to a bound, and stay to the end of the attack."""
    _, writer = stream
    sent = 0
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(SECONDS):
            while sent < bytes_max and not writer.is_closing():
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
            await asyncio.sleep(SECONDS)
    writer.transport.abort()


def sign_in(url: str, link: str) -> str:
    """Set up the first account by its link, sign in, and return the cookie."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30.0) as client:
        page = client.get(link).text
        offered = re.search(r'name="offered" value="([^"]+)"', page)
        assert offered, "the page offers a secret"
        app = pyotp.TOTP(offered[1])
        form = {
            "login": "ann",
            "password": "correct horse battery staple",
            "again": "correct horse battery staple",
            "code": app.at(int(clock.now().timestamp())),
            "offered": offered[1],
        }
        done = client.post(link, data=form)
        assert done.status_code == 200
        entered = {"login": "ann", "password": form["password"]}
        soon = app.at(int(clock.now().timestamp()) + 30)  # Each code counts once.
        came = client.post("/sign-in", data={**entered, "code": soon})
        assert came.status_code == 200
        cookie = client.cookies.get("mesure")
        assert cookie
        return f"mesure={cookie}"
