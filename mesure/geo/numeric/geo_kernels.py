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


def is_compiled() -> bool:
    """Say whether loops run as machine code; where they do not, arrays are quicker."""
    return _Switch.is_on and _numba() is not None


@cache
def _numba() -> ModuleType | None:
    """Return numba; None where it is not installed, does not start, or is told not to compile."""
    if find_spec("numba") is None:
        return None
    try:
        numba = import_module("numba")
    except (ImportError, OSError):  # It does not go with this numpy, or finds too little memory.
        return None
    return None if numba.config.DISABLE_JIT else numba


def jit(loop: Loop) -> Loop:
    """Have a loop compiled when it is first called, not already when it is read."""
    keeps = True  # On disk, for the next run of the program.

    @cache
    def machine_code(keep: bool) -> Loop:
        return cast(Loop, import_module("numba").njit(cache=keep, error_model="numpy")(loop))

    @wraps(loop)
    def run(*arguments: object) -> None:
        nonlocal keeps
        if not is_compiled():
            loop(*arguments)
            return
        try:
            machine_code(keeps)(*arguments)
        except Exception:
            # There is no folder for it, the disk is full, or what was kept is damaged: it is made
            # anew and not kept. A loop itself raises nothing.
            if not keeps:
                raise
            keeps = False
            machine_code(keeps)(*arguments)

    return cast(Loop, run)
