"""Log signing: the audit log signed as it grows, and written out as a file.

An outsider holds the file against the key with `mesure verify-log`. What is handed out ends at a
checkpoint, so that every line in it is covered by a signature.
"""

from collections.abc import Iterator
from typing import Final

from mesure.audit import checkpoints, log_file
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes
from mesure.audit.signing.notes import SignedNote
from mesure.machine import clock
from mesure.service.installation import last_checkpoint
from mesure.service.installation.installation import Installation
from mesure.store.interface.store import ReadTransaction

PAGE: Final = 1_000


def checkpoint(installation: Installation) -> bool:
    """Sign the log as it is now; False where it has not grown since the last time.

    What rows were written since is entered in it first (`row_commitments`). Raises `ServiceError`
    where it does not go on from what was signed last: signed, it would be a second log, and what
    shows the first would be gone.
    """
    last_checkpoint.refuse_older(installation)
    _pin(installation)
    with installation.store.read() as reading:
        edge, last = reading.frontier(), reading.checkpoint()
    if edge.size == (last.size if last else 0):
        return False
    sworn = LogCheckpoint(installation.settings.name, TreeHead(edge.size, edge.root()))
    text = str(checkpoints.sign(sworn, installation.signing.log)).encode()
    installation.store.write(lambda work: work.keep_checkpoint(edge.size, text))
    last_checkpoint.remember(installation, text)
    return True


def _pin(installation: Installation) -> None:
    with installation.store.read() as reading:
        [(_, batches, _, pinned, _)] = reading.rows("binding_edge")
    if batches > pinned:
        at = clock.now().isoformat()
        installation.store.write(lambda work: work.pin(at))


def lines(installation: Installation) -> Iterator[bytes]:
    """Yield the file of the log, as it was at one moment, up to its last checkpoint."""
    with installation.store.read() as reading:
        yield log_file.heading(installation.settings.name)
        start = 0
        for note, size in _checkpoints(reading):
            for line in _entries(reading, start, size):
                yield line + b"\n"
            yield log_file.block(note)
            start = size


def records(installation: Installation) -> Iterator[bytes]:
    """Yield the file of the records, with the salts that open their commitments."""
    with installation.store.read() as reading:
        last = reading.checkpoint()
        yield log_file.RECORDS_HEADING
        for entry in range(last.size if last else 0):
            opening = reading.record_opening(entry)
            if opening is not None:
                yield log_file.encode_opening(opening)


def last_note(reading: ReadTransaction) -> SignedNote | None:
    """Return the newest checkpoint."""
    last = reading.checkpoint()
    return None if last is None else notes.read(last.text.decode())


def _checkpoints(reading: ReadTransaction) -> Iterator[tuple[SignedNote, int]]:
    after = 0
    while page := reading.checkpoints(after, PAGE):
        for checkpoint in page:
            yield notes.read(checkpoint.text.decode()), checkpoint.size
        after = page[-1].size


def _entries(reading: ReadTransaction, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        entries = reading.entries(start, min(PAGE, end - start))
        yield from entries
        start += len(entries)
