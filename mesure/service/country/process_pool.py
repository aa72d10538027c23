"""Process pool: the partitions of a run, judged side by side on one machine."""

import atexit
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

from mesure.machine import timezones
from mesure.machine.service_error import TransientServiceError
from mesure.service.country import judge_partition
from mesure.service.country.judge_partition import PartitionDone
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation

ATTEMPTS: Final = 3
PAUSE_S: Final = 2.0
"""The service may write files of the archive anew while they are read; then all is read again."""


def run(
    setup: WorkerSetup,
    out: Path,
    numbers: Sequence[int],
    processes: int,
    done: Callable[[PartitionDone], None],
) -> None:
    """Judge partitions again, `processes` at a time; `done` receives each. One: in this one."""
    if processes == 1:
        for partition in numbers:
            done(judge(setup, out, partition))
        return
    # Forked processes would share the connections of this one.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        try:
            futures = [pool.submit(judge, setup, out, partition) for partition in numbers]
            for future in as_completed(futures):
                done(future.result())
        except BrokenProcessPool:
            pool.shutdown(cancel_futures=True)
            what = "a process that judged was killed, perhaps because memory was short"
            remedy = "repeat the command, with fewer --processes if memory was short"
            why = "partitions that are done stay done"
            raise TransientServiceError(out, what, why, remedy) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def judge(setup: WorkerSetup, out: Path, partition: int) -> PartitionDone:
    """Judge a partition again in this process, which opens the installation once."""
    for _ in range(ATTEMPTS - 1):
        try:
            return judge_partition.judge(open_once(setup), out, partition)
        except TransientServiceError:
            time.sleep(PAUSE_S)
    return judge_partition.judge(open_once(setup), out, partition)


@cache
def open_once(setup: WorkerSetup) -> Installation:
    """Return the installation, open until this process ends."""
    timezones.pin()
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(installation.open_installation(setup.load()))
