"""What a variation changes is said, and what it leaves is not."""

import json
from dataclasses import replace

import pytest

from mesure.orders.wording import version_differences
from tests.orders import samples
from tests.orders.plain_catalogue import PlainCatalogue

BEFORE = samples.ORDER


def describe(after: str, before: str = BEFORE) -> str:
    """Return everything that is said of a change, line by line."""
    passages = version_differences.sentences(
        samples.read(before), samples.read(after), PlainCatalogue()
    )
    return "\n".join(line for one in passages for line in (one.heading, *one.lines))


def test_the_same_order_from_another_day_on_changes_nothing() -> None:
    later = samples.replace_once("from: 2026-01-05,", "from: 2026-02-01,")
    assert describe(later) == (
        "Order\nNothing is different, but for when this version counts from."
    )


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("number: 1-234/2026", "number: 1-300/2026",
         ["No longer: Number of the decision: 1-234/2026.",
          "New: Number of the decision: 1-300/2026."]),
        ("until: 2027-01-05", "until: 2027-03-05",
         ["No longer: In force until 2027-01-05 00:00.", "New: In force until 2027-03-05 00:00."]),
        ("radius_m: 60", "radius_m: 80", ["“home” reaches 80 m far, and no longer 60 m."]),
        ("lat_deg: 43.25654, lon_deg: 76.92848", "lat_deg: 43.25754, lon_deg: 76.92848",
         ["“home” moves: 111 m to the north.",
          "Its middle is now at latitude 43.25754, longitude 76.92848."]),
        ("radius_m: 60}", "radius_m: 60, address: Clover Avenue 5}",
         ["The address of “home” is now Clover Avenue 5."]),
        ("lat_deg: 43.25654", "address: Clover Avenue 5, lat_deg: 43.25754",
         ["“home” moves: 111 m to the north.", "The address of “home” is now Clover Avenue 5."]),
        ("lat_deg: 43.25654", "lat_deg: 43.256541", ["“home” moves: less than a metre."]),
        ("{at: home, from: 22:00,", "{at: home, from: 23:00,",
         ["Condition C1: curfew",
          "No longer: Every day: from 22:00 until 06:00 on the next day.",
          "New: Every day: from 23:00 until 06:00 on the next day."]),
        ("{allows: C1, from: 2026-02-10T22:00", "{allows: C1, from: 2026-02-10T21:00",
         ["No longer: A1: from 2026-02-10 22:00 until 2026-02-11 02:00.",
          "New: A1: from 2026-02-10 21:00 until 2026-02-11 02:00."]),
        (BEFORE[BEFORE.index("  A1") :], "  {}", ["The absence A1 is not in this version."]),
    ],
)  # fmt: skip
def test_a_change_is_said(old: str, new: str, lines: list[str]) -> None:
    changed = BEFORE.replace(old, new)
    assert changed != BEFORE
    text = describe(changed)
    for line in lines:
        assert line in text.splitlines()


def test_an_address_that_is_left_out_is_said() -> None:
    before = samples.replace_once("radius_m: 60}", "radius_m: 60, address: Clover Avenue 5}")
    assert describe(BEFORE, before) == "Places\n“home” no longer has the address Clover Avenue 5."
    assert describe(before, before).startswith("Order\nNothing is different")


def test_what_comes_and_goes_is_said_with_all_its_sentences() -> None:
    more = samples.replace_once(
        "conditions:\n",
        "  park: {polygon: [[43.1, 76.1], [43.2, 76.1], [43.2, 76.2]]}\nconditions:\n",
    ).replace("absences:", "  C3: {exclusion: {keep_out_of: park}}\nabsences:")
    there = describe(more).splitlines()
    assert there[:3] == ["Places", "New place: “park”.", "“park”: an area with 3 corners."]
    assert "This condition is new." in there
    assert "The person must keep out of this place: “park”." in there
    gone = describe(BEFORE, more).splitlines()
    assert "The order no longer has the place “park”." in gone
    assert gone[-2:] == ["Condition C3: exclusion", "This condition no longer holds."]


def test_a_place_of_another_shape_is_said_as_it_was_and_is() -> None:
    drawn = samples.replace_once(
        "office: {lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}",
        "office: {corridor: [[43.26, 76.93], [43.27, 76.93]], width_m: 80}",
    )
    there = describe(drawn).splitlines()
    assert there[1] == "“office” is drawn otherwise than before."
    assert there[2].startswith("No longer: “office”: within 80 m")
    assert there[3].startswith("New: “office”: a way 80 m wide")


def test_the_same_line_from_a_map_is_the_same_place() -> None:
    ring = [[76.1, 43.1], [76.2, 43.1], [76.2, 43.2], [76.1, 43.1]]
    feature = {"type": "Feature", "id": "park", "properties": {},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    files = {"m.geojson": json.dumps(feature).encode()}
    drawn, from_map = (
        samples.replace_once("conditions:\n", f"  park: {{{place}}}\nconditions:\n")
        for place in (
            "polygon: [[43.1, 76.1], [43.1, 76.2], [43.2, 76.2]]",
            "geojson: m.geojson, feature: park",
        )
    )
    before, after = samples.read(drawn), samples.read(from_map, files)
    [passage] = version_differences.sentences(before, after, PlainCatalogue())
    assert passage.lines == ("Nothing is different, but for when this version counts from.",)


def test_a_duty_of_another_kind_names_what_it_was() -> None:
    other = samples.replace_once(
        "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}",
        "{residence: {stay_in: home}}",
    )
    there = describe(other).splitlines()
    assert there[:2] == ["Condition C1: residence", "No longer: Condition C1: curfew."]


def test_a_point_that_was_measured_is_new() -> None:
    measured = samples.replace_once(
        "radius_m: 60",
        "radius_m: 60, calibrated: {lat_deg: 43.25660, lon_deg: 76.92848, from: 2026-01-06, by: A, "
        "fixes: 200, spread_m: 9}",
    )
    there = describe(measured).splitlines()
    assert there[1].startswith("New: From 2026-01-06 00:00 on also: within 60 m")


def test_a_new_absence_is_said() -> None:
    more = BEFORE + "  A2: {allows: C2, from: 2026-03-01, until: 2026-03-02, reason: x, by: O-7}\n"
    assert "New: A2: from 2026-03-01 00:00 until 2026-03-02 00:00." in describe(more).splitlines()


def test_venues_that_reach_farther_are_said_and_not_drawn_otherwise() -> None:
    area = samples.read(
        samples.replace_once(
            "conditions:\n",
            "  park: {polygon: [[43.1, 76.1], [43.2, 76.1], [43.2, 76.2]]}\nconditions:\n",
        )
    )
    before, after = (
        replace(
            area,
            places={**area.places, "park": replace(area.places["park"], points_radius_m=radius_m)},
        )
        for radius_m in (30.0, 50.0)
    )
    [passage] = version_differences.sentences(before, after, PlainCatalogue())
    assert [line[: line.index(":")] for line in passage.lines] == ["No longer", "New"]
    assert [radius for radius in ("30 m", "50 m") for line in passage.lines if radius in line] == [
        "30 m",
        "50 m",
    ]
