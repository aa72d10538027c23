"""What stands in for `systemctl`: it reads the unit, and starts and ends what it says.

python -m tests.operators_systemd MACHINE start|stop|enable --now|daemon-reload [UNIT]
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

READY = "Mesure serves at"
WAIT_S = 90.0


def main(machine: Path, command: str) -> int:
    """Do what `systemctl` would, and return its status."""
    pid_file = machine / "pid"
    if command == "stop":
        return _stop(pid_file)
    if command in ("start", "enable"):
        return _start(machine, pid_file)
    return 0


def _start(machine: Path, pid_file: Path) -> int:
    unit = (machine / "etc/systemd/system/mesure.service").read_text().splitlines()
    settings = [line.partition("=") for line in unit if "=" in line and not line.startswith("#")]
    environment = {**os.environ}
    environment.pop("PYTHONPATH")
    for name, _, value in settings:
        if name == "Environment":
            environment |= dict(word.split("=", 1) for word in shlex.split(value))
        elif name == "EnvironmentFile":
            lines = Path(value.removeprefix("-")).read_text().split()
            environment |= dict(line.split("=", 1) for line in lines)
        elif name in ("StateDirectory", "CacheDirectory"):
            kind = "lib" if name.startswith("State") else "cache"
            (machine / "var" / kind / value).mkdir(mode=0o700, parents=True, exist_ok=True)
    [runs] = [value for name, _, value in settings if name == "ExecStart"]
    journal = machine / "journal"
    with journal.open("a") as log:
        before = journal.stat().st_size
        process = subprocess.Popen(
            shlex.split(runs), env=environment, stdout=log, stderr=log, start_new_session=True
        )
    pid_file.write_text(str(process.pid))
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        if READY in journal.read_text()[before:]:
            return 0
        if process.poll() is not None:
            return 1
        time.sleep(0.1)
    return 1


def _stop(pid_file: Path) -> int:
    if not pid_file.exists():
        return 0
    pid = int(pid_file.read_text())
    pid_file.unlink()
    until_s = time.monotonic() + WAIT_S
    try:
        os.kill(pid, signal.SIGTERM)
        while time.monotonic() < until_s and Path(f"/proc/{pid}/stat").exists():
            if Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z"):
                break
            time.sleep(0.1)
    except (ProcessLookupError, FileNotFoundError):
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
