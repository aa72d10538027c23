"""Backups while the service works, apart for data and keys, and the way back from them."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesure.instants import to_datetime, to_us
from mesure.store import backup
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import sealing
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import KeyErasure
from mesure.store.sqlite import store as sqlite
from mesure.store.sqlite.store import SqliteStore
from mesure.store.values.faults import (
    KeyringError,
    LostKeyError,
    OtherVersionError,
    UnavailableError,
)
from mesure.store.values.records import LogPosition
from tests.store import judged_samples, samples
from tests.store.samples import AT, everything, message, ready

MASTER = bytes(range(32))
BOUND = sealing.entry_seal_context("P-1", "absence", "1", 1)


@dataclass
class StoreFolders:
    """A store and its keyring, each in a folder of its own."""

    folder: Path
    store: SqliteStore
    ring: FileKeyring

    @property
    def data(self) -> Path:
        return self.folder / "data" / "mesure.db"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[StoreFolders]:
    (tmp_path / "data").mkdir()
    sqlite.prepare(tmp_path / "data" / "mesure.db")
    keyring_file.make(tmp_path / "keys.db", MASTER)
    store = SqliteStore(tmp_path / "data" / "mesure.db")
    with store, FileKeyring(tmp_path / "keys.db", MASTER) as ring:
        ready(store)
        for number in (1, 2):
            person = f"P-{number}"
            bound = sealing.entry_seal_context(person, "absence", f"{number}", 1)
            body = sealing.seal(ring.make_keys([person])[person], b"at the clinic", bound, bytes)
            row = judged_samples.row(f"{number}", person=person, body=body)
            store.write(lambda work, row=row: work.put(row))  # type: ignore[misc]
        yield StoreFolders(tmp_path, store, ring)


def test_what_is_backed_up_is_restored_as_it_was(house: StoreFolders) -> None:
    house.store.write(lambda work: work.append([message(2)]))
    before = everything(house.store)
    saved, restored = house.folder / "saved.db", house.folder / "restored.db"
    backup.back_up_sqlite(house.data, saved)
    house.store.write(lambda work: work.append([message(3)]))
    backup.restore_sqlite(saved, restored)
    for path in (saved, restored):
        assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert sorted(path.name for path in house.folder.iterdir() if path.is_file()) == [
        "keys.db", "keys.db-journal", "restored.db", "saved.db",
    ]  # fmt: skip
    with SqliteStore(restored) as store:
        assert everything(store) == before
        store.write(lambda work: work.append([message(9)]))


def test_a_backup_while_others_write_is_of_one_moment(house: StoreFolders) -> None:
    stop = threading.Event()

    def write() -> None:
        counter = 2
        while not stop.is_set():
            sent = [message(counter), message(counter, device=2, person=2)]
            house.store.write(lambda work: (work.append(sent), work.record([b"both"])))  # noqa: B023
            counter += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup.back_up_sqlite(house.data, house.folder / f"saved-{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        saved = SqliteStore(house.folder / f"saved-{number}.db")
        with closing(saved), saved.read() as reading:
            assert len({*reading.ends().values(), reading.frontier().size}) == 1


def test_nothing_is_written_over_and_half_a_backup_is_none(
    house: StoreFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = house.folder / "saved.db"
    saved.write_bytes(b"older")
    with pytest.raises(UnavailableError, match="nothing is written over"):
        backup.back_up_sqlite(house.data, saved)
    assert saved.read_bytes() == b"older"
    saved.unlink()
    with pytest.raises(UnavailableError, match="cannot be written"):
        backup.back_up_sqlite(house.data, house.folder / "no" / "saved.db")
    with pytest.raises(OtherVersionError, match="There is no database"):
        backup.back_up_sqlite(house.folder / "none.db", saved)

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sqlite, "settle", full)
    with pytest.raises(UnavailableError, match="No space left"):
        backup.back_up_sqlite(house.data, saved)
    assert not list(house.folder.glob("*.half"))


def test_a_damaged_backup_is_refused(house: StoreFolders) -> None:
    house.store.write(
        lambda work: work.append([message(n, body=bytes(3000)) for n in range(2, 90)])
    )
    saved, target = house.folder / "saved.db", house.folder / "restored.db"
    backup.back_up_sqlite(house.data, saved)
    whole = saved.read_bytes()
    page = whole.index(samples.digest(bytes(3000)))
    for damaged in (
        whole[: len(whole) // 2],
        whole[: page - 4000] + b"\xff" * 3000 + whole[page - 1000 :],
        b"a letter" * 1000,
    ):
        saved.write_bytes(damaged)
        with pytest.raises(OtherVersionError, match=r"damaged|no database"):
            backup.restore_sqlite(saved, target)
        assert not target.exists()
    saved.unlink()
    with pytest.raises(OtherVersionError, match="There is no database"):
        backup.restore_sqlite(saved, target)


def test_a_backup_whose_rows_refer_to_nothing_is_refused(house: StoreFolders) -> None:
    saved = house.folder / "saved.db"
    backup.back_up_sqlite(house.data, saved)
    with closing(sqlite3.connect(saved, isolation_level=None)) as connection:
        connection.execute("INSERT INTO court_order VALUES ('X', 'nobody', 0, 'O-1', NULL)")
    with pytest.raises(OtherVersionError, match="is damaged"):
        backup.restore_sqlite(saved, house.folder / "restored.db")


def test_the_keyring_is_backed_up_apart_and_restored_with_its_master_key(
    house: StoreFolders,
) -> None:
    saved, restored = house.folder / "keys-saved.db", house.folder / "keys-restored.db"
    backup.back_up_keyring(house.ring, saved)
    for wrong in (bytes(32), b"short"):
        with pytest.raises(KeyringError):
            backup.restore_keyring(saved, restored, wrong)
        assert not restored.exists()
    assert backup.restore_keyring(saved, restored, MASTER) == 2
    with FileKeyring(restored, MASTER) as ring, house.store.read() as reading:
        row = reading.entry("absence", "1")
        assert row is not None
        assert sealing.unseal(ring.find_key("P-1"), row.body, BOUND) == b"at the clinic"


def test_whoever_was_erased_since_the_backup_does_not_come_back(house: StoreFolders) -> None:
    saved, keys = house.folder / "saved.db", house.folder / "keys-saved.db"
    backup.back_up_sqlite(house.data, saved)
    backup.back_up_keyring(house.ring, keys)
    at_us = to_us(AT)
    house.ring.forget("P-2", at_us)
    house.store.write(lambda work: work.erase("P-2", AT))
    newest = house.folder / "erasures"
    backup.write_erasures(house.ring, newest)

    backup.restore_sqlite(saved, house.folder / "data-back.db")
    backup.restore_keyring(keys, house.folder / "keys-back.db", MASTER)
    back = SqliteStore(house.folder / "data-back.db")
    with back as store, FileKeyring(house.folder / "keys-back.db", MASTER) as ring:
        assert ring.find_key("P-2") is not None
        assert backup.erase_again(store, ring, backup.read_erasures(newest)) == ("P-2",)
        assert backup.erase_again(store, ring, backup.read_erasures(newest)) == ()
        assert ring.find_key("P-2") is None
        with store.read() as reading:
            assert reading.entries_about("P-2") == ()
            erased = reading.person("P-2")
            assert erased is not None
            assert erased.erased_at == to_datetime(at_us)
            assert reading.entries_about("P-1")


def test_with_the_keyring_of_today_no_list_is_needed(house: StoreFolders) -> None:
    saved = house.folder / "saved.db"
    backup.back_up_sqlite(house.data, saved)
    house.ring.forget("P-1", 5)
    with SqliteStore(saved) as store:
        with store.read() as reading:
            row = reading.entry("absence", "1")
        assert row is not None
        with pytest.raises(LostKeyError, match="the person was erased"):
            sealing.unseal(house.ring.find_key("P-1"), row.body, BOUND)
        assert backup.erase_again(store, house.ring) == ("P-1",)


def test_rows_without_a_key_are_told(house: StoreFolders) -> None:
    assert backup.without_key(house.store, house.ring) == ()
    keyring_file.make(house.folder / "other.db", MASTER)
    with FileKeyring(house.folder / "other.db", MASTER) as other:
        assert backup.without_key(house.store, other) == ("P-1", "P-2")


def test_a_key_that_was_made_since_does_not_stand_for_the_one_that_is_lost(
    house: StoreFolders,
) -> None:
    """As an older version made it, where anything was written about somebody."""
    keyring_file.make(house.folder / "other.db", MASTER)
    with FileKeyring(house.folder / "other.db", MASTER) as other:
        other.make_keys(["P-1"])
        assert backup.without_key(house.store, other) == ("P-1", "P-2")


def test_a_list_of_erasures_is_read_as_it_was_written(house: StoreFolders) -> None:
    path = house.folder / "erasures"
    backup.write_erasures(house.ring, path)
    assert backup.read_erasures(path) == ()
    house.ring.forget("P-1", 7)
    house.ring.forget("P-2", 5)
    backup.write_erasures(house.ring, path)
    blinded = house.ring.blind
    assert backup.read_erasures(path) == (
        KeyErasure(blinded("P-2"), 5),
        KeyErasure(blinded("P-1"), 7),
    )
    assert b"P-" not in path.read_bytes()
    head = "mesure erasures 1\n"
    for text in ("", "other\n", head + "00\n", head + "00 x\n", head + "zz 5\n", "\u0416"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(KeyringError, match="no list of erasures"):
            backup.read_erasures(path)
    with pytest.raises(UnavailableError, match="cannot be read"):
        backup.read_erasures(house.folder / "none")
    with pytest.raises(UnavailableError, match="cannot be written"):
        backup.write_erasures(house.ring, house.folder / "no" / "erasures")


def test_a_restored_log_goes_on_where_it_ended(house: StoreFolders) -> None:
    [first] = house.store.write(lambda work: work.append([message(2)]))
    saved = house.folder / "saved.db"
    backup.back_up_sqlite(house.data, saved)
    with SqliteStore(saved) as store:
        [again, new] = store.write(lambda work: work.append([message(2), message(3)]))
        assert again.places == first.places
        assert new.places == (LogPosition(first.places[0].partition, 2),)
