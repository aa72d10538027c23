"""Places are entered in four shapes, and what is wrong with one stands at its field."""

import json
from typing import Any

import pytest

from mesure.orders.fields import order_context
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_routes import DISTRICTS

SQUARE = "43.20, 76.80\n43.20, 76.90\n43.25 76.90\n[43.25, 76.80],"
CORNERS = [[76.8, 43.2], [76.9, 43.2], [76.9, 43.25], [76.8, 43.2]]


def begin(desk: CaseworkBrowser) -> str:
    """Begin an empty draft, and return its address."""
    desk.open("/console/orders/of/P-1")
    desk.fill(button="Enter it step by step")
    return desk.url.removesuffix("/decision")


def test_each_shape_is_read_back_and_comes_back_into_its_fields(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    entered: dict[str, dict[str, Any]] = {
        "circle": {"name": "home", "point": "43.25654 76.92848", "radius_m": "60"},
        "area": {"name": "park", "corners": SQUARE},
        "way": {"name": "street", "points": "43.2, 76.9\n43.3, 76.9", "width_m": "12,5"},
    }
    for shape, fields in entered.items():
        desk.open(f"{draft}/place?shape={shape}")
        desk.fill(**fields)
        assert desk.url == f"{draft}/places"
    desk.open(f"{draft}/place?shape=map")
    desk.fill(name="district", feature="Almaly", files={"file": ("d.geojson", DISTRICTS)})
    for words in ("within 60 m of", "an area with 4 corners", "a way 12.5 m wide", "“district”:"):
        assert words in desk.text
    desk.open(f"{draft}/place?name=street")
    assert 'value="12.5"' in desk.page
    assert "43.3, 76.9" in desk.page
    desk.open(f"{draft}/place?name=district")
    assert "Bostandyq" in desk.page


@pytest.mark.parametrize(
    ("shape", "fields", "field", "words"),
    [
        ("circle", {"point": "43.2, 76.9", "radius_m": "60"}, "name", "Fill this in."),
        ("circle", {"name": "a", "point": "north", "radius_m": "60"}, "point",
         "Write latitude and longitude"),
        ("circle", {"name": "a", "point": "93.2, 76.9", "radius_m": "60"}, "point",
         "Write latitude and longitude"),
        ("circle", {"name": "a", "point": "43.2, 76.9", "radius_m": "wide"}, "radius_m",
         "This is not a number."),
        ("circle", {"name": "a", "point": "43.2, 76.9", "radius_m": "1,200"}, "radius_m",
         "This is not a number."),
        ("circle", {"name": "a", "point": "43.2, 76.9", "radius_m": "99000"}, "radius_m",
         "is no number of metres above 0, up to 50000"),
        ("area", {"name": "a", "corners": "43.2, 76.9\nthere"}, "corners",
         "“there” is not a point."),
        ("area", {"name": "a", "corners": ""}, "corners", "Fill this in."),
        ("area", {"name": "a", "corners": "0 0\n1 1\n0 1\n1 0"}, "corners", "crosses"),
        ("area", {"name": "a", "corners": "{no"}, "corners", "no JSON"),
        ("area", {"name": "a", "corners": DISTRICTS.decode()}, "corners",
         "more than one area in this"),
        ("way", {"name": "a", "points": "", "width_m": "5"}, "points", "Fill this in."),
        ("way", {"name": "a", "points": "0 0\n0 1", "width_m": "-5"}, "width_m", "is no number"),
        ("map", {"name": "a", "feature": "b"}, "map", "Choose a map, or upload one."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    desk: CaseworkBrowser, shape: str, fields: dict[str, str], field: str, words: str
) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape={shape}")
    desk.fill(**fields)
    assert desk.status == 422
    assert f'<a href="#{field}">' in desk.page
    assert words in desk.text
    for typed in fields.values():
        assert typed.split("\n")[0].replace('"', "&#34;") in desk.page
    desk.open(f"{draft}/places")
    assert "No place yet." in desk.text


def test_a_feature_that_is_not_on_the_map_is_said_with_those_that_are(
    desk: CaseworkBrowser,
) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=map")
    desk.fill(name="a", feature="Almali", files={"file": ("d.geojson", DISTRICTS)})
    assert desk.status == 422
    assert "Almaly" in desk.text
    desk.fill(name="a", feature="Almaly", files={"file": ("d.geojson", b"[]")})
    assert "no GeoJSON FeatureCollection" in desk.text


def test_an_uploaded_map_is_kept_beside_a_fault_and_its_names_are_offered(
    desk: CaseworkBrowser,
) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=map")
    desk.fill(name="", feature="", files={"file": ("d.geojson", DISTRICTS)})
    assert desk.status == 422
    assert "The map is kept. Choose a part of it." in desk.text
    assert '<option value="Almaly">' in desk.page
    assert '<option value="d.geojson" selected>' in desk.page
    desk.fill(name="district", feature="Almaly")
    assert desk.url == f"{draft}/places"
    assert "“district”:" in desk.text


def test_a_place_is_coloured_by_its_use_as_soon_as_that_is_known(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=circle")
    desk.fill(name="stadium", point="43.25654 76.92848", radius_m="60")
    assert "zone undecided" in desk.page
    assert "no condition names it yet" in desk.text
    desk.open(f"{draft}/place?name=stadium")
    assert 'data-use=""' in desk.page
    desk.open(f"{draft}/condition?kind=exclusion")
    desk.fill(place="stadium", always="yes")
    desk.open(f"{draft}/places")
    assert "zone keep-out concerned" in desk.page
    assert "no condition names it yet" not in desk.text
    desk.open(f"{draft}/place?name=stadium")
    assert 'data-use="avoid"' in desk.page


def test_a_map_that_no_order_could_keep_is_not_read(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    data = b" " * (order_context.MAPS_BYTES_MAX + 1)
    for shape, fields in (("map", {"feature": "a"}), ("area", {})):
        desk.open(f"{draft}/place?shape={shape}")
        desk.fill(name="a", **fields, files={"file": ("d.geojson", data)})
        assert f"This map has over {order_context.MAPS_BYTES_MAX >> 20} MB." in desk.text


def test_an_area_is_taken_from_a_map_that_has_one(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    feature = {"type": "Feature", "properties": {},
               "geometry": {"type": "Polygon", "coordinates": [CORNERS]}}  # fmt: skip
    data = json.dumps(feature)
    desk.open(f"{draft}/place?shape=area")
    desk.fill(name="a", files={"file": ("a.geojson", data.encode())})
    desk.open(f"{draft}/place?shape=area")
    desk.fill(name="b", corners=data)
    assert desk.text.count("an area with 3 corners") == 2


def test_two_places_cannot_have_one_name(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    for status in (200, 422):
        desk.open(f"{draft}/place?shape=circle")
        desk.fill(name="home", point="43.2, 76.9", radius_m="60")
        assert desk.status == status


def test_a_place_is_renamed_wherever_the_order_names_it(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=circle")
    desk.fill(name="hme", point="43.2, 76.9", radius_m="60")
    desk.open(f"{draft}/condition?kind=exclusion")
    desk.fill(place="hme", always="yes")
    desk.open(f"{draft}/place?name=hme")
    desk.fill(name="home")
    desk.open(f"{draft}/condition?name=C1")
    assert '<option value="home" selected>' in desk.page


def test_a_place_is_taken_out_and_the_step_taken_back(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=circle")
    desk.fill(name="home", point="43.2, 76.9", radius_m="60")
    desk.fill(button="Take it out")
    assert "No place yet." in desk.text
    desk.open(draft)
    desk.fill(button="Take back the last step")
    desk.open(f"{draft}/places")
    assert "within 60 m" in desk.text


def test_where_the_device_shows_a_home_is_entered_and_taken_out(desk: CaseworkBrowser) -> None:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=circle")
    desk.fill(name="home", point="43.25654, 76.92848", radius_m="60")
    desk.follow("Where the device shows it")
    point = {"point": "43.25664, 76.92848", "from_day": "2026-01-06", "fixes": "240"}
    desk.fill(**point, spread_m="9", by="ann", confirmed_by="ann")
    assert "entered the point and confirmed it" in desk.text
    desk.fill(**point, spread_m="9", by="ann", confirmed_by="chief")
    assert "Measured from 240 fixes" in desk.text
    desk.follow("Where the device shows it")
    assert 'value="43.25664, 76.92848"' in desk.page
    desk.fill(**{**point, "from_day": "2026-02-06"}, adds="on")
    assert desk.text.count("Measured from 240 fixes") == 2
    desk.follow("Change")
    desk.fill(radius_m="80")
    assert desk.text.count("Measured from 240 fixes") == 2
    desk.follow("Where the device shows it")
    desk.fill(point="")
    assert "Measured from" not in desk.text
