"""Garbage collection: what the program itself consists of is not searched again and again.

Libraries, templates and texts are some 300,000 objects that stay until the end. A full search
through them takes a fifth of a second, in which no page is answered, and finds nothing.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

BORN_MAX: Final = 100_000
"""Objects that a command makes before the young are searched: a few megabytes."""


YOUNG_MAX: Final = 10_000
"""Objects that a service makes before the young are searched: what 300 messages need, so that what
is being worked on is not searched again and again.
"""


def settle() -> None:
    """Search once, leave whatever is there now out of every later search, and search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX)


def end_unsearched() -> None:
    """Let the process end without a last search: what is there goes with it in any case."""
    atexit.register(gc.freeze)


@contextmanager
def seldom_searched() -> Iterator[None]:
    """Leave out what is there now, and search seldom: for work that keeps to its end what it makes.

    Hardly anything that is dropped meanwhile refers to itself, so there is little to be found.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(BORN_MAX)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
