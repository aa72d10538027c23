"""Incident review: an officer looks and decides; the only action that makes a finding.

An officer who opens an incident has its evidence before them; only then can they decide. Where the
procedure asks for it, a second officer confirms. A finding that the person contests is decided
again by somebody who had no part in it.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Annotated, Final

import msgspec

from mesure.actions.framework import case_opening, four_eyes
from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.records import incident_body, incident_records
from mesure.actions.records.incident_records import REVIEW, ContestRecord
from mesure.actions.records.named_persons import DEED
from mesure.actions.records.record_types import Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from mesure.actions.trails import trail_access
from mesure.incidents import contest as contest_steps
from mesure.incidents import review as steps
from mesure.incidents.contest import Contest
from mesure.incidents.finding import (
    Finding,
    FindingCause,
    FindingEndKind,
    FindingOutcome,
    Review,
    ReviewStage,
)
from mesure.incidents.review import Conclusion
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import to_datetime, to_datetime_or_none, to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.store.values.effects import IncidentGroupKey, StoredIncident, StoredIncidentHead

COUNT: Final = 50
COUNT_MAX: Final = 200
ATTEMPTS_MAX: Final = 100  # Of these the first are shown; the log has all of them.
_START: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)


class RecordFinding(msgspec.Struct, frozen=True):
    """What an officer concludes about an incident, and why."""

    incident: str
    outcome: FindingOutcome
    reason: str
    cause: FindingCause | None = None


class IncidentRef(msgspec.Struct, frozen=True):
    """Which incident."""

    incident: str


class FindingReversal(msgspec.Struct, frozen=True):
    """Which incident, and why a finding about it is turned down or taken back."""

    incident: str
    reason: str


class IncidentsRequest(msgspec.Struct, frozen=True):
    """Whose incidents, how many, and behind which one; or only some of them."""

    person: str
    after: str = ""  # The mark of the last one before.
    count: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] = COUNT
    waits: bool = False  # Only those that are not withdrawn and have no finding yet.
    alike: str = ""  # Only earlier ones of this one's condition and kind that are not withdrawn.


class IncidentHead(msgspec.Struct, frozen=True):
    """An incident as a list shows it: when, of which condition, and how far the review has come."""

    incident: str
    person: str
    order: str
    condition: str
    kind: str
    opened_at: datetime
    start_at: datetime
    end_at: datetime | None
    withdrawn_at: datetime | None
    stage: ReviewStage
    outcome: FindingOutcome | None
    is_contested: bool
    closes_at: datetime | None
    returned: FindingEndKind | None  # How the last finding ended, if none followed it.


class ReviewAttempt(msgspec.Struct, frozen=True):
    """A step that somebody tried and that was refused."""

    by: str
    at: datetime
    action: str
    refused: str


class IncidentView(msgspec.Struct, frozen=True):
    """An incident with its evidence, and the review."""

    head: IncidentHead
    p_outside_max: float | None
    explained: msgspec.Raw  # JSON, as the judge kept it: explanation in four languages, facts.
    review: Review
    attempts: tuple[ReviewAttempt, ...] = ()  # The oldest first.


# --- Looking -----------------------------------------------------------------------------------


@look("incidents.show", CASEWORK | OWN_SIDE | {Role.INSPECTOR})
def show(doing: ActionContext, request: IncidentRequest) -> IncidentView:
    """See an incident with its evidence and the review; an officer has seen it then."""
    incident = case_opening.open_incident(doing, request.incident)
    review = contests.review_of(doing.rows, incident.id)
    if doing.actor.role in CASEWORK:
        review = _kept(doing, incident, steps.see(review, doing.actor.account, doing.now))
    explained = msgspec.Raw(incident_body.unseal(doing.context.keyring, incident))
    contested = [kept.value.contest for kept in contests.contests_of(doing.rows, incident.id)]
    head = _head(doing, incident, review, contested)
    attempts = tuple(_attempts(doing, incident.id))
    return IncidentView(head, incident.p_outside_max, explained, review, attempts)


def _attempts(doing: ActionContext, incident: str) -> Iterator[ReviewAttempt]:
    """Yield what was tried about an incident and refused, as the audit log has it."""
    entries = doing.work.entries_with_key(DEED, "incident", incident, "", ATTEMPTS_MAX)
    for line in trail_access.lines(doing, [entry.id for entry in entries]):
        if line.refused is not None:
            yield ReviewAttempt(line.by, line.at, line.action, line.refused)


@look("incidents.list", CASEWORK | OWN_SIDE | {Role.SERVICE}, purpose=Purpose.SUPERVISION)
def list_incidents(doing: ActionContext, request: IncidentsRequest) -> tuple[IncidentHead, ...]:
    """List a person's incidents, the latest first, without their evidence."""
    doing.case(request.person)
    before = _place(request.after)
    if request.waits:
        waiting = islice(_waiting(doing, request.person, before), request.count)
        return _heads(doing, request.person, dict(waiting))
    alike: IncidentGroupKey | None = None
    if request.alike:
        incident = case_opening.open_incident(doing, request.alike)
        if incident.person != request.person:
            raise NotFoundError(ActionRefusal.NOT_HERE)
        alike = IncidentGroupKey(incident.order, incident.condition, incident.kind)
        began = incident.start_us, ""
        before = began if before is None else min(before, began)
    heads = doing.work.heads_of(request.person, request.count, before, alike)
    reviews = contests.reviews_of(doing.rows, [one.id for one in heads])
    return _heads(doing, request.person, {one: reviews[one.id] for one in heads})


def mark(head: IncidentHead) -> str:
    """Return by what a list goes on behind an incident; the list may have grown meanwhile."""
    return f"{to_us(head.start_at)}.{head.incident}"


def _place(after: str) -> tuple[int, str] | None:
    """Return where a list goes on; None: it begins."""
    start, _, name = after.partition(".")
    if not after:
        return None
    if not (_START.fullmatch(start) and name):
        raise InvalidInputError(ActionRefusal.NOT_HERE)
    return int(start), name


def _waiting(
    doing: ActionContext, person: str, before: tuple[int, str] | None
) -> Iterator[tuple[StoredIncidentHead, Review]]:
    """Yield the incidents about a person that are not withdrawn and have no finding, latest first.

    Those with a finding are known by a key of their review, and none of them is opened.
    """
    without = doing.work.heads_without([person], REVIEW.name, *incident_records.FOUND)
    stand = (one for one in reversed(without) if one.withdrawn_us is None)
    heads = [row for row in stand if before is None or (row.start_us, row.id) < before]
    for start in range(0, len(heads), COUNT):
        page = heads[start : start + COUNT]
        reviews = contests.reviews_of(doing.rows, [one.id for one in page])
        yield from (
            (head, reviews[head.id])
            for head in page
            if reviews[head.id].stage is not ReviewStage.FOUND
        )


def _heads(
    doing: ActionContext, person: str, reviews: Mapping[StoredIncidentHead, Review]
) -> tuple[IncidentHead, ...]:
    contested = contests.all_contests(doing.rows, person)
    return tuple(
        _head(doing, head, review, contested.get(head.id, [])) for head, review in reviews.items()
    )


def _head(
    doing: ActionContext, incident: StoredIncidentHead, review: Review, contested: Sequence[Contest]
) -> IncidentHead:
    within = doing.procedure.contest_within
    is_found = review.stage is ReviewStage.FOUND and review.finding is not None
    return IncidentHead(
        incident=incident.id,
        person=incident.person,
        order=incident.order,
        condition=incident.condition,
        kind=incident.kind,
        opened_at=to_datetime(incident.opened_us),
        start_at=to_datetime(incident.start_us),
        end_at=to_datetime_or_none(incident.end_us),
        withdrawn_at=to_datetime_or_none(incident.withdrawn_us),
        stage=review.stage,
        outcome=review.finding.outcome if is_found and review.finding else None,
        is_contested=any(one.is_open for one in contested),
        closes_at=contest_steps.closes_at(review, contested, within),
        returned=review.returned,
    )


# --- Deciding ----------------------------------------------------------------------------------


@action("incidents.find", CASEWORK)
def find(doing: ActionContext, request: RecordFinding) -> ReviewStage:
    """Make a finding, or propose one where a second officer must see it too."""
    return record_finding(doing, case_opening.open_incident(doing, request.incident), request)


def record_finding(
    doing: ActionContext, incident: StoredIncident, request: RecordFinding
) -> ReviewStage:
    """Keep what an officer concludes about an incident that is open, as a finding or a proposal."""
    second_eyes = request.outcome in doing.procedure.second_eyes
    before, kind = contests.review_of(doing.rows, incident.id), incident.kind
    by, now = doing.actor.account, doing.now
    after = steps.find(before, _said(request), by, now, kind=kind, second_eyes=second_eyes)
    return _step(doing, incident, after)


@action("incidents.confirm", CASEWORK)
def confirm(doing: ActionContext, request: IncidentRef) -> ReviewStage:
    """Confirm a finding that another officer proposed."""
    incident = case_opening.open_incident(doing, request.incident)
    before = contests.review_of(doing.rows, incident.id)
    _refuse_if_same(doing, incident, before)
    by, now = doing.actor.account, doing.now
    return _step(doing, incident, steps.confirm(before, by, now, kind=incident.kind))


@action("incidents.turn_down", CASEWORK)
def turn_down(doing: ActionContext, request: FindingReversal) -> ReviewStage:
    """Turn down a finding that another officer proposed, and say why."""
    incident = case_opening.open_incident(doing, request.incident)
    before = contests.review_of(doing.rows, incident.id)
    _refuse_if_same(doing, incident, before)
    by, now = doing.actor.account, doing.now
    return _step(doing, incident, steps.turn_down(before, by, now, request.reason))


@action("incidents.take_back", CASEWORK)
def take_back(doing: ActionContext, request: FindingReversal) -> ReviewStage:
    """Take back one's own last step, within minutes, and say why."""
    incident = case_opening.open_incident(doing, request.incident)
    contested = (kept.value.contest for kept in contests.contests_of(doing.rows, incident.id))
    if any(one.needs_second for one in contested):  # Another decides about it.
        raise ActionConflictError(ReviewRefusal.CONTESTED)
    before = contests.review_of(doing.rows, incident.id)
    within = doing.procedure.undo_within
    by, now = doing.actor.account, doing.now
    after = steps.take_back(before, by, now, request.reason, within=within)
    stage = _step(doing, incident, after)
    if before.finding is not None:
        _reopen(doing, incident.id, before.finding)
    return stage


@action("incidents.decide_again", CASEWORK)
def decide_again(doing: ActionContext, request: RecordFinding) -> ReviewStage:
    """Decide a contested finding a second time, by somebody who had no part in it."""
    incident = case_opening.open_incident(doing, request.incident)
    contested = contests.contests_of(doing.rows, incident.id)
    if not any(kept.value.contest.is_open for kept in contested):
        raise ActionConflictError(ReviewRefusal.NO_CONTEST)
    before = contests.review_of(doing.rows, incident.id)
    _refuse_if_same(doing, incident, before)
    by, now = doing.actor.account, doing.now
    again = steps.decide_again(before, _said(request), by, now, kind=incident.kind)
    return _step(doing, incident, again)


def _refuse_if_same(doing: ActionContext, incident: StoredIncident, before: Review) -> None:
    """Refuse a caller who is no second pair of eyes for a finding that was made or proposed."""
    first = before.finding
    if first is not None:
        four_eyes.refuse_if_same(
            doing,
            incident.person,
            (first.decided_by, first.decided_at),
            (first.confirmed_by, first.confirmed_at),
            same=ReviewRefusal.SAME_EYES,
        )


def _said(request: RecordFinding) -> Conclusion:
    return Conclusion(request.outcome, request.cause, request.reason)


def _step(
    doing: ActionContext, incident: StoredIncident, after: Review | ReviewRefusal
) -> ReviewStage:
    """Keep what came of a step, or say why it cannot be taken."""
    if after is ReviewRefusal.SAME_EYES or after is ReviewRefusal.NOT_YOURS:
        raise NotAllowedError(after, incident.person)
    if after in {ReviewRefusal.OUTCOME, ReviewRefusal.CAUSE, ReviewRefusal.REASON}:
        raise InvalidInputError(after)
    if isinstance(after, ReviewRefusal):
        raise ActionConflictError(after)
    if incident.withdrawn_us is not None and _holds_against(after, doing.now):
        raise ActionConflictError(ReviewRefusal.WITHDRAWN)
    before = contests.review_of(doing.rows, incident.id)
    _kept(doing, incident, after)
    if after.stage is ReviewStage.FOUND and after.finding is not None:
        _answer(doing, incident.id, before, after.finding)
    doing.note(stage=after.stage.value)
    return after.stage


def _holds_against(after: Review, now: datetime) -> bool:
    """Tell whether a step of now holds something against the person; to take back does not."""
    finding = after.finding
    if finding is None or not finding.outcome.is_against:
        return False
    return now in {finding.decided_at, finding.confirmed_at}


def _kept(doing: ActionContext, incident: StoredIncident, review: Review) -> Review:
    stored_review = doing.rows.get(REVIEW, incident.id)
    if stored_review is None:
        doing.rows.add(REVIEW, incident.id, review, incident.person)
    elif stored_review.value != review:
        doing.rows.change(stored_review, review)
    return review


def _answer(doing: ActionContext, incident: str, before: Review, after: Finding) -> None:
    """Answer what is contested with the finding that was made just now."""
    first = before.finding if before.stage is ReviewStage.FOUND else None
    stored = contests.contests_of(doing.rows, incident)
    answered = [contest_steps.answer(one.value.contest, first, after) for one in stored]
    _keep(doing, stored, answered)


def _reopen(doing: ActionContext, incident: str, finding: Finding) -> None:
    """Open again what was answered by a finding that was taken back."""
    stored = contests.contests_of(doing.rows, incident)
    _keep(doing, stored, contest_steps.reopen([one.value.contest for one in stored], finding))


def _keep(
    doing: ActionContext, stored_contests: Sequence[Stored[ContestRecord]], after: Sequence[Contest]
) -> None:
    for stored, contest in zip(stored_contests, after, strict=True):
        if contest != stored.value.contest:
            doing.rows.change(stored, msgspec.structs.replace(stored.value, contest=contest))
