"""Incident records: the review, contests, statements and documents of an incident."""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType, due_key
from mesure.incidents.contest import Contest
from mesure.incidents.finding import Review, ReviewStage


class ContestRecord(msgspec.Struct, frozen=True):
    """A contest, and what the person says."""

    incident: str
    contest: Contest
    text: str


class StatementRecord(msgspec.Struct, frozen=True):
    """What the person says happened."""

    incident: str
    text: str
    made_at: datetime
    made_by: str


class AttachmentRecord(msgspec.Struct, frozen=True):
    """A document that the person attached."""

    incident: str
    name: str
    media_type: str
    size: int
    parts: int
    attached_at: datetime
    attached_by: str
    sha256: str = ""  # Empty: kept before hashes were.
    taken_back_at: datetime | None = None  # Then neither its bytes nor its name are kept.


WAITS: Final = "waits"  # The key of what waits for somebody else than the officer in charge.
SECOND: Final = "second"
# The key of a review with a finding. One without the key is opened to see whether it has one.
FOUND: Final = ("stage", "found")


def _review_keys(review: Review) -> list[Key]:
    if review.stage is ReviewStage.FOUND:
        return [FOUND]
    return [(WAITS, SECOND)] if review.stage is ReviewStage.PROPOSED else []


def _contest_keys(contest: ContestRecord) -> list[Key]:
    waiting = [(WAITS, SECOND), due_key(contest.contest.due_at)]
    return [("incident", contest.incident), *(waiting if contest.contest.needs_second else [])]


REVIEW: Final = RecordType("review", Review, _review_keys)
CONTEST: Final = RecordType("contest", ContestRecord, _contest_keys)
STATEMENT: Final = RecordType(
    "statement", StatementRecord, lambda statement: [("incident", statement.incident)]
)
ATTACHMENT: Final = RecordType(
    "attachment", AttachmentRecord, lambda attachment: [("incident", attachment.incident)]
)
