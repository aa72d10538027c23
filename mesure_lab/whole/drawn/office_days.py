"""Office days: which work of the office a seed lives, when, and about whom.

It has dice of its own and numbers of its own, far above those of all other events: so seeds of
before stay what they are, and what others add to the plan changes nothing here.
"""

from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.drawn.swarm import Swarm

OFFICE_FROM: Final = 9_000  # Seeds from here on live the work of the office.
NUMBERS_FROM: Final = 1_000_000
MINUTES_OF_DAY: Final = 1_440


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


WORKS: Final = tuple(OfficeWork)


class OfficeDay(NamedTuple):
    """One piece of work: when, about which person, and which, by its place in `WORKS`."""

    at_us: int
    person: int
    item: int


def plan(seed: int, swarm: Swarm) -> Iterator[OfficeDay]:
    """Yield the work of the office in a seed; nothing in those of before."""
    if seed < OFFICE_FROM:
        return
    dice = Random(f"{seed} office")
    works = [number for number in range(len(WORKS)) if dice.random() < 0.6] or [0]
    per_day = dice.choice((4, 8, 16))
    for _ in range(per_day * swarm.days):
        at_us = swarm.begin_us + dice.randrange(swarm.days * MINUTES_OF_DAY) * M + dice.randrange(M)
        yield OfficeDay(at_us, dice.randrange(swarm.persons), dice.choice(works))
