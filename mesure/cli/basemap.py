"""Commands that make files from an extract of OpenStreetMap: basemap, addresses."""

from pathlib import Path
from typing import Annotated

import typer

from mesure.cli import service
from mesure.machine.progress import ProgressStages, patience

app = typer.Typer()


@app.command("basemap", epilog="Example: mesure basemap almaty.osm.pbf --out basemap.pmtiles")
def basemap_command(
    extract: Annotated[Path, typer.Argument(help="An extract of OpenStreetMap: .osm.pbf or .osm.")],
    out: Annotated[Path, typer.Option(help="Where to write the map.")],
) -> None:
    """Make the map of streets behind zones and fixes, from an extract of OpenStreetMap."""
    from mesure.service.basemap import extracts, making
    from mesure.web.map_tiles import MapSource

    stages = ProgressStages()
    with patience(stages):
        shapes = extracts.shapes(extract)
        result = making.make(shapes, out, MapSource.OPENSTREETMAP, extracts.CREDIT, stages.reach)
    size = f"{result.size_bytes / 1_000_000:,.1f} MB"
    service.show(f"{out}: {result.shapes:,} shapes on {result.tiles:,} tiles, {size}.")
    service.say(
        "To use it, put it into the data folder as basemap.pmtiles, and start the service again."
    )


@app.command("addresses", epilog="Example: mesure addresses almaty.osm.pbf --out addresses.db")
def addresses_command(
    extract: Annotated[Path, typer.Argument(help="An extract of OpenStreetMap: .osm.pbf or .osm.")],
    out: Annotated[Path, typer.Option(help="Where to write the address book.")],
) -> None:
    """Make the address book for order entry, from an extract of OpenStreetMap."""
    from mesure.service.addresses import address_extracts, book_making
    from mesure.service.basemap import extracts

    stages = ProgressStages()
    with patience(stages):
        entries = address_extracts.read(extract)
        result = book_making.make(entries, out, extracts.CREDIT, stages.reach)
    size = f"{result.size_bytes / 1_000_000:,.1f} MB"
    service.show(f"{out}: {result.addresses:,} addresses, {size}.")
    service.say(
        "To use it, put it into the data folder as addresses.db, and start the service again."
    )
