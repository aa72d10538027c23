"""Brief states: a strap open or a battery empty for a moment, whose end the device says late.

Meanwhile it is reported as something that lasts. Persons before `FROM_PERSON` have none, nor those
of seeds that have the work of the office alone (`upheaval_plan`).
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind, UplinkEvents
from mesure_lab.whole.drawn.random_persons import DrawnMessage, DrawnPerson
from mesure_lab.whole.drawn.scenery import H, M, S

FROM_PERSON: Final = 80_000
WITHOUT: Final = range(90_000, 100_000)
LASTS_US: Final = (20 * S, 60 * S, 110 * S, 130 * S, 20 * M)
LATE_US: Final = (S, M, 4 * M, H, 5 * H)


def add(person: DrawnPerson) -> None:
    """Have a person's devices say some of it, each day once or twice."""
    if person.number >= FROM_PERSON and person.number not in WITHOUT:
        person.messages = sorted(
            (*person.messages, *_messages(person)), key=lambda message: message.kept_us
        )


def _messages(person: DrawnPerson) -> Iterator[DrawnMessage]:
    dice, device = Random(f"brief {person.number}"), person.carried[0][0]
    for _ in range(person.days * dice.choice((1, 2))):
        at_us = person.begin_us + dice.randrange(person.days * 24 * 60) * M
        over_us = at_us + dice.choice(LASTS_US)
        kind = dice.choice((UplinkEventKind.STRAP, UplinkEventKind.LOCATING))
        for said_us, value, late_us in ((at_us, False, 0), (over_us, True, dice.choice(LATE_US))):
            what = UplinkEvents((UplinkEvent(kind, said_us, value),))
            heard_us = said_us + late_us
            yield DrawnMessage(heard_us, heard_us, device, what, said_us)
