"""Clock leaps: the machine's clock is wrong by hours for a while, and then right again."""

from random import Random
from typing import Final

from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.world import World

LEAPS_US: Final = (-26 * H, -5 * H, -H, H, 5 * H, 26 * H)


def leap(world: World, event: PlannedEvent) -> str:
    """Let the clock be wrong by hours while the service does what it does, and set it right."""
    dice, before_us = Random(f"{world.seed} leap {event.number}"), world.time.step_us
    world.time.step_us = dice.choice(LEAPS_US)
    world.upheavals.has_leapt = True
    machine, words = world.machine, [f"clock {world.time.step_us}"]
    if dice.random() < 0.3:
        world.restart()
        words.append("restart")
    words.append(f"{world.judge()} judged")
    for work in (machine.notify, machine.sign_log, machine.keep_up):
        world.attempt(work)
    world.wait(dice.choice((M, 20 * M)))
    world.judge()
    world.time.step_us = before_us
    if dice.random() < 0.3:
        world.restart()
        words.append("restart")
    world.judge()
    return " ".join(words)
