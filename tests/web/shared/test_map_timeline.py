"""The timeline of a map: what it says of each fix, and how a page hands it to its script."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from mesure import instants
from mesure.geo.fixes import Fixes
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.reports.drawing import strips
from mesure.web.shared.evidence import map_timeline
from mesure.web.shared.words.page_texts import PageTexts

START = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")
MINUTES = (0, 1, 2, 40)


def fixes() -> Fixes:
    us = np.array([instants.to_us(START + timedelta(minutes=one)) for one in MINUTES], np.int64)
    flag = np.zeros(len(us), np.int8)
    lat_deg = np.array([43.25, 43.2500004, 43.2512345, 43.25])
    radius = np.array([12.34, np.nan, 20.0, 20.0])
    return Fixes(us, us, lat_deg, np.full(len(us), -76.95), radius, radius, flag, flag, flag, us)


def timeline() -> map_timeline.MapTimeline:
    scale = strips.scale(Span(START, START + timedelta(hours=1)), ALMATY)
    return map_timeline.of(scale, ALMATY, fixes(), [0, 1, 3, 5], ["in", "out", "in", "out"])


def test_columns_lead_back_to_every_fix() -> None:
    columns = timeline().columns
    assert np.cumsum(columns["s"]).tolist() == [60 * one for one in MINUTES]
    assert np.allclose(np.cumsum(columns["lat"]) / 1e6, fixes().lat_deg, atol=6e-7)
    assert np.allclose(np.cumsum(columns["lon"]) / 1e6, fixes().lon_deg, atol=6e-7)
    assert columns["radius"] == [12.3, None, 20.0, 20.0]
    assert columns["flags"] == [0, 1, 3, 5]


def test_what_is_said_of_many_alike_is_sent_once() -> None:
    words = timeline().words
    assert words["phrases"] == ["in", "out"]
    assert [words["phrases"][one] for one in words["phrase"]] == ["in", "out", "in", "out"]
    assert words["clock"][0] == "22:00:00"


def test_each_fix_has_a_stroke_on_the_axis_and_those_that_fall_together_one() -> None:
    assert timeline().ticks.count("M") == len(MINUTES)
    assert timeline().fixes[0].words == "22:00:00 · in"


def test_a_silence_before_a_fix_is_said_and_a_usual_gap_is_not() -> None:
    silences = map_timeline.silences(fixes(), PageTexts(texts.catalogue("en")))
    assert silences == ["", "", "", "no contact for 38\xa0min before"]
