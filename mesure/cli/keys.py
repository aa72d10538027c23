"""Commands for the keys of an installation: check, backup, rotate, drill."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.service import DataFolder, SettingsFile
from mesure.machine import file_writing

app = typer.Typer(
    no_args_is_help=True,
    help="Look after the keys: check them, back them up, change the master key, practise a loss.",
    epilog="Example: mesure keys check --data mesure-data",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("check", epilog="Example: mesure keys check --data mesure-data")
def check_command(data: DataFolder = None, settings: SettingsFile = None) -> None:
    """Open every key, and say of whom there is data that no key opens; status 1 if of anybody."""
    from mesure.service.maintenance import key_maintenance

    with service.open_installation(data, settings) as instance:
        result = key_maintenance.check(instance)
    file_writing.show(key_maintenance.result_text(result))
    if result.without_key:
        raise typer.Exit(1)


@app.command("backup", epilog="Example: mesure keys backup --data mesure-data --out /keys/today")
def backup_command(
    out: Annotated[Path, typer.Option(help="A new folder, in another place than the data.")],
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Back up the keys, without the master key, also while the service runs."""
    from mesure.machine import clock
    from mesure.service.maintenance import database_backup

    with service.open_installation(data, settings) as instance:
        paths = database_backup.keys(instance, out, clock.now())
    file_writing.show("".join(f"{path}\n" for path in paths))
    service.say("It opens with the master key only. Keep that elsewhere, printed.")


@app.command("rotate", epilog="Example: mesure keys rotate --data mesure-data")
def rotate_command(data: DataFolder = None, settings: SettingsFile = None) -> None:
    """Put every key under a new master key; a service that runs is to be started again."""
    from mesure.service.maintenance import key_maintenance

    with service.open_installation(data, settings) as instance:
        where = key_maintenance.rotate(instance)
    file_writing.show(f"There is a new master key in {where}.\n")
    service.say(
        "Print it, lock it away, and destroy every copy of the old one. Back up the keys anew, and "
        "start the service again."
    )


@app.command("drill", epilog="Example: mesure keys drill --data mesure-data --from /keys/today")
def drill_command(
    source: Annotated[Path, typer.Option("--from", help="A backup of the keys.")],
    master: Annotated[
        Path | None,
        typer.Option(help="A file with the master key as it was typed in from the printed line."),
    ] = None,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Practise a loss: would this backup of the keys open the data? Nothing is changed."""
    from mesure.service.maintenance import key_maintenance

    with service.open_installation(data, settings) as instance:
        result = key_maintenance.drill(instance, source, master)
    file_writing.show(key_maintenance.result_text(result))
    if result.without_key or result.without_data:
        raise typer.Exit(1)
