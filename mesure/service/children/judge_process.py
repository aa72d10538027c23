"""Judge process: judges its share of the partitions, step by step, until its parent is gone.

Started by the service as `python -m mesure.service.children.judge_process`. The first line of its
input says what to judge; it says `ready`, then a line each second while it works, and ends when its
input ends.
"""

import os
import secrets
import select
import sys
import time
from contextlib import suppress
from typing import Any, Final

import msgspec
import structlog

from mesure.actions.judging.judge_store import Sealer
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine import clock, garbage, library_logs, logs, timezones
from mesure.machine.clock import CatchUpClock
from mesure.record.policy_loading import read_policy
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.store.values import partitions
from mesure.store.values.faults import FencedError, UnavailableError

STEP_S: Final = 0.1  # From one look at the log to the next, at least: together is cheaper.
SAID_EVERY_S: Final = 1.0  # That it works: `processes` takes a silent one for a stalled one.
AWAY_S: Final = 1.0  # After which a store that is away is asked again.
FENCED: Final = 3  # The status of one whose place somebody else has taken.


class JudgeInstruction(msgspec.Struct, frozen=True):
    """What a child is to judge, and by what."""

    settings: dict[str, Any]  # Those of the parent.
    number: int  # From 0.
    of: int
    shown: CatchUpClock | None = None  # How to see time; None: as it is.

    @property
    def partitions(self) -> frozenset[int]:
        """Return the partitions of this child."""
        return frozenset(range(self.number, partitions.PARTITIONS, self.of))


def main() -> None:
    """Judge until the input ends; the status says why it ended otherwise."""
    instruction = msgspec.json.decode(sys.stdin.buffer.readline(), type=JudgeInstruction)
    timezones.pin()
    logs.configure(sys.stderr)
    library_logs.take()
    if instruction.shown is not None:
        clock.catch_up(instruction.shown)
    settings = Settings.model_validate(instruction.settings)
    while True:
        try:
            with installation.open_installation(settings) as instance, garbage.seldom_searched():
                _judge(instance, instruction)
        except FencedError:
            sys.exit(FENCED)
        except UnavailableError as error:  # Before anything was begun: it is waited for.
            structlog.get_logger().warning("later", error=type(error).__name__, step="open")
        else:
            return
        if _has_ended(AWAY_S):
            return


def _judge(instance: Installation, instruction: JudgeInstruction) -> None:
    log = structlog.get_logger()
    policy, _ = read_policy(instance.settings.policy)
    alive = _Alive()
    holder = f"judge {instruction.number} of {instruction.of}, process {os.getpid()}"
    worker = Worker(
        instance.store,
        Sealer(instance.keyring, secrets.token_bytes),
        EvaluationConfig(instance.keyring, policy),
        instance.store.write(lambda work: work.claim(instruction.partitions, holder)),
        lambda _person, error: log.warning("not_judged", error=type(error).__name__),
        alive.say,
        instance.settings.persons_in_hand,
    )
    print("ready", flush=True)
    pause_s = 0.0
    while not _has_ended(pause_s):
        begun_s = time.monotonic()
        alive.say()
        try:
            worker.step(clock.now_us())
            pause_s = max(0.0, begun_s + STEP_S - time.monotonic())
        except UnavailableError as error:
            log.warning("later", error=type(error).__name__, step="judge")
            pause_s = AWAY_S
    with suppress(UnavailableError):  # The next process judges it again.
        worker.finish(clock.now_us())


class _Alive:
    """Says now and then that work is being done."""

    def __init__(self) -> None:
        self._said_s = 0.0

    def say(self) -> None:
        """Say it, unless it was said a moment ago; a parent that is gone does not receive it."""
        now_s = time.monotonic()
        if now_s - self._said_s >= SAID_EVERY_S:
            self._said_s = now_s
            with suppress(OSError):
                os.write(sys.stdout.fileno(), b"at work\n")


def _has_ended(wait_s: float) -> bool:
    """Wait so long, and tell whether the parent has closed our input, or is gone."""
    readable, _, _ = select.select([sys.stdin], [], [], wait_s)
    return bool(readable) and not sys.stdin.buffer.readline()


if __name__ == "__main__":
    main()
