"""Where an absence lets the person be in a second place, pages measure by both, as judged."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mesure.actions.trails.trail_access import Trail
from mesure.incidents.incident import Incident
from mesure.machine import texts
from mesure.record import report
from mesure.record.replay import Replay, ReplayRequest, replay
from mesure.reports.maps import incident_map, scene
from mesure.web.shared.evidence import evidence_view
from mesure.web.shared.evidence.shown_fixes import WRONG
from mesure.web.shared.words.page_texts import PageTexts
from tests.web.filled import AWAY, HOME, NINE, ORDER, Evening

OFFICE = (43.26000, 76.93000)
ABSENCE = """\
absences:
  A1: {allows: C1, from: 2026-03-11T21:30, until: 2026-03-12T04:00, at: office}
"""
ENGLISH = PageTexts(texts.catalogue("en"))


@pytest.fixture(scope="module")
def night_replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """A night at the office, as allowed, with two hours elsewhere in its middle."""
    folder: Path = tmp_path_factory.mktemp("two")
    (folder / "order.yaml").write_text(ORDER + ABSENCE, encoding="utf-8")
    (folder / "fixes.csv").write_text("\n".join(_rows()), encoding="utf-8")
    return replay(ReplayRequest((folder / "order.yaml",), (folder / "fixes.csv",)))


def _rows() -> Iterator[str]:
    yield "time,lat,lon,accuracy_m,provider"
    for minute in range(420):
        lat, lon = OFFICE if minute >= 20 else HOME
        if 150 <= minute < 270:
            lat, lon = AWAY
        at = NINE + timedelta(minutes=minute)
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{lat + minute % 3 * 1e-5:.6f},{lon:.6f},9,gps"


def _incident(judged: Replay) -> Incident:
    [incident] = [one for one in judged.incidents if one.condition == "C1"]
    return incident


def test_a_fix_in_the_second_place_is_on_the_right_side_of_a_page(night_replay: Replay) -> None:
    incident, rules = _incident(night_replay), night_replay.rules
    fixes = tuple(Evening(night_replay).trail(()))
    trail = Trail("P-0042", fixes[0].observed_at, night_replay.until, fixes, ())
    zone = rules.versions[0].zone
    shown = evidence_view.of(
        incident, trail, rules.versions, zone, ENGLISH, night_replay.until, rules
    )
    assert shown.timeline is not None
    start = shown.timeline.scale.shown.start
    drawn = [(start + timedelta(seconds=one.at_s), one) for one in shown.timeline.fixes]
    inside = [
        fix.flags & WRONG
        for at, fix in drawn
        if incident.start <= at < incident.over_at(night_replay.until)
    ]
    assert sum(inside) == incident.facts.fixes_on_wrong_side
    at_office = [one for _, one in drawn if abs(one.lat_deg - OFFICE[0]) < 1e-3]
    assert at_office
    assert not any(one.flags & WRONG for one in at_office)
    assert shown.drawing is not None
    verdicts = {one.words.split(" · ")[-1] for one in shown.timeline.fixes}
    assert "used, agrees" in verdicts


def test_a_report_and_a_paper_draw_by_the_same_boundary(night_replay: Replay) -> None:
    view = scene.scene_of(report.report_of(night_replay))
    incident, fixes = _incident(night_replay), night_replay.gathered.fixes
    wrong = incident_map.wrong_side(view, incident, fixes)
    assert int(wrong.sum()) == 120
