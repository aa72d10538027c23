"""The keys of an installation: made once, kept private, never made anew over a loss."""

from pathlib import Path

import pytest

from mesure.runtime import key_files
from mesure.runtime.service_error import ServiceError


def salts(count: int) -> bytes:
    return bytes(range(count))


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    key_files.make(tmp_path, salts)
    found = key_files.read(tmp_path)
    key_files.make(tmp_path, bytes)
    again = key_files.read(tmp_path)
    assert again == found
    assert found.master == salts(32)
    assert found.devices.key == found.log.key  # Of the same seed here.
    assert str(found.log_key("mesure.example")).startswith("mesure.example+")
    assert found.master.hex() not in repr(found)


def test_a_master_key_may_come_from_elsewhere(tmp_path: Path) -> None:
    key_files.make(tmp_path, salts, has_master=True)
    assert not (tmp_path / key_files.MASTER).exists()
    assert key_files.read(tmp_path, bytes(32)).master == bytes(32)
    with pytest.raises(
        ServiceError, match=r"master.key: no such file or directory; .*; restore it"
    ):
        key_files.read(tmp_path)


@pytest.mark.parametrize("text", [b"", b"ab\n", b"zz" * 32, b"\xff" * 64, b"ab" * 33])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / key_files.MASTER
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(ServiceError, match="this is no key of 64 hexadecimal digits"):
        key_files.one(path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    key_files.make(tmp_path, salts)
    (tmp_path / key_files.LOG).chmod(0o640)
    with pytest.raises(ServiceError, match=r"log.key: others may read this key; .* chmod 600"):
        key_files.read(tmp_path)
