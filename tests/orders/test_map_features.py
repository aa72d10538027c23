import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import RefusedValueError

RING = [[76.92, 43.23], [76.93, 43.23], [76.93, 43.24], [76.92, 43.23]]
OTHER = [[77.92, 43.23], [77.93, 43.23], [77.93, 43.24], [77.92, 43.23]]


def feature(kind: str, coordinates: object, item_id: object = None, **properties: object) -> Any:
    return {
        "type": "Feature",
        "id": item_id,
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*items: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": items}).encode()


def refusal(data: bytes, name: str | None = None) -> str:
    with pytest.raises(RefusedValueError) as caught:
        areas(data, name)
    return f"{caught.value.what}; {caught.value.remedy}"


def areas(data: bytes, name: str | None) -> object:
    feature_file = map_features.read(data)
    return map_features.areas(
        feature_file.feature_named(name) if name else feature_file.features[0]
    )


DISTRICTS = collection(
    feature("Polygon", [RING], 7, name="Almaly", nameRu="Алмалинский район", level=6),
    feature("MultiPolygon", [[RING], [OTHER]], "r/8", name="Cafe\u0301", level=6, area=1.5),
    feature("Point", [76.9, 43.2], tags={"a": 1}, flag=True, nothing=None),
)


@pytest.mark.parametrize(
    ("name", "areas"),
    [
        ("7", 1), ("Almaly", 1), ("Алмалинский район", 1),
        ("r/8", 2), ("Café", 2), ("Cafe\u0301", 2), ("1.5", 2),
    ],
)  # fmt: skip
def test_a_feature_is_found_by_its_id_or_any_property(name: str, areas: int) -> None:
    item = map_features.read(DISTRICTS).feature_named(name)
    polygons = map_features.areas(item)
    assert len(polygons) == areas
    assert polygons[0].outer == ((43.23, 76.92), (43.23, 76.93), (43.24, 76.93))


def test_a_file_may_be_one_feature() -> None:
    [item] = map_features.read(json.dumps(feature("Point", [1, 2], "x")).encode()).features
    assert map_features.point(item) == (2.0, 1.0)


def test_a_file_may_begin_with_a_byte_order_mark_and_heights_are_passed_over() -> None:
    high = [[*corner, 800.0] for corner in RING]
    [item] = map_features.read("\ufeff".encode() + collection(feature("Polygon", [high]))).features
    assert len(map_features.areas(item)[0].outer) == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Almala", ["no features", "such as “Almaly”", "“Алмалинский район”"]),
        ("Nowhere", ["no features", "there are “Almaly”"]),
        ("6", ["2 features", "there are “1.5”, “7”, “Almaly”"]),
        ("True", ["no features"]),
    ],
)
def test_a_feature_that_is_not_one_is_refused_with_the_names_there_are(
    name: str, words: list[str]
) -> None:
    text = refusal(DISTRICTS, name)
    assert all(word in text for word in words)


def test_a_feature_without_a_name_has_none() -> None:
    [item] = map_features.read(collection({"geometry": {}, "properties": None})).features
    assert item == MapFeature(None, {}, {})
    assert item.name == ""


def test_a_feature_that_lies_nowhere_is_in_nobody_s_way() -> None:
    """RFC 7946, section 3.2: a feature without a location has null for its geometry."""
    data = collection({"geometry": None, "properties": {"name": "A"}}, feature("Polygon", [RING]))
    assert len(map_features.read(data).features) == 2
    assert "the feature “A” has no geometry; draw it" in refusal(data, "A")


def test_ten_thousand_names_are_not_all_listed() -> None:
    items = [feature("Point", [0, 0], name=f"Place {number}") for number in range(10_000)]
    assert "and 9980 more" in refusal(collection(*items), "Nowhere at all")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no JSON"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8"),
        (b'{"features": [', "no JSON"),
        (b"[]", "no GeoJSON FeatureCollection"),
        (b"12", "no GeoJSON FeatureCollection"),
        (b'{"type": "Polygon", "coordinates": []}', "no GeoJSON FeatureCollection"),
        (b'{"features": {}}', "no GeoJSON FeatureCollection"),
        (b'{"features": [1]}', "has no geometry"),
        (b'{"features": [{"geometry": null}]}', "has no geometry"),
        (b'{"features": [{"geometry": {}, "properties": []}]}', "has no geometry"),
        (b'{"features": [{"geometry": {"coordinates": [[[NaN, 1]]]}}]}', "“NaN”"),
        (b'{"features": [-Infinity]}', "“-Infinity”"),
        (b'{"features": [' + b"1" * 5_000 + b"]}", "too long"),
        (b"[" * 200_000, "nested too deep"),
        (collection(*[1] * 100_001), "up to 100000 features"),
    ],
    ids=lambda value: repr(value[:20]),
)  # fmt: skip
def test_what_is_no_map_file_is_refused(data: bytes, what: str) -> None:
    assert what in refusal(data)


@pytest.mark.parametrize(
    ("kind", "coordinates", "what"),
    [
        ("Point", [1, 2], "not an area"),
        ("LineString", RING, "not an area"),
        ("GeometryCollection", None, "not an area"),
        ("Polygon", None, "is not written as longitude"),
        ("Polygon", [RING[:-1]], "does not end where it began"),
        ("Polygon", [[]], "does not end where it began"),
        ("Polygon", [], "is not written as longitude"),
        ("MultiPolygon", [], "is not written as longitude"),
        ("MultiPolygon", [RING], "is not written as longitude"),
        ("Polygon", [RING[0]], "is not written as longitude"),
        ("Polygon", [[[181, 0]]], "is not written as longitude"),
        ("Polygon", [[[0, 91]]], "is not written as longitude"),
        ("Polygon", [[[1e9, 1e9]]], "is not written as longitude"),
        ("Polygon", [[[10**400, 0]]], "is not written as longitude"),
        ("Polygon", [[["76.9", "43.2"]]], "is not written as longitude"),
        ("Polygon", [[[True, False]]], "is not written as longitude"),
        ("Polygon", [[[1]]], "is not written as longitude"),
        ("Polygon", [[[1, 1], [2, 2], [1, 1]]], "fewer than three"),
        ("Polygon", [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], "crosses or touches"),
        ("Polygon", [RING, OTHER], "a hole lies outside"),
        ("Polygon", [[[0, 0]] * 100_002], "fewer than three"),
        ("MultiPolygon", [[[[0, 0]] * 100_001], [[[0, 0]] * 100_000]], "more than 100000"),
    ],
)
def test_what_is_no_area_is_refused(kind: str, coordinates: object, what: str) -> None:
    text = refusal(collection(feature(kind, coordinates, name="A")))
    assert what in text
    assert "“A”" in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "properties", "coordinates", "id"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["Polygon", "MultiPolygon", "Point"]))
def test_no_map_file_leads_to_anything_but_sentences(tree: object, kind: str) -> None:
    for document in (tree, {"features": [tree]}, {"features": [feature(kind, tree)]}):
        try:
            for item in map_features.read(json.dumps(document).encode()).features:
                assert map_features.point(item) or map_features.areas(item)
        except RefusedValueError as refused:
            assert refused.remedy  # noqa: PT017 - either is right; anything else is not.
