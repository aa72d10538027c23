"""What an operator gets: the unit, the container, the settings they name, the archive."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from mesure.cli.door import PASSING
from mesure.service.installation import settings_reading
from mesure.service.installation.settings import Settings
from tests.house import ROOT
from tools import install_archive, sbom

DEPLOY = ROOT / "deploy"
VARIABLES = {settings_reading.environment_name(name) for name in Settings.model_fields}


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


# --- Two commands ---------------------------------------------------------------------------------


def list_commands(*words: str) -> str:
    """Return what make would run; what a run of make around this was given is not handed on."""
    own = ("MAKEFLAGS", "MFLAGS", "PERSONS", "PORT")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    command = ["make", "-n", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_what_one_command_of_make_takes_by_default_is_no_default_of_another() -> None:
    [demo] = [line for line in list_commands("demo").splitlines() if "mesure demo" in line]
    assert "--persons" not in demo  # The README says how many people there are.
    assert "--port" not in demo
    assert '--persons "30"' in list_commands("demo", "PERSONS=30")
    assert "--persons 500 --minutes 3" in list_commands("country")
    assert "--persons 30 --minutes 3" in list_commands("country", "PERSONS=30")


# --- Settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mesure.service", "Containerfile", "compose.yaml", "haproxy.cfg"])
def test_what_is_deployed_sets_only_what_can_be_set(name: str) -> None:
    named = set(re.findall(r"\bMESURE_[A-Z_]+\b", text(name)))
    assert named
    assert named <= VARIABLES | settings_reading.NOT_SETTINGS


def test_the_example_of_a_settings_file_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    plain = text("mesure.toml.example")
    assert settings_reading.load({}, DEPLOY / "mesure.toml.example").name == "mesure.example.kz"
    every = tmp_path / "every.toml"
    every.write_text(re.sub(r"^# (\w+ = .*)$", r"\1", plain, flags=re.MULTILINE))
    assert settings_reading.load({}, every).mqtt_host == "127.0.0.1"


SET: Final = re.compile(r"""\b(MESURE_[A-Z_]+)=[^=]""")  # By make or a shell.
ASKED: Final = re.compile(r"""environ(?:\.get\(|\[)["'](MESURE_\w+)""")  # By Python.


def test_nothing_but_a_setting_is_named_like_a_setting() -> None:
    """The service refuses a name that it does not know, also where a run of tests has set it."""
    known = VARIABLES | settings_reading.NOT_SETTINGS
    runs = (ROOT / "Makefile").read_text() + (ROOT / ".ci" / "run").read_text()
    assert set(SET.findall(runs)) <= known
    for room in ("bench", "tests", "tools"):
        for file in (ROOT / room).rglob("*.py"):
            assert set(ASKED.findall(file.read_text(encoding="utf-8"))) <= known, file
    assert SET.findall('turn="MESURE_TURN=$(git rev-list --count HEAD)"') == ["MESURE_TURN"]
    line = 'os.environ.get("{}")'.format("MESURE_TURN")
    assert ASKED.findall(line) == ["MESURE_TURN"]


def test_the_page_of_settings_has_each_of_them() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.model_fields if f"`{name}`<br>" not in page]
    operators = (ROOT / "docs" / "for_operators.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(mail_\w+|tls_\w+|disk_\w+|mqtt_\w+)`", operators)) <= set(
        Settings.model_fields
    )


# --- The unit and the containers ---------------------------------------------------------------


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "mesure.service"
    unit.write_text(text("mesure.service").replace("/opt/mesure/bin/mesure", "/bin/true"))
    outcome = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (outcome.returncode, outcome.stdout) == (0, "")
    assert "mesure.service:" not in outcome.stderr


def test_the_unit_takes_every_right_that_it_does_not_need() -> None:
    lines = set(text("mesure.service").splitlines())
    assert {
        "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes",
        "PrivateTmp=yes", "PrivateDevices=yes", "UMask=0077", "SystemCallArchitectures=native",
        "MemoryMax=80%",
    } <= lines  # fmt: skip


def test_the_containers_run_with_what_is_pinned_and_as_nobody() -> None:
    lines = text("Containerfile").splitlines()
    pip = [line for line in lines if "pip install" in line and "-r " in line]
    assert pip
    assert all("--require-hashes --only-binary :all:" in line for line in pip)
    assert "USER 10001:10001" in lines
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", "\n".join(lines), re.MULTILINE):
        assert all((ROOT / name).exists() and f"!{name}" in sent for name in source.split())
    plan: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    assert set(plan["services"]) == {"mesure", "database", "broker"}
    ours = plan["services"]["mesure"]
    assert (ours["read_only"], ours["cap_drop"]) == (True, ["ALL"])
    used = {
        mount.partition(":")[0]
        for service in plan["services"].values()
        for mount in service["volumes"]
    }
    assert used - {"./mosquitto.conf", "./mosquitto.acl"} == set(plan["volumes"])
    published = [port for one in plan["services"].values() for port in one.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)


# --- The archive -------------------------------------------------------------------------------

METADATA = """Metadata-Version: 2.4
Name: {name}
Version: 1.0
Summary: A wheel of a test.
{licence}
"""
RECORD = "{name}-1.0.dist-info/RECORD,,\n{name}.py,,\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(folder: Path, name: str, licence: str) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "def main(): print('1.0')\n")
        file.writestr(f"{info}/METADATA", METADATA.format(name=name, licence=licence))
        file.writestr(f"{info}/WHEEL", WHEEL)
        file.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        file.writestr(f"{info}/RECORD", RECORD.format(name=name))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "mesure", "License-Expression: Apache-2.0")
    wheel(folder, "other", "Classifier: License :: OSI Approved :: BSD License")
    return folder


def test_the_bill_of_materials_has_every_wheel_with_hash_and_licence(wheels: Path) -> None:
    bill = sbom.document(wheels)
    assert bill["metadata"]["component"]["licenses"] == [{"expression": "Apache-2.0"}]
    [other] = bill["components"]
    assert (other["purl"], other["licenses"]) == (
        "pkg:pypi/other@1.0",
        [{"license": {"name": "BSD License"}}],
    )
    assert re.fullmatch(r"[0-9a-f]{64}", other["hashes"][0]["content"])
    assert json.dumps(sbom.document(wheels)) == json.dumps(bill)


@pytest.mark.skipif(os.name == "nt", reason="the installer is a shell script")
def test_the_archive_installs_without_a_network_and_refuses_what_was_changed(
    tmp_path: Path, wheels: Path
) -> None:
    archive_path = install_archive.pack(tmp_path / "out", wheels)
    assert (
        install_archive.pack(tmp_path / "again", wheels).read_bytes() == archive_path.read_bytes()
    )
    with tarfile.open(archive_path) as file:
        file.extractall(tmp_path / "there", filter="data")
    [inside] = (tmp_path / "there").iterdir()
    command = ["sh", str(inside / "install.sh"), str(tmp_path / "mesure")]
    # No index can be reached by a name that is none.
    nowhere = {**os.environ, "PYTHON": sys.executable, "PIP_INDEX_URL": "https://nowhere.invalid"}
    nowhere.pop("PYTHONPATH", None)  # By it the program here would run, and not what is installed.
    outcome = subprocess.run(
        command, env=nowhere, capture_output=True, text=True, check=False, umask=0o077
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "Mesure 1.0 is in" in outcome.stdout
    made_here = [path.stat().st_mode for path in (tmp_path / "mesure").rglob("*")]
    assert all(mode & 0o005 for mode in made_here)  # The service, not root, runs it.
    with (inside / "LICENSE").open("a") as file:
        file.write(" ")
    outcome = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2
    assert "Nothing was installed; copy the archive anew." in outcome.stderr


def test_the_archive_has_what_its_pages_name(tmp_path: Path, wheels: Path) -> None:
    """An operator without a network has no other copy of a page, or of a configuration."""
    with tarfile.open(install_archive.pack(tmp_path, wheels)) as file:
        carried = {name.partition("/")[2] for name in file.getnames()}
    page = (ROOT / "docs" / "for_operators.md").read_text(encoding="utf-8")
    from_the_source = {"compose.yaml", "Containerfile"}
    assert set(re.findall(r"deploy/([\w.]+)", page)) - from_the_source <= carried
    links = set(re.findall(r"\]\(([\w/.]+\.md)", page))
    assert "commands.md" in links
    assert links <= carried


def test_the_unit_starts_again_whatever_may_pass() -> None:
    """Only where somebody must put something right is it left alone."""
    unit = text("mesure.service")
    assert "Restart=on-failure" in unit
    [prevented] = re.findall(r"^RestartPreventExitStatus=(.*)$", unit, flags=re.MULTILINE)
    assert prevented.split() == ["2"]
    assert str(PASSING) not in prevented.split()
    assert "StartLimitIntervalSec=0" in unit.split("[Service]")[0]
