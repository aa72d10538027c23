"""Progress: quiet at first, then on standard error, never on standard output."""

import io
import re
import sys
import threading
from collections.abc import Callable

import pytest

from mesure.machine import progress as patience_
from mesure.machine.progress import ProgressStages, patience

QUIET_S = patience_.QUIET_S  # As it is outside of tests.


@pytest.fixture(autouse=True)
def _as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience_, "QUIET_S", QUIET_S)


def test_a_stage_is_told_and_remembered() -> None:
    stages = ProgressStages()
    assert stages.now == "starting"
    stages.reach("reading the order")
    assert stages.now == "reading the order"


def test_how_much_is_done_is_told_until_the_next_stage() -> None:
    stages = ProgressStages()
    stages.reach("judging partitions again")
    assert stages.in_words == "judging partitions again"
    stages.advance(1_000, 2_560)
    assert stages.in_words == "judging partitions again, 1,000 of 2,560"
    stages.reach("comparing")
    assert (stages.in_words, stages.done, stages.total) == ("comparing", 0, 0)


def test_what_is_quick_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with patience(ProgressStages()):
        pass
    assert capsys.readouterr() == ("", "")


def test_two_seconds_pass_in_silence() -> None:
    assert patience_.QUIET_S == 2.0


class _Ticks(threading.Event):
    """An event that lets a few waits pass at once, and then is set."""

    def __init__(self, passes: int) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self.passes = passes

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return len(self.waits) > self.passes


def test_plain_lines_name_the_stage_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    stages, done = ProgressStages(), _Ticks(2)
    stages.reach("judging 300 fixes")
    patience_._show_plainly(stages, done)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"(mesure: judging 300 fixes \(\d+ s\)\n){2}", shown.err)
    assert done.waits == [2.0, 10.0, 10.0]


@pytest.mark.parametrize(("passes", "shows"), [(0, False), (3, True)])
def test_a_terminal_gets_a_moving_line(
    monkeypatch: pytest.MonkeyPatch, passes: int, shows: bool
) -> None:
    class _Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    stages, done = ProgressStages(), _Ticks(passes)
    stages.reach("judging 300 fixes")
    patience_._show_on_terminal(stages, done)
    assert ("judging 300 fixes" in terminal.getvalue()) is shows


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_work_ends_the_progress_also_when_it_fails(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    calls: list[str] = []

    def shows(name: str) -> Callable[[ProgressStages, threading.Event], None]:
        def show(stages: ProgressStages, done: threading.Event) -> None:
            done.wait(5)
            calls.append(name)

        return show

    for name in ("_show_on_terminal", "_show_plainly"):
        monkeypatch.setattr(patience_, name, shows(name))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal, raising=False)
    with pytest.raises(ValueError, match="broken"), patience(ProgressStages()):
        raise ValueError("broken")
    assert calls == ["_show_on_terminal" if is_terminal else "_show_plainly"]
