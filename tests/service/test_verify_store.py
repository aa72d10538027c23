"""A thousand random changes without the program are found in place, a thousand lawful ones none.

`LONG=1`, as with every change, tries a tenth of it; `make long` tries all.
"""

import io
import random
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from mesure.audit.checkpoints import LogCheckpoint
from mesure.bundle import archive
from mesure.bundle import verify as verify_bundle
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import BundleError
from mesure.store import backup
from mesure.store.commitments import row_commitments
from mesure.store.interface.store import Store
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.mismatches import MismatchKind, RowMismatch
from tests.actions import house
from tests.conftest import LONG
from tests.service import bundled, lawful, tampering
from tests.service.drawn import Drawn
from tests.service.lawful import Lawful, check_store
from tests.service.tampering import EVERYTHING, Tamperer
from tests.store.conftest import database  # noqa: F401  A fixture.
from tests.store.databases import Database, SqliteDatabase
from tests.web import filled

# Of a thousand: in SQLite, in PostgreSQL, in a bundle, and through the door of the actions.
CHANGES = {"sqlite": 70 * LONG, "postgres": 10 * LONG}
IN_A_BUNDLE = 20 * LONG
OPERATIONS = {"sqlite": 50 * LONG, "postgres": 10 * LONG}
THROUGH_THE_DOOR = 40 * LONG


def fill_and_sign(store: Store, seed: int) -> LogCheckpoint:
    """Use a store until there is something of everything; return its last checkpoint."""
    user = Lawful(store, seed)
    user.many(80)
    user.receive()
    user.sign()
    assert check_store(store).found == ()
    assert user.signed is not None
    return user.signed


# --- Unlawful ------------------------------------------------------------------------------------


def test_each_random_change_is_found_where_it_is(database: Database) -> None:  # noqa: F811
    changed: set[str] = set()
    with closing(database.open()) as store:
        last = fill_and_sign(store, seed=5)
        somebody = Tamperer(database, LONG, EVERYTHING)
        for _ in range(CHANGES[database.kind]):
            change = somebody.take_step()
            mismatches = check_store(store, last).found
            assert any(map(change.is_named, mismatches)), (change.description, mismatches)
            somebody.undo(change)
            changed.add(change.description.split(" ", 1)[0])
        assert check_store(store, last).found == ()
    if CHANGES[database.kind] >= 500:
        assert changed == set(EVERYTHING)


def test_a_change_blames_no_other_row(database: Database) -> None:  # noqa: F811
    """Of evidence: where what binds rows is changed itself, rows can be held against nothing."""
    with closing(database.open()) as store:
        last = fill_and_sign(store, seed=6)
        somebody = Tamperer(database, 3, tampering.ROWS)
        for _ in range(CHANGES[database.kind] // 5):
            change = somebody.take_step()
            mismatches = check_store(store, last).found
            assert all(map(change.is_named, mismatches)), (change.description, mismatches)
            somebody.undo(change)


def test_each_random_change_of_a_bundle_is_found_where_it_is(tmp_path: Path) -> None:
    chance = random.Random(LONG)
    with bundled.open_case(tmp_path) as case:
        case.attach()
        data = case.make().data
    verify_bundle.verify(data)
    for _ in range(IN_A_BUNDLE):
        changed, path = _changed(data, chance)
        with pytest.raises(BundleError) as caught:
            verify_bundle.verify(changed)
        assert path in str(caught.value) or path in {"", bundle_manifest.MANIFEST}, (
            path,
            caught.value,
        )


def _changed(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return a bundle with one byte changed, or with a line of a file added, removed or changed.

    And the file in which; empty where it is between files.
    """
    if chance.random() < 0.5:
        at = chance.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        return changed, _file_at(data, at)
    files = archive.read(data)
    path = chance.choice(sorted(name for name in files if name.startswith("content/")))
    lines = files[path].splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            lines.insert(at, lines[at] or b"x")
        case 1 if lines[at]:
            del lines[at]
        case _:
            lines[at] = b"x" + lines[at][1:] if lines[at][:1] != b"x" else b"y" + lines[at][1:]
    files[path] = b"".join(lines)
    return archive.write(files), path.removeprefix("content/")


def _file_at(data: bytes, at: int) -> str:
    """Return the file in whose bytes this one lies."""
    for member in zipfile.ZipFile(io.BytesIO(data)).infolist():
        start = member.header_offset + 30 + len(member.filename)
        if start <= at < start + member.file_size:
            return member.filename
    return ""


# --- Lawful --------------------------------------------------------------------------------------


def test_of_lawful_operations_none_is_reported(database: Database) -> None:  # noqa: F811
    with closing(database.open()) as store:
        user = Lawful(store, LONG)
        for number in range(OPERATIONS[database.kind]):
            what = user.take_step()
            assert check_store(store).found == (), (number, what)


def test_of_what_is_done_through_the_door_none_is_reported(tmp_path: Path) -> None:
    with house.office(tmp_path) as office:
        drawn = Drawn(office, filled.fill(office, filled.judge_evening(tmp_path)), LONG)
        for number in range(THROUGH_THE_DOOR):
            what = drawn.take_step()
            assert check_store(office.store).found == (), (number, what)
        drawn.sign()
        assert check_store(office.store).open_changes == 0
    assert len(drawn.done) > 5


# --- Somebody who thinks about it ----------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path) -> SqliteDatabase:
    return SqliteDatabase(tmp_path / "mesure.db")


def only(store: Store, *earlier: LogCheckpoint) -> RowMismatch:
    [mismatch] = check_store(store, *earlier).found
    return mismatch


def test_an_officer_who_edits_a_zone_afterwards_is_found(here: SqliteDatabase) -> None:
    with closing(here.open()) as store:
        fill_and_sign(store, seed=7)
        with tampering.raw(here) as there:
            there.run("UPDATE order_version SET body = x'00' WHERE court_order = 'ALM-1'")
            there.keep()
        mismatches = check_store(store).found
    assert {(one.table, one.key[0], one.wrong, one.column) for one in mismatches} == {
        ("order_version", "ALM-1", MismatchKind.ALTERED, "body")
    }


def test_a_row_that_is_put_back_as_it_was_is_found(here: SqliteDatabase) -> None:
    with closing(here.open()) as store:
        user = Lawful(store, 8)
        user.many(40)
        user.put()
        name = list(user.rows)[-1]
        kind, _, row = name.partition(" ")
        query = "SELECT revision, body, changed_us, bound FROM register WHERE kind = ? AND id = ?"
        with tampering.raw(here) as there:
            [before] = there.run(query, kind, row)
        while user.rows.get(name, 1) <= before[0]:
            user.put()
        user.sign()
        with tampering.raw(here) as there:
            there.run(
                "UPDATE register SET revision = ?, body = ?, changed_us = ?, bound = ? "
                "WHERE kind = ? AND id = ?", *before, kind, row,
            )  # fmt: skip
            there.keep()
        assert only(store) == RowMismatch("register", (kind, row), MismatchKind.BACK)


def test_whoever_changes_what_binds_a_row_too_is_found(here: SqliteDatabase) -> None:
    """A row, its leaf, its segment and its batch all fit; the log has the digest of another."""
    with closing(here.open()) as store:
        fill_and_sign(store, seed=9)
        forged = tampering.forge_row(here, "incident")
        mismatches = check_store(store).found
    assert [(one.table, one.key, one.column) for one in mismatches] == [
        ("binding", (forged,), "header")
    ]


def test_a_record_about_rows_that_was_altered_blames_no_row(here: SqliteDatabase) -> None:
    with closing(here.open()) as store:
        user = Lawful(store, 13)
        for _ in range(4):
            user.person()
            user.sign()
        with tampering.raw(here) as there:
            rows = there.run("SELECT entry, record FROM audit_record ORDER BY entry")
            entries = [entry for entry, record in rows if row_commitments.is_pin(record)]
        for entry in (entries[1], entries[-1]):
            with tampering.raw(here) as there:
                there.run("UPDATE audit_record SET salt = zeroblob(32) WHERE entry = ?", entry)
                there.keep()
        mismatches = check_store(store).found
    assert [(one.table, one.key) for one in mismatches] == [
        ("audit_record", (entry,)) for entry in (entries[1], entries[-1])
    ]


def test_whoever_does_so_before_it_is_signed_is_not_found(here: SqliteDatabase) -> None:
    """The limit: until the log has a batch, rows are held against the database alone."""
    with closing(here.open()) as store:
        user = Lawful(store, 10)
        user.many(20)
        user.judge()
        tampering.forge_row(here, "incident", newest=True)
        outcome = check_store(store)
    assert outcome.found == ()
    assert outcome.open_changes > 0


def test_a_log_that_was_cut_or_a_backup_that_was_restored_is_found(
    here: SqliteDatabase, tmp_path: Path
) -> None:
    with closing(here.open()) as store:
        user = Lawful(store, 11)
        user.many(30)
        before = user.signed
        backup.back_up_sqlite(here.path, tmp_path / "saved.db")
        user.many(30)
        last = user.signed
        assert before is not None
        assert last is not None
        assert check_store(store, before, last).found == ()
        with tampering.raw(here) as there:
            there.run("DELETE FROM audit_entry WHERE entry >= ?", last.head.size - 2)
            there.keep()
        mismatches = check_store(store, last).found
        named = {one.key for one in mismatches if one.table == "audit_entry"}
    assert (f"{last.head.size - 2}-{last.head.size - 1}",) in named
    with closing(SqliteStore(tmp_path / "saved.db")) as store:
        assert check_store(store, before).found == ()
        mismatches = check_store(store, last).found
    assert RowMismatch("checkpoint", (last.head.size,), MismatchKind.MISSING) in mismatches


def test_the_same_checkpoint_of_another_log_is_found(here: SqliteDatabase) -> None:
    with closing(here.open()) as store:
        last = fill_and_sign(store, seed=12)
        other = LogCheckpoint(lawful.NAME, last.head._replace(root=bytes(32)))
        mismatches = check_store(store, other).found
    assert {one.table for one in mismatches} == {"audit_entry"}


NUMBERS = [
    ("audit_edge", "size"), ("audit_entry", "entry"), ("audit_record", "entry"),
    ("audit_node", "place"), ("audit_node", "level"), ("checkpoint", "size"),
    ("binding_edge", "batches"), ("binding_edge", "commitments"), ("binding_edge", "pinned"),
    ("binding", "number"), ("binding", "first"), ("binding", "until"), ("bound", "first"),
    ("bound", "batch"), ("bound", "count"), ("bound", "live"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), NUMBERS)
def test_a_number_that_was_altered_takes_no_memory(
    here: SqliteDatabase, table: str, column: str
) -> None:
    """Once, each number up to the altered one was reported: 15 GB of them."""
    with closing(here.open()) as store:
        last = fill_and_sign(store, seed=14)
        which = (
            "level = 3" if table == "audit_node" else f"rowid = (SELECT max(rowid) FROM {table})"
        )
        with tampering.raw(here) as there:
            there.run(f"UPDATE {table} SET {column} = {column} + 300000 WHERE {which}")
            there.keep()
        mismatches = check_store(store, last).found
    assert 0 < len(mismatches) < 300
