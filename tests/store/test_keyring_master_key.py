"""The master key in its file, and how it is changed without losing anything."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.store.keyring import file as keyring_file
from mesure.store.keyring import master_key
from mesure.store.keyring.file import FileKeyring
from mesure.store.values.faults import KeyringError, UnavailableError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keyring_file.make(tmp_path / "keys.db", master_key.make(tmp_path / "master.key"))
    return tmp_path


def open_keyring(folder: Path) -> FileKeyring:
    return master_key.open_keyring(folder / "keys.db", folder / "master.key")


def test_a_master_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    master = master_key.make(path)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert master_key.read(path) == master
    assert path.read_text(encoding="ascii") == master.hex() + "\n"
    with pytest.raises(KeyringError, match="never written over"):
        master_key.make(path)
    with pytest.raises(UnavailableError, match="No master key can be written"):
        master_key.make(tmp_path / "no" / "master.key")


def test_a_master_key_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(KeyringError, match="There is no master key"):
        master_key.read(path)
    for body in (b"", b"word", b"00" * 31, b"00" * 33, "ключ".encode()):
        path.write_bytes(body)
        path.chmod(0o600)
        with pytest.raises(KeyringError, match=r"(is no master key|cannot be read).*\.$"):
            master_key.read(path)
    path.write_bytes(b"00" * 32)
    path.chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        master_key.read(path)
    assert master_key.from_text(" 0F" * 32 + "\n", "MESURE_MASTER_KEY") == b"\x0f" * 32
    with pytest.raises(KeyringError, match="MESURE_MASTER_KEY is no master key"):
        master_key.from_text("0f", "MESURE_MASTER_KEY")


def test_a_master_key_of_somebody_else_is_refused_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path | str, **_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setattr(os, "stat", lambda path, **kwargs: refuse(path))  # Of the folder as well.
    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(KeyringError, match=r"cannot be read by whoever runs this\. Give it to"):
        open_keyring(folder)


def test_a_master_key_is_changed_and_everything_opens(folder: Path) -> None:
    before = master_key.read(folder / "master.key")
    with open_keyring(folder) as ring:
        key = ring.make_keys(["P-1"])["P-1"]
        master_key.change(ring, folder / "master.key")
        assert ring.find_key("P-1") == key
    assert master_key.read(folder / "master.key") != before
    with open_keyring(folder) as ring:
        assert ring.find_key("P-1") == key
    assert not list(folder.glob("*.new"))
    with pytest.raises(KeyringError):
        FileKeyring(folder / "keys.db", before)


class PowerCutError(Exception):
    pass


def cut_power(*_: object) -> None:
    raise PowerCutError


@pytest.mark.parametrize("point", ["rewrap", "replace"])
def test_wherever_a_change_ends_the_keyring_opens(
    folder: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_keyring(folder) as ring:
        key = ring.make_keys(["P-1"])["P-1"]
        if point == "rewrap":
            monkeypatch.setattr(ring, "rewrap", cut_power)
        else:
            monkeypatch.setattr(os, "replace", cut_power)
        with pytest.raises(PowerCutError):
            master_key.change(ring, folder / "master.key")
    monkeypatch.undo()
    assert (folder / "master.key.new").exists()
    with open_keyring(folder) as ring:
        assert ring.find_key("P-1") == key
        assert not (folder / "master.key.new").exists()
        master_key.change(ring, folder / "master.key")
    with open_keyring(folder) as ring:
        assert ring.find_key("P-1") == key


def test_nobody_takes_away_the_new_master_key_during_a_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_keyring(folder) as ring:
        key = ring.make_keys(["P-1"])["P-1"]
        rewrap = ring.rewrap

        def rewrap_beside_others(master: bytes) -> None:
            open_keyring(folder).close()
            rewrap(master)

        monkeypatch.setattr(ring, "rewrap", rewrap_beside_others)
        master_key.change(ring, folder / "master.key")
    with open_keyring(folder) as ring:
        assert ring.find_key("P-1") == key
    assert not list(folder.glob("*.new"))


def test_a_change_cut_off_leaves_no_key_under_the_old_master_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_keyring(folder) as ring:
        ring.make_keys(["P-1"])
        wrapped = copy_aside(folder / "keys.db")
        monkeypatch.setattr(FileKeyring, "scrub", cut_power)
        with pytest.raises(PowerCutError):
            master_key.change(ring, folder / "master.key")
    monkeypatch.undo()
    assert wrapped in (folder / "keys.db").read_bytes()
    open_keyring(folder).close()
    assert wrapped not in (folder / "keys.db").read_bytes()


def copy_aside(path: Path) -> bytes:
    """Leave a copy of a wrapped key in a free page, as rows that move do; return it."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA secure_delete = OFF")
        other.execute("CREATE TABLE aside AS SELECT wrapped FROM wrapped_key")
        other.execute("DROP TABLE aside")
        [(wrapped,)] = other.execute("SELECT wrapped FROM wrapped_key")
    return bytes(wrapped)


def test_a_change_that_was_begun_is_begun_anew(folder: Path) -> None:
    (folder / "master.key.new").write_text("half", encoding="ascii")
    with FileKeyring(folder / "keys.db", master_key.read(folder / "master.key")) as ring:
        key = ring.make_keys(["P-1"])["P-1"]
        master_key.change(ring, folder / "master.key")
    with open_keyring(folder) as ring:
        assert ring.find_key("P-1") == key
