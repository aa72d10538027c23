"""A real server on loopback in front of a real store, and phones that are enrolled in it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvicorn

from mesure.actions.framework.context import VISITOR, Context
from mesure.actions.receiving.receive_apps import UnsignedAppReceiver
from mesure.actions.receiving.receive_messages import Receiver
from mesure.actions.records.app_records import (
    PILOT,
    AppFamily,
    UnsignedApp,
    hash_password,
    lookup_key,
)
from mesure.actions.records.record_types import Register
from mesure.ingest.app_letters import AppMessageIntake
from mesure.ingest.http_listener import HttpListener, ListenerLimits
from mesure.ingest.introduction import IntroductionHandler
from mesure.instants import to_datetime
from mesure.machine.signatures import EnrolledKeyVerifier
from mesure.service.installation.secret_box import SodiumSecretBox
from mesure.store.interface.store import WriteTransaction
from tests.actions import receiving
from tests.actions.receiving import SERVER, Here, salts

PASSWORD = "made-here"
PASSPHRASE = "mysecreTpass01"
PILOTS = (
    UnsignedApp("D-1", "phone", AppFamily.OSMAND, "48241179", ""),
    UnsignedApp(
        "D-2",
        "phone",
        AppFamily.OWNTRACKS,
        "jane/phone",
        "",
        login="jane",
        password_sha256=hash_password(PASSWORD),
    ),
    UnsignedApp(
        "D-3",
        "phone",
        AppFamily.OWNTRACKS,
        "secret/phone",
        "",
        login="secret",
        password_sha256=hash_password(PASSWORD),
        passphrase=PASSPHRASE,
    ),
    UnsignedApp(
        "D-4", "phone", AppFamily.OSMAND, "osmand-app", "", speed_unit="MPS", hdop_is_m=True
    ),
    UnsignedApp("D-5", "phone", AppFamily.TRACCAR, "48241179", ""),
)


@dataclass
class ServedListener:
    """Where it listens, and what it works with."""

    here: Here
    port: int
    listener: HttpListener
    receiver: Receiver
    pilots: UnsignedAppReceiver
    shed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def enrol_phones(here: Here) -> None:
    """Enrol a phone of each kind; each is carried by the person of the same number."""

    def change(work: WriteTransaction) -> None:
        rows = Register(work, here.keyring, salts(), to_datetime(here.now_us))
        for pilot in PILOTS:
            name = lookup_key(here.keyring, pilot.family, pilot.claimed)
            values = {one: getattr(pilot, one) for one in pilot.__struct_fields__}
            rows.add(PILOT, pilot.device, UnsignedApp(**values | {"found_by": name}))

    here.store.write(change)


def listener(
    here: Here, limits: ListenerLimits | None = None
) -> tuple[HttpListener, Receiver, UnsignedAppReceiver]:
    house = here.house
    receiver, pilots = Receiver(house), UnsignedAppReceiver(house)

    def context(address: str) -> Context:
        now = to_datetime(here.now_us)
        return Context(here.store, here.keyring, now, salts(), VISITOR, "R-1", address=address)

    introducing = IntroductionHandler(context, SERVER, EnrolledKeyVerifier())
    letterbox = AppMessageIntake(pilots, SodiumSecretBox)
    return HttpListener(receiver, letterbox, introducing, SERVER.key, limits), receiver, pilots


@contextmanager
def serve_listener(here: Here, limits: ListenerLimits | None = None) -> Iterator[ServedListener]:
    """Serve on loopback by the server that the service uses."""
    app, receiver, pilots = listener(here, limits)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False
            )
        )

        async def run_server() -> None:
            await server.serve([listening])
            await receiver.close()
            await pilots.close()

        thread = threading.Thread(target=lambda: asyncio.run(run_server()))
        listening.listen()  # So that a client before the loop runs waits for it.
        thread.start()
        try:
            yield ServedListener(here, listening.getsockname()[1], app, receiver, pilots)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def place(folder: Path, limits: ListenerLimits | None = None) -> Iterator[ServedListener]:
    with receiving.place(folder, len(PILOTS)) as here:
        enrol_phones(here)
        with serve_listener(here, limits) as server:
            yield server


SOON = timedelta(seconds=1)
