"""What binds rows: hashes, sums that tell the column, segments that go, what the log gets."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.store.commitments import row_commitments, row_digests
from mesure.store.commitments.row_digests import EVIDENCE, CommitmentEdge, NumberRange, RowBinder
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.sqlite import store as sqlite
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.records import LogPosition
from mesure.store.values.tables import Row
from tests.store import databases, older_schema, samples
from tests.store.judged_samples import row
from tests.store.samples import AT, DAY, message, ready

DEVICE = ["D-1", 5, "O-1"]
VALUES = st.integers(-(1 << 60), 1 << 60) | st.none() | st.text(max_size=9) | st.binary(max_size=9)


@given(st.lists(VALUES, min_size=12, max_size=12), st.integers(0, 11), VALUES)
def test_the_column_that_was_altered_is_told(row: list[object], at: int, value: object) -> None:
    altered = [*row[:at], value, *row[at + 1 :]]
    column = row_digests.find_altered_column("message", row_digests.sums(row), altered)
    if row_digests.sums(row) != row_digests.sums(altered):
        assert column in {EVIDENCE["message"].columns[at], None}
    if _bytes(value) != _bytes(row[at]) and type(value) is not int and type(row[at]) is not int:
        assert column == EVIDENCE["message"].columns[at]


def _bytes(value: object) -> object:
    """Return what is summed: a text and its own encoding are alike to a sum, not to the hash."""
    return value if type(value) is bytes else msgspec.msgpack.encode(value)


def test_of_several_columns_none_is_blamed() -> None:
    assert (
        row_digests.find_altered_column("device", row_digests.sums(DEVICE), ["D-2", 6, "O-1"])
        is None
    )
    assert row_digests.find_altered_column("device", row_digests.sums(DEVICE), DEVICE) is None


def test_a_hash_stands_for_salt_table_and_row() -> None:
    first = row_digests.row_hash(bytes(16), "device", DEVICE)
    others = [
        row_digests.row_hash(bytes([1]) * 16, "device", DEVICE),
        row_digests.row_hash(bytes(16), "person", DEVICE),
        row_digests.row_hash(bytes(16), "device", ["D-1", 5, None]),
        row_digests.row_hash(bytes(16), "device", ["D-1", "5", "O-1"]),
    ]
    assert len({first, *others}) == 5


@pytest.mark.parametrize("body", [b"", b"\xc1", msgspec.msgpack.encode([1, 2]), b"\x93\x01\x02"])
def test_what_is_no_segment_or_header_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="no segment"):
        row_digests.decode_segment(body)
    with pytest.raises(ValueError, match="no header"):
        row_digests.decode_header(body)


def test_messages_share_segments_of_a_bounded_size_and_other_rows_do_not() -> None:
    binder = RowBinder(databases.repeatable_salts())
    binder.begin(CommitmentEdge(4, 100, 2))
    rows = [(1, n, 0, None, 0, 0, "D-1", n, 0, "f", b"", b"") for n in range(600)]
    assert binder.bind_all("message", None, rows) == range(100, 700)
    assert [binder.bind("device", None, DEVICE) for _ in range(2)] == [700, 701]
    binder.gone += [5, 3, 4, 3]
    batch = binder.batch()
    assert [one.size for one in batch.segments] == [256, 256, 88, 1, 1]
    header = row_digests.decode_header(batch.header)
    assert (header.number, header.first, header.until) == (4, 100, 702)
    assert header.gone == (NumberRange(3, 5),)
    assert batch.edge == CommitmentEdge(5, 702, 2)
    assert binder.is_idle


def test_a_record_about_rows_is_read_as_it_was_written() -> None:
    binder = RowBinder(databases.repeatable_salts())
    binder.begin(CommitmentEdge())
    headers: dict[int, bytes] = {}
    for number in range(row_commitments.BATCHES_MAX + 3):
        binder.bind("device", None, DEVICE)
        binder.gone.append(number * 2)
        headers[number] = binder.batch().header
    edge = CommitmentEdge(len(headers) + 1, 0, 0)  # The last of them was taken away by somebody.
    records = list(row_commitments.records(edge, headers, "now", 7))
    pins = [row_commitments.read(record) for record in records]
    assert all(map(row_commitments.is_pin, records))
    assert [pin.first for pin in pins] == [0, row_commitments.BATCHES_MAX]
    digests = [digest for pin in pins for digest in pin.digests]
    assert digests[:-1] == [row_digests.batch_digest(header) for header in headers.values()]
    assert digests[-1] == row_digests.batch_digest(b"")
    assert sum(len(pin.gone) for pin in pins) == len(headers)
    assert {(pin.at, pin.signed) for pin in pins} == {("now", 7)}
    for other in (b"{}", b"[]", b'{"first":0,"batches":["?"],"gone":"","signed":0,"at":""}'):
        with pytest.raises(ValueError, match=r"."):
            row_commitments.read(other)


# --- In both stores ------------------------------------------------------------------------------


def row_counts(store: Store) -> tuple[int, int]:
    """Return how many batches and segments are kept."""
    with store.read() as reading:
        return len(list(reading.rows("binding"))), len(list(reading.rows("bound")))


def test_nothing_is_left_of_what_is_gone_but_in_the_log(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.pin("now"))
    before = row_counts(store)
    store.write(lambda work: work.append([message(2), message(3)]))
    [first, second] = [row[:2] for row in _rows(store, "message")]
    store.write(lambda work: work.cut([LogPosition(*first)]))
    assert row_counts(store) == (before[0] + 2, before[1] + 1)
    store.write(lambda work: work.cut([LogPosition(*second)]))
    assert row_counts(store) == (before[0] + 3, before[1])  # The log does not have the batches yet.
    store.write(lambda work: work.pin("now"))
    assert row_counts(store) == before
    store.write(lambda work: work.append([message(4)]))
    store.write(lambda work: work.pin("now"))
    [last] = [row[:2] for row in _rows(store, "message")]
    store.write(lambda work: work.cut([LogPosition(*last)]))
    store.write(lambda work: work.pin("now"))
    assert row_counts(store) == before


def _rows(store: Store, table: str) -> list[Row]:
    with store.read() as reading:
        return list(reading.rows(table))


# What is put and dropped within one change: the revisions of each step, or None for a drop.
WITHIN_A_CHANGE = [[1], [1, 2], [1, 2, 3], [1, None], [1, 2, None], [1, None, 1], [1, 2, None, 1]]


@pytest.mark.parametrize("steps", WITHIN_A_CHANGE)
@pytest.mark.parametrize("person", ["P-1", None])
def test_a_new_row_is_bound_once_whatever_becomes_of_it_in_the_same_change(
    store: Store, steps: list[int | None], person: str | None
) -> None:
    ready(store)
    before = row_counts(store)

    def change(work: WriteTransaction) -> None:
        for number, revision in enumerate(steps):
            if revision is None:
                assert work.drop("absence", "1")
            else:
                keys = {"state": f"{number}", "b": "Ә", "a": "0"} if number != 1 else {}
                work.put(row("1", revision, person=person, keys=keys, body=b"%d" % number))

    store.write(change)
    is_there = steps[-1] is not None
    assert row_counts(store) == (before[0] + 1, before[1] + is_there)
    with store.read() as reading:
        headers = [row_digests.decode_header(one[-1]) for one in reading.rows("binding")]
        [(*values, number)] = reading.evidence("register") if is_there else [(None, None)]
        segments = {one[0]: row_digests.decode_segment(one[-1]) for one in reading.rows("bound")}
        assert not list(reading.unbound("register"))
    gone = {one for span in headers[-1].gone for one in range(span.first, span.last + 1)}
    assert gone == set(range(headers[-1].first, headers[-1].until)) - {number}
    if is_there:
        salt, table, [leaf] = segments[number]
        assert (table, leaf.key) == ("register", ("absence", "1"))
        assert leaf.hash == row_digests.row_hash(salt, "register", values)
        assert leaf.sums == row_digests.sums(values)
        assert row_digests.about("register", values) == (person or "1")
    store.write(lambda work: work.pin("now"))
    assert row_counts(store)[1] == before[1] + is_there


def test_a_new_row_that_is_changed_or_dropped_later_lets_its_number_go(store: Store) -> None:
    ready(store)
    before = row_counts(store)[1]
    store.write(lambda work: work.put(row("1", keys={"a": "b"})))
    store.write(lambda work: work.put(row("1", 2, keys={"a": "c"})))
    assert row_counts(store)[1] == before + 1
    store.write(lambda work: work.drop("absence", "1"))
    assert row_counts(store)[1] == before
    with store.read() as reading:
        headers = [row_digests.decode_header(one[-1]) for one in reading.rows("binding")][-3:]
    firsts = [one.first for one in headers]
    assert [one.gone for one in headers] == [
        (),
        (NumberRange(firsts[0], firsts[0]),),
        (NumberRange(firsts[1], firsts[1]),),
    ]


def test_of_an_erased_person_no_salt_and_no_key_of_a_row_is_left(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.add_version(samples.version()))
    store.write(lambda work: work.append([message(2)]))
    store.write(lambda work: work.pin("now"))
    store.write(lambda work: work.erase("P-1", AT + DAY))
    bodies = {row_digests.decode_segment(row[-1])[1] for row in _rows(store, "bound")}
    assert not bodies & {"order_version", "message"}
    with store.read() as reading:
        about = [row_digests.decode_segment(row[-1])[1] for row in reading.rows("bound", "P-1")]
    assert about == ["court_order", "person"]  # Which stay, as ids.


def test_rows_from_before_are_bound_when_the_store_is_brought_up_to_date(tmp_path: Path) -> None:
    from mesure.store.interface import bind_existing

    path = tmp_path / "mesure.db"
    sqlite.prepare(path)
    with closing(SqliteStore(path)) as store:
        ready(store)
        store.write(lambda work: work.append([message(2), message(3)]))
    older_schema.revert_file(path, "0003")
    sqlite.prepare(path)
    with closing(SqliteStore(path)) as store:
        assert row_counts(store) == (0, 0)
        assert bind_existing.adopt_once(store) == 11
        assert bind_existing.adopt_once(store) == 0
        with store.read() as reading:
            assert not [table for table in EVIDENCE if list(reading.unbound(table))]
