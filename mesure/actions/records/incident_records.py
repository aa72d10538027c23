"""Records about an incident as they are kept: its review, contests, statements, documents."""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, Kind
from mesure.incidents.contest import Contest
from mesure.incidents.finding import Review, Stage


class ContestKept(msgspec.Struct, frozen=True):
    """A contest, and what the person says."""

    incident: str
    contest: Contest
    text: str


class StatementKept(msgspec.Struct, frozen=True):
    """What the person says happened."""

    incident: str
    text: str
    made_at: datetime
    made_by: str


class AttachmentKept(msgspec.Struct, frozen=True):
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
    if review.stage is Stage.FOUND:
        return [FOUND]
    return [(WAITS, SECOND)] if review.stage is Stage.PROPOSED else []


def _contest_keys(contest: ContestKept) -> list[Key]:
    waits = contest.contest.is_open and contest.contest.about_finding
    return [("incident", contest.incident), *([(WAITS, SECOND)] if waits else [])]


REVIEW: Final = Kind("review", Review, _review_keys)
CONTEST: Final = Kind("contest", ContestKept, _contest_keys)
STATEMENT: Final = Kind(
    "statement", StatementKept, lambda statement: [("incident", statement.incident)]
)
ATTACHMENT: Final = Kind(
    "attachment", AttachmentKept, lambda attachment: [("incident", attachment.incident)]
)
PART: Final = Kind("attachment_part", bytes)
