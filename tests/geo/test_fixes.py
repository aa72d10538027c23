"""Columns of fixes: the same fixes are the same columns, however they came."""

from dataclasses import fields, replace
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.geo import fixes
from mesure.geo.fixes import NOT_KNOWN, Fixes, Provider

Row = tuple[float, ...]


def columns(*rows: Row) -> Fixes:
    """Return fixes of (time, receipt, lat, lon, radius, speed, motion, beacon, provider, row)."""
    table = np.array(rows, np.float64).reshape(-1, 10).T
    kinds = [np.int64, np.int64, *[np.float64] * 4, *[np.int8] * 3, np.int64]
    return Fixes(*(column.astype(kind) for column, kind in zip(table, kinds, strict=True)))


def row(time: int, receipt: int, lat: float = 0.0, radius: float = 15.0, number: int = 0) -> Row:
    return (time, receipt, lat, 0.0, radius, np.nan, NOT_KNOWN, NOT_KNOWN, Provider.GNSS, number)


def same(track: Fixes, other: Fixes) -> bool:
    """Return whether two have the same columns; NaN is the same as NaN."""
    return all(
        np.array_equal(
            getattr(track, f.name), getattr(other, f.name), equal_nan=f.name[-2:] != "us"
        )
        for f in fields(Fixes)
    )


def test_no_fixes_have_every_column() -> None:
    none = fixes.none()
    assert len(none) == 0
    assert [getattr(none, f.name).dtype for f in fields(Fixes)] == [
        getattr(columns(row(1, 1)), f.name).dtype for f in fields(Fixes)
    ]
    assert same(fixes.merge(none, none), none)


def test_rows_are_chosen_by_slice_and_by_index() -> None:
    three = columns(row(1, 1), row(2, 2), row(3, 3))
    assert three.rows(slice(1, None)).observed_us.tolist() == [2, 3]
    assert three.rows(np.array([0, 2])).received_us.tolist() == [1, 3]


def test_sorted_rows_stay_as_they_are() -> None:
    three = columns(row(1, 9), row(2, 2), row(3, 3))
    assert fixes.sort(three) is three


def test_rows_of_one_time_are_sorted_by_radius_place_and_receipt() -> None:
    rows = [
        row(2, 2, number=1),
        row(1, 5, lat=2.0, number=2),
        row(1, 4, lat=1.0, number=3),
        row(1, 9, lat=1.0, radius=9.0, number=4),
        row(1, 3, lat=1.0, number=5),
        row(1, 1, radius=float("nan"), number=6),
    ]
    assert fixes.sort(columns(*rows)).row.tolist() == [4, 5, 3, 2, 6, 1]


def test_of_one_time_and_place_the_first_received_stays() -> None:
    track = columns(row(1, 5, number=1), row(2, 6, number=2))
    other = columns(row(1, 4, number=3), row(2, 7, number=4), row(2, 5, lat=1.0, number=5))
    merged = fixes.merge(track, other)
    assert sorted(merged.row.tolist()) == [2, 3, 5]
    assert merged.observed_us.tolist() == [1, 2, 2]


FIELDS = [
    st.sampled_from([0, 1, 2]),
    st.sampled_from([2, 3]),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([float("nan"), 10.0, 20.0]),
    st.sampled_from([float("nan"), 0.0, 1.0]),
    st.sampled_from([NOT_KNOWN, 0, 1]),
    st.sampled_from([NOT_KNOWN, 0, 1]),
    st.sampled_from(list(Provider)),
]


@given(st.lists(st.tuples(*FIELDS), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_the_batches_change_nothing(rows: list[Row], dice: Random) -> None:
    """Rows alike but for one flag are the hazard: which of them stays must not depend on chance."""
    numbered = [(*one, 0) for one in rows]
    whole = fixes.merge(fixes.none(), columns(*numbered))
    shuffled = list(numbered)
    dice.shuffle(shuffled)
    cut = len(shuffled) // 2
    parts = fixes.merge(fixes.none(), columns(*shuffled[:cut]))
    parts = fixes.merge(parts, columns(*shuffled[cut:]))
    assert same(whole, parts)
    assert same(whole, fixes.merge(whole, whole))
    assert (np.diff(whole.observed_us) >= 0).all()


def test_columns_are_compared_where_they_differ() -> None:
    """The helper above sees a difference in any column."""
    track = columns(row(1, 1))
    for f in fields(Fixes):
        column = np.nan_to_num(getattr(track, f.name))
        assert not same(track, replace(track, **{f.name: column + column.dtype.type(1)}))
