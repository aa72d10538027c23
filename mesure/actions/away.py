"""Nothing can be kept now: what whoever listens to devices has to know of a store, and no more."""

from collections.abc import Iterator
from contextlib import contextmanager

from mesure.store.faults import StoreError


class AwayError(Exception):
    """Nothing can be kept now, and nothing was acknowledged; whoever sent is to come again."""


@contextmanager
def told() -> Iterator[None]:
    """Say what a store cannot do now as `AwayError`."""
    try:
        yield
    except StoreError as fault:
        raise AwayError(str(fault)) from fault
