"""The keyring: each its own key, forgotten for good, under one master key, used by many at once."""

import multiprocessing
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest
from cryptography.hazmat.primitives import keywrap

from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import interface as keyring
from mesure.store.keyring import sealing
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import KeyErasure, Keyring
from mesure.store.values.faults import ErasedError, KeyringError, LostKeyError, UnavailableError

Made: TypeAlias = "multiprocessing.SimpleQueue[dict[str, bytes]]"
MASTER = bytes(range(32))
OTHER = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.db"
    keyring_file.make(path, MASTER)
    return path


@pytest.fixture
def ring(path: Path) -> Iterator[FileKeyring]:
    with FileKeyring(path, MASTER) as ring:
        yield ring


def test_a_key_is_made_once_and_found_again(path: Path) -> None:
    with FileKeyring(path, MASTER) as ring:
        opened: Keyring = ring  # The type checker holds it to the contract.
        assert opened.find_key("P-1") is None
        key = ring.make_keys(["P-1"])["P-1"]
        assert len(key) == keyring.KEY_BYTES
        assert ring.key_of("P-1") == ring.find_key("P-1") == key
        assert ring.make_keys(["P-1"]) == {"P-1": key}
        assert ring.make_keys(["P-2"])["P-2"] != key
        of_device = ring.key_of(keyring.owner_of_unassigned("D-1"))
    with FileKeyring(path, MASTER) as ring:
        keys = ring.make_keys(["P-1", "P-3", keyring.owner_of_unassigned("D-1"), "P-1"])
        assert (keys["P-1"], keys["device:D-1"]) == (key, of_device)
        assert ring.find_key("P-3") == keys["P-3"]
        assert ring.check() == 4


def test_neither_file_alone_opens_anything(path: Path, ring: FileKeyring) -> None:
    key = ring.make_keys(["P-1"])["P-1"]
    assert key not in path.read_bytes()
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    with pytest.raises(KeyringError, match="does not open with this master key"):
        FileKeyring(path, OTHER)
    for master in (b"", bytes(31)):
        with pytest.raises(KeyringError, match="has 32 bytes"):
            FileKeyring(path, master)


def test_a_name_that_cannot_be_kept_is_refused(ring: FileKeyring) -> None:
    for name in ("", "a\nb", "x" * 201):
        with pytest.raises(ValueError, match="name"):
            ring.make_keys([name])


def test_whose_key_is_lost_gets_no_other(path: Path, ring: FileKeyring) -> None:
    ring.make_keys(["P-1", "P-2"])
    with closing(sqlite3.connect(path, isolation_level=None)) as keys:
        keys.execute("DELETE FROM wrapped_key WHERE name = 'P-1'")
    with pytest.raises(LostKeyError, match="there is no key for it"):
        ring.key_of("P-1")
    assert ring.find_keys(["P-1", "P-2"]).keys() == {"P-2"}


def read_wrapped_key(path: Path, name: str) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        statement = "SELECT wrapped FROM wrapped_key WHERE name = ?"
        wrapped_key: bytes = connection.execute(statement, (name,)).fetchone()[0]
        return wrapped_key


def test_what_is_forgotten_stays_forgotten(path: Path, ring: FileKeyring) -> None:
    key = ring.make_keys(["P-1"])["P-1"]
    ring.make_keys(["P-2"])
    bytes_then = read_wrapped_key(path, "P-2")
    assert bytes_then in path.read_bytes()
    assert ring.forget("P-2", 7)
    assert not ring.forget("P-2", 9)
    assert all(bytes_then not in file.read_bytes() for file in path.parent.iterdir())
    assert ring.find_key("P-2") is None
    assert ring.is_erased("P-2")
    assert not ring.is_erased("P-1")
    ring.close()
    with FileKeyring(path, MASTER) as again:
        assert again.erasures() == (KeyErasure(again.blind("P-2"), 7),)
        assert again.find_key("P-2") is None
        with pytest.raises(ErasedError, match="P-2 was erased"):
            again.make_keys(["P-1", "P-3", "P-2"])
        assert again.find_key("P-3") is None  # Nothing of what was asked for with it was made.
        assert again.key_of("P-1") == key
        assert "P-2" not in again.blind("P-2")


def test_somebody_without_a_key_can_be_erased_too(ring: FileKeyring) -> None:
    assert ring.forget("P-9", 5)
    with pytest.raises(ErasedError):
        ring.make_keys(["P-9"])
    with pytest.raises(ErasedError):
        ring.key_of("P-9")


def test_another_process_sees_at_once_what_was_forgotten(path: Path, ring: FileKeyring) -> None:
    key = ring.make_keys(["P-1"])["P-1"]
    with FileKeyring(path, MASTER) as other:
        assert other.key_of("P-1") == key
        ring.forget("P-1", 5)
        assert other.find_key("P-1") is None
        with pytest.raises(ErasedError):
            other.key_of("P-1")
        new_key = other.make_keys(["P-2"])["P-2"]
        assert ring.find_key("P-2") == new_key


def test_what_was_read_is_kept_no_longer_than_its_key(path: Path, ring: FileKeyring) -> None:
    keys = ring.make_keys(["P-1", "P-2"])
    sealed = {name: sealing.seal(key, b"home", b"v1", bytes) for name, key in keys.items()}
    asked: list[bytes] = []

    def read(name: str, bound: bytes = b"v1") -> int:
        ring.read_once(name, sealed[name], bound, asked.append)
        return len(asked)

    assert [read("P-1"), read("P-1"), read("P-2"), read("P-2")] == [1, 1, 2, 2]
    with pytest.raises(LostKeyError):
        read("P-1", b"v2")  # What was moved to where it does not belong.
    with FileKeyring(path, MASTER) as other:
        other.forget("P-2", 9)
    with pytest.raises(LostKeyError):
        read("P-2")
    assert read("P-1") == 3
    ring.forget("P-1", 10)
    with pytest.raises(LostKeyError):
        read("P-1")
    assert asked == [b"home"] * 3


def test_of_what_was_read_the_first_is_let_go_and_a_failure_is_not_kept(
    ring: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_file, "READ_MAX", 2)
    key = ring.make_keys(["P-1"])["P-1"]

    def read(plain: bytes) -> object:
        sealed = sealing.seal(key, plain, b"v1", bytes)
        return ring.read_once("P-1", sealed, b"v1", lambda plain: [plain])

    first = [read(plain) for plain in (b"a", b"b", b"c")]
    again = [read(plain) for plain in (b"c", b"b", b"a")]
    assert [one is two for one, two in zip(first[::-1], again, strict=True)] == [True, True, False]
    sealed = sealing.seal(key, b"d", b"v1", bytes)
    with pytest.raises(ZeroDivisionError):
        ring.read_once("P-1", sealed, b"v1", lambda _: 1 / 0)
    assert ring.read_once("P-1", sealed, b"v1", bytes.decode) == "d"


def test_somebody_forgotten_between_looking_and_making_gets_no_key(
    path: Path, ring: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileKeyring(path, MASTER) as other:
        other.make_keys(["P-1"])
        look = other._look

        def look_and_forget() -> None:
            monkeypatch.setattr(other, "_look", look)
            look()
            ring.forget("P-1", 5)

        monkeypatch.setattr(other, "_look", look_and_forget)
        with pytest.raises(ErasedError):
            other.make_keys(["P-1", "P-2"])


def test_a_new_master_key_opens_everything_and_the_old_one_nothing(
    path: Path, ring: FileKeyring
) -> None:
    keys = ring.make_keys(["P-1", "P-2"])
    programme = ring.programme_key("look-up")
    with FileKeyring(path, MASTER) as worker:
        ring.rewrap(OTHER)
        assert ring.make_keys(["P-1", "P-2"]) == keys
        with pytest.raises(KeyringError, match="last changed to"):
            worker.find_key("P-1")
    with pytest.raises(KeyringError, match="does not open"):
        FileKeyring(path, MASTER)
    with FileKeyring(path, OTHER) as again:
        assert again.make_keys(["P-1", "P-2"]) == keys
        assert again.programme_key("look-up") == programme
        again.make_keys(["P-3"])
        with pytest.raises(KeyringError):
            again.rewrap(b"short")
        assert again.find_key("P-1") == keys["P-1"]


def test_programme_keys_differ_by_purpose_and_by_programme(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        keyring_file.make(tmp_path / name, MASTER)
        with FileKeyring(tmp_path / name, MASTER) as ring:
            keys += [
                ring.programme_key("a"),
                ring.programme_key("b"),
                *ring.make_keys(["P-1"]).values(),
            ]
    assert len(set(keys)) == 6


def test_many_threads_agree_on_every_key(ring: FileKeyring) -> None:
    key_maps: list[dict[str, bytes]] = []

    def ask(number: int) -> None:
        names = [f"P-{(number * 7 + n) % 20}" for n in range(20)]
        key_maps.append(
            {name: key for each in names for name, key in ring.make_keys([each]).items()}
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(key_maps) == 8
    assert all(one == key_maps[0] for one in key_maps)


def make_keys(
    path: Path, first: int, queue: "multiprocessing.SimpleQueue[dict[str, bytes]]"
) -> None:
    with FileKeyring(path, MASTER) as ring:
        names = [f"P-{n % 30}" for n in range(first, first + 30)]
        queue.put({name: ring.make_keys([name])[name] for name in names})


def test_many_processes_agree_on_every_key(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue: Made = context.SimpleQueue()
    processes = [
        context.Process(target=make_keys, args=(path, first, queue)) for first in (0, 10, 20)
    ]
    for process in processes:
        process.start()
    key_maps = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    assert all(one == key_maps[0] for one in key_maps)
    with FileKeyring(path, MASTER) as ring:
        assert ring.make_keys(key_maps[0]) == key_maps[0]


def test_no_keyring_or_no_such_form_is_a_sentence(tmp_path: Path, path: Path) -> None:
    with pytest.raises(KeyringError, match="There is no keyring"):
        FileKeyring(tmp_path / "none", MASTER)
    with pytest.raises(KeyringError, match="there already"):
        keyring_file.make(path, MASTER)
    with pytest.raises(UnavailableError, match="folder missing"):
        keyring_file.make(tmp_path / "no" / "keys.db", MASTER)
    letter = tmp_path / "letter"
    letter.write_text("This is a letter, and no keyring at all. " * 100, encoding="utf-8")
    with pytest.raises(KeyringError, match="no keyring, or is damaged"):
        FileKeyring(letter, MASTER)
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises((KeyringError, UnavailableError), match=r"\.|\?$"):
        FileKeyring(empty, MASTER)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE root SET form = 'mesure keyring 2'")
    with pytest.raises(KeyringError, match="no keyring that this version"):
        FileKeyring(path, MASTER)


def test_a_damaged_key_is_a_sentence_and_found_by_the_check(path: Path, ring: FileKeyring) -> None:
    ring.make_keys(["P-1"])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE wrapped_key SET wrapped = ?", (bytes(40),))
    for act in (ring.check, lambda: ring.find_key("P-1")):
        with pytest.raises(KeyringError, match="or is damaged"):
            act()


def test_what_cannot_be_written_leaves_no_key_that_is_not_on_the_disk(
    path: Path, ring: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = ring._connection.execute("PRAGMA page_count").fetchone()[0]
    ring._connection.execute(f"PRAGMA max_page_count = {pages}")
    names = [f"P-{n}-{'x' * 100}" for n in range(200)]
    with pytest.raises(UnavailableError, match="full"):
        ring.make_keys(names)
    assert ring.find_key(names[0]) is None
    ring._connection.execute("PRAGMA max_page_count = 100000")
    assert len(ring.make_keys(names)) == 200


def test_a_backup_opens_with_the_same_master_key(tmp_path: Path, ring: FileKeyring) -> None:
    key = ring.make_keys(["P-1"])["P-1"]
    ring.copy_to(tmp_path / "copy")
    assert oct((tmp_path / "copy").stat().st_mode & 0o777) == "0o600"
    with FileKeyring(tmp_path / "copy", MASTER) as copy:
        assert copy.find_key("P-1") == key
    with pytest.raises(KeyringError, match="there already"):
        ring.copy_to(tmp_path / "copy")


def test_a_newer_list_of_erasures_is_followed(tmp_path: Path, ring: FileKeyring) -> None:
    ring.make_keys(["P-1", "P-2", "P-3"])
    ring.copy_to(tmp_path / "old")
    ring.forget("P-2", 5)
    ring.forget("P-4", 6)
    with FileKeyring(tmp_path / "old", MASTER) as old:
        assert old.find_key("P-2") is not None
        assert old.forget_again(ring.erasures()) == ("P-2",)
        assert old.forget_again(ring.erasures()) == ()
        assert old.find_key("P-2") is None
        assert old.erasures() == ring.erasures()
        with pytest.raises(ErasedError):
            old.make_keys(["P-4"])
        assert old.find_key("P-1") == ring.find_key("P-1")


def test_keys_are_wrapped_as_the_paper_says(path: Path, ring: FileKeyring) -> None:
    key = ring.make_keys(["P-1"])["P-1"]
    assert keywrap.aes_key_unwrap(MASTER, read_wrapped_key(path, "P-1")) == key


def test_a_closed_keyring_says_so(path: Path) -> None:
    ring = FileKeyring(path, MASTER)
    ring.close()
    with pytest.raises(KeyringError, match="closed"):
        ring.find_key("P-1")


def test_of_a_forgotten_key_nothing_is_left_in_the_file(path: Path, ring: FileKeyring) -> None:
    """Why: rows that move to another page leave copies behind, and these hold wrapped keys."""
    dice = random.Random(0)
    for number in range(3):
        lengths = (16, 512)
        names = [f"P-{dice.getrandbits(dice.choice(lengths)):x}-{number}" for _ in range(100)]
        ring.make_keys(names)
        with closing(sqlite3.connect(path)) as other:
            wrapped = dict(other.execute("SELECT name, wrapped FROM wrapped_key"))
        gone = dice.sample(sorted(wrapped), 80)
        for name in gone:
            ring.forget(name, 5)
        left = path.read_bytes()
        assert not [name for name in gone if wrapped[name] in left]
