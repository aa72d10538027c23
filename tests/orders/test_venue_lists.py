"""A list of venues is dated, compared with the one before, and read by an order as it was kept."""

import json
from datetime import date
from typing import Any

import pytest

from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.venues import venue_lists
from mesure.orders.venues.venue_lists import Venue
from tests.orders import samples

DAY = date(2026, 3, 1)
SQUARE = [[[76.9, 43.2], [76.91, 43.2], [76.91, 43.21], [76.9, 43.2]]]


def feature(name: str, geometry: Any = None, **texts: str) -> MapFeature:
    place = geometry or {"type": "Point", "coordinates": [76.9, 43.2]}
    return MapFeature(name, {"name": name, **texts}, place)


def test_only_what_a_tag_makes_one_is_on_the_list_by_id() -> None:
    venue_list = venue_lists.of_category(
        [
            feature("node/2", amenity="bar;restaurant", cuisine="kazakh"),
            feature("node/1", amenity="pub"),
            feature("node/3", amenity="restaurant"),
            feature("way/4", {"type": "Polygon", "coordinates": SQUARE}, amenity="nightclub"),
        ],
        "nightlife",
    )
    assert [one.id for one in venue_list.venues] == ["node/1", "node/2", "way/4"]
    assert venue_list.venues[1].tags == {"amenity": "bar;restaurant"}
    assert venue_list.left_out == 0


@pytest.mark.parametrize("geometry", [{"type": "LineString", "coordinates": SQUARE[0]},
                                      {"type": "Point", "coordinates": [200, 0]}])  # fmt: skip
def test_what_cannot_be_drawn_is_left_out_and_counted(geometry: Any) -> None:
    venue_list = venue_lists.of_category([feature("node/1", geometry, amenity="bar")], "nightlife")
    assert venue_list == ((), 1)


def test_a_thing_without_an_id_goes_by_what_an_export_calls_it_or_by_its_place() -> None:
    place = {"type": "Point", "coordinates": [76.9, 43.2]}
    features = [
        MapFeature(None, {"@id": "node/7", "amenity": "bar"}, place),
        MapFeature(None, {"amenity": "bar", "name": "Den"}, place),
    ]
    first, second = venue_lists.of_category(features, "nightlife").venues
    assert {first.id, second.id} == {"node/7", 'Den {"coordinates":[76.9,43.2],"type":"Point"}'}


def test_of_two_things_with_one_id_neither_is_lost() -> None:
    beside = {"type": "Point", "coordinates": [77.0, 43.2]}
    first, other = (feature("1", place, amenity="bar") for place in (None, beside))
    venue_list = venue_lists.of_category([first, other, first], "nightlife")
    assert [venue_lists.middle(venue) for venue in venue_list.venues] == [
        (43.2, 76.9),
        (43.2, 77.0),
    ]


def test_what_is_new_gone_and_changed_is_told_apart() -> None:
    def venue(name: str, tag: str = "bar") -> Venue:
        return Venue(name, name, {"amenity": tag}, "{}")

    changes = venue_lists.changes(
        [venue("a"), venue("b"), venue("c")], [venue("a"), venue("b", "pub"), venue("d")]
    )
    assert [[one.id for one in part] for part in changes] == [["d"], ["c"], ["b"]]


def test_a_list_is_the_same_file_each_time_and_an_order_reads_it() -> None:
    venue_list = venue_lists.of_category(
        [feature("way/4", {"type": "Polygon", "coordinates": SQUARE}, amenity="nightclub"),
         feature("node/1", amenity="bar")], "nightlife",
    )  # fmt: skip
    data = venue_lists.encode(venue_list.venues, "nightlife", DAY)
    assert data == venue_lists.encode(reversed(venue_list.venues), "nightlife", DAY)
    assert json.loads(data)["attribution"] == venue_lists.ATTRIBUTION
    again = venue_lists.of_category(map_features.read(data).features, "nightlife")
    assert again == venue_list
    order = samples.replace_once("C2: {", "C3: {exclusion: {venue_category: nightlife, "
                            "venues: v.geojson, venue_radius_m: 25}}\n  C2: {")  # fmt: skip
    assert len(samples.read(order, {"v.geojson": data}).places["nightlife"].shapes) == 2


def test_a_venue_without_a_name_has_none_in_the_file() -> None:
    venue = Venue("node/1", "", {"amenity": "bar"}, '{"type":"Point","coordinates":[76.9,43.2]}')
    [saved_feature] = json.loads(venue_lists.encode([venue], "nightlife", DAY))["features"]
    assert saved_feature["properties"] == {"amenity": "bar"}


def test_a_point_of_a_venue_is_its_own_or_the_first_of_its_outline() -> None:
    outline = json.dumps({"type": "MultiPolygon", "coordinates": [SQUARE]})
    assert venue_lists.middle(Venue("a", "", {}, outline)) == (43.2, 76.9)


def test_venues_are_found_by_words_of_their_name() -> None:
    features = [feature("Old Den", amenity="bar"), feature("Old Park", leisure="park")]
    matches = venue_lists.search(features, "nightlife", "den OLD")
    assert [one.id for one in matches] == ["Old Den"]
    assert venue_lists.search(features, "nightlife", "park") == []
