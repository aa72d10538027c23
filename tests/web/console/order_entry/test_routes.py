"""An order is entered from an empty page to a second officer's signature, as an officer would."""

import json
import re
from itertools import cycle
from typing import Any

import pytest

from tests.actions.scene import OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser

DISTRICTS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[76.8 + at, 43.2], [77.0 + at, 43.2], [77.0 + at, 43.3],
                                     [76.8 + at, 43.3], [76.8 + at, 43.2]]],
                },
            }
            for name, at in (("Almaly", 0.0), ("Bostandyq", 1.0))
        ],
    }
).encode()  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY: dict[str, Any] = {f"day_1_{day}": "on" for day in DAYS}


def enter(desk: CaseworkBrowser) -> None:
    """Enter an order through every step, up to where it is read back."""
    desk.open("/console/orders/of/P-1")
    desk.fill(button="Enter it step by step")
    desk.fill(
        order="ALM-1", court="Almaly court", decision_number="1-2", decision_date="2026-01-05"
    )
    desk.fill(from_day="2026-01-05", until_day="2027-01-04", time_zone="Asia/Almaty")
    desk.follow("A circle round a point")
    desk.fill(name="home", point="43.25654, 76.92848", radius_m="60")
    desk.follow("A part of a map")
    desk.fill(name="district", feature="Almaly", files={"file": ("maps/d.geojson", DISTRICTS)})
    desk.follow("Go on to the conditions")
    desk.follow("Be at a place in set hours")
    desk.fill(place="home", from_1="22:00", until_1="6:00", **EVERY_DAY)
    desk.follow("Stay inside a place")
    desk.fill(place="district", always="yes")
    desk.follow("Go on to the absences")
    desk.follow("Add an absence")
    desk.fill(allows_0="on", from_day="2026-03-10", from_time="22:00", until_day="2026-03-11",
              until_time="02:00", reason="night shift", by="ann")  # fmt: skip
    desk.follow("Go on and read it back")


def test_an_order_is_entered_step_by_step_and_binds_after_a_second_look(
    scene: OfficeScene, desk: CaseworkBrowser
) -> None:
    enter(desk)
    for sentence in (
        "“home”: within 60 m of latitude 43.25654, longitude 76.92848.",
        "Every day: from 22:00 until 06:00 on the next day.",
        "The person must stay inside this place: “district”.",
        "Reason: night shift.",
        "False alerts to expect",
    ):
        assert sentence in desk.text
    desk.fill(compared="yes")
    assert "It binds when a second officer has confirmed it." in desk.text
    assert "You entered this." in desk.text
    other = CaseworkBrowser.of(scene, scene.chief)
    other.open("/console/orders")
    assert "waits for you" in other.text
    other.open("/console")
    other.follow("An order waits for a second officer")
    other.fill(button="Confirm; it binds from then on")
    assert other.status == 422
    other.fill(compared="yes")
    assert "confirmed" in other.text
    other.open("/console/orders")
    assert "Nothing waits." in other.text


def test_nothing_is_entered_that_nobody_compared(desk: CaseworkBrowser) -> None:
    enter(desk)
    desk.fill(button="I have compared")
    assert desk.status == 422
    assert "Compare it with the court’s paper first" in desk.text
    desk.open("/console/orders")
    assert "A new order" in desk.text


def test_the_pages_speak_other_languages(scene: OfficeScene, desk: CaseworkBrowser) -> None:
    enter(desk)
    draft, languages = desk.url, cycle(["fr", "ru", "kk"])
    for step in ("", "/decision", "/dates", "/places", "/conditions", "/absences", "/absence",
                 "/place?shape=circle", "/place?shape=map", "/condition?kind=curfew",
                 "/condition?kind=venues", "/measured?name=home"):  # fmt: skip
        language = next(languages)
        other = CaseworkBrowser.of(scene, scene.ann, language)
        other.open(draft + step)
        assert other.status == 200
        assert f'<html lang="{language}"' in other.page


@pytest.mark.parametrize(("language", "metre"), [("fr", "m"), ("ru", "м"), ("kk", "м")])
def test_lengths_have_the_symbols_of_the_language(
    scene: OfficeScene, desk: CaseworkBrowser, language: str, metre: str
) -> None:
    enter(desk)
    other = CaseworkBrowser.of(scene, scene.ann, language)
    other.open(desk.url)
    radii = re.findall(r'<th scope="row">(\d+ \w+)', other.page)
    assert radii[:5] == [f"{radius} {metre}" for radius in (30, 50, 60, 80, 100)]
    scales = re.findall(r'<text x="6" y="-9">\d+ (\w+)</text>', other.page)
    assert {unit[-1] for unit in scales} == {metre}
