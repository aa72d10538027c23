"""The same inputs give the same bytes, whatever the processor and with or without a compiler."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mesure_lab.demonstration import demo
from tests.house import ROOT

DISPATCHED = " ".join(import_module("numpy._core._multiarray_umath").__cpu_dispatch__)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    for name, data in demo.fortnight(7).items():
        (folder / name).write_bytes(data)
    return folder


def replay_output(folder: Path, **variables: str) -> bytes:
    command = "from mesure.cli import main; main()"
    files = ["--order", "order.yaml", "--fixes", "fixes.csv", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-c", command, "replay", *files],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def plainly(folder: Path) -> bytes:
    return replay_output(folder)


@pytest.mark.parametrize(
    "variables",
    [
        {"NUMBA_DISABLE_JIT": "1"},
        {"NUMBA_DISABLE_JIT": "1", "NPY_DISABLE_CPU_FEATURES": DISPATCHED},
        {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"},
        {"PYTHONTZPATH": ""},
    ],
)
def test_the_bytes_are_the_same(plainly: bytes, folder: Path, variables: dict[str, str]) -> None:
    assert replay_output(folder, **variables) == plainly
