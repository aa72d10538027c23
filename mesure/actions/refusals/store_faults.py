"""Store faults under an action, for the modules that answer its caller.

`web` never touches the store, and yet has to say that it cannot write now, or that somebody was
quicker.
"""

from mesure.store.values.faults import ConflictError, LostKeyError, UnavailableError

__all__ = ["ConflictError", "LostKeyError", "UnavailableError"]
