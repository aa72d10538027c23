"""Bind existing rows: rows from before rows were bound, or taken in from elsewhere.

Nothing here can show what was changed before a row was bound; the audit log says since when it is.
The next run continues one that was broken off.
"""

from functools import partial
from itertools import islice
from typing import Final

from mesure.store.commitments.row_digests import EVIDENCE
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values.tables import Row

AT_ONCE: Final = 5_000  # Rows in one change.


def adopt_once(store: Store) -> int:
    """Bind all rows where that was never finished; return how many.

    Where the log has batches already, it was finished: unbound rows were then added without the
    program, and a check is to find them.
    """
    with store.read() as reading:
        [(_, _, _, pinned, is_whole)] = reading.rows("binding_edge")
    return 0 if is_whole or pinned else adopt(store)


def adopt(store: Store) -> int:
    """Bind all rows that are not bound, and return how many."""
    count = 0
    for table in EVIDENCE:
        with store.read() as reading:
            waiting = reading.unbound(table)
            while rows := list(islice(waiting, AT_ONCE)):
                store.write(partial(_bind, table, rows))
                count += len(rows)
    store.write(lambda work: work.bind_whole())
    return count


def _bind(table: str, keys: list[Row], work: WriteTransaction) -> None:
    work.bind_rows(table, keys)
