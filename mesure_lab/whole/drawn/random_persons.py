"""Random persons: what their orders say, what their devices report and when, what is changed.

Everything follows from a number, so that a person who was judged wrongly can be lived again. The
hazards are dense: windows once a week, decisions long before them, messages late and out of order,
pieces of one delivery on both sides of a look, clocks ahead, silences, absences granted afterwards.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import Final, NamedTuple

from mesure.devices.message.batch import FixBatch
from mesure.devices.message.uplink import Heartbeat, Up, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.instants import to_datetime, to_us
from mesure_lab.whole.drawn import random_fixes, scenery
from mesure_lab.whole.drawn.scenery import Fix, H, M, S

DAY: Final = 24 * H
BEGIN_US: Final = to_us(datetime(2026, 2, 2, tzinfo=UTC))  # A Monday.
BINDS_BEFORE: Final = timedelta(days=3)
BINDS_UNTIL: Final = timedelta(days=46)
EAST_M: Final = (0.0, 0.0, 0.0, 55.0, 65.0, 130.0, 900.0, 2_000.0, 2_000.0, 5_000.0, 9_000.0)
DELAYS_US: Final = (5 * S, 31 * S, 61 * S, 10 * M, 45 * M, 5 * H, 20 * H, 30 * H, 60 * H)
RESTING_FROM: Final = 50_000
"""The devices of persons from this number on say when they lie still; the lives of the others are
those that were lived before devices could.
"""
MASTS_FROM: Final = 60_000  # From here on phones tell by turns what is good and what masts say.
SIGNS_OF_REST: Final = 24  # Of one rest, at most.
WIDER_FROM: Final = 70_000
"""From here on orders have holidays, areas and ways, are moved to other clocks, suspended and ended
early, and absences are asked for as well as given.
"""

CONDITIONS: Final = (
    "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}",
    "{curfew: {at: home, from: 20:00, until: 22:00, every: [mon, thu]}}",
    ("{curfew: {at: home, times: [{from: 22:00, until: 02:00, every: day}, "
    "{from: 02:00, until: 06:00, every: day, at: office}]}}"),
    "{curfew: {at: home, from: 12:00, until: 12:20, every: day}}",
    "{residence: {stay_in: district}}",
    "{residence: {stay_in: home, from: 00:00, until: 24:00, every: [sat, sun]}}",
    "{exclusion: {keep_out_of: stadium}}",
    "{exclusion: {keep_out_of: stadium, from: 18:00, until: 24:00, every: [wed, sat]}}",
    "{exclusion: {keep_out_of: kiosk}}",
    "{appointment: {at: office, every: day, from: 10:00, until: 10:30, present_min: 10}}",
    "{appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}",
    "{appointment: {at: office, every: [tue, sat], from: 09:00, until: 15:00, present_min: 120}}",
    "{appointment: {at: home, every: fri, from: 23:30, until: 24:00, present_min: 5}}",
    "{appointment: {at: stadium, every: [mon, sun], from: 08:00, until: 20:00, present_min: 30}}",
)  # fmt: skip
WIDER: Final = (
    ("{curfew: {at: home, times: [{from: 20:00, until: 06:00, every: [sat, sun]}, "
    "{from: 23:00, until: 05:00, every: day}], on_holidays: {calendar: FR, as: sun}}}"),
    "{exclusion: {keep_out_of: park}}",
    "{residence: {stay_in: way, from: 09:00, until: 18:00}}",
    ("{appointment: {at: office, every: [mon, fri], from: 10:00, until: 10:30, present_min: 10, "
    "on_holidays: {calendar: FR, as: sun}}}"),
)  # fmt: skip
ZONES: Final = ("Etc/UTC", "Etc/UTC", "Asia/Almaty", "Europe/Paris")


class DrawnMessage(NamedTuple):
    """What a device says, and when that is received, and kept a little later."""

    received_us: int
    kept_us: int
    device: str
    what: Up
    sent_us: int | None = None  # When it was closed, if not at its receipt.


class AbsenceWay(StrEnum):
    """How an absence comes about."""

    GIVEN = "given"
    ASKED = "asked"  # By the person, and granted; afterwards, as an emergency.
    REFUSED = "refused"  # The same, and not granted.
    WITHDRAWN = "withdrawn"  # By the person, before there is an answer.
    SUSPENDED = "suspended"  # All conditions, by a decision.


class DrawnAbsence(NamedTuple):
    """An absence that is granted at a moment, and perhaps taken back at another."""

    at_us: int
    revoked_us: int | None
    conditions: tuple[str, ...]
    start_us: int
    end_us: int
    place: str | None
    way: AbsenceWay = AbsenceWay.GIVEN


class Text(NamedTuple):
    """A version of the order, and when it is entered."""

    at_us: int
    text: str


@dataclass
class DrawnPerson:
    """One person, from the first day to the last look."""

    number: int
    days: int
    begin_us: int = BEGIN_US
    texts: list[Text] = field(default_factory=list)
    corrections: list[Text] = field(default_factory=list)  # Of what bound long before.
    absences: list[DrawnAbsence] = field(default_factory=list)
    messages: list[DrawnMessage] = field(default_factory=list)
    carried: list[tuple[str, str, int, int | None]] = field(default_factory=list)
    conditions: tuple[str, ...] = ()
    zone: str = ZONES[0]
    ended_us: int | None = None  # When it is entered that their order ends early, at once.

    @property
    def name(self) -> str:
        """Return the id of the person."""
        return f"P-{self.number}"

    @property
    def order(self) -> str:
        """Return the name of their order."""
        return f"A-{self.number}"

    @property
    def end_us(self) -> int:
        """Return the end of the last day."""
        return self.begin_us + self.days * DAY

    @property
    def is_varied(self) -> bool:
        """Tell whether something that binds is changed on the way."""
        is_ended = self.ended_us is not None
        return len(self.texts) > 1 or bool(self.absences or self.corrections) or is_ended


def person(number: int, days: int, begin_us: int = BEGIN_US) -> DrawnPerson:
    """Return a person by their number, whose first day begins at an instant."""
    dice = Random(f"person {number} of {days} days")
    person = DrawnPerson(number, days, begin_us)
    duties = _widened(person, dice.sample(CONDITIONS, dice.randint(1, 4)))
    conditions = tuple(f"C{at}: {one}" for at, one in enumerate(duties, 1))
    zone = dice.choice(ZONES)
    person.conditions, person.zone = conditions, zone
    person.texts.append(Text(begin_us, _text(person, dice, conditions, zone, in_force(person))))
    if dice.random() < 0.15:
        person.texts.append(_varied(person, dice, conditions, zone))
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        person.absences.append(_absence(person, dice, len(conditions)))
    _carry(person, dice)
    messages = [*_messages(person, dice)]
    if number >= RESTING_FROM:
        messages += _signs(person, messages)
    person.messages = sorted(messages, key=lambda message: message.kept_us)
    if number >= WIDER_FROM:
        _widen(person, Random(f"wider {number}"))
    return person


# --- What binds ----------------------------------------------------------------------------------


def _widened(person: DrawnPerson, duties: list[str]) -> list[str]:
    """Return what an order asks for; from some person on, some of it is of other kinds."""
    if person.number < WIDER_FROM:
        return duties
    dice = Random(f"duties of {person.number}")
    return [dice.choice(WIDER) if dice.random() < 0.35 else duty for duty in duties]


def _widen(person: DrawnPerson, dice: Random) -> None:
    """Have absences come about in other ways than given, and sometimes the order end early."""
    person.absences = [one._replace(way=dice.choice([*AbsenceWay])) for one in person.absences]
    if dice.random() < 0.15:
        person.ended_us = person.begin_us + dice.randrange(person.days * 12, person.days * 24) * H


def _text(
    person: DrawnPerson, dice: Random, conditions: tuple[str, ...], zone: str, binds: str
) -> str:
    spans = [_written(*_span_us(person, dice)) for _ in range(dice.choice((0, 0, 1, 2)))]
    allowed = [dice.choice(conditions) for _ in spans]
    return _order(person, conditions, zone, binds, _absences(allowed, spans))


def _absences(conditions: Iterable[str], spans: Iterable[str]) -> str:
    """Return absences, each from a condition for a span, as an order has them."""
    return ", ".join(
        f"B{at}: {{allows: {condition.split(':')[0]}, {span}, reason: work, by: O-7}}"
        for at, (condition, span) in enumerate(zip(conditions, spans, strict=True))
    )


def _order(
    person: DrawnPerson, conditions: tuple[str, ...], zone: str, binds: str, absences: str
) -> str:
    text = scenery.order(
        *conditions, absences=absences, in_force=binds, zone=zone, name=person.order
    )
    lat_deg, lon_deg = scenery.HOME_LAT_DEG, scenery.HOME_LON_DEG + 900 / scenery.LON_M
    kiosk = f"  kiosk: {{lat_deg: {lat_deg}, lon_deg: {lon_deg}, radius_m: 30}}\n"
    text = text.replace("person: P-1\n", f"person: {person.name}\n")
    others = kiosk if person.number < WIDER_FROM else kiosk + scenery.AREAS
    return text.replace("conditions:", f"{others}conditions:", 1)


def correct(person: DrawnPerson, dice: Random) -> None:
    """Have an order corrected backwards: what bound on the first day is said on the last."""
    at_us = person.end_us - dice.randrange(1, 12) * H
    start = f"{to_datetime(person.begin_us + dice.randrange(12) * H):%Y-%m-%dT%H:%M}"
    span = f"from: {start}, until: {_binds_until(person)}"
    if dice.random() < 0.6:  # Nothing else binds, but what was excused: what is settled is wrong.
        excused = (person.begin_us, person.begin_us + 20 * H)
        spans = [_written(*excused) for _ in person.conditions]
        text = _order(
            person, person.conditions, person.zone, span, _absences(person.conditions, spans)
        )
        person.corrections.append(Text(at_us, text))
        return
    others = [one for one in CONDITIONS if one not in "".join(person.conditions)]
    conditions = *person.conditions[1:], f"C{len(person.conditions)}: {dice.choice(others)}"
    names = [f"C{at}: {one.partition(': ')[2]}" for at, one in enumerate(conditions, 1)]
    person.corrections.append(Text(at_us, _text(person, dice, tuple(names), person.zone, span)))


def move(person: DrawnPerson, dice: Random) -> None:
    """Have an order corrected backwards by nothing but where its places are."""
    at_us = person.end_us - dice.randrange(1, 12) * H
    text = person.texts[0].text
    there, moved = scenery.HOME_LAT_DEG, scenery.HOME_LAT_DEG + 300 / scenery.LAT_M
    person.corrections.append(Text(at_us, text.replace(f"lat_deg: {there}", f"lat_deg: {moved}")))


def narrow(person: DrawnPerson, at_us: int) -> Text:
    """Return another version, without the first condition, which binds from its entry on."""
    binds = f"from: {to_datetime(at_us):%Y-%m-%dT%H:%M}, until: {_binds_until(person)}"
    return Text(at_us, _order(person, person.conditions[1:], person.zone, binds, ""))


def in_force(person: DrawnPerson) -> str:
    """Return from when until when the first version of an order binds, as it is written."""
    start = to_datetime(person.begin_us) - BINDS_BEFORE
    return f"from: {start:%Y-%m-%d}, until: {_binds_until(person)}"


def _binds_until(person: DrawnPerson) -> str:
    return f"{to_datetime(person.begin_us) + BINDS_UNTIL:%Y-%m-%d}"


def _written(start_us: int, end_us: int) -> str:
    return (
        f"from: {to_datetime(start_us):%Y-%m-%dT%H:%M}, until: {to_datetime(end_us):%Y-%m-%dT%H:%M}"
    )


def _span_us(person: DrawnPerson, dice: Random) -> tuple[int, int]:
    start_us = person.begin_us + dice.randrange(person.days * 48) * 30 * M
    return start_us, start_us + dice.choice((7 * M, 30 * M, 2 * H, 9 * H, 2 * DAY))


def _varied(person: DrawnPerson, dice: Random, conditions: tuple[str, ...], zone: str) -> Text:
    """Return another version: of fewer conditions, or others, from another day."""
    at_us = person.begin_us + dice.randrange(person.days * 24) * H
    from_us = at_us + dice.choice((-2 * DAY, -5 * H, 0, 7 * H, DAY))
    start = f"{to_datetime(max(from_us, person.begin_us)):%Y-%m-%dT%H:%M}"
    chosen_conditions = [one for one in conditions if dice.random() < 0.7] or list(conditions)
    binds = f"from: {start}, until: {_binds_until(person)}"
    if person.number >= WIDER_FROM:
        zone = Random(f"clock of {person.number}").choice(ZONES)
    return Text(at_us, _text(person, dice, tuple(chosen_conditions), zone, binds))


def _absence(person: DrawnPerson, dice: Random, count: int) -> DrawnAbsence:
    start_us, end_us = _span_us(person, dice)
    at_us = start_us + dice.choice((-9 * H, -M, H, 30 * H))
    revoked_us = at_us + dice.choice((M, 5 * H, 40 * H)) if dice.random() < 0.3 else None
    conditions = {f"C{dice.randint(1, count)}" for _ in range(2)}
    place = dice.choice((None, None, None, "office"))
    return DrawnAbsence(
        max(at_us, person.begin_us), revoked_us, tuple(sorted(conditions)), start_us, end_us, place
    )


def _carry(person: DrawnPerson, dice: Random) -> None:
    """Give one device, or another one later; or have it given back for some hours."""
    first, kind = f"D-{person.number}", dice.choice(("phone", "phone", "gnss_tag"))
    from_us = person.begin_us - DAY
    if dice.random() < 0.75:
        person.carried.append((first, kind, from_us, None))
        return
    change_us = person.begin_us + dice.randrange(1, person.days * 24) * H
    person.carried.append((first, kind, from_us, change_us))
    later_us = change_us + dice.choice((0, 0, 5 * H))
    person.carried.append((f"{first}-B", dice.choice(("phone", "gnss_tag")), later_us, None))


# --- What devices say ----------------------------------------------------------------------------


def _messages(person: DrawnPerson, dice: Random) -> Iterator[DrawnMessage]:
    at_us = person.begin_us + dice.randrange(0, 20 * 60) * M
    east_m = 0.0
    while at_us < person.end_us:
        if dice.random() < 0.12:
            at_us += dice.choice((11 * M, 29 * M, 31 * M, 90 * M, 4 * H, 9 * H))
            continue
        next_m = dice.choice(EAST_M)
        fixes, at_us = random_fixes.way_and_stay(dice, at_us, east_m, next_m)
        if person.number >= MASTS_FROM and dice.random() < 0.5:
            fixes = random_fixes.with_masts(fixes, Random(at_us))
        east_m = next_m
        yield from _sent(person, dice, fixes)
        if dice.random() < 0.15:
            yield _of_itself(person, dice, at_us)


def _sent(person: DrawnPerson, dice: Random, fixes: list[Fix]) -> Iterator[DrawnMessage]:
    """Yield the messages in which fixes come: at once, later, in pieces, some of them twice."""
    if not fixes:
        return
    how, at = dice.random(), 0
    delay_us = dice.choice(DELAYS_US)
    begin_us = fixes[-1].observed_us + delay_us
    while at < len(fixes):
        count = dice.choice((1, 1, 1, 2, 7)) if how < 0.9 else dice.choice((3, 20, 40))
        part, at = fixes[at : at + count], at + count
        last_us = part[-1].observed_us
        if how < 0.72:  # As they are taken; a clock may be ahead.
            received_us = last_us + dice.choice((0, 0, S, 2 * S, 4 * S, -60 * S))
        elif how < 0.8:  # Each as late as the other.
            received_us = last_us + delay_us
        else:  # All of them after the end, seconds apart, in any order.
            received_us = begin_us + dice.choice((0, S, 3 * S, 14 * S, 29 * S, 31 * S, 50 * S))
        yield from _message(person, dice, part, received_us)
        if dice.random() < 0.02:
            yield from _message(person, dice, part, received_us + dice.choice((S, 20 * M, 7 * H)))


def _message(
    person: DrawnPerson, dice: Random, fixes: list[Fix], received_us: int
) -> Iterator[DrawnMessage]:
    device = _carried_at(person, fixes[0].observed_us)
    batch = scenery.as_batch(scenery.fixes(fixes))
    kept_us = received_us + dice.choice((0, 0, 1_000, 300_000, 2 * S))
    yield DrawnMessage(received_us, kept_us, device, batch)


def _of_itself(person: DrawnPerson, dice: Random, at_us: int) -> DrawnMessage:
    """Return something that a device says of itself."""
    event = UplinkEvent(
        dice.choice((UplinkEventKind.STRAP, UplinkEventKind.LOCATING)), at_us, dice.random() < 0.5
    )
    percent = dice.choice((3, 15, 80))
    what = dice.choice((Heartbeat(battery_percent=percent), UplinkEvents((event,))))
    return DrawnMessage(at_us, at_us, _carried_at(person, at_us), what)


def _signs(person: DrawnPerson, messages: list[DrawnMessage]) -> Iterator[DrawnMessage]:
    """Yield what devices say of lying still while they send no fixes, mostly in time."""
    dice = Random(f"the rests of person {person.number}")
    fixes_us = sorted(
        observed_us
        for message in messages
        if isinstance(message.what, FixBatch)
        for observed_us in message.what.observed_us.tolist()
    )
    for fix_us, next_us in pairwise([*fixes_us, person.end_us]):
        if next_us - fix_us <= 9 * M or dice.random() < 0.4:
            continue
        since_us = fix_us + dice.choice((-3 * H, -M, 0, 0, 29 * S, 31 * S, 10 * M))
        every_us = dice.choice((8 * M, 20 * M, 29 * M, 31 * M))
        delay_us = dice.choice((0, 0, S, 4 * S, 40 * M, 5 * H))
        for number in range(1, SIGNS_OF_REST):
            at_us = fix_us + number * every_us
            if at_us >= next_us:
                break
            if dice.random() < 0.05:  # It is lost.
                continue
            moves = dice.random() < 0.03
            beat = Heartbeat(is_moving=True) if moves else Heartbeat(still_since_us=since_us)
            received_us = at_us + delay_us
            kept_us = received_us + dice.choice((0, 1_000, 2 * S))
            yield DrawnMessage(received_us, kept_us, _carried_at(person, at_us), beat, at_us)


def _carried_at(person: DrawnPerson, at_us: int) -> str:
    return next(
        (one for one, _, start, until in person.carried if start <= at_us < (until or at_us + 1)),
        person.carried[-1][0],
    )
