import re
from collections.abc import Sequence
from typing import Any

import pytest

from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.values.places import Circle, Polygon
from mesure.orders.venues import venue_categories
from mesure.orders.venues.venue_categories import CATEGORIES
from tests.house import ROOT
from tests.orders.test_map_features import RING, collection, feature


def read_features(*items: Any) -> Sequence[MapFeature]:
    return map_features.read(collection(*items)).features


BAR = feature("Point", [76.9, 43.2], name="A", amenity="bar")
PUB = feature("Polygon", [RING], name="B", amenity="restaurant; pub")
SCHOOL = feature("Point", [76.9, 43.2], name="C", amenity="school")
LINE = feature("LineString", RING, name="D", amenity="bar")
BARE = feature("Point", [76.9, 43.2])


def test_a_venue_is_a_circle_or_its_outline() -> None:
    shapes = venue_categories.venues(read_features(BAR, PUB, SCHOOL, BARE), "nightlife", 25.0)
    assert shapes == (Circle(43.2, 76.9, 25.0), Polygon(tuple((b, a) for a, b in RING[:3])))


def test_outlines_need_no_radius() -> None:
    assert len(venue_categories.venues(read_features(PUB), "nightlife", None)) == 1


@pytest.mark.parametrize(
    ("items", "radius_m", "what"),
    [
        ([SCHOOL], 25.0, "has 0 venues of the category “nightlife”"),
        ([BAR], None, "“A” is a point"),
        ([LINE], 25.0, "“D” is a “LineString”"),
        ([BAR] * 10_001, 25.0, "has 10001 venues"),
    ],
)
def test_a_list_of_venues_that_cannot_be_drawn_is_refused(
    items: list[Any], radius_m: float | None, what: str
) -> None:
    with pytest.raises(RefusedValueError) as caught:
        venue_categories.venues(read_features(*items), "nightlife", radius_m)
    assert what in caught.value.what


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_tag_of_a_category_finds_its_venues(category: str) -> None:
    for key, values in CATEGORIES[category].items():
        for value in values:
            item = feature("Point", [76.9, 43.2], **{key: value})
            assert len(venue_categories.venues(read_features(item, BARE), category, 25.0)) == 1


def test_the_table_of_the_documentation_is_the_table_of_the_code() -> None:
    page = (ROOT / "docs" / "specs" / "venue_categories.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|([^|]*)\| `(\w+)` \| (`[^|]*`) \|$", page, re.MULTILINE)
    table: dict[str, dict[str, frozenset[str]]] = {}
    category = ""
    for name, key, values in rows:
        category = name.strip(" `") or category
        table.setdefault(category, {})[key] = frozenset(values.replace("`", "").split())
    assert table == CATEGORIES
