"""The file of a log is read line by line, and every line has one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import entries, log_file
from mesure.audit.entries import ErasureEntry, MalformedError
from mesure.audit.log_file import Item, LogFile, RecordOpening, RecordsFile
from mesure.audit.signing.notes import NOTE_BYTES_MAX, SignedNote
from tests.audit.samples import ORIGIN, Log, make_opening, sample

LINES = sample().lines


def _line(item: Item) -> bytes:
    if isinstance(item, SignedNote):
        return log_file.block(item)
    return (entries.encode(item) if isinstance(item, ErasureEntry) else item) + b"\n"


def test_a_log_is_read_as_it_was_written() -> None:
    log = LogFile(LINES)
    assert log.origin == ORIGIN
    assert log_file.heading(log.origin) + b"".join(map(_line, log)) == b"".join(LINES)


def test_each_item_is_known_by_the_line_on_which_it_begins() -> None:
    log = LogFile(LINES)
    for item in log:
        assert LINES[log.line - 1] == _line(item).splitlines(keepends=True)[0]


def test_a_log_without_entries_is_a_log() -> None:
    assert list(LogFile(LINES[:2])) == []


@pytest.mark.parametrize(
    "lines",
    [
        [], [b""], [b"mesure audit log 1"], [b"mesure audit log 2\n", LINES[1]], LINES[1:],
        LINES[:1],
        [LINES[0], b"\n"], [LINES[0], ORIGIN.encode()], [LINES[0], b"a log\n"],
        [LINES[0], b"\xff\n"], [LINES[0], b"a" * 256 + b"\n"],
        [b"\xef\xbb\xbf" + LINES[0], LINES[1]],
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_at_once(lines: list[bytes]) -> None:
    with pytest.raises(MalformedError, match="line"):
        LogFile(lines)


@pytest.mark.parametrize(
    "lines",
    [
        [b"\n"], [b"record\n"], [LINES[2][:-1]], [LINES[2][:-1] + b"\r\n"], [b">log\n"],
        [b"checkpoint"], [b"Checkpoint\n"], [b"checkpoint\n"], [b"checkpoint\n", LINES[2]],
        [b"checkpoint\n", b">a\n"], [b"checkpoint\n", b">a\n", b">\n", b">\xe2 \x80\n"],
        [b"checkpoint\n", b">a\n", b">\n", b">b"], [b"checkpoint\n", b"checkpoint\n"],
        [b"checkpoint\n", b">" + b"a" * NOTE_BYTES_MAX + b"\n"],
        [b"checkpoint\n", *[b">" + b"a" * 60 + b"\n"] * (NOTE_BYTES_MAX // 60)],
    ],
)  # fmt: skip
def test_a_line_that_is_none_of_a_log_is_refused_where_it_stands(lines: list[bytes]) -> None:
    log = LogFile([*LINES[:4], *lines])
    with pytest.raises(MalformedError):
        list(log)
    assert log.line == 5


def test_a_note_that_never_ends_is_not_gathered() -> None:
    endless = iter([*LINES[:2], b"checkpoint\n", *[b">" + b"a" * 999 + b"\n"] * 1_000])
    with pytest.raises(MalformedError):
        list(LogFile(endless))
    assert len(list(endless)) > 900


# --- Records -------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 99), max_size=6))
def test_records_are_read_as_they_were_written(places: set[int]) -> None:
    openings = [make_opening(entry) for entry in sorted(places)]
    written = [log_file.RECORDS_HEADING, *map(log_file.encode_opening, openings)]
    assert list(RecordsFile(written)) == openings


@pytest.mark.parametrize("lines", [[], [b"mesure audit records 2\n"], [log_file.HEADING]])
def test_what_holds_no_records_is_refused_at_once(lines: list[bytes]) -> None:
    with pytest.raises(MalformedError, match="first line"):
        RecordsFile(lines)


FINE = log_file.encode_opening(make_opening(12))
SALT = make_opening(12).salt.hex().encode()


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"12\n", b"12 \n", FINE[:-1], FINE[:-1] + b"\r", b" " + FINE, b"0" + FINE,
        b"+" + FINE, b"-" + FINE, b"1_" + FINE, b"9" * 5_000 + FINE, FINE.replace(b" ", b"  ", 1),
        FINE.replace(SALT, SALT.upper()), FINE.replace(SALT, SALT[2:]),
        FINE.replace(SALT, SALT + b"00"), FINE.replace(SALT, SALT[:-1] + b"\xff"),
        b"12 " + SALT + b"\n", b"10 " + FINE[3:], b"11 " + FINE[3:],
    ],
)  # fmt: skip
def test_a_line_that_is_no_record_is_refused_where_it_stands(line: bytes) -> None:
    records = RecordsFile(
        [log_file.RECORDS_HEADING, log_file.encode_opening(make_opening(11)), line]
    )
    with pytest.raises(MalformedError):
        list(records)
    assert records.line == 3


@pytest.mark.parametrize(
    ("entry", "salt", "record"),
    [(-1, bytes(32), b""), (0, bytes(31), b""), (0, bytes(32), b"two\nlines")],
)
def test_what_opens_nothing_is_refused(entry: int, salt: bytes, record: bytes) -> None:
    with pytest.raises(ValueError, match=r"salt|line"):
        RecordOpening(entry, salt, record)


def test_a_heading_and_a_block_are_what_the_reader_expects() -> None:
    log = Log().checkpoint()
    assert log_file.heading(ORIGIN) == b"".join(log.lines[:2])
    assert log.lines[2] == log_file.CHECKPOINT
