"""Sealed rows: a Parquet file about several persons that is unreadable without the keys.

A row is about one person. Its head, sealed under a key of the programme, says whose it is; its body
is sealed under the person's own key, and is noise when that key is forgotten. The rows are in small
groups that are read one by one, so that many files can be read side by side.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.installation.data_folder import PRIVATE_FILE
from mesure.store.writing.fsync import settle

N = TypeVar("N", bound=msgspec.Struct)

GROUP_BYTES: Final = 1 << 17
"""A group of rows is unpacked as a whole: so much of each file is in memory at once."""

NOTE: Final = b"mesure"  # The name of what a file says of itself in the clear.
NEW: Final = ".new"
OLD: Final = ".old"  # What is to be overwritten.
_SCHEMA: Final = pa.schema([("head", pa.binary()), ("body", pa.binary())])
_CHUNK: Final = bytes(1 << 20)


class SealedRow(NamedTuple):
    """What is kept of one person, sealed."""

    head: bytes
    body: bytes


def write(path: Path, rows: Iterable[SealedRow], note: bytes) -> None:
    """Put a file in its place when it is whole and on the disk; what was there is overwritten."""
    new = path.with_name(path.name + NEW)
    try:
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            with pq.ParquetWriter(
                file, _SCHEMA.with_metadata({NOTE: note}), compression="none"
            ) as writer:
                for group in _groups(rows):
                    heads, bodies = zip(*group, strict=True)
                    writer.write_table(pa.table([heads, bodies], schema=_SCHEMA))
            file.flush()
            os.fsync(file.fileno())
        remove(path, new)
    except OSError as error:
        raise _refused(path, error) from None


def _groups(rows: Iterable[SealedRow]) -> Iterator[list[SealedRow]]:
    group, size = list[SealedRow](), 0
    for row in rows:
        group.append(row)
        size += len(row.body)
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def remove(path: Path, successor: Path | None = None) -> None:
    """Take a file away, or put another in its place, and overwrite what it was made of."""
    old = path.with_name(path.name + OLD)
    try:
        with suppress(FileNotFoundError):
            path.rename(old)
        if successor is not None:
            successor.rename(path)
        settle(path.parent)
        _overwrite(old)
    except OSError as error:
        raise _refused(path, error) from None


def mark(path: Path) -> None:
    """Put an empty file in a place, where it is not there yet."""
    try:
        path.touch(PRIVATE_FILE)
    except OSError as error:
        raise _refused(path, error) from None


def finish(folder: Path) -> None:
    """Take away what a process left that was killed while it put a file in its place."""
    try:
        for left in [*folder.glob(f"*{OLD}"), *folder.glob(f"*{NEW}")]:
            _overwrite(left)
    except OSError as error:
        raise _refused(folder, error) from None


def _overwrite(path: Path) -> None:
    with suppress(FileNotFoundError):
        left = path.stat().st_size
        with path.open("r+b") as file:
            while left > 0:
                left -= file.write(_CHUNK[:left])
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _refused(path: Path, error: OSError) -> ServiceError:
    what = (error.strerror or "it cannot be written").lower()
    return ServiceError(path, what, "nothing more was kept there", "make room, and give the right")


# --- Reading -------------------------------------------------------------------------------------


def note(path: Path) -> bytes | None:
    """Return what a file says of itself; None where it is not there, or is no such file."""
    try:
        metadata: dict[bytes, bytes] | None = pq.read_schema(path).metadata
    except (OSError, pa.ArrowException):
        return None
    return None if metadata is None else metadata.get(NOTE)


def read_note(path: Path, form: type[N]) -> N | None:
    """Return what a file says of itself in a form; None where it is not there, or damaged."""
    text = note(path)
    try:
        return None if text is None else msgspec.json.decode(text, type=form)
    except msgspec.MsgspecError:
        return None


def heads(path: Path) -> list[bytes]:
    """Return the heads of the rows alone, in their order."""
    try:
        column: list[bytes] = pq.read_table(path, columns=["head"])["head"].to_pylist()
    except (OSError, pa.ArrowException):
        raise change_error(path) from None
    return column


def rows(path: Path) -> Iterator[SealedRow]:
    """Yield the rows, group by group; between two groups the file is not open."""
    metadata: Any = None
    at = 0
    while metadata is None or at < metadata.num_row_groups:
        try:
            with pq.ParquetFile(path, metadata=metadata) as file:
                metadata = file.metadata
                group = file.read_row_group(at).to_pylist() if metadata.num_row_groups else []
        except (OSError, pa.ArrowException):
            raise change_error(path) from None
        yield from (SealedRow(row["head"], row["body"]) for row in group)
        at += 1


def change_error(path: Path) -> TransientServiceError:
    """Return that a file is not what it was when reading began."""
    what = "the file is gone, was written anew, or is damaged"
    remedy = "run the command again; if it stays so, write it anew: mesure country archive"
    return TransientServiceError(path, what, "what it holds could not be read", remedy)
