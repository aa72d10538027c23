"""A way through a place to keep out of, between two fixes: possible, never certain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Status
from mesure.evaluation.evidence import possible_crossings, sampling
from mesure.evaluation.evidence.possible_crossings import LongSteps
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.allowed_area import Boundary, Region, Side
from mesure.evaluation.filter.status_intervals import StatusInterval
from mesure.evaluation.filter.tolerance import shrunk_m
from mesure.geo.fixes import Fixes
from mesure.orders.values.places import Circle, Place, Polygon
from tests.evaluation.scenes import (
    EXCLUSION,
    HOME_LAT_DEG,
    HOME_LON_DEG,
    LAT_M,
    LON_M,
    Fix,
    M,
    absence,
    default_policy,
    fix,
    fixes,
    format_instant,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

POLICY = default_policy()
Point = tuple[float, float]


def corner(east_m: float, north_m: float) -> tuple[float, float]:
    return HOME_LAT_DEG + north_m / LAT_M, HOME_LON_DEG + east_m / LON_M


SQUARE = Polygon((corner(0, 0), corner(400, 0), corner(400, 400), corner(0, 400)))
PLACES = {
    "circle": Place("circle", (Circle(*corner(0, 0), 100),)),
    "square": Place("square", (SQUARE,)),
    "half": Place("half", (Polygon((corner(0, 0), corner(400, 0), corner(400, 400))),)),
}
OUTSIDE = {  # Grown by what their tolerance takes, so that they lie where they are drawn.
    name: allowed_area.pack(
        Side(outside=(Region(name, sum(shrunk_m(PLACES[name].shapes))),)), PLACES
    )
    for name in PLACES
}


def leaps(columns: Fixes) -> LongSteps:
    return possible_crossings.leaps(columns, sampling.measure(columns, POLICY), POLICY)


def crosses(boundary: Boundary, *points: Point, minutes: float = 5) -> bool:
    """Return whether the way along some points may lead through a place."""
    start = us("10T12:00")
    track = [
        Fix(start + round(n * minutes * M), start, east, north_m=north)
        for n, (east, north) in enumerate(points)
    ]
    return bool(possible_crossings.possible(boundary, leaps(fixes(track)), POLICY))


# --- Which steps count -----------------------------------------------------------------------


def test_only_steps_longer_than_the_circles_of_their_ends_count() -> None:
    wander = stay("10T12:00", "10T12:10")
    assert len(leaps(fixes(wander)).length_m) == 0
    steps = leaps(fixes(wander, [fix("10T12:10", 31)], [fix("10T12:11", 60)]))
    assert [format_instant(at) for at in steps.after.observed_us.tolist()] == ["10T12:10"]
    assert steps.length_m.tolist() == pytest.approx([31.0], rel=0.01)


def test_in_a_silence_all_is_unknown_anyway() -> None:
    assert crosses(OUTSIDE["circle"], (-500, 0), (500, 0), minutes=30)
    assert not crosses(OUTSIDE["circle"], (-500, 0), (500, 0), minutes=30.1)


def test_no_fixes_make_no_step() -> None:
    assert possible_crossings.possible(OUTSIDE["circle"], leaps(fixes()), POLICY) == []


# --- Which steps lead through ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start", "end", "through"),
    [
        ("circle", (-500, 0), (500, 0), True),
        ("circle", (-500, 95), (500, 95), True),
        ("circle", (-500, 105), (500, 105), False),
        ("circle", (-500, 0), (-150, 0), False),
        ("circle", (-500, 0), (0, 0), False),  # It ends inside: the fix itself speaks.
        ("circle", (0, 0), (500, 0), False),
        ("square", (-200, 390), (10, 600), False),
        ("square", (-200, 390), (210, 401), True),
        ("square", (-5_000, 200), (5_000, 201), True),
    ],
)
def test_a_straight_line_leads_through_or_does_not(
    name: str, start: Point, end: Point, through: bool
) -> None:
    assert crosses(OUTSIDE[name], start, end) is through
    assert crosses(OUTSIDE[name], end, start) is through


def test_a_way_along_a_wall_has_not_crossed_it() -> None:
    """Why: it grazes it for longer than we care to follow; doubt is not certainty."""
    assert not crosses(OUTSIDE["square"], (-100, -0.5), (500, -0.5))
    assert not crosses(OUTSIDE["half"], (-50, -49), (450, 451))
    assert crosses(OUTSIDE["half"], (-50, -60), (450, 440))


def test_a_line_over_the_antimeridian_goes_the_shorter_way() -> None:
    places = {"circle": Place("circle", (Circle(0.0, 179.9999, 500),))}
    boundary = allowed_area.pack(Side(outside=(Region("circle"),)), places)
    track = fixes([fix("10T12:00", 0), fix("10T12:05", 0)])
    for lon_deg in ([179.98, -179.98], [-179.98, 179.98]):
        for lat_deg, through in ((0.0, True), (0.01, False)):
            columns = Fixes(
                track.observed_us, track.received_us, np.full(2, lat_deg), np.array(lon_deg),
                *(getattr(track, name) for name in Fixes.__slots__[4:]),
            )  # fmt: skip
            assert bool(possible_crossings.possible(boundary, leaps(columns), POLICY)) is through


def test_a_place_made_larger_is_crossed_where_it_is_larger() -> None:
    wider = allowed_area.pack(Side(outside=(Region("circle", 50),)), PLACES)
    assert crosses(wider, (-500, 145), (500, 145))
    assert not crosses(wider, (-500, 155), (500, 155))


def test_where_nothing_is_to_be_kept_out_of_nothing_is_crossed() -> None:
    home = allowed_area.pack(Side(inside=(Region("circle"),)), PLACES)
    assert not crosses(home, (-500, 0), (500, 0))


def test_a_place_where_an_absence_lets_the_person_be_may_be_crossed() -> None:
    both = Side(inside=(Region("square"),), outside=(Region("circle"),))
    boundary = allowed_area.pack(both, PLACES)
    assert not crosses(boundary, (200, 200), (300, 300))
    assert crosses(boundary, (-500, -50), (500, -50))


EAST_M = st.sampled_from([-700.0, -101.0, -99.0, 10.0, 99.0, 101.0, 399.0, 401.0, 900.0])


@given(st.sampled_from(sorted(PLACES)), EAST_M, EAST_M, EAST_M, EAST_M)
def test_stepping_finds_what_looking_everywhere_finds(
    name: str, east_m: float, north_m: float, to_east_m: float, to_north_m: float
) -> None:
    """Aimed at ends just inside and outside; what grazes by less than 2 m may go either way."""
    share = np.linspace(0.0, 1.0, 2_001)
    east, north = (
        start + share * (end - start) for start, end in ((east_m, to_east_m), (north_m, to_north_m))
    )
    wrong_m = allowed_area.measure(
        OUTSIDE[name], HOME_LAT_DEG + north / LAT_M, HOME_LON_DEG + east / LON_M
    )
    crossed = crosses(OUTSIDE[name], (east_m, north_m), (to_east_m, to_north_m))
    if wrong_m[0] > 0.0 or wrong_m[-1] > 0.0 or wrong_m.max() < -2.0:
        assert not crossed
    elif wrong_m.max() > 2.0 and abs(east_m - to_east_m) + abs(north_m - to_north_m) > 40:
        assert crossed


# --- Doubt -----------------------------------------------------------------------------------


def doubt_spells(
    intervals: list[StatusInterval], *gaps: tuple[int, int]
) -> list[tuple[int, int, str]]:
    doubtful = possible_crossings.doubt(intervals, list(gaps))
    return [(spell.start_us, spell.end_us, spell.status.value) for spell in doubtful]


def test_a_gap_is_unknown_where_it_was_met() -> None:
    intervals = [
        StatusInterval(0, 50, Status.MET, 0, 0, 0),
        StatusInterval(50, 90, Status.NOT_MET, 50, 50, 1),
    ]
    assert doubt_spells(intervals) == [(0, 50, "met"), (50, 90, "not_met")]
    assert doubt_spells(intervals, (10, 20), (30, 40), (45, 60)) == [
        (0, 10, "met"), (10, 20, "unknown"), (20, 30, "met"), (30, 40, "unknown"),
        (40, 45, "met"), (45, 50, "unknown"), (50, 90, "not_met"),
    ]  # fmt: skip


def test_gaps_at_the_edges_of_a_spell() -> None:
    intervals = [
        StatusInterval(10, 20, Status.MET, 10, 10, 0),
        StatusInterval(20, 30, Status.MET, 20, 20, 1),
    ]
    assert doubt_spells(intervals, (0, 10), (30, 40)) == [(10, 20, "met"), (20, 30, "met")]
    assert doubt_spells(intervals, (10, 20)) == [(10, 20, "unknown"), (20, 30, "met")]
    assert doubt_spells(intervals, (15, 25)) == [
        (10, 15, "met"), (15, 20, "unknown"), (20, 25, "unknown"), (25, 30, "met")
    ]  # fmt: skip
    assert doubt_spells(intervals, (5, 35)) == [(10, 20, "unknown"), (20, 30, "unknown")]


# --- From fixes ------------------------------------------------------------------------------


def drive(every_s: float) -> list[Fix]:
    """Return a drive straight through the stadium, 10 km in 10 minutes."""
    steps = round(600 / every_s)
    at = us("10T12:00")
    return [
        Fix(at + round(n * every_s * 1e6), at + round(n * every_s * 1e6), n * 10_000 / steps)
        for n in range(steps + 1)
    ]


def test_between_two_fixes_on_either_side_it_is_unknown_and_no_incident() -> None:
    track = fixes(stay("10T11:00", "10T12:00"), drive(200), stay("10T12:11", "10T13:00", 10_000))
    statement = look(rules(order(EXCLUSION)), track, "10T13:00")
    assert spans(statement, "C3") == [
        ("met", "10T11:00", "10T12:03:20"),
        ("unknown", "10T12:03:20", "10T12:06:40"),
        ("met", "10T12:06:40", "10T13:00"),
    ]
    assert list_episodes(statement) == []


def test_during_authorised_entry_a_way_through_is_no_doubt() -> None:
    entry = absence("C3", "10T11:00", "10T13:00", "stadium")
    track = fixes(stay("10T11:00", "10T12:00"), drive(200), stay("10T12:11", "10T13:00", 10_000))
    statement = look(rules(order(EXCLUSION, absences=entry)), track, "10T13:00")
    assert spans(statement, "C3") == [("met", "10T11:00", "10T13:00")]
