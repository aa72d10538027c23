"""The places of an order are shown for what they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mesure.compliance import exclusion
from mesure.compliance.sides import Region, Side
from mesure.orders import reading
from mesure.orders.order import OrderVersion
from mesure.positions import fixes
from mesure.reports import order_zones, overview_map
from tests.compliance.scenes import CURFEW, EXCLUSION, RESIDENCE, order

NOW = datetime(2026, 2, 12, tzinfo=UTC)


def read(*conditions: str) -> OrderVersion:
    return reading.read("order.yaml", order(*conditions).encode(), {})


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
