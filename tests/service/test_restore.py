"""Backups and the way back: whole, apart, and nobody who was erased comes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesure.actions.data_rights import erasure as erase_actions
from mesure.actions.data_rights.erasure import DuePersons
from mesure.actions.framework.context import PROGRAM
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import GroundsRequest
from mesure.instants import to_us
from mesure.machine import clock
from mesure.machine.service_error import ServiceError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.service.installation import installation, key_files
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import database_backup, key_maintenance, restore
from mesure.store.keyring import sealing
from mesure.store.values.faults import KeyringError, OtherVersionError
from mesure.store.values.records import Person
from mesure.store.values.register import RegisterRow
from tests.actions.house import Office
from tests.service import installations
from tests.store.databases import PostgresServer

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def enter(instance: Installation, name: str) -> None:
    """Keep somebody, with a sealed row."""
    key = instance.keyring.make_keys([name])[name]
    bound = sealing.entry_seal_context(name, "note", name, 1)
    body = sealing.seal(key, b"where", bound, bytes)
    person, entry = Person(name, NOW, "A-1"), RegisterRow("note", name, 1, name, body, 0)
    instance.store.write(lambda work: work.add_person(person))
    instance.store.write(lambda work: work.put(entry))


def read(instance: Installation, name: str) -> bytes:
    with instance.store.read() as reading:
        entry = reading.entry("note", name)
    assert entry is not None
    bound = sealing.entry_seal_context(name, "note", name, 1)
    return sealing.unseal(instance.keyring.find_key(name), entry.body, bound)


def erase(instance: Installation, name: str) -> None:
    instance.keyring.forget(name, 7)
    instance.store.write(lambda work: work.erase(name, NOW))


@pytest.fixture
def backup_folder(tmp_path: Path) -> Path:
    """Return a folder with an installation and backups of it, and one person erased since."""
    return _backed_up(tmp_path)


def _backed_up(tmp_path: Path, **more: object) -> Path:
    with installations.begin(tmp_path, **more) as instance:
        for name in ("P-1", "P-2"):
            enter(instance, name)
        database_backup.data(instance, tmp_path / "data_backup", NOW)
        erase(instance, "P-2")
        database_backup.keys(instance, tmp_path / "keys_backup", NOW)
    return tmp_path


def master(source: Path, target: Path) -> None:
    """Type the printed master key in where it belongs."""
    chosen = installation.folder_of(installations.settings(target))
    chosen.make()
    chosen.master_key.write_bytes((source / "data" / "keys" / "master.key").read_bytes())
    chosen.master_key.chmod(0o600)


def test_a_lost_machine_is_restored_and_the_erased_stay_erased(backup_folder: Path) -> None:
    there = backup_folder / "new"
    there.mkdir()
    master(backup_folder, there)
    chosen = installations.settings(there)
    done = restore.restore(chosen, backup_folder / "data_backup", backup_folder / "keys_backup")
    assert done.erased_again == ("P-2",)
    assert (done.made_at, done.without_key) == ("2026-11-25T00:00:00Z", ())
    with installation.open_installation(chosen) as instance:
        assert read(instance, "P-1") == b"where"
        assert instance.keyring.find_key("P-2") is None
        with instance.store.read() as reading:
            assert reading.entry("note", "P-2") is None


def test_the_same_holds_for_postgresql(tmp_path: Path, postgres_server: PostgresServer) -> None:
    _backed_up(tmp_path, database_url=postgres_server.make("first"))
    data, keys = tmp_path / "data_backup", tmp_path / "keys_backup"
    there = tmp_path / "new"
    there.mkdir()
    master(tmp_path, there)
    embedded = installations.settings(there)
    with pytest.raises(ServiceError, match="this is a backup of PostgreSQL"):
        restore.restore(embedded, data, keys)
    chosen = installations.settings(there / "again", database_url=postgres_server.make("second"))
    (there / "again").mkdir()
    master(tmp_path, there / "again")
    done = restore.restore(chosen, data, keys)
    assert done.erased_again == ("P-2",)
    assert (done.made_at, done.without_key) == ("2026-11-25T00:00:00Z", ())
    with installation.open_installation(chosen) as instance:
        assert read(instance, "P-1") == b"where"
        with instance.store.read() as reading:
            assert reading.entry("note", "P-2") is None
        assert key_maintenance.drill(instance, keys, None).without_key == ()
        secrets = (
            instance.keyring.find_key("P-1"),
            (instance.folder.keys / key_files.LOG).read_bytes(),
        )
    backup_bytes = b"".join(path.read_bytes() for path in data.iterdir())
    assert not [one for one in secrets if one is None or one.strip() in backup_bytes]
    assert not any(path.stat().st_mode & 0o077 for path in data.iterdir())


def test_a_backup_of_an_embedded_store_fills_no_postgresql(
    backup_folder: Path, postgres_server: PostgresServer
) -> None:
    chosen = installations.settings(backup_folder, database_url=postgres_server.make("third"))
    with pytest.raises(ServiceError, match="this is a backup of an embedded store"):
        restore.restore(chosen, backup_folder / "data_backup", None)


def test_a_restore_that_is_refused_changes_nothing(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """The service goes on as before, or the same command is given again, as the sentence says."""
    full = postgres_server.make("full")
    _backed_up(tmp_path, database_url=full)
    data, keys = tmp_path / "data_backup", tmp_path / "keys_backup"
    with pytest.raises(OtherVersionError, match=r"full .* is not empty"):
        restore.restore(installations.settings(tmp_path, database_url=full), data, None)
    with installation.open_installation(installations.settings(tmp_path, database_url=full)):
        pass
    there = tmp_path / "new"
    there.mkdir()
    with pytest.raises(KeyringError, match="no master key"):
        restore.restore(
            installations.settings(there, database_url=postgres_server.make("fifth")), data, keys
        )
    master(tmp_path, there)
    for chosen, refused in (
        (installations.settings(there), ServiceError),
        (installations.settings(there, database_url=full), OtherVersionError),
    ):
        with pytest.raises(refused):
            restore.restore(chosen, data, keys)
        folder = installation.folder_of(chosen)
        assert [path.name for path in folder.keys.iterdir()] == ["master.key"]
        assert not folder.unfinished.exists()
    empty = installations.settings(there, database_url=postgres_server.make("fourth"))
    assert restore.restore(empty, data, keys).erased_again == ("P-2",)


def test_data_alone_is_restored_beside_keys_that_are_there(backup_folder: Path) -> None:
    chosen = installations.settings(backup_folder)
    (backup_folder / "data" / "mesure.db").unlink()
    assert restore.restore(chosen, backup_folder / "data_backup", None).erased_again == ("P-2",)
    with installation.open_installation(chosen) as instance:
        assert read(instance, "P-1") == b"where"


def test_no_backup_of_the_data_has_a_key_and_none_of_the_keys_the_master(
    backup_folder: Path,
) -> None:
    with installation.open_installation(installations.settings(backup_folder)) as instance:
        key = instance.keyring.find_key("P-1")
        secret = (instance.folder.keys / key_files.LOG).read_bytes().strip()
        top = instance.folder.master_key.read_bytes().strip()
    assert key is not None
    data = b"".join(path.read_bytes() for path in (backup_folder / "data_backup").iterdir())
    keys = b"".join(path.read_bytes() for path in (backup_folder / "keys_backup").iterdir())
    assert not any(one in data for one in (key, secret, top, bytes.fromhex(top.decode())))
    assert secret in keys
    assert not any(one in keys for one in (key, top, bytes.fromhex(top.decode())))
    private = [path.stat().st_mode & 0o077 for path in backup_folder.glob("*_backup/*")]
    assert not any(private)


def test_what_is_used_or_missing_is_refused(backup_folder: Path) -> None:
    chosen, data = installations.settings(backup_folder), backup_folder / "data_backup"
    with pytest.raises(ServiceError, match="there is data in this folder; nothing was restored"):
        restore.restore(chosen, data, None)
    with pytest.raises(ServiceError, match="--from: it is missing"):
        restore.restore(chosen, None, None)
    (backup_folder / "data" / "mesure.db").unlink()
    with pytest.raises(ServiceError, match="there are keys in this folder"):
        restore.restore(chosen, data, backup_folder / "keys_backup")
    other = installations.settings(backup_folder / "other")
    with pytest.raises(ServiceError, match="there are no keys in this folder"):
        restore.restore(other, data, None)
    with pytest.raises(ServiceError, match="there is something in this folder"):
        database_backup._new_folder(data)


def test_a_backup_that_was_changed_or_broken_off_is_refused(backup_folder: Path) -> None:
    chosen, data = installations.settings(backup_folder), backup_folder / "data_backup"
    with pytest.raises(ServiceError, match="this is no backup of the keys"):
        database_backup.check(data, "keys")
    with (data / "mesure.db").open("r+b") as file:
        file.seek(5_000)
        file.write(b"?")
    with pytest.raises(ServiceError, match=r"mesure.db: it is not what was backed up"):
        restore.restore(chosen, data, None)
    (data / "backup.json").unlink()
    with pytest.raises(ServiceError, match="this is no whole backup"):
        restore.restore(chosen, data, None)


def test_a_restore_that_was_broken_off_serves_nobody(
    backup_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    chosen = installations.settings(backup_folder)
    (backup_folder / "data" / "mesure.db").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(restore, "_erase_again", broken)
        with pytest.raises(KeyboardInterrupt):
            restore.restore(chosen, backup_folder / "data_backup", None)
    with (
        pytest.raises(ServiceError, match="a restore was broken off here"),
        installation.open_installation(chosen),
    ):
        pass
    (backup_folder / "data" / "mesure.db").unlink()
    restore.restore(chosen, backup_folder / "data_backup", None)
    with installation.open_installation(chosen) as instance:
        assert instance.keyring.is_erased("P-2")


# --- Keys ----------------------------------------------------------------------------------------


def test_a_drill_says_whether_the_keys_would_open_the_data(backup_folder: Path) -> None:
    with installation.open_installation(installations.settings(backup_folder)) as instance:
        good = key_maintenance.drill(instance, backup_folder / "keys_backup", None)
        assert (good.without_key, good.without_data) == ((), False)
        assert "What is kept about each of them can be read." in key_maintenance.result_text(good)
        enter(instance, "P-3")
        late = key_maintenance.drill(instance, backup_folder / "keys_backup", None)
        assert late.without_key == ("P-3",)
        assert "No key opens what is kept about 1 of them: P-3." in key_maintenance.result_text(
            late
        )
        assert key_maintenance.check(instance).without_key == ()
        wrong = backup_folder / "wrong.key"
        wrong.write_text("ab" * 32)
        wrong.chmod(0o600)
        with pytest.raises(KeyringError, match="does not open with this master key"):
            key_maintenance.drill(instance, backup_folder / "keys_backup", wrong)


def test_keys_of_another_installation_are_told_in_a_drill(backup_folder: Path) -> None:
    other = backup_folder / "other"
    other.mkdir()
    with installations.begin(other) as instance:
        database_backup.keys(instance, other / "keys", NOW)
        typed = instance.folder.master_key
    with installation.open_installation(installations.settings(backup_folder)) as instance:
        result = key_maintenance.drill(instance, other / "keys", typed)
    assert result.without_data
    assert "another installation's" in key_maintenance.result_text(result)


def test_a_new_master_key_opens_what_the_old_one_did(backup_folder: Path) -> None:
    chosen = installations.settings(backup_folder)
    with installation.open_installation(chosen) as instance:
        old = instance.folder.master_key.read_bytes()
        assert key_maintenance.rotate(instance) == instance.folder.master_key
    with installation.open_installation(chosen) as instance:
        assert instance.folder.master_key.read_bytes() != old
        assert read(instance, "P-1") == b"where"
    settings = installations.settings(
        backup_folder, master_key=instance.folder.master_key.read_text().strip()
    )
    with (
        installation.open_installation(settings) as instance,
        pytest.raises(ServiceError, match="does not stand in a file"),
    ):
        key_maintenance.rotate(instance)


def test_what_others_did_names_nobody_who_was_erased_since_the_backup(tmp_path: Path) -> None:
    """A backup brings back the lines about somebody who is gone; none of them is served."""
    with installations.begin(tmp_path) as instance:
        office = Office(instance.store, instance.keyring, NOW)
        officer = office.account("K-1", Role.OFFICER)
        for person in ("P-1", "P-2"):
            office.person(person, officer)
            request = GroundsRequest(
                person=person, purpose=Purpose.SUPERVISION, case_number="ALM-1"
            )
            office.do(officer, grounds.list_grounds, request)
        office.account("P-2-account", Role.PERSON, "P-2")
        database_backup.data(instance, tmp_path / "data_backup", NOW)
        instance.keyring.forget("P-2", to_us(NOW))
        office.do(PROGRAM, erase_actions.erase_persons, DuePersons(("P-2",), "ordered"))
        database_backup.keys(instance, tmp_path / "keys_backup", NOW)
    there = tmp_path / "new"
    there.mkdir()
    master(tmp_path, there)
    chosen = installations.settings(there)
    done = restore.restore(chosen, tmp_path / "data_backup", tmp_path / "keys_backup")
    assert done.erased_again == ("P-2",)
    with installation.open_installation(chosen) as instance:
        office = Office(instance.store, instance.keyring, NOW)
        assert office.deeds("person", "P-2") == []
        assert office.deeds("person", "P-1")
        assert not any("P-2" in str(record) for record in office.log())
        with instance.store.read() as reading:
            assert reading.entries_with_key("account", "person", "P-2") == ()
            assert reading.entry("case", "P-2") is None
        erasures = [one for one in office.log() if one["action"] == "erasure.persons"]
        assert [one["facts"]["rule"] for one in erasures] == ["restored"]


def test_what_came_of_age_since_the_backup_is_erased_before_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installations.begin(tmp_path) as instance:
        office = Office(instance.store, instance.keyring, NOW)
        officer = office.account("K-1", Role.OFFICER)
        office.person("P-1", officer)
        request = GroundsRequest(person="P-1", purpose=Purpose.SUPERVISION, case_number="ALM-1")
        office.do(officer, grounds.list_grounds, request)
        database_backup.data(instance, tmp_path / "data_backup", NOW)
        database_backup.keys(instance, tmp_path / "keys_backup", NOW)
    there = tmp_path / "new"
    there.mkdir()
    master(tmp_path, there)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=365))
    chosen = installations.settings(there)
    restore.restore(chosen, tmp_path / "data_backup", tmp_path / "keys_backup")
    with installation.open_installation(chosen) as instance:
        office = Office(instance.store, instance.keyring, NOW)
        assert office.deeds("action", "grounds.list") == []
