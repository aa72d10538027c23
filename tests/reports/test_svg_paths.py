"""What a map is made of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.machine import texts
from mesure.reports.drawing import chart, svg_paths
from mesure.reports.drawing.chart import Frame, PlaneBox

CHART = chart.chart_of(chart.plane_at(43.0, 77.0), PlaneBox(-240.0, -180.0, 240.0, 180.0), 480, 360)
NOTHING = np.zeros(0)


@given(st.floats(-1e7, 1e7))
def test_a_coordinate_is_within_a_quarter_unit_and_never_minus_zero(value: float) -> None:
    text = svg_paths.number(value)
    assert abs(float(text) - value) <= 0.25 + 1e-6
    assert text != "-0"
    assert "e" not in text


def test_a_small_negative_half_keeps_its_sign() -> None:
    assert svg_paths.number(-0.5) == "-0.5"


def test_a_line_needs_two_points() -> None:
    assert svg_paths.polyline(np.array([1.0]), np.array([2.0])) == ""
    assert svg_paths.polyline(np.array([1.0, 3.0]), np.array([2.0, 4.5])) == "M1 2L3 4.5"


def test_the_same_mark_stands_at_every_point() -> None:
    assert svg_paths.points(np.array([1.0, 3.0]), np.array([2.0, 4.0]), "h0") == "M1 2h0M3 4h0"


def test_a_point_stands_on_the_drawing_where_its_edges_put_it() -> None:
    """Also where the drawing lies over the antimeridian."""
    frame = Frame(west_deg=179.0, south_deg=-1.0, east_deg=181.0, north_deg=1.0, m_per_px=1.0)
    x, y = svg_paths.on_frame(frame, np.array([179.0, 180.0, -179.5]), np.array([1.0, 0.0, -1.0]))
    assert (x / svg_paths.WIDTH).tolist() == [0.0, 0.5, 0.75]
    assert (y / svg_paths.HEIGHT).tolist() == [0.0, 0.5, 1.0]


def test_rings_are_closed_lines_of_one_path() -> None:
    frame = Frame(west_deg=0.0, south_deg=0.0, east_deg=1.0, north_deg=1.0, m_per_px=1.0)
    ring = np.array([(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
    wide, high = svg_paths.WIDTH, svg_paths.HEIGHT
    assert svg_paths.rings_path(frame, [ring, ring]) == 2 * f"M0 0L{wide} 0L{wide} {high}z"


def test_points_outside_are_not_on_the_drawing() -> None:
    x, y = np.array([0.0, 481.0, 5.0, 5.0]), np.array([0.0, 5.0, -1.0, 361.0])
    assert svg_paths.within(CHART, x, y).tolist() == [True, False, False, False]


def test_a_label_stands_where_it_hides_fewest_fixes() -> None:
    above = np.full(5, 240.0), np.full(5, 170.0)
    [label] = svg_paths.labels(CHART, [(240.0, 180.0, "home")], *above)
    assert float(label.y) > 180.0
    [label] = svg_paths.labels(CHART, [(240.0, 180.0, "home")], NOTHING, NOTHING)
    assert float(label.y) < 180.0


def test_a_label_that_stands_apart_is_tied_to_its_point() -> None:
    near, *_, far = svg_paths.labels(CHART, [(240.0, 180.0, "home")] * 9, NOTHING, NOTHING)
    assert near.lead == ""
    assert far.lead.startswith("M240 180L")
    assert abs(float(far.x) - 240.0) + abs(float(far.y) - 180.0) > 20.0
    [beside] = svg_paths.labels(CHART, [(-500.0, 180.0, "home")], NOTHING, NOTHING)
    assert beside.lead == ""  # What is not on the drawing cannot be led to.


def test_a_label_in_several_languages_has_the_room_of_the_longest() -> None:
    english, french = texts.catalogue("en"), texts.catalogue("fr")
    corner = [(480.0, 180.0, "home")]
    [label] = svg_paths.labels(CHART, corner, NOTHING, NOTHING, english, french)
    assert label.by_language == {"en": "home", "fr": "domicile"}
    [alone] = svg_paths.labels(CHART, corner, NOTHING, NOTHING, french)
    assert (alone.text, alone.x) == ("domicile", label.x)
    assert alone.by_language == {}
    [same] = svg_paths.labels(CHART, [(1.0, 1.0, "den")], NOTHING, NOTHING, english, french)
    assert (same.text, same.by_language) == ("den", {})


def test_a_label_for_which_no_side_is_free_is_left_out() -> None:
    crowd = [(240.0, 180.0, "home")] * 30
    placed = svg_paths.labels(CHART, crowd, NOTHING, NOTHING)
    assert 2 <= len(placed) < 30


@given(
    st.lists(
        st.tuples(
            st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.text("abc", min_size=1, max_size=28)
        ),
        max_size=12,
    )
)
def test_labels_stay_on_the_drawing_and_off_each_other(
    wishes: list[tuple[float, float, str]],
) -> None:
    placed = svg_paths.labels(CHART, wishes, NOTHING, NOTHING)
    for number, label in enumerate(placed):
        assert 0.0 <= float(label.x) <= 480.0
        assert 0.0 <= float(label.y) <= 360.0
        for other in placed[:number]:
            apart = abs(float(label.x) - float(other.x))
            assert apart > 4.0 or abs(float(label.y) - float(other.y)) >= 19.0
