"""Contest: the person contests an incident or a finding, and is answered in due time.

While anything is contested, nothing is closed. Contesting before there is a finding is answered by
the finding; contesting a finding is answered by a second decision, by somebody who had no part in
the first. There is no time after which a contest is refused: rights are not lost to a clock.
Law: Recommendation CM/Rec(2010)1 of the Council of Europe on probation, on complaints; GDPR, 22(3)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mesure.incidents.finding import Finding, Review, ReviewStage
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.orders.text.sayings import TranslatableEnum


class ContestAnswer(TranslatableEnum):
    """What came of a contest."""

    DECIDED = "decided", "Answered by the finding."  # There was no finding yet.
    STANDS = "stands", "Answered: the finding stands."
    CHANGED = "changed", "Answered: there is another finding."


@dataclass(frozen=True, slots=True)
class Contest:
    """What a person contests, and how it was answered."""

    about_finding: bool
    made_at: datetime
    due_at: datetime  # Until when it is to be answered.
    withdrawn_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: ContestAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.withdrawn_at is None and self.answered_at is None

    @property
    def needs_second(self) -> bool:
        """Tell whether it waits for a second decision, by another than who made the finding."""
        return self.is_open and self.about_finding

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether it should have been answered."""
        return self.is_open and at >= self.due_at


def make(
    review: Review, earlier: Iterable[Contest], at: datetime, within: timedelta
) -> Contest | ReviewRefusal:
    """Return a contest of what is there now: the incident, or the finding about it."""
    about_finding = review.stage is ReviewStage.FOUND
    before = tuple(earlier)
    if any(one.is_open for one in before):
        return ReviewRefusal.CONTESTED_ALREADY
    if about_finding and any(one.answer not in {None, ContestAnswer.DECIDED} for one in before):
        return ReviewRefusal.ANSWERED_ALREADY
    return Contest(about_finding, at, at + within)


def withdraw(contest: Contest, at: datetime) -> Contest | ReviewRefusal:
    """Return a contest that the person has taken back."""
    return replace(contest, withdrawn_at=at) if contest.is_open else ReviewRefusal.NO_CONTEST


def answer(contest: Contest, before: Finding | None, after: Finding) -> Contest:
    """Return a contest with its answer, if it waits for one: a first finding, or a second one."""
    if not contest.is_open:
        return contest
    if before is None:
        answer = ContestAnswer.DECIDED
    else:
        is_same = (before.outcome, before.cause) == (after.outcome, after.cause)
        answer = ContestAnswer.STANDS if is_same else ContestAnswer.CHANGED
    at = after.confirmed_at or after.decided_at
    return replace(contest, answered_at=at, answered_by=after.decided_by, answer=answer)


def reopen(contests: Sequence[Contest], finding: Finding) -> tuple[Contest, ...]:
    """Return contests after a finding was taken back: what it answered waits again."""
    found_at = finding.confirmed_at or finding.decided_at
    return tuple(
        replace(contest, answered_at=None, answered_by=None, answer=None)
        if contest.answer is ContestAnswer.DECIDED and contest.answered_at == found_at
        else contest
        for contest in contests
    )


def closes_at(review: Review, contests: Iterable[Contest], within: timedelta) -> datetime | None:
    """Return when an incident is closed; None while it is not decided, or is contested."""
    found_at = review.found_at
    if found_at is None or any(one.is_open for one in contests):
        return None
    return found_at + within
