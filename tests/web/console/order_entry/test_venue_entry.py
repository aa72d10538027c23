"""A list of venues is made of a map, looked at, approved, and then named by a condition."""

import json
from typing import Any

import pytest

from tests.actions.scene import OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_place import begin

ADDRESS = "/console/orders/venues"


def bar(number: int, name: str) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [76.9 + number / 1000, 43.2]}
    tags = {"amenity": "bar", "name": name}
    return {"type": "Feature", "id": f"node/{number}", "properties": tags, "geometry": place}


def upload(desk: CaseworkBrowser, *bars: dict[str, Any], day: str = "2026-03-01") -> None:
    data = json.dumps({"type": "FeatureCollection", "features": bars}).encode()
    desk.open(ADDRESS)
    desk.fill(category="nightlife", as_of=day, files={"file": ("almaty.geojson", data)})


def test_a_list_is_reviewed_approved_and_named_by_an_order(desk: CaseworkBrowser) -> None:
    upload(desk, bar(1, "Den"), bar(2, "Closed"))
    assert "2 places to decide" in desk.text
    desk.follow("Bars, pubs and nightclubs")
    desk.fill(binds="yes")
    assert "Tick at least one place." in desk.text
    desk.fill(venue_1="node/1", binds="yes")
    desk.fill(venue_1="node/2", binds="no")
    assert "Write in your own words why" in desk.text
    desk.fill(venue_1="node/2", binds="no", reason="closed down")
    desk.follow("These do not")
    assert "closed down" in desk.text
    desk.fill(button="Approve the list")
    assert "approved: 1 place binds" in desk.text
    draft = begin(desk)
    desk.open(f"{draft}/condition?kind=venues")
    choice = desk.page.partition('value="list:')[2].partition('"')[0]
    desk.fill(category="nightlife", map=f"list:{choice}", venue_radius_m="25", always="yes")
    desk.follow("Change")
    assert "nightlife-2026-03-01.geojson" in desk.page


def test_the_next_list_asks_only_for_what_is_different(desk: CaseworkBrowser) -> None:
    upload(desk, bar(1, "Den"), bar(2, "Cave"))
    desk.follow("Bars, pubs and nightclubs")
    desk.fill(venue_1="node/1", venue_2="node/2", binds="yes")
    desk.fill(button="Approve the list")
    upload(desk, bar(1, "Den"), bar(3, "Roof"), day="2026-04-01")
    assert "1 place to decide" in desk.text
    desk.follow("1 April 2026")
    assert "Roof" in desk.text
    assert "No longer on the map Cave" in desk.text
    page = desk.url
    for number in ("1", "99", "\xb2", "9" * 5_000):
        desk.open(f"{page}?which=binding&page={number}")
        assert desk.status == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"category": "nightlife"}, "Choose a map."),
        ({"as_of": "2026-03-01"}, "Choose what kind it is."),
        ({"category": "nightlife", "as_of": "2026-03-01", "files": {"file": ("a.json", b"[]")}},
         "no GeoJSON FeatureCollection"),
        ({"category": "parks", "as_of": "2026-03-01",
          "files": {"file": ("a.json", b'{"type": "FeatureCollection", "features": []}')}},
         "There is no such place in it."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_upload_is_said(
    scene: OfficeScene, desk: CaseworkBrowser, fields: dict[str, Any], words: str
) -> None:
    desk.open(ADDRESS)
    desk.fill(**fields)
    assert desk.status == 422
    assert words in desk.text
