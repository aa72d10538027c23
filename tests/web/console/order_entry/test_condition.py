"""Conditions and absences: hours, days, and what no field can show, which is shown as text."""

import json
import re
from typing import Any

import pytest

from mesure.orders.reading import order_writer, read_order
from mesure.web.console.order_entry.steps import condition_fields
from tests.orders import samples
from tests.web.console.order_entry.desk import CaseworkBrowser
from tests.web.console.order_entry.test_place import begin

SHOWN = [
    "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}",
    "{curfew: {at: home, from: 22:00, until: 06:00, every: [sat, sun]}, review_by: 2026-07-01}",
    (
        "{curfew: {at: home, times: [{from: 19:00, until: 07:00, every: sat}, "
        "{from: 12:00, until: 13:00, every: day}], on_holidays: {calendar: KZ, as: sun}, "
        "first_night: {from: 18:00, until: 06:00}}}"
    ),
    "{residence: {stay_in: home}, in_force: {from: 2026-02-01, until: 2026-03-01T12:00}}",
    "{exclusion: {keep_out_of: home, from: 18:00, until: 24:00, every: fri}}",
    "{appointment: {at: home, from: 10:00, until: 10:30, every: mon, present_min: 10}}",
]
NOT_SHOWN = [
    "{curfew: {at: home, times: [{from: 19:00, until: 07:00, every: sat, at: office}]}}",
    "{curfew: {at: home, from: 19:00, until: 07:00, every: Saturday}}",
    "{curfew: {at: [home], from: 19:00, until: 07:00}}",
    "{curfew: {at: home, from: 19:00, until: 07:00}, in_force: {from: 2026-02-01T10:00:30}}",
    "{curfew: {at: home}, residence: {stay_in: home}}",
    "{curfew: home}",
    "curfew",
    "{exclusion: {keep_out_of: home, on_holidays: KZ}}",
]


@pytest.mark.parametrize("entry", SHOWN)
def test_what_fields_show_is_kept_as_it_was(desk: CaseworkBrowser, entry: str) -> None:
    desk.open("/console/orders/of/P-1")
    text = samples.ORDER.replace("P-0042", "P-1")
    before = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
    order = text.replace(before, entry).encode()
    desk.fill(how="file", files={"file": ("o.yaml", order)})
    draft = desk.url
    desk.open(f"{draft}/condition?name=C1&back=check")
    desk.fill(id="C9")
    assert "Suspended: C9." in desk.text
    desk.open(f"{draft}/condition?name=C9")
    desk.fill(id="C1")
    desk.open(draft)
    assert "not right yet" not in desk.text
    desk.fill(compared="yes")
    [condition, *_] = read_order.read("o.yaml", desk.order_file().encode(), {}).conditions
    [other, *_] = read_order.read("o.yaml", order, {}).conditions
    assert condition == other


@pytest.mark.parametrize("entry", NOT_SHOWN)
def test_what_no_field_shows_is_none(entry: str) -> None:
    tree = order_writer.tree("o.yaml", f"C1: {entry}".encode())
    assert condition_fields.fields_of("C1", tree["C1"]) is None


def home(desk: CaseworkBrowser) -> str:
    draft = begin(desk)
    desk.open(f"{draft}/place?shape=circle")
    desk.fill(name="home", point="43.2, 76.9", radius_m="60")
    return draft


@pytest.mark.parametrize(
    ("kind", "fields", "field", "words"),
    [
        ("curfew", {"from_1": "22:00", "until_1": "06:00"}, "place", "Choose a place."),
        ("curfew", {"place": "home", "from_1": "22:00", "until_1": "06:00"}, "day_1",
         "Choose the days."),
        ("curfew", {"place": "home", "from_1": "22:00", "until_1": "06:00", "day_1_day": "on",
                    "day_1_mon": "on"}, "day_1", "Choose every day, or single days; not both."),
        ("curfew", {"place": "home", "from_1": "ten", "until_1": "06:00", "day_1_mon": "on"},
         "from_1", "not a time of day"),
        ("curfew", {"place": "home", "from_1": "25:00", "until_1": "06:00", "day_1_mon": "on"},
         "from_1", "is no time of day"),
        ("curfew", {"place": "home", "from_1": "22:00", "until_1": "06:00", "day_1_mon": "on",
                    "calendar": "atlantis"}, "calendar", "no calendar of public holidays"),
        ("appointment", {"place": "home", "from_1": "10:00", "until_1": "10:30", "day_1_mon": "on",
                         "present_min": "90"}, "present_min", "are longer than the shortest slot"),
        ("residence", {"place": "home", "always": "yes", "review_by": "soon"}, "review_by",
         "This is not a day."),
        ("venues", {"category": "nightlife", "always": "yes"}, "map", "Choose a list"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    desk: CaseworkBrowser, kind: str, fields: dict[str, Any], field: str, words: str
) -> None:
    draft = home(desk)
    desk.open(f"{draft}/condition?kind={kind}")
    desk.fill(**fields)
    assert desk.status == 422
    assert f'<a href="#{field}">' in desk.page
    assert words in desk.text


def test_every_day_is_one_tick_and_stays_one(desk: CaseworkBrowser) -> None:
    draft = home(desk)
    desk.open(f"{draft}/condition?kind=curfew")
    desk.fill(place="home", from_1="22:00", until_1="06:00", day_1_day="on")
    assert desk.url == f"{draft}/conditions"
    page = desk.open(f"{draft}/condition?name=C1")
    assert re.findall(r'name="(day_1_\w+)"[^>]* checked', page) == ["day_1_day"]


def test_a_list_of_venues_is_uploaded_with_its_condition(desk: CaseworkBrowser) -> None:
    draft = home(desk)
    point = {"type": "Point", "coordinates": [76.9, 43.2]}
    bar = {"type": "Feature", "properties": {"amenity": "bar"}, "geometry": point}
    data = json.dumps({"type": "FeatureCollection", "features": [bar]}).encode()
    desk.open(f"{draft}/condition?kind=venues")
    fields = {"category": "nightlife", "always": "yes"}
    desk.fill(**fields, files={"file": ("v.geojson", data)})
    assert "is a point" in desk.text
    desk.fill(**fields, venue_radius_m="25", files={"file": ("v.geojson", data)})
    assert desk.url == f"{draft}/conditions"


def test_a_part_for_which_there_is_no_field_is_changed_as_text(desk: CaseworkBrowser) -> None:
    order = samples.ORDER.replace("P-0042", "P-1").replace(
        "from: 22:00, until: 06:00, every: day",
        "times: [{from: 19:00, until: 07:00, every: sat, at: office}]",
    )
    desk.open("/console/orders/of/P-1")
    desk.fill(how="file", files={"file": ("o.yaml", order.encode())})
    draft = desk.url
    desk.open(f"{draft}/condition?name=C1")
    assert "as text" in desk.text
    desk.fill(words="{curfew: {at: nowhere, from: 19:00, until: 07:00}}")
    assert "no place called" in desk.text
    desk.fill(words="{curfew: {at: home")
    assert desk.status == 422
    desk.fill(words="{curfew: {at: home, from: 19:00, until: 07:00}}")
    assert "from 19:00 until 07:00 on the next day" in desk.text


def test_an_absence_is_entered_changed_and_refused_without_a_condition(
    desk: CaseworkBrowser,
) -> None:
    order = samples.ORDER.replace("P-0042", "P-1").partition("absences:")[0]
    desk.open("/console/orders/of/P-1")
    desk.fill(how="file", files={"file": ("o.yaml", order.encode())})
    draft = desk.url
    desk.open(f"{draft}/absence")
    assert desk.status == 200
    span = {"from_day": "2026-03-10", "from_time": "22:00", "until_day": "2026-03-11"}
    desk.fill(**span)
    assert "Choose at least one condition." in desk.text
    desk.fill(**span, allows_0="on", allows_1="on", travel_min="30")
    assert "“travel_min” stands here without “at”" in desk.text
    desk.fill(**span, allows_0="on", allows_1="on", travel_min="30", place="office")
    assert "All conditions are suspended." in desk.text
    desk.follow("Change")
    assert desk.page.count(" checked") == 2
    desk.fill(until_day="2026-03-10")
    assert "is not later than" in desk.text


def test_a_condition_is_renamed_in_a_list_of_an_absence(desk: CaseworkBrowser) -> None:
    order = samples.ORDER.replace("P-0042", "P-1").replace("allows: C1", "allows: [C1, C2]")
    order += "  A2: {allows: C2, from: 2026-03-01, until: 2026-03-02, reason: x, by: y}\n"
    desk.open("/console/orders/of/P-1")
    desk.fill(how="file", files={"file": ("o.yaml", order.encode())})
    desk.open(f"{desk.url}/condition?name=C1&back=check")
    desk.fill(id="C9")
    assert "not right yet" not in desk.text
