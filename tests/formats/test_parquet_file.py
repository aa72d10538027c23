"""Parquet: types, zones, and files that claim more than they hold."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mesure.formats.columns import file_limits
from mesure.formats.columns.arrow_columns import ArrowColumns
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import UnusedReason
from tests.ingest import samples
from tests.ingest.samples import WALK, gather_fixes, parquet, read, table

TAKEN_US = [samples.us(step.at) for step in WALK]


def times(unit: str, zone: str | None = "UTC") -> pa.Array:
    per = {"s": 1_000_000, "ms": 1_000, "us": 1}.get(unit)
    counts = [taken // per if per else taken * 1_000 for taken in TAKEN_US]
    return pa.array(counts, pa.int64()).cast(pa.timestamp(unit, zone))


def with_(**columns: Any) -> bytes:
    return parquet(table() | columns)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Almaty", "+05:00"])
def test_a_time_in_any_unit_and_zone_is_the_same_instant(unit: str, zone: str) -> None:
    assert read(with_(time=times(unit, zone))).observed_us.tolist() == TAKEN_US


def test_times_may_be_texts_with_offsets() -> None:
    words = [samples.text(step.at) for step in WALK]
    for column in (
        pa.array(words),
        pa.array(words).cast(pa.large_string()),
        pa.array(words).dictionary_encode(),
    ):
        assert read(with_(time=column)).observed_us.tolist() == TAKEN_US
    as_bytes = pa.array([word.encode() for word in words])
    assert read(with_(time=as_bytes)).observed_us.tolist() == TAKEN_US


@pytest.mark.parametrize(
    "column",
    [
        times("us", None),
        pa.array([date(2026, 1, 5)] * 3),
        pa.array(TAKEN_US),
        pa.array([1.0] * 3),
        pa.array([True] * 3),
        pa.array([[1]] * 3),
    ],
)
@pytest.mark.parametrize("name", ["time", "recv_time"])
def test_a_time_without_a_zone_is_refused(name: str, column: pa.Array) -> None:
    with pytest.raises(FixesError, match=f"column {name} is of type.*timestamp with a zone"):
        read(with_(**{name: column}))


@pytest.mark.parametrize("words", [["2026-01-05T22:00:00"] * 3, ["1772280000", None, "x"]])
def test_a_column_of_texts_without_offsets_is_refused(words: list[str | None]) -> None:
    with pytest.raises(FixesError, match="no time under time has an offset"):
        read(with_(time=pa.array(words)))
    assert gather_fixes(with_(time=pa.array([*words[:2], "2026-01-05T17:00:00Z"]))).kept_unused == {
        "out_of_range": 2
    }


def test_times_that_are_missing_or_beyond_belief_are_out_of_range() -> None:
    for unit in ("s", "ms", "us", "ns"):
        far = (1 << 63) // (1_000 if unit == "s" else 1)  # Parquet itself knows no seconds.
        counts = [None, far - 1, -far]
        column = pa.array(counts, pa.int64()).cast(pa.timestamp(unit, "UTC"))
        assert gather_fixes(with_(time=column)).kept_unused == {"out_of_range": 3}
    assert gather_fixes(with_(time=pa.nulls(3))).kept_unused == {"out_of_range": 3}


def test_a_missing_receipt_means_received_when_taken() -> None:
    receipts = pa.array([None, WALK[1].received_at, None], pa.timestamp("ms", "UTC"))
    fixes = gather_fixes(with_(recv_time=receipts)).fixes
    assert fixes.received_us.tolist() == [TAKEN_US[0], samples.us(WALK[1].received_at), TAKEN_US[2]]
    columns = table()
    del columns["recv_time"]
    assert read(parquet(columns)).received_us.tolist() == TAKEN_US
    assert read(with_(recv_time=pa.nulls(3))).received_us.tolist() == TAKEN_US


NUMBERS = [
    pa.array([1, 2, 3], pa.int8()),
    pa.array([1, 2, 3], pa.uint64()),
    pa.array([1, 2, 3], pa.float32()),
    pa.array([1, 2, 3], pa.float16()),
    pa.array([Decimal("1.0"), Decimal("2.0"), Decimal("3.0")]),
    pa.array(["1", " 2 ", "3.0"]),
    pa.array(["1", "2", "3"]).dictionary_encode(),
    pa.array([b"1", b"2", b"3e0"]),
]


@pytest.mark.parametrize("column", NUMBERS, ids=lambda column: str(column.type))
def test_numbers_of_any_kind_are_read(column: pa.Array) -> None:
    assert read(with_(lat=column)).lat_deg.tolist() == [1, 2, 3]
    assert read(with_(accuracy_m=column)).reported_m.tolist() == [1, 2, 3]


def test_texts_that_are_no_numbers_are_out_of_range_rows() -> None:
    assert gather_fixes(with_(lat=pa.array(["43.2", "north", None]))).kept_unused == {
        "out_of_range": 2
    }
    assert gather_fixes(with_(lat=pa.array([b"\xff", b"43.2", b""]))).kept_unused == {
        "out_of_range": 2
    }


@pytest.mark.parametrize(
    "column", [pa.array([[1.0]] * 3), pa.array([{"deg": 1.0}] * 3), pa.array([True] * 3)]
)
def test_a_place_of_another_kind_is_refused_and_another_column_ignored(column: pa.Array) -> None:
    with pytest.raises(
        FixesError, match=r"column lat is of type .*, so nobody can say when and where"
    ):
        read(with_(lat=column))
    assert np.isnan(read(with_(accuracy_m=column)).reported_m).all()


FLAGS = [
    pa.array([True, False, None]),
    pa.array([1, 0, None], pa.int8()),
    pa.array([1.0, 0.0, None]),
    pa.array(["true", "0", ""]),
    pa.array(["TRUE", "False", "maybe"]).dictionary_encode(),
]


@pytest.mark.parametrize("column", FLAGS, ids=lambda column: str(column.type))
def test_flags_of_any_kind_are_read(column: pa.Array) -> None:
    record = read(with_(motion=column, beacon=column))
    assert record.motion.tolist() == record.beacon.tolist() == [1, 0, -1]


def test_names_and_providers_are_read_as_texts_or_tables_of_texts() -> None:
    for column in (pa.array(["a", None, "b"]), pa.array(["a", None, "b"]).dictionary_encode()):
        record = read(with_(trace_id=column, provider=pa.array(["gps", None, "network"])))
        assert record.traces == ("a", "b")
        assert record.trace.tolist() == [0, -2, 1]
        assert record.said.tolist() == [1, 0, 4]
    assert read(with_(trace_id=pa.array([7, 7, 8]))).traces == ("7", "8")


def test_missing_columns_are_named_with_those_there_are() -> None:
    columns = table() | {"latitude": [1.0] * 3}
    del columns["lat"]
    with pytest.raises(FixesError, match=r"no column lat \(there are: time, lon, .*latitude\)"):
        read(parquet(columns))


def test_a_column_that_stands_twice_is_refused() -> None:
    arrays = [*table().values(), pa.array([1.0] * 3)]
    twice = pa.Table.from_arrays(arrays, [*table(), "lat"])
    with pytest.raises(FixesError, match="there are 2 columns lat"):
        read(parquet(twice))


def test_a_file_without_rows_is_no_fixes() -> None:
    assert len(read(parquet({name: column.slice(0, 0) for name, column in table().items()}))) == 0


@pytest.mark.parametrize("part", [5, 100, -1, -9, -200])
def test_a_file_that_is_cut_short_is_refused(part: int) -> None:
    with pytest.raises(FixesError, match="damaged or cut short"):
        read(parquet()[:part])


def test_damaged_bytes_raise_nothing_but_our_fault() -> None:
    chance = random.Random(20260105)
    words = with_(trace_id=pa.array(["a", "b", "a"]), provider=pa.array(["gps"] * 3))
    for _ in range(1_500):
        data = bytearray(chance.choice([parquet(), words, parquet(compression="zstd")]))
        for _ in range(chance.choice([1, 2, 8])):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        try:
            assert len(read(bytes(data))) >= 0
        except FixesError as fault:
            assert str(fault).startswith("fixes")  # noqa: PT017


@pytest.mark.parametrize("error", [MemoryError(), pa.ArrowMemoryError("malloc failed")])
def test_too_little_memory_is_not_said_to_be_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def raise_error(*_: object) -> None:
        raise error

    monkeypatch.setattr(ArrowColumns, "append", raise_error)
    with pytest.raises(FixesError, match="reading it takes more memory than there is"):
        read(parquet())


# --- More claimed than held ------------------------------------------------------------------


def test_a_few_bytes_that_claim_millions_of_rows_are_refused_unread() -> None:
    rows = 3_000_000
    time = np.full(rows, TAKEN_US[0]).astype("M8[us]")
    zeros = np.zeros(rows)
    columns = {"time": pa.array(time, pa.timestamp("us", "UTC")), "lat": zeros, "lon": zeros}
    data = parquet(columns, compression="zstd")
    assert len(data) < 100_000
    with pytest.raises(FixesError, match=r"claims more than 1\d* rows, too many for its size"):
        read(data)


def test_a_few_bytes_that_unpack_to_very_many_are_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_limits, "BYTES_UNPACKED_FREE", 1 << 20)
    names = pa.array(["x" * 3_000_000] * 3)
    data = parquet(table() | {"trace_id": names}, compression="zstd", use_dictionary=False)
    assert len(data) < 100_000
    with pytest.raises(FixesError, match="unpack to"):
        read(data)


def test_a_long_text_in_many_rows_is_held_once() -> None:
    rows = 100_000
    long = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array(["1" * 100_000]))
    time = pa.array(np.full(rows, TAKEN_US[0]).astype("M8[us]"), pa.timestamp("us", "UTC"))
    record = read(parquet({"time": time, "lat": long, "lon": np.ones(rows), "provider": long}))
    assert len(record) == rows
    assert not np.isfinite(record.lat_deg).any()
    assert (record.reason == UnusedReason.NONE).all()
