"""Review: a person decides about a possible breach; the only place in which a finding is made.

    opened ─→ seen ─→ found                        (─→ seen: taken back within minutes)
                 └──→ proposed ─→ found            where the policy asks for a second pair of eyes
                          └─────→ seen             turned down
    found ─→ found                                 decided again by somebody else, after a contest

What can be concluded depends on the kind of incident: a silence, or something about a device, is
never found a breach. Nobody decides, and nobody confirms, who has not had the evidence before
them. No finding is ever changed: another takes its place, and the former one stays on the record,
with who turned it down or took it back, when, and why.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mesure.incidents.finding import (
    REASON_CHARS_MAX,
    EvidenceSighting,
    Finding,
    FindingCause,
    FindingEnd,
    FindingEndKind,
    FindingOutcome,
    Review,
    ReviewStage,
    conclusions,
)
from mesure.incidents.review_refusal import ReviewRefusal


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What somebody concludes, and why."""

    outcome: FindingOutcome
    cause: FindingCause | None
    reason: str


def see(review: Review, by: str, at: datetime) -> Review:
    """Return the review after somebody had the evidence before them; the first time counts."""
    if review.has_seen(by):
        return review
    stage = ReviewStage.SEEN if review.stage is ReviewStage.OPENED else review.stage
    return replace(review, stage=stage, seen=(*review.seen, EvidenceSighting(by, at)))


def find(
    review: Review, conclusion: Conclusion, by: str, at: datetime, *, kind: str, second_eyes: bool
) -> Review | ReviewRefusal:
    """Return the review with a finding, or with a proposal where somebody else must see it too."""
    if review.stage is ReviewStage.PROPOSED:
        return ReviewRefusal.WAITS_FOR_SECOND
    if review.stage is ReviewStage.FOUND:
        return ReviewRefusal.FOUND_ALREADY
    finding = _finding(review, conclusion, kind, by, at)
    if isinstance(finding, ReviewRefusal):
        return finding
    return replace(
        review, stage=ReviewStage.PROPOSED if second_eyes else ReviewStage.FOUND, finding=finding
    )


def confirm(review: Review, by: str, at: datetime, *, kind: str) -> Review | ReviewRefusal:
    """Return the review with the proposed finding made, by a second pair of eyes."""
    proposed = _proposed(review, by)
    if isinstance(proposed, ReviewRefusal):
        return proposed
    if proposed.outcome not in conclusions(kind):
        return ReviewRefusal.OUTCOME  # It was proposed when this could still be concluded.
    confirmed = replace(proposed, confirmed_by=by, confirmed_at=at)
    return replace(review, stage=ReviewStage.FOUND, finding=confirmed)


def turn_down(review: Review, by: str, at: datetime, reason: str) -> Review | ReviewRefusal:
    """Return the review with the proposal turned down by a second pair of eyes, who say why."""
    proposed = _proposed(review, by)
    if isinstance(proposed, ReviewRefusal):
        return proposed
    if not _is_reason(reason):
        return ReviewRefusal.REASON
    ended = replace(proposed, end=FindingEnd(FindingEndKind.TURNED_DOWN, by, at, reason))
    return replace(review, stage=ReviewStage.SEEN, finding=None, former=(*review.former, ended))


def take_back(
    review: Review, by: str, at: datetime, reason: str, *, within: timedelta
) -> Review | ReviewRefusal:
    """Return the review with the last step taken back by its author, within minutes."""
    last = review.finding
    if last is None:
        return ReviewRefusal.NOTHING_TO_UNDO
    if last.on_contest:
        return ReviewRefusal.ANSWERED_ALREADY
    who, when = last.confirmed_by or last.decided_by, last.confirmed_at or last.decided_at
    if by != who:
        return ReviewRefusal.NOT_YOURS
    if at - when >= within:
        return ReviewRefusal.TOO_LATE
    if not _is_reason(reason):
        return ReviewRefusal.REASON
    ended = replace(last, end=FindingEnd(FindingEndKind.TAKEN_BACK, by, at, reason))
    former = (*review.former, ended)
    if last.confirmed_by is None:
        return replace(review, stage=ReviewStage.SEEN, finding=None, former=former)
    proposed = replace(last, confirmed_by=None, confirmed_at=None)
    return replace(review, stage=ReviewStage.PROPOSED, finding=proposed, former=former)


def decide_again(
    review: Review, conclusion: Conclusion, by: str, at: datetime, *, kind: str
) -> Review | ReviewRefusal:
    """Return the review with a second decision, by somebody who had no part in the first.

    It is never worse for the person than the first, or nobody would dare to contest.
    """
    first = review.finding
    if review.stage is not ReviewStage.FOUND or first is None:
        return ReviewRefusal.NO_CONTEST
    if by in {first.decided_by, first.confirmed_by}:
        return ReviewRefusal.SAME_EYES
    if conclusion.outcome.is_against and not first.outcome.is_against:
        return ReviewRefusal.WORSE
    finding = _finding(review, conclusion, kind, by, at)
    if isinstance(finding, ReviewRefusal):
        return finding
    second = replace(finding, on_contest=True)
    return replace(review, finding=second, former=(*review.former, first))


def _finding(
    review: Review, conclusion: Conclusion, kind: str, by: str, at: datetime
) -> Finding | ReviewRefusal:
    causes = conclusions(kind).get(conclusion.outcome)
    if not review.has_seen(by):
        return ReviewRefusal.NOT_SEEN
    if causes is None:
        return ReviewRefusal.OUTCOME
    if conclusion.cause not in (causes or {None}):
        return ReviewRefusal.CAUSE
    if not _is_reason(conclusion.reason):
        return ReviewRefusal.REASON
    return Finding(conclusion.outcome, conclusion.cause, conclusion.reason, at, by)


def _is_reason(text: str) -> bool:
    return 0 < len(text.strip()) <= len(text) <= REASON_CHARS_MAX


def _proposed(review: Review, by: str) -> Finding | ReviewRefusal:
    if review.stage is not ReviewStage.PROPOSED or review.finding is None:
        return ReviewRefusal.NOTHING_PROPOSED
    if by == review.finding.decided_by:
        return ReviewRefusal.SAME_EYES
    if not review.has_seen(by):
        return ReviewRefusal.NOT_SEEN
    return review.finding
