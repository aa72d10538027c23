"""The keys of an installation: made once, kept private, never made anew over a loss."""

from pathlib import Path

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.installation import key_files


def salts(count: int) -> bytes:
    return bytes(range(count))


def make(folder: Path) -> None:
    for name in (key_files.DEVICES, key_files.LOG):
        key_files.make_one(folder / name, salts)


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    make(tmp_path)
    keys = key_files.read(tmp_path)
    with pytest.raises(ServiceError, match="file exists"):
        key_files.make_one(tmp_path / key_files.DEVICES, bytes)
    assert key_files.read(tmp_path) == keys
    assert str(keys.log_key("mesure.example")).startswith("mesure.example+")
    assert salts(32).hex() not in repr(keys)


@pytest.mark.parametrize("text", [b"", b"ab\n", b"zz" * 32, b"\xff" * 64, b"ab" * 33])
def test_what_is_no_key_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / key_files.LOG
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(ServiceError, match="this is no key of 64 hexadecimal digits"):
        key_files.one(path)


def test_a_key_that_is_missing_or_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match=r"devices.key: no such file or directory; .*; restore"):
        key_files.read(tmp_path)
    make(tmp_path)
    (tmp_path / key_files.LOG).chmod(0o640)
    with pytest.raises(ServiceError, match=r"log.key: others may read this key; .* chmod 600"):
        key_files.read(tmp_path)
