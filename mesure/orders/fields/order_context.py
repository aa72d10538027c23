"""Order context: what the readers of one order share: its clock, places and named files."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from mesure.orders.text import map_features, paths
from mesure.orders.text.file_entries import STAND_IN, FileEntry
from mesure.orders.text.map_features import FeatureCollection
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import RefusedValueError, join_names, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import normalise
from mesure.orders.values.places import Corridor, Place, Polygon, Shape
from mesure.orders.venues.place_names import HOME

ORDER_CORNERS_MAX: Final = 300_000  # Of all places together.
# Of all maps together. The eight districts of Almaty have 109 kB; read, a map can take 25 times its
# size in memory.
MAPS_BYTES_MAX: Final = 8 * 1024 * 1024


T = TypeVar("T")


class OrderContext:
    """The order as far as it has been read."""

    def __init__(self, zone: ZoneInfo, files: Mapping[str, bytes]) -> None:
        self.zone = zone
        self.places: dict[str, Place] = {}
        self.files_sha256: dict[str, str] = {}
        self._files = files
        self._maps: dict[str, FeatureCollection | RefusedValueError] = {}
        self._names: dict[str, str] = {}  # Names of places by their composed form.
        self._corners = 0
        self._bytes = 0

    # --- Places ------------------------------------------------------------------------------

    def add_place(self, entry: FileEntry, place: Place) -> None:
        """Keep a place under its name."""
        self._corners += sum(_corners(shape) for shape in place.shapes)
        if self._corners > ORDER_CORNERS_MAX:
            what = translatable(
                "the places of the order have more than {most} corners", most=ORDER_CORNERS_MAX
            )
            entry.refuse(
                what,
                translatable("that is more than a person can proof-read"),
                translatable("simplify the boundaries"),
            )
        self.places[place.name] = place
        self._names[normalise(place.name)] = place.name

    def add_venues(self, entry: FileEntry, place: Place, condition: str) -> str:
        """Keep a list of venues as a place, and return its name.

        That is the category's, with the condition's where another place has that name.
        """
        for name in (place.name, f"{place.name} ({condition})"):
            known = self.places.get(name)
            if known is not None and replace(known, name=place.name) == place:
                return name
            if normalise(name) not in self._names:
                self.add_place(entry, replace(place, name=name))
                return name
        what = translatable("{name} is already the name of another place", name=quote(name))
        entry.refuse(
            what,
            translatable("the venues need a name of their own"),
            translatable("rename that place"),
        )
        return STAND_IN

    def example_of_place(self, *, is_home: bool) -> str:
        """Return the name of a place as an example: the home, or one to keep out of."""
        others = (name for name in self.places if name != HOME)
        return HOME if is_home else next(others, "stadium")

    def place_named(self, entry: FileEntry) -> str:
        """Return the name of a place of the order, as the place is written."""
        name = entry.text()
        known = self._names.get(normalise(name or ""))
        if name is None or known is not None:
            return known or STAND_IN
        near = None if entry.faults.is_full else nearest(name, self.places)
        remedy = (
            translatable("did you mean {near}?", near=quote(near))
            if near
            else translatable("describe it under “places”")
        )
        if self.places and not near:
            remedy = translatable(
                "describe it under “places”, or write one of {names}", names=join_names(self.places)
            )
        what = translatable("the order has no place called {name}", name=quote(name))
        entry.refuse(what, translatable("where this is cannot be told"), remedy)
        return STAND_IN

    # --- Files -------------------------------------------------------------------------------

    def features(self, entry: FileEntry) -> FeatureCollection | None:
        """Return the features of the file named here; None, noted, where it cannot be read."""
        path = entry.text(paths.PATH_CHARS_MAX)
        if path is None:
            return None
        if path not in self._maps:
            try:
                self._maps[path] = self._read(path)
            except RefusedValueError as refused:
                self._maps[path] = refused
        read = self._maps[path]
        if isinstance(read, RefusedValueError):
            entry.refuse_as(read)
            return None
        return read

    def _read(self, path: str) -> FeatureCollection:
        data = self._files.get(paths.check(path))
        if data is None:
            what = translatable(
                "{file} is not there, cannot be read, or is a link that leads elsewhere",
                file=quote(path),
            )
            why = translatable("the order's boundaries are in it")
            raise RefusedValueError(
                what, why, translatable("put it where the order says, relative to the order file")
            )
        self._bytes += len(data)
        if self._bytes > MAPS_BYTES_MAX:
            what = translatable(
                "with {file} the files of the order have more than {most} bytes",
                file=quote(path),
                most=MAPS_BYTES_MAX,
            )
            remedy = translatable("keep only the features that the order names")
            raise RefusedValueError(what, translatable("reading them would take long"), remedy)
        self.files_sha256[path] = hashlib.sha256(data).hexdigest()
        return self.of_file(path, lambda: map_features.read(data))

    def of_file(self, path: str, read: Callable[[], T]) -> T:
        """Return what is found in a file; a fault in it names the file, too."""
        try:
            return read()
        except RefusedValueError as refused:
            what = translatable("{file}: {fault}", file=quote(path), fault=refused.what)
            raise RefusedValueError(what, refused.why, refused.remedy) from None


def _corners(shape: Shape) -> int:
    if isinstance(shape, Polygon):
        return len(shape.outer) + sum(len(hole) for hole in shape.holes)
    return len(shape.line) if isinstance(shape, Corridor) else 1
