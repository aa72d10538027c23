"""Rare days: what persons hardly ever live by chance, and each of them lives from `FROM_SEED` on.

An absence from all conditions is revoked while it runs, or outlasts a variation that knows only
some of them; and the order is corrected backwards by another place alone.
"""

from random import Random
from typing import Final

from mesure_lab.whole.drawn import random_persons
from mesure_lab.whole.drawn.random_persons import DAY, DrawnAbsence, DrawnPerson
from mesure_lab.whole.drawn.scenery import H, M

FROM_SEED: Final = 62_000
ASKED_BEYOND_FROM: Final = 63_000
LASTS_US: Final = (9 * H, 20 * H, DAY + 7 * H)


def is_rare(seed: int) -> bool:
    """Tell whether a seed lives them."""
    return seed >= FROM_SEED


def is_asked_beyond(seed: int) -> bool:
    """Tell whether somebody asks for an absence beyond an end that is entered wrongly."""
    return seed >= ASKED_BEYOND_FROM


def add(person: DrawnPerson, seed: int) -> None:
    """Have a person live some of it."""
    if not is_rare(seed):
        return
    dice = Random(f"rare days of {person.number}")
    is_revoked = dice.random() < 0.5
    start_us = person.begin_us + dice.randrange(1, person.days * 12) * H
    end_us = start_us + dice.choice(LASTS_US)
    middle_us = start_us + (end_us - start_us) // 2
    names = tuple(condition.partition(":")[0] for condition in person.conditions)
    revoked_us = middle_us if is_revoked else None
    person.absences.append(DrawnAbsence(start_us - M, revoked_us, names, start_us, end_us, None))
    if not is_revoked and names[1:]:
        person.texts.append(random_persons.narrow(person, middle_us))
    if dice.random() < 0.6:
        random_persons.move(person, dice)
