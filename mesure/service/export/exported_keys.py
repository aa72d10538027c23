"""Exported keys of a programme, written and read back: each is held against its form.

Those of persons are among them. Without them what was sealed would be sealed otherwise, and nothing
that was taken in could be held against the audit log, which has hashes of what was sealed.
Decision: docs/decisions/0043-an-export-keeps-its-proofs.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import SEED_BYTES
from mesure.service.installation import data_folder, key_files
from mesure.store import backup
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import KEY_BYTES, KeyErasure
from mesure.store.values import bounds
from mesure.store.values.faults import KeyringError

ROOT: Final = "keys/root.key"
PERSONS: Final = "keys/persons.jsonl"
ERASURES: Final = "keys/erasures.txt"
SIGNING: Final = (key_files.DEVICES, key_files.LOG)
SECRET_BYTES_MAX: Final = 1 << 10


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class ExportKeys:
    """The keys of an export; none of them shows in a text."""

    root: bytes
    signing: Mapping[str, bytes]  # By the name of its file.
    persons: Mapping[str, bytes] | None  # None: they were not handed on.
    erasures: tuple[KeyErasure, ...]

    def __repr__(self) -> str:
        return f"HandedKeys({len(self.persons or ())} persons)"


def write(keyring: FileKeyring, keys: Path, out: Path) -> None:
    """Write the keys of a programme into an export; `keys` is the folder of those that sign."""
    data_folder.write_private(out / ROOT, keyring.root_to_hand_on().hex().encode() + b"\n")
    for name in SIGNING:
        data_folder.write_private(out / "keys" / name, (keys / name).read_bytes())
    lines = (
        msgspec.json.encode(_Line(name, key.hex())) + b"\n"
        for name, key in keyring.keys_to_hand_on().items()
    )
    data_folder.write_private(out / PERSONS, b"".join(lines))
    backup.write_erasures(keyring, out / ERASURES)
    (out / ERASURES).chmod(data_folder.PRIVATE_FILE)


def read(source: Path, *, with_persons: bool) -> ExportKeys:
    """Return the keys of an export; raises `ServiceError` for the first that is none."""
    try:
        erasures = backup.read_erasures(source / ERASURES)
    except KeyringError:
        raise _fault(source / ERASURES, "this is no list of erasures") from None
    return ExportKeys(
        _secret(source / ROOT, KEY_BYTES),
        {name: _secret(source / "keys" / name, SEED_BYTES) for name in SIGNING},
        dict(_persons(source / PERSONS)) if with_persons else None,
        erasures,
    )


def _secret(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        secret = _unhexed(file.read(SECRET_BYTES_MAX).strip().decode("ascii", "replace"), size)
    if secret is None:
        raise _fault(path, f"this is no key of {2 * size} hexadecimal digits")
    return secret


def _unhexed(text: str, size: int) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == size and key.hex() == text else None


def _persons(path: Path) -> Iterator[tuple[str, bytes]]:
    before = ""
    decode = msgspec.json.Decoder(_Line).decode
    with path.open("rb") as file:
        for number, written in enumerate(file, start=1):
            try:
                line = decode(written)
                bounds.check_names(line.name)
            except (ValueError, RecursionError):
                raise _fault(path, f"line {number} is no key with a name") from None
            key = _unhexed(line.key, KEY_BYTES)
            if key is None or line.name <= before:
                raise _fault(path, f"line {number} is no key with a name, in their order")
            before = line.name
            yield line.name, key


def _fault(where: Path, what: str) -> ServiceError:
    return ServiceError(where, what, "nothing was taken in", "name a folder that export wrote")
