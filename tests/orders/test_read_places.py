import pytest

from mesure.orders.fields import order_context
from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from tests.orders.samples import faults, only_fault, read, replace_once
from tests.orders.test_map_features import OTHER, RING, collection, feature

OFFICE = "{lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}"
MAP = collection(
    feature("Polygon", [RING], name="Almaly"),
    feature("MultiPolygon", [[RING], [OTHER]], name="Medeu"),
    feature("Point", [1, 2], name="Alatau"),
)
FILES = {"m.geojson": MAP, "bad.geojson": b"{"}


def office(text: str) -> str:
    return replace_once(OFFICE, text)


def place(text: str) -> Place:
    return read(office(text), FILES).places["office"]


def test_a_circle() -> None:
    assert place(OFFICE) == Place("office", (Circle(43.26, 76.93, 80.0),))


def test_an_area_with_holes() -> None:
    text = """{polygon: [[43.0, 76.0], [43.0, 77.0], [44.0, 76.0], [43.0, 76.0]],
      holes: [[[43.1, 76.1], [43.1, 76.2], [43.2, 76.1]]]}"""
    assert place(text).shapes == (
        Polygon(
            ((43.0, 76.0), (43.0, 77.0), (44.0, 76.0)),
            (((43.1, 76.1), (43.1, 76.2), (43.2, 76.1)),),
        ),
    )
    assert place("{polygon: [[0, 0], [0, 1], [1, 0]], holes: []}").shapes == (
        Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 0.0))),
    )


def test_a_way() -> None:
    assert place("{corridor: [[43.25, 76.92], ['43.26', 76.93]], width_m: 1.2e2}").shapes == (
        Corridor(((43.25, 76.92), (43.26, 76.93)), 120.0),
    )


def test_features_of_a_map_are_read_and_their_file_is_pinned() -> None:
    version = read(office("{geojson: m.geojson, feature: Medeu}"), FILES)
    assert len(version.places["office"].shapes) == 2
    assert list(version.files_sha256) == ["m.geojson"]


@pytest.mark.parametrize(
    "shape",
    [OFFICE, "{polygon: [[0, 0], [0, 1], [1, 0]]}", "{corridor: [[0, 0], [0, 1]], width_m: 5}",
     "{geojson: m.geojson, feature: Almaly}"],
)  # fmt: skip
def test_every_place_may_say_its_address_and_nothing_is_judged_by_it(shape: str) -> None:
    addressed_place = place(shape.replace("{", "{address: 'Clover Avenue 5, 050010 Hillford', ", 1))
    assert addressed_place.address == "Clover Avenue 5, 050010 Hillford"
    assert addressed_place == place(shape)
    assert hash(addressed_place) == hash(place(shape))
    assert place(shape).address == ""


def test_an_address_over_lines_is_one_line() -> None:
    text = OFFICE.replace("}", ', address: "Clover  Avenue\\n5"}')
    assert place(text).address == "Clover Avenue 5"


@pytest.mark.parametrize(
    ("written", "words"),
    [("''", "no value"), ("[a, b]", "a list stand"), ("x" * 201, "more than 200"),
     ("Clover Avenue 5, Hillford", "comma")],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_at_its_key(written: str, words: str) -> None:
    fault = only_fault(office(OFFICE.replace("}", f", address: {written}}}")))
    assert fault.key == "places.office.address"
    assert words in str(fault)


REFUSED = {
    "{}": ("", "no shape stands here"),
    "{radius_m: 5}": ("", "no shape stands here"),
    "home": ("", "a single value"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 3, polygon: [[0, 0], [0, 1], [1, 0]]}": ("", "both stand"),
    "{lat_deg: 1, radius_m: 3}": ("", "“lon_deg” is missing"),
    "{lat_deg: 1, lon_deg: 2}": ("", "“radius_m” is missing"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 3, width_m: 4}": (".width_m", "not known"),
    "{lat_deg: 91, lon_deg: 2, radius_m: 3}": (".lat_deg", "no latitude"),
    "{lat_deg: 1, lon_deg: -180.1, radius_m: 3}": (".lat_deg", "no longitude"),
    "{lat_deg: [1], lon_deg: 1, radius_m: 3}": (".lat_deg", "what stands here is no latitude"),
    "{lat_deg: NaN, lon_deg: 1, radius_m: 3}": (".lat_deg", "“NaN” is no latitude"),
    "{lat_deg: 1_0, lon_deg: 1, radius_m: 3}": (".lat_deg", "no latitude"),
    "{lat_deg: ١, lon_deg: 1, radius_m: 3}": (".lat_deg", "no latitude"),
    "{lat_deg: 1e9, lon_deg: 1, radius_m: 3}": (".lat_deg", "no latitude"),
    "{lat_deg: '43,2', lon_deg: 1, radius_m: 3}": (".lat_deg", "“43,2” is no latitude"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 0}": (".radius_m", "no number of metres above 0"),
    "{lat_deg: 1, lon_deg: 2, radius_m: -5}": (".radius_m", "no number of metres above 0"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 50001}": (".radius_m", "up to 50000"),
    "{lat_deg: 1, lon_deg: 2, radius_m: inf}": (".radius_m", "“inf” is no number"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 1e999}": (".radius_m", "“1e999” is no number"),
    "{lat_deg: 1, lon_deg: 2, radius_m: 60 m}": (".radius_m", "“60 m” is no number"),
    f"{{lat_deg: 1, lon_deg: 2, radius_m: 1{'0' * 99}}}": (".radius_m", "is no number"),
    "{polygon: }": (".polygon", "has no value"),
    "{polygon: 5}": (".polygon", "no list of corners"),
    "{polygon: []}": (".polygon", "fewer than three"),
    "{polygon: [[0, 0], [0, 1]]}": (".polygon", "fewer than three"),
    "{polygon: [[0, 0], [1, 1], [0, 1], [1, 0]]}": (".polygon", "crosses or touches itself near"),
    "{polygon: [[0, 0], [0, 1], [1]]}": (".polygon[2]", "not written as two numbers"),
    "{polygon: [[0, 0], 5, [0, 1]]}": (".polygon[1]", "not written as two numbers"),
    "{polygon: [[0, 0], [0, 1], [1, 0, 5]]}": (".polygon[2]", "not written as two numbers"),
    "{polygon: [[0, 0], [0, 1], [91, 0]]}": (".polygon[2]", "“91” is no latitude"),
    "{polygon: [[0, 0], [0, 1], [1, 1e9]]}": (".polygon[2]", "“1e9” is no longitude"),
    "{polygon: [[0, 0], [0, 1], [NaN, 0]]}": (".polygon[2]", "“NaN” is no latitude"),
    "{polygon: [[80, 0], [80, 120], [80, -120]]}": (".polygon", "round a pole"),
    "{polygon: [[0, 0], [0, 1], [1, 0]], holes: 5}": (".holes", "no list of corners"),
    "{polygon: [[0, 0], [0, 1], [1, 0]], holes: {a: b}}": (".holes", "keys with values stand"),
    "{polygon: [[0, 0], [0, 1], [1, 0]], holes: [[0]]}": (".holes[0][0]", "two numbers"),
    "{polygon: [[0, 0], [0, 1], [1, 0]], holes: [[[5, 5], [5, 6], [6, 5]]]}": (
        ".polygon", "a hole lies outside",
    ),
    "{corridor: [[0, 0], [0, 1]]}": ("", "“width_m” is missing"),
    "{corridor: , width_m: 5}": (".corridor", "has no value"),
    "{corridor: [[0, 0]], width_m: 5}": (".corridor", "fewer than two"),
    "{corridor: [[0, 0], [0]], width_m: 5}": (".corridor[1]", "two numbers"),
    "{corridor: [[0, 0], [0, 1]], width_m: 100001}": (".width_m", "up to 100000"),
    "{geojson: m.geojson}": ("", "“feature” is missing"),
    "{geojson: m.geojson, feature: [A]}": (".feature", "keys or a list"),
    "{geojson: , feature: A}": (".geojson", "has no value"),
    "{geojson: [a], feature: A}": (".geojson", "keys or a list"),
    "{geojson: m.geojson, feature: Almali}": (".feature", "no features of the file"),
    "{geojson: m.geojson, feature: Alatau}": (".feature", "not an area"),
    "{geojson: n.geojson, feature: A}": (".geojson", "“n.geojson” is not there"),
    "{geojson: /m.geojson, feature: A}": (".geojson", "no path relative"),
    "{geojson: ../../m.geojson, feature: A}": (".geojson", "leads out"),
    "{geojson: bad.geojson, feature: A}": (".geojson", "“bad.geojson”: the file is no JSON"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_place_is_refused_with_its_key(text: str) -> None:
    key, what = REFUSED[text]
    fault = only_fault(office(text), FILES)
    assert (fault.line, fault.key) == (10, "places.office" + key)
    assert what in fault.what


def test_a_file_that_cannot_be_read_is_said_wherever_it_is_named() -> None:
    order = office("{geojson: bad.geojson, feature: A}").replace(
        "conditions:", "  park: {geojson: bad.geojson, feature: B}\nconditions:"
    )
    assert [fault.key for fault in faults(order, FILES)] == [
        "places.office.geojson",
        "places.park.geojson",
    ]


def test_all_maps_together_have_a_limit() -> None:
    large = dict.fromkeys(("a.geojson", "b.geojson"), MAP + b" " * 4200000)
    order = office("{geojson: a.geojson, feature: Almaly}").replace(
        "conditions:", "  park: {geojson: b.geojson, feature: Almaly}\nconditions:"
    )
    fault = only_fault(order, large)
    assert fault.key == "places.park.geojson"
    assert "more than 8388608 bytes" in fault.what


@pytest.mark.parametrize("name", ["''", "'  '", "x" * 201, '"a\\nb"'])
def test_a_name_is_one_line_of_text(name: str) -> None:
    order = replace_once("conditions:", f"  ? {name}\n  : {OFFICE}\nconditions:")
    assert "1 to 200 characters" in only_fault(order).what


def test_a_name_of_two_hundred_letters_is_a_name() -> None:
    assert (
        "x" * 200
        in read(replace_once("conditions:", f"  {'x' * 200}: {OFFICE}\nconditions:")).places
    )


@pytest.mark.parametrize("places", ["[a]", "a"])
def test_places_are_keys(places: str) -> None:
    order = replace_once("places:\n", f"places: {places}\nx:\n")
    assert "places" in {fault.key for fault in faults(order)}


def test_a_hundred_thousand_corners_are_read() -> None:
    corners = [f"[{43 + n * 1e-6:.6f}, 76.0]" for n in range(99_998)]
    text = ", ".join([*corners, "[44.0, 77.0]", "[43.0, 77.0]"])
    [shape] = place(f"{{polygon: [{text}]}}").shapes
    assert isinstance(shape, Polygon)
    assert len(shape.outer) == 100_000


def test_a_hundred_thousand_bad_corners_are_counted() -> None:
    text = "[91, 0], " * 100_000
    assert len(faults(office(f"{{polygon: [{text}]}}"))) == 100


def test_all_places_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_context, "ORDER_CORNERS_MAX", 10)
    more = """
  area: {polygon: [[0, 0], [0, 9], [9, 0]], holes: [[[1, 1], [1, 2], [2, 1]]]}
  way: {corridor: [[0, 0], [0, 1]], width_m: 5}
  park: {lat_deg: 0, lon_deg: 0, radius_m: 1}
conditions:
"""
    fault = only_fault(replace_once("\nconditions:\n", more))
    assert fault.key == "places.park"
    assert "more than 10 corners" in fault.what
