"""The listener of devices and phones over a real store, asked without a socket."""

import atexit
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from mesure.ingest.http_listener import ListenerLimits
from tests.actions import receiving
from tests.ingest import serving
from tests.ingest.test_http_listener_fuzz import ALL, ANSWERS, Wire


@cache
def stack() -> ExitStack:
    """Return what is closed when the process ends in order."""
    opened = ExitStack()
    atexit.register(opened.close)
    return opened


@cache
def folder() -> Path:
    """Return a folder for what the targets write."""
    return Path(stack().enter_context(tempfile.TemporaryDirectory(prefix="fuzz", dir=_memory())))


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def wire() -> Wire:
    """Return the listener, which takes as much as comes."""
    here = stack().enter_context(receiving.place(folder(), 5))
    serving.enrol_phones(here)
    limits = ListenerLimits(device=ALL, address=ALL, strange=ALL)
    return Wire(here, serving.listener(here, limits)[0])


def check(status: int, answer: bytes) -> None:
    """Hold an answer against what devices are told, in one line where it is a sentence."""
    assert status in ANSWERS, (status, answer)
    assert status == 200 or answer.count(b"\n") == 1, (status, answer)
