"""`mesure device ...`: the reference client, as far as it works without a server.

What it sends goes into a folder, as one signed file a message; what reads them verifies each.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from mesure.compliance.policy import DeviceClass
from mesure.devices import keys
from mesure.devices.batch import FIXES_PER_BATCH_MAX
from mesure.devices.clocks import Limits
from mesure.devices.uplink import CODE_CHARS_MAX, DEVICE_CHARS_MAX, Heartbeat
from mesure.runtime import (
    clock,
    device_client,
    device_folder,
    device_reading,
    device_state,
    device_track,
    loading,
    writing,
)
from mesure.runtime.device_client import Client, Forwarded
from mesure.runtime.device_folder import Folder
from mesure.runtime.replay import read_policy
from mesure.runtime.signatures import SEED_BYTES

FIXES_PER_MESSAGE: Final = 60
SPEED_MAX: Final = 1_000_000.0
US_PER_S: Final = 1_000_000

app = typer.Typer(
    no_args_is_help=True,
    help="The reference client of the device protocol: enrol, send, replay, and read back.",
    epilog="Example: mesure device enrol --out device --name D-0007",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Rendering(StrEnum):
    """How what was read is written."""

    TEXT = "text"
    JSON = "json"


StateFolder = Annotated[Path, typer.Option("--state", help="The folder that enrol made.")]
OutFolder = Annotated[Path, typer.Option("--out", help="The folder that takes the messages.")]


@app.command(epilog="Example: mesure device enrol --out device --name D-0007")
def enrol(
    out: Annotated[Path, typer.Option(help="The folder for the device's key and messages.")],
    name: Annotated[str, typer.Option(help="What the programme calls the device.")] = "",
    device_class: Annotated[
        DeviceClass, typer.Option(help="What it is: decides what its accuracy means.")
    ] = DeviceClass.PHONE,
    code: Annotated[str, typer.Option(help="The code that an officer gave out.")] = "",
    server_key: Annotated[
        str, typer.Option(help="The installation's public key, in 64 digits.")
    ] = "",
) -> None:
    """Make a key for a new device, and the message with which it introduces itself."""
    seed = secrets.token_bytes(SEED_BYTES)
    called = name or f"D-{secrets.token_hex(4).upper()}"  # It says nothing of anybody.
    if len(called) > DEVICE_CHARS_MAX or len(code) > CODE_CHARS_MAX:
        raise typer.BadParameter(f"a name or code has at most {DEVICE_CHARS_MAX} characters.")
    introduced = device_client.enrol(
        out, (called, device_class.value, code), _server(server_key), seed, clock.now_us()
    )
    path = out / device_reading.INTRODUCTION
    device_folder.keep({path: introduced})
    writing.show(f"{called} is ready. Hand its introduction to whoever enrols it: {path}\n")


def _server(text: str) -> bytes | None:
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    refusal = keys.refused(key)
    if refusal is not None:
        raise typer.BadParameter(f"this is no key of an installation: {refusal.said}.")
    return key


@app.command(epilog="Example: mesure device send --state device --out messages --battery 87")
def send(
    state: StateFolder,
    out: OutFolder,
    battery: Annotated[
        int | None, typer.Option(min=0, max=100, help="How much is left, in percent.")
    ] = None,
    charging: Annotated[
        bool | None, typer.Option("--charging/--not-charging", help="Whether it is charging.")
    ] = None,
) -> None:
    """Sign a heartbeat and hand over everything that waits."""
    with _client(state) as client:
        beat = Heartbeat(battery, charging, waiting=client.waiting)
        client.say([(beat, clock.now_us())])
        _tell(_forward(client, out))


@app.command("new-key", epilog="Example: mesure device new-key --state device --out messages")
def new_key(state: StateFolder, out: OutFolder) -> None:
    """Change the device's key: the old one signs the new one, which signs what follows."""
    with _client(state) as client:
        client.change_key(secrets.token_bytes(SEED_BYTES), clock.now_us())
        _tell(_forward(client, out))


@app.command(epilog="Example: mesure device replay --fixes track.csv --state device --out messages")
def replay(
    fixes: Annotated[Path, typer.Option(help="A file of fixes.")],
    state: StateFolder,
    out: OutFolder,
    speed: Annotated[
        float,
        typer.Option(min=0.0, max=SPEED_MAX, help="So many times as fast as it was; 0: at once."),
    ] = 0.0,
    per_message: Annotated[
        int, typer.Option(min=1, max=FIXES_PER_BATCH_MAX, help="Fixes in one message, at most.")
    ] = FIXES_PER_MESSAGE,
    trace: Annotated[
        str | None, typer.Option(help="The one trace to send where a file has several.")
    ] = None,
) -> None:
    """Sign a track as the device would have, and hand it over, at a chosen speed."""
    data = loading.named(fixes, "the fixes cannot be read without it")
    track = device_track.read(fixes.name, data, trace)
    if track.left_out:
        typer.echo(f"{track.left_out} rows have no time or place and were left out.", err=True)
    with _client(state) as client:
        total = Forwarded(0, 0, client.waiting, ())
        for group in _groups(track, per_message, speed, time.sleep):
            client.say(group)
            some = _forward(client, out)
            total = Forwarded(total.kept + some.kept, 0, some.waiting, ())
        _tell(total)


def _groups(
    track: device_track.Track, size: int, speed: float, sleep: Callable[[float], None]
) -> Iterator[list[device_track.Sent]]:
    """Yield what is sent together: all at once, or message by message at the pace of the track."""
    sent = track.messages(size)
    if not speed:
        yield list(sent)
        return
    before_us = None
    for one in sent:
        if before_us is not None:
            sleep((one[1] - before_us) / US_PER_S / speed)
        before_us = one[1]
        yield [one]


@app.command(epilog="Example: mesure device read messages --key device/introduction.cose")
def read(
    folder: Annotated[Path, typer.Argument(help="The folder with the messages.")],
    key: Annotated[
        str, typer.Option(help="The device's introduction, or its public key in 64 digits.")
    ],
    form: Annotated[Rendering, typer.Option("--format", help="How to write it.")] = Rendering.TEXT,
    fixes: Annotated[
        Path | None, typer.Option(help="Write the fixes to this file, for mesure replay.")
    ] = None,
) -> None:
    """Verify messages and print what they say; status 1 if any is refused."""
    now = clock.now()
    policy = read_policy(None)[0].at(now.date(), DeviceClass.PHONE)
    limits = Limits(round(policy.future_s * US_PER_S), round(policy.stale_s * US_PER_S))
    reading = device_reading.read(folder, device_reading.who(key), limits)
    if fixes is not None:
        writing.write(fixes, device_reading.to_csv(reading))
    is_json = form is Rendering.JSON
    writing.show(device_reading.to_json(reading) if is_json else device_reading.to_text(reading))
    if reading.refused:
        raise typer.Exit(1)


@contextmanager
def _client(folder: Path) -> Iterator[Client]:
    with device_state.open_(folder) as state:
        yield Client(state, clock.now_us)


def _forward(client: Client, out: Path) -> Forwarded:
    if not out.exists():  # What will stand in it says where somebody was.
        writing.make_folder(out)
        out.chmod(0o700)
    return client.forward(Folder(out))


def _tell(done: Forwarded) -> None:
    writing.show(f"Messages handed over: {done.kept}. Waiting: {done.waiting}.\n")
