"""A machine of an operator in a folder, where what the page says is done word by word.

Each path that a command names lies below the folder, and small programs stand in for those of the
system: `systemctl` reads the unit and runs what it says, `runuser` and `install` leave out whose it
is. Everything else is done by the shell, from the page.
"""

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.house import ROOT

PAGE = ROOT / "docs" / "for_operators.md"
PLACES = re.compile(r"(?<![\w./])/(opt|etc|var|usr/local|backup|keys)(?=[/\s]|$)", re.MULTILINE)
CARRIED = ("mesurectl", "mesure.service", "mesure.toml.example")

STAND_INS = {
    "useradd": "exit 0",
    "runuser": 'shift 3; exec "$@"',  # runuser -u mesure -- ...
    "id": 'if [ "$1" = -u ]; then echo 0; else echo root; fi',
    "install": """all=; skip=
for one do
  if [ -n "$skip" ]; then skip=; continue; fi
  case $one in -o|-g) skip=1; continue;; esac
  all="$all '$one'"
done
eval "exec $REAL_INSTALL $all\"""",
    "systemctl": f'exec {sys.executable} -m tests.operators_systemd "$MACHINE" "$@"',
    "journalctl": 'cat "$MACHINE/journal"',
}


def block(heading: str, number: int = 0) -> str:
    """Return the commands of a block of the page below a heading."""
    text = PAGE.read_text(encoding="utf-8")
    part = re.split(r"^#{2,3} ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)
    lines = re.findall(r"(?:^    .*\n)+", part[0], re.MULTILINE)
    return re.sub(r"^    ", "", lines[number], flags=re.MULTILINE)


def sentence(command: str) -> str:
    """Return a command that the page names in a sentence; an error where it does not."""
    if f"`{command}`" not in PAGE.read_text(encoding="utf-8"):
        raise ValueError(f"the page does not name `{command}`")
    return command


class OperatorsMachine:
    """A folder in which a machine is played."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "machine"
        self.programs = self.root / "bin"
        for name in (
            "bin",
            "opt",
            "etc/systemd/system",
            "var/lib",
            "usr/local/bin",
            "usr/local/sbin",
            "archive",
        ):
            (self.root / name).mkdir(parents=True)
        for name, does in STAND_INS.items():
            self._write_program(self.programs / name, does)
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = int(free.getsockname()[1])
        self.archive = self.root / "archive"
        for name in CARRIED:
            text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
            (self.archive / name).write_text(self.here(text))
            (self.archive / name).chmod(0o755)

    def here(self, text: str) -> str:
        """Return commands with each place of the machine in its folder."""
        return PLACES.sub(lambda match: f"{self.root}{match[0]}", text)

    def stand_in(self, name: str, does: str) -> None:
        """Have a small program stand in for one of the system."""
        self._write_program(self.programs / name, does)

    def _write_program(self, path: Path, does: str) -> None:
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def carry(self, version: str, source: Path | None = None) -> None:
        """Lay an archive there whose installer makes this program: this one, or an older source."""
        runs = f'PYTHONPATH={source or ROOT} exec {sys.executable} -c "{_MAIN}" "$@"'
        program = f'echo "{version} $1" >> {self.root}/ran\n{runs}'
        self._write_program(self.archive / "program", program)
        installs = 'mkdir -p "$1/bin" && cp "$(dirname "$0")/program" "$1/bin/mesure"'
        self._write_program(self.archive / "install.sh", installs)

    def do(self, commands: str, *, fails: bool = False) -> str:
        """Do what a page says in the folder of the archive, and return what was printed."""
        if not commands.strip():
            raise ValueError("the page has no such commands")
        done = subprocess.run(
            ["sh", "-euc", self.here(commands)],
            cwd=self.archive, env=self._environment(), capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
        output = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, f"{commands}\n{output}\n{self.journal()}"
        return output

    def _environment(self) -> dict[str, str]:
        path = f"{self.programs}:{self.root}/usr/local/sbin:{self.root}/usr/local/bin"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MESURE_")
        }
        return {
            **environment,
            "PATH": f"{path}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "MACHINE": str(self.root),
            "REAL_INSTALL": str(shutil.which("install")),
        }

    def edit(self, more: str = "") -> None:
        """Write the name of one's own service into the settings, as the page says."""
        path = self.root / "etc/mesure/mesure.toml"
        text = path.read_text().replace('"mesure.example.kz" ', '"probation.example.org" ')
        path.write_text(f"{text}\nport = {self.port}\n{more}\n")

    def edit_database(self, url: str) -> None:
        """Name another database in the settings."""
        path = self.root / "etc/mesure/mesure.toml"
        text = re.sub(r"(?m)^database_url = .*$", f'database_url = "{url}"', path.read_text())
        path.write_text(text)

    def database(self) -> str:
        """Return the database that the settings name."""
        text = (self.root / "etc/mesure/mesure.toml").read_text()
        return str(re.findall(r'(?m)^database_url = "(.*)"$', text)[-1])

    def is_ready(self) -> bool:
        """Tell whether the service says that it can do its work."""
        until_s = time.monotonic() + 60
        while time.monotonic() < until_s:
            try:
                address = f"http://127.0.0.1:{self.port}/readyz"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return int(answer.status) == 200
            except OSError:
                time.sleep(0.2)
        return False

    def journal(self) -> str:
        """Return what the service has said."""
        path = self.root / "journal"
        return path.read_text() if path.exists() else ""

    def ran(self) -> list[str]:
        """Return which programs were run, and with which commands."""
        return (self.root / "ran").read_text().splitlines()

    def close(self) -> None:
        """End the service, if it runs."""
        self.do("systemctl stop mesure")


_MAIN = "import sys; from mesure.cli import main; sys.argv[0] = 'mesure'; main()"


def source_of(commit: str, folder: Path) -> Path | None:
    """Return the source of an older commit; None where the history is not here."""
    tar = folder / "before.tar"
    process = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "-o", str(tar), commit, "mesure"],
        capture_output=True, check=False,
    )  # fmt: skip
    if process.returncode:
        return None
    with tarfile.open(tar) as file:
        file.extractall(folder / "before", filter="data")
    return folder / "before"
