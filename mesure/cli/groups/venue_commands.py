"""Commands for lists of venues: import."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.cli.service import DataFolder, SettingsFile

app = typer.Typer(
    no_args_is_help=True,
    help="Keep dated lists of venues, such as bars, from extracts of OpenStreetMap.",
    epilog="Example: mesure venues import almaty.osm.pbf --category nightlife --as-of 2026-03-01",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _around() -> None:
    """Stand for the group, so that its one command keeps its name."""


@app.command(
    "import",
    epilog="Example: mesure venues import almaty.osm.pbf --category nightlife --as-of 2026-03-01",
)
def import_command(
    extract: Annotated[Path, typer.Argument(help="The extract: .osm.pbf, .osm or GeoJSON.")],
    category: Annotated[str, typer.Option(help="A category, as docs/specs/venue_categories.md.")],
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which it was taken.")
    ],
    data: DataFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Import the venues of a category as a dated list, for an officer to review."""
    from mesure.service.maintenance import venue_import

    venue_import.check_category(category)
    with service.use_installation(data, settings) as (instance, stages):
        stages.reach("looking for venues")
        lines = venue_import.import_venues(instance, extract, category, as_of.date())
    for line in lines:
        service.show(line)
    service.say("Nothing binds by it yet: an officer reviews it in the console, under Orders.")
