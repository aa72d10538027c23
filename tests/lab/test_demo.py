"""The fictional fortnight: same bytes for a seed, and the four nights it promises."""

import csv
import hashlib
import io
import itertools
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from mesure_lab.demonstration import demo
from mesure_lab.ground import lives, town

ALMATY = ZoneInfo("Asia/Almaty")
SEEDS = [1, 2, 3]

Files = dict[str, bytes]
Row = dict[str, str]


def read(files: Files) -> list[Row]:
    return list(csv.DictReader(io.StringIO(files["fixes.csv"].decode())))


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def distance_m(row: Row) -> float:
    east_m = (float(row["lon"]) - town.ORIGIN_LON_DEG) * town.METRES_PER_DEG_EAST
    north_m = (float(row["lat"]) - town.ORIGIN_LAT_DEG) * town.METRES_PER_DEG_NORTH
    return lives.distance_m((east_m, north_m), town.HOME)


def within(rows: list[Row], night: demo.DemoNight) -> list[Row]:
    return [row for row in rows if night.start_s <= seconds(row["time"]) < night.end_s]


@pytest.fixture(scope="module", params=SEEDS)
def files(request: pytest.FixtureRequest) -> Files:
    return demo.fortnight(int(request.param))


def test_one_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    assert demo.fortnight(5) == demo.fortnight(5)
    assert demo.fortnight(5)["fixes.csv"] != demo.fortnight(6)["fixes.csv"]


def test_the_bytes_are_these_on_every_machine_and_python() -> None:
    whole = hashlib.sha256(b"".join(content for _, content in sorted(demo.fortnight(1).items())))
    assert whole.hexdigest() == "7f38ce0f0a6777aaf4bede9eb00e0bbfbd8f9e1700956e28bcdacc9821cb9924"


def test_the_files_have_their_names_and_the_fixes_their_columns(files: Files) -> None:
    assert sorted(files) == [
        "district.geojson",
        "fixes.csv",
        "order.yaml",
        "truth.json",
        "venues.geojson",
    ]
    assert files["fixes.csv"].splitlines()[0] == (
        b"time,lat,lon,accuracy_m,speed_mps,recv_time,provider,motion,beacon"
    )


def test_the_late_return_comes_home_at_ten_past_one(files: Files) -> None:
    [breach] = json.loads(files["truth.json"])["breaches"]
    end = datetime.fromisoformat(breach["end"]).astimezone(ALMATY)
    assert breach["condition"] == "C1"
    assert breach["start"] == "2026-09-10T17:00:00Z"
    assert abs(end - datetime(2026, 9, 11, 1, 10, tzinfo=ALMATY)) < timedelta(minutes=2)
    away = [row for row in within(read(files), demo.LATE_RETURN) if distance_m(row) > 100.0]
    assert len(away) > 170


def test_the_drift_night_looks_wrong_although_the_person_is_at_home(files: Files) -> None:
    truth = json.loads(files["truth.json"])
    start, end = demo.DRIFT.start_s, demo.DRIFT.end_s
    assert any(
        leg["place"] == "home"
        and leg["movement"] == "still"
        and seconds(leg["start"]) <= start
        and end <= seconds(leg["end"])
        for leg in truth["legs"]
    )
    night = within(read(files), demo.DRIFT)
    outside = [row for row in night if distance_m(row) > town.HOME_RADIUS_M]
    wide = [row for row in night if float(row["accuracy_m"]) >= 65.0]
    claimed = [row for row in outside if distance_m(row) - float(row["accuracy_m"]) > 60.0]
    neighbour = town.degrees(town.NEIGHBOUR)
    jumps = [row for row in night if row["lat"] == f"{neighbour.lat_deg:.7f}"]
    assert len(outside) > 0.1 * len(night)
    assert len(wide) > 0.2 * len(night)
    assert len(jumps) >= 3
    assert claimed, "without a fix that claims to be outside the night would be too easy"


def test_the_silent_night_has_no_fix_and_ends_with_a_stale_one(files: Files) -> None:
    rows = read(files)
    assert within(rows, demo.SILENT) == []
    stale = [r for r in rows if seconds(r["recv_time"]) - seconds(r["time"]) > 48 * 3600]
    assert [seconds(row["recv_time"]) for row in stale] == [demo.SILENT.end_s + 20]


def test_the_absence_is_written_in_the_order_and_used_to_its_end(files: Files) -> None:
    order = yaml.load(files["order.yaml"], Loader=yaml.BaseLoader)
    assert order["absences"]["A1"]["from"] == "2026-09-17T22:00"
    assert order["absences"]["A1"]["until"] == "2026-09-18T02:00"
    away = [row for row in within(read(files), demo.ABSENCE) if distance_m(row) > 500.0]
    assert len(away) > 170
    home_by = demo.ABSENCE.end_s
    legs = json.loads(files["truth.json"])["legs"]
    arrivals = [seconds(leg["end"]) for leg in legs if leg["movement"] == "drive"]
    assert any(home_by - 1200 < arrival < home_by for arrival in arrivals)


def test_no_silence_but_the_silent_night_is_long_enough_to_be_an_incident(files: Files) -> None:
    times = sorted(seconds(row["time"]) for row in read(files))
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert [gap for gap in gaps if gap > 4 * 3600] == [max(gaps)]
    assert sum(gap > 900 for gap in gaps) >= 5, "a phone without silences is not a phone"


def test_every_appointment_is_seen_to_be_kept(files: Files) -> None:
    office = town.OFFICE
    for day in demo.APPOINTMENT_DAYS:
        start_s, end_s = demo.instant_s(day, "10:00"), demo.instant_s(day, "10:30")
        rows = [r for r in read(files) if start_s <= seconds(r["time"]) < end_s]
        assert len(rows) >= 20
        assert all(abs(distance_m(r) - lives.distance_m(office, town.HOME)) < 700 for r in rows)


def test_the_truth_keeps_clear_of_venues_and_stadium_and_stays_in_the_district() -> None:
    life = demo._life(1)
    stadium = (-240.0, -2095.0)
    for leg in life.legs:
        for second in range(leg.start_s, leg.end_s, 30):
            point = life.at(second).point
            for _, _, venue in town.VENUES:
                assert lives.distance_m(point, venue) > 125.0
            assert lives.distance_m(point, stadium) > 800.0
            assert lives.distance_m(point, (0.0, 0.0)) < 1900.0


def test_the_venues_and_the_district_are_plain_geojson(files: Files) -> None:
    district = json.loads(files["district.geojson"])
    [feature] = district["features"]
    [ring] = feature["geometry"]["coordinates"]
    assert feature["id"] in files["order.yaml"].decode()
    assert ring[0] == ring[-1]
    assert 30 <= len(ring) - 1 <= 60
    assert all(76.0 < lon < 78.0 and 43.0 < lat < 44.0 for lon, lat in ring)
    kinds = [f["properties"]["amenity"] for f in json.loads(files["venues.geojson"])["features"]]
    assert kinds == ["bar", "nightclub", "pub", "bar", "restaurant"]
