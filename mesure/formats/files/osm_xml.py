"""OpenStreetMap data as XML (.osm): the things with some tags, as GeoJSON features.

The file is read three times, so that nothing but what is asked for is kept: first the things with a
tag, then the ways that a relation is made of, then the points of the ways. An outline is a way that
ends where it began, or ways that join into such.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mesure.formats.columns.file_faults import FixesError, excerpt
from mesure.orders.text.map_features import MapFeature

Opens = Callable[[], BinaryIO]
HasTag = Callable[[Mapping[str, str]], bool]
Ring = tuple[str, ...]  # The ids of its points, the first again at the end.

_KINDS: Final = ("node", "way", "relation")


def read(file: str, opens: Opens, has_tag: HasTag) -> list[MapFeature]:
    """Return what has a tag that is asked for; what has no outline comes without a geometry."""
    elements: dict[str, tuple[dict[str, str], Any]] = {}
    for kind, element in _elements(file, opens):
        tags = _tags(element)
        if has_tag(tags):
            elements[f"{kind}/{element.get('id')}"] = tags, _place(kind, element)
    relations = [place for _, place in elements.values() if isinstance(place, dict)]
    members = {way for place in relations for ways in place.values() for way in ways}
    ways = _ways(file, opens, members)
    rings = {name: _rings(name, place, ways) for name, (_, place) in elements.items()}
    needed = {node for outer, inner in rings.values() for ring in (*outer, *inner) for node in ring}
    at = _points(file, opens, needed)
    return [
        MapFeature(name, tags, _geometry(place, *rings[name], at))
        for name, (tags, place) in elements.items()
    ]


def _elements(file: str, opens: Opens) -> Iterator[tuple[str, Element]]:
    """Yield nodes, ways and relations; each is let go of before the next."""
    with opens() as source:
        try:
            root: Element | None = None
            for event, element in iterparse(source, events=("start", "end")):
                if root is None:
                    root = element
                    _check(file, element)
                elif event == "end" and element.tag in _KINDS:
                    yield element.tag, element
                    root.clear()
        except (DefusedXmlException, ParseError, ValueError, LookupError) as broken:
            what = (
                f"the XML is damaged or cut short ({excerpt(str(broken).partition(': line')[0])})"
            )
            why, remedy = "what is on the map can't be told", "copy or export it again"
            raise FixesError(file, what, why, remedy) from broken


def _check(file: str, root: Element) -> None:
    if root.tag != "osm":
        what = f"this is no OpenStreetMap file: it begins with {excerpt(root.tag)}"
        raise FixesError(file, what, "nothing can be found in it", "export it as .osm, or GeoJSON")


def _tags(element: Element) -> dict[str, str]:
    return {str(tag.get("k")): str(tag.get("v")) for tag in element.iter("tag")}


def _place(kind: str, element: Element) -> Any:  # noqa: ANN401  A point, refs, or members.
    if kind == "node":
        return _at(element)
    if kind == "way":
        return _refs(element)
    members: dict[str, list[str]] = {"outer": [], "inner": []}
    for member in element.iter("member"):
        if member.get("type") == "way":
            role = "inner" if member.get("role") == "inner" else "outer"
            members[role].append(str(member.get("ref")))
    return members


def _at(node: Element) -> tuple[float, float]:
    """Return latitude and longitude; no numbers where none are written."""
    try:
        return float(node.get("lat", "nan")), float(node.get("lon", "nan"))
    except ValueError:
        return math.nan, math.nan


def _refs(way: Element) -> Ring:
    return tuple(str(node.get("ref")) for node in way.iter("nd"))


def _ways(file: str, opens: Opens, needed: set[str]) -> dict[str, Ring]:
    if not needed:
        return {}
    elements = _elements(file, opens)
    return {
        str(way.get("id")): _refs(way)
        for kind, way in elements
        if kind == "way" and way.get("id") in needed
    }


def _points(file: str, opens: Opens, needed: set[str]) -> dict[str, tuple[float, float]]:
    if not needed:
        return {}
    elements = _elements(file, opens)
    return {
        str(node.get("id")): _at(node)
        for kind, node in elements
        if kind == "node" and node.get("id") in needed
    }


# --- Outlines ----------------------------------------------------------------------------------


def _rings(name: str, place: Any, ways: Mapping[str, Ring]) -> tuple[list[Ring], list[Ring]]:  # noqa: ANN401
    """Return the outer and inner rings of a thing; none of a point, or where one is not closed."""
    if name.startswith("node/"):
        return [], []
    if isinstance(place, tuple):
        return ([place], []) if len(place) > 3 and place[0] == place[-1] else ([], [])
    joined = [_joined([ways.get(one, ()) for one in place[role]]) for role in ("outer", "inner")]
    outer, inner = joined
    return ([], []) if outer is None or inner is None else (outer, inner)


def _joined(parts: list[Ring]) -> list[Ring] | None:
    """Return the rings into which ways join end to end; None where some are left over."""
    rings: list[Ring] = []
    left = [part for part in parts if len(part) > 1]
    if len(left) < len(parts):
        return None
    while left:
        ring = left.pop()
        while ring[0] != ring[-1]:
            following = next((one for one in left if ring[-1] in (one[0], one[-1])), None)
            if following is None:
                return None
            left.remove(following)
            onward = following if following[0] == ring[-1] else following[::-1]
            ring += onward[1:]
        rings.append(ring)
    return rings


def _geometry(
    place: Any,  # noqa: ANN401
    outer: list[Ring],
    inner: list[Ring],
    at: Mapping[str, tuple[float, float]],
) -> dict[str, Any]:
    """Return where a thing is; empty where that is not known."""
    if not outer:
        is_point = isinstance(place, tuple) and len(place) == 2 and isinstance(place[0], float)
        return {"type": "Point", "coordinates": [place[1], place[0]]} if is_point else {}
    if any(node not in at for ring in (*outer, *inner) for node in ring):
        return {}
    drawn = [[[at[node][1], at[node][0]] for node in ring] for ring in outer]
    if len(drawn) == 1:
        holes = [[[at[node][1], at[node][0]] for node in ring] for ring in inner]
        return {"type": "Polygon", "coordinates": [drawn[0], *holes]}
    # Which hole is in which part is not looked at: a hole that is left out makes the venue larger
    # by a courtyard, so such a venue is left to the officer who reviews the list.
    return {} if inner else {"type": "MultiPolygon", "coordinates": [[ring] for ring in drawn]}
