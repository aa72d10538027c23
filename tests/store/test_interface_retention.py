"""Letting go of what is due, asked of every store, and held against the verifier of the log."""

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesure.audit import entries, proofs
from mesure.audit.entries import EntryRange, ErasureEntry
from mesure.audit.tree import Frontier, leaf_hash
from mesure.instants import US_PER_DAY
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.sqlite import store as sqlite
from mesure.store.values import partitions
from mesure.store.values.faults import ConflictError
from mesure.store.values.records import LogPosition, ReceivedDay
from mesure.store.values.register import RegisterRow
from tests.store.databases import Database, SqliteDatabase
from tests.store.judged_samples import outbox_entry
from tests.store.samples import AT, enter, message, ready

DAY = date(2026, 2, 11)
PART = partitions.partition_of("P-1")


def records(store: Store, count: int, person: str | None = None) -> None:
    store.write(lambda work: work.record([b'{"n":%d}' % n for n in range(count)], person))


def test_what_is_cut_is_gone_and_its_number_is_not_given_again(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.append([message(n) for n in (2, 3, 4)]))
    gone = [LogPosition(PART, 1), LogPosition(PART, 3), LogPosition(PART, 9)]
    assert store.write(lambda work: work.cut(gone)) == 2
    assert store.write(lambda work: work.cut(gone)) == 0
    store.write(lambda work: work.append([message(5)]))
    with store.read() as reading:
        log = reading.log(LogPosition(PART, 0), 9)
        assert [(one.place.sequence, one.counter) for one in log] == [(2, 3), (4, 5)]
        assert reading.digests([("D-1", 2)]) == {}
        assert [one.counter for one in reading.messages("P-1", 0, 99)] == [3, 5]
        assert reading.last(PART) == 4


def test_another_form_stands_in_the_place_of_what_came(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.append([message(2), message(3)]))
    store.write(lambda work: work.rewrite(LogPosition(PART, 1), "reduced1", b"less"))
    with store.read() as reading:
        first, second = reading.log(LogPosition(PART, 0), 9)
        assert (first.form, first.share.body, first.counter) == ("reduced1", b"less", 2)
        assert (second.form, second.share.body) == ("mesure1", b"body")
        assert reading.digests([("D-1", 2)]) == {("D-1", 2): message(2).digest}
    with pytest.raises(ConflictError, match=f"Record 7 of partition {PART} is not kept here"):
        store.write(lambda work: work.rewrite(LogPosition(PART, 7), "reduced1", b""))


def test_each_state_of_what_came_on_a_day_is_told_from_every_other(store: Store) -> None:
    ready(store)
    days = [0, 0, 1, 3]
    messages = [message(n, received_us=day * US_PER_DAY + n) for n, day in enumerate(days, 2)] + [
        message(9, person=None, device=2, received_us=3 * US_PER_DAY + 9)
    ]
    store.write(lambda work: work.append(messages))

    def state() -> tuple[ReceivedDay, ...]:
        with store.read() as reading:
            return reading.days_of_receipt(PART)

    first = state()
    assert [(one.person, one.day, one.messages, one.first, one.last) for one in first] == [
        ("P-1", 0, 2, 1, 2),
        ("P-1", 1, 1, 3, 3),
        ("P-1", 3, 1, 4, 4),
    ]
    store.write(lambda work: work.rewrite(LogPosition(PART, 1), "reduced1", b"same"))
    second = state()
    assert second[0].messages == 2
    assert second[0].bound > first[0].bound
    assert second[1:] == first[1:]
    store.write(lambda work: work.rewrite(LogPosition(PART, 1), "reduced1", b"same"))
    store.write(lambda work: work.cut([LogPosition(PART, 3)]))
    assert state()[0].bound > second[0].bound
    assert [one.day for one in state()] == [0, 3]


def test_what_is_nobodys_is_found_by_its_receipt(store: Store) -> None:
    ready(store)
    store.write(
        lambda work: work.append(
            [message(n, person=None, received_us=n * 10) for n in (2, 3, 4)] + [message(5)]
        )
    )
    with store.read() as reading:
        assert [one.counter for one in reading.nobodys(40, 9)] == [2, 3]
        assert [one.counter for one in reading.nobodys(40, 1)] == [2]
        assert reading.nobodys(20, 9) == ()
        assert [reading.count_nobodys_before(until_us) for until_us in (20, 40, 99)] == [0, 2, 3]


def test_records_go_with_their_salts_and_the_log_says_so(store: Store) -> None:
    ready(store)
    records(store, 6)
    records(store, 2, "P-1")
    log_entries = store.write(lambda work: work.forget_records([1, 2, 5, 77], DAY, "looks_days"))
    assert log_entries == range(8, 9)
    with store.read() as reading:
        lines = reading.entries(0, 99)
        numbers_left = [one.entry for one in reading.openings(0, 99)]
        assert numbers_left == [0, 3, 4, 6, 7]
        assert [one.entry for one in reading.openings(4, 2)] == [4, 6]
        assert [reading.record_opening(entry) for entry in (1, 2, 5, 8)] == [None] * 4
        assert reading.record_entries("P-1") == (6, 7)
    erased = (EntryRange(1, 2), EntryRange(5, 5))
    assert entries.read(lines[8]) == ErasureEntry(DAY, "looks_days", erased)


def test_nothing_is_entered_where_nothing_was_destroyed(store: Store) -> None:
    records(store, 2)
    store.write(lambda work: work.forget_records([0], DAY, "looks_days"))
    for gone in ([0], [9], []):
        assert not store.write(lambda work, gone=gone: work.forget_records(gone, DAY, "x"))  # type: ignore[misc]
    with store.read() as reading:
        assert reading.frontier().size == 3


def test_records_and_erasures_of_one_change_make_one_tree(store: Store) -> None:
    def change(work: WriteTransaction) -> range:
        work.record([b"{}"] * 3)
        work.forget_records([1], DAY, "a")
        work.record([b"{}"])
        return work.forget_records([0, 3], DAY, "b")

    records(store, 1)
    store.write(change)
    with store.read() as reading:
        whole = Frontier(0, [])
        for line in reading.entries(0, 99):
            whole.add(leaf_hash(line))
        assert (whole.size, whole.root()) == (7, reading.frontier().root())


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.integers(0, 40), max_size=6), max_size=8))
def test_every_proof_holds_after_whatever_was_forgotten(
    database: Database, drawn: list[list[int]]
) -> None:
    database.empty()
    store = database.open()
    try:
        records(store, 3)
        with store.read() as reading:
            before = proofs.TreeHead(3, reading.frontier().root())
        for gone in drawn:
            store.write(lambda work, gone=gone: work.forget_records(gone, DAY, "x"))  # type: ignore[misc]
            records(store, 1)
        with store.read() as reading:
            edge = reading.frontier()
            head = proofs.TreeHead(edge.size, edge.root())
            way = proofs.consistency(reading.node, 3, edge.size)
            assert proofs.extends(head, before, way)
            for entry, line in enumerate(reading.entries(0, 99)):
                shown = proofs.inclusion(reading.node, entry, edge.size)
                assert proofs.includes(head, entry, leaf_hash(line), shown)
    finally:
        store.close()


def test_what_was_sent_is_forgotten_after_its_time(store: Store) -> None:
    ready(store)
    for key, due_us in (("a", 5), ("b", 5), ("c", 10)):
        entry = outbox_entry(key=key, due_us=due_us)
        store.write(lambda work, entry=entry: work.enqueue(entry))  # type: ignore[misc]
    for key in ("a", "c"):
        store.write(lambda work, key=key: work.finish("notice", key, "sent"))  # type: ignore[misc]
    assert store.write(lambda work: work.forget_sent(10)) == 1
    with store.read() as reading:
        assert [reading.send_status("notice", key) is None for key in "abc"] == [True, False, False]


# --- What is left in files -----------------------------------------------------------------------


def test_nothing_of_what_was_let_go_is_left_in_the_file_and_its_log(tmp_path: Path) -> None:
    """Rows of many people side by side: merging pages leaves copies of what is taken away."""
    dice = random.Random(1)
    database = SqliteDatabase(tmp_path / "mesure.db")
    with closing(database.open()) as store:
        store.write(lambda work: enter(work, 30))
        names: list[bytes] = []
        for number in range(1, 21):
            names += _rows(store, dice, range(number, 31))
            store.write(lambda work, who=f"P-{number}": work.erase(who, AT))  # type: ignore[misc]
        gone = [name for name in names if int(name.split(b"-")[1]) <= 20]
        names_left = [name for name in names if name not in set(gone)]
        assert store.scrub()
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(gone) > 1_000
    assert len(names_left) > 1_000
    assert not [name for name in gone if name in files]
    assert all(name in files for name in names_left)


def _rows(store: Store, dice: random.Random, persons: Sequence[int]) -> list[bytes]:
    """Keep some rows about each of some persons, and return the names that stand in them."""
    names = [f"row-{dice.choice(persons)}-{dice.getrandbits(64):016x}" for _ in range(200)]
    rows = [
        RegisterRow(
            "test", name, 1, f"P-{name.split('-')[1]}", dice.randbytes(dice.randrange(300)), 1
        )
        for name in names
    ]

    def change(work: WriteTransaction) -> None:
        for row in rows:
            work.put(row)

    store.write(change)
    return [one.encode() for one in names]


def test_whoever_reads_an_older_moment_holds_the_overwriting_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "EMPTY_BUSY_MS", 5)  # Else it waits twenty seconds for the reader.
    monkeypatch.setattr(sqlite, "EMPTY_PAUSE_S", 0.005)
    ready(store)
    with store.read() as reading:
        reading.person("P-1")
        store.write(lambda work: work.erase("P-2", AT))
        store.scrub()
        person = reading.person("P-2")
    assert person is not None
    assert store.scrub()
    with store.read() as reading:
        assert reading.person("P-1") is not None
