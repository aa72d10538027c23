"""A possible breach as the person reads it: what was seen, how sure it is, and their side of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import (
    AttachDocument,
    ContestRef,
    DocumentRef,
    IncidentRequest,
    IncidentStatement,
    PersonSubmissions,
)
from mesure.actions.incidents.incident_review import IncidentHead, IncidentView
from mesure.incidents.finding import Finding, ReviewStage
from mesure.incidents.words.reader import Reader
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.shared import bundle_download, record_heading, record_pages, statements
from mesure.web.shared.evidence import evidence_view, explained, figures, page_map
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.record_pages import IncidentRow
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import incident_phrases
from mesure.web.shared.words.incident_phrases import Tag

ADDRESS: Final = "/portal/notices"
CONTEST: Final = "contest"


@dataclass(frozen=True, slots=True)
class PortalFinding:
    """A finding as the person reads it."""

    tag: Tag
    meaning: str
    advice: str
    paragraphs: tuple[str, ...]
    at: datetime
    confirmed_at: datetime | None
    ended: str
    ended_at: datetime | None
    ended_why: tuple[str, ...]


def show(visit: PageVisit) -> Response:
    """Show the notices, the latest first, page by page."""
    record = record_heading.own(visit)
    heads, earlier = record_pages.incidents(visit, record.person, ADDRESS)
    lines = [_line(visit, head, record) for head in heads]
    return visit.page("notices.html", notices=lines, earlier=earlier, zone=record.zone)


def show_notice(visit: PageVisit, status: int = 200) -> Response:
    """Show one notice."""
    record = record_heading.own(visit)
    name = visit.path("incident")
    incident = visit.perform(incident_review.show, IncidentRequest(incident=name))
    submissions = visit.perform(contests.show, IncidentRequest(incident=name))
    explanation, head = explained.read(incident.explained), incident.head
    finding = incident.review.finding if head.stage is ReviewStage.FOUND else None
    shown = evidence_view.view_evidence(visit, head, explanation, record, with_strips=False)
    contents = {
        "head": head,
        "title": incident_phrases.title_by_facts(head.kind, explanation.incident, visit.texts),
        "zone": record.zone,
        "times_from": head.start_at - evidence_view.AROUND,
        "address": f"{ADDRESS}/{name}",
        "tag": _state(head, visit, finding),
        "found": None if finding is None else _found(finding, visit),
        "former": [_found(one, visit) for one in reversed(incident.review.former)],
        "explanation": [
            visit.texts.whole(paragraph)
            for paragraph in explanation.to_person(visit.texts.language)
        ],
        "facts": figures.of(explanation, shown, record.zone, visit.texts),
        "weights": figures.weights_of(explanation, visit.texts, Reader.PERSON),
        "messages": None if shown is None else shown.messages,
        "is_unsigned": shown is not None and shown.is_unsigned,
        "ahead_s": 0.0 if shown is None else shown.ahead_s,
        "stays": figures.stays_of(shown, visit, record.zone),
        "map": page_map.of_evidence(shown, visit),
        "is_listed": bool(visit.query_value(page_map.EACH)),
        "sayings": statements.of(submissions, visit.texts, {}, Reader.PERSON),
        "account": visit.actor.account,
        "steps": list(_steps(visit, incident, record)),
        "sent": visit.query_value("sent"),
        "has_bundle": visit.parts.bundles is not None,
    }
    return visit.page("notice.html", status, **contents, **_ways(visit, incident, submissions))


def send_statement(visit: PageVisit) -> Response:
    """Say what happened or contest it, with a document or without; or attach one alone."""
    name, form, upload = visit.path("incident"), visit.form, visit.uploads.get("document")
    is_contest = form.value("kind") == CONTEST
    is_alone = upload is not None and not is_contest and not form.value("words").strip()
    missing = visit.texts.text("Write what you want to say.")
    words = "" if is_alone else form.text("words", missing, contests.TEXT_CHARS_MAX)
    if upload is not None:  # Even where words are at fault: no page keeps a file that was chosen.
        document = AttachDocument(name, upload.name, upload.data)
        visit.try_action(contests.attach, document, "document")
    action = contests.make if is_contest else contests.say
    statement = IncidentStatement(name, words)
    # A form that comes back after signing in again is refused without a fault of its own.
    is_sent = not form.faults and (is_alone or visit.try_action(action, statement, "words"))
    return visit.to(f"{ADDRESS}/{name}?sent=1#said") if is_sent else show_notice(visit, 422)


def bundle(visit: PageVisit) -> Response:
    """Hand over the evidence as one file."""
    return bundle_download.download(visit, show_notice)


def take_back_contest(visit: PageVisit) -> Response:
    """Take back a contest before it is answered."""
    visit.perform(contests.withdraw, ContestRef(visit.path("contest")))
    return visit.to(f"{ADDRESS}/{visit.path('incident')}#said")


def take_back_document(visit: PageVisit) -> Response:
    """Take a document back before anybody decides with it."""
    request = DocumentRef(visit.path("attachment"))
    done = visit.try_action(contests.take_back_document, request, "document")
    return visit.to(f"{ADDRESS}/{visit.path('incident')}#said") if done else show_notice(visit, 422)


def _line(visit: PageVisit, head: IncidentHead, record: PersonRecord) -> IncidentRow:
    texts = visit.texts
    return IncidentRow(
        f"{ADDRESS}/{head.incident}",
        incident_phrases.title(head.kind, texts),
        texts.stretch(head.start_at, head.end_at, visit.context.now, record.zone),
        _state(head, visit),
    )


def _state(head: IncidentHead, visit: PageVisit, finding: Finding | None = None) -> Tag:
    """Return its state; a finding that is only proposed is no finding yet."""
    catalogue = visit.texts
    if head.withdrawn_at is not None:
        return catalogue.text("withdrawn: not held against you"), "met"
    if head.is_contested:
        return catalogue.text("you contest it"), "wait"
    if head.stage is ReviewStage.FOUND and head.outcome is not None:
        cause = None if finding is None else finding.cause
        return incident_phrases.tag_of_finding(head.outcome, cause, visit.texts)
    stage = ReviewStage.OPENED if head.stage is ReviewStage.OPENED else ReviewStage.SEEN
    return incident_phrases.state(stage, None, visit.texts)


# --- One notice ----------------------------------------------------------------------------------


def _found(finding: Finding, visit: PageVisit) -> PortalFinding:
    meaning, advice = incident_phrases.meant(finding, visit.texts)
    tag = incident_phrases.of(finding, visit.texts)
    reason = visible_text.paragraphs(finding.reason)
    ended, end = incident_phrases.end_phrase(finding, visit.texts), finding.end
    at, why = (None, ()) if end is None else (end.at, visible_text.paragraphs(end.reason))
    decided_at, confirmed_at = finding.decided_at, finding.confirmed_at
    return PortalFinding(tag, meaning, advice, reason, decided_at, confirmed_at, ended, at, why)


def _is_second(incident: IncidentView) -> bool:
    """Tell whether the finding answers what was contested; it is not contested again."""
    finding = incident.review.finding
    return incident.head.stage is ReviewStage.FOUND and finding is not None and finding.on_contest


def _ways(
    visit: PageVisit, incident: IncidentView, submissions: PersonSubmissions
) -> dict[str, object]:
    """Return what the person may do now, and under which words."""
    catalogue, head = visit.texts, incident.head
    is_person = visit.actor.role is Role.PERSON
    open_now = [one.contest for one in submissions.contests if one.is_open]
    may_contest = is_person and not open_now and head.withdrawn_at is None
    contest = catalogue.text("Contest it")
    if head.stage is ReviewStage.FOUND:
        contest = catalogue.text("Contest the finding")
    return {
        "may_write": is_person,
        "may_contest": may_contest and not _is_second(incident),
        "open_contest": open_now[0] if open_now and is_person else "",
        "contest_words": contest,
    }


def _steps(
    visit: PageVisit, incident: IncidentView, record: PersonRecord
) -> Iterable[tuple[str, str | Markup]]:
    """Yield what happens next, in order."""
    catalogue, head, now = visit.texts, incident.head, visit.context.now
    within = catalogue.length(visit.context.procedure.answer_contest_within)
    if head.withdrawn_at is not None:
        yield catalogue.text("It was withdrawn. You do not have to do anything."), ""
        return
    if head.stage is not ReviewStage.FOUND:
        yield incident_phrases.advice(head.kind, visit.texts), ""
        yield (
            catalogue.text("An officer reads what you write, looks at everything and decides."),
            catalogue.text("The software never decides."),
        )
        yield catalogue.text("You read the finding here, with its reason."), ""
        return
    if head.is_contested:
        yield catalogue.text("Somebody else decides again, within {length}.", length=within), ""
        yield catalogue.text("It cannot become worse for you because you contested it."), ""
        return
    closing = catalogue.text("It is closed then.")
    if not _is_second(incident):
        closing = catalogue.text("Otherwise it is closed.")
        yield (
            catalogue.text("You can contest the finding."),
            catalogue.text("Somebody who had no part in it then decides again."),
        )
    if head.closes_at is not None:
        yield closing, catalogue.near(head.closes_at, now, record.zone)
