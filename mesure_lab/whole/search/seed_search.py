"""Seed search: live one seed after another, and cut one that breaks something to few events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mesure_lab.whole import living
from mesure_lab.whole.drawn import planned_events, swarm
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.world import BrokenInvariantError

TAIL: Final = 12
UNEXPECTED: Final = "no_fault_unexpected"  # The invariant of everything that nobody foresaw.


@dataclass(frozen=True)
class SeedResult:
    """What became of a seed."""

    seed: int
    person_days: int
    events: int
    judged: int
    starts: int
    digest: str
    invariant: str = ""  # Which is broken; empty: all of them hold.
    what: str = ""
    trace: tuple[str, ...] = ()  # The last of what happened.
    judged_sha256: str = ""  # Of all that is judged of everybody in the end.

    @property
    def holds(self) -> bool:
        """Tell whether every invariant held."""
        return not self.invariant


def try_seed(
    seed: int, only: frozenset[int] | None = None, server: str = "", *, is_sound: bool = False
) -> SeedResult:
    """Live a seed, or only some of its events, and say what became of it.

    `server` and `is_sound` are those of `living.open_world`.
    """
    with living.open_world(seed, only, server, is_sound=is_sound) as world:
        broken = what = ""
        try:
            living.live(world)
        except BrokenInvariantError as error:
            broken, what = error.invariant, str(error)
        except Exception as error:  # noqa: BLE001  Whatever it is, it is a finding.
            broken, what = UNEXPECTED, f"{type(error).__name__}: {error}"
        return SeedResult(
            seed,
            len(world.persons) * world.swarm.days,
            len(world.events),
            world.steps,
            world.machine.starts,
            world.digest,
            broken,
            what,
            tuple(world.trace[-TAIL:]) if broken else (),
            world.judged_sha256,
        )


def events_of(seed: int) -> list[PlannedEvent]:
    """Return everything that is planned in a seed."""
    drawn = swarm.draw(seed)
    return planned_events.plan(seed, drawn, planned_events.persons_of(seed, drawn))


# --- Shrinking -----------------------------------------------------------------------------------


def shrink(
    broken: SeedResult,
    tell: Callable[[int], None],
    attempt: Callable[[int, frozenset[int]], SeedResult] = try_seed,
) -> tuple[int, ...]:
    """Return the numbers of the few events in which the same invariant is broken.

    Paper: A. Zeller, R. Hildebrandt, Simplifying and isolating failure-inducing input, 2002.
    """
    event_numbers = [event.number for event in events_of(broken.seed)]

    def breaks(numbers: Sequence[int]) -> bool:
        return attempt(broken.seed, frozenset(numbers)).invariant == broken.invariant

    parts = 2
    while len(event_numbers) >= 2:
        size = -(-len(event_numbers) // parts)
        for start in range(0, len(event_numbers), size):
            rest = event_numbers[:start] + event_numbers[start + size :]
            if breaks(rest):
                event_numbers, parts = rest, max(parts - 1, 2)
                tell(len(event_numbers))
                break
        else:
            if parts >= len(event_numbers):
                break
            parts = min(2 * parts, len(event_numbers))
    return tuple(event_numbers)
