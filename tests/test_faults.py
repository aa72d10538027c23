"""The harness of faults: its charges go off once, and what is lost or different is found."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from mesure.service.installation.installation import Installation
from mesure.store.values.faults import UnavailableError
from mesure.store.values.records import Device, MessageShare, Person, ReceivedMessage
from tests.house import ROOT
from tests.service import installations
from tools.faults import arming, checking, judging_jobs, pauses
from tools.faults.arming import Charge
from tools.faults.devices import Memory
from tools.faults.pauses import PauseWatch

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PASSES = (
    "from tools.faults import arming\n"
    "carrying = arming.read_carrying()\n"
    "for point in 'abcabcabc':\n"
    "    print(point, flush=True)\n"
    "    carrying.pass_point(point)\n"
)


def ran(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return how a program ended that carries the charge of a folder."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, arming.FOLDER: str(folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def run_passes(folder: Path) -> tuple[int, str]:
    ended = ran(PASSES, folder)
    return ended.returncode, ended.stdout.replace("\n", "")


def test_a_charge_goes_off_at_its_point_once(tmp_path: Path) -> None:
    arming.arm(tmp_path, Charge("b", 2))
    assert run_passes(tmp_path) == (-signal.SIGKILL, "abcab")
    assert run_passes(tmp_path) == (0, "abcabcabc")
    arming.arm(tmp_path, Charge("nowhere", 1))
    assert run_passes(tmp_path)[0] == 0
    assert arming.disarm(tmp_path)
    assert not arming.disarm(tmp_path)


def test_a_clock_is_moved_by_a_file(tmp_path: Path) -> None:
    carrying = arming.Carrying(tmp_path)
    assert carrying.offset_us() == 0
    arming.move_clock(tmp_path, -30)
    assert carrying.offset_us() == -30


def keep(instance: Installation, counter: int, digest: bytes, person: str | None = None) -> None:
    message = ReceivedMessage(
        "D-1", counter, "mesure1", counter, digest, (MessageShare(person, 0, 0, b"?"),)
    )
    instance.store.write(lambda work: work.append([message]))


def test_what_is_lost_or_different_is_found(tmp_path: Path) -> None:
    memory = Memory()
    memory.sent = {("D-1", counter): bytes([counter]) * 32 for counter in range(1, 5)}
    memory.acknowledge("D-1", 1, 3)
    with installations.begin(tmp_path) as instance:
        instance.store.write(lambda work: work.add_person(Person("P-1", NOW, "A-1")))
        instance.store.write(lambda work: work.add_device(Device("D-1", NOW, "A-1")))
        for counter in (1, 2, 3, 4):
            keep(instance, counter, bytes([counter]) * 32)
        installations.record(instance, 3)
        settings = instance.settings
    result = checking.check(settings, memory)
    assert (result.acknowledged, result.kept_count) == (3, 4)
    assert (result.lost, result.doubled, result.different) == ([], [], [])
    memory.acknowledge("D-1", 5, 5)
    memory.sent[("D-1", 2)] = bytes(32)
    result = checking.check(settings, memory)
    assert result.lost == ["('D-1', 5) was acknowledged"]
    assert result.different == ["('D-1', 2) is kept with other bytes"]


POINTS_OF_RECEIVING = (
    "from mesure.service.serve import receiving\n"
    "from tools.faults import arming, charged_processes\n"
    "carrying = arming.read_carrying()\n"
    "charged_processes.charge_receiving(carrying)\n"
    "config = receiving.ReceiverConfig(None, None, None, None)\n"
    "print(config.passing == carrying.pass_point)\n"
)


def test_receiving_passes_its_points_with_charges(tmp_path: Path) -> None:
    ended = ran(POINTS_OF_RECEIVING, tmp_path)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_a_pause_is_the_longest_time_without_a_change() -> None:
    assert pauses.longest_pause_s([0.0, 1.0, 4.0, 6.0], 0.5) == 3.0
    assert pauses.longest_pause_s([0.0, 1.0, 4.0, 6.0], 3.9) == 3.0  # It had begun before.
    assert pauses.longest_pause_s([0.0, 1.0, 4.0, 6.0], 4.0) == 2.0
    assert pauses.longest_pause_s([0.0, 1.0], 2.0) == 0.0


def test_a_figure_that_cannot_be_had_has_not_changed() -> None:
    figures = iter([1, 2, 2, None, 2, 3])
    asked, is_over = 0, threading.Event()

    def figure() -> int:
        nonlocal asked
        asked += 1
        value = next(figures, 3)
        if value is None:
            raise UnavailableError("it is being restarted")
        if asked > 8:
            is_over.set()
        return value

    watch = PauseWatch("counted", figure)
    with watch.watch():
        assert is_over.wait(60.0)
    assert watch.change_count == 3


def test_who_judges_is_told_by_the_latest_term() -> None:
    said = ["Spark started\n", "Term 3: judging in 2 slices. Ctrl-C ends it.\n"]
    assert judging_jobs.term_of(said) == 3
    assert judging_jobs.term_of(["Another job judges in this database\n"]) == 0
