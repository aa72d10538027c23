"""Run the demo: write a fictional person's fortnight, judge it, and show the report.

What a newcomer sees first, so it says at each step what happened and what to open.
"""

import contextlib
import os
import sys
import threading
import webbrowser
from pathlib import Path

from mesure.machine import file_writing
from mesure.record import output
from mesure.record.replay import Replay, ReplayRequest, replay
from mesure_lab.demonstration import demo

REPORT = "report.html"


def run(folder: Path, seed: int, *, once: bool) -> None:
    """Write the demo's files and its report into a folder, and print the table.

    At a terminal and without `once` the report is opened where there is a display, and the program
    waits for Ctrl-C.
    """
    file_writing.make_folder(folder)
    for name, data in demo.fortnight(seed).items():
        file_writing.write(folder / name, data)
    result = replay(ReplayRequest((folder / "order.yaml",), (folder / "fixes.csv",)))
    output.put(result, "html", folder / REPORT)
    output.put(result, "json", folder / "report.json")
    output.put(result, "text", None)
    _say_what_to_open(folder, result)
    is_at_terminal = sys.stdin is not None and sys.stdin.isatty()
    if not once and os.environ.get("CI") != "true" and is_at_terminal:
        _stay_open(folder / REPORT)


def _say_what_to_open(folder: Path, result: Replay) -> None:
    count = len(result.incidents)
    print(
        f"""
A fortnight of somebody who does not exist: a late return, a night of drifting positions, a silent
night, an authorised absence, and ten ordinary nights. {count} things were brought to an officer.

  {folder / REPORT}   open this: maps, timelines, and every explanation in four languages
  {folder / "order.yaml"}    what the court ordered
  {folder / "fixes.csv"}     what the phone reported
  {folder / "truth.json"}    what really happened; the judge never saw it
"""
    )


def _stay_open(report: Path) -> None:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux":
        webbrowser.open(report.resolve().as_uri())
    print("Press Ctrl-C to end.", file=sys.stderr, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
