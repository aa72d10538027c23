"""Key losses: the key of a person is gone for some minutes, as after a restore of older keys.

Nothing of them opens meanwhile, nobody else waits for them, and the office is told. Once the key is
back, everything that came in is judged as if nothing had happened.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from random import Random
from typing import Final

from mesure.actions.judging import judging_position
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.simulated.simulated_devices import NotCarriedError
from mesure_lab.whole.world import World

MINUTES: Final = (5, 40)
P_RESTART: Final = 0.3
P_FORWARD: Final = 0.3  # Of each device in each minute, where something waits.
TAKE: Final = "DELETE FROM wrapped_key WHERE name = ? RETURNING wrapped"
PUT: Final = "INSERT INTO wrapped_key VALUES (?, ?)"


def lose(world: World, event: PlannedEvent) -> str:
    """Have the key of somebody be gone for a while, in which devices go on to report."""
    person = world.persons[event.person].name
    if person not in world.people.officer_of:
        return "nobody"
    dice = Random(f"{world.seed} key {event.number}")
    world.disk.spare()
    before = len(world.machine.not_judged)
    minutes = dice.choice(MINUTES)
    with _taken_away(world, person):
        for _ in range(minutes):
            for device in world.devices.values():
                if device.waiting and dice.random() < P_FORWARD:
                    with suppress(NotCarriedError, OffError):
                        device.forward(world.network)
            world.judge()
            _expect_notice(world, person, before)
            world.attempt(world.machine.notify)
            if dice.random() < P_RESTART / minutes:
                world.restart()
            world.wait(M)
    failed = [name for name, _ in world.machine.not_judged[before:]]
    del world.machine.not_judged[before:]
    if set(failed) - {person}:
        world.broken("nobody_left_unjudged", f"{set(failed)} wait for the key of {person}")
    if dice.random() < 0.5:
        world.restart()
    letterbox = world.machine.leader.receiving.letterbox
    world.attempt(letterbox.take_waiting)  # What was set aside without the key is kept.
    world.judge()
    return f"{person} had no key for {minutes} minutes, {len(failed)} times not judged"


def _expect_notice(world: World, person: str, before: int) -> None:
    """Break where somebody cannot be judged, and the office is not told."""
    if any(name == person for name, _ in world.machine.not_judged[before:]):
        with world.read_undisturbed() as reading:
            if person not in judging_position.not_judged(reading):
                world.broken("nobody_left_unjudged", f"nobody is told that {person} is not judged")


@contextmanager
def _taken_away(world: World, person: str) -> Iterator[None]:
    """Have the key of a person be away from its file."""
    path = world.machine.folder.keyring
    with closing(sqlite3.Connection(path)) as keys, keys:
        [(wrapped,)] = keys.execute(TAKE, (person,)).fetchall()
    try:
        yield
    finally:
        with closing(sqlite3.Connection(path)) as keys, keys:
            keys.execute(PUT, (person, wrapped))
