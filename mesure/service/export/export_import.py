"""Export and import of a whole programme in open formats: nothing is lost, and nothing locked.

What is written is not sealed: anyone with the folder reads everything. It holds the keys with which
the installation signs, or devices would not believe the next one. Beside the tables, which are all
that is taken in, the fixes lie as Parquet and the timetables as iCalendar, for other programs.

Rows are taken in as they were, with what binds them to the audit log, and held against it before
anything is served: an edited export cannot be laundered by taking it in.
Specification: docs/specs/handing_over.md
Decision: docs/decisions/0043-an-export-keeps-its-proofs.md
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Final, TypeVar

from mesure.actions.data_rights.decrypted_rows import RowCipher
from mesure.actions.framework import action as acting
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.oversight import programmes
from mesure.audit.checkpoints import TrustedKeys
from mesure.audit.signing.signer_keys import PublicKey
from mesure.audit.tree import Frontier, leaf_hash
from mesure.evaluation.policy import PolicyFile
from mesure.machine import clock, texts
from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import Ed25519
from mesure.record.policy_loading import read_policy
from mesure.service.export import exported_keys, manifest, readable_data, row_lines
from mesure.service.export.exported_keys import ExportKeys
from mesure.service.export.manifest import ExportManifest, fault
from mesure.service.export.row_lines import ExportRow as HandedRow
from mesure.service.installation import data_folder, key_files, log_signing, stores
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.verification import store_words, verify_store
from mesure.service.verification.verify_store import StoreReference
from mesure.store.interface import bind_existing
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import master_key
from mesure.store.keyring.file import FileKeyring
from mesure.store.values import partitions, tables
from mesure.store.values.faults import UnavailableError
from mesure.store.values.tables import HANDED, Row

I = TypeVar("I")  # noqa: E741  What is entered of it.

TAKEN_AT_ONCE: Final = 5_000  # Rows in one transaction.
SHOWN_MAX: Final = 5  # Rows that are named where an export does not hold.
_ALL: Final = range(partitions.PARTITIONS)


@dataclass(frozen=True, slots=True)
class TableCounts:
    """What was handed on, or taken in: rows by table."""

    rows: Mapping[str, int]


# --- Handing on --------------------------------------------------------------------------------


def export(installation: Installation, out: Path) -> TableCounts:
    """Write everything into a new folder; that it is done is in the log, which is in it.

    Where it cannot be done whole, nothing of it is left: none of it is sealed.
    """
    if out.exists():
        raise ServiceError(out, "it is there already", "nothing was written", "name a new folder")
    policy, _ = read_policy(installation.settings.policy)
    try:
        return _hand_on(installation, out, policy)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _hand_on(installation: Installation, out: Path, policy: PolicyFile) -> TableCounts:
    for folder in (out, out / "tables", out / "keys"):
        data_folder.make_private(folder)
    with installation.store.read() as reading:
        persons = len(reading.persons_in(_ALL))
    _enter(installation, "export", programmes.enter_export, programmes.ExportProgramme(persons))
    with installation.store.read() as reading:
        bodies = _bodies(installation.keyring, reading)
        counts = {table: _write(out, table, reading, bodies) for table in HANDED}
        readable_data.write(out, reading, installation.keyring, policy)
    exported_keys.write(installation.keyring, installation.folder.keys, out)
    manifest.write(out, installation.settings.name, counts)
    return TableCounts(counts)


def _enter(installation: Installation, command: str, action: Action[I, None], what: I) -> None:
    """Enter in the audit log what the program does, and sign the log."""
    salts = secrets.token_bytes
    context = Context(
        installation.store, installation.keyring, clock.now(), salts, PROGRAM, command
    )
    acting.perform(context, action, what)
    log_signing.checkpoint(installation)


def _bodies(keyring: FileKeyring, reading: ReadTransaction) -> RowCipher:
    person_of = {row[0]: row[1] for row in reading.rows("court_order")}
    return RowCipher(keyring, secrets.token_bytes, person_of)


def _write(out: Path, table: str, reading: ReadTransaction, bodies: RowCipher) -> int:
    count = 0
    with _private(out / manifest.table_path(table)) as file:
        for row in reading.rows(table, numbered=True):
            file.write(row_lines.line(table, *bodies.unseal_with_nonce(table, row)))
            count += 1
    return count


def _private(path: Path) -> IO[bytes]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, data_folder.PRIVATE_FILE)
    return os.fdopen(handle, "wb")


# --- Taking in ---------------------------------------------------------------------------------


def take_in(settings: Settings, source: Path, *, bind_anew: bool = False) -> TableCounts:
    """Take what was handed on into a new installation; one that was broken off cannot serve.

    `bind_anew`: also what its log cannot show to be whole. The log says so, and every check after.
    """
    listed = manifest.read(source)
    keys = exported_keys.read(source, with_persons=listed.is_bound)
    _refuse(settings, source, listed, bind_anew=bind_anew)
    folder = DataFolder(settings.data, settings.key_folder)
    folder.make()
    with data_folder.hold_folder(folder):
        if folder.is_used:
            what, remedy = "there is data or a key in this folder", "name a new one with --data"
            raise ServiceError(folder.path, what, "nothing was taken in", remedy)
        folder.unfinished.touch()
        with _keyring(settings, folder, keys) as keyring:
            stores.prepare(settings, folder)
            source_ = _Source(source, replace(listed, is_bound=not bind_anew), keys)
            counts = _filled(settings, folder, keyring, source_)
            _served(settings, folder, keyring, source_)
        folder.unfinished.unlink()
    return TableCounts(counts)


def _refuse(settings: Settings, source: Path, listed: ExportManifest, *, bind_anew: bool) -> None:
    why = "nothing was taken in"
    if settings.name != listed.name:
        what = f"its audit log is called {listed.name}, and not {settings.name}"
        raise ServiceError(source, what, why, "set “name” in the settings to that name")
    if not (listed.is_bound or bind_anew):
        what = "it is of a form that has nothing to hold its rows against its audit log with"
        remedy = "export anew with this version; or take it in unheld, with --bind-anew"
        raise ServiceError(source, what, why, remedy)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is taken in."""

    path: Path
    listed: ExportManifest  # Bound: its rows are taken in as they were bound.
    keys: ExportKeys

    def rows(self, table: str) -> Iterator[HandedRow]:
        """Yield the rows of a table, with their numbers only where they keep them."""
        path = self.path / manifest.table_path(table)
        width = len(tables.columns(table, numbered=self.listed.is_bound))
        with path.open("rb") as file:
            for number, written in enumerate(file, start=1):
                try:
                    row, nonce = row_lines.row(table, written)
                    if len(row) < width:
                        raise ValueError("the number by which it is bound is not there")
                except ValueError as error:
                    raise fault(path, f"line {number} is no row: {error}") from None
                yield HandedRow(row[:width], nonce)


def _keyring(settings: Settings, folder: DataFolder, keys: ExportKeys) -> FileKeyring:
    """Make a keyring with the programme's own root, so that what is found by it is found again."""
    for name, seed in keys.signing.items():
        data_folder.write_private(folder.keys / name, seed.hex().encode() + b"\n")
    if settings.master_key is None:
        master = master_key.make(folder.master_key)
    else:
        master = bytes.fromhex(settings.master_key.get_secret_value())
    keyring_file.make(folder.keyring, master, lambda _: keys.root)
    keyring = FileKeyring(folder.keyring, master)
    keyring.forget_again(keys.erasures)
    return keyring


def _filled(
    settings: Settings, folder: DataFolder, keyring: FileKeyring, source: _Source
) -> dict[str, int]:
    store = stores.open_store(settings, folder)
    try:
        counts = _fill(store, keyring, source)
        _hold(store)
    finally:
        store.close()
    if any(counts[table] != source.listed.rows[table] for table in counts):
        raise fault(source.path / manifest.NAME, "there are other rows in it than its list says")
    return counts


def _fill(store: Store, keyring: FileKeyring, source: _Source) -> dict[str, int]:
    """Keep the rows of an export: as they were bound, or without what bound them."""
    person_of = {one.row[0]: one.row[1] for one in source.rows("court_order")}
    bodies = RowCipher(keyring, secrets.token_bytes, person_of)
    if source.keys.persons is None:
        people = (str(one.row[0]) for one in source.rows("person"))
        keyring.make_keys(each for each in people if not keyring.is_erased(each))  # In one step.
    else:
        keyring.take_over(source.keys.persons)
    counts: dict[str, int] = {}
    for table in source.listed.tables:
        counts[table] = 0
        for batch in _some(source.rows(table)):
            try:
                sealed = [bodies.seal(table, *one) for one in batch]
                filled = partial(_take, source, table, sealed, counts[table] > 0)
                counts[table] += store.write(filled)
            except UnavailableError:
                raise
            except Exception as error:  # noqa: BLE001  Whatever a database says of rows of nobody.
                where = source.path / manifest.table_path(table)
                reason = (str(error).splitlines() or [repr(error)])[0]
                raise fault(where, f"there is a row in it that cannot be kept ({reason})") from None
    return counts


def _take(source: _Source, table: str, rows: list[Row], more: bool, work: WriteTransaction) -> int:
    return work.fill(table, rows, more=more, numbered=source.listed.is_bound)


def _some(rows: Iterable[HandedRow]) -> Iterator[list[HandedRow]]:
    batch: list[HandedRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == TAKEN_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


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


def _served(settings: Settings, folder: DataFolder, keyring: FileKeyring, source: _Source) -> None:
    """Hold what was taken in against its log, or bind it anew; enter which, and sign the log."""
    signing = key_files.read(folder.keys)
    store = stores.open_store(settings, folder)
    try:
        if source.listed.is_bound:
            _held(store, signing.log_key(settings.name), source.path)
        else:
            bind_existing.adopt(store)
        installation = Installation(settings, folder, store, keyring, signing)
        what = programmes.ImportProgramme(source.listed.sha256, not source.listed.is_bound)
        _enter(installation, "import", programmes.enter_import, what)
    finally:
        store.close()


def _held(store: Store, key: PublicKey, source: Path) -> None:
    """Hold every row that was taken in against the log that came with it."""
    known = StoreReference(key.name, TrustedKeys((key,), (), Ed25519()))
    outcome = verify_store.check_store(store, known, lambda *_: None)
    if outcome.found:
        english = texts.catalogue("en")
        details = " ".join(store_words.row(one, english) for one in outcome.found[:SHOWN_MAX])
        what = f"rows of it are not what the log in it has: {len(outcome.found)}. {details}"
        remedy = "ask for another export; or take it in unheld, with --bind-anew"
        raise ServiceError(source, what, "nothing was taken in", remedy)
