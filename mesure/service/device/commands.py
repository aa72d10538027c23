"""Commands of the reference client: `mesure device ...`: enrol, send, replay, and read back.

What it sends goes to a server, or into a folder, one signed file a message, which `read` verifies.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from mesure.devices.clocks import ClockLimits
from mesure.devices.message import public_keys
from mesure.devices.message.batch import FIXES_PER_BATCH_MAX
from mesure.devices.message.uplink import CODE_CHARS_MAX, DEVICE_CHARS_MAX, Heartbeat
from mesure.evaluation.policy import DeviceClass
from mesure.instants import US_PER_S
from mesure.machine import clock, file_loading, file_writing
from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import SEED_BYTES
from mesure.record.policy_loading import read_policy
from mesure.service.device import client as device_client
from mesure.service.device import client_state as device_state
from mesure.service.device import message_folder as device_folder
from mesure.service.device import message_reading as device_reading
from mesure.service.device import track as device_track
from mesure.service.device import transport as device_transport
from mesure.service.device.client import DeviceClient, TransferResult, Transport
from mesure.service.device.message_folder import MessageFolder
from mesure.service.device.transport import HttpTransport, RetryLaterError

FIXES_PER_MESSAGE: Final = 60
SPEED_MAX: Final = 1_000_000.0

app = typer.Typer(
    no_args_is_help=True,
    help="The reference client of the device protocol: enrol, send, replay, and read back.",
    epilog="Example: mesure device enrol --out device --name D-0007",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class ReadingFormat(StrEnum):
    """How what was read is written."""

    TEXT = "text"
    JSON = "json"


StateFolder = Annotated[Path, typer.Option("--state", help="The folder that enrol made.")]
OutFolder = Annotated[
    Path | None, typer.Option("--out", help="The folder that takes the messages.")
]
Server = Annotated[
    str, typer.Option("--server", help="The address that takes the messages: https or mqtts.")
]
Certificates = Annotated[
    Path | None, typer.Option("--ca", help="Certificates by which the server is believed.")
]


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
    server: Annotated[
        str, typer.Option(help="The service to introduce it to: its address, https.")
    ] = "",
    ca: Certificates = None,
) -> None:
    """Make a key for a new device, and introduce it, or write its introduction."""
    identity = (name, device_class, code)
    key = _server_key(server_key)
    if not server:
        called = _written_down(out, identity, key)
        path = out / device_reading.INTRODUCTION
        file_writing.show(
            f"{called} is ready. Hand its introduction to whoever enrols it: {path}\n"
        )
        return
    with closing(HttpTransport(server, ca)) as http:
        if not _is_waiting(out):
            _written_down(out, identity, key or http.server_key())
        reply = http.introduce((out / device_reading.INTRODUCTION).read_bytes())
    with _client(out) as client:
        if not client.hear(reply).receipts:
            what, why = "the answer is not signed by the key that was named", "it is not believed"
            raise ServiceError(server, what, why, "check the address and --server-key")
        file_writing.show(f"{client.facts.name} is enrolled.\n")


def _written_down(out: Path, identity: tuple[str, DeviceClass, str], key: bytes | None) -> str:
    """Make a device in a folder, with its introduction; return what it is called."""
    name, device_class, code = identity
    called = name or f"D-{secrets.token_hex(4).upper()}"  # It says nothing of anybody.
    if len(called) > DEVICE_CHARS_MAX or len(code) > CODE_CHARS_MAX:
        raise typer.BadParameter(f"a name or code has at most {DEVICE_CHARS_MAX} characters.")
    seed = secrets.token_bytes(SEED_BYTES)
    introduced = device_client.enrol(
        out, (called, device_class.value, code), key, seed, clock.now_us()
    )
    device_folder.keep({out / device_reading.INTRODUCTION: introduced})
    return called


def _is_waiting(folder: Path) -> bool:
    """Tell whether a device introduced itself and was never answered: it may do so again."""
    if not (folder / device_reading.INTRODUCTION).exists():
        return False
    with _client(folder) as client:
        return (client.facts.counter, client.facts.heard) == (1, 0)


def _server_key(text: str) -> bytes | None:
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    refusal = public_keys.check_public_key(key)
    if refusal is not None:
        raise typer.BadParameter(f"this is no key of an installation: {refusal.said}.")
    return key


@app.command(epilog="Example: mesure device send --state device --out messages --battery 87")
def send(
    state: StateFolder,
    out: OutFolder = None,
    server: Server = "",
    ca: Certificates = None,
    battery: Annotated[
        int | None, typer.Option(min=0, max=100, help="How much is left, in percent.")
    ] = None,
    charging: Annotated[
        bool | None, typer.Option("--charging/--not-charging", help="Whether it is charging.")
    ] = None,
    still_for: Annotated[
        int | None,
        typer.Option(min=0, help="For how many seconds its motion sensor has felt no movement."),
    ] = None,
) -> None:
    """Sign a heartbeat and hand over everything that waits."""
    with _client(state) as client, _way(client, out, server, ca) as way:
        now_us = clock.now_us()
        beat = Heartbeat(
            battery,
            charging,
            waiting=client.waiting,
            still_since_us=None if still_for is None else now_us - still_for * US_PER_S,
        )
        client.say([(beat, now_us)])
        _tell(_forward(client, way))


@app.command("new-key", epilog="Example: mesure device new-key --state device --out messages")
def new_key(
    state: StateFolder, out: OutFolder = None, server: Server = "", ca: Certificates = None
) -> None:
    """Change the device's key: the old one signs the new one, which signs what follows."""
    with _client(state) as client, _way(client, out, server, ca) as way:
        client.change_key(secrets.token_bytes(SEED_BYTES), clock.now_us())
        _tell(_forward(client, way))


@app.command(epilog="Example: mesure device replay --fixes track.csv --state device --out messages")
def replay(
    fixes: Annotated[Path, typer.Option(help="A file of fixes.")],
    state: StateFolder,
    out: OutFolder = None,
    server: Server = "",
    ca: Certificates = None,
    speed: Annotated[
        str, typer.Option(metavar="N|max", help="How many times as fast as it was; max: at once.")
    ] = "max",
    until_now: Annotated[
        bool, typer.Option("--until-now", help="Move its times, so that it ends when this does.")
    ] = False,
    per_message: Annotated[
        int, typer.Option(min=1, max=FIXES_PER_BATCH_MAX, help="Fixes in one message, at most.")
    ] = FIXES_PER_MESSAGE,
    trace: Annotated[
        str | None, typer.Option(help="The one trace to send where a file has several.")
    ] = None,
) -> None:
    """Sign a track as the device would have, and hand it over, at a chosen speed."""
    data = file_loading.read_file(fixes, "the fixes cannot be read without it")
    track = device_track.read(fixes.name, data, trace)
    if track.left_out:
        typer.echo(f"{track.left_out} rows have no time or place and were left out.", err=True)
    pace = _pace(speed)
    if until_now:
        track = track.until(clock.now_us(), pace)
    with _client(state) as client, _way(client, out, server, ca) as way:
        kept_count, aside = 0, 0
        for group in _groups(track, per_message, pace, time.sleep):
            client.say(group)
            with contextlib.suppress(RetryLaterError):  # It waits, and goes with what follows.
                forwarded = client.forward(way)
                kept_count, aside = kept_count + forwarded.kept, aside + forwarded.set_aside
        last = _forward(client, way)
        _tell(
            TransferResult(
                kept_count + last.kept, aside + last.set_aside, last.waiting, last.refused
            )
        )


def _pace(text: str) -> float:
    """Return how many times as fast as it was; 0 is at once."""
    try:
        pace = 0.0 if text == "max" else float(text)
    except ValueError:
        pace = -1.0
    if not 0.0 <= pace <= SPEED_MAX:
        raise typer.BadParameter(f"a speed is max, or a number up to {SPEED_MAX:,.0f}.")
    return pace


def _groups(
    track: device_track.FixSequence, size: int, speed: float, sleep: Callable[[float], None]
) -> Iterator[list[device_track.Sent]]:
    """Yield what is sent together: all at once, or message by message at the pace of the track."""
    sent = track.messages(size)
    if not speed:
        yield list(sent)
        return
    before_us = None
    for item in sent:
        if before_us is not None:
            sleep((item[1] - before_us) / US_PER_S / speed)
        before_us = item[1]
        yield [item]


@app.command(epilog="Example: mesure device read messages --key device/introduction.cose")
def read(
    folder: Annotated[Path, typer.Argument(help="The folder with the messages.")],
    key: Annotated[
        str, typer.Option(help="The device's introduction, or its public key in 64 digits.")
    ],
    form: Annotated[
        ReadingFormat, typer.Option("--format", help="How to write it.")
    ] = ReadingFormat.TEXT,
    fixes: Annotated[
        Path | None, typer.Option(help="Write the fixes to this file, for mesure replay.")
    ] = None,
) -> None:
    """Verify messages and print what they say; status 1 if any is refused."""
    now = clock.now()
    policy = read_policy(None)[0].at(now.date(), DeviceClass.PHONE)
    limits = ClockLimits(round(policy.future_s * US_PER_S), round(policy.stale_s * US_PER_S))
    reading = device_reading.read(folder, device_reading.who(key), limits)
    if fixes is not None:
        file_writing.write(fixes, device_reading.to_csv(reading))
    is_json = form is ReadingFormat.JSON
    file_writing.show(
        device_reading.to_json(reading) if is_json else device_reading.to_text(reading)
    )
    if reading.refused:
        raise typer.Exit(1)


@contextmanager
def _client(folder: Path) -> Iterator[DeviceClient]:
    with device_state.open_(folder) as state:
        yield DeviceClient(state, clock.now_us)


@contextmanager
def _way(
    client: DeviceClient, out: Path | None, server: str, ca: Path | None
) -> Iterator[Transport]:
    """Open the way that messages go: to a server, or into a folder."""
    if bool(server) == (out is not None):
        raise typer.BadParameter("name where the messages go: --server or --out, one of them.")
    if out is None:
        with closing(device_transport.to_server(server, client.facts.name, ca)) as way:
            yield way
        return
    if not out.exists():  # What it will hold says where somebody was.
        file_writing.make_folder(out)
        out.chmod(0o700)
    yield MessageFolder(out)


def _forward(client: DeviceClient, way: Transport) -> TransferResult:
    return device_transport.forward(client, way, time.sleep)


def _tell(done: TransferResult) -> None:
    aside = f" Refused: {done.set_aside}." if done.set_aside else ""
    file_writing.show(f"Messages handed over: {done.kept}. Waiting: {done.waiting}.{aside}\n")
    for refusal in done.refused:
        typer.echo(f"What the device was told is not believed: {refusal.said}.", err=True)
