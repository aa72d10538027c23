"""A change is made whole or not at all, and is on the disk when it is answered."""

import threading
from functools import partial

import pytest

from mesure.audit.tree import leaf_hash
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.faults import UnavailableError
from mesure.store.values.records import AppendOutcome, LogPosition, ReceivedMessage
from tests.store import samples
from tests.store.databases import Database
from tests.store.samples import everything, message, ready
from tools.faults.tree_nodes import TreeNodes

PART = partitions.partition_of("P-1")


class OwnError(Exception):
    pass


def test_a_change_that_raises_leaves_nothing(store: Store) -> None:
    ready(store)
    store.write(lambda work: work.append([message(2)]))
    before = everything(store)

    def half(work: WriteTransaction) -> None:
        work.append([message(3)])
        work.record([b"entry"])
        work.keep_standings({"D-1": b"x"})
        raise OwnError

    with pytest.raises(OwnError):
        store.write(half)
    assert everything(store) == before
    with store.read() as reading:
        assert reading.frontier().size == 0


def test_a_change_reads_what_it_has_written(store: Store) -> None:
    def change(work: WriteTransaction) -> tuple[object, ...]:
        samples.enter(work)
        work.append([message(2)])
        work.record([b"entry"])
        logged = [one.counter for one in work.messages("P-1", 0, 100)]
        return work.person("P-1"), work.last(PART), work.frontier().size, logged

    assert store.write(change) == (samples.person(), 1, 1, [2])


def test_a_reader_sees_one_moment(store: Store) -> None:
    ready(store)
    with store.read() as reading:
        assert reading.last(PART) == 0
        store.write(lambda work: work.append([message(2)]))
        assert reading.last(PART) == 0
    with store.read() as reading:
        assert reading.last(PART) == 1


def test_one_bad_change_in_a_group_spoils_no_other(store: Store) -> None:
    ready(store)
    gate = threading.Event()

    def waits(work: WriteTransaction) -> None:
        gate.wait(60)

    def bad(work: WriteTransaction) -> None:
        work.append([message(50)])
        work.record([b"bad"])
        raise OwnError

    def good(number: int, work: WriteTransaction) -> None:
        work.append([message(number)])
        work.record([b"%d" % number])

    first = store.submit(waits)
    futures = [
        store.submit(bad if number == 5 else partial(good, number)) for number in range(2, 12)
    ]
    gate.set()
    first.result()
    faults = [future.exception() for future in futures]
    assert [type(fault) for fault in faults if fault] == [OwnError]
    with store.read() as reading:
        counters = [one.counter for one in reading.log(LogPosition(PART, 0), 100)]
        assert counters == [2, 3, 4, 6, 7, 8, 9, 10, 11]
        assert [int(opening.record) for opening in reading.openings(0, 100)] == counters
        assert (reading.frontier().size, len(reading.entries(0, 100))) == (9, 9)


def receive(sent: ReceivedMessage, work: WriteTransaction) -> AppendOutcome:
    [appended] = work.append([sent])
    work.record([b"received"])
    return appended.outcome


def test_many_writers_and_two_openings_leave_one_dense_log(database: Database) -> None:
    stores = [database.open(), database.open()]
    stores[0].write(samples.enter)

    def write(number: int) -> None:
        for counter in range(2, 12):
            sent = message(counter, device=number % 3 + 1, person=number % 3 + 1)
            change = partial(receive, sent)
            assert stores[number % 2].write(change) in (AppendOutcome.KEPT, AppendOutcome.AGAIN)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].read() as reading:
        for number in (1, 2, 3):
            part = partitions.partition_of(f"P-{number}")
            logged = reading.log(LogPosition(part, 0), 100)
            assert [one.place.sequence for one in logged] == list(range(1, 11))
            assert {one.counter for one in logged} == set(range(2, 12))
        assert reading.frontier().size == 60
        nodes = TreeNodes()
        for line in reading.entries(0, 100):
            nodes.add(leaf_hash(line))
        assert nodes.frontier.root() == reading.frontier().root()
    for store in stores:
        store.close()


def test_a_closed_store_says_so(store: Store) -> None:
    pending = store.submit(samples.enter)
    store.close()
    assert pending.done()
    with pytest.raises(UnavailableError, match="closed"):
        store.write(samples.enter)
    with pytest.raises(UnavailableError, match="closed"), store.read():
        pass


def test_a_read_that_outlasts_the_store_ends_and_leaves_no_connection(store: Store) -> None:
    with store.read() as reading:
        store.close()
        assert reading.frontier().size == 0
    pool = store._readers  # type: ignore[attr-defined]
    assert pool.waiting == []
