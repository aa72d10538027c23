"""Write-ahead log of SQLite: kept short, however busy readers are.

SQLite begins the log anew only at a moment at which nobody reads from it. Where judges and pages
read one after the other, such a moment never comes by itself, and the log grows without bound. So
one is brought about now and then: a writer waits for the present readers, which are short, while
new ones read from the file alone.
"""

import sqlite3
import time
from pathlib import Path
from typing import Final

SHORTENED_EVERY_S: Final = 5.0
"""At most this often: it costs the writer the wait for the readers."""

WAIT_MS: Final = 500
LONG_RATIO: Final = 2.0
"""A log this many times the pages at which it is copied did not begin anew by itself."""


class LogTruncation:
    """Keeps one log short; asked after each change by the one that writes."""

    def __init__(self, database: Path, pages_max: int, busy_ms: int) -> None:
        self._log, self._pages_max = database.with_name(f"{database.name}-wal"), pages_max
        self._busy_ms = busy_ms
        self._next_s = 0.0

    def shorten(self, connection: sqlite3.Connection) -> bool:
        """Empty the log where it is long; False where it is not, or somebody reads for long.

        Earlier changes are kept whatever comes of this, so none of its faults is reported.
        """
        now_s = time.monotonic()
        if now_s < self._next_s:
            return False
        try:
            page_bytes = int(connection.execute("PRAGMA page_size").fetchone()[0])
            if self._log.stat().st_size < LONG_RATIO * self._pages_max * page_bytes:
                return False
            self._next_s = now_s + SHORTENED_EVERY_S
            connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            try:
                [is_busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {self._busy_ms}")
        except (OSError, sqlite3.Error):
            return False
        return not is_busy
