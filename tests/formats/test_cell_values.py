"""One value of a file: what it means, and that a column read at once means the same."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.formats.columns import arrow_columns, cell_values
from mesure.formats.columns.file_rows import NO_OFFSET, NO_TIME, NOT_GIVEN, ClaimedProvider
from mesure.instants import CREDIBLE_FROM_US, CREDIBLE_UNTIL_US
from tests.ingest import samples

NOON_US = samples.us(datetime(2026, 2, 28, 12, 0, tzinfo=UTC))

SAME_INSTANT = [
    "2026-02-28T12:00:00Z",
    "2026-02-28 12:00:00Z",
    "2026-02-28t12:00:00.0000z",
    "2026-02-28T12:00Z",
    "2026-02-28T12Z",
    "2026-02-28T1200Z",
    "2026-02-28T120000Z",
    "2026-02-28T17:00:00+05:00",
    "2026-02-28T17:00:00+0500",
    "2026-02-28T17:00:00+05",
    "2026-02-28T17:00:00 +05:00",
    "2026-02-28T02:30:00-09:30",
    "2026-03-01T01:59+13:59",
    " 2026-02-28T12:00:00Z ",
    "2026-02-28 12:00:00 UTC",
    "2026-02-28 12:00:00 GMT",
    "2026-02-28T12:00:00,000Z",
    "2026-02-28T12:00:00.000000999Z",
]


@pytest.mark.parametrize("text", SAME_INSTANT)
def test_an_instant_may_be_written_in_many_ways(text: str) -> None:
    assert cell_values.time_us(text) == NOON_US


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-28T12:00:00",
        "2026-02-28 12:00",
        "2026-02-28",
        "28.02.2026 12:00",
        "02/28/2026 1:00 PM",
        "1772280000",
        "1772280000.5",
        "-1",
        "12:00",
    ],
)
def test_a_time_without_an_offset_may_mean_any_zone(text: str) -> None:
    assert cell_values.time_us(text) == NO_OFFSET


@pytest.mark.parametrize("value", [1_772_280_000, 1_772_280_000.5, math.nan, 10**400])
def test_a_count_has_no_offset_where_a_format_does_not_say_what_it_counts(value: float) -> None:
    assert cell_values.time_us(value) == NO_OFFSET


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-29T12:00:00Z",
        "2026-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-02-28T24:00:00Z",
        "2026-02-28T12:60:00Z",
        "2026-02-28T12:00:60Z",
        "2026-02-28T12:00:00+24:00",
        "soon",
        "Z",
        "2026-02-28T12:00:00+05:60",
        "2026-02-28T12:00:00Zx",
        "2026-02-28T12:00:00.Z",
        "\x00",
        "２０２６",
        True,
        [],
        {},
        b"2026-02-28T12:00:00Z",
        object(),
    ],
)
def test_what_names_no_instant_is_no_time(value: object) -> None:
    assert cell_values.time_us(value) == NO_TIME


@pytest.mark.parametrize("value", [None, "", "  ", "null", "NaT", "NaN", "None"])
def test_nothing_is_not_given(value: object) -> None:
    assert cell_values.time_us(value) == NOT_GIVEN


@given(st.datetimes(), st.integers(-1439, 1439))
def test_a_wall_clock_with_its_offset_is_one_instant(wall: datetime, ahead_min: int) -> None:
    wall = wall.replace(year=1981 + wall.year % 200, day=min(wall.day, 28))
    sign, (hours, minutes) = "-" if ahead_min < 0 else "+", divmod(abs(ahead_min), 60)
    text = f"{wall.isoformat()}{sign}{hours:02}:{minutes:02}"
    instant = (wall - timedelta(minutes=ahead_min)).replace(tzinfo=UTC)
    assert cell_values.time_us(text) == samples.us(instant)
    assert arrow_columns.times_us(pa.array([text])).tolist() == [samples.us(instant)]


def _believed(time_us: int) -> int:
    """Return a time as `file_rows` keeps it: one that is beyond belief is no time."""
    is_credible = (
        time_us in (NOT_GIVEN, NO_OFFSET) or CREDIBLE_FROM_US <= time_us < CREDIBLE_UNTIL_US
    )
    return time_us if is_credible else NO_TIME


LIKE_A_TIME = st.from_regex(
    r"\A\s?[0-9]{4}-[01][0-9]-[0-3][0-9][T ]?"
    r"([0-2][0-9](:?[0-6][0-9](:?[0-6][0-9]([.,][0-9]{0,8})?)?)?)?"
    r" ?(Z|z|UTC|[+-][0-2][0-9](:?[0-6][0-9])?)?\s?\Z"
)


@given(st.lists(LIKE_A_TIME | st.sampled_from(SAME_INSTANT) | st.text(max_size=3), max_size=5))
@example(["2026-02-28T12:00:00"])
@example(["2026-02-28T12:00:00", "1772280000", "", "2026-02-28T12:00:00Z"])
@example(["0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"])
def test_a_column_of_times_means_what_each_means(values: list[str]) -> None:
    one_by_one = [_believed(cell_values.time_us(value)) for value in values]
    at_once = arrow_columns.times_us(pa.array(values, pa.string()))
    assert [_believed(time_us) for time_us in at_once.tolist()] == one_by_one
    packed = arrow_columns.times_us(pa.array(values, pa.string()).dictionary_encode())
    assert [_believed(time_us) for time_us in packed.tolist()] == one_by_one


LIKE_A_NUMBER = st.from_regex(r"\A\s?[+-]?[0-9]{0,3}[.,]?[0-9]{0,20}([eE][+-]?[0-9]{0,4})?\s?\Z")


@given(st.lists(LIKE_A_NUMBER | st.floats().map(str) | st.text(max_size=3), max_size=5))
@example(["1_0", "0x10", "inf", "-inf", "nan", "1e309", "1e-400", "١", "1 2", "--1", "+.5", "5."])
def test_a_column_of_numbers_means_what_each_means(values: list[str]) -> None:
    one_by_one = np.array([cell_values.number(value) for value in values])
    at_once = arrow_columns.numbers(pa.array(values, pa.string()))
    # What is infinite is as good as no number: every use asks whether it is finite.
    assert np.where(np.isfinite(at_once), at_once, np.nan).tobytes() == (
        np.where(np.isfinite(one_by_one), one_by_one, np.nan).tobytes()
    )


def test_a_column_with_many_bad_values_is_read_piece_by_piece() -> None:
    values = [str(count) if count % 97 else "?" for count in range(5_000)]
    numbers = arrow_columns.numbers(pa.array(values))
    assert [cell_values.number(value) for value in values] == pytest.approx(
        numbers.tolist(), nan_ok=True
    )


def test_a_decimal_comma_is_one_only_where_commas_do_not_part_columns() -> None:
    values = pa.array(["43,25", "43.25", "1,234.5"])
    assert np.isnan(arrow_columns.numbers(values)).tolist() == [True, False, True]
    assert np.isnan(arrow_columns.numbers(values, decimal_comma=True)).tolist() == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "value", ["", "abc", "1_000", "0x1F", "٣", None, True, [], {}, "1 2", 10**400]
)
def test_what_is_no_number_is_not_a_number(value: object) -> None:
    assert math.isnan(cell_values.number(value))


def test_numbers_are_read_from_texts_and_numbers() -> None:
    assert [cell_values.number(value) for value in ("+1.5e2", ".5", "5.", 7, 7.5)] == [
        150,
        0.5,
        5,
        7,
        7.5,
    ]


def test_a_count_of_seconds_is_an_instant_where_a_format_says_so() -> None:
    counts: list[object] = [1_733_842_245, "1733842245", 1_733_842_245.25]
    assert [cell_values.epoch_us(count) for count in counts] == [
        1_733_842_245_000_000,
        1_733_842_245_000_000,
        1_733_842_245_250_000,
    ]
    assert [cell_values.epoch_us(count) for count in ("soon", 1e300, math.nan, {"s": 1})] == [
        NO_TIME
    ] * 4
    assert cell_values.epoch_us(None) == NOT_GIVEN


def test_a_flag_is_true_or_false_or_not_known() -> None:
    assert [cell_values.flag(value) for value in (True, "true", "TRUE", 1, "1", 1.0)] == [1] * 6
    assert [cell_values.flag(value) for value in (False, "false", "False ", 0, "0", 0.0)] == [0] * 6
    assert [cell_values.flag(value) for value in ("", None, "maybe", 2, {"f": 1}, math.nan)] == [
        -1
    ] * 6


def test_a_provider_is_what_the_device_says() -> None:
    words = ("gps", "GNSS", " wifi ", "network", "cell", "fused", None, 3)
    expected = (
        ClaimedProvider.GNSS,
        ClaimedProvider.GNSS,
        ClaimedProvider.WIFI,
        ClaimedProvider.NETWORK,
        ClaimedProvider.CELL,
        *[ClaimedProvider.NOTHING] * 3,
    )
    assert tuple(cell_values.read_provider(word) for word in words) == expected


def test_a_name_is_a_text_or_a_number() -> None:
    assert [cell_values.name(value) for value in (" p1 ", 17, None, "null", {"n": 1})] == [
        "p1",
        "17",
        "",
        "",
        "",
    ]
