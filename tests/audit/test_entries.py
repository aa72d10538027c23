"""An entry is one line, and there is one way to write it."""

from base64 import b64encode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import entries
from mesure.audit.entries import SPANS_MAX, EntryRange, ErasureEntry, MalformedError, RecordEntry
from mesure.audit.log_file import LINE_BYTES_MAX
from mesure.audit.tree import SIZE_MAX
from tests.audit.samples import DAY, RULE, erasure

RECORD = b"record " + b64encode(bytes(range(32)))
ERASURE = b"erasure 2026-02-11 two_months 4,7-12"


@given(st.binary(min_size=32, max_size=32))
def test_a_record_is_read_as_it_was_written(commitment: bytes) -> None:
    record = RecordEntry(commitment)
    assert entries.read(entries.encode(record)) == record


@given(
    st.sets(st.integers(0, 60), min_size=1),
    st.dates(),
    st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True),
)
def test_an_erasure_is_read_as_it_was_written(erased: set[int], day: date, rule: str) -> None:
    [erasure] = entries.erasures(erased, day, rule)
    read = entries.read(entries.encode(erasure))
    assert read == erasure
    assert {
        entry for span in erasure.erased for entry in range(span.first, span.last + 1)
    } == erased


@given(st.sampled_from([RECORD, ERASURE]), st.data())
def test_a_line_with_a_byte_changed_is_another_entry_or_none(
    line: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(line)))
    byte = data.draw(st.binary(max_size=2))
    changed = line[:place] + byte + line[place + data.draw(st.integers(0, 1)) :]
    try:
        read = entries.read(changed)
    except MalformedError:
        return
    assert entries.encode(read) == changed  # No second way to write the same.
    assert (read == entries.read(line)) == (changed == line)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"record", b"record ", RECORD[:-1], RECORD + b"=", RECORD + b" ", RECORD + b"\n",
        RECORD.replace(b"record", b"Record"), RECORD.replace(b" ", b"  "), b" " + RECORD,
        RECORD[:-2] + b"9=",  # Base64 with a bit set that stands for nothing.
        ERASURE + b"\n", ERASURE + b",", ERASURE + b"-13", ERASURE.replace(b",", b", "),
        b"erasure 2026-02-30 two_months 4", b"erasure 2026-2-3 two_months 4",
        b"erasure 20260203 two_months 4", b"erasure 2026-W05 two_months 4",
        b"erasure 2026-02-11 Two 4", b"erasure 2026-02-11 because he moved 4",
        b"erasure 2026-02-11  4", b"erasure 2026-02-11 " + b"a" * 33 + b" 4",
        b"erasure 2026-02-11 r ", b"erasure 2026-02-11 r -", b"erasure 2026-02-11 r 04",
        b"erasure 2026-02-11 r 4-4", b"erasure 2026-02-11 r 5-4", b"erasure 2026-02-11 r 4,4",
        b"erasure 2026-02-11 r 4,5", b"erasure 2026-02-11 r 5,3", b"erasure 2026-02-11 r 3-6,5",
        b"erasure 2026-02-11 r 0-", b"erasure 2026-02-11 r 1-02", b"erasure 2026-02-11 r 1-2-3",
        b"erasure 2026-02-11 r 9007199254740992", b"erasure 2026-02-11 r 0-9999999999999999",
        b"erasure 2026-02-11 r " + b"9" * 5_000, "erasure 2026-02-11 r ٤".encode(),
        b"erasure 2026-02-11 r " + b",".join(b"%d" % (2 * n) for n in range(SPANS_MAX + 1)),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_no_entry(line: bytes) -> None:
    with pytest.raises(MalformedError):
        entries.read(line)


def test_a_long_erasure_takes_several_entries_and_none_is_longer_than_a_line() -> None:
    erased = [SIZE_MAX - 2 * number for number in range(2 * SPANS_MAX + 1)]
    erasures = list(entries.erasures(erased, DAY, "a" * 32))
    assert [len(entry.erased) for entry in erasures] == [SPANS_MAX, SPANS_MAX, 1]
    assert max(len(entries.encode(entry)) for entry in erasures) < LINE_BYTES_MAX
    wide = tuple(EntryRange(SIZE_MAX - 3 * n - 1, SIZE_MAX - 3 * n) for n in range(SPANS_MAX))
    assert len(entries.encode(erasure(*reversed(wide)))) < LINE_BYTES_MAX
    assert entries.read(entries.encode(erasures[0])) == erasures[0]
    assert not list(entries.erasures([], DAY, RULE))


@pytest.mark.parametrize("rule", ["", "He moved", "two-months", "2_months", "é", "a" * 33, "a\n"])
def test_nothing_about_anybody_can_be_written_in_an_erasure(rule: str) -> None:
    with pytest.raises(ValueError, match="is no name of a rule"):
        ErasureEntry(DAY, rule, (EntryRange(0, 0),))


@pytest.mark.parametrize("spans", [(), ((1, 0),), ((-1, 0),), ((0, 1), (2, 3)), ((3, 3), (0, 0))])
def test_spans_that_are_not_in_order_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="spans"):
        erasure(*spans)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_commitment_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"32 bytes, not {length}"):
        RecordEntry(bytes(length))
