"""Second eyes: the part of an order that a second person must check before it binds: its places.

A slip of the pen in an hour is read back in a sentence and seen. A corner that was drawn on the
wrong side of a street is seen by nobody who drew it. So a place that is new, or redrawn since the
version before, needs a second pair of eyes.
"""

from mesure.orders.model.order import OrderVersion


def new_or_redrawn(version: OrderVersion, before: OrderVersion | None) -> tuple[str, ...]:
    """Return the names of places that are new or redrawn, as written."""
    known = {} if before is None else before.places
    return tuple(name for name, place in version.places.items() if known.get(name) != place)
