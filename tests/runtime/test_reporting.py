"""A replay as the value that the table and the page are drawn from."""

import pytest

from mesure.compliance import exclusion
from mesure.compliance.sides import Region, Side
from mesure.orders import reading
from mesure.runtime import reporting
from tests.compliance.scenes import EXCLUSION, RESIDENCE, order


def test_a_zone_that_reaches_beyond_its_place_is_shown_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Side(outside=(Region("stadium", 100.0),))
    monkeypatch.setattr(exclusion, "side", lambda duty, bound: ring)
    version = reading.read("order.yaml", order(RESIDENCE, EXCLUSION).encode(), {})
    shown = [(zone.place.name, zone.keep_out, zone.grow_m) for zone in reporting._zones(version)]
    assert shown == [("district", False, 0.0), ("stadium + 100 m", True, 100.0)]
