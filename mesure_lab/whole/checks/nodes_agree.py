"""Nodes agree: what must be true of two services over one store."""

from collections.abc import Iterator

from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World


@invariant("one_leads", "decision 0062")
def one_leads(world: World) -> Iterator[str]:
    """Yield that nobody led who was awake, or more than one, after everybody had asked."""
    if world.machine.counts.not_one_leads:
        yield f"{world.machine.counts.not_one_leads} times"


@invariant("versions_never_meet", "decision 0062")
def versions_never_meet(world: World) -> Iterator[str]:
    """Yield that a service of another version began while others used the store."""
    if world.versions_met:
        yield f"{world.versions_met} times"


@invariant("order_is_dense", "decision 0030")
def order_is_dense(world: World) -> Iterator[str]:
    """Yield where the order of what was received has a gap."""
    if world.erased:
        return
    numbers: dict[int, list[int]] = {}
    for part, sequence in world.machine.rows("SELECT part, sequence FROM message"):
        numbers.setdefault(part, []).append(sequence)
    for part, sequences in numbers.items():
        if sorted(sequences) != list(range(1, len(sequences) + 1)):
            yield f"partition {part} has {len(sequences)} numbers up to {max(sequences)}"
