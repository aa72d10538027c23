"""Whatever is done, in whatever order, both stores answer as a small model in memory does."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_as_test

from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.values import records
from mesure.store.values.records import (
    AppendOutcome,
    AppendResult,
    LogPosition,
    LogRecord,
    MessageShare,
    ReceivedMessage,
    RefusedMessage,
)
from tests.store import samples
from tests.store.databases import Database, PostgresDatabase, SqliteDatabase

SHARES = st.builds(
    lambda person, first_us, length_us, body: MessageShare(
        person, first_us, first_us + length_us, body
    ),
    st.sampled_from(["P-1", "P-2", None]),
    st.integers(0, 50),
    st.integers(0, 30),
    st.sampled_from([b"", b"sealed"]),
)
MESSAGES = st.builds(
    ReceivedMessage,
    device=st.sampled_from(["D-1", "D-2"]),
    counter=st.none() | st.integers(1, 6),
    form=st.just("mesure1"),
    received_us=st.integers(0, 100),
    digest=st.sampled_from([b"a", b"b", b""]).map(samples.digest),
    shares=st.lists(SHARES, min_size=1, max_size=3).map(tuple),
)
REFUSED = st.builds(
    RefusedMessage,
    form=st.sampled_from(["osmand", "mesure1"]),
    claimed=st.just(""),
    reason=st.sampled_from(["forged", "damaged"]),
    said=st.just("so"),
    received_us=st.integers(0, 100),
    digest=st.sampled_from([b"", b"x"]).map(samples.digest),
    body=st.sampled_from([b"", b"x"]),
)


class TakenBackError(Exception):
    pass


class StoreModel:
    """What a store should hold; a page of plain Python."""

    def __init__(self) -> None:
        self.logs: dict[int, list[LogRecord]] = defaultdict(list)
        self.kept: dict[tuple[str, Any], tuple[bytes, tuple[LogPosition, ...]]] = {}
        self.refused: list[tuple[RefusedMessage, int, int]] = []
        self.size = 0

    def append(self, messages: list[ReceivedMessage]) -> tuple[AppendResult, ...]:
        return tuple(self._append(message) for message in messages)

    def _append(self, message: ReceivedMessage) -> AppendResult:
        key = (message.device, message.digest if message.counter is None else message.counter)
        if key in self.kept:
            digest, places = self.kept[key]
            same = digest == message.digest
            return (
                AppendResult(AppendOutcome.AGAIN, places)
                if same
                else AppendResult(AppendOutcome.OTHER_BYTES, ())
            )
        positions = []
        for share in message.shares:
            part = records.partition_of(message.device, share)
            log = self.logs[part]
            received_us = max(message.received_us, log[-1].received_us if log else 0)
            positions.append(LogPosition(part, len(log) + 1))
            what = (message.device, message.counter, message.form, received_us, message.digest)
            log.append(LogRecord(positions[-1], share, *what))
        self.kept[key] = (message.digest, tuple(positions))
        return AppendResult(AppendOutcome.KEPT, tuple(positions))

    def refuse(self, refusal: RefusedMessage) -> None:
        for at, (first, times, last_us) in enumerate(self.refused):
            if (first.form, first.digest, first.reason) == (
                refusal.form,
                refusal.digest,
                refusal.reason,
            ):
                self.refused[at] = (first, times + 1, max(last_us, refusal.received_us))
                return
        self.refused.append((refusal, 1, refusal.received_us))


class StoreMachine(RuleBasedStateMachine):
    """Both stores and the model, side by side."""

    databases: tuple[Database, ...]

    @initialize()
    def begin(self) -> None:
        self.model = StoreModel()
        self.stores: list[Store] = []
        for database in self.databases:
            database.empty()
            store = database.open()
            store.write(partial(samples.enter, count=2))
            self.stores.append(store)

    def everywhere(self, change: Callable[[WriteTransaction], Any]) -> Any:
        first, *others = (store.write(change) for store in self.stores)
        assert all(other == first for other in others)
        return first

    @rule(messages=st.lists(MESSAGES, max_size=5))
    def append(self, messages: list[ReceivedMessage]) -> None:
        assert self.everywhere(lambda work: work.append(messages)) == self.model.append(messages)

    @rule(message=MESSAGES, later_us=st.integers(0, 50))
    def append_and_send_again(self, message: ReceivedMessage, later_us: int) -> None:
        self.append([message])
        self.append([message])

    @rule(messages=st.lists(MESSAGES, max_size=3), records=st.lists(st.binary(max_size=3)))
    def take_back(self, messages: list[ReceivedMessage], records: list[bytes]) -> None:
        def change(work: WriteTransaction) -> None:
            work.append(messages)
            work.record([b"x" for _ in records])
            raise TakenBackError

        for store in self.stores:
            with pytest.raises(TakenBackError):
                store.write(change)

    @rule(refusal=REFUSED)
    def refuse(self, refusal: RefusedMessage) -> None:
        self.everywhere(lambda work: work.refuse(refusal))
        self.model.refuse(refusal)

    @rule(count=st.integers(0, 4))
    def record(self, count: int) -> None:
        entries = self.everywhere(lambda work: work.record([b"entry"] * count))
        assert entries == range(self.model.size, self.model.size + count)
        self.model.size += count

    @rule()
    def open_again(self) -> None:
        for at, database in enumerate(self.databases):
            self.stores[at].close()
            self.stores[at] = database.open()

    @invariant()
    def all_hold_the_same(self) -> None:
        for store in self.stores:
            with store.read() as reading:
                self.compare(reading)

    def compare(self, reading: ReadTransaction) -> None:
        model = self.model
        for part, log in model.logs.items():
            assert reading.log(LogPosition(part, 0), 1_000) == tuple(log)
            assert reading.last(part) == len(log)
        for person in ("P-1", "P-2"):
            mine = [one for log in model.logs.values() for one in log if one.share.person == person]
            mine = [one for one in mine if one.share.last_us >= 20 and one.share.first_us < 40]
            mine.sort(key=lambda record: (record.share.first_us, record.place.sequence))
            assert list(reading.messages(person, 20, 40)) == mine
        counted = {key: kept[0] for key, kept in model.kept.items() if isinstance(key[1], int)}
        device_counters = [(device, n) for device in ("D-1", "D-2") for n in range(1, 8)]
        assert reading.digests(device_counters) == counted
        refused = [(q.refused, q.times, q.last_received_us) for q in reading.quarantine(0, 99)]
        assert refused == model.refused
        assert reading.frontier().size == len(reading.entries(0, 10_000)) == model.size

    def teardown(self) -> None:
        for store in getattr(self, "stores", []):
            store.close()


def test_both_stores_answer_as_the_model_does(common_postgres: PostgresDatabase) -> None:
    with TemporaryDirectory() as folder:
        both = (SqliteDatabase(Path(folder) / "mesure.db"), common_postgres)
        machine = type("Both", (StoreMachine,), {"databases": both})
        run_as_test(machine, settings=settings(max_examples=12, stateful_step_count=12))


def test_sqlite_alone_answers_as_the_model_does() -> None:  # Where there is no PostgreSQL.
    with TemporaryDirectory() as folder:
        alone = (SqliteDatabase(Path(folder) / "mesure.db"),)
        machine = type("Alone", (StoreMachine,), {"databases": alone})
        run_as_test(machine, settings=settings(max_examples=10, stateful_step_count=12))
