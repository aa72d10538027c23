"""The map of the made-up town, which every office of these tests has behind its zones and fixes."""

import tempfile
from functools import cache
from pathlib import Path

from mesure.service.basemap import making
from mesure.web import map_tiles
from mesure.web.map_tiles import Basemap, MapSource
from mesure_lab.ground import town_map

SEED = 1


@cache
def open_basemap() -> Basemap:
    """Make the map once; it stays open, and its file is gone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "basemap.pmtiles"
        shapes = town_map.shapes(SEED)
        making.make(shapes, path, MapSource.SIMULATED, town_map.CREDIT, lambda _: None)
        return map_tiles.open_basemap(path)
