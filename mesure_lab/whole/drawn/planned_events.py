"""Planned events: everything that will happen in a seed, each with a number and its own dice.

What an event does follows from the seed and its own number alone, so that leaving one out changes
none of the others: a life that went wrong can be cut to the few events that it takes.
"""

from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from mesure_lab.whole.drawn import (
    brief_states,
    kept_and_missed,
    narrow_limits,
    office_days,
    random_persons,
    rare_days,
    upheaval_plan,
)
from mesure_lab.whole.drawn.random_persons import DAY, DrawnPerson
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.drawn.swarm import Swarm
from mesure_lab.whole.drawn.upheaval_plan import UpheavalKind

NOBODY: Final = -1
PERSONS_OF_SEED: Final = 10  # More than any seed has: each has persons of its own.
ENTERED_BEFORE_US: Final = 2 * H
DAYS_OF_LINK: Final = 3
HOLDERS: Final = 6  # Of accounts, with the one who only learns.


class EventKind(StrEnum):
    """What kind of thing happens."""

    ENTER = "enter"  # A person comes, with an order and a device.
    VARY = "vary"  # Another version of the order is entered.
    CORRECT = "correct"  # A version is entered that binds from long before.
    GRANT = "grant"  # An absence is authorised.
    REVOKE = "revoke"
    CARRY = "carry"  # A device is given back, and another one taken.
    SAY = "say"  # A device says something.
    HELP = "help"  # Somebody presses the button on a device.
    ACT = "act"  # Somebody does something with a record.
    HOUR = "hour"  # The network, faults, and what the service does now and then.
    DAY = "day"  # Retention, and the check of everything.
    BACK_UP = "back_up"
    SIGN_IN = "sign_in"  # Somebody who works here comes or goes, or a stranger tries to.
    KEY = "key"  # The same with a passkey, or by the directory.
    LEAVE_LINK = "leave_link"  # A link lies until it is over, and somebody tries it.
    END = "end"  # An order ends before its time.
    CALL = "call"  # Somebody calls for help with a phone of a pilot.
    OFFICE = "office"  # Somebody at the office is about something else than incidents.
    ERASE = "erase"  # Everything about a person, before its time.


class PlannedEvent(NamedTuple):
    """Something that will happen."""

    number: int
    at_us: int
    kind: EventKind | UpheavalKind
    person: int = NOBODY
    item: int = 0

    def dice(self, seed: int) -> Random:
        """Return the dice of this event."""
        return Random(f"{seed} {self.kind} {self.number}")


def persons_of(seed: int, swarm: Swarm) -> list[DrawnPerson]:
    """Return who lives in a seed."""
    first, days, begin_us = seed * PERSONS_OF_SEED, swarm.days, swarm.begin_us
    persons = [random_persons.person(first + n, days, begin_us) for n in range(swarm.persons)]
    if swarm.is_corrected:
        random_persons.correct(persons[0], Random(f"{seed} corrected"))
    if swarm.is_kept_and_missed:
        persons.append(kept_and_missed.person(first + swarm.persons, days, begin_us))
    if swarm.phone_way is not None:
        persons.append(_with_phone(first + swarm.persons + 1, days, begin_us))
    for person in persons[: swarm.persons]:
        brief_states.add(person)
        rare_days.add(person, seed)
    return persons


def _with_phone(number: int, days: int, begin_us: int) -> DrawnPerson:
    """Return somebody who carries one phone from the first day to the last."""
    person = random_persons.person(number, days, begin_us)
    device, _, start_us, _ = person.carried[0]
    person.carried = [(device, "phone", start_us, None)]
    person.messages = [one for one in person.messages if one.device == device]
    return person


def plan(seed: int, swarm: Swarm, persons: list[DrawnPerson]) -> list[PlannedEvent]:
    """Return everything that will happen, in the order of time."""
    planned: tuple[_Event, ...] = (
        *_of_persons(persons, 0, swarm.persons),
        *_of_people(seed, swarm),
        *_of_service(swarm),
        *_of_operator(seed, swarm, len(persons)),
        *_of_persons(persons, swarm.persons, len(persons)),
        *_corrections(persons),
        *_sign_ins(seed, swarm),
        *_keys(seed, swarm),
        *_left_link(swarm),
        *_ends(persons),
        *_calls(seed, swarm, persons),
        *upheaval_plan.events(seed, swarm, persons),
    )
    events = [PlannedEvent(number, *rest) for number, rest in enumerate(planned)]
    events += [
        PlannedEvent(day.number, day.at_us, EventKind.OFFICE, day.person, day.item)
        for day in office_days.plan(seed, swarm)
    ]
    return sorted(events, key=lambda event: (event.at_us, event.number))


_Event = tuple[int, EventKind | UpheavalKind, int, int]


def _of_persons(persons: list[DrawnPerson], first: int, end: int) -> Iterator[_Event]:
    for number in range(first, end):
        yield from _of_person(number, persons[number])


def _corrections(persons: list[DrawnPerson]) -> Iterator[_Event]:
    for number, person in enumerate(persons):
        for item, text in enumerate(person.corrections):
            yield text.at_us, EventKind.CORRECT, number, item


def _ends(persons: list[DrawnPerson]) -> Iterator[_Event]:
    for number, person in enumerate(persons):
        if person.ended_us is not None:
            yield person.ended_us, EventKind.END, number, 0


def _calls(seed: int, swarm: Swarm, persons: list[DrawnPerson]) -> Iterator[_Event]:
    if swarm.phone_way is not None and persons[-1].number >= random_persons.WIDER_FROM:
        dice = Random(f"{seed} calls")
        for _ in range(swarm.days):
            at_us = swarm.begin_us + dice.randrange(swarm.days * 1_440) * M
            yield at_us, EventKind.CALL, len(persons) - 1, 0


def _of_person(number: int, person: DrawnPerson) -> Iterator[_Event]:
    yield person.begin_us - ENTERED_BEFORE_US, EventKind.ENTER, number, 0
    for item, text in enumerate(person.texts[1:], 1):
        yield text.at_us, EventKind.VARY, number, item
    for item, absence in enumerate(person.absences):
        yield absence.at_us, EventKind.GRANT, number, item
        if absence.revoked_us is not None:
            yield absence.revoked_us, EventKind.REVOKE, number, item
    for item, (_, _, start_us, until_us) in enumerate(person.carried):
        if until_us is not None:
            yield until_us, EventKind.CARRY, number, item
        if item:
            yield start_us + 1, EventKind.CARRY, number, item
    for item, message in enumerate(person.messages):
        yield message.kept_us, EventKind.SAY, number, item


def _of_people(seed: int, swarm: Swarm) -> Iterator[_Event]:
    dice = Random(f"{seed} people")
    for number in range(swarm.persons):
        for _ in range(round(swarm.acts_per_day * swarm.days)):
            at_us = swarm.begin_us + dice.randrange(swarm.days * 1_440) * M + dice.randrange(M)
            yield at_us, EventKind.ACT, number, 0
        if dice.random() < 0.2:
            at_us = swarm.begin_us + dice.randrange(swarm.days * 1_440) * M
            yield at_us, EventKind.HELP, number, 0


def _sign_ins(seed: int, swarm: Swarm) -> Iterator[_Event]:
    dice = Random(f"{seed} sign-ins")
    for _ in range(round(swarm.sign_ins_per_day * swarm.days)):
        at_us = swarm.begin_us + dice.randrange(swarm.days * 1_440) * M + dice.randrange(M)
        yield at_us, EventKind.SIGN_IN, NOBODY, dice.randrange(HOLDERS)


def _keys(seed: int, swarm: Swarm) -> Iterator[_Event]:
    dice = Random(f"{seed} keys")
    for _ in range(round(swarm.keys_per_day * swarm.days)):
        at_us = swarm.begin_us + dice.randrange(swarm.days * 1_440) * M + dice.randrange(M)
        yield at_us, EventKind.KEY, NOBODY, dice.randrange(HOLDERS)


def _left_link(swarm: Swarm) -> Iterator[_Event]:
    if swarm.is_link_left and swarm.days >= DAYS_OF_LINK:
        yield swarm.begin_us - H, EventKind.LEAVE_LINK, NOBODY, 0
        yield swarm.begin_us + DAYS_OF_LINK * DAY + M, EventKind.LEAVE_LINK, NOBODY, 1


def _of_service(swarm: Swarm) -> Iterator[_Event]:
    for hour in range(swarm.days * 24):
        yield swarm.begin_us + hour * H + 17 * M, EventKind.HOUR, NOBODY, hour
    for day in range(1, swarm.days):
        yield swarm.begin_us + day * DAY + 3 * H, EventKind.DAY, NOBODY, day


def _of_operator(seed: int, swarm: Swarm, persons: int) -> Iterator[_Event]:
    dice = Random(f"{seed} operator")
    minutes = swarm.days * 1_440
    if swarm.is_restored:
        at_us = swarm.begin_us + dice.randrange(minutes // 3, minutes) * M
        yield at_us, EventKind.BACK_UP, NOBODY, 0
    if swarm.is_erased:
        at_us = swarm.begin_us + dice.randrange(minutes * 2 // 3, minutes) * M
        erasable = persons if narrow_limits.is_narrow(seed) else swarm.persons
        yield at_us, EventKind.ERASE, dice.randrange(erasable), 0
