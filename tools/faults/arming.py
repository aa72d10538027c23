"""A charge that a process of the service carries: at a named point, after so often, it is killed.

What is armed stands in a file that the harness writes and the process takes away as it goes off, so
that a process which is started again lives. Nothing of this is in the package that people install.
"""

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = "FAULTS_FOLDER"  # Names the folder of the charge and of the clock's offset.


class Charge(NamedTuple):
    """At which point, and for the how manieth time from now on."""

    point: str
    passes: int


class Carrying:
    """What a process carries."""

    def __init__(self, folder: Path) -> None:
        self._armed, self._offset = folder / "armed", folder / "offset"
        self._passed: Counter[Charge] = Counter()

    def pass_point(self, point: str) -> None:
        """Pass a named point, perhaps for the last time."""
        if not self._armed.exists():
            return
        try:
            charge = Charge(*json.loads(self._armed.read_text()))
        except (OSError, ValueError):
            return  # It is being written, or somebody else went off with it.
        if charge.point != point:
            return
        self._passed[charge] += 1
        if self._passed[charge] >= charge.passes:
            self._armed.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def offset_us(self) -> int:
        """Return by how much the clock was moved."""
        try:
            return int(self._offset.read_text())
        except (OSError, ValueError):
            return 0


def read_carrying() -> Carrying:
    """Return what this process carries."""
    return Carrying(Path(os.environ[FOLDER]))


def arm(folder: Path, charge: Charge) -> None:
    """Arm whichever process passes that point."""
    _write(folder / "armed", json.dumps(charge))


def disarm(folder: Path) -> bool:
    """Take a charge away; tell whether it was still there."""
    armed = folder / "armed"
    was_there = armed.exists()
    armed.unlink(missing_ok=True)
    return was_there


def move_clock(folder: Path, by_us: int) -> None:
    """Move the clock of every process of the service."""
    _write(folder / "offset", str(by_us))


def _write(path: Path, text: str) -> None:
    half = path.with_suffix(".half")
    half.write_text(text)
    half.replace(path)
