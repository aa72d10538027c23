"""A possible breach as counsel reads it: the same evidence as the service has, and the bundle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import IncidentView
from mesure.incidents.finding import Finding, ReviewStage
from mesure.incidents.words.reader import Reader
from mesure.reports.maps import incident_map
from mesure.reports.text import visible_text
from mesure.web.counsel import case
from mesure.web.shared import bundle_download, record_heading, statements
from mesure.web.shared.evidence import evidence_view, explained, figures, page_map
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import incident_phrases, look_words
from mesure.web.shared.words.incident_phrases import Tag


@dataclass(frozen=True, slots=True)
class CounselFinding:
    """A finding, made, proposed or former."""

    tag: Tag
    paragraphs: tuple[str, ...]
    at: datetime
    confirmed_at: datetime | None
    is_former: bool
    ended: str
    ended_at: datetime | None
    ended_why: tuple[str, ...]


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a possible breach."""
    request = IncidentRequest(incident=visit.path("incident"))
    incident_view = visit.perform(incident_review.show, request)
    submissions = visit.perform(contests.show, request)
    record, explanation = record_heading.own(visit), explained.read(incident_view.explained)
    head, incident = incident_view.head, explanation.incident
    shown = evidence_view.view_evidence(visit, head, explanation, record)
    contents = {
        "head": head,
        "title": incident_phrases.title_by_facts(head.kind, incident, visit.texts),
        "condition": incident_phrases.condition(head.condition, visit.texts),
        "zone": record.zone,
        "times_from": head.start_at - evidence_view.AROUND,
        "tag": case.state(head, visit),
        "address": f"{case.INCIDENTS}/{head.incident}",
        "evidence": shown,
        "stays": figures.stays_of(shown, visit, record.zone),
        "map": page_map.of_evidence(shown, visit),
        "is_listed": bool(visit.query_value(page_map.EACH)),
        "around_length": visit.texts.short_length(incident_map.AROUND),
        "explanation": explanation.to_office(record.zone, visit.texts.catalogue),
        "facts": figures.of(explanation, shown, record.zone, visit.texts),
        "weights": figures.weights_of(explanation, visit.texts, Reader.OFFICE),
        "sayings": statements.of(submissions, visit.texts, {}),
        "findings": list(_findings(visit, incident_view)),
        "steps": _steps(visit, incident_view),
        "has_bundle": visit.parts.bundles is not None,
    }
    return visit.page("case_incident.html", status, **contents)


def bundle(visit: PageVisit) -> Response:
    """Hand over the evidence bundle."""
    return bundle_download.download(visit, show)


def _findings(visit: PageVisit, incident: IncidentView) -> Iterable[CounselFinding]:
    """Yield the finding, and those before it; one that is only proposed is not one yet."""
    finding = incident.review.finding if incident.head.stage is ReviewStage.FOUND else None
    if finding is not None:
        yield _found(visit, finding, is_former=False)
    for former in reversed(incident.review.former):
        yield _found(visit, former, is_former=True)


def _found(visit: PageVisit, finding: Finding, *, is_former: bool) -> CounselFinding:
    tag = incident_phrases.of(finding, visit.texts)
    reason = visible_text.paragraphs(finding.reason)
    ended, end = incident_phrases.end_phrase(finding, visit.texts), finding.end
    at, why = (None, ()) if end is None else (end.at, visible_text.paragraphs(end.reason))
    return CounselFinding(
        tag, reason, finding.decided_at, finding.confirmed_at, is_former, ended, at, why
    )


def _steps(visit: PageVisit, incident: IncidentView) -> list[tuple[str, datetime]]:
    """Return what happened so far, oldest first."""
    catalogue, review = visit.texts, incident.review
    raised = catalogue.text("Raised by the software")
    steps: list[tuple[str, datetime]] = [(raised, incident.head.opened_at)]
    steps += [(catalogue.text("Looked at by an officer"), seen.at) for seen in review.seen]
    for finding in (*review.former, *([review.finding] if review.finding else [])):
        steps.append((catalogue.text("Decided by an officer"), finding.decided_at))
        if finding.confirmed_at is not None:
            steps.append((catalogue.text("Confirmed by a second officer"), finding.confirmed_at))
        if finding.end is not None:
            steps.append((finding.end.how.in_words(visit.texts.catalogue), finding.end.at))
    for tried in incident.attempts:
        what = look_words.what(tried.action, texts=visit.texts)
        steps.append((catalogue.text("Refused: {what}", what=what), tried.at))
    return sorted(steps, key=lambda step: step[1])
