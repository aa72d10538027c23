from datetime import UTC, datetime, timedelta

import pytest

from mesure.orders.values import places
from mesure.orders.values.places import Calibration, Circle, Place, Polygon
from mesure.orders.values.span import Span

START = datetime(2026, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CIRCLE = Circle(43.25, 76.93, 60.0)


def calibration(day: int, lat_deg: float) -> Calibration:
    return Calibration(lat_deg, 76.93, START + day * DAY, "O-7", "", "", 240, 9.0)


HOME = Place("home", (CIRCLE,), calibrations=(calibration(2, 43.2501), calibration(5, 43.2502)))


@pytest.mark.parametrize(
    ("day", "lats_deg"),
    [(1, [43.25]), (2, [43.25, 43.2501]), (4, [43.25, 43.2501]), (5, [43.25, 43.2502])],
)
def test_the_latest_calibration_counts_beside_the_address(day: int, lats_deg: list[float]) -> None:
    place = places.widen(HOME, START + day * DAY)
    assert [shape.lat_deg for shape in place.shapes if isinstance(shape, Circle)] == lats_deg
    assert not place.calibrations


def test_a_place_changes_at_the_dates_of_its_calibrations() -> None:
    periods = list(places.over(HOME, Span(START, START + 6 * DAY)))
    edges = [(span.start - START) // DAY for span, _ in periods]
    assert edges == [0, 2, 5]
    assert [len(place.shapes) for _, place in periods] == [1, 2, 2]
    assert periods[-1][0].end == START + 6 * DAY


def test_a_place_that_was_calibrated_before_does_not_change() -> None:
    [(_, place)] = places.over(HOME, Span(START + 5 * DAY, START + 6 * DAY))
    assert len(place.shapes) == 2


def test_as_drawn_a_place_is_its_address() -> None:
    area = Place("district", (Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))),))
    assert places.as_drawn(HOME) == Place("home", (CIRCLE,))
    assert places.as_drawn(area) is area
