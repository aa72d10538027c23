"""Binding order: what binds a person now: the order as entered, with what was decided since.

A version binds once it is confirmed. An absence that was authorised later, a suspension and an
early end are records of their own; here they are put where an order file would have them, so that
the judge knows one form only.
Decision: docs/decisions/0006-orders-are-dated-versions-half-open.md
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType, RegisterReader, due_key
from mesure.orders.model.order import Absence, OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.values.span import Span
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values import order_text
from mesure.store.values.records import StoredOrderVersion

FILE: Final = "order.yaml"  # What sentences about an entered order call it.


class AbsenceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An absence that somebody asked for, and what became of it."""

    order: str
    conditions: tuple[str, ...]
    start_at: datetime
    until_at: datetime
    at: str | None = None
    travel_s: int = 0
    reason: str
    stage: str  # `absences.AbsenceStage`
    how: str  # `absences.AbsenceOrigin`
    asked_at: datetime
    asked_by: str
    due_at: datetime  # Until when it is to be answered.
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str = ""  # In the officer's words.
    is_needless: bool = False  # Its order ends before it begins.


class EarlyEnd(msgspec.Struct, frozen=True):
    """When an order ends before its time, as somebody entered it."""

    at: datetime | None  # None: the end before it was taken back.
    decision: str
    reason: str
    entered_at: datetime
    entered_by: str


class OrderEndRecord(EarlyEnd, frozen=True):
    """The early end of an order that was entered last, and those before it, the first one first."""

    former: tuple[EarlyEnd, ...] = ()


def _absence_keys(absence: AbsenceRecord) -> list[Key]:
    waits = absence.stage == ASKED and not absence.is_needless
    return [("order", absence.order), *([WAITS, due_key(absence.due_at)] if waits else [])]


ASKED: Final = "asked"
WAITS: Final = ("waits", "officer")  # The key of an absence that nobody has answered yet.
ABSENCE: Final = RecordType("absence", AbsenceRecord, _absence_keys)
END: Final = RecordType("order_end", OrderEndRecord)
GRANTED: Final = "granted"


def seal_context(person: str, order: str, number: int) -> bytes:
    """Return where the sealed text of a version belongs."""
    return sealing.seal_context("order version", person, order, number)


def read(version: StoredOrderVersion, person: str, keyring: Keyring) -> OrderVersion:
    """Return a version as it was entered."""
    where = seal_context(person, version.order, version.number)
    return keyring.read_once(
        person, version.body, where, lambda plain: read_order.read(FILE, *order_text.unpack(plain))
    )


def versions(
    reading: ReadTransaction, rows: RegisterReader, keyring: Keyring, order: str, person: str
) -> tuple[OrderVersion, ...]:
    """Return what binds under an order, each version ended by the next; empty: nothing does.

    Of two confirmed versions that begin together the later one counts: it corrects the other.
    """
    return versions_of(reading, rows, keyring, {order: person}).get(order, ())


def versions_of(
    reading: ReadTransaction,
    rows: RegisterReader,
    keyring: Keyring,
    orders: Mapping[str, str],
    during: Span | None = None,
) -> dict[str, tuple[OrderVersion, ...]]:
    """Return by order what binds under several orders, whose persons are given, read at once.

    `during`: only those that bind then are opened and returned, cut where it ends or later.
    """
    entered: dict[str, list[OrderVersion]] = {}
    for order, stored in groupby(reading.versions(*orders), attrgetter("order")):
        for version in _versions_of_span(in_turn(stored), during):
            entered.setdefault(order, []).append(read(version, orders[order], keyring))
    records = rows.of_persons([ABSENCE], list({orders[order] for order in entered}))
    ends = early_ends(rows, list(entered))
    bound: dict[str, tuple[OrderVersion, ...]] = {}
    for order, own in entered.items():
        absences = [one for one in records.of(ABSENCE, orders[order]) if one.value.order == order]
        granted = ((one.id, one.value) for one in absences if one.value.stage == GRANTED)
        bound[order] = put_together(own, granted, ends.get(order))
    return bound


def early_ends(rows: RegisterReader, orders: Collection[str]) -> dict[str, datetime]:
    """Return by order the early end in force; one that was taken back counts as none."""
    ends = rows.get_many(END, orders).values()
    return {end.id: end.value.at for end in ends if end.value.at is not None}


def _versions_of_span(
    entered: Sequence[StoredOrderVersion], during: Span | None
) -> Iterator[StoredOrderVersion]:
    """Yield those that bind during a span; the next one ends each."""
    for version, following in zip_longest(entered, entered[1:]):
        ends_at = None if following is None else following.in_force.start
        if during is None or (
            version.in_force.overlap(during) and (ends_at is None or ends_at > during.start)
        ):
            yield version


def in_turn(
    entered: Iterable[StoredOrderVersion], by: datetime | None = None
) -> tuple[StoredOrderVersion, ...]:
    """Return those that bind, by when each begins: it ends the one before; `by`: confirmed by then.

    Of two that begin together the later one counts.
    """
    confirmed = [
        version
        for version in entered
        if version.confirmed_at is not None and (by is None or version.confirmed_at <= by)
    ]
    version_by_start = {one.in_force.start: one for one in confirmed}
    return tuple(version_by_start[start] for start in sorted(version_by_start))


def put_together(
    entered: Iterable[OrderVersion],
    granted: Iterable[tuple[str, AbsenceRecord]],
    end_at: datetime | None,
) -> tuple[OrderVersion, ...]:
    """Return what binds: versions as they were entered, with absences, up to an early end."""
    absences = tuple(granted)
    bound = (_with(version, absences) for version in read_order.versions(entered))
    return tuple(_ended(bound, end_at))


def _with(version: OrderVersion, granted: Iterable[tuple[str, AbsenceRecord]]) -> OrderVersion:
    known = {condition.id for condition in version.conditions}
    more = tuple(
        absence(name, record, known) for name, record in granted if known & {*record.conditions}
    )
    return replace(version, absences=(*version.absences, *more))


def absence(name: str, record: AbsenceRecord, known: set[str]) -> Absence:
    """Return an absence as an order file has it, for the conditions that a version knows."""
    allows, span = frozenset(known & {*record.conditions}), Span(record.start_at, record.until_at)
    return Absence(
        name, allows, span, record.reason, record.answered_by or "", record.at, record.travel_s
    )


def _ended(order_versions: Iterable[OrderVersion], at: datetime | None) -> Iterable[OrderVersion]:
    for version in order_versions:
        if at is None or version.in_force.end <= at:
            yield version
        elif version.in_force.start < at:
            yield replace(version, in_force=Span(version.in_force.start, at))


def in_force(order_versions: Iterable[OrderVersion], at: datetime) -> OrderVersion | None:
    """Return the version that is in force at an instant."""
    return next((version for version in order_versions if at in version.in_force), None)
