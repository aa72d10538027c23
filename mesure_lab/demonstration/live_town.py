"""A simulated town that reports live to a service: all its devices, in a process of their own.

What each says goes through the reference client and the real protocol. When the service is away,
its messages wait on the device, as they would.
"""

import secrets
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.machine.signatures import SEED_BYTES
from mesure.service.device.client_state import QueuedMessage
from mesure_lab.demonstration.town_devices import DemoCarrier
from mesure_lab.simulation.towns import TownPerson

THREADS: Final = 6
TURN_S: Final = 0.25
TIMEOUT_S: Final = 20.0
OK: Final = 200


class LiveTownPlan(NamedTuple):
    """What the process of a town needs to know."""

    url: str
    server: bytes  # The installation's public key.
    codes: dict[str, str]  # By device.
    shown: CatchUpClock | None


class ServiceUnavailableError(Exception):
    """The service does not take anything now."""


class Post:
    """One connection to the service; a `Transport`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes:
        """Hand messages over, and return what the installation says to them."""
        body = b"".join(one.message for one in messages)
        return self.send("/device/1", body, "application/cose-seq")

    def send(self, path: str, body: bytes, kind: str) -> bytes:
        """Post something, return the answer; `ServiceUnavailableError` where nothing was taken."""
        try:
            self._connection.request("POST", path, body, {"Content-Type": kind})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise ServiceUnavailableError(type(error).__name__) from None
        if answer.status != OK:
            raise ServiceUnavailableError(
                f"{answer.status} {content.decode(errors='replace').strip()}"
            )
        return content


class LiveTown:
    """All the devices of a town, which report when it is time."""

    def __init__(self, town: Sequence[TownPerson], plan: LiveTownPlan) -> None:
        self._plan = plan
        self.carriers = [
            DemoCarrier(person, plan.codes[f"D-{person.id}"], plan.server, _seed(), clock.now_us)
            for person in town
        ]
        self._posts = threading.local()
        self.messages = 0
        self.away = 0

    def _post(self) -> Post:
        if not hasattr(self._posts, "one"):
            self._posts.one = Post(self._plan.url)
        post: Post = self._posts.one
        return post

    def introduce(self, pool: ThreadPoolExecutor) -> None:
        """Have every device introduce itself."""

        def introduce_carrier(carrier: DemoCarrier) -> None:
            message = carrier.introduction()
            carrier.hear(self._post().send("/device/1/introduce", message, "application/cose"))

        list(pool.map(introduce_carrier, self.carriers))

    def begin(self) -> None:
        """Let every device report from now on: it was handed out."""
        for carrier in self.carriers:
            carrier.skip(clock.now_us())

    def turn(self, pool: ThreadPoolExecutor) -> None:
        """Let every device say what it has to say by now, and hand over what waits."""
        list(pool.map(self._report, self.carriers))

    def _report(self, carrier: DemoCarrier) -> None:
        self.messages += carrier.say()
        if not carrier.waiting:
            return
        try:
            carrier.forward(self._post())
        except ServiceUnavailableError:
            self.away += 1

    def close(self) -> None:
        """Switch every device off."""
        for carrier in self.carriers:
            carrier.close()

    @property
    def said_fixes(self) -> int:
        """Return how many fixes the devices have reported."""
        return sum(carrier.said_fixes for carrier in self.carriers)

    @property
    def waiting(self) -> int:
        """Return how many messages nobody has acknowledged yet."""
        return sum(carrier.waiting for carrier in self.carriers)


def _seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def run(town: Sequence[TownPerson], plan: LiveTownPlan, parent: Connection) -> None:
    """Introduce the devices, and say so; then report until the parent says something or is gone.

    The parent first says when they were handed out, and now and then gets how much they said.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Of a whole terminal; the parent tells us.
    if plan.shown is not None:
        clock.catch_up(plan.shown)
    stop = threading.Event()
    with ThreadPoolExecutor(THREADS) as pool:
        live = LiveTown(town, plan)
        live.introduce(pool)
        parent.send(None)
        parent.recv()
        live.begin()
        while not stop.is_set():
            live.turn(pool)
            try:
                parent.send((live.said_fixes, live.messages, live.waiting))
                if parent.poll(TURN_S):
                    stop.set()
            except (EOFError, OSError):
                stop.set()
        live.close()
