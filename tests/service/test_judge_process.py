"""A process that judges: it is ready, follows what comes, and ends with its parent or its place."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.framework import action
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.service.children import judge_process
from mesure.service.children.judge_process import FENCED, JudgeInstruction
from mesure.service.installation.installation import Installation
from mesure_lab.demonstration import moving_in
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town
from tests.house import ROOT
from tests.service import installations

NOW = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)


@contextmanager
def run_judge(instance: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    """Have a process that judges everybody, on an evening of the town."""
    now_us = int(NOW.timestamp()) * 1_000_000
    behind_us = clock.true_us() - now_us
    shown = CatchUpClock(now_us + behind_us, behind_us, 10**15)
    instruction = JudgeInstruction(instance.settings.dump_for_child(), 0, 1, shown)
    with subprocess.Popen(
        [sys.executable, "-m", "mesure.service.children.judge_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(instruction) + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def take_in(instance: Installation) -> None:
    """Enter somebody with a device, for whom there is something to judge at once."""
    [person] = towns.people(Town(1, persons=1, days=2))
    moved_in = moving_in.move_in(instance, [person], lambda: NOW)
    context = moving_in.context_of(instance, moved_in.officer, NOW)
    request = AssignDevice("D-P-0001", person.id, moved_in.orders[person.id])
    action.perform(context, assignments.give, request)


def test_it_judges_until_its_input_ends(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance, run_judge(instance) as process:
        take_in(instance)
        while True:
            with instance.store.read() as reading:
                if reading.progress_of("P-0001") is not None:
                    break
            assert process.poll() is None
        _, log = process.communicate(timeout=30)  # Which ends its input.
        assert (process.returncode, log) == (0, b"")


def test_it_ends_when_somebody_else_has_taken_its_place(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance, run_judge(instance) as process:
        instance.store.write(lambda work: work.claim(range(256), "another"))
        take_in(instance)
        assert process.wait(timeout=30) == FENCED


@pytest.mark.parametrize("of", [1, 2, 3, 64])
def test_every_partition_is_judged_by_one(of: int) -> None:
    shares = [judge_process.JudgeInstruction({}, number, of).partitions for number in range(of)]
    assert sorted(part for share in shares for part in share) == list(range(256))
