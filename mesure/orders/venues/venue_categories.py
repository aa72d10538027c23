"""Venue categories: which things on the map a court means by each.

The table is docs/specs/venue_categories.md as data. It is narrow on purpose: a ban is never larger
on the map than in the order, so a tag that only sometimes means such a venue is left out.
Tags are those of OpenStreetMap; a value such as "bar;restaurant" has each of its parts.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import RefusedValueError, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.values.places import Circle, Shape

VENUES_MAX: Final = 10_000

Tags = Mapping[str, frozenset[str]]


def _tags(**values: str) -> Tags:
    return {key: frozenset(words.split()) for key, words in values.items()}


CATEGORIES: Final[Mapping[str, Tags]] = {
    "nightlife": _tags(amenity="bar biergarten nightclub pub stripclub"),
    "alcohol": _tags(amenity="bar biergarten nightclub pub", shop="alcohol wine"),
    "gambling": _tags(
        amenity="casino gambling", leisure="adult_gaming_centre", shop="bookmaker lottery"
    ),
    "schools_and_playgrounds": _tags(amenity="childcare kindergarten school", leisure="playground"),
    "stadiums": _tags(leisure="stadium"),
    "parks": _tags(leisure="park"),
    "swimming_pools": _tags(leisure="swimming_area swimming_pool water_park"),
    "shopping_centres": _tags(shop="department_store mall"),
    "railway_stations": _tags(railway="halt station"),
    "airports": _tags(aeroway="aerodrome"),
}


def venues(
    features: Iterable[MapFeature], category: str, radius_m: float | None
) -> tuple[Shape, ...]:
    """Return the shape of every venue of a category: its outline, or a circle round its point.

    `radius_m` None: the order gives none, which is refused where a venue is a point.
    """
    shapes: list[Shape] = []
    for item in features:
        if not belongs(item.texts, category):
            continue
        middle = map_features.point(item)
        if middle is None:
            shapes.extend(map_features.areas(item))
        elif radius_m is None:
            what = translatable("the venue {name} is a point", name=quote(item.name))
            why = translatable("how far it extends cannot be told")
            raise RefusedValueError(what, why, translatable("add “venue_radius_m: 25”"))
        else:
            shapes.append(Circle(*middle, radius_m))
    if not 0 < len(shapes) <= VENUES_MAX:
        what = translatable(
            "the file has {count} venues of the category {name}",
            count=len(shapes),
            name=quote(category),
        )
        remedy = translatable("see docs/specs/venue_categories.md for the tags they need")
        raise RefusedValueError(
            what, translatable("a list of 1 to {most} venues is expected", most=VENUES_MAX), remedy
        )
    return tuple(shapes)


def belongs(texts: Mapping[str, str], category: str) -> bool:
    """Tell whether a thing on the map with these properties is a venue of a category."""
    return bool(tags_of(texts, category))


def tags_of(texts: Mapping[str, str], category: str) -> dict[str, str]:
    """Return the properties that make a thing a venue of a category.

    >>> tags_of({"amenity": "bar;restaurant", "shop": "yes"}, "nightlife")
    {'amenity': 'bar;restaurant'}
    """
    return {
        key: texts[key]
        for key, values in CATEGORIES[category].items()
        if key in texts and any(part.strip() in values for part in texts[key].split(";"))
    }
