"""Brief answers: one answer of an officer, recorded for each brief incident that it covers.

Each incident gets a finding of its own, under the name of the officer who gave the answer and only
after they had its evidence before them, with an entry of its own in the audit log. What is not
brief is refused, and nothing that can be answered so is held against anybody.
Decision: docs/decisions/0053-one-desk-line-for-one-event.md
"""

from datetime import timedelta

import msgspec

from mesure.actions.framework import case_opening
from mesure.actions.framework.action import ActionContext, action
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.records import brief_rule, incident_extent, incident_records
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.incidents import brief
from mesure.incidents.brief import BriefAnswer
from mesure.incidents.finding import ReviewStage
from mesure.incidents.review_refusal import ReviewRefusal
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.privacy.roles import CASEWORK
from mesure.store.values.effects import StoredIncident


class AnswerBrief(msgspec.Struct, frozen=True):
    """What an officer concludes about one of several brief incidents, and why."""

    incident: str
    answer: BriefAnswer
    reason: str


@action("incidents.answer_brief", CASEWORK)
def answer(doing: ActionContext, request: AnswerBrief) -> ReviewStage:
    """Record the answer that an officer gave to several brief incidents, for one of them."""
    incident = case_opening.open_incident(doing, request.incident)
    opened_at = to_datetime(incident.opened_us)
    lengths = brief_rule.lengths(opened_at.date())
    review = contests.review_of(doing.rows, incident.id)
    end_at = to_datetime_or_none(incident.end_us)
    lasted = _lasted(doing, incident)
    is_brief = brief.is_brief(incident.kind, lasted, opened_at, end_at, lengths)
    is_free = brief.may_be_answered_at_once(review)
    if not is_brief or not is_free or _is_written_about(doing.rows, incident.id):
        raise ActionConflictError(ReviewRefusal.NOT_BRIEF)
    finding = RecordFinding(incident.id, request.answer.outcome, request.reason)
    return incident_review.record_finding(doing, incident, finding)


def _lasted(doing: ActionContext, incident: StoredIncident) -> timedelta | None:
    """Return how long an incident lasted; of the moments of a day, all together; None: it lasts."""
    extent = incident_extent.extent(doing.context.keyring, incident)
    return extent.length(incident.start_us, incident.end_us)


def _is_written_about(rows: RegisterReader, incident: str) -> bool:
    """Tell whether the person wrote about an incident, attached something, or contested it."""
    named = "incident", incident
    written = (
        rows.find(incident_records.STATEMENT, *named),
        rows.find(incident_records.CONTEST, *named),
        rows.find(incident_records.ATTACHMENT, *named),
    )
    return any(next(iter(records), None) is not None for records in written)
