"""A possible breach as counsel reads it: the same evidence as the service has, and the bundle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import OfIncident
from mesure.actions.incidents.incident_review import IncidentOpened
from mesure.incidents.finding import Finding, Stage
from mesure.reports.maps import incident_map
from mesure.reports.text import visible_text
from mesure.web.counsel import case
from mesure.web.shared import bundle_download, record_heading, statements
from mesure.web.shared.evidence import evidence_view, explained, figures, moving_map
from mesure.web.shared.visits import Visit
from mesure.web.shared.words import incident_phrases, look_words
from mesure.web.shared.words.incident_phrases import Tag


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, made, proposed or former."""

    tag: Tag
    paragraphs: tuple[str, ...]
    at: datetime
    confirmed_at: datetime | None
    is_former: bool
    ended: str
    ended_at: datetime | None
    ended_why: tuple[str, ...]


def shown(visit: Visit) -> Response:
    """Show a possible breach."""
    return _page(visit)


def bundle(visit: Visit) -> Response:
    """Hand over the evidence bundle."""
    return bundle_download.handed_over(visit, _page)


def _page(visit: Visit, status: int = 200) -> Response:
    asked = OfIncident(incident=visit.path("incident"))
    kept = visit.perform(incident_review.show, asked)
    said = visit.perform(contests.show, asked)
    record, told = record_heading.own(visit), explained.read(kept.explained)
    head, incident = kept.head, told.incident
    shown = evidence_view.looked_at(visit, head, told, record)
    contents = {
        "head": head,
        "title": incident_phrases.titled(head.kind, incident, visit.texts),
        "condition": incident_phrases.condition(head.condition, visit.texts),
        "zone": record.zone,
        "now": visit.context.now,
        "tag": case.state(head, visit),
        "address": f"{case.INCIDENTS}/{head.incident}",
        "evidence": shown,
        "moving": None if shown is None else moving_map.moving(shown.moving, visit),
        "around_minutes": incident_map.AROUND // timedelta(minutes=1),
        "discs_max": incident_map.DISCS_MAX,
        "explanation": told.paragraphs(visit.texts.language),
        "facts": figures.of(told, shown, record.zone, visit.texts),
        "weights": figures.weighed(told, visit.texts),
        "sayings": statements.of(said, visit.texts, {}),
        "findings": list(_findings(visit, kept)),
        "steps": _steps(visit, kept),
        "has_bundle": visit.parts.bundles is not None,
    }
    return visit.page("case_incident.html", status, **contents)


def _findings(visit: Visit, kept: IncidentOpened) -> Iterable[Found]:
    """Yield the finding, and those before it; one that is only proposed is none yet."""
    made = kept.review.finding if kept.head.stage is Stage.FOUND else None
    if made is not None:
        yield _found(visit, made, is_former=False)
    for one in reversed(kept.review.former):
        yield _found(visit, one, is_former=True)


def _found(visit: Visit, one: Finding, *, is_former: bool) -> Found:
    tag = incident_phrases.of(one, visit.texts)
    reason = visible_text.paragraphs(one.reason)
    ended, end = incident_phrases.ended(one, visit.texts), one.end
    at, why = (None, ()) if end is None else (end.at, visible_text.paragraphs(end.reason))
    return Found(tag, reason, one.decided_at, one.confirmed_at, is_former, ended, at, why)


def _steps(visit: Visit, kept: IncidentOpened) -> list[tuple[str, datetime]]:
    """Return what happened so far, oldest first."""
    catalogue, held = visit.texts, kept.review
    raised = catalogue.text("Raised by the software")
    steps: list[tuple[str, datetime]] = [(raised, kept.head.opened_at)]
    steps += [(catalogue.text("Looked at by an officer"), seen.at) for seen in held.seen]
    for one in (*held.former, *([held.finding] if held.finding else [])):
        steps.append((catalogue.text("Decided by an officer"), one.decided_at))
        if one.confirmed_at is not None:
            steps.append((catalogue.text("Confirmed by a second officer"), one.confirmed_at))
        if one.end is not None:
            steps.append((one.end.how.said(visit.texts.catalogue), one.end.at))
    for tried in kept.attempts:
        what = look_words.what(tried.action, visit.texts)
        steps.append((catalogue.text("Refused: {what}", what=what), tried.at))
    return sorted(steps, key=lambda step: step[1])
