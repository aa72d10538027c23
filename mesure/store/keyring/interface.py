"""Keyring interface: each person's own key, under which everything about them is sealed.

Forgetting a key erases what was sealed under it, wherever copies of it lie. That is why keys are
never in the store, nor in a backup of it.
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol, TypeVar

from mesure.store.values.bounds import NOBODY

KEY_BYTES: Final = 32
T = TypeVar("T")


class KeyErasure(NamedTuple):
    """That a key was forgotten; whose is known only with the keyring and the id."""

    blinded: str
    at_us: int


class Keyring(Protocol):
    """A keyring that is open; several threads and processes may use it at once."""

    def key_of(self, name: str) -> bytes:
        """Return the key of a person, or of what a device sent for nobody, made on first use.

        Raises `ErasedError` for somebody whose key was forgotten, and `LostKeyError` where there
        is none: a new one would open nothing of what is kept, and hide that it cannot be read.
        """
        ...

    def make_keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the keys of persons who are new here; those that are missing are made in one step.

        Raises `ErasedError` for the first who was erased, and makes none then.
        """
        ...

    def find_key(self, name: str) -> bytes | None:
        """Return a key, if there is one; None for somebody new or erased."""
        ...

    def find_keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return those of several keys that are there."""
        ...

    def read_once(self, name: str, sealed: bytes, bound: bytes, read: Callable[[bytes], T]) -> T:
        """Return what `read` makes of what is sealed under a key and bound to its place.

        It is kept for as long as the key is in memory, and nobody may change it. Raises
        `LostKeyError` for what cannot be opened.
        """
        ...

    def is_erased(self, name: str) -> bool:
        """Tell whether a key was forgotten."""
        ...

    def forget(self, name: str, at_us: int) -> bool:
        """Destroy a key for good, and write down that it was; False where that was done before."""
        ...

    def forget_again(self, erasures: Iterable[KeyErasure]) -> tuple[str, ...]:
        """Destroy the keys that a newer list of erasures names; return whose were still there.

        For a keyring that was restored from a backup older than some erasures.
        """
        ...

    def erasures(self) -> tuple[KeyErasure, ...]:
        """Return which keys were forgotten and when, in order of time."""
        ...

    def blind(self, name: str) -> str:
        """Return what stands for a name in the list of erasures."""
        ...

    def programme_key(self, purpose: str) -> bytes:
        """Return the key that the programme itself has for a purpose; always the same one."""
        ...

    def rewrap(self, new_master: bytes) -> None:
        """Put every key under a new master key; the old one opens nothing more."""
        ...


def owner_of_unassigned(device: str) -> str:
    """Return the name of the key for what a device sent while nobody carried it.

    >>> owner_of_unassigned("D-7")
    'device:D-7'
    """
    return NOBODY + device
