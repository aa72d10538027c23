"""Commands for accounts, for the operator of the machine: let-in."""

import secrets
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing

app = typer.Typer(
    no_args_is_help=True,
    help="Let somebody in from the machine, when no supervisor can or should.",
    epilog="Example: mesure accounts let-in --data mesure-data",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def accounts() -> None:
    """Stand before the commands, so that one alone is named, too."""


@app.command("let-in", epilog="Example: mesure accounts let-in --data mesure-data")
def let_in_command(
    name: Annotated[
        str | None, typer.Option(help="Name or account; without it, the only supervisor.")
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Print a link for an account; what it had before ends, and the audit log records it."""
    from mesure.service.serve import startup_banner

    with service.open_installation(data, settings) as instance:
        link = startup_banner.link_for(instance, name, secrets.token_bytes)
    file_writing.show(f"{link}\n")
    service.say("It works once, within three days. Password, codes and passkeys of before ended.")
    if link.startswith("/"):
        service.say("Put the address of your service before it, such as https://mesure.example")
