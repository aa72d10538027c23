"""Results of a run: for each partition a file of each person's assessments, sealed like trails.

A partition counts as done while its file is there and was made from the current archive.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.archive.sealed_rows import SealedRow
from mesure.service.maintenance.comparison import ComparisonRow
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.writing.audit_append import Salts

PURPOSE: Final = "country results"  # Of the key of the programme by which heads are sealed.
_BEHIND: Final = "\n"  # Between an id, which never has one, and why nothing could be judged.


class PersonResult(msgspec.Struct, frozen=True, array_like=True):
    """What is said of a person: as it is kept, and as it is judged again."""

    person: str
    fixes: int  # By which they were judged, once for each time.
    versions: list[tuple[str, str]]  # Policies and engines by which what is kept was judged.
    stored: list[ComparisonRow]
    present: list[ComparisonRow] | None  # Under the policy of the service; None: not asked.
    new: list[ComparisonRow]
    unreadable: str = ""  # Why nothing could be judged: something cannot be opened.
    shut: list[date] = []


class ResultNote(msgspec.Struct, frozen=True):
    """What a file says of itself in the clear."""

    partition: int
    persons: int
    fixes: int
    archive: str  # `archive_state` of what it was made from.
    unreadable: int = 0  # Persons who could not be judged: it is tried again.


def row_order(row: ComparisonRow) -> tuple[str, str, int, str, int]:
    """Return by what rows are sorted."""
    end_us = -1 if row.end_us is None else row.end_us
    return row.order, row.condition, row.start_us, row.said, end_us


def path_of(out: Path, partition: int) -> Path:
    """Return where what came of a partition lies."""
    return out / f"part-{partition:03}.parquet"


def numbers(out: Path) -> list[int]:
    """Return the partitions of which anything lies in a folder."""
    return sorted(int(path.stem.removeprefix("part-")) for path in out.glob("part-???.parquet"))


def archive_state(paths: Iterable[Path]) -> str:
    """Return a hash of which state the files of a partition show."""
    notes = (sealed_rows.note(path) or b"" for path in paths)
    return sha256(b"\n".join(notes)).hexdigest()


def write(
    keyring: Keyring, out: Path, note: ResultNote, results: Iterable[PersonResult], salts: Salts
) -> None:
    """Keep what came of a partition; of a person erased meanwhile, nothing."""
    rows = (_sealed(keyring, note.partition, result, salts) for result in results)
    there = [row for row in rows if row is not None]
    sealed_rows.write(path_of(out, note.partition), there, msgspec.json.encode(note))


def _sealed(
    keyring: Keyring, partition: int, result: PersonResult, salts: Salts
) -> SealedRow | None:
    key = keyring.find_key(result.person)
    programme = keyring.programme_key(PURPOSE)
    days = _BEHIND.join(map(str, result.shut))
    whose = f"{result.person}{_BEHIND}{result.unreadable}{_BEHIND}{days}".encode()
    head = sealing.seal(programme, whose, _head_context(partition), salts)
    if result.unreadable:  # It may be the key of the person that is not there.
        return SealedRow(head, b"")
    if key is None:
        return None
    where = _body_context(result.person, partition)
    return SealedRow(head, sealing.seal(key, msgspec.msgpack.encode(result), where, salts))


def is_done(archive: Path, out: Path, partition: int) -> bool:
    """Tell whether a partition was judged from the archive as it is."""
    note = sealed_rows.read_note(path_of(out, partition), ResultNote)
    if note is None or note.unreadable:
        return False
    return note.archive == archive_state(trail_archive.files(archive, partition))


def read(keyring: Keyring, out: Path, partition: int) -> Iterator[PersonResult | None]:
    """Yield what came of the persons of a partition; None for one who was erased since."""
    for row in sealed_rows.rows(path_of(out, partition)):
        programme = keyring.programme_key(PURPOSE)
        whose = sealing.unseal(programme, row.head, _head_context(partition)).decode()
        person, unreadable, *days = whose.split(_BEHIND)
        if unreadable:
            shut = [date.fromisoformat(day) for day in days if day]
            result = PersonResult(person, 0, [], [], None, [], unreadable, shut)
            yield None if keyring.is_erased(person) else result
            continue
        key = keyring.find_key(person)
        if key is None:
            yield None
            continue
        plain = sealing.unseal(key, row.body, _body_context(person, partition))
        yield msgspec.msgpack.decode(plain, type=PersonResult)


def _head_context(partition: int) -> bytes:
    return sealing.seal_context("country result head", partition)


def _body_context(person: str, partition: int) -> bytes:
    return sealing.seal_context("country result", person, partition)
