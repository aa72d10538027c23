"""Opening the basemap of an installation when its service starts; without one it runs as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.web import map_tiles
from mesure.web.map_tiles import Basemap, BasemapError


@contextmanager
def open_basemap(
    settings: Settings, folder: DataFolder, say: Callable[[str], None]
) -> Iterator[Basemap | None]:
    """Open the map; for one that is missing or broken, say why there is none."""
    path = settings.basemap or folder.basemap
    basemap: Basemap | None = None
    try:
        basemap = map_tiles.open_basemap(path)
    except FileNotFoundError:
        if settings.basemap is not None:
            _tell(say, f"{path}: there is no such file", "check the setting “basemap”")
    except OSError as error:
        _tell(say, f"{path}: {(error.strerror or 'it cannot be read').lower()}", "give the right")
    except BasemapError as error:
        _tell(say, f"{path}: {error}", "make it again: mesure basemap")
    if basemap is not None:
        structlog.get_logger().info("basemap", bytes=basemap.size_bytes)
    try:
        yield basemap
    finally:
        if basemap is not None:
            basemap.close()


def _tell(say: Callable[[str], None], what: str, remedy: str) -> None:
    say(f"{what}; maps show no streets, and everything else runs; {remedy}.")
    structlog.get_logger().warning("no_basemap")
