"""Requests for a person's data from outside: who asks, why, for how little, and what came of it.

Police, prosecutors and others ask. Each request is written down with the reason, the least that
serves it, how urgent it is and whose signature it bears; somebody checks that it is genuine, and a
supervisor who did not write it down grants or refuses it. What is given is given by the other
actions; here stands that it was. Every month some are looked at again by somebody who had no part.
The person reads all of it.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from mesure.actions.framework import four_eyes
from mesure.actions.framework.action import Doing, Look, action, look
from mesure.actions.records.record_types import Kept, Kind
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import FaultyError, NotAllowedError, NotNowError
from mesure.actions.trails.grounds import WAITS
from mesure.privacy import purposes
from mesure.privacy.access_refusal import Reason
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role

TEXT_CHARS_MAX: Final = 2_000
NAME_CHARS_MAX: Final = 200
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
SAMPLE_OF: Final = 10  # One in ten of a month is looked at again, and one at least.

Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
Name = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]


class Urgency(StrEnum):
    """How soon it must be answered."""

    DANGER = "danger"  # To life or limb, and present.
    DAYS = "days"
    ORDINARY = "ordinary"


class Data(StrEnum):
    """What is asked for; each request names the least that serves it."""

    ORDER = "order"  # Whether there is an order, and what it says.
    INCIDENTS = "incidents"
    ASSESSMENTS = "assessments"
    TRAIL = "trail"
    BUNDLE = "bundle"


class OutsideReview(msgspec.Struct, frozen=True):
    """What somebody who had no part found when a request was looked at again."""

    by: str
    at: datetime
    is_in_order: bool
    remark: str = ""


class OutsideKept(msgspec.Struct, frozen=True, kw_only=True):
    """A request from outside, and what came of it."""

    authority: str
    case_number: str  # Theirs.
    reason: str
    data: tuple[Data, ...]
    why_no_less: str
    start_at: datetime | None  # The span that is asked for, where it is of a span.
    until_at: datetime | None
    urgency: Urgency
    signed_by: str
    signed_on: date
    document_sha256: str  # Of the paper as it came.
    genuine_by_call: str  # How it was checked that it is genuine: who was called back.
    received_at: datetime
    recorded_at: datetime
    recorded_by: str
    answered_at: datetime | None = None
    answered_by: str | None = None
    is_granted: bool | None = None
    answer: str = ""  # Why, and what was given.
    reviews: tuple[OutsideReview, ...] = ()


OUTSIDE: Final = Kind(
    "outside_request",
    OutsideKept,
    lambda kept: [
        ("month", f"{kept.recorded_at:%Y-%m}"),
        *([WAITS] if kept.answered_at is None else []),
    ],
)


class RecordOutside(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came."""

    person: str
    authority: Name
    case_number: Name
    reason: Text
    data: tuple[Data, ...]
    why_no_less: Text
    urgency: Urgency
    signed_by: Name
    signed_on: date
    document_sha256: str
    genuine_by_call: Text
    received_at: datetime
    start_at: datetime | None = None
    until_at: datetime | None = None


class AnswerOutside(msgspec.Struct, frozen=True):
    """Whether it is granted, why, and what is given."""

    request: str
    is_granted: bool
    answer: Text


class ReviewOutside(msgspec.Struct, frozen=True):
    """What was found when it was looked at again."""

    request: str
    is_in_order: bool
    remark: Text = ""


class OfPerson(Look, frozen=True, kw_only=True):
    """Whose data was asked for."""

    person: str


class OfMonth(msgspec.Struct, frozen=True):
    """A month, as in "2026-02"."""

    month: str


class OutsideShown(msgspec.Struct, frozen=True):
    """A request as officers, the person and the inspector read it."""

    request: str
    person: str
    kept: OutsideKept


class Sampled(msgspec.Struct, frozen=True):
    """How many requests there were in a month, and those that are to be looked at again."""

    month: str
    requests: int
    granted: int
    unanswered: int
    sample: tuple[OutsideShown, ...]


@action("outside.record", CASEWORK)
def record(doing: Doing, asked: RecordOutside) -> str:
    """Write down a request for a person's data from outside."""
    doing.case(asked.person)
    _check_said(asked)
    if Data.TRAIL in asked.data and (asked.start_at is None or asked.until_at is None):
        raise FaultyError(Why.SPAN)
    if asked.start_at and asked.until_at and asked.until_at <= asked.start_at:
        raise FaultyError(Why.SPAN)
    if not purposes.is_case_number(asked.case_number):
        raise NotAllowedError(Reason.CASE_NUMBER, asked.person)
    fields = msgspec.structs.asdict(asked)
    del fields["person"]
    value = OutsideKept(**fields, recorded_at=doing.now, recorded_by=doing.actor.account)
    kept = doing.rows.add(OUTSIDE, doing.new_id("R"), value, asked.person)
    doing.note(outside=kept.id, urgency=asked.urgency.value, data=sorted(asked.data))
    return kept.id


def _check_said(asked: RecordOutside) -> None:
    said = asked.authority, asked.reason, asked.why_no_less, asked.signed_by, asked.genuine_by_call
    if not asked.data or not all(text.strip() for text in said):
        raise FaultyError(Why.REASON)
    if not _SHA256.fullmatch(asked.document_sha256):
        raise FaultyError(Why.DOCUMENT)


@action("outside.answer", {Role.SUPERVISOR})
def answer(doing: Doing, asked: AnswerOutside) -> None:
    """Grant a request from outside that somebody else wrote down, or refuse it."""
    kept = doing.need(OUTSIDE, asked.request)
    four_eyes.refuse_if_same(doing, kept.person, (kept.value.recorded_by, kept.value.recorded_at))
    if kept.value.answered_at is not None:
        raise NotNowError(Why.ANSWERED)
    if not asked.answer.strip():
        raise FaultyError(Why.REASON)
    answered = msgspec.structs.replace(
        kept.value,
        answered_at=doing.now,
        answered_by=doing.actor.account,
        is_granted=asked.is_granted,
        answer=asked.answer,
    )
    doing.rows.change(kept, answered)
    doing.note(outside=kept.id, granted=asked.is_granted)


@action("outside.review", {Role.SUPERVISOR})
def review(doing: Doing, asked: ReviewOutside) -> None:
    """Enter what was found when a request was looked at again, by somebody who had no part."""
    kept = doing.need(OUTSIDE, asked.request)
    recorded = kept.value.recorded_by, kept.value.recorded_at
    answered = kept.value.answered_by, kept.value.answered_at
    four_eyes.refuse_if_same(doing, kept.person, recorded, answered)
    found = OutsideReview(doing.actor.account, doing.now, asked.is_in_order, asked.remark)
    reviewed = msgspec.structs.replace(kept.value, reviews=(*kept.value.reviews, found))
    doing.rows.change(kept, reviewed)
    doing.note(outside=kept.id, in_order=asked.is_in_order)


@look("outside.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def listed(doing: Doing, asked: OfPerson) -> tuple[OutsideShown, ...]:
    """List who asked for a person's data from outside, why, and what came of it."""
    doing.case(asked.person)
    found = doing.rows.about(OUTSIDE, asked.person)
    return tuple(map(_shown, sorted(found, key=lambda kept: kept.value.recorded_at)))


@look("outside.register", {Role.SUPERVISOR, Role.INSPECTOR}, purpose=Purpose.INSPECTION)
def registered(doing: Doing, asked: OfMonth) -> tuple[OutsideShown, ...]:
    """List every request of a month, in the order in which they were written down."""
    found = doing.rows.found(OUTSIDE, "month", asked.month)
    doing.note(month=asked.month)
    return tuple(map(_shown, sorted(found, key=lambda kept: kept.value.recorded_at)))


@look("outside.sample", {Role.SUPERVISOR, Role.INSPECTOR}, purpose=Purpose.INSPECTION)
def sample(doing: Doing, asked: OfMonth) -> Sampled:
    """List the requests of a month that are to be looked at again: one in ten, and one at least."""
    found = list(doing.rows.found(OUTSIDE, "month", asked.month))
    chosen = list(_chosen(found, asked.month))
    doing.note(month=asked.month, requests=len(found), sample=len(chosen))
    return Sampled(
        asked.month,
        len(found),
        sum(kept.value.is_granted is True for kept in found),
        sum(kept.value.answered_at is None for kept in found),
        tuple(map(_shown, chosen)),
    )


def _chosen(found: list[Kept[OutsideKept]], month: str) -> Iterator[Kept[OutsideKept]]:
    """Yield the sample: the same for whoever asks, and nobody can tell before which it will be."""

    def lot(kept: Kept[OutsideKept]) -> bytes:
        return sha256(f"{month}\n{kept.id}".encode()).digest()

    yield from sorted(found, key=lot)[: -(-len(found) // SAMPLE_OF)]


def _shown(kept: Kept[OutsideKept]) -> OutsideShown:
    assert kept.person is not None, "a request is about somebody"
    return OutsideShown(kept.id, kept.person, kept.value)
