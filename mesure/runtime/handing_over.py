"""Hand a whole programme on in open formats, and take one in: nothing is lost, and nothing locked.

What is written is not sealed: whoever has the folder reads everything. It holds the keys with which
the installation signs, or devices would not believe the next one. Beside the tables, which are all
that is taken in, the fixes lie as Parquet and the timetables as iCalendar, for other programs.
Specification: docs/specs/handing_over.md
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from mesure.actions.opened_rows import Bodies
from mesure.audit.tree import Frontier, leaf_hash
from mesure.runtime import data_folder, handed_rows, key_files, readable_data, stores
from mesure.runtime.data_folder import DataFolder
from mesure.runtime.installation import Installation
from mesure.runtime.service_error import ServiceError
from mesure.runtime.settings import Settings
from mesure.store import adopting, backup, keyring_file, master_key
from mesure.store.contract import Reading, Store, Work
from mesure.store.keyring_file import FileKeyring
from mesure.store.transfer import HANDED, Row
from mesure.version import VERSION

FORMAT: Final = "mesure export 1"
LIST: Final = "export.json"
ROOT: Final = "keys/root.key"
ERASURES: Final = "keys/erasures.txt"
SIGNING: Final = (key_files.DEVICES, key_files.LOG)
TAKEN_AT_ONCE: Final = 5_000  # Rows in one transaction.


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed on, or taken in: rows by table."""

    rows: Mapping[str, int]


# --- Handing on --------------------------------------------------------------------------------


def export(made: Installation, out: Path) -> Handed:
    """Write everything into a new folder."""
    if out.exists():
        raise ServiceError(out, "it is there already", "nothing was written", "name a new folder")
    for folder in (out, out / "tables", out / "keys"):
        data_folder.make_private(folder)
    with made.store.read() as reading:
        bodies = _bodies(made.keyring, reading)
        counts = {table: _write(out, table, reading, bodies) for table in HANDED}
        readable_data.write(out, reading, made.keyring)
    _write_keys(made, out)
    _write_list(made, out, counts)
    return Handed(counts)


def _bodies(keyring: FileKeyring, reading: Reading) -> Bodies:
    person_of = {row[0]: row[1] for row in reading.rows("court_order")}
    return Bodies(keyring, secrets.token_bytes, person_of)


def _write(out: Path, table: str, reading: Reading, bodies: Bodies) -> int:
    count = 0
    with _private(out / "tables" / f"{table}.jsonl") as file:
        for row in reading.rows(table):
            file.write(handed_rows.line(table, bodies.opened(table, row)))
            count += 1
    return count


def _private(path: Path) -> Any:  # noqa: ANN401  An open file.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, data_folder.PRIVATE_FILE)
    return os.fdopen(handle, "wb")


def _write_keys(made: Installation, out: Path) -> None:
    data_folder.write_private(out / ROOT, made.keyring.root_to_hand_on().hex().encode() + b"\n")
    for name in SIGNING:
        data_folder.write_private(out / "keys" / name, (made.folder.keys / name).read_bytes())
    backup.write_erasures(made.keyring, out / ERASURES)
    (out / ERASURES).chmod(data_folder.PRIVATE_FILE)


def _write_list(made: Installation, out: Path, counts: Mapping[str, int]) -> None:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    found = {
        "format": FORMAT,
        "made_by": f"Mesure {VERSION}",
        "name": made.settings.name,
        "rows": dict(counts),
        "sha256": {path.relative_to(out).as_posix(): _digest(path) for path in files},
    }
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    data_folder.write_private(out / LIST, text.encode())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Taking in ---------------------------------------------------------------------------------


def take_in(settings: Settings, source: Path) -> Handed:
    """Take what was handed on into a new installation; one that was broken off cannot serve."""
    counts = _checked(source)
    folder = DataFolder(settings.data, settings.key_folder)
    folder.make()
    with data_folder.held(folder):
        if folder.is_used:
            what, remedy = "there is data or a key in this folder", "name a new one with --data"
            raise ServiceError(folder.path, what, "nothing was taken in", remedy)
        folder.unfinished.touch()
        keyring = _keys(settings, folder, source)
        try:
            stores.prepare(settings, folder)
            store = stores.opened(settings, folder)
            try:
                found = _fill(store, keyring, source)
                _hold(store)
                adopting.adopt(store)
            finally:
                store.close()
        finally:
            keyring.close()
        if found != counts:
            what = "there are other rows in it than its list says"
            raise _fault(source / LIST, what)
        folder.unfinished.unlink()
    return Handed(found)


def _checked(source: Path) -> dict[str, int]:
    """Return how many rows there should be, once every file is the one that was written."""
    try:
        found: Any = json.loads((source / LIST).read_bytes())
        if found["format"] != FORMAT:
            raise ValueError("another format")
        counts = {table: int(found["rows"][table]) for table in HANDED}
        digests = dict(found["sha256"])
    except OSError as error:
        raise _fault(source / LIST, (error.strerror or "it cannot be read").lower()) from None
    except (ValueError, KeyError, TypeError):
        raise _fault(source / LIST, "this is no list of what was exported") from None
    for name, digest in digests.items():
        path = source / name
        if not path.is_file():
            raise _fault(path, "it is not there")
        if _digest(path) != digest:
            raise _fault(path, "it is not the file that was written")
    return counts


def _keys(settings: Settings, folder: DataFolder, source: Path) -> FileKeyring:
    """Make a keyring with the programme's own root, so that what is found by it is found again."""
    root = bytes.fromhex((source / ROOT).read_text().strip())
    for name in SIGNING:
        data_folder.write_private(folder.keys / name, (source / "keys" / name).read_bytes())
    if settings.master_key is None:
        master = master_key.make(folder.master_key)
    else:
        master = bytes.fromhex(settings.master_key.get_secret_value())
    keyring_file.make(folder.keyring, master, lambda _: root)
    keyring = FileKeyring(folder.keyring, master)
    keyring.forget_again(backup.read_erasures(source / ERASURES))
    return keyring


def _fill(store: Store, keyring: FileKeyring, source: Path) -> dict[str, int]:
    orders = _rows(source, "court_order")
    bodies = Bodies(keyring, secrets.token_bytes, {row[0]: row[1] for row in orders})
    people = (str(row[0]) for row in _rows(source, "person"))
    keyring.keys_of(each for each in people if not keyring.is_erased(each))  # All in one step.
    counts: dict[str, int] = {}
    for table in HANDED:
        counts[table] = 0
        for some in _some(_rows(source, table)):
            sealed = [bodies.sealed(table, row) for row in some]
            counts[table] += store.write(partial(_take, table, sealed, counts[table] > 0))
    return counts


def _take(table: str, some: list[Row], more: bool, work: Work) -> int:
    return work.fill(table, some, more=more)


def _rows(source: Path, table: str) -> Iterator[Row]:
    path = source / "tables" / f"{table}.jsonl"
    with path.open("rb") as file:
        for number, written in enumerate(file, start=1):
            try:
                yield handed_rows.row(table, written)
            except ValueError as error:
                raise _fault(path, f"line {number} is no row: {error}") from None


def _some(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == TAKEN_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _hold(store: Store) -> None:
    """Hold the audit log against its edge: what was taken in grows on from where it was."""
    with store.read() as reading:
        whole = Frontier(0, [])
        start = 0
        while lines := reading.entries(start, TAKEN_AT_ONCE):
            for line in lines:
                whole.add(leaf_hash(line))
            start += len(lines)
        edge = reading.frontier()
    if (whole.size, whole.root()) != (edge.size, edge.root()):
        what, remedy = "its entries do not make its edge", "ask for another export"
        raise ServiceError("audit_entry", what, "the log could not be gone on with", remedy)


def _fault(where: Path, what: str) -> ServiceError:
    return ServiceError(where, what, "nothing was taken in", "name a folder that export wrote")
