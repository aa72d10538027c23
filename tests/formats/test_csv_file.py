"""CSV: delimiters, marks, ragged and hostile lines. A row is a line, and none is lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.files import csv_file
from tests.ingest import samples
from tests.ingest.samples import START, gather_fixes, read

HEAD = "time,lat,lon"
GOOD = f"{samples.text(START)},43.25,76.9"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiter_line_end_and_mark_are_told_from_the_content(
    delimiter: str, end: str, mark: str
) -> None:
    data = (mark + end.join([HEAD, GOOD, "", GOOD, ""]).replace(",", delimiter)).encode()
    assert read(data).lat_deg.tolist() == [43.25, 43.25]


def test_a_decimal_comma_is_read_where_columns_are_parted_otherwise() -> None:
    assert read(
        f"{HEAD}\n{GOOD}".replace(",", ";").replace(".", ",").encode()
    ).lat_deg.tolist() == [43.25]
    quoted = f'{HEAD}\n{samples.text(START)},"43,25",76.9'
    assert gather_fixes(quoted.encode()).kept_unused == {"out_of_range": 1}


def test_spaces_and_quotation_marks_round_values_are_no_part_of_them() -> None:
    data = f'"time" , lat,lon\n "x",1,2\n"{samples.text(START)}", 43.25 ,"76.9"\n'
    result = gather_fixes(data.encode())
    assert result.fixes.lon_deg.tolist() == [76.9]
    assert result.kept_unused == {"out_of_range": 1}


def test_other_columns_are_ignored_even_if_they_stand_twice_or_are_no_text() -> None:
    data = f"note,{HEAD},note\n".encode() + b"\xff\x00," + GOOD.encode() + b",\xfe\n"
    assert read(data).lat_deg.tolist() == [43.25]


def test_missing_columns_are_named_with_those_there_are() -> None:
    with pytest.raises(
        FixesError, match=r"line 1: there is no column lat \(there are: time, latitude, lon\)"
    ):
        read(b"time,latitude,lon\n")
    with pytest.raises(FixesError, match="there are 2 columns lat, so nobody can say which"):
        read(b"time,lat,lon,lat\n")


def test_a_header_without_end_or_with_too_many_columns_is_refused() -> None:
    with pytest.raises(FixesError, match="there is no column time"):
        read(b"x" * 3_000_000)
    with pytest.raises(FixesError, match="names 5003 columns"):
        read((HEAD + ",x" * 5_000).encode())


def test_times_without_offset_are_refused_together_and_kept_one_by_one() -> None:
    naive = "2026-01-05T22:00:00,43.25,76.9"
    for body in (naive, f"{naive}\nsoon,1,1\n,1,1", naive.replace("T", " "), "1767625200,1,1"):
        with pytest.raises(
            FixesError, match=r"no time under time has an offset.*2026-01-05T22:00:00Z"
        ):
            read(f"{HEAD}\n{body}".encode())
    assert gather_fixes(f"{HEAD}\n{naive}\n{GOOD}".encode()).kept_unused == {"out_of_range": 1}
    text = f"{HEAD},recv_time\n{GOOD},\n{GOOD},2026-01-05T22:00:00"
    with pytest.raises(FixesError, match="no time under recv_time has an offset"):
        read(text.encode())


def test_ragged_rows_keep_their_place() -> None:
    text = f"{HEAD}\n{GOOD}\n1,2\n\n{GOOD},,\n \n{GOOD}"
    for written in (text, text + "\n", text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        result = gather_fixes(written.encode())
        assert result.fixes.row.tolist() == [0]
        assert result.unused["out_of_range"].row.tolist() == [1, 2, 3]
        assert result.unused["duplicate"].row.tolist() == [4]


def test_an_open_quotation_mark_does_not_swallow_the_rows_below() -> None:
    for broken in ('1,"2', f'{GOOD},"', '"', f'{samples.text(START)},43.25,"76.9', 'x"y,"z,1'):
        data = f"{HEAD}\n{broken}\n{GOOD}\n{GOOD}\n".encode()
        result = gather_fixes(data)
        assert result.kept_unused == {"out_of_range": 1, "duplicate": 1}, broken


def test_a_line_too_long_is_kept_as_a_row_and_not_read() -> None:
    for long in ("9" * 3_000_000, f"{GOOD}," + "x" * 3_000_000, '"' * 2_000_001):
        result = gather_fixes(f"{HEAD}\n{GOOD}\n{long}\n{GOOD}\n".encode())
        assert result.kept_unused == {"out_of_range": 1, "duplicate": 1}
        assert result.fixes.row.tolist() == [0]


def test_rows_beyond_a_block_keep_their_order() -> None:
    rows = [f"{samples.text(START)},{count / 1000},1,{'x' * 50}" for count in range(1, 60_001)]
    record = read("\n".join([f"{HEAD},note", *rows]).encode())
    assert record.lat_deg.tolist() == [count / 1000 for count in range(1, 60_001)]


def test_more_rows_than_the_file_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_limits, "ROWS_FREE", 1_000)
    with pytest.raises(FixesError, match="too many for its size"):
        read(f"{HEAD}\n".encode() + b",,\n" * 1_300)


def test_very_many_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_limits, "TRACES_MAX", 2)
    with pytest.raises(FixesError, match="trace_id has more than 2 different values"):
        read("\n".join([f"{HEAD},trace_id", *(f"{GOOD},{name}" for name in "abc")]).encode())


LINE = st.text(st.sampled_from('a"",1 \t'), max_size=8)


@given(st.lists(LINE, max_size=6))
@example([',,"', "a"])
@example(['a"b,"cd,', ",,"])
@example(['"a"b,,', '"",""",'])
def test_every_line_that_is_not_empty_is_a_row(lines: list[str]) -> None:
    data = "\n".join([HEAD, *lines, GOOD]).encode()
    result = gather_fixes(data)
    expected = [line for line in lines if line]
    assert result.read == len(expected) + 1
    assert result.fixes.row.tolist() == [len(expected)]


def test_rows_that_run_into_each_other_in_spite_of_all_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_file, "_is_whole", lambda table, line: True)
    with pytest.raises(FixesError, match="quotation marks don't match"):
        read(f'{HEAD}\n1,"2\n{GOOD}\n'.encode())
