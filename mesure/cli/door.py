"""The door of the command line: every command by its name, and faults turned into sentences."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeAlias

import typer
from typer.core import TyperGroup

from mesure.cli import accounts, audit_commands, basemap, judging, keys, proving, rights, service
from mesure.cli.groups import country_commands, venue_commands, witness_commands
from mesure.formats.columns.file_faults import FixesError
from mesure.machine import garbage
from mesure.machine.file_writing import FileWriteError
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.orders.text.order_faults import OrderError
from mesure.reports.text import visible_text
from mesure.service.device.client_state import DeviceStateError
from mesure.store.values.faults import StoreError
from mesure.version import VERSION

STOPPED: Final = 130  # By Ctrl-C, as shells say it.
PASSING: Final = 75  # EX_TEMPFAIL.
NO_MEMORY: Final = (
    "The files are larger than the memory of this machine; nothing was judged; judge a shorter "
    "time at once, or on a machine with more memory."
)
_DEVICE: Final = "The reference client of the device protocol: enrol, send, replay, and read back."
_Inside: TypeAlias = Any  # Typer keeps the types of its inside to itself.


class _Doors(TyperGroup):
    """The commands; those of the device are loaded only when asked for."""

    def resolve_command(self, ctx: _Inside, args: list[str]) -> _Inside:
        """Return the command that is to run."""
        if args[:1] == ["device"]:
            self.add_command(_device_commands(), "device")
        return super().resolve_command(ctx, args)


def _device_commands() -> _Inside:
    from mesure.service.device import commands as device_commands

    around = typer.Typer(rich_markup_mode=None)
    around.add_typer(device_commands.app, name="device")
    around.callback()(lambda: None)
    return typer.main.get_group(around).commands["device"]


app = typer.Typer(
    name="mesure",
    cls=_Doors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (service, judging, audit_commands, rights, basemap, proving):
    app.registered_commands += group.app.registered_commands
app.add_typer(accounts.app, name="accounts")
app.add_typer(keys.app, name="keys")
app.add_typer(country_commands.app, name="country")
app.add_typer(venue_commands.app, name="venues")
app.add_typer(witness_commands.app, name="witness")


@app.command("device", help=_DEVICE)
def _device() -> None:
    """Stand in the list; what is run is loaded when it is asked for."""


def _version(wanted: bool) -> None:
    if wanted:
        print(VERSION)
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Say, condition by condition, whether a court order was met, and how sure one can be."""


def run() -> NoReturn:
    """Run the command line; bad input becomes sentences and status 2.

    Status 75 (of sysexits.h: try again later) where trying again may be enough: a service manager
    starts a service again after it, and not after 2, where somebody must put something right.
    """
    if sys.stderr is None:  # It was closed. Without it, sentences would go to standard output.
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  It stays open to the end.
    garbage.end_unsearched()
    try:
        app()
    except TransientServiceError as error:
        _say(str(error))
        sys.exit(PASSING)
    except (
        OrderError,
        FixesError,
        FileWriteError,
        DeviceStateError,
        ServiceError,
        StoreError,
    ) as error:
        _say(str(error))
    except MemoryError:
        _say(NO_MEMORY)
    except SystemExit as end:
        if end.code == STOPPED:
            _say("Stopped. No file was left half-written.")
        raise
    sys.exit(2)


def _say(sentences: str) -> None:
    """Say what is wrong; the name of a file may hold signs that would steer the terminal."""
    for line in sentences.split("\n"):
        print(visible_text.visible(line), file=sys.stderr)
