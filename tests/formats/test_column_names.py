"""What columns are called: accuracy is never lost in silence, and every name means what it says."""

import json
from typing import Any

import numpy as np
import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import NO_TRACE, FileRows
from mesure.geo.fixes import Provider
from tests.ingest.samples import START as AT
from tests.ingest.samples import gather_fixes, read, text

PHONE_RATIO = 2.447746830680816 / 1.509592
TIME = text(AT)


def csv(heading: str, *rows: str) -> bytes:
    return "\n".join(
        [f"time,lat,lon,{heading}", *(f"{TIME},43.25,76.9,{row}" for row in rows)]
    ).encode()


def feature(**properties: Any) -> bytes:
    geometry = {"type": "Point", "coordinates": [76.9, 43.25]}
    map_feature = {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"time": TIME} | properties,
    }
    return json.dumps({"type": "FeatureCollection", "features": [map_feature]}).encode()


def only(data: bytes) -> FileRows:
    [record] = [read(data)]
    return record


@pytest.mark.parametrize(
    "name",
    [
        "accuracy_m",
        "accuracy (m)",
        "Horizontal Accuracy [metres]",
        "Confidence circle ( m )",
        "h_acc",
        "accuracyMeters",
        "accuracy",
        "Accuracy",
        "acc",
        "horizontal_accuracy",
        "horizontalAccuracy",
        "CONFIDENCE CIRCLE",
        "confidence_circle",
    ],
)
def test_accuracy_is_read_by_every_name_that_says_it(name: str) -> None:
    for data in (csv(name, "150"), feature(**{name: 150})):
        record = read(data)
        assert record.reported_m.tolist() == [150.0]
        assert record.notes[0].unread == ()
        assert record.notes[0].has_accuracy
        wide = gather_fixes(data).fixes.radius95_m
        assert wide.tolist() == pytest.approx([150.0 * PHONE_RATIO], rel=1e-3)


@pytest.mark.parametrize("data", [csv("radius95_m", "150"), feature(radius95_m=150)])
def test_a_radius_for_95_percent_is_taken_as_it_is(data: bytes) -> None:
    assert gather_fixes(data).fixes.radius95_m.tolist() == [150.0]


def test_what_was_read_once_stays_what_it_was_whatever_it_is_judged_as() -> None:
    rows = ("20,wifi", "20,gnss", "900,", ",unknown")
    data = "\n".join(
        ["time,lat,lon,radius95_m,provider"]
        + [f"{TIME},43.2{at},76.9,{row}" for at, row in enumerate(rows)]
    ).encode()
    tag = gather_fixes(data, device_class=DeviceClass.GNSS_TAG).fixes
    assert tag.provider.tolist() == [
        Provider.WIFI, Provider.GNSS, Provider.GNSS, Provider.UNKNOWN,
    ]  # fmt: skip
    phone = gather_fixes(data).fixes
    assert phone.provider.tolist() == [
        Provider.WIFI, Provider.GNSS, Provider.CELL, Provider.UNKNOWN,
    ]  # fmt: skip
    assert phone.radius95_m.tolist()[:2] == tag.radius95_m.tolist()[:2] == [20.0, 20.0]


def test_accuracy_in_feet_or_of_heights_is_not_taken_for_metres_on_the_ground() -> None:
    for name in (
        "accuracy_ft",
        "accuracy (ft)",
        "Vertical Accuracy (m)",
        "vertical_accuracy",
        "vac",
        "pdop",
        "precision",
        "course_accuracy",
    ):
        record = read(csv(name, "7"))
        assert np.isnan(record.reported_m).all()
        assert record.notes[0].unread == (name,)
        assert not record.notes[0].has_accuracy


def test_a_speed_is_read_where_its_unit_is_said() -> None:
    assert read(csv("Speed (m/s)", "1.5")).speed_mps.tolist() == [1.5]
    assert read(csv("speed (km/h)", "1.5")).notes[0].unread == ("speed (km/h)",)


def test_hdop_is_no_length() -> None:
    assert read(csv("hdop", "1.2")).reported_m.tolist() == [6.0]
    assert read(csv("accuracy,HDOP", "30,1.2")).reported_m.tolist() == [30.0]


def test_what_gpslogger_writes_is_read_but_for_what_is_named() -> None:
    heading = "elevation,accuracy,bearing,speed,satellites,provider,hdop,battery"
    record = read(csv(heading, "0.0,21.378,,0.0,9,gps,99.0,62"))
    assert record.reported_m.tolist() == [21.378]
    assert record.notes[0].unread == ("elevation", "bearing", "speed", "battery")


def test_of_two_columns_for_one_meaning_the_other_is_named() -> None:
    record = read(csv("accuracy,accuracy_m", "150,12"))
    assert record.reported_m.tolist() == [12.0]
    assert record.notes[0].unread == ("accuracy",)


def test_users_are_told_apart_by_their_names() -> None:
    record = read(csv("user_id,accuracy", "7,12", "8,12"))
    assert record.traces == ("7", "8")
    assert read(csv("order", "1")).trace.tolist() == [NO_TRACE]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timestamp", round(AT.timestamp())),
        ("timestamp", round(AT.timestamp() * 1000)),
        ("timestamp", TIME),
        ("tst", round(AT.timestamp())),
        ("tracked_at", TIME),
    ],
)
def test_times_are_read_as_their_names_say(name: str, value: object) -> None:
    geometry = {"type": "Point", "coordinates": [76.9, 43.25]}
    map_feature = {
        "type": "Feature",
        "geometry": geometry,
        "properties": {name: value, "accuracy": 9},
    }
    data = json.dumps({"type": "FeatureCollection", "features": [map_feature]}).encode()
    table = f"{name},lat,lon\n{value},43.25,76.9".encode()
    expected = read(csv("acc", "9")).observed_us.tolist()
    assert read(data).observed_us.tolist() == expected
    assert read(table).observed_us.tolist() == expected


def test_a_count_under_a_name_that_does_not_say_so_is_refused() -> None:
    with pytest.raises(FixesError, match="has an offset"):
        read(feature(time=1736161169))


@pytest.mark.parametrize(
    "properties",
    [
        {"sym": "Flag", "name": "Bar"},
        {"route_fid": 0, "route_point_id": 3},
        {"_gpxType": "wpt", "name": "Bar"},
        {"_gpxType": "rte"},
    ],
)
def test_a_saved_place_in_geojson_is_no_presence(properties: dict[str, Any]) -> None:
    assert gather_fixes(feature(**properties)).kept_unused == {"not_a_track": 1}


def test_a_point_of_a_track_in_geojson_is_a_fix() -> None:
    data = feature(track_fid=0, track_seg_id=0, sym=None, _gpxType="trk")
    assert len(gather_fixes(data).fixes) == 1


def test_a_table_of_a_planned_route_is_no_presence() -> None:
    assert gather_fixes(csv("route_fid,accuracy", "0,5")).kept_unused == {"not_a_track": 1}
