"""What targets open and write, closed and taken away when their process ends in order."""

import atexit
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path


@cache
def stack() -> ExitStack:
    """Return what is closed when the process ends in order."""
    opened = ExitStack()
    atexit.register(opened.close)
    return opened


@cache
def folder() -> Path:
    """Return a folder for what the targets write, in memory where there is one."""
    return Path(stack().enter_context(tempfile.TemporaryDirectory(prefix="fuzz", dir=_memory())))


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
