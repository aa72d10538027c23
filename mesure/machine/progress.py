"""Progress: say what is going on when it takes longer than two seconds.

On a terminal a moving line, elsewhere a plain line now and then; always on standard error, so that
standard output carries only the result.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

QUIET_S: Final = 2.0
PLAIN_EVERY_S: Final = 10.0


class ProgressStages:
    """The stage a long piece of work has reached; the worker tells it, a thread shows it."""

    def __init__(self) -> None:
        self.now = "starting"
        self.done, self.total = 0, 0  # 0 of 0: nobody knows how much there is.

    def reach(self, stage: str) -> None:
        """Say what begins now."""
        self.now, self.done, self.total = stage, 0, 0

    def advance(self, done: int, total: int) -> None:
        """Say how much of how much of it is done."""
        self.done, self.total = done, total

    @property
    def in_words(self) -> str:
        """Return the stage, with how far it is."""
        return f"{self.now}, {self.done:,} of {self.total:,}" if self.total else self.now


@contextmanager
def patience(stages: ProgressStages) -> Iterator[None]:
    """Show the stages of the work inside, from the third second on."""
    done = threading.Event()
    show = _show_on_terminal if sys.stderr.isatty() else _show_plainly
    thread = threading.Thread(target=show, args=(stages, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show_plainly(stages: ProgressStages, done: threading.Event) -> None:
    wait_s, started = QUIET_S, time.monotonic()
    while not done.wait(wait_s):
        print(
            f"mesure: {stages.in_words} ({time.monotonic() - started:.0f} s)",
            file=sys.stderr,
            flush=True,
        )
        wait_s = PLAIN_EVERY_S


def _show_on_terminal(stages: ProgressStages, done: threading.Event) -> None:
    if done.wait(QUIET_S):
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(stages.now, total=None)
        while not done.wait(0.2):
            progress.update(
                task, description=stages.in_words, completed=stages.done, total=stages.total or None
            )
