"""A service under fault: started, killed, started again."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from mesure.machine.clock import CatchUpClock
from mesure.service.installation.settings import Settings
from tools.faults import arming

ROOT: Final = Path(__file__).resolve().parent.parent.parent
READY_S_MAX: Final = 60.0
POLL_S: Final = 0.02


class RestartedService:
    """The service, which comes back whenever it is gone."""

    def __init__(self, settings: Settings, shown: CatchUpClock, folder: Path) -> None:
        self._settings, self._shown, self._folder = settings, shown, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._log = (folder / "log").open("ab")
        self.starts = 0

    def start(self) -> None:
        """Start it, and wait until it says that it serves."""
        shown = {name: getattr(self._shown, name) for name in ("start_us", "behind_us", "takes_us")}
        setup = msgspec.json.encode({"settings": self._settings.dump_for_child(), "shown": shown})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.faults.charged_processes", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=ROOT,
            env={**os.environ, arming.FOLDER: str(self._folder)},
        )
        self.starts += 1
        assert self._process.stdin is not None
        self._process.stdin.write(setup + b"\n")
        self._process.stdin.flush()
        self._read_until_ready(self._process)

    def _read_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b"Ctrl-C"):
                # What it says later must not fill the pipe.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return
        if not self.is_gone:
            raise RuntimeError(f"The service did not start; see {self._folder / 'log'}.")

    @property
    def is_gone(self) -> bool:
        """Tell whether it has ended."""
        assert self._process is not None
        return self._process.poll() is not None

    def come_back(self) -> None:
        """Start it again as often as it takes, where it is gone."""
        while self.is_gone:
            self.start()

    def kill(self) -> None:
        """Kill the process that receives, if it is there."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def judges(self) -> list[int]:
        """Return the processes that judge for it."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            return [int(pid) for pid in children.read_text().split()]
        except OSError:
            return []

    def kill_judge(self) -> bool:
        """Kill a process that judges; False where there is none just now."""
        try:
            os.kill(self.judges()[0], signal.SIGKILL)
        except (OSError, IndexError):
            return False
        return True

    def stop_for(self, pause_s: float) -> None:
        """Have it stand still for a while."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(pause_s)
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """End it as an operator does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self._settings.port}"


class RestartedNodes:
    """Services over one database; devices ask one after the other, as a proxy sends them."""

    def __init__(self, services: Sequence[RestartedService], dice: random.Random) -> None:
        self.services, self._dice = services, dice
        self._turns = itertools.count()

    @property
    def starts(self) -> int:
        """Return how often one was started."""
        return sum(one.starts for one in self.services)

    def start(self) -> None:
        """Start all of them."""
        for service in self.services:
            service.start()

    @property
    def is_gone(self) -> bool:
        """Tell whether one of them has ended."""
        return any(one.is_gone for one in self.services)

    def come_back(self) -> None:
        """Start again whichever is gone, as often as it takes."""
        for service in self.services:
            service.come_back()

    def kill(self) -> None:
        """Kill any of them."""
        self._dice.choice(self.services).kill()

    def kill_all(self) -> None:
        """Kill all of them."""
        for service in self.services:
            service.kill()

    def kill_leader(self) -> bool:
        """Kill the one that judges; False where none does just now."""
        leader = next((one for one in self.services if one.judges()), None)
        if leader is None:
            return False
        leader.kill()
        return True

    def stop_for(self, pause_s: float) -> None:
        """Have any of them stand still, as on a machine that is out of breath, and go on."""
        self._dice.choice(self.services).stop_for(pause_s)

    def kill_judge(self) -> bool:
        """Kill a process that judges; False where there is none just now."""
        return any(one.kill_judge() for one in self.services)

    def end(self) -> None:
        """End all of them as an operator does; the leader last, so that nobody begins to lead."""
        for service in sorted(self.services, key=lambda service: bool(service.judges())):
            service.end()

    def url(self) -> str:
        """Return where one is that is there, the next one at each turn."""
        there = [one for one in self.services if not one.is_gone] or self.services
        return there[next(self._turns) % len(there)].url()


def until(holds: Callable[[], bool], within_s: float) -> bool:
    """Wait until something holds; tell whether it did in time."""
    until_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > until_s:
            return False
        time.sleep(POLL_S)
    return True
