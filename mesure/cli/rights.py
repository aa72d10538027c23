"""Commands for the rights of whoever is under an order: erase."""

from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.service import DataFolder, SettingsFile
from mesure.runtime import writing
from mesure.runtime.patience import Stages, patience

app = typer.Typer()


@app.command("erase", epilog="Example: mesure erase --data mesure-data --dry-run")
def erase_command(
    person: Annotated[
        str | None, typer.Option(help="Only what is about this person, by the id in the order.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="All about that person, now, whatever the rules say."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Erase what is due by the rules of retention; a service that runs does it every day."""
    from mesure.runtime import erasing, installation

    if everything and person is None:
        raise typer.BadParameter("--everything is about one person; name them with --person.")
    stages = Stages()
    request = erasing.Request(person, is_everything=everything, is_dry=dry_run)
    with installation.opened(service.loaded(data, settings)) as made, patience(stages):
        stages.reach("erasing what is due")
        lines = list(erasing.told(erasing.steps(made, request), is_dry=dry_run))
    for line in lines:
        writing.show(line)
