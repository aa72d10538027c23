"""A real Spark on this machine judges a small country: the same rows, whatever is killed meanwhile.

It runs with `make country TEST=1`, which brings PySpark; Java is Debian's openjdk-17-jre-headless.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mesure.machine.progress import ProgressStages
from mesure.service.country import country_results, rejudge_run
from mesure.service.country.rejudge_run import Workforce
from tests.house import ROOT
from tests.service import countries
from tests.service.countries import Country
from tests.test_cli_country import cluster_settings

pytestmark = [
    pytest.mark.skipif("COUNTRY_TESTS" not in os.environ, reason="make country TEST=1"),
    # Spark's own code warns of what its own libraries will change.
    pytest.mark.filterwarnings("default"),
]

TWO_EXECUTORS = Workforce(2, "local-cluster[2,1,1024]")
PERSONS = 10
WAIT_S = 240.0


@pytest.fixture(scope="module")
def country_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    countries.live(folder, persons=PERSONS)
    return folder


@pytest.fixture(scope="module", autouse=True)
def quick_start(country_folder: Path) -> Iterator[None]:
    """Have the others compile nothing: it takes longer than what is judged here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NUMBA_DISABLE_JIT", "1")
        yield


@pytest.fixture(scope="module")
def country(country_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    with countries.open_country(country_folder, tmp_path_factory.mktemp("country")) as opened:
        yield opened


def run(country: Country, name: str, force: Workforce) -> None:
    out = country.folder / name
    rejudge_run.run(country.made, country.setup, out, force, ProgressStages())


def same(country: Country, name: str) -> None:
    """Show that what lies in a folder is what one process says, row by row."""
    results, other = (country.results(country.folder / each) for each in ("out", name))
    assert len(results) == PERSONS
    assert other == results


# --- Processes of ours, and only of ours ---------------------------------------------------------


def descendants(pid: int) -> list[tuple[int, str]]:
    """Return the processes that came of one, with their command lines."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except (OSError, ValueError, IndexError):
            continue
    ours, front = list[int](), {pid}
    while front:
        front = {child for child, parent in parents.items() if parent in front}
        ours += sorted(front)
    return [(one, command(one)) for one in ours]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill_in_the_middle(out: Path, words: str, pid: int) -> list[int]:
    """Kill the youngest process with these words once something is done; return which it was."""
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        victims = [one for one, line in descendants(pid) if words in line]
        if victims and any(out.glob("part-*.parquet")):
            os.kill(victims[-1], signal.SIGKILL)
            return victims[-1:]
        time.sleep(0.02)
    return []


def kill_during_run(country: Country, name: str, words: str) -> None:
    out, killed = country.plan(name), list[int]()
    watch = threading.Thread(
        target=lambda: killed.extend(kill_in_the_middle(out, words, os.getpid()))
    )
    watch.start()
    run(country, name, TWO_EXECUTORS)
    watch.join()
    assert killed, "everything was done before anything could be killed"


# --- The same rows -------------------------------------------------------------------------------


def test_two_executors_say_what_one_process_says(country: Country) -> None:
    country.plan("two")
    run(country, "two", TWO_EXECUTORS)
    same(country, "two")


def test_a_python_worker_is_killed_in_the_middle(country: Country) -> None:
    kill_during_run(country, "worker", "pyspark.daemon")
    same(country, "worker")


def test_an_executor_is_killed_in_the_middle(country: Country) -> None:
    kill_during_run(country, "executor", "CoarseGrainedExecutorBackend")
    same(country, "executor")


def command_line(country: Country, out: Path, *more: str) -> list[str]:
    policy = country.folder / "new.yaml"
    policy.write_text(countries.POLICY)
    words = [
        *("country", "rejudge", "--policy", str(policy), "--out", str(out)),
        *("--from", "2026-09-07T00:00:00Z", "--until", "2026-09-09T00:00:00Z", *more),
        *("--data", str(country.setup.data), "--settings", str(country.setup.settings)),
    ]
    return [sys.executable, "-c", "from mesure.cli import main; main()", *words]


def test_the_driver_is_killed_in_the_middle_and_the_next_one_goes_on(country: Country) -> None:
    out, environment = country.folder / "driver", {**os.environ, "PYTHONPATH": str(ROOT)}
    line = command_line(country, out, "--spark", "--processes", "1")
    with subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL) as driver:
        end_s = time.monotonic() + WAIT_S
        while not list(out.glob("part-*.parquet")) and time.monotonic() < end_s:
            time.sleep(0.02)
        others = descendants(driver.pid)
        driver.kill()
    assert driver.returncode == -signal.SIGKILL
    wait_until_gone([pid for pid, _ in others])
    before = {path: path.stat().st_ino for path in out.glob("part-*.parquet")}
    assert 0 < len(before) < len(country_results.numbers(country.out))
    ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert f"{PERSONS} persons were judged again under the policy shorter silence" in ended.stdout
    assert {path: path.stat().st_ino for path in before} == before  # Nothing was done twice.
    same(country, "driver")


def wait_until_gone(pids: list[int]) -> None:
    """Wait until a driver's Java has seen that it is gone; end what has not, by its number."""
    end_s = time.monotonic() + 20.0
    while time.monotonic() < end_s and any(command(pid) for pid in pids):
        time.sleep(0.1)
    for pid in pids:
        if command(pid):
            os.kill(pid, signal.SIGKILL)


def test_nothing_about_a_person_goes_through_spark(country: Country) -> None:
    """What Spark writes to its own folders holds numbers of partitions, and counts."""
    out = country.plan("quiet")
    scratch = country.folder / "scratch"
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_LOCAL_DIRS", str(scratch))
        run(country, "quiet", Workforce(1, "local[1,4]"))
    same(country, "quiet")
    names = [result.person.encode() for result in country.results(out) if result]
    for path in scratch.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not [name for name in names if name in data]


# --- A cluster of its own ------------------------------------------------------------------------


def test_a_standalone_cluster_with_the_settings_of_the_page_says_the_same(
    country: Country, tmp_path: Path
) -> None:
    """A master and a worker of this machine, what they say to each other sealed by a secret."""
    secret = f"spark.authenticate.secret {secrets.token_hex(32)}\n"
    (tmp_path / "spark-defaults.conf").write_text(cluster_settings() + secret)
    spark_variables = {"SPARK_CONF_DIR": str(tmp_path), "SPARK_LOCAL_IP": "127.0.0.1"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **spark_variables}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    where = ("--host", "127.0.0.1", "--webui-port", "0")
    master = f"spark://127.0.0.1:{port}"
    room = ("--cores", "2", "--memory", "8g", "--work-dir", str(tmp_path / "work"))
    parts = [("master.Master", *where, "--port", port), ("worker.Worker", *where, *room, master)]
    with ExitStack() as stack:
        for part, *words in parts:
            begun = stack.enter_context(daemon(part, words, environment))
            stack.callback(begun.kill)
        line = command_line(country, country.folder / "standalone", "--spark", "--master", master)
        ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert len(list((tmp_path / "work").glob("app-*/[0-9]*"))) == 2  # Executors of one core each.
    same(country, "standalone")


def daemon(part: str, words: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    line = [str(program), f"org.apache.spark.deploy.{part}", *words]
    return subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL)
