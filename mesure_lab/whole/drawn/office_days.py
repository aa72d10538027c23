"""Office days: which work of the office a seed lives, when, and about whom.

It has dice of its own and numbers of its own, far above those of all other events: so earlier seeds
stay what they are, and what others add to the plan changes nothing here.
"""

from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.drawn.swarm import Swarm

OFFICE_FROM: Final = 9_000  # Seeds from here on live the work of the office.
NUMBERS_FROM: Final = 1_000_000
NUMBERS_OF_WORK: Final = 10_000  # Each has its own, or a new one would move those behind it.
MINUTES_OF_DAY: Final = 1_440
P_LIVED: Final = 0.5
PER_DAY: Final = (0.5, 1.0, 3.0)


class OfficeWork(StrEnum):
    """What somebody at the office is about; new ones come last, since seeds name them by turn."""

    DRAFT = "draft"  # An order is entered step by step, and confirmed by a second officer.
    VENUES = "venues"  # A list of venues is imported, decided, approved, and imported anew.
    NOTES = "notes"  # Notes, calls and visits are written, corrected and taken back.
    HAND_OVER = "hand_over"  # A case is covered for, and a note for it is read.
    COUNSEL = "counsel"  # Somebody is invited to read, reads, and tries more.
    OWN_DATA = "own_data"  # Somebody asks for a person's data: they themselves, or an authority.
    CONTACTS = "contacts"  # How somebody is written to changes.
    DEPARTURE = "departure"  # Somebody gives notice of leaving.
    PROGRAMS = "programs"  # Tokens and webhooks are set up and withdrawn.
    SPARE_DEVICE = "spare_device"  # A device is entered, introduced and retired.
    BARS = "bars"  # Somebody who was barred is let in again, by two.
    GROUNDS = "grounds"  # A trail is to be seen without an incident.
    LOOKS = "looks"  # Everybody looks at everything, mostly what is not theirs.
    STATEMENTS = "statements"  # What a person said is taken back; the office's own words.
    PROCEDURE = "procedure"  # Until when things are decided changes from a day on.


WORKS: Final = tuple(OfficeWork)


class OfficeDay(NamedTuple):
    """One piece of work: its number, when, about which person, and which, by its place."""

    number: int
    at_us: int
    person: int
    item: int


def plan(seed: int, swarm: Swarm) -> Iterator[OfficeDay]:
    """Yield the work of the office in a seed; nothing in earlier ones."""
    for item, work in enumerate(WORKS if seed >= OFFICE_FROM else ()):
        dice = Random(f"{seed} office {work}")
        if dice.random() < P_LIVED:
            first = NUMBERS_FROM + item * NUMBERS_OF_WORK
            for number in range(first, first + round(dice.choice(PER_DAY) * swarm.days)):
                minutes = dice.randrange(swarm.days * MINUTES_OF_DAY)
                at_us = swarm.begin_us + minutes * M + dice.randrange(M)
                yield OfficeDay(number, at_us, dice.randrange(swarm.persons), item)
