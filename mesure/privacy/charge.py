"""Charge: who is in charge of a person now; there is always an answer.

The officer whose caseload the person is on; the officer who covers for them; the officer on call;
and last a supervisor; there always is one. An officer who is barred from the case, or whose account
is closed, is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from mesure.orders.values.span import Span
from mesure.privacy.barring import Links


class ChargeBasis(StrEnum):
    """By what somebody is in charge."""

    COVER = "cover"  # Stands in for the person's officer.
    OWN = "own"  # Is the person's officer.
    ON_CALL = "on_call"
    SUPERVISOR = "supervisor"  # Nobody else is there.


@dataclass(frozen=True, slots=True)
class Cover:
    """An officer stands in for another during a span."""

    covers: str
    by: str
    span: Span


@dataclass(frozen=True, slots=True)
class OnCallDuty:
    """An officer is on call, for every person, during a span."""

    by: str
    span: Span


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works now, whom they stand in for, and who is on call."""

    officers: frozenset[str]  # Those whose accounts are open.
    supervisors: Sequence[str]  # Open, the longest-serving first; never empty.
    covers: Sequence[Cover] = ()
    watches: Sequence[OnCallDuty] = ()
    links: Links = field(default_factory=dict)  # Who let in whom; also of closed accounts.
    apart: timedelta = timedelta(0)  # Until an account is no longer one with who let it in.


@dataclass(frozen=True, slots=True)
class InCharge:
    """Somebody is in charge, and by what."""

    account: str
    how: ChargeBasis


def in_charge(own: str | None, barred: frozenset[str], staff: Staff, at: datetime) -> InCharge:
    """Return who is in charge of a person whose officer is `own`; always somebody."""
    return next(chain(all_in_charge(own, barred, staff, at), _supervisors(barred, staff)))


def all_in_charge(
    own: str | None, barred: frozenset[str], staff: Staff, at: datetime
) -> Iterable[InCharge]:
    """Yield everybody who may act on a person's case now as an officer, the first to ask first.

    The person's own officer may act while somebody covers, and is asked after them.
    """
    free = staff.officers - barred if barred else staff.officers  # As nearly always.
    for cover in staff.covers:
        if cover.covers == own and at in cover.span and cover.by in free:
            yield InCharge(cover.by, ChargeBasis.COVER)
    if own in free:
        yield InCharge(str(own), ChargeBasis.OWN)
    for watch in staff.watches:
        if at in watch.span and watch.by in free:
            yield InCharge(watch.by, ChargeBasis.ON_CALL)


def _supervisors(barred: frozenset[str], staff: Staff) -> Iterable[InCharge]:
    """Yield the supervisors; if all of them are barred, the first stays answerable all the same."""
    free = [name for name in staff.supervisors if name not in barred]
    yield from (InCharge(name, ChargeBasis.SUPERVISOR) for name in free or staff.supervisors[:1])
