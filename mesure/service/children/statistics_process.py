"""Statistics process: counts on its own, and gives way to everything else.

Counting goes through every incident there is. In the process that serves, it would take the
interpreter from those who wait for a page, for half a minute in a large programme. It is started
when it is due as `python -m mesure.service.children.statistics_process`, reads in one line what to
count, and ends when it has, or with the process that started it. What was counted is kept whole or
not at all.
"""

import asyncio
import contextlib
import os
import secrets
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog

from mesure.actions.framework import action
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.incidents import statistics
from mesure.machine import clock, library_logs, logs, timezones
from mesure.machine.clock import CatchUpClock
from mesure.service.installation import installation
from mesure.service.installation.settings import Settings
from mesure.store.values.faults import StoreError

LEAST: Final = 19  # As nice as a process can be.
AWAY: Final = 1  # The status of one that could not count now.


class StatisticsInstruction(msgspec.Struct, frozen=True):
    """What is to be counted."""

    settings: Mapping[str, Any]  # Those of the parent.
    shown: CatchUpClock | None = None  # How to see time; None: as it is.


async def count(settings: Settings, ending: asyncio.Event) -> int | None:
    """Have the statistics counted; return the status of the process, or None where all ends."""
    payload = msgspec.json.encode(
        StatisticsInstruction(settings.dump_for_child(), clock.clock_setting())
    )
    process = await asyncio.create_subprocess_exec(
        *command(), stdin=PIPE, stdout=DEVNULL, start_new_session=True
    )
    assert process.stdin is not None
    ended = asyncio.ensure_future(process.wait())
    ends = asyncio.ensure_future(ending.wait())
    try:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(payload + b"\n")
            await process.stdin.drain()
        await asyncio.wait({ended, ends}, return_when=asyncio.FIRST_COMPLETED)
        return ended.result() if ended.done() else None
    finally:
        ends.cancel()
        if process.returncode is None:
            process.kill()
        await ended


def command() -> list[str]:
    """Return how the process is started."""
    return [sys.executable, "-m", "mesure.service.children.statistics_process"]


# --- The process itself --------------------------------------------------------------------------


def main() -> None:
    """Count once."""
    instruction = msgspec.json.decode(sys.stdin.buffer.readline(), type=StatisticsInstruction)
    os.nice(LEAST)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    timezones.pin()
    logs.configure(sys.stderr)
    library_logs.take()
    if instruction.shown is not None:
        clock.catch_up(instruction.shown)
    try:
        _count(Settings.model_validate(instruction.settings))
    except StoreError as error:
        structlog.get_logger().warning("later", error=type(error).__name__, step="count")
        sys.exit(AWAY)


def _count(settings: Settings) -> None:
    with installation.open_installation(settings) as instance:
        now = clock.now()
        context = Context(
            instance.store, instance.keyring, now, secrets.token_bytes, PROGRAM, "count"
        )
        action.perform(context, statistics.count, EmptyRequest())


def _end_with_parent() -> None:
    """Wait until the parent has closed our input, or is gone; then there is nobody to count for."""
    while os.read(0, 1):
        pass
    os._exit(AWAY)


if __name__ == "__main__":
    main()
