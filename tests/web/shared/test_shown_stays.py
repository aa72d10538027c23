"""Under a possible breach stands where the device stayed, and near which street, to all alike."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from shapely import LineString

from mesure.actions.trails.trail_access import Trail
from mesure.geo.fixes import Fixes
from mesure.machine import texts
from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles
from mesure.web.map_tiles import Basemap, MapSource
from mesure.web.shared.evidence import evidence_view, shown_stays
from mesure.web.shared.evidence.shown_stays import STAYS_MAX, ShownStay, StayList
from mesure.web.shared.words.page_texts import PageTexts
from tests.reports import factory
from tests.web import browsing, filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

ALMATY = ZoneInfo("Asia/Almaty")
LAT_DEG, LON_DEG = 43.25, 76.92
CLOVER = (("name", "Clover Avenue"), ("name:kk", "Беде даңғылы"))


def make_basemap(folder: Path, *shapes: MapShape) -> Basemap:
    line = LineString([(76.80, LAT_DEG), (77.0, LAT_DEG)])
    own = shapes or (MapShape("road", "minor", line, CLOVER),)
    making.make(own, folder / "m.pmtiles", MapSource.OPENSTREETMAP, "", lambda _: None)
    return map_tiles.open_basemap(folder / "m.pmtiles")


@pytest.fixture
def basemap(tmp_path: Path) -> Iterator[Basemap]:
    with closing(make_basemap(tmp_path)) as basemap:
        yield basemap


def visit(basemap: Basemap | None, language: str = "en") -> Any:
    return SimpleNamespace(
        parts=SimpleNamespace(basemap=basemap),
        texts=PageTexts(texts.catalogue(language)),
        context=SimpleNamespace(now=factory.at(12, 12)),
    )


def stay(hour: float = 22.0, length_h: float = 1.0, lat_deg: float = LAT_DEG) -> ShownStay:
    start = factory.at(10, hour)
    return ShownStay(start, start + timedelta(hours=length_h), lat_deg, LON_DEG, is_vague=False)


def where(listed: StayList) -> list[str]:
    return [str(row.where) for row in listed.rows]


def test_a_stay_is_near_a_street_or_it_is_said_why_not(basemap: Basemap) -> None:
    stays = [stay(20), stay(21, lat_deg=LAT_DEG + 0.01), replace(stay(22), is_vague=True)]
    listed = shown_stays.in_words(stays, visit(basemap), ALMATY)
    assert where(listed) == [
        "near Clover Avenue",
        "no street with a name within 60 m",
        "its fixes are too vague to name a street",
    ]
    assert listed.rows[0].when.striptags().endswith("20:00 – 21:00")
    assert where(shown_stays.in_words(stays[:1], visit(basemap, "kk"), ALMATY)) == [
        "жақын жер: Беде даңғылы"
    ]


def test_without_streets_nothing_is_listed(basemap: Basemap) -> None:
    assert shown_stays.in_words([stay()], visit(None), ALMATY) == StayList()
    assert shown_stays.in_words([], visit(basemap), ALMATY).rows == ()


def test_the_longest_are_listed_in_the_order_of_time(basemap: Basemap) -> None:
    many = [stay(at * 0.5, length_h=0.1 + at / 100) for at in range(STAYS_MAX + 3)]
    listed = shown_stays.in_words(many, visit(basemap), ALMATY)
    assert (len(listed.rows), listed.count) == (STAYS_MAX, STAYS_MAX + 3)
    assert "01:30" in listed.rows[0].when
    passing = [stay(20, 0.05), stay(21, 0.06), stay(23, 0.01)]
    [row] = shown_stays.in_words(passing, visit(basemap), ALMATY).rows
    assert "21:00" in row.when
    assert len(shown_stays.in_words([*passing, stay(18, 0.1)], visit(basemap), ALMATY).rows) == 1
    alone = shown_stays.in_words([stay(length_h=0.0)], visit(basemap), ALMATY).rows[0].when
    assert "–" not in alone


def test_a_name_from_outside_is_text_and_short(tmp_path: Path) -> None:
    line = LineString([(76.80, LAT_DEG), (77.0, LAT_DEG)])
    name = "<script>\u202e" + "x" * 9_000
    shape = MapShape("road", "minor", line, (("name", name),))
    with closing(make_basemap(tmp_path, shape)) as basemap:
        [text] = where(shown_stays.in_words([stay()], visit(basemap), ALMATY))
    assert text.startswith("near &lt;script&gt;\ufffdxxx")
    assert len(text) < 120


def columns(radius95_m: float) -> Fixes:
    count = 6
    at = np.arange(count, dtype=np.int64) * 60_000_000
    return Fixes(
        observed_us=at, received_us=at,
        lat_deg=LAT_DEG + np.array([0.0, 1e-5, 2e-5, 0.01, 0.01, 0.01]),
        lon_deg=np.full(count, LON_DEG), radius95_m=np.full(count, radius95_m),
        speed_mps=np.full(count, np.nan), motion=np.full(count, -1, np.int8),
        beacon=np.full(count, -1, np.int8), provider=np.ones(count, np.int8),
        row=np.arange(count, dtype=np.int64),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("radius95_m", "is_vague"), [(20.0, False), (100.0, False), (101.0, True), (np.nan, True)]
)
def test_a_stay_lies_in_the_middle_of_its_fixes_and_wide_circles_name_no_street(
    radius95_m: float, is_vague: bool
) -> None:
    fixes = columns(radius95_m)
    places = np.zeros(6), np.array([0.0, 1.0, 2.0, 300.0, 300.0, 300.0])
    borne = np.array([True, True, True, True, True, False])
    first, second = shown_stays.of_fixes(fixes, places, borne)
    assert first.lat_deg == pytest.approx(LAT_DEG + 1e-5)
    assert (first.end - first.start, second.end - second.start) == (
        timedelta(minutes=2), timedelta(minutes=1),
    )  # fmt: skip
    assert first.is_vague is second.is_vague is is_vague
    assert shown_stays.of_fixes(fixes, None, borne) == ()


# --- On pages ------------------------------------------------------------------------------------


def test_officer_person_and_counsel_read_the_same_list(
    office: Any, night: Evening, there: Filled, tmp_path: Path
) -> None:
    lat_deg, lon_deg = _longest(night)
    line = LineString([(lon_deg - 0.05, lat_deg), (lon_deg + 0.05, lat_deg)])
    with closing(make_basemap(tmp_path, MapShape("road", "minor", line, CLOVER))) as basemap:
        readers = ("officer", "person", "counsel")
        lists = [_listed(office, night, there, who, basemap) for who in readers]
        bare = _page(office, night, there, "officer", None)
    assert "<bdi>near Clover Avenue</bdi>" in lists[0]
    assert lists[0] == lists[1] == lists[2]
    assert 'id="stays"' not in bare


def _longest(night: Evening) -> tuple[float, float]:
    """Return where the longest stay of the evening lies."""
    fixes, now = tuple(night.trail(())), night.judged.until
    trail = Trail("P-0042", fixes[0].observed_at, now, fixes, ())
    english = PageTexts(texts.catalogue("en"))
    versions = night.judged.rules.versions
    shown = evidence_view.of(night.incident, trail, versions, ALMATY, english, now, None)
    longest = max(shown.stays, key=lambda stay: stay.end - stay.start)
    return longest.lat_deg, longest.lon_deg


def _listed(office: Any, night: Evening, there: Filled, who: str, basemap: Basemap | None) -> str:
    page = _page(office, night, there, who, basemap)
    return page.partition('id="stays"')[2].partition("</ul>")[0].partition("<ul")[2]


def _page(office: Any, night: Evening, there: Filled, who: str, basemap: Basemap | None) -> str:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS[who])
    parts = browsing.parts_of(office, filled.with_trail(office, night))
    browser.serve(replace(parts, basemap=basemap))
    pages = {"officer": "/console/incidents", "person": "/portal/notices"}
    return browser.open(f"{pages.get(who, '/counsel/incidents')}/{there.incident}")
