"""Whatever was done to an export, it is refused in a sentence; nothing breaks, and nothing serves.

The list of hashes is put right each time, so that each reader gets what was put there.
"""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.export import export_import, manifest
from mesure.service.installation import installation
from mesure.store.values.faults import StoreError
from mesure.store.values.tables import HANDED
from tests.conftest import LONG
from tests.service import crafting, installations
from tests.service.test_export_import import fill_installation

TIMES = 30 * LONG
KEYS = ("root.key", "devices.key", "log.key", "erasures.txt", "persons.jsonl")


@pytest.fixture(scope="module")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spoilt")
    with installations.begin(folder / "one") as instance:
        fill_installation(instance)
        export_import.export(instance, folder / "out")
    return folder / "out"


@pytest.fixture
def copy(export_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(export_folder, tmp_path / "out"))


def update_list(out: Path) -> None:
    """Put the hashes, and the numbers of rows, in the list of an export right."""
    listed = json.loads((out / "export.json").read_text())
    listed["sha256"] = {
        name: manifest.digest(out / name) for name in listed["sha256"] if (out / name).exists()
    }
    for table in listed["rows"]:
        with (out / "tables" / f"{table}.jsonl").open("rb") as file:
            listed["rows"][table] = sum(1 for _ in file)
    (out / "export.json").write_text(json.dumps(listed))


def refuses_import(out: Path, to: Path, what: object, *, bind_anew: bool = False) -> bool:
    """Tell whether an export is refused in a sentence; anything else that is raised is ours."""
    settings = installations.settings(to)
    message = None
    try:
        export_import.take_in(settings, out, bind_anew=bind_anew)
    except (ServiceError, StoreError) as error:
        message = str(error)
    except Exception as error:
        raise AssertionError(f"{what} ends in {error!r}") from error
    if message is not None and (to / "data").exists():
        with pytest.raises(ServiceError), installation.open_installation(settings):
            pass
    shutil.rmtree(to, ignore_errors=True)
    assert "\n" not in (message or ""), what
    return message is not None


def spoilt_line(lines: list[bytes], chance: random.Random) -> tuple[list[bytes], object]:
    """Return lines of which one is left out, doubled, or has something else in it."""
    at = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            return [*lines[:at], *lines[at + 1 :]], f"line {at} left out"
        case 1:
            return [*lines[: at + 1], *lines[at:]], f"line {at} doubled"
        case 2:
            other, what = crafting.spoilt_text(lines[at], chance)
            return [*lines[:at], other, *lines[at + 1 :]], (at, what)
        case _:
            value, what = crafting.spoilt(json.loads(lines[at]), chance)
            return [*lines[:at], crafting.plain(value), *lines[at + 1 :]], (at, what)


# What is no evidence may say anything, as long as it is of its form.
STATE = {
    "device", "log_end", "quarantine", "change_edge", "judged", "partition_owner", "outgoing",
    "person",
}  # fmt: skip


def test_an_export_with_anything_in_a_row_is_refused_in_a_sentence(
    export_folder: Path, copy: Path, tmp_path: Path
) -> None:
    chance = random.Random(1)
    for number in range(TIMES):
        table = HANDED[number % len(HANDED)]
        path = copy / "tables" / f"{table}.jsonl"
        before = path.read_bytes()
        if not before:
            continue
        lines, what = spoilt_line(before.splitlines(), chance)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        update_list(copy)
        is_refused = refuses_import(copy, tmp_path / "two", (table, what))
        assert is_refused or table in STATE or path.read_bytes() == before, (table, what)
        path.write_bytes(before)


def test_what_is_bound_anew_is_of_its_form_too(copy: Path, tmp_path: Path) -> None:
    chance = random.Random(2)
    for number in range(TIMES // 3):
        table = HANDED[(number * 5) % len(HANDED)]
        path = copy / "tables" / f"{table}.jsonl"
        before = path.read_bytes()
        if before:
            lines, what = spoilt_line(before.splitlines(), chance)
            path.write_bytes(b"".join(line + b"\n" for line in lines))
            update_list(copy)
            refuses_import(copy, tmp_path / "two", (table, what), bind_anew=True)
            path.write_bytes(before)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"garbage\n",
        lambda key: key[: len(key) // 2] + b"\n",
        lambda key: key.replace(b" ", b" 9" * 30, 1) if b" " in key else key[2:],
        lambda key: key.replace(key[:2], b"zz", 1),
        lambda _: b"\xff\x00" * 40,
        lambda key: b"[" * 100_000 + key,
    ],
)
def test_a_file_of_keys_that_is_none_is_refused(
    copy: Path, tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    path = copy / "keys" / name
    path.write_bytes(spoil(path.read_bytes()))
    update_list(copy)
    assert refuses_import(copy, tmp_path / "two", name)
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize("name", ["log.key", "root.key", "persons.jsonl"])
def test_a_key_of_somebody_else_is_refused(copy: Path, tmp_path: Path, name: str) -> None:
    path = copy / "keys" / name
    text = path.read_text()
    other = text.replace(text.split('"key":"')[-1][:8], "0" * 8) if ":" in text else "0" * 64
    path.write_text(other)
    update_list(copy)
    assert refuses_import(copy, tmp_path / "two", name)


def test_a_list_with_anything_in_it_is_refused_in_a_sentence(copy: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    path = copy / "export.json"
    whole = json.loads(path.read_text())
    for number in range(TIMES):
        if number % 3:
            value, what = crafting.spoilt(whole, chance)
            path.write_bytes(crafting.plain(value))
            is_kept = "made_by" in what
        else:
            text, what = crafting.spoilt_text(json.dumps(whole).encode(), chance)
            path.write_bytes(text)
            is_kept = False
        assert refuses_import(copy, tmp_path / "two", what) or is_kept, what
    (copy / "outside").write_text("x")
    whole["sha256"]["../out/outside"] = manifest.digest(copy / "outside")
    path.write_text(json.dumps(whole))
    assert refuses_import(copy, tmp_path / "two", "a path that leaves the folder")
