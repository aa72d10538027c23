"""An older store is backed up and brought to the present schema; the backup is the way back."""

from datetime import UTC, datetime
from pathlib import Path

from mesure.service.installation import installation, stores
from mesure.service.maintenance import database_backup, upgrade
from mesure.store.keyring import file as keyring_file
from mesure.store.schema import versions
from tests.service import installations
from tests.store import older_schema

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def test_an_older_store_is_backed_up_first(tmp_path: Path) -> None:
    chosen = installations.settings(tmp_path)
    folder = installation.folder_of(chosen)
    folder.make()
    assert upgrade.upgrade(chosen, folder, NOW) is None  # A new one.
    keyring_file.make(folder.keyring, bytes(32))
    folder.master_key.write_text(bytes(32).hex())
    folder.master_key.chmod(0o600)
    assert upgrade.upgrade(chosen, folder, NOW) is None  # One of this version.
    older_schema.revert_file(folder.database, "0001")
    saved = upgrade.upgrade(chosen, folder, NOW)
    assert saved == folder.backups / "schema_0001_20261125T100000Z"
    assert stores.schema_of(saved / "mesure.db") == "0001"
    assert set(database_backup.check(saved, "data")["sha256"]) == {"erasures.txt", "mesure.db"}
    assert stores.schema_of(folder.database) == versions.newest()
    assert saved.stat().st_mode & 0o077 == 0


def test_what_is_no_store_has_no_schema(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database")
    assert stores.schema_of(tmp_path / "file") is None
    assert stores.schema_of(tmp_path / "nowhere") is None
