"""Slow receivers: who answers late keeps nobody else waiting."""

from collections.abc import Iterator
from typing import Final

from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.world import World

SOON_US: Final = M


@invariant("slow_keep_nobody_waiting", "decision 0033; docs/api.md")
def slow_keep_nobody_waiting(world: World) -> Iterator[str]:
    """Yield that programs waited long for what was due, since a mail server was slow."""
    if world.receiver.late_us > SOON_US:
        yield f"a program was told {world.receiver.late_us / 1e6:.0f} s after the turn began"
