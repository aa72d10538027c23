"""The map of the whole order."""

import numpy as np

from mesure.incidents.incident import IncidentKind
from mesure.orders.values.places import Circle, Corridor, Place
from mesure.reports.drawing.svg_paths import Drawing
from mesure.reports.maps import overview_map, scene
from mesure.reports.replay.replay_report import ReplayReport, ReportedZone
from tests.reports import factory
from tests.reports.factory import FOR_EVER, HOME, at


def draw_map(report: ReplayReport) -> Drawing:
    drawing = overview_map.overview_map(scene.scene_of(report))
    assert drawing is not None
    return drawing


def zone(name: str, *shapes: Circle | Corridor) -> ReportedZone:
    return ReportedZone(Place(name, shapes), False, frozenset({"C1"}), FOR_EVER)


def test_without_zones_and_fixes_there_is_no_map() -> None:
    report = factory.empty_report()
    assert overview_map.overview_map(scene.scene_of(report)) is None


def test_zones_alone_make_a_map() -> None:
    drawing = draw_map(factory.report(used=factory.no_fixes()))
    assert len(drawing.areas) == 5
    assert (drawing.fixes_there, drawing.fixes_drawn, drawing.dots.specks) == (0, 0, "")


def test_fixes_alone_make_a_map() -> None:
    drawing = draw_map(factory.report(zones=(), incidents=()))
    assert drawing.fixes_drawn > 10
    assert drawing.fixes_there == len(factory.fixes_cached())


def test_fixes_away_from_the_zones_are_counted_and_not_shown() -> None:
    drawing = draw_map(factory.report())
    assert drawing.fixes_outside == 2 * 720
    assert drawing.fixes_drawn < 500


def test_what_a_possible_breach_rests_on_is_always_shown() -> None:
    used = factory.fixes_cached()
    away = (used.observed_us >= factory.micros(at(4, 1))) & (
        used.observed_us < factory.micros(at(4, 2))
    )
    left = factory.incident(kind=IncidentKind.LEFT, evidence=tuple(used.row[away].tolist()))
    drawing = draw_map(factory.report(incidents=(factory.as_reported(left),)))
    assert drawing.fixes_outside == 0
    assert drawing.dots.wrong_evidence.count("M") >= 1


def test_silences_and_what_was_withdrawn_mark_nothing() -> None:
    report = factory.report(
        incidents=(
            factory.as_reported(factory.silence()),
            factory.as_reported(factory.incident(withdrawn_at=at(13, 0))),
        )
    )
    assert draw_map(report).dots.wrong_evidence == ""


def test_each_kind_of_shape_can_stand_in_the_middle() -> None:
    way = Corridor((HOME, (HOME[0] + 0.01, HOME[1])), 50.0)
    for first in (zone("home", Circle(*HOME, 60.0)), zone("way", way), factory.report().zones[0]):
        assert draw_map(factory.report(zones=(first,))).areas


def test_many_zones_are_not_all_named() -> None:
    zones = tuple(zone(f"venue {n}", Circle(HOME[0] + n / 50, HOME[1], 60.0)) for n in range(20))
    assert 5 < len(draw_map(factory.report(zones=zones)).labels) <= overview_map.LABELS_MAX


def test_a_zone_that_is_drawn_twice_is_named_once() -> None:
    twice = (zone("office", Circle(*HOME, 60.0)),) * 2
    assert [label.text for label in draw_map(factory.report(zones=twice)).labels] == ["office"]


def test_fixes_that_cannot_be_told_apart_make_one_point() -> None:
    still = factory.columns([at(0, 1)] * 5000, np.zeros(5000), np.zeros(5000), np.full(5000, 9.0))
    drawing = draw_map(factory.report(used=still, incidents=()))
    assert (drawing.fixes_drawn, drawing.fixes_there) == (1, 5000)
