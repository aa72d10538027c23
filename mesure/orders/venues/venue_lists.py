"""Venue lists: the dated venues of a category, their changes, and their form in an order file.

A list is made from a map that others keep, so it is dated and compared with the one before: what is
new, gone or changed is looked at by a person before it binds anybody. As a file it is GeoJSON with
the tags that made each venue one of the category, so an order pins exactly what was looked at.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple

from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.venues import venue_categories

NAME_CHARS_MAX: Final = 200
ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
_IDS: Final = ("@id", "osm_id", "id")  # Where exports put the id of a thing, if not as its own.


@dataclass(frozen=True, slots=True)
class Venue:
    """One venue: its id and name on the map, the tags that make it one, and where it is."""

    id: str
    name: str
    tags: Mapping[str, str]
    geometry: str  # GeoJSON, as it is kept.


class VenueChanges(NamedTuple):
    """How a list differs from the one before."""

    new: tuple[Venue, ...]
    gone: tuple[Venue, ...]
    changed: tuple[Venue, ...]  # As they are now.


class MapVenues(NamedTuple):
    """The venues of a category on a map, by id, and how many could not be drawn."""

    venues: tuple[Venue, ...]
    left_out: int


def of_category(features: Iterable[MapFeature], category: str) -> MapVenues:
    """Return the venues of a category; what is no point and no area is left out and counted."""
    venues: dict[str, Venue] = {}
    left_out = 0
    for feature in features:
        if not venue_categories.belongs(feature.texts, category):
            continue
        if not _can_be_drawn(feature):
            left_out += 1
            continue
        venue = _venue(feature, category)
        if venues.get(venue.id, venue) != venue:  # Files put together may each count from 1.
            venue = replace(venue, id=f"{venue.id} {venue.geometry}"[:NAME_CHARS_MAX])
        venues[venue.id] = venue
    return MapVenues(tuple(venues[name] for name in sorted(venues)), left_out)


def _can_be_drawn(feature: MapFeature) -> bool:
    try:
        return map_features.point(feature) is not None or bool(map_features.areas(feature))
    except RefusedValueError:
        return False


def _venue(feature: MapFeature, category: str) -> Venue:
    texts = feature.texts
    tags = venue_categories.tags_of(texts, category)
    place = json.dumps(feature.geometry, separators=(",", ":"), sort_keys=True)
    named = feature.id or next((texts[key] for key in _IDS if key in texts), None)
    name = texts.get("name", "")
    return Venue((named or f"{name} {place}")[:NAME_CHARS_MAX], name[:NAME_CHARS_MAX], tags, place)


def changes(before: Iterable[Venue], after: Iterable[Venue]) -> VenueChanges:
    """Return what is new, gone and changed, by the ids of the map."""
    earlier, later = ({one.id: one for one in venues} for venues in (before, after))
    return VenueChanges(
        new=tuple(one for name, one in later.items() if name not in earlier),
        gone=tuple(one for name, one in earlier.items() if name not in later),
        changed=tuple(one for name, one in later.items() if earlier.get(name, one) != one),
    )


def encode(venues: Iterable[Venue], category: str, as_of: date) -> bytes:
    """Return a list as the file of an order; the same list gives the same bytes."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "attribution": ATTRIBUTION,
        "as_of": as_of.isoformat(),
        "category": category,
        "features": [_feature(one) for one in sorted(venues, key=lambda one: one.id)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _feature(venue: Venue) -> dict[str, Any]:
    named = {"name": venue.name} if venue.name else {}
    return {
        "type": "Feature",
        "id": venue.id,
        "properties": {**named, **venue.tags},
        "geometry": json.loads(venue.geometry),
    }


def middle(venue: Venue) -> tuple[float, float]:
    """Return a point of a venue, latitude first: its own, or the first of its outline."""
    at = json.loads(venue.geometry)["coordinates"]
    while not isinstance(at[0], int | float):
        at = at[0]
    return float(at[1]), float(at[0])


def search(features: Iterable[MapFeature], category: str, words: str) -> list[MapFeature]:
    """Return the venues of a category whose name contains some words, whatever their case."""
    sought = words.casefold().split()
    return [
        feature
        for feature in features
        if venue_categories.belongs(feature.texts, category)
        and all(word in feature.texts.get("name", "").casefold() for word in sought)
    ]
