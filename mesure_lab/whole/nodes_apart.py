"""Nodes apart: faults of one of two services over one store."""

from random import Random
from typing import Final

from mesure_lab.whole.drawn.scenery import H, M, S
from mesure_lab.whole.world import World

SPANS_US: Final = (5 * S, 15 * S, 40 * S, 10 * M, 3 * H)
PERSONS_MAX: Final = 3


def strike(world: World, dice: Random) -> str:
    """Have the node that leads stand still, lose its session, or be asked to share its version."""
    machine, kind = world.machine, dice.randrange(4)
    cluster = machine.cluster
    if kind == 0:
        word = world.attempt(
            lambda: machine.whole(lambda: cluster.stand_still(dice.choice(SPANS_US)))
        )
    elif kind == 1:
        word = world.attempt(lambda: machine.whole(cluster.cut_off))
    elif kind == 2:
        cluster.strike_within(dice.randrange(PERSONS_MAX))
        word = "to stand still in a step"
    else:
        cluster.ask()  # As everybody awake does twice a second: no session ends for its silence.
        world.versions_met += machine.try_other_version()
        word = "another version"
    return str(word)
