"""Loops compiled to machine code where numba is installed (the `fast` extra).

The same operations in the same order give the same bits: numba neither fuses a product and a sum
nor reorders them unless told to. Decision: docs/decisions/0003-the-core-is-pure.md
"""

from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., None])


class _Switch:
    """Whether loops are compiled where they can be."""

    is_on = True


def use_compiler(wanted: bool) -> None:
    """Choose whether loops are compiled where they can be; the results are the same."""
    _Switch.is_on = wanted


def compiled() -> bool:
    """Say whether loops run as machine code; where they do not, arrays are quicker."""
    return _Switch.is_on and _numba() is not None


@cache
def _numba() -> ModuleType | None:
    """Return numba; None where it is not installed, or told not to compile."""
    if find_spec("numba") is None:
        return None
    numba = import_module("numba")
    return None if numba.config.DISABLE_JIT else numba


def jit(loop: Loop) -> Loop:
    """Have a loop compiled when it is first called, not already when it is read."""

    @cache
    def machine_code() -> Loop:
        return _compile(loop)

    @wraps(loop)
    def run(*arguments: object) -> None:
        (machine_code() if compiled() else loop)(*arguments)

    return cast(Loop, run)


def _compile(loop: Loop) -> Loop:
    numba = import_module("numba")
    try:
        return cast(Loop, numba.njit(cache=True, error_model="numpy")(loop))
    except RuntimeError:  # There is no folder to keep machine code in: it is made anew each time.
        return cast(Loop, numba.njit(error_model="numpy")(loop))
