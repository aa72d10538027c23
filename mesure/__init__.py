"""Mesure: says, condition by condition, whether a court order was met, and how sure one can be.

The public Python interface is `replay` and what it returns; everything below `mesure.` may change.

    >>> import mesure
    >>> found = mesure.replay("order.yaml", "fixes.csv")  # doctest: +SKIP
    >>> print(found.to_text())  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from mesure.version import VERSION

if TYPE_CHECKING:
    from mesure.api import InputError, ReplayResult, replay

__version__ = VERSION

__all__ = ["InputError", "ReplayResult", "__version__", "replay"]


def __getattr__(name: str) -> object:
    """Load the interface when it is first asked for: a room can be used without the rest."""
    if name not in __all__:
        raise AttributeError(f"module 'mesure' has no attribute {name!r}")
    from mesure import api

    return getattr(api, name)
