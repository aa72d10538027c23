"""Plots: where values come to lie, and that series can be told apart."""

import re

import pytest

from mesure_lab import plots
from mesure_lab.plots import Axis, PlotRow, Series

SHARE = Axis("share", 0.0, 1.0, (0.0, 0.5, 1.0))
TIMES = Axis("seconds", 10.0, 1000.0, (10, 100, 1000), is_log=True)


def test_an_axis_puts_equal_factors_at_equal_distances() -> None:
    assert [round(TIMES.ratio(value), 6) for value in (10.0, 100.0, 1000.0)] == [0.0, 0.5, 1.0]
    assert SHARE.ratio(0.25) == 0.25


def test_what_lies_beyond_an_axis_is_put_at_its_end() -> None:
    assert (TIMES.ratio(1.0), TIMES.ratio(1e9)) == (0.0, 1.0)
    assert SHARE.ratio(float("inf")) == 1.0


@pytest.mark.parametrize("most", [1e-3, 0.07, 0.83, 1.0, 3.2, 17.0, 1256.0, 0.0])
def test_an_axis_upwards_holds_the_most_with_a_few_labels(most: float) -> None:
    axis = plots.upwards("a day", most)
    assert axis.ticks[0] == 0.0
    assert axis.high == axis.ticks[-1] >= most
    assert axis.high <= 2.0 * most or most == 0.0
    assert 2 <= len(axis.ticks) <= 7


def test_lines_differ_by_more_than_colour() -> None:
    series = [Series(f"rule {number}", [(10.0, 0.1), (100.0, 0.9)]) for number in range(8)]
    drawn = plots.lines(TIMES, SHARE, series, "what it shows")
    styles = re.findall(r'<g class="(s\d)">', drawn)
    marks = set(re.findall(r'class="mark" d="M[\d.]+ [\d.]+([^"M]+)M', drawn))
    assert styles == [f"s{number}" for number in range(8)]
    assert len(marks) == 8
    assert 'aria-label="what it shows"' in drawn


def test_a_step_goes_along_before_it_goes_up() -> None:
    drawn = plots.lines(SHARE, SHARE, [Series("a", [(0.0, 1.0), (1.0, 0.0)], is_step=True)], "")
    assert re.search(r'class="line" d="M58 12H456V274"', drawn)


def test_a_row_shows_its_interval_and_whether_it_is_a_bound() -> None:
    rows = [PlotRow("seen <&>", 0.5, 0.25, 1.0, False), PlotRow("none", 0.0, 0.0, 0.3, True)]
    drawn = plots.dots(SHARE, rows, "")
    assert "seen &lt;&amp;&gt;" in drawn
    assert re.findall(r'<g class="(\w+)">', drawn) == ["seen", "bound"]
    assert re.search(r'class="span" d="M252 23H456"', drawn)


def test_a_legend_shows_the_style_and_the_mark() -> None:
    assert 'class="key s1"' in plots.key(1)
    assert plots.MARKS[1] in plots.key(1)
    assert 'class="key s0"' in plots.key(plots.STYLES)
