"""GeoJSON: collections, sequences and single features; only points are fixes."""

import json

import pytest

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_faults import FixesError
from mesure.geo.fixes import Provider
from tests.ingest import samples
from tests.ingest.samples import WALK, collection, feature, gather_fixes, read

STEP = WALK[0]


def test_properties_have_the_names_of_the_columns() -> None:
    properties = {
        "hdop": 2,
        "accuracy_m": None,
        "sats": 8,
        "motion": 1,
        "beacon": "false",
        "trace_id": "p1",
    }
    data = collection([feature(STEP, provider="gps", **properties)])
    fixes = gather_fixes(data).fixes
    assert fixes.radius95_m == pytest.approx([10 * 2.448 / 1.510])
    assert (fixes.motion.tolist(), fixes.beacon.tolist()) == ([1], [0])
    assert fixes.provider.tolist() == [Provider.GNSS]
    assert read(data).traces == ("p1",)


def test_a_height_is_ignored_and_numbers_may_be_texts() -> None:
    high = feature(STEP)
    high["geometry"]["coordinates"] = ["76.92848", 43.25654, 700]
    fixes = gather_fixes(collection([high])).fixes
    assert (fixes.lat_deg.tolist(), fixes.lon_deg.tolist()) == ([43.25654], [76.92848])


NO_POINTS = [
    {"type": "Feature", "geometry": None, "properties": None},
    {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
     "properties": {"time": samples.text(STEP.at)}},
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1]}, "properties": {}},
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": {}}, "properties": {}},
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [76.9, 43.2]}},
    {"type": "Feature", "geometry": 7},
    {"type": "Point", "coordinates": [76.9, 43.2]},
    {"a": "[{]}\\\"", "b": ["}"]},
    "text, with a comma",
    [1, [2], "x"],
    None,
    17,
]  # fmt: skip


@pytest.mark.parametrize("other", NO_POINTS, ids=repr)
def test_what_is_no_point_is_kept_out_of_range(other: object) -> None:
    result = gather_fixes(collection([other, feature(STEP), other, other]))
    assert result.kept_unused == {"out_of_range": 3}
    assert result.fixes.row.tolist() == [1]
    assert gather_fixes(samples.lines([feature(STEP), other])).kept_unused == {"out_of_range": 1}


def test_a_sequence_may_have_separators() -> None:
    data = b"".join(b"\x1e" + json.dumps(feature(step)).encode() + b"\n" for step in WALK)
    assert len(gather_fixes(data).fixes) == 3


def test_an_empty_collection_is_no_fixes() -> None:
    for data in (collection([]), b'{"features":[ ],"type":"FeatureCollection"}'):
        assert len(read(data)) == 0


def test_times_need_an_offset_and_numbers_have_none() -> None:
    for time in ("2026-01-05T22:00:00", 1_767_625_200):
        with pytest.raises(FixesError, match="no time under time has an offset"):
            read(collection([feature(STEP, time=time)]))


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"FeatureCollection"}',
        b'{"type":"FeatureCollection","features":{}}',
        b'{"type":"FeatureCollection","features":7}',
        collection([feature(STEP)])[:-3],
        b'{"type":"FeatureCollection","features":[{"x":NaN}]}',
        b'{"type":"FeatureCollection","features":' + b"[" * 100000,
    ],
)
def test_a_damaged_collection_is_refused(data: bytes) -> None:
    with pytest.raises(FixesError, match="the GeoJSON is damaged"):
        read(data)


def test_a_member_too_long_or_too_deep_is_kept_out_of_range() -> None:
    long = feature(STEP, note="x" * 2_000_000)
    assert gather_fixes(collection([feature(STEP), long])).kept_unused == {"out_of_range": 1}


def test_more_members_than_the_file_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_limits, "ROWS_FREE", 1_000)
    with pytest.raises(FixesError, match="too many for its size"):
        read(b'{"type":"FeatureCollection","features":[' + b"1," * 1_200 + b"1]}")
