"""The service as a process of its own, on a free port, for tests from outside."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import ROOT

# A shell that runs the tests in the background has turned the interrupt off for all they start.
CODE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from mesure.cli import main; main()"
)


class ServiceProcess:
    """A service that runs: where it is, and what it said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                break
        match = re.search(r"Mesure serves at (\S+)", "".join(self.said))
        self.url = match[1] if match else ""

    @property
    def link(self) -> str:
        """Return the way of the link for the first account."""
        match = re.search(r"(/set-up/\S+)", "".join(self.said))
        assert match
        return match[1]

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """End it, and return its status and its log."""
        self.process.send_signal(how)
        _, log = self.process.communicate(timeout=30)
        return self.process.returncode, log


def start(*words: str, flags: tuple[str, ...] = (), **variables: str) -> "subprocess.Popen[str]":
    """Start the service, or what else is called."""
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith("MESURE_")
    }
    return subprocess.Popen(
        [sys.executable, *flags, "-c", CODE, *words],
        env={**environment, "PYTHONPATH": str(ROOT), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def run_service(folder: Path, *words: str, **variables: str) -> Iterator[ServiceProcess]:
    """Have a service that runs in a folder, and end it afterwards, whatever happened."""
    line = ("serve", "--port", "0", "--data", str(folder), *words)
    process = start(*line, flags=(), **variables)
    try:
        running = ServiceProcess(process)
        assert running.url, (running.said, process.communicate(timeout=30)[1])
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
