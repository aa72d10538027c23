"""Silence conditions: one silence touches several conditions, and is answered once for them.

An officer who opens one of them has the evidence of all before them, and each keeps its own
history: the answer is recorded for each that stays ticked, as a finding of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from mesure.actions.cases import work_lines
from mesure.actions.framework.action import Action
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import (
    FindingReversal,
    IncidentHead,
    IncidentsRequest,
    IncidentView,
    RecordFinding,
)
from mesure.actions.refusals.refusals import ActionError
from mesure.incidents.finding import ReviewStage
from mesure.incidents.incident import IncidentKind
from mesure.privacy.purposes import Purpose
from mesure.web.shared.evidence import explained
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import incident_phrases, page_texts

I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741

ALSO: Final = "also"
_OPEN: Final = frozenset({ReviewStage.OPENED, ReviewStage.SEEN})


@dataclass(frozen=True, slots=True)
class SilenceCondition:
    """Another condition of the same silence, with its own evidence."""

    incident: str
    name: str  # The condition, and when.
    paragraphs: tuple[str, ...]
    is_ticked: bool


def others(visit: PageVisit, head: IncidentHead) -> tuple[IncidentHead, ...]:
    """Return what else waits of the same silence of the same person."""
    if head.kind != IncidentKind.SILENT.value or head.stage not in _OPEN:
        return ()
    request = IncidentsRequest(head.person, count=incident_review.COUNT_MAX, waits=True)
    waiting = visit.perform(incident_review.list_incidents, request)
    silences = [
        other
        for other in waiting
        if other.kind == IncidentKind.SILENT.value and other.stage in _OPEN
    ]
    lengths = work_lines.lengths_on(visit.context.now.date())
    groups = work_lines.group_silences(
        silences, lambda other: (other.start_at, other.end_at), lengths
    )
    same = next(
        (group for group in groups if any(row.incident == head.incident for row in group)), []
    )
    rest = (one for one in same if one.incident != head.incident)
    return tuple(sorted(rest, key=lambda other: (other.condition, other.start_at)))


def open_others(visit: PageVisit, head: IncidentHead, zone: ZoneInfo) -> list[SilenceCondition]:
    """Open what else waits of the same silence, so that its evidence is seen."""
    is_sent = "reason" in visit.form.values
    ticked_ids = incidents_in(visit.form.value_list(ALSO))
    return [
        _condition(visit, other, zone, is_ticked=not is_sent or other.incident in ticked_ids)
        for other in others(visit, head)
    ]


def _condition(
    visit: PageVisit, head: IncidentHead, zone: ZoneInfo, *, is_ticked: bool
) -> SilenceCondition:
    explanation = explained.read(open_incident(visit, head.incident).explained)
    when = visit.texts.stretch(head.start_at, head.end_at, visit.context.now, zone)
    paragraphs = explanation.to_office(zone, visit.texts.catalogue)
    condition = incident_phrases.condition(head.condition, visit.texts)
    name = f"{condition} · {page_texts.bare(when)}"
    return SilenceCondition(head.incident, name, paragraphs, is_ticked)


def open_incident(visit: PageVisit, incident: str) -> IncidentView:
    """Have the evidence of an incident before one; the review notes it."""
    purpose = Purpose.POSSIBLE_BREACH
    request = IncidentRequest(incident=incident, purpose=purpose, case_number=incident)
    return visit.perform(incident_review.show, request)


def decide_also(visit: PageVisit, finding: RecordFinding) -> list[str]:
    """Record a finding for each other condition that stayed ticked; return for which it was."""
    return [
        name
        for name in incidents_in(visit.form.value_list(ALSO))
        if _perform(
            visit,
            incident_review.find,
            RecordFinding(name, finding.outcome, finding.reason, finding.cause),
        )
    ]


def take_back_also(visit: PageVisit, reason: str) -> None:
    """Take a finding back for the other conditions for which it was recorded at once."""
    for name in incidents_in(visit.form.value_list(ALSO)):
        _perform(visit, incident_review.take_back, FindingReversal(name, reason))


def _perform(visit: PageVisit, action: Action[I, O], request: I) -> bool:
    """Do something; what somebody else decided meanwhile stays as it is."""
    try:
        visit.perform(action, request)
    except ActionError:
        return False
    return True


def incidents_in(values: Iterable[str]) -> list[str]:
    """Return the incidents that boxes stand for; a box may stand for several."""
    return [name for value in values for name in value.split(",") if name]


def address_after(address: str, also: Sequence[str]) -> str:
    """Return where a finding is seen that was recorded just now, for others too."""
    query = {"done": "1"} | ({ALSO: ",".join(also)} if also else {})
    return f"{address}?{urlencode(query)}#finding"
