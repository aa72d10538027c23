"""The page for operators is done as it is written: installed, kept, restored, upgraded."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.ingest import brokers
from tests.operators_machine import Machine, block, source_of
from tests.store import databases

# The last one of the schema before this one's, and of the release before.
BEFORE = {"an older schema": "19707fb^", "the release before": "fb80b38"}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.close()


def install(machine: Machine, version: str = "mesure-1", source: Path | None = None) -> None:
    """Install a program, and everything of the service but its start."""
    machine.carry(version, source)
    commands = block("Without a network").replace("tar xf mesure-*.tar && cd mesure-*/ && ", "")
    machine.do(commands)
    machine.do(block("As a service", 0))


def start(machine: Machine, more: str = "") -> None:
    machine.edit(more)
    said = machine.do(block("As a service", 1))
    assert re.search(r"/set-up/\S+", said), "the link for the first account"
    assert machine.is_ready()


def test_the_service_is_installed_kept_and_restored_as_the_page_says(machine: Machine) -> None:
    install(machine)
    said = machine.do(block("As a service", 1), fails=True) + machine.journal()
    assert "the name is still mesure.example.kz, that of the example" in said
    start(machine)
    said = machine.do("mesure keys check --data /var/lib/mesure", fails=True)
    assert "the log of this data is called 'probation.example.org'" in said
    assert "the keys fit; name the settings of the service with --settings FILE" in said
    assert "restore the keys" not in said
    live(machine)


def live(machine: Machine) -> None:
    """Back up, check, lose the data, and restore it, by the commands of the page."""
    machine.do("install -d -m 0700 -o mesure -g mesure /backup /keys")
    keys = block("Keys").splitlines()
    machine.do(block("Backup and restore", 0))
    machine.do(keys[0])
    machine.do(keys[2])
    log = block("The audit log and its witnesses", 0).splitlines()
    key = machine.do(log[0]).strip().splitlines()[-1]
    machine.do(log[1].replace("KEY", f"'{key}'"))
    machine.do("mesurectl verify-store")
    machine.do("cp /var/lib/mesure/keys/master.key master.key")
    machine.do(block("Backup and restore", 1))
    assert machine.is_ready()


LONG = pytest.mark.skipif("LONG" not in os.environ, reason="it takes minutes: make long")


@pytest.mark.parametrize(
    "which", ["an older schema", pytest.param("the release before", marks=LONG)]
)
def test_it_is_upgraded_and_there_is_a_way_back(
    machine: Machine, tmp_path: Path, which: str
) -> None:
    source = source_of(BEFORE[which], tmp_path)
    if source is None:
        pytest.skip("the history is not here")
    install(machine, "mesure-1", source)
    start(machine)
    machine.carry("mesure-2")
    said = machine.do(block("Upgrade", 0))
    assert machine.is_ready()
    assert machine.ran()[-2:] == ["mesure-2 upgrade", "mesure-2 serve"]
    back = block("The way back")
    if "Before it:" not in said:
        assert which != "an older schema"
        back = "\n".join(back.splitlines()[i] for i in (0, 1, -1))
    machine.do(back)
    assert machine.is_ready()
    assert machine.ran()[-1] == "mesure-1 serve"


# --- With what a larger office has, and from the archive that is handed on -----------------------


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[str]:
    """Yield settings for a PostgreSQL server and a broker that run."""
    (tmp_path / "broker").mkdir()
    with databases.running() as server, brokers.running(tmp_path / "broker") as broker:
        database = server.make("operators")
        yield f'database_url = "{database}"\nmqtt_host = "127.0.0.1"\nmqtt_port = {broker.port}\n'


@LONG
def test_upgrading_without_the_settings_makes_no_empty_store(machine: Machine, beside: str) -> None:
    install(machine)
    start(machine, beside)
    machine.do("systemctl stop mesure")
    machine.do("mesurectl upgrade")
    said = machine.do("mesure upgrade --data /var/lib/mesure", fails=True)
    assert "there are keys here and no embedded store" in said
    assert "the data may lie in PostgreSQL: name the settings" in said
    assert not (machine.root / "var/lib/mesure/mesure.db").exists()
    machine.do("systemctl start mesure")
    assert machine.is_ready()


@LONG
def test_the_archive_that_is_handed_on_is_installed_and_serves(
    machine: Machine, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "tools.archive", "--out", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [made] = (tmp_path / "dist").glob("mesure-*.tar")
    shutil.rmtree(machine.archive)
    machine.archive.mkdir()
    shutil.copy(made, machine.archive)
    lines = block("Without a network").splitlines()
    python = f"PYTHON={sys.executable} "
    machine.do(lines[0].replace("./install.sh", f"{python}./install.sh") + "\n" + lines[1])
    [inside] = (one for one in machine.archive.iterdir() if one.is_dir())
    for name in ("mesurectl", "mesure.service", "mesure.toml.example"):
        (inside / name).write_text(machine.here((inside / name).read_text()))
    machine.archive = inside
    machine.do(block("As a service", 0))
    start(machine)
    live(machine)
