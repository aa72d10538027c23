"""Full disk: nothing can be written for minutes, while letters and events of programs go out."""

from random import Random
from typing import Final

from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.world import World

MINUTES: Final = (3, 20)


def fill(world: World, event: PlannedEvent) -> str:
    """Let the disk be full for some minutes; the service remembers which letters have gone out."""
    dice = Random(f"{world.seed} full {event.number}")
    minutes, machine = dice.choice(MINUTES), world.machine
    was_struck, notifier = world.was_struck, machine.leader.notifier
    letters, unanswered = world.mail.letters.copy(), world.mail.unanswered.copy()
    world.disk.spare()
    world.disk.fill(is_full=True)
    for _ in range(minutes):
        world.attempt(machine.notify)
        world.judge()
        world.wait(M)
    world.disk.fill(is_full=False)
    world.attempt(machine.notify)
    if machine.leader.notifier is not notifier:  # It does not know what the other sent.
        return f"{minutes} minutes, and another notifier"
    world.was_struck = was_struck
    for name, times in (world.mail.letters - letters).items():
        if times - world.mail.unanswered[name] + unanswered[name] > 1:
            world.broken("told_once", f"letter {name} was sent {times} times while a disk was full")
    return f"{minutes} minutes"
