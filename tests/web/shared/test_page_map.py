"""Where the map of a page opens, and the streets under its drawing."""

from types import SimpleNamespace
from typing import Any

import pytest

from mesure.machine import texts
from mesure.reports.drawing.chart import Frame
from mesure.web import streets
from mesure.web.shared.evidence import page_map
from mesure.web.shared.words.page_texts import PageTexts
from tests.browser import streets as made_up

TOWN = made_up.open_basemap()
WEST, SOUTH, EAST, NORTH = TOWN.box_deg


def visit(basemap: Any) -> Any:
    """Return as much of a visit as a map asks for."""
    return SimpleNamespace(
        static=SimpleNamespace(has=lambda _: True, address=str),
        texts=PageTexts(texts.catalogue("en")),
        parts=SimpleNamespace(basemap=basemap),
    )


def view(box: page_map.Box | None) -> tuple[float, ...]:
    shown = page_map.to_draw_on(visit(TOWN), box)
    assert shown is not None
    assert shown.moving is not None
    return shown.moving.view


def test_a_map_to_draw_on_opens_where_the_programme_is() -> None:
    middle = (WEST + 0.3 * (EAST - WEST), SOUTH, WEST + 0.4 * (EAST - WEST), NORTH)
    assert view(middle) == middle
    assert view((WEST - 1.0, SOUTH, EAST, NORTH + 1.0)) == (WEST, SOUTH, EAST, NORTH)


@pytest.mark.parametrize("box", [None, (WEST - 9.0, SOUTH, WEST - 8.0, NORTH)])
def test_without_a_programme_on_the_map_it_opens_at_all_of_it(box: page_map.Box | None) -> None:
    assert view(box) == (WEST, SOUTH, EAST, NORTH)


def test_without_streets_there_is_no_map_to_draw_on() -> None:
    assert page_map.to_draw_on(visit(None), None) is None


def frame(width_m: float) -> Frame:
    """Return a drawing of the middle of the town, some metres wide."""
    lat, lon = (SOUTH + NORTH) / 2.0, (WEST + EAST) / 2.0
    half_lat, half_lon = width_m * 0.375 / 111_320.0, width_m * 0.5 / 81_000.0
    return Frame(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat, width_m / 480.0)


def test_streets_lie_on_the_drawing_and_a_larger_one_shows_fewer_of_them() -> None:
    near, far = streets.on_drawing(TOWN, frame(500.0)), streets.on_drawing(TOWN, frame(20_000.0))
    numbers = [float(one) for one in near.replace("M", " ").replace("L", " ").split()]
    assert min(numbers) >= 0.0
    assert max(numbers[0::2]) <= 480.0
    assert max(numbers[1::2]) <= 360.0
    assert near.count("M") > 3
    assert far
    assert len(near) < 20_000
    assert len(far) < 40_000


def test_a_drawing_off_the_map_has_no_streets() -> None:
    elsewhere = Frame(WEST - 9.0, SOUTH, WEST - 8.99, SOUTH + 0.01, 2.0)
    assert streets.on_drawing(TOWN, elsewhere) == ""
