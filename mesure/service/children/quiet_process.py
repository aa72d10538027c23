"""Quiet process: counts or erases apart, and gives way to everything else.

Counting goes through every incident there is, and erasure through what every device sent on a day.
In the process that serves, they would take the interpreter from those who wait for a page or a
receipt: for half a minute in a large programme, and for hours in a country. It is started when it
is due as `python -m mesure.service.children.quiet_process`, reads in one line what to do, and ends
when it has, or with the process that started it. What was counted is kept whole or not at all, and
an erasure that is broken off is continued by the next.
"""

import asyncio
import contextlib
import os
import secrets
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from enum import StrEnum
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
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import erase
from mesure.store.values.faults import StoreError

LEAST: Final = 19  # As nice as a process can be.
AWAY: Final = 1  # The status of one that could not do it now.


class QuietWork(StrEnum):
    """What is done apart."""

    COUNT = "count"
    ERASE = "erase"


class QuietInstruction(msgspec.Struct, frozen=True):
    """What is to be done."""

    work: QuietWork
    settings: Mapping[str, Any]  # Those of the parent.
    shown: CatchUpClock | None = None  # How to see time; None: as it is.


async def run(work: QuietWork, settings: Settings, ending: asyncio.Event) -> int | None:
    """Have something done; return the status of the process, or None where all ends."""
    payload = msgspec.json.encode(
        QuietInstruction(work, settings.dump_for_child(), clock.clock_setting())
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
    return [sys.executable, "-m", "mesure.service.children.quiet_process"]


# --- The process itself --------------------------------------------------------------------------


def main() -> None:
    """Do it once."""
    instruction = msgspec.json.decode(sys.stdin.buffer.readline(), type=QuietInstruction)
    os.nice(LEAST)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    timezones.pin()
    logs.configure(sys.stderr)
    library_logs.take()
    if instruction.shown is not None:
        clock.catch_up(instruction.shown)
    try:
        settings = Settings.model_validate(instruction.settings)
        with installation.open_installation(settings) as instance:
            _WORKS[instruction.work](instance)
    except StoreError as error:
        structlog.get_logger().warning("later", error=type(error).__name__, step=instruction.work)
        sys.exit(AWAY)


def _count(instance: Installation) -> None:
    now = clock.now()
    context = Context(instance.store, instance.keyring, now, secrets.token_bytes, PROGRAM, "count")
    action.perform(context, statistics.count, EmptyRequest())


def _erase(instance: Installation) -> None:
    erase.log(erase.daily(instance, lambda: False))


_WORKS: Final = {QuietWork.COUNT: _count, QuietWork.ERASE: _erase}


def _end_with_parent() -> None:
    """Wait until the parent has closed our input, or is gone; then there is nobody to do it for."""
    while os.read(0, 1):
        pass
    os._exit(AWAY)


if __name__ == "__main__":
    main()
