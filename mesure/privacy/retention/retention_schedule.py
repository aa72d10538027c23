"""Retention schedule: what is kept about somebody, why, until when, and what is due.

Erasing and telling the person ask the same function, `fates`, so the person is told exactly what is
done. Each thing that is kept falls under one rule of the dated policy. A hold keeps it for longer,
and says for what: an incident that is not closed, or is contested.
Law: Directive (EU) 2016/680, article 5: time limits for erasure, with a procedure
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Final, NamedTuple

from mesure.instants import MICROSECOND, MIN_US, US_PER_DAY, to_datetime, to_us
from mesure.orders.text.sayings import TranslatableEnum
from mesure.privacy.retention.retention_policy import RetentionFile
from mesure.privacy.trail_limits import AROUND_INCIDENT

_AROUND_US: Final = AROUND_INCIDENT // MICROSECOND

CLOCK_WRONG_US: Final = 400 * US_PER_DAY
"""No device holds a message for more than a year; one that says so has a wrong clock."""


class RetentionKind(TranslatableEnum):
    """Kinds of things that are kept; each has one rule."""

    # Messages with positions, signs of life and events.
    TRAIL = "trail", "where your device was, and how it was"
    # What in them is finer than "present", inside the home.
    HOME_DETAIL = "home_detail", "where exactly in your home your device was"
    NOBODYS = "nobodys", "what a device sent while nobody carried it"
    REFUSED = "refused", "refused messages of devices"
    LOOK = "look", "who looked at your data"  # That somebody looked at a person's data.
    # That somebody did something that concerns nobody under an order.
    DEED = "deed", "what was done in the service that is about no person"
    SENT = "sent", "that messages were sent to you"
    # The order, assessments, incidents, findings, contests, details, deeds.
    RECORD = "record", "your record: the order, what was assessed and found, and your details"

    @property
    def rule(self) -> str:
        """Return the rule of the policy that says how long it is kept."""
        return _RULES[self]


_RULES: Final[Mapping[RetentionKind, str]] = {
    RetentionKind.TRAIL: "trails_days",
    RetentionKind.HOME_DETAIL: "home_detail_days",
    RetentionKind.NOBODYS: "nobodys_days",
    RetentionKind.REFUSED: "nobodys_days",
    RetentionKind.LOOK: "looks_days",
    RetentionKind.DEED: "deeds_days",
    RetentionKind.SENT: "sent_days",
    RetentionKind.RECORD: "record_days",
}


class HoldReason(TranslatableEnum):
    """Why something is kept for longer than its rule says."""

    OPEN_INCIDENT = "open_incident", "an incident is not closed yet"
    CLOSED_INCIDENT = "closed_incident", "an incident was closed a short while ago"
    CONTEST = "contest", "you contest something, and have no answer yet"


class RetainedItem(NamedTuple):
    """One thing that is kept, or several that were collected at one time."""

    sort: RetentionKind
    name: str  # How its keeper finds it again.
    collected_us: int  # From when the days count.
    span_us: tuple[int, int]  # The time it covers, both ends included.
    things: int = 1


class RetentionHold(NamedTuple):
    """A span whose evidence stays, and for what."""

    because: HoldReason
    name: str  # The incident.
    start_us: int
    end_us: int
    until_us: int | None  # None: until something happens that has no date yet.


@dataclass(frozen=True, slots=True)
class Disposition:
    """What becomes of one thing: by which rule it goes, when, and what still keeps it."""

    kept: RetainedItem
    rule_us: int | None  # When its rule is over; None while the order is in force.
    holds: tuple[RetentionHold, ...] = ()

    @property
    def due_us(self) -> int | None:
        """Return when it is due; None where that has no date yet."""
        ends = [self.rule_us, *(hold.until_us for hold in self.holds)]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None

    def is_due(self, now_us: int) -> bool:
        """Tell whether it is to go now."""
        due_us = self.due_us
        return due_us is not None and due_us <= now_us


def collection_us(first_us: int, received_us: int) -> int:
    """Return from when the days of a message count: from its first fix, if its clock can be right.

    >>> collection_us(5, 9), collection_us(12, 9)
    (5, 9)
    >>> collection_us(0, 500 * US_PER_DAY) // US_PER_DAY
    500
    """
    if received_us - first_us > CLOCK_WRONG_US:
        return received_us
    return min(first_us, received_us)


def hold_of(
    name: str,
    span_us: tuple[int, int | None],
    closed_us: int | None,
    is_contested: bool,
    rules: RetentionFile,
    now_us: int,
) -> RetentionHold | None:
    """Return what an incident holds: two hours before and after it; None where that is over.

    `closed_us` is when it was closed; None while nobody has, or while it is contested.
    """
    start_us, end_us = span_us[0], now_us if span_us[1] is None else span_us[1]
    around = start_us - _AROUND_US, max(end_us, start_us) + _AROUND_US
    if is_contested:
        return RetentionHold(HoldReason.CONTEST, name, *around, None)
    if closed_us is None or closed_us > now_us:
        return RetentionHold(HoldReason.OPEN_INCIDENT, name, *around, None)
    days = rules.days("closed_incident_days", day_of(closed_us), day_of(now_us))
    until_us = closed_us + days * US_PER_DAY
    if until_us <= now_us:
        return None
    return RetentionHold(HoldReason.CLOSED_INCIDENT, name, *around, until_us)


def fates(
    rules: RetentionFile, items: Iterable[RetainedItem], holds: Iterable[RetentionHold], now_us: int
) -> Iterator[Disposition]:
    """Yield what becomes of each thing.

    Holds keep trails. A person's record is held by whatever keeps anything of theirs; `record`
    says until when.
    """
    all_holds = tuple(holds)
    for item in items:
        days = rules.days(item.sort.rule, day_of(item.collected_us), day_of(now_us))
        until_us = item.collected_us + days * US_PER_DAY
        yield Disposition(item, until_us, tuple(hold for hold in all_holds if _keeps(hold, item)))


def due_before_us(rules: RetentionFile, sort: RetentionKind, now_us: int) -> int:
    """Return up to when things of a kind were collected that are due by now, as `fates` has it."""
    today, since_us = day_of(now_us), MIN_US
    before_us = now_us - rules.days(sort.rule, today, today) * US_PER_DAY
    for (day, _), (next_day, _) in pairwise(rules.values[sort.rule]):
        until_us = to_us(datetime.combine(next_day, time(), UTC))
        due_us = now_us - rules.days(sort.rule, day, today) * US_PER_DAY
        if since_us <= before_us:  # Or what was collected earlier would go before its day.
            before_us = max(before_us, min(until_us - 1, due_us))
        since_us = until_us
    return before_us


def _keeps(hold: RetentionHold, item: RetainedItem) -> bool:
    if item.sort is RetentionKind.RECORD:
        return True
    is_trail = item.sort in {RetentionKind.TRAIL, RetentionKind.HOME_DETAIL}
    return is_trail and hold.start_us <= item.span_us[1] and item.span_us[0] < hold.end_us


def record(
    rules: RetentionFile,
    ended_us: int | None,
    holds: Iterable[RetentionHold],
    now_us: int,
    things: int,
) -> Disposition:
    """Return what becomes of a person's record, whose last order ended, or is in force."""
    if ended_us is None or ended_us > now_us:
        item = RetainedItem(RetentionKind.RECORD, "", now_us, (now_us, now_us), things)
        return Disposition(item, None, tuple(holds))
    item = RetainedItem(RetentionKind.RECORD, "", ended_us, (ended_us, ended_us), things)
    return next(fates(rules, [item], holds, now_us))


def day_of(instant_us: int) -> date:
    """Return the day of an instant, in UTC; the first and the last day for what is beyond.

    >>> day_of(0).isoformat(), day_of(-1 << 62).isoformat()
    ('1970-01-01', '0001-01-01')
    """
    try:
        return to_datetime(instant_us).date()
    except OverflowError:
        return date.min if instant_us < 0 else date.max


# --- Telling the person ------------------------------------------------------------------------


class RetentionRow(NamedTuple):
    """What is kept of one kind for one reason: how much, from when, and until when."""

    sort: RetentionKind
    rule: str
    because: tuple[HoldReason, ...]  # What keeps it for longer; nothing where the rule alone does.
    things: int
    first_us: int  # The earliest time that it covers,
    last_us: int  # and the latest.
    until_us: int | None  # When the last of it is due; None where that has no date yet.


def report(all_fates: Iterable[Disposition]) -> tuple[RetentionRow, ...]:
    """Return what is kept, by kind and by what keeps it for longer."""
    groups: dict[tuple[RetentionKind, tuple[HoldReason, ...]], list[Disposition]] = {}
    for fate in all_fates:
        because = tuple(sorted({hold.because for hold in fate.holds}))
        groups.setdefault((fate.kept.sort, because), []).append(fate)
    order = list(RetentionKind)
    ranked = sorted(groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1]))
    return tuple(_line(*key, grouped) for key, grouped in ranked)


def _line(
    sort: RetentionKind, because: tuple[HoldReason, ...], grouped: list[Disposition]
) -> RetentionRow:
    dues = [fate.due_us for fate in grouped]
    known = [due for due in dues if due is not None]
    return RetentionRow(
        sort,
        sort.rule,
        because,
        sum(fate.kept.things for fate in grouped),
        min(fate.kept.span_us[0] for fate in grouped),
        max(fate.kept.span_us[1] for fate in grouped),
        max(known) if len(known) == len(dues) else None,
    )
