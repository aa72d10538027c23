"""The map of one possible breach."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.incidents.incident import Incident, IncidentKind
from mesure.orders.values.places import Circle, Place, Polygon
from mesure.orders.values.span import Span
from mesure.reports.drawing import svg_paths
from mesure.reports.drawing.svg_paths import Dots, Drawing
from mesure.reports.maps import incident_map, scene
from mesure.reports.replay.replay_report import ReplayReport, ReportedZone
from tests.reports import factory
from tests.reports.factory import FOR_EVER, HOME, at


def draw_map(report: ReplayReport, incident: Incident) -> Drawing:
    drawing = incident_map.incident_map(scene.scene_of(report), incident)
    assert drawing is not None
    return drawing


def line_of_fixes(*east_m: float, radius95_m: float = 20.0) -> Fixes:
    """Return fixes a minute apart from 22:00 of the first night on, on a line to the east."""
    count = len(east_m)
    return factory.columns(
        [at(0, 22) + timedelta(minutes=minute) for minute in range(count)],
        np.array(east_m),
        np.zeros(count),
        np.full(count, radius95_m),
    )


def first_night(**changes: object) -> Incident:
    changes = {
        "start": at(0, 22),
        "end": at(0, 23),
        "evidence": (1, 2),
        "facts": factory.facts(window=Span(at(0, 22), at(0, 30)), distance_max_m=200.0),
        **changes,
    }
    return factory.incident(**changes)


def marks(path: str) -> int:
    return path.count("M")


def on_wrong_side(dots: Dots) -> int:
    return marks(dots.wrong) + marks(dots.wrong_used) + marks(dots.wrong_evidence)


def test_fixes_are_marked_by_their_side_and_by_what_they_bear() -> None:
    report = factory.report(used=line_of_fixes(0.0, 20.0, 200.0, 300.0))
    dots = draw_map(report, first_night()).dots
    assert marks(dots.right_used) == 1
    assert marks(dots.right_evidence) == 1
    assert marks(dots.wrong_used) == 1
    assert marks(dots.wrong_evidence) == 1
    assert svg_paths.DIAMOND in dots.wrong_used
    assert svg_paths.DOT in dots.right_used


def test_in_a_place_to_keep_out_of_the_inside_is_the_wrong_side() -> None:
    zone = ReportedZone(Place("home", (Circle(*HOME, 60.0),)), True, frozenset({"C1"}), FOR_EVER)
    report = factory.report(used=line_of_fixes(0.0, 20.0, 200.0, 300.0), zones=(zone,))
    dots = draw_map(report, first_night()).dots
    assert on_wrong_side(dots) == 2


def test_within_what_a_zone_reaches_beyond_its_place_is_the_wrong_side_too() -> None:
    place = Place("home", (Circle(*HOME, 60.0),))
    zone = ReportedZone(place, True, frozenset({"C1"}), FOR_EVER, grow_m=150.0)
    report = factory.report(used=line_of_fixes(0.0, 20.0, 200.0, 300.0), zones=(zone,))
    dots = draw_map(report, first_night()).dots
    assert on_wrong_side(dots) == 3


def test_a_tolerance_helps_the_person_on_the_map_as_it_does_before_the_judge() -> None:
    yard = Polygon(factory.ring((-290, -290), (290, -290), (290, 290), (-290, 290)))
    zone = ReportedZone(Place("home", (yard,)), False, frozenset({"C1"}), FOR_EVER)
    report = factory.report(used=line_of_fixes(0.0, 20.0, 200.0, 300.0), zones=(zone,))
    dots = draw_map(report, first_night()).dots
    assert on_wrong_side(dots) == 0


def test_a_silence_has_no_map() -> None:
    report = factory.report()
    assert incident_map.incident_map(scene.scene_of(report), factory.silence()) is None


def test_without_a_fix_there_is_no_map() -> None:
    report = factory.report(used=factory.no_fixes())
    assert incident_map.incident_map(scene.scene_of(report), factory.incident()) is None


def test_fixes_of_other_hours_are_left_out() -> None:
    report = factory.report()
    late = factory.incident()
    drawing = draw_map(report, late)
    assert late.end is not None
    hours = (late.end - late.start + 2 * incident_map.AROUND) / timedelta(hours=1)
    assert drawing.fixes_there == pytest.approx(hours * 30, abs=1)


def test_evidence_of_an_earlier_hour_is_drawn_all_the_same() -> None:
    report = factory.report(used=line_of_fixes(*np.linspace(0.0, 300.0, 60)))
    late = first_night(start=at(0, 22.8), evidence=(0, 59))
    assert draw_map(report, late).fixes_there == 60 - 33 + 1


def test_an_open_incident_is_drawn_to_the_end_of_its_window_at_most() -> None:
    report = factory.report()
    still_open = factory.incident(end=None)
    closed = factory.incident(end=at(12, 6))
    assert draw_map(report, still_open).fixes_there == draw_map(report, closed).fixes_there
    early = replace(report, until=at(11, 23))
    assert draw_map(early, still_open).fixes_there < draw_map(report, still_open).fixes_there


def test_many_fixes_are_thinned_and_the_evidence_is_drawn_first() -> None:
    report = factory.report(used=line_of_fixes(*np.linspace(0.0, 400.0, 3000)))
    night = first_night(end=at(3, 22), evidence=tuple(range(0, 3000, 30)))
    drawing = draw_map(report, night)
    assert drawing.fixes_there == 3000
    assert drawing.fixes_drawn == incident_map.FIXES_MAX
    assert marks(drawing.dots.right_evidence) + marks(drawing.dots.wrong_evidence) == 100
    assert len(drawing.discs) == incident_map.DISCS_MAX


def test_too_much_evidence_is_thinned_too() -> None:
    report = factory.report(used=line_of_fixes(*np.linspace(0.0, 400.0, 3000)))
    drawing = draw_map(report, first_night(end=at(2, 22), evidence=tuple(range(3000))))
    shown = marks(drawing.dots.right_evidence) + marks(drawing.dots.wrong_evidence)
    assert shown == incident_map.EVIDENCE_MAX


def test_a_fix_without_a_radius_has_no_circle() -> None:
    report = factory.report(used=line_of_fixes(0.0, 200.0, 300.0, radius95_m=float("nan")))
    assert draw_map(report, first_night()).discs == ()


def test_a_large_district_is_drawn_near_the_fixes_only_and_its_boundary_is_in_view() -> None:
    home = ReportedZone(
        Place("home", (Circle(*HOME, 20_000.0),)), False, frozenset({"C1"}), FOR_EVER
    )
    report = factory.report(used=line_of_fixes(20_100.0, 20_200.0, 20_210.0), zones=(home,))
    drawing = draw_map(report, first_night())
    assert drawing.scale_m <= 500
    assert len(drawing.areas) == 1


def test_the_map_is_about_the_zone_named_as_it_was_then() -> None:
    before = ReportedZone(
        Place("home", (Circle(*HOME, 30.0),)), False, frozenset({"C1"}), Span(at(-9, 0), at(0, 0))
    )
    now = ReportedZone(Place("home", (Circle(*HOME, 60.0),)), False, frozenset({"C1"}), FOR_EVER)
    other = ReportedZone(
        Place("office", (Circle(*HOME, 99.0),)), False, frozenset({"C1"}), FOR_EVER
    )
    report = factory.report(used=line_of_fixes(0.0, 100.0, 200.0), zones=(before, other, now))
    drawing = draw_map(report, first_night())
    assert [area.concerned for area in drawing.areas] == [False, True]
    assert [label.text for label in drawing.labels][:1] == ["home"]


def test_no_fix_is_on_the_wrong_side_of_another_place_than_the_one_named() -> None:
    report = factory.report(used=line_of_fixes(0.0, 100.0, 200.0))
    night = first_night(facts=factory.facts(place="elsewhere", window=Span(at(0, 22), at(0, 30))))
    drawing = draw_map(report, night)
    assert not any(area.concerned for area in drawing.areas)
    assert on_wrong_side(drawing.dots) == 0


def test_without_a_zone_the_fixes_are_drawn_as_they_are() -> None:
    report = factory.report(used=line_of_fixes(0.0, 100.0, 200.0), zones=())
    drawing = draw_map(report, first_night())
    assert drawing.areas == ()
    assert on_wrong_side(drawing.dots) == 0


def test_the_first_and_the_last_fix_that_agree_have_their_time() -> None:
    report = factory.report(used=line_of_fixes(0.0, 100.0, 200.0))
    assert [label.text for label in draw_map(report, first_night()).labels] == [
        "home",
        "22:01",
        "22:02",
    ]
    near = factory.report(used=line_of_fixes(0.0, 200.0, 201.0))
    assert "22:01–22:02" in [label.text for label in draw_map(near, first_night()).labels]
    single = draw_map(report, first_night(evidence=(2,)))
    assert [label.text for label in single.labels] == ["home", "22:01", "22:02"]


def test_a_missed_appointment_has_a_map() -> None:
    night = first_night(kind=IncidentKind.MISSED, evidence=())
    assert draw_map(factory.report(used=line_of_fixes(0.0, 100.0)), night).fixes_drawn == 2


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    drawing = draw_map(factory.report(used=line_of_fixes(0.0, 400.0)), first_night(evidence=(0, 1)))
    xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", drawing.line)]
    m_per_px = 400.0 / (xs[-1] - xs[0])
    assert float(drawing.scale_px) * m_per_px == pytest.approx(drawing.scale_m, rel=0.03)


def test_every_fix_has_a_place_on_the_map_or_there_is_no_map() -> None:
    view = scene.scene_of(factory.report(used=line_of_fixes(0.0, 20.0, 200.0, 300.0)))
    drawing = incident_map.incident_map(view, first_night())
    assert drawing is not None
    assert drawing.frame is not None
    fixes = view.rows.fixes
    x, y = svg_paths.on_frame(drawing.frame, fixes.lon_deg, fixes.lat_deg)
    assert len(x) == 4
    assert (np.diff(x) > 0).all()
    assert np.allclose(y, y[0])
    assert incident_map.incident_map(view, first_night(kind=IncidentKind.SILENT)) is None


# --- Stays, and what each fix was to the judge ---------------------------------------------------


def test_a_stay_is_labelled_from_its_first_fix_to_its_last_whatever_decided_it() -> None:
    report = factory.report(used=line_of_fixes(*[0.0] * 10, *[500.0] * 80, *[0.0] * 10))
    night = first_night(start=at(0, 22), end=at(0, 23.5), evidence=(10, 11, 12))
    assert [label.text for label in draw_map(report, night).labels] == ["home", "22:10–23:29"]


def test_a_fix_decided_it_or_was_used_too_or_was_not_used_for_it() -> None:
    report = factory.report(used=line_of_fixes(*[0.0] * 10, *[500.0] * 80, *[0.0] * 10))
    night = first_night(start=at(0, 22) + timedelta(minutes=5), end=at(0, 23.5), evidence=(10, 11))
    drawing = draw_map(report, night)
    assert marks(drawing.dots.wrong_evidence) == drawing.fixes_decided == 2
    assert marks(drawing.dots.wrong_used) == 78
    assert marks(drawing.dots.right_used) == 5
    assert marks(drawing.dots.right) == 5 + 10
    assert marks(drawing.dots.wrong) == 0
    assert drawing.fixes_used == 85


def test_without_a_fix_that_bears_it_no_stay_has_a_time() -> None:
    nothing = np.empty(0)
    assert incident_map._times(fixes_.none(), nothing, nothing, ZoneInfo("Asia/Almaty")) == []


def test_a_stay_in_an_hour_that_happens_twice_says_which() -> None:
    """The clocks went back from 24:00 to 23:00 that night."""
    start = datetime(2024, 2, 29, 17, 50, tzinfo=UTC)
    observed = [start + timedelta(minutes=minute) for minute in range(20)]
    stay = factory.columns(observed, np.zeros(20), np.zeros(20), np.full(20, 9.0))
    [(_, _, words)] = incident_map._times(stay, np.zeros(20), np.zeros(20), factory.ALMATY)
    assert words == "23:50 UTC+6–23:09 UTC+5"
