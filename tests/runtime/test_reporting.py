"""A replay as the value that the table and the page are drawn from."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mesure.compliance import exclusion
from mesure.compliance.sides import Region, Side
from mesure.incidents import explanation
from mesure.orders import reading
from mesure.runtime import reporting, texts
from mesure.runtime.replay import replay
from tests.compliance.scenes import EXCLUSION, RESIDENCE, order
from tests.runtime.files import LATE_RETURN, request

ALMATY = ZoneInfo("Asia/Almaty")


def test_an_explanation_is_worked_out_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = replay(request(tmp_path, LATE_RETURN))
    found = reporting.explanations(done, done.incidents[0])
    assert dict(found) == {
        tag: explanation.explain(done.incidents[0], ALMATY, texts.catalogue(tag))
        for tag in texts.LANGUAGES
    }
    assert len(found) == len(texts.LANGUAGES)
    assert found.get("de") is None
    monkeypatch.setattr(explanation, "explain", None)
    assert set(reporting.report_of(done).incidents[0].explanation) == set(texts.LANGUAGES)


def test_a_zone_that_reaches_beyond_its_place_is_shown_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Side(outside=(Region("stadium", 100.0),))
    monkeypatch.setattr(exclusion, "side", lambda duty, bound: ring)
    version = reading.read("order.yaml", order(RESIDENCE, EXCLUSION).encode(), {})
    shown = [(zone.place.name, zone.keep_out, zone.grow_m) for zone in reporting._zones(version)]
    assert shown == [("district", False, 0.0), ("stadium + 100 m", True, 100.0)]
