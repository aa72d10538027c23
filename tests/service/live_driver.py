"""A driver of live judging, for tests: what it does is told on standard input, and then its clock.

The clock comes when Spark has started: how long that takes is not known before.
"""

import sys
from pathlib import Path

import msgspec

from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.country import spark_session
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.streaming import live_run
from mesure.service.country.streaming.live_run import LiveOptions
from mesure.service.installation import installation


class DriverOrder(msgspec.Struct):
    """What a driver is to do."""

    data: str
    settings: str
    options: LiveOptions


def main() -> None:
    """Have a cluster judge until told to end."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=DriverOrder)
    spark_session.open_session(order.options.master, live_run.APPLICATION)
    print("Spark started", flush=True)
    clock.catch_up(msgspec.json.decode(sys.stdin.buffer.readline(), type=CatchUpClock | None))
    setup = WorkerSetup(Path(order.data), Path(order.settings))
    with installation.open_installation(setup.load()) as instance, live_run.end_in_order():
        live_run.run(instance, setup, order.options, lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
