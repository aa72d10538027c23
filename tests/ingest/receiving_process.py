"""A process that receives, and is killed at a point between receipt and acknowledgement.

`python -m tests.ingest.receiving_process FOLDER POINT TIMES`: it says on which port it listens, and
ends with SIGKILL, so that nothing is tidied up, when it comes to the point for the TIMES-th time.
Only this entry knows of such an end: the program itself only passes named points.
"""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import uvicorn

from mesure.store.keyring.file import FileKeyring
from mesure.store.sqlite.store import SqliteStore
from tests.actions.receiving import MASTER, Here
from tests.ingest import serving

POINTS = ("handed_in", "checked", "changed", "committed", "sealed")


def make_killer(at: str, times: int) -> Callable[[str], None]:
    """Return what ends this process when it passes a point so often."""
    passed: Counter[str] = Counter()

    def pass_point(point: str) -> None:
        passed[point] += 1
        if point == at and passed[point] == times:
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_point


class Killed(Here):
    """A place whose house is ended at a point."""

    passing: Callable[[str], None]

    @property
    def house(self):  # type: ignore[no-untyped-def]
        return replace(super().house, passing=self.passing)


def main() -> None:
    folder, point, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = SqliteStore(folder / "mesure.db")
    here = Killed(folder, store, FileKeyring(folder / "keys.db", MASTER))
    here.passing = make_killer(point, times)
    app, _, _ = serving.listener(here)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        os.write(1, f"{listening.getsockname()[1]}\n".encode())
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
        asyncio.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
