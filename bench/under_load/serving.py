"""The service, for the bench: `python -m bench.under_load.serving`, settings on standard input.

The clock of the service starts in the past and catches up, so that hours of reports are sent in
seconds and every process of it agrees on the time.
"""

import subprocess
import sys
from collections.abc import Mapping

import msgspec

from bench.figures_table import ROOT
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.installation.settings import Settings
from mesure.service.serve import serve


def start(settings: Mapping[str, object], shown: CatchUpClock) -> "subprocess.Popen[bytes]":
    """Start a service in a process of its own; what it says is read from the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.under_load.serving"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode({"settings": settings, "shown": shown}) + b"\n")
    process.stdin.flush()
    return process


def main() -> None:
    """Serve until told to end."""
    line = sys.stdin.buffer.readline()
    setup = msgspec.json.decode(line)
    clock.catch_up(CatchUpClock(**setup["shown"]))
    serve.serve(Settings.model_validate(setup["settings"]), lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
