"""What stands round a service under fault: a broker, a disk that is soon full, a free port."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from tests.ingest import brokers

# The write-ahead log grows to 32 MB before it is emptied, and 16 MB must stay free (`FaultTown`).
DISK_MB: Final = 128


def has_broker() -> bool:
    """Tell whether a broker is installed here."""
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    return path is not None


@contextmanager
def broker(folder: Path) -> Iterator[brokers.Mosquitto]:
    """Have a broker run."""
    (folder / "broker").mkdir()
    mosquitto = brokers.Mosquitto(folder / "broker")
    mosquitto.start()
    try:
        yield mosquitto
    finally:
        mosquitto.stop()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Put a small disk under the data, where that may be done; tell whether it was."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    options = f"size={DISK_MB}m,mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)]
    done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", str(data)], check=False)


def free_port() -> int:
    """Return a port that nobody uses."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
