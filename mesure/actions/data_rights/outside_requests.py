"""Outside requests for a person's data: who asks, why, for how little, and the result.

Police, prosecutors and others ask. Each request is written down with the reason, the least that
serves it, how urgent it is and whose signature it bears; somebody checks that it is genuine, and a
supervisor who had no part grants or refuses it. Other actions hand the data over; this module
records that they did. Every month somebody who had no part reviews some of them. The person reads
all of it.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

import re
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from mesure.actions.framework import case_access, four_eyes
from mesure.actions.framework.action import ActionContext, ReadRequest, action, look
from mesure.actions.framework.case_opening import openable
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.actions.trails.grounds import WAITS
from mesure.privacy import purposes
from mesure.privacy.access_refusal import AccessRefusal
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


class DataCategory(StrEnum):
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


class OutsideRequestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A request from outside, and what came of it."""

    authority: str
    case_number: str  # Theirs.
    reason: str
    data: tuple[DataCategory, ...]
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

    def may_be_answered_by(self, account: str | None) -> bool:
        """Tell whether it waits for an account that had no part in it; None: for anybody."""
        parts = self.recorded_by, *(again.by for again in self.reviews)
        return self.answered_at is None and account not in parts


OUTSIDE: Final = RecordType(
    "outside_request",
    OutsideRequestRecord,
    lambda outside_request: [
        ("month", f"{outside_request.recorded_at:%Y-%m}"),
        *([WAITS] if outside_request.answered_at is None else []),
    ],
)


class RecordOutsideRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came."""

    person: str
    authority: Name
    case_number: Name
    reason: Text
    data: tuple[DataCategory, ...]
    why_no_less: Text
    urgency: Urgency
    signed_by: Name
    signed_on: date
    document_sha256: str
    genuine_by_call: Text
    received_at: datetime
    start_at: datetime | None = None
    until_at: datetime | None = None


class AnswerOutsideRequest(msgspec.Struct, frozen=True):
    """Whether it is granted, why, and what is given."""

    request: str
    is_granted: bool
    answer: Text


class ReviewOutsideRequest(msgspec.Struct, frozen=True):
    """What was found when it was looked at again."""

    request: str
    is_in_order: bool
    remark: Text = ""


class OutsideRequestsQuery(ReadRequest, frozen=True, kw_only=True):
    """Whose data was asked for."""

    person: str


class MonthQuery(msgspec.Struct, frozen=True):
    """A month, as in "2026-02"."""

    month: str


class OutsideRequestView(msgspec.Struct, frozen=True):
    """A request as officers, the person and the inspector read it."""

    request: str
    person: str
    kept: OutsideRequestRecord


class MonthRequestView(msgspec.Struct, frozen=True):
    """A request as the list of a month has it."""

    request: str
    person: str
    kept: OutsideRequestRecord | None  # None: the person's key is lost.


class OutsideRequestSample(msgspec.Struct, frozen=True):
    """How many requests there were in a month, and those that are to be looked at again."""

    month: str
    requests: int
    granted: int
    unanswered: int
    sample: tuple[MonthRequestView, ...]


@action("outside.record", CASEWORK)
def record(doing: ActionContext, request: RecordOutsideRequest) -> str:
    """Write down a request for a person's data from outside."""
    doing.case(request.person)
    _check_said(request)
    if DataCategory.TRAIL in request.data and None in (request.start_at, request.until_at):
        raise InvalidInputError(ActionRefusal.SPAN)
    if request.start_at and request.until_at and request.until_at <= request.start_at:
        raise InvalidInputError(ActionRefusal.SPAN)
    if not purposes.is_case_number(request.case_number):
        raise NotAllowedError(AccessRefusal.CASE_NUMBER, request.person)
    fields = msgspec.structs.asdict(request)
    del fields["person"]
    value = OutsideRequestRecord(**fields, recorded_at=doing.now, recorded_by=doing.actor.account)
    outside_request = doing.rows.add(OUTSIDE, doing.new_id("R"), value, request.person)
    doing.note(outside=outside_request.id, urgency=request.urgency.value, data=sorted(request.data))
    return outside_request.id


def _check_said(request: RecordOutsideRequest) -> None:
    names = request.authority, request.signed_by
    texts = request.reason, request.why_no_less, request.genuine_by_call
    is_said = all(map(_is_said, texts)) and all(_is_said(name, NAME_CHARS_MAX) for name in names)
    if not 0 < len(request.data) <= len(DataCategory) or not is_said:
        raise InvalidInputError(ActionRefusal.REASON)
    if not _SHA256.fullmatch(request.document_sha256):
        raise InvalidInputError(ActionRefusal.DOCUMENT)


def _is_said(text: str, chars_max: int = TEXT_CHARS_MAX) -> bool:
    return bool(text.strip()) and len(text) <= chars_max


@action("outside.answer", {Role.SUPERVISOR})
def answer(doing: ActionContext, request: AnswerOutsideRequest) -> None:
    """Grant a request from outside that somebody else wrote down, or refuse it."""
    outside_request = doing.need(OUTSIDE, request.request)
    recorded = outside_request.value.recorded_by, outside_request.value.recorded_at
    reviewed = ((again.by, again.at) for again in outside_request.value.reviews)
    four_eyes.refuse_if_same(doing, outside_request.person, recorded, *reviewed)
    if outside_request.value.answered_at is not None:
        raise ActionConflictError(ActionRefusal.ANSWERED)
    if not _is_said(request.answer):
        raise InvalidInputError(ActionRefusal.REASON)
    answered = msgspec.structs.replace(
        outside_request.value,
        answered_at=doing.now,
        answered_by=doing.actor.account,
        is_granted=request.is_granted,
        answer=request.answer,
    )
    doing.rows.change(outside_request, answered)
    doing.note(outside=outside_request.id, granted=request.is_granted)


@action("outside.review", {Role.SUPERVISOR})
def review(doing: ActionContext, request: ReviewOutsideRequest) -> None:
    """Enter what was found when a request was looked at again, by somebody who had no part."""
    outside_request = doing.need(OUTSIDE, request.request)
    recorded = outside_request.value.recorded_by, outside_request.value.recorded_at
    answered = outside_request.value.answered_by, outside_request.value.answered_at
    four_eyes.refuse_if_same(doing, outside_request.person, recorded, answered)
    if len(request.remark) > TEXT_CHARS_MAX:
        raise InvalidInputError(ActionRefusal.REASON)
    by = OutsideReview(doing.actor.account, doing.now, request.is_in_order, request.remark)
    reviews = (*outside_request.value.reviews, by)
    reviewed = msgspec.structs.replace(outside_request.value, reviews=reviews)
    doing.rows.change(outside_request, reviewed)
    doing.note(outside=outside_request.id, in_order=request.is_in_order)


@look("outside.list", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def list_requests(
    doing: ActionContext, request: OutsideRequestsQuery
) -> tuple[OutsideRequestView, ...]:
    """List who asked for a person's data from outside, why, and what came of it."""
    doing.case(request.person)
    requests = doing.rows.about(OUTSIDE, request.person)
    return tuple(map(_shown, sorted(requests, key=lambda one: one.value.recorded_at)))


@look("outside.register", {Role.SUPERVISOR, Role.INSPECTOR}, purpose=Purpose.INSPECTION)
def list_month(doing: ActionContext, request: MonthQuery) -> tuple[MonthRequestView, ...]:
    """List every request of a month, in the order in which they were recorded."""
    doing.note(month=request.month)
    return tuple(sorted(_of_month(doing, request.month), key=_recorded))


def _of_month(doing: ActionContext, month: str) -> list[MonthRequestView]:
    """Return the requests of a month by their ids, also unreadable ones, but of no barred case."""
    views = []
    for row in doing.rows.entries(OUTSIDE, ("month", month)):
        person, record = str(row.person), None
        if not openable(doing, [case_access.file_of(doing.rows, person)]):
            continue
        with lost_keys.skip_unopened():
            record = doing.rows.need(OUTSIDE, row.id).value
        views.append(MonthRequestView(row.id, person, record))
    return views


def _recorded(outside_request: MonthRequestView) -> float:
    """Return when a request was written down; of one that cannot be read, before all others."""
    record = outside_request.kept
    return 0.0 if record is None else record.recorded_at.timestamp()


@look("outside.sample", {Role.SUPERVISOR, Role.INSPECTOR}, purpose=Purpose.INSPECTION)
def sample(doing: ActionContext, request: MonthQuery) -> OutsideRequestSample:
    """List the answered requests of a month to look at again: one in ten, and one at least."""
    outside_requests = _of_month(doing, request.month)
    waiting = {row.id for row in doing.rows.entries(OUTSIDE, WAITS)}  # Known without any key.
    answered = [one for one in outside_requests if one.request not in waiting]
    chosen = _chosen(answered, request.month)
    doing.note(month=request.month, requests=len(outside_requests), sample=len(chosen))
    return OutsideRequestSample(
        request.month,
        len(outside_requests),
        sum(one.kept is not None and one.kept.is_granted is True for one in answered),
        len(outside_requests) - len(answered),
        tuple(chosen),
    )


def _chosen(answered: list[MonthRequestView], month: str) -> list[MonthRequestView]:
    """Return a sample of those answered, the same for every caller; nobody can predict which."""

    def lot(outside_request: MonthRequestView) -> bytes:
        return sha256(f"{month}\n{outside_request.request}".encode()).digest()

    return sorted(answered, key=lot)[: -(-len(answered) // SAMPLE_OF)]


def _shown(outside_request: Stored[OutsideRequestRecord]) -> OutsideRequestView:
    assert outside_request.person is not None, "a request is about somebody"
    return OutsideRequestView(outside_request.id, outside_request.person, outside_request.value)
