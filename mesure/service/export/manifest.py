"""Export manifest: the list of files with their hashes, and how many rows each has."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from mesure.machine.service_error import ServiceError
from mesure.service.export import exported_keys
from mesure.service.installation import data_folder
from mesure.store.values.tables import BETWEEN, HANDED
from mesure.version import VERSION

FORMAT: Final = "mesure export 2"
FIRST_FORMAT: Final = "mesure export 1"  # Without what binds rows to the log.
NAME: Final = "export.json"
BYTES_MAX: Final = 1 << 26  # A calendar for each of 100,000 orders takes 15 MB.


class _List(msgspec.Struct, frozen=True):
    format: str
    name: str
    rows: dict[str, int]
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True)
class ExportManifest:
    """An export of which every file is the one that was written."""

    name: str  # Of its audit log.
    rows: Mapping[str, int]  # By table.
    is_bound: bool  # Whether it has by what its rows are bound to its log.
    sha256: str  # Of the list itself.

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables that are in it, whatever refers to something after it."""
        return tuple(table for table in HANDED if self.is_bound or table not in BETWEEN)


def table_path(table: str) -> str:
    """Return where the rows of a table are."""
    return f"tables/{table}.jsonl"


def write(out: Path, name: str, counts: Mapping[str, int]) -> None:
    """Write the list of an export, the last of its files."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    document = {
        "format": FORMAT,
        "made_by": f"Mesure {VERSION}",
        "name": name,
        "rows": dict(counts),
        "sha256": {path.relative_to(out).as_posix(): digest(path) for path in files},
    }
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    data_folder.write_private(out / NAME, text.encode())


def digest(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(source: Path) -> ExportManifest:
    """Return what is in an export, once every file is there and the one that was written."""
    where = source / NAME
    try:
        with where.open("rb") as file:
            text = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise fault(where, (error.strerror or "it cannot be read").lower()) from None
    try:
        document = msgspec.json.decode(text, type=_List)
    except (ValueError, RecursionError):
        raise fault(where, "this is no list of what was exported") from None
    listed = _listed(document, hashlib.sha256(text).hexdigest())
    if listed is None or len(text) > BYTES_MAX:
        raise fault(where, "this is no list of what was exported")
    for name, known in document.sha256.items():
        _check_file(source, name, known)
    return listed


def _listed(document: _List, of_list: str) -> ExportManifest | None:
    """Return what a list says; None where it is none."""
    is_bound = document.format == FORMAT
    if not is_bound and document.format != FIRST_FORMAT:
        return None
    listed = ExportManifest(document.name, document.rows, is_bound, of_list)
    keys = [
        exported_keys.ROOT,
        exported_keys.ERASURES,
        *(f"keys/{n}" for n in exported_keys.SIGNING),
    ]
    named = {*map(table_path, listed.tables), *keys, *([exported_keys.PERSONS] if is_bound else [])}
    is_whole = set(document.rows) == set(listed.tables) and named <= set(document.sha256)
    return listed if is_whole and all(map(_is_within, document.sha256)) else None


def _is_within(name: str) -> bool:
    """Tell whether a path stays in the folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _check_file(source: Path, name: str, known: str) -> None:
    path = source / name
    try:
        if not path.is_file():
            raise fault(path, "it is not there")
        if digest(path) != known:
            raise fault(path, "it is not the file that was written")
    except OSError as error:
        raise fault(path, (error.strerror or "it cannot be read").lower()) from None


def fault(where: Path, what: str) -> ServiceError:
    """Return why an export is not taken in."""
    return ServiceError(where, what, "nothing was taken in", "name a folder that export wrote")
