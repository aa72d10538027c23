"""Evidence bundles and exports: what another party hands over whole."""

import shutil
from functools import cache
from pathlib import Path

from mesure.bundle import archive, verification_words
from mesure.bundle import verify as verify_bundle
from mesure.machine.service_error import ServiceError
from mesure.machine.texts import catalogue
from mesure.reports.bundle.bundle_manifest import BundleError
from mesure.service.export import export_import, exported_keys, manifest, row_lines
from mesure.store.values.faults import StoreError
from mesure.store.values.tables import HANDED
from tests.fuzz import scratch
from tests.fuzz.target import KIB, target
from tests.service import bundled, installations
from tests.service.bundled import remade
from tests.service.test_export_import import fill_installation
from tests.service.test_export_import_spoilt import update_list

# --- Bundles -------------------------------------------------------------------------------------


@cache
def _bundle() -> bytes:
    folder = scratch.folder() / "bundle"
    folder.mkdir()
    with bundled.open_case(folder) as case:
        case.attach()
        return case.make().data


class RefusedBundleError(Exception):
    """A bundle that does not hold, as it is said to its holder."""


def _check(data: bytes) -> None:
    try:
        verify_bundle.verify(data)
    except BundleError as error:
        text = "\n".join(verification_words.broken(error, catalogue("en")))
        raise RefusedBundleError(text) from None


def _small() -> list[bytes]:
    return [archive.write({"a.txt": b"a", "b.txt": b"b"}), archive.write({})]


@target("bundle_archive", _small, RefusedBundleError, bytes_max=2 * KIB)
def bundle_archive(data: bytes) -> None:
    """Whatever the bytes, a bundle holds in each of its bytes or is refused."""
    _check(data)


@cache
def _content() -> list[tuple[str, bytes]]:
    files = archive.read(_bundle())
    return [(path, files[path]) for path in sorted(files) if path.startswith("content/")]


def _files() -> list[bytes]:
    short = [(n, data[: 4 * KIB]) for n, (_, data) in enumerate(_content())]
    return [bytes([number]) + data for number, data in short]


@target("bundle_content", _files, RefusedBundleError, bytes_max=5 * KIB, share=3, seconds_max=8.0)
def bundle_content(data: bytes) -> None:
    """Whatever a file of a bundle says, under a manifest that fits, it is checked or refused."""
    number = (data[0] if data else 0) % len(_content())
    path = _content()[number][0].removeprefix("content/")
    _check(remade(_bundle(), lambda files: files.update({path: data[1:]})))


# --- Exports -------------------------------------------------------------------------------------


@cache
def _export() -> Path:
    folder = scratch.folder() / "export"
    with installations.begin(folder / "one") as installation:
        fill_installation(installation)
        export_import.export(installation, folder / "out")
    return folder / "out"


def _rows() -> list[bytes]:
    return [
        bytes([number]) + line
        for number, table in enumerate(HANDED)
        for line in (_export() / manifest.table_path(table)).read_bytes().splitlines(True)[:2]
    ]


@target("export_row", _rows, ValueError, share=20)
def export_row(data: bytes) -> None:
    """A row of an export is read as what its table holds, or is none."""
    row_lines.row(HANDED[(data[0] if data else 0) % len(HANDED)], data[1:])


KEYS = ("export.json", "keys/root.key", "keys/erasures.txt", "keys/persons.jsonl", "keys/log.key")


def _lists() -> list[bytes]:
    return [bytes([number]) + (_export() / name).read_bytes() for number, name in enumerate(KEYS)]


@target("export_keys", _lists, ServiceError, bytes_max=8 * KIB)
def export_keys(data: bytes) -> None:
    """The list and the keys of an export are read, or refused by name."""
    number = (data[0] if data else 0) % len(KEYS)
    path = _export() / KEYS[number]
    before = path.read_bytes()
    try:
        path.write_bytes(data[1:])
        manifest.read(_export()) if number == 0 else exported_keys.read(
            _export(), with_persons=True
        )
    finally:
        path.write_bytes(before)


@target("export_taken_in", _rows, ServiceError, StoreError, share=1, seconds_max=20.0)
def export_taken_in(data: bytes) -> None:
    """An export with any row in it is taken in, or refused in one sentence."""
    table = HANDED[(data[0] if data else 0) % len(HANDED)]
    out, to = scratch.folder() / "spoilt", scratch.folder() / "two"
    for folder in (out, to):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_export(), out)
    path = out / manifest.table_path(table)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([data[1:].split(b"\n")[0] + b"\n", *lines[1:]]))
    update_list(out)
    export_import.take_in(installations.settings(to), out)
