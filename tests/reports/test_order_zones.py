"""The places of an order are shown for what they are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.kinds import curfew, exclusion
from mesure.geo import fixes
from mesure.orders.model import schedule
from mesure.orders.model.conditions import Condition
from mesure.orders.model.order import OrderVersion
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.reading import read_order
from mesure.reports.maps import order_zones, overview_map
from tests.evaluation.scenes import CURFEW, EXCLUSION, RESIDENCE, order

NOW = datetime(2026, 2, 12, tzinfo=UTC)


def read(*conditions: str) -> OrderVersion:
    return read_order.read("order.yaml", order(*conditions).encode(), {})


def test_each_place_is_one_to_be_in_or_to_keep_out_of() -> None:
    zones = order_zones.of_version(read(CURFEW, RESIDENCE, EXCLUSION))
    shown = {zone.place.name: zone.keep_out for zone in zones}
    assert shown == {"home": False, "district": False, "stadium": True}


def test_a_zone_that_reaches_beyond_its_place_is_shown_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Side(outside=(Region("stadium", 100.0),))
    monkeypatch.setattr(exclusion, "side", lambda duty, bound: ring)
    zones = order_zones.of_version(read(RESIDENCE, EXCLUSION))
    shown = [(zone.place.name, zone.keep_out, zone.grow_m) for zone in zones]
    assert shown == [("district", False, 0.0), ("stadium + 100 m", True, 100.0)]


def test_an_order_is_drawn_without_a_single_fix() -> None:
    scene = order_zones.scene_of((read(CURFEW, EXCLUSION),), fixes.none(), ZoneInfo("UTC"), NOW)
    drawn = overview_map.overview_map(scene)
    assert drawn is not None
    assert {label.text for label in drawn.labels} == {"home", "stadium"}
    assert drawn.fixes_drawn == 0


def test_no_order_is_no_map() -> None:
    assert (
        overview_map.overview_map(order_zones.scene_of((), fixes.none(), ZoneInfo("UTC"), NOW))
        is None
    )


YEAR = "from: 2026-02-01, until: 2027-02-01"
BY_DAY = "C1: {curfew: {at: home, times: [{from: 22:00, until: 06:00, every: [mon, tue]},"
BY_DAY += " {from: 21:00, until: 06:00, every: sat, at: office}]}}"
LATER = "C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}, in_force:"
LATER += " {from: 2026-06-01, until: 2026-06-03}}"
FIRST = "C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day,"
FIRST += " first_night: {from: 15:00, until: 07:00, at: office}}}"
AWAY = "A1: {allows: C1, from: 2026-09-01T22:00, until: 2026-09-02T02:00, at: office, by: O-7}"
FREE = "A1: {allows: C1, from: 2026-02-01T00:00, until: 2026-09-02T02:00, by: O-7}"


@pytest.mark.parametrize(
    ("condition", "absences"),
    [
        (CURFEW, ""),
        (CURFEW, AWAY),
        (CURFEW, FREE),
        (RESIDENCE, ""),
        (BY_DAY, ""),
        (BY_DAY, AWAY),
        (BY_DAY, FREE),
        (LATER, ""),
        (FIRST, ""),
    ],
)
def test_every_place_is_found_in_its_order_though_few_weeks_are_worked_out(
    condition: str, absences: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = order(condition, absences=absences, in_force=YEAR)
    version = read_order.read("order.yaml", text.encode(), {})
    few = order_zones.of_version(version)
    monkeypatch.setattr(order_zones, "FIRST_WEEKS", timedelta(weeks=60))
    assert few == order_zones.of_version(version)
    names = [zone.place.name for zone in few]
    assert ("office" in names) == (bool(absences == AWAY) or condition in {BY_DAY, FIRST})


def test_years_of_nights_are_not_worked_out_for_a_map(monkeypatch: pytest.MonkeyPatch) -> None:
    spans: list[timedelta] = []
    bounds = schedule.bounds

    def note_span(
        condition: Condition, version: OrderVersion, first: datetime, last: datetime
    ) -> tuple[BindingSpan, ...]:
        spans.append(last - first)
        return bounds(condition, version, first, last)

    monkeypatch.setattr(curfew, "bounds", note_span)
    version = read_order.read("order.yaml", order(CURFEW, in_force=YEAR).encode(), {})
    assert order_zones.of_version(version)
    assert spans == [order_zones.FIRST_WEEKS]
