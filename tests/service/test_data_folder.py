"""The folder of an installation: private, and one service's at a time."""

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.installation import data_folder
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.installation import open_installation
from mesure.service.installation.settings import Settings
from tests.house import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data", tmp_path / "data" / "keys")
    folder.make()
    return folder


def test_it_is_made_for_its_owner_alone(folder: DataFolder) -> None:
    folder.make()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder.path, folder.keys)} == {0o700}
    assert not folder.is_used
    folder.keyring.touch()
    assert folder.is_used


def test_a_folder_that_others_may_look_into_is_refused(folder: DataFolder) -> None:
    folder.keys.chmod(0o750)
    with pytest.raises(ServiceError, match=r"keys: others may look into this folder; .* chmod 700"):
        folder.make()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_leaves_nothing_in_the_folder_of_a_service(folder: DataFolder) -> None:
    os.chown(folder.path, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(ServiceError, match="belongs to nobody, and the command runs as root") as no:
        folder.make()
    assert "run it as nobody, with the settings of the service: mesurectl" in str(no.value)
    os.chown(folder.path, 64_321, -1)
    with pytest.raises(ServiceError, match="belongs to #64321"):
        data_folder.refuse_root_of_another(folder.path)


@pytest.fixture
def of_nobody() -> Iterator[DataFolder]:
    """Yield a folder of nobody, as whom the test goes on."""
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        os.chown(name, nobody, -1)
        os.seteuid(nobody)
        try:
            folder = DataFolder(Path(name), Path(name) / "keys")
            folder.make()
            for path in (folder.database, folder.keyring, folder.master_key):
                data_folder.write_private(path, b"")
            yield folder
        finally:
            os.seteuid(0)


def put_back(path: Path, mode: int) -> None:
    """Give a path to root, as a copy is that root put back."""
    os.seteuid(0)
    os.chown(path, 0, 0)
    path.chmod(mode)
    os.seteuid(pwd.getpwnam("nobody").pw_uid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize(
    ("name", "mode", "right"),
    [
        ("keys/master.key", 0o600, "read"),
        ("keys/keys.db", 0o600, "write"),
        ("keys/keys.db", 0o644, "write"),
        ("mesure.db", 0o644, "write"),
        ("mesure.db-wal", 0o644, "write"),
        ("keys", 0o700, "write"),
    ],
)
def test_what_root_put_back_is_refused(
    of_nobody: DataFolder, name: str, mode: int, right: str
) -> None:
    path = of_nobody.path / name
    if not path.exists():
        data_folder.write_private(path, b"")
    data_folder.refuse_unusable(of_nobody)
    put_back(path, mode)
    with pytest.raises(ServiceError, match=f"{name}: nobody may not {right} this, .* root;") as no:
        data_folder.refuse_unusable(of_nobody)
    assert f"chown nobody: {path}" in str(no.value)
    with pytest.raises(ServiceError), open_installation(Settings(data=of_nobody.path)):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="root may read everything")
def test_keys_that_their_owner_may_only_read_are_used(of_nobody: DataFolder) -> None:
    of_nobody.master_key.chmod(0o400)
    of_nobody.make()
    of_nobody.keyring.chmod(0o400)
    with pytest.raises(ServiceError, match=r"nobody may not write this, .* nobody; .* give the"):
        of_nobody.make()


def test_a_place_where_none_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match="not a directory; nothing was started"):
        DataFolder(tmp_path / "file" / "data", tmp_path / "keys").make()


def test_one_service_at_a_time(folder: DataFolder) -> None:
    with data_folder.hold_folder(folder):
        again = f"running here already \\(process {os.getpid()}\\)"
        with pytest.raises(ServiceError, match=again), data_folder.hold_folder(folder):
            pass
    with data_folder.hold_folder(folder):
        pass


def test_a_killed_service_holds_nothing(folder: DataFolder) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from mesure.service.installation import data_folder as d\n"
        "with d.hold_folder(d.DataFolder(Path(sys.argv[1]), Path(sys.argv[1]))):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with (
            pytest.raises(ServiceError, match=f"process {process.pid}"),
            data_folder.hold_folder(folder),
        ):
            pass
        process.kill()
    with data_folder.hold_folder(folder):
        pass


def test_what_is_private_is_written_once(folder: DataFolder) -> None:
    path = folder.keys / "a.key"
    data_folder.write_private(path, b"secret")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"secret", 0o600)
    with pytest.raises(ServiceError, match="file exists"):
        data_folder.write_private(path, b"other")
    assert path.read_bytes() == b"secret"
