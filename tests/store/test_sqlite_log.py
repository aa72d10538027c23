"""The write-ahead log of the store in one file stays short, however busy readers are."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesure.store.sqlite import store as sqlite
from mesure.store.sqlite.operation import write_ahead_log
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.register import RegisterRow

PAGE_BYTES = 4_096
BODY_BYTES = 20_000
CHANGES = 600  # Some 20 MB of log, where nothing takes it away.


@contextmanager
def always_read(store: SqliteStore, held_s: float) -> Iterator[None]:
    """Read in two threads that overlap: at every moment somebody sees the past."""
    ending = threading.Event()

    def read() -> None:
        while not ending.is_set():
            with store.read() as reading:
                reading.ends()
                time.sleep(held_s)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for number, thread in enumerate(threads):
        thread.start()
        time.sleep(held_s / 2 * (1 - number))
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()


def test_the_log_stays_short_while_somebody_always_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAL_PAGES", 100)
    monkeypatch.setattr(write_ahead_log, "SHORTENED_EVERY_S", 0.05)
    path, log = tmp_path / "mesure.db", tmp_path / "mesure.db-wal"
    sqlite.prepare(path)
    longest = 0
    with SqliteStore(path) as store, always_read(store, 0.02):
        for number in range(CHANGES):
            entry = RegisterRow(
                "try", str(number % 50), 1 + number // 50, None, bytes(BODY_BYTES), 0
            )
            store.write(lambda work, entry=entry: work.put(entry))  # type: ignore[misc]
            longest = max(longest, log.stat().st_size)
    assert longest < 20 * sqlite.WAL_PAGES * PAGE_BYTES
