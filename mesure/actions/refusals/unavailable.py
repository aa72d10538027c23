"""Store unavailable: what device listeners must know about a store that cannot write now."""

from mesure.store.values.faults import StoreError


class StoreUnavailableError(Exception):
    """Nothing can be kept now, and nothing was acknowledged; the sender is to come again."""


class convert_errors:  # noqa: N801  It is used as a function.
    """Say what a store cannot do now as `StoreUnavailableError`."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, StoreError):
            raise StoreUnavailableError(str(fault)) from fault
