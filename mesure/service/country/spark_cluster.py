"""Spark as a scheduler: the partitions of a run, judged on several machines.

Spark is told numbers of partitions and tells how many persons and fixes they had; nothing about
anybody goes through it. Each executor opens the installation as every process of the service does:
the archive, the folder of the run, the keys and the database are reached from there.
"""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.country import country_results, process_pool
from mesure.service.country.judge_partition import PartitionDone
from mesure.service.country.rejudge_plan import WHY, WorkerSetup

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ATTEMPTS: Final = 4
"""So often a partition is tried whose executor was lost; a local Spark would try once."""

POLL_S: Final = 0.5
SCHEMA: Final = pa.schema(
    [
        ("partition", pa.int64()),
        ("persons", pa.int64()),
        ("fixes", pa.int64()),
        ("cpu_s", pa.float64()),
        ("peak_bytes", pa.int64()),
    ]
)
_COLUMNS: Final = "partition bigint, persons bigint, fixes bigint, cpu_s double, peak_bytes bigint"


def judge_batches(
    setup: WorkerSetup, out: Path, numbers: Sequence[int], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Judge the partitions whose places in `numbers` come in batches; yield what was done."""
    for batch in batches:
        for place in batch.column(0).to_pylist():
            done = process_pool.judge(setup, out, numbers[place])
            yield pa.RecordBatch.from_pylist([done._asdict()], schema=SCHEMA)


def run(
    setup: WorkerSetup,
    out: Path,
    numbers: Sequence[int],
    master: str,
    reach: Callable[[int], None],
) -> list[PartitionDone]:
    """Have partitions judged again by a cluster; `reach` is told how many are done."""
    session = _session(master)
    faults, rows = list[BaseException](), list[PartitionDone]()

    def submit() -> None:
        try:
            # One partition a task: what is lost with an executor is no more than that.
            places = session.range(0, len(numbers), 1, len(numbers))
            work = partial(judge_batches, setup, out, tuple(numbers))
            rows.extend(PartitionDone(*row) for row in places.mapInArrow(work, _COLUMNS).collect())
        except Exception as error:  # noqa: BLE001  Whatever it is, the waiting thread says it.
            faults.append(error)

    try:
        job = threading.Thread(target=submit, daemon=True)
        job.start()
        while job.is_alive():
            job.join(POLL_S)
            paths = (country_results.path_of(out, partition) for partition in numbers)
            reach(sum(path.exists() for path in paths))
    finally:
        session.stop()
    if faults:
        raise _failed(faults[0]) from None
    return rows


def _session(master: str) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        what, remedy = "PySpark is not installed", "install it: pip install 'mesure[country]'"
        raise ServiceError("--spark", what, WHY, remedy) from None
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        what, remedy = "there is no Java here", "install it: apt install openjdk-17-jre-headless"
        raise ServiceError("--spark", what, WHY, remedy)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName("mesure country rejudge").master(master)
    for name, value in _settings(master).items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    _refuse_open(session, master)
    return session


def _settings(master: str) -> dict[str, str]:
    """Return what is set for every run; a cluster's own file of settings says the rest."""
    settings = {
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
        "spark.task.maxFailures": str(ATTEMPTS),
    }
    if is_local(master):
        settings["spark.ui.enabled"] = "false"
        settings["spark.driver.bindAddress"] = settings["spark.driver.host"] = "127.0.0.1"
    return settings


def is_local(master: str) -> bool:
    """Tell whether a Spark is one of this machine alone.

    >>> is_local("local[2,4]"), is_local("local-cluster[2,1,1024]"), is_local("spark://a:7077")
    (True, True, False)
    """
    return master.startswith("local")


def _refuse_open(session: "SparkSession", master: str) -> None:
    """Refuse a cluster that takes orders from anybody: its executors reach every key."""
    if is_local(master) or session.conf.get("spark.authenticate", "false") == "true":
        return
    session.stop()
    what, why = "spark.authenticate is not true", "whoever reaches its ports could read every trail"
    remedy = "set it in spark-defaults.conf, with spark.network.crypto.enabled: docs/country.md"
    raise ServiceError("--master", what, why, remedy)


def _failed(error: BaseException) -> TransientServiceError:
    """Return the reason of Spark in a sentence; its own text has the traces of two languages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reasons = [line for line in lines if "Error: " in line] or lines[:1] or [type(error).__name__]
    what = f"Spark gave up: {reasons[-1][:300].rstrip('.')}"
    remedy = "put it right, and repeat the command"
    return TransientServiceError("--spark", what, "partitions that are done stay done", remedy)
