"""A real Mosquitto on loopback, with a configuration of its own; ended by its number."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

B = TypeVar("B", bound="Mosquitto")

NO_MOSQUITTO = (
    "NO MOSQUITTO HERE: receiving over MQTT was NOT tested. "
    "Install the broker (on Debian and Ubuntu: apt install mosquitto)."
)


def program() -> str:
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(NO_MOSQUITTO)
    return path


class Mosquitto:
    """A broker that can be stopped and started again, with what it had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(self.config_text(folder))
        self._process: subprocess.Popen[bytes] | None = None

    def config_text(self, folder: Path) -> str:
        """Return how it is to be: open to everybody."""
        return (
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_on_changes true\nautosave_interval 1\n"
            "max_inflight_messages 200\nlog_dest none\n"
        )

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        command = [program(), "-c", str(self._config)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 10).close()
            except ConnectionRefusedError:
                assert self._process.poll() is None, "the broker did not start"
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


@contextmanager
def start_broker(folder: Path, kind: type[B]) -> Iterator[B]:
    program()
    broker = kind(folder)
    folder.chmod(0o777)  # Started by root it gives up its rights, and still keeps its file.
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@contextmanager
def run_mosquitto(folder: Path) -> Iterator[Mosquitto]:
    with start_broker(folder, Mosquitto) as broker:
        yield broker
