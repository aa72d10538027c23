"""What a place to keep out of takes from what is near home, by what the installation holds."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from shapely import LineString

from mesure.evaluation import policy
from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles, website
from mesure.web.map_tiles import Basemap, MapSource
from tests.actions.house import Office
from tests.web import browsing, filled, venued
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

STADIUM = "/console/orders/of/P-0042/version?order=ALM-2026-0042&number=1"
VENUES = "/console/orders/of/P-0042/version?order=ALM-2026-0043&number=1"
PROGRAMME = """\
version: own
thresholds:
  p_not_met:
    unit: probability
    reason: This programme wants to be surer.
    reference: order of the head of the service
    values: [{from: 2000-01-01, value: 0.999}]
"""


@pytest.fixture
def basemap(tmp_path: Path) -> Iterator[Basemap]:
    path = tmp_path / "basemap.pmtiles"
    street = LineString([(76.91, 43.2467), (76.95, 43.2467)])  # Through the stadium.
    named = LineString([(76.91, 43.25), (76.95, 43.25)])
    shapes = [
        MapShape("road", "minor", street),
        MapShape("place", "town", named.centroid, (("name", "Town"),)),
        MapShape("water", "stream", named),
    ]
    making.make(shapes, path, MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(path)) as basemap:
        yield basemap


def officer(office: Office, **changed: Any) -> Browser:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS["officer"])
    browser._app = website.build(replace(browsing.parts_of(office), **changed))
    return browser


def test_without_streets_and_lists_it_is_said_that_there_are_none(
    office: Office, night: Evening, there: Filled
) -> None:
    browser = officer(office)
    browser.open(STADIUM)
    assert "C3, “stadium”: counted within 2 km of home." in browser.text
    assert "No streets are held here, so none were counted." in browser.text
    assert "No approved list of places has one there." in browser.text


def test_streets_of_the_map_and_venues_of_approved_lists_are_counted(
    office: Office, night: Evening, there: Filled, basemap: Basemap
) -> None:
    venued.fill(office, there)
    browser = officer(office, basemap=basemap)
    browser.open(STADIUM)
    assert "It covers 9 % of the streets there: 0.3 of 3.2 km." in browser.text
    assert "No streets are held" not in browser.text
    browser.open(VENUES)
    assert "Of 3 listed as “bars, pubs and nightclubs” there it covers 3." in browser.text
    assert "It covers 0 % of the streets there" in browser.text


def test_what_to_expect_goes_by_the_policy_of_the_programme(
    office: Office, night: Evening, there: Filled
) -> None:
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    own = policy.read("own.yaml", PROGRAMME.encode(), policy.read("policy.yaml", data))
    usual, surer = officer(office), officer(office, thresholds=own)
    pages = [one.open(STADIUM) and one.text for one in (usual, surer)]
    expected = [text.partition("What to expect of each place")[2] for text in pages]
    assert expected[0] != expected[1]
