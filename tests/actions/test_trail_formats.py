"""A part of a trail as a file says what was judged, and no less."""

import csv
import io
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from mesure.actions.trails import trail_formats
from mesure.actions.trails.trail_formats import TrailFormat
from mesure.formats.stored.trail_fix import TrailFix

AT = datetime(2026, 3, 11, 16, 0, 0, 250_000, tzinfo=UTC)
FULL = TrailFix("phone <1>", AT, AT, 43.25654321, 76.92848, 17.25, "gnss", True, False)
BARE = TrailFix("=1+1", AT, AT, -43.0, 0.1, None, "wifi", False, None)
GPX = "{http://www.topografix.com/GPX/1/1}"


def test_a_table_says_every_number_whole_and_leaves_empty_what_is_not_known() -> None:
    data = trail_formats.write_trail(TrailFormat.CSV, [FULL, BARE]).decode()
    full, bare = csv.DictReader(io.StringIO(data))
    assert (full["time"], full["lat"], full["lon"]) == (
        "2026-03-11T16:00:00.250000Z",
        "43.25654321",
        "76.92848",
    )
    assert (full["radius95_m"], full["beacon"], full["signed"]) == ("17.25", "0", "1")
    assert (bare["radius95_m"], bare["beacon"], bare["signed"]) == ("", "", "0")


def test_no_name_of_a_device_is_a_formula() -> None:
    data = trail_formats.write_trail(TrailFormat.CSV, [BARE]).decode()
    assert "'=1+1" in data


def test_a_track_holds_each_fix_with_its_time_and_its_radius() -> None:
    root = ET.fromstring(trail_formats.write_trail(TrailFormat.GPX, [FULL, BARE]))
    full, bare = root.iter(f"{GPX}trkpt")
    assert (full.get("lat"), full.get("lon")) == ("43.25654321", "76.92848")
    assert full.findtext(f"{GPX}time") == "2026-03-11T16:00:00.250000Z"
    assert full.findtext(f"{GPX}src") == "phone <1>"
    assert full.findtext(f"{GPX}extensions/{GPX}radius95_m") == "17.25"
    assert bare.find(f"{GPX}extensions") is None


@pytest.mark.parametrize("form", TrailFormat)
def test_the_same_fixes_are_the_same_bytes(form: TrailFormat) -> None:
    assert trail_formats.write_trail(form, [FULL]) == trail_formats.write_trail(form, [FULL])
    assert trail_formats.write_trail(form, []) != trail_formats.write_trail(form, [FULL])
    assert form.value in form.media_type
