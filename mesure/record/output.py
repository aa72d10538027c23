"""Output of a replay: a table for the terminal, JSON, or a page.

What draws a table or a page is loaded when one is asked for.
"""

import shutil
import sys
from pathlib import Path

from mesure.machine import file_writing, texts
from mesure.record import as_json
from mesure.record.replay import Replay
from mesure.record.report import report_of


def put(replay: Replay, form: str, out: Path | None) -> None:
    """Write the replay to a file, or to standard output without one."""
    text = as_json.pieces(replay) if form == "json" else iter((render(replay, form),))
    if out is None:
        file_writing.show(text)
    else:
        file_writing.write(out, (piece.encode() for piece in text))


def render(replay: Replay, form: str) -> str:
    """Return the replay as "text", "json" or "html"."""
    if form == "json":
        return as_json.to_json(replay)
    report = report_of(replay)
    if form == "html":
        from mesure.record import page, rendering

        return page.page(report, {tag: rendering.page_catalogue(tag) for tag in texts.LANGUAGES})
    from mesure.record import terminal

    width = shutil.get_terminal_size((100, 24)).columns
    return terminal.render(report, width, colour=sys.stdout is not None and sys.stdout.isatty())
