"""Named checks: each invariant with its name, and the law or decision that asks for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from mesure_lab.whole.world import World

Check = Callable[[World], Iterator[str]]


@dataclass(frozen=True)
class Invariant:
    """Something that must be so."""

    name: str
    source: str
    check: Check


_ALL: Final[dict[str, Invariant]] = {}


def invariant(name: str, source: str) -> Callable[[Check], Check]:
    """Give a check its name, and the law or decision that asks for it."""

    def register(check: Check) -> Check:
        _ALL[name] = Invariant(name, source, check)
        return check

    return register


def every_invariant() -> tuple[Invariant, ...]:
    """Return all of them."""
    return tuple(_ALL.values())


def hold(world: World, *checks: Check) -> None:
    """Check some of them, and say which is broken first."""
    with world.disk.watch():
        for invariant_ in _ALL.values():
            if invariant_.check in checks:
                for what in invariant_.check(world):
                    world.broken(invariant_.name, what)
