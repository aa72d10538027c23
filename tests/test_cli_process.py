"""The program as a process of its own: signals, closed streams, and where nobody watches."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.service.files import HEAD, LATE_RETURN, ORDER, write

FILES = ("--order", "order.yaml", "--fixes", "fixes.csv")
# A shell that runs the tests in the background has turned the interrupt off for all they start.
CODE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from mesure.cli import main; main()"
)


def start(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own."""
    command = [sys.executable, "-c", CODE, *words]
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_signal_stops_it(tmp_path: Path) -> None:
    """A pipe as the file of fixes: the program waits in the middle of its work."""
    write(tmp_path, order_yaml=ORDER)
    os.mkfifo(tmp_path / "fixes.csv")
    running = start(tmp_path, "replay", *FILES, "--format", "json", "--out", "report.json")
    assert running.stderr is not None
    with (tmp_path / "fixes.csv").open("wb"):  # Opens when the program opens it, too.
        # Until it says so it may be on its way into the read: a signal that comes a moment before a
        # call that waits does not wake it.
        assert "reading the fixes" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert "Stopped." in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fixes.csv", "order.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_signal_while_it_is_loading_is_no_traceback(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'mesure.cli.judging': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "from mesure.cli import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "Stopped. Nothing was begun.\n"


def test_help_loads_nothing_that_judges() -> None:
    code = (
        "import sys; sys.argv = ['mesure', '--help']\n"
        "from mesure.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'numpy', 'pyarrow', 'fastapi'} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def faults(err: str) -> str:
    """Return what was said but for how far it is, which a slow machine is told."""
    return "".join(one for one in err.splitlines(True) if not one.startswith("mesure: "))


def test_who_reads_only_the_first_line_sees_no_traceback(tmp_path: Path) -> None:
    write(tmp_path, order_yaml=ORDER, fixes_csv=HEAD + LATE_RETURN)
    running = start(tmp_path, "replay", *FILES, "--format", "json")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert faults(running.stderr.read()) == ""
    running.stderr.close()
    running.wait(timeout=60)


@pytest.mark.parametrize(
    ("closed", "words", "status"),
    [
        ("1>&-", ("replay", *FILES), 2),
        ("1>&-", ("check-order", "order.yaml"), 2),
        ("2>&-", ("replay", *FILES), 0),
        ("2>&-", ("check-order", "nowhere.yaml"), 2),
    ],
)
def test_closed_streams_are_no_traceback(
    tmp_path: Path, closed: str, words: Sequence[str], status: int
) -> None:
    write(tmp_path, order_yaml=ORDER, fixes_csv=HEAD + LATE_RETURN)
    line = f'"$0" -c "{CODE}" "$@" {closed}'
    ended = subprocess.run(
        ["sh", "-c", line, sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == status
    assert "Traceback" not in ended.stderr
    if closed == "1>&-":
        assert faults(ended.stderr).startswith("standard output: it is closed")
    elif status == 2:
        assert ended.stdout == ""


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"CI": "", "ONCE": "1"}, {"CI": ""}])
def test_the_demo_ends_by_itself_where_nobody_watches(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", **variables}
    running = start(tmp_path, "demo", "--report", **nowhere)
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert "report.html" in out
    assert (tmp_path / "demo" / "report.html").is_file()


def test_a_port_that_is_named_for_the_demo_and_taken_is_refused_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy_socket:
        port = str(busy_socket.getsockname()[1])
        running = start(tmp_path, "demo", "--persons", "2", "--port", port, CI="true")
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (2, "")
    assert faults(err).startswith(f"127.0.0.1:{port}: ")


def test_make_hands_port_and_persons_on_to_the_demo() -> None:
    def commands(*variables: str) -> str:
        make = ["make", "--dry-run", "--no-print-directory", "demo", *variables]
        return subprocess.run(make, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert '/mesure demo --port "8081" --persons "30"' in commands("PORT=8081", "PERSONS=30")
    assert "--port" not in commands("PORT=", "PERSONS=")
