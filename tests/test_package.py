"""What people install holds all it needs, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mesure.version import VERSION
from tests.house import ROOT, files


@pytest.fixture(scope="module")
def wheel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, as `pip install .` does, and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_of_the_package(wheel_folder: Path) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in files()
        if path.is_relative_to(ROOT / "mesure") or path.is_relative_to(ROOT / "mesure_lab")
    }
    names = {
        path.relative_to(wheel_folder).as_posix()
        for path in wheel_folder.rglob("*")
        if path.is_file()
    }
    assert not ours - names
    assert {name.split("/")[0] for name in names - ours} == {f"mesure-{VERSION}.dist-info"}


def test_the_wheel_names_its_licence_its_command_and_its_types(wheel_folder: Path) -> None:
    about = wheel_folder / f"mesure-{VERSION}.dist-info"
    assert "Apache-2.0" in (about / "METADATA").read_text(encoding="utf-8")
    assert (about / "licenses" / "LICENSE").is_file()
    assert "mesure = mesure.cli:main" in (about / "entry_points.txt").read_text(encoding="utf-8")
    assert (wheel_folder / "mesure" / "py.typed").is_file()


def test_the_unpacked_wheel_runs_without_the_repository(wheel_folder: Path, tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv.pop()); from mesure.cli import main; main()"
    command = [sys.executable, "-I", "-c", code, "--version", str(wheel_folder)]
    run = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == VERSION
