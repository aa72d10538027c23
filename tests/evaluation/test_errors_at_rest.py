"""How fixes err at rest: power laws through the published points, and the published points."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.feasibility import errors_at_rest
from mesure.evaluation.feasibility.errors_at_rest import (
    BUILDINGS,
    ERRORS,
    HOMES,
    BuildingKind,
    ErrorsAtRest,
)
from tests.house import ROOT

ROW = ErrorsAtRest("by hand", 10_000, 5.0, 20.0, 40.0, 400.0, 2.0, 25.0)
ROWS = [row for errors in ERRORS.values() for row in errors.at_rest]
KINDS = list(BuildingKind)
HOME_SPREAD_RATIO = 1.3


def _by_hand(away_m: float) -> float:
    """Return the share of fixes of the one home of `ROW` that err by more."""
    p_at, at_m, index = 0.001, 400.0, 2.0
    if away_m <= 5.0:
        return 0.5
    if away_m <= 20.0:
        p_at, at_m, index = 0.5, 5.0, math.log(10.0) / math.log(4.0)
    elif away_m <= 40.0:
        p_at, at_m, index = 0.05, 20.0, math.log(5.0) / math.log(2.0)
    elif away_m <= 400.0:
        p_at, at_m, index = 0.01, 40.0, 1.0
    return p_at * math.pow(at_m / away_m, index)


def test_errors_fall_as_power_laws_through_the_published_points() -> None:
    at_m = [0.0, 5.0, 10.0, 20.0, 30.0, 100.0, 400.0, 800.0, 5000.0]
    expected = [sum(share * _by_hand(one / larger) for share, larger in HOMES) for one in at_m]
    actual = errors_at_rest.p_beyond(ROW, np.array(at_m))
    assert actual.tolist() == pytest.approx(expected, rel=1e-12)


def test_walls_make_every_error_larger() -> None:
    at_m = np.array([10.0, 50.0, 700.0])
    behind = errors_at_rest.p_beyond(ROW, at_m, 2.2)
    assert behind.tolist() == pytest.approx(errors_at_rest.p_beyond(ROW, at_m / 2.2).tolist())


def test_a_point_beyond_which_no_fix_lies_is_no_quantile() -> None:
    few = replace(ROW, fixes=400)
    assert ROW.points == ((0.5, 5.0), (0.05, 20.0), (0.01, 40.0), (0.001, 400.0))
    assert few.points == ROW.points[:3]
    beyond_m = 800.0 * 1.575  # In each of the three homes beyond the last point.
    expected = sum(
        share * 0.01 * math.pow(40.0 * larger / beyond_m, 2.0) for share, larger in HOMES
    )
    [actual] = errors_at_rest.p_beyond(few, np.array([beyond_m]))
    assert actual == pytest.approx(expected)


@given(st.sampled_from(ROWS), st.floats(0.0, 3000.0), st.floats(0.0, 500.0), st.floats(1.0, 2.5))
def test_fewer_fixes_err_by_more(
    row: ErrorsAtRest, away_m: float, more_m: float, ratio: float
) -> None:
    near, far = errors_at_rest.p_beyond(row, np.array([away_m, away_m + more_m])).tolist()
    assert 0.0 < far <= near <= 0.5
    [behind] = errors_at_rest.p_beyond(row, np.array([away_m]), ratio)
    assert behind >= near


def test_three_homes_stand_for_the_spread_of_all() -> None:
    """Their logarithms have the moments of a bell curve of that width, up to the fifth."""
    width = math.log(HOME_SPREAD_RATIO)
    for power, moment in enumerate((1.0, 0.0, 1.0, 0.0, 3.0, 0.0)):
        actual = sum(share * (math.log(larger) / width) ** power for share, larger in HOMES)
        assert actual == pytest.approx(moment, abs=0.01)


# --- The published tables ------------------------------------------------------------------------


def _cells(page: str, row: str) -> list[str]:
    """Return the cells of the row of a page that has this name, marks taken out."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").replace("\\*", "")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    [row_cells] = [cells for cells in rows if row in cells]
    return row_cells[row_cells.index(row) + 1 :]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_the_table_is_the_published_one(row: ErrorsAtRest) -> None:
    numbers = [float(cell.replace(",", "")) for cell in _cells("error_model.md", row.row)[:6]]
    points = [row.q50_m, row.q95_m, row.q99_m, row.q999_m]
    assert numbers == [row.fixes, *points, row.tail_factor]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row)
def test_the_page_on_zones_has_the_same_table(row: ErrorsAtRest) -> None:
    cells = [re.sub(" m$", "", cell) for cell in _cells("zone_check.md", row.row)[:6]]
    metres = [metres for _, metres in row.points]
    used = [float(cell) for cell in cells[: len(metres)]]
    assert used == metres
    assert cells[len(metres) : 4] == ["-"] * (4 - len(metres))  # Not used: no quantile.
    assert [float(cell) for cell in cells[4:]] == [row.tail_factor, round(row.radius95_m)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_walls_do_is_the_published_assumption(kind: BuildingKind) -> None:
    percent, larger, longer = _cells("error_model.md", kind.value)[:3]
    walls = BUILDINGS[kind]
    assert float(percent.removesuffix(" %")) == pytest.approx(100.0 * walls.share_ratio)
    assert [float(larger), float(longer)] == [walls.error_ratio, walls.memory_ratio]


def test_every_home_is_of_some_kind() -> None:
    assert sum(walls.share_ratio for walls in BUILDINGS.values()) == pytest.approx(1.0)
    assert sum(share for share, _ in HOMES) == pytest.approx(1.0)


def test_the_spread_of_homes_is_the_published_assumption() -> None:
    page = (ROOT / "docs" / "error_model.md").read_text(encoding="utf-8")
    sentence = f"within a factor of {HOME_SPREAD_RATIO:.1f}"
    assert sentence in page
