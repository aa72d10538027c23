"""Commands for a whole country: what they print, and what they refuse."""

import builtins
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.country import spark_session
from mesure.service.country.spark_session import SparkApplication
from mesure.service.country.streaming import live_run
from tests.house import ROOT
from tests.service import countries
from tests.test_cli import CommandLine

SPAN = ("--from", "2026-09-07T00:00:00Z", "--until", "2026-09-09T00:00:00Z")
WHERE = ("--data", "data", "--settings", "mesure.toml")


@pytest.fixture(scope="module")
def country_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    countries.live(folder, persons=2, turns=24)
    return folder


@pytest.fixture
def mesure(
    country_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    with countries.open_country(country_folder, tmp_path):
        (tmp_path / "new.yaml").write_text(countries.POLICY)
    return CommandLine(monkeypatch, capsys)


def rejudge(mesure: CommandLine, *more: str, out: str = "october") -> Any:
    words = ("--policy", "new.yaml", *SPAN, "--out", out, "--processes", "1", *WHERE, *more)
    return mesure("country", "rejudge", *words)


def test_whoever_cannot_be_read_is_named_with_status_1(mesure: CommandLine) -> None:
    shutil.rmtree("archive")
    with closing(sqlite3.connect("data/mesure.db")) as database:
        number, person = database.execute(
            "SELECT rowid, person FROM message WHERE person IS NOT NULL LIMIT 1"
        ).fetchone()
        database.execute("UPDATE message SET body = zeroblob(40) WHERE rowid = ?", (number,))
        database.commit()
    shut = "(see `mesure keys check`, `mesure verify-store`): 1, of persons: 1."
    for _ in range(2):  # Also where the file shows that already.
        archived = mesure("country", "archive", *WHERE)
        assert (archived.status, archived.err) == (1, "")
        up_to_date, named, days = archived.out.splitlines()
        assert up_to_date.endswith(" files were written, 0 taken away.")
        assert named.endswith(shut)
        assert days == f"{person}: 2026-09-07"
    assert "up to date: 0 files" in archived.out
    ended = rejudge(mesure)
    assert (ended.status, ended.err) == (1, "")
    assert (
        f"1 cannot be judged again (`mesure verify-store` names the rows): {person}." in ended.out
    )
    assert "1 persons were judged again" in ended.out


def test_an_archive_is_brought_up_to_date(mesure: CommandLine) -> None:
    shutil.rmtree("archive")
    ended = mesure("country", "archive", *WHERE)
    assert ended.status == 0
    assert "The archive is up to date: " in ended.out
    assert " files were written, 0 taken away." in ended.out
    again = mesure("country", "archive", *WHERE)
    assert again.out == "The archive is up to date: 0 files were written, 0 taken away.\n"


def test_everybody_is_judged_again_and_the_counts_lie_beside(mesure: CommandLine) -> None:
    ended = rejudge(mesure)
    assert (ended.status, ended.out.partition(" under")[0]) == (0, "2 persons were judged again")
    counts = json.loads(Path("october/totals.json").read_text())
    assert (counts["persons"], counts["policy"]["version"]) == (2, "shorter silence")
    assert rejudge(mesure).out == ended.out  # It goes on where nothing is left to do.


@pytest.mark.parametrize(
    ("more", "phrase"),
    [
        (("--master", "spark://a:7077"), "--master is the address of a Spark; add --spark."),
        (("--from", "yesterday"), "--from: “yesterday” is no instant"),
        (("--from", "2026-09-10T00:00:00Z"), "--until: it is not after --from; nothing was"),
        (("--policy", "nowhere.yaml"), "nowhere.yaml: no such file"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    mesure: CommandLine, more: tuple[str, ...], phrase: str
) -> None:
    ended = rejudge(mesure, *more, out="wrong")
    assert ended.status == 2
    assert phrase in " ".join(ended.err.split())
    assert not Path("wrong").exists()


def test_whoever_names_no_folder_is_told_to(mesure: CommandLine) -> None:
    Path("mesure.toml").write_text('name = "log.example"\n')
    for ended in (mesure("country", "archive", *WHERE), rejudge(mesure, out="wrong")):
        assert ended.status == 2
        assert "the setting “archive”" in ended.err


def test_the_help_of_each_command_has_an_example(mesure: CommandLine) -> None:
    for name in ("archive", "rejudge", "judge"):
        assert f"Example: mesure country {name}" in mesure("country", name, "--help").out


# --- Spark ---------------------------------------------------------------------------------------


def test_who_has_no_pyspark_is_told_how_to_get_it(
    mesure: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = builtins.__import__

    def refuse(name: str, *words: Any, **named: Any) -> Any:
        if name.startswith("pyspark"):
            raise ImportError(name)
        return load(name, *words, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    ended = rejudge(mesure, "--spark", out="spark")
    assert ended.status == 2
    assert "--spark: PySpark is not installed; nothing was judged; install it: pip" in ended.err


class _Builder:
    """What would give a session of a Spark whose Java ends at once."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: self

    def getOrCreate(self) -> None:  # noqa: N802  Spark's.
        raise RuntimeError("[GONE] Java exited.\n at org.apache")


def test_a_spark_that_does_not_start_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where its file of settings has a value that it cannot read."""
    sql = SimpleNamespace(SparkSession=SimpleNamespace(builder=_Builder()))
    monkeypatch.setitem(sys.modules, "pyspark", SimpleNamespace(sql=sql))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    monkeypatch.setenv("JAVA_HOME", "/java")
    with pytest.raises(ServiceError, match=r"gave up: \[GONE\] Java exited; nothing was judged; "):
        spark_session.open_session("local[1]", SparkApplication("mesure"))


class _Session:
    """A session of a Spark that takes orders from anybody, or not."""

    def __init__(self, **settings: str) -> None:
        self.conf, self.is_stopped = settings, False

    def stop(self) -> None:
        self.is_stopped = True


def test_a_cluster_that_takes_orders_from_anybody_is_refused() -> None:
    session: Any = _Session()
    with pytest.raises(ServiceError, match=r"spark\.authenticate is not true; who"):
        spark_session.refuse_open(session, "spark://10.1.0.5:7077")
    assert session.is_stopped
    session = _Session(**{"spark.authenticate": "true"})
    spark_session.refuse_open(session, "spark://10.1.0.5:7077")
    assert not session.is_stopped
    local: Any = _Session()
    spark_session.refuse_open(local, "local[2]")
    assert not local.is_stopped


def cluster_settings() -> str:
    """Return the file of settings that the page has for every machine of a cluster."""
    page = (ROOT / "docs" / "country.md").read_text(encoding="utf-8")
    shown = re.search(r"^    # conf/spark-defaults\.conf.*\n((?:    .+\n)+)", page, re.MULTILINE)
    assert shown
    return re.sub("^    ", "", shown[1], flags=re.MULTILINE)


def test_the_settings_of_the_page_are_nothing_but_names_and_values() -> None:
    """Spark reads the file as Java does: what stands behind a value is a part of it."""
    lines = [one for one in cluster_settings().splitlines() if not one.startswith("#")]
    assert "spark.authenticate" in {one.split()[0] for one in lines}
    for line in lines:
        assert re.fullmatch(r"spark\.[\w.]+ +(true|false|\d+g?)", line), line


def test_what_spark_says_is_told_in_one_sentence() -> None:
    error_text = (
        "Job aborted\n  File x\npyspark.errors.PythonError: no room on the disk.\n SQLSTATE 1"
    )
    sentence = str(
        spark_session.failure(RuntimeError(error_text), "partitions that are done stay done")
    )
    assert sentence.startswith(
        "--spark: Spark gave up: pyspark.errors.PythonError: no room on the "
    )
    assert "partitions that are done stay done" in sentence


def test_a_job_is_refused_where_the_service_judges(mesure: CommandLine) -> None:
    ended = mesure("country", "judge", *WHERE)
    assert ended.status == 2
    assert "judge: it says that the service judges; nothing was judged; write judge = " in ended.err


def test_a_signal_that_asks_a_job_to_end_ends_it_in_order() -> None:
    former, done = signal.getsignal(signal.SIGTERM), []
    with live_run.end_in_order():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        finally:
            done.append("in order")
    assert done == ["in order"]
    assert signal.getsignal(signal.SIGTERM) is former


def test_nothing_loads_spark_until_it_is_asked_for() -> None:
    code = "import sys, mesure; from tests import house; from mesure.service.country import "
    code += "rejudge_run; from mesure.service.country.streaming import live_run, slice_turns; "
    code += "house.commands(); print({'pyspark', 'pandas'} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout == "set()\n"
