"""Addresses of an extract: houses and entrances with a number, and where towns and villages lie.

The tags are those of https://wiki.openstreetmap.org/wiki/Key:addr. What is longer than any address
is left out, and signs that nobody sees are taken out of the rest: the author of a map may write
anything into it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import shapely

from mesure.service.basemap import extracts

NUMBER: Final = "addr:housenumber"
BETWEEN: Final = "addr:interpolation"
STREETS: Final = ("addr:street", "addr:place")  # Villages without streets number their houses.
TOWNS: Final = ("addr:city", "addr:town", "addr:village", "addr:hamlet")
PLACES: Final = frozenset({"city", "town", "village", "hamlet"})
PART_CHARS_MAX: Final = 60  # Four of them are on one line of an order.
NUMBER_CHARS_MAX: Final = 16
LINE_NODES_MAX: Final = 2_000  # OpenStreetMap allows no way more.
WHY: Final = "no address book was made"


class ExtractedAddress(NamedTuple):
    """One address, at a point; what the map does not say is empty."""

    street: str
    number: str
    postcode: str
    town: str
    lat_deg: float
    lon_deg: float


class NumberedNode(NamedTuple):
    """A point with a house number, which a line may begin, end or go on from."""

    node: int
    street: str  # Empty: the map has it elsewhere, as on the line.
    number: str
    postcode: str
    town: str


class NumberedLine(NamedTuple):
    """A line between houses: which numbers, and its points in order."""

    which: str
    street: str  # For houses that do not say theirs.
    nodes: tuple[int, ...]
    lat_deg: tuple[float, ...]
    lon_deg: tuple[float, ...]


class Settlement(NamedTuple):
    """A town or a village, at its middle."""

    name: str
    lat_deg: float
    lon_deg: float


Entry = ExtractedAddress | Settlement | NumberedNode | NumberedLine


def read(path: Path) -> Iterator[Entry]:
    """Yield addresses, towns, and what numbers between houses are worked out from.

    They come in the order of the file. Raises `ServiceError`.
    """
    draws: Any = None
    for thing in extracts.things(path, (NUMBER,), (NUMBER, "place", BETWEEN), WHY):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            at = thing.lon, thing.lat
            yield from _house(thing.id, tags)
        elif thing.is_way() and BETWEEN in tags:
            yield from _line(thing, tags)
            continue
        elif thing.is_area() and NUMBER in tags:
            draws = draws or extracts.drawer()
            outline = extracts.outline_of(draws.create_multipolygon, thing)
            if outline is None:
                continue
            within = shapely.point_on_surface(outline)
            at = within.x, within.y
        else:
            continue
        yield from _of(tags, *at)


def _house(node: int, tags: Mapping[str, str]) -> Iterator[NumberedNode]:
    number = _clean(tags.get(NUMBER, ""))
    if 0 < len(number) <= NUMBER_CHARS_MAX:
        yield NumberedNode(
            node, _first(tags, STREETS), number, _postcode(tags), _first(tags, TOWNS)
        )


def _line(way: Any, tags: Mapping[str, str]) -> Iterator[NumberedLine]:  # noqa: ANN401  Of C++.
    """Yield a line between houses, unless the extract ends within it."""
    points = [(point.ref, point.lat, point.lon) for point in way.nodes if point.location.valid()]
    if 1 < len(points) == len(way.nodes) <= LINE_NODES_MAX:
        which = _clean(tags[BETWEEN]).lower()
        yield NumberedLine(which, _first(tags, STREETS), *zip(*points, strict=True))


def _postcode(tags: Mapping[str, str]) -> str:
    postcode = _clean(tags.get("addr:postcode", ""))
    return postcode if len(postcode) <= NUMBER_CHARS_MAX else ""


def _of(
    tags: Mapping[str, str], lon_deg: float, lat_deg: float
) -> Iterator[ExtractedAddress | Settlement]:
    if tags.get("place") in PLACES and (name := _first(tags, ("name",))):
        yield Settlement(name, lat_deg, lon_deg)
    number, street = _clean(tags.get(NUMBER, "")), _first(tags, STREETS)
    if number and len(number) <= NUMBER_CHARS_MAX and street:
        yield ExtractedAddress(
            street, number, _postcode(tags), _first(tags, TOWNS), lat_deg, lon_deg
        )


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """Return the first of some tags that says something, and no more than fits."""
    said = (_clean(tags.get(key, "")) for key in keys)
    return next((words for words in said if 0 < len(words) <= PART_CHARS_MAX), "")


def _clean(words: str) -> str:
    r"""Return what is written on one line, without signs that nobody sees.

    >>> _clean("Clover\u202e  Avenue\n")
    'Clover Avenue'
    """
    seen = (sign if sign.isprintable() else " " for sign in words[: 4 * PART_CHARS_MAX])
    return " ".join("".join(seen).split())
