"""Kept and missed: somebody who keeps an appointment on the first day and misses it on the last.

Meanwhile they are at home, and the decision that they are not at the office gets older than
evidence reaches. Decision: docs/decisions/0051-one-seed-simulates-the-whole-system.md
"""

from random import Random
from typing import Final

from mesure.instants import to_datetime
from mesure_lab.whole.drawn import random_persons, scenery
from mesure_lab.whole.drawn.random_persons import DAY, DrawnMessage, DrawnPerson, Text
from mesure_lab.whole.drawn.scenery import Fix, H, M

OFFICE_M: Final = 2_000.0
EVERY_US: Final = 28 * M  # Nobody is silent.
AT_OFFICE_US: Final = 4 * M
ARRIVES_US, LEAVES_US = 9 * H + 50 * M, 10 * H + 40 * M
BEGINS_US: Final = 8 * H


def person(number: int, days: int, begin_us: int) -> DrawnPerson:
    """Return somebody by their number, whose first day begins at an instant."""
    dice = Random(f"kept and missed {number} of {days} days")
    person = DrawnPerson(number, days, begin_us)
    weekdays = (f"{to_datetime(begin_us + at * DAY):%a}".lower() for at in (0, days - 1))
    when = f"every: [{', '.join(weekdays)}], from: 10:00, until: 10:30"
    appointment = f"C1: {{appointment: {{at: office, {when}, present_min: 10}}}}"
    text = scenery.order(appointment, in_force=random_persons.in_force(person), name=person.order)
    text = text.replace("person: P-1\n", f"person: {person.name}\n")
    person.texts.append(Text(begin_us, text))
    device = f"D-{number}"
    person.carried.append((device, dice.choice(("phone", "gnss_tag")), begin_us - DAY, None))
    home_until_us = begin_us + (days - 1) * DAY + 12 * H
    fixes = [
        *_stay(begin_us + BEGINS_US, begin_us + ARRIVES_US, 0.0, EVERY_US),
        *_stay(begin_us + ARRIVES_US, begin_us + LEAVES_US, OFFICE_M, AT_OFFICE_US),
        *_stay(begin_us + LEAVES_US, home_until_us, 0.0, EVERY_US),
    ]
    person.messages = [_message(device, one) for one in fixes]
    return person


def _stay(start_us: int, end_us: int, east_m: float, every_us: int) -> list[Fix]:
    return [Fix(at_us, at_us, east_m) for at_us in range(start_us, end_us, every_us)]


def _message(device: str, fix: Fix) -> DrawnMessage:
    batch = scenery.as_batch(scenery.fixes([fix]))
    return DrawnMessage(fix.observed_us, fix.observed_us, device, batch)
