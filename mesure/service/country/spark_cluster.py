"""Spark as a scheduler: the partitions of a run, judged on several machines.

Spark gets numbers of partitions and returns how many persons and fixes they had; nothing about
anybody goes through it. Each executor opens the installation as every process of the service does:
the archive, the folder of the run, the keys and the database are reached from there.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa

from mesure.service.country import country_results, process_pool, spark_session
from mesure.service.country.judge_partition import PartitionDone
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.spark_session import SparkApplication

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
    setup: WorkerSetup, out: Path, numbers: Sequence[int], master: str, reach: Callable[[int], None]
) -> list[PartitionDone]:
    """Have partitions judged again by a cluster; `reach` receives how many are done."""
    session = spark_session.open_session(master, SparkApplication("mesure country rejudge"))
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
        raise spark_session.failure(faults[0], "partitions that are done stay done") from None
    return rows
