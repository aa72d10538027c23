"""Incident page: the evidence first, then what the person says, and last the finding.

An officer who opens the page has the evidence before them, and the review notes it. Nothing is
chosen in advance, and nothing on the page suggests a conclusion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest, PersonSubmissions
from mesure.actions.incidents.incident_review import (
    FindingReversal,
    IncidentHead,
    IncidentRef,
    IncidentsRequest,
    IncidentView,
    RecordFinding,
)
from mesure.actions.records import case_deadlines
from mesure.incidents.finding import (
    OF_DEVICE,
    OF_PLACE,
    Finding,
    FindingCause,
    FindingOutcome,
    Review,
    ReviewStage,
    conclusions,
)
from mesure.incidents.incident import Incident
from mesure.incidents.words.reader import Reader
from mesure.orders.clock import hour_sentences
from mesure.privacy.purposes import Purpose
from mesure.reports.maps import incident_map
from mesure.reports.text import visible_text
from mesure.web.console import worklist_page
from mesure.web.console.desk import next_line, silence_conditions
from mesure.web.console.desk.silence_conditions import SilenceCondition
from mesure.web.console.names import names_of
from mesure.web.requests import csrf
from mesure.web.shared import bundle_download, record_heading, statements
from mesure.web.shared.evidence import evidence_view as evidence
from mesure.web.shared.evidence import explained, figures, page_map
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.evidence.explained import IncidentExplanation
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import charge_words, deadline_words, incident_phrases, look_words
from mesure.web.shared.words.incident_phrases import Tag

ADDRESS: Final = "/console/incidents"
EARLIER_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident with everything that its page shows."""

    head: IncidentHead
    kept: IncidentView
    told: IncidentExplanation
    record: PersonRecord
    said: PersonSubmissions
    evidence: PageEvidence | None
    names: dict[str, str]
    silence: Sequence[SilenceCondition] = ()  # The other conditions of the same silence.

    @property
    def incident(self) -> Incident | None:
        """Return the incident as the judge has it; None where it is about a device."""
        return self.told.incident


@dataclass(frozen=True, slots=True)
class EarlierIncident:
    """An earlier one of the same kind and condition."""

    address: str
    start_at: datetime
    length: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class ConsoleFinding:
    """A finding as the page shows it."""

    tag: Tag
    paragraphs: tuple[str, ...]
    by: str
    at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    ended: str = ""  # How it came to hold no longer, and by whom.
    ended_at: datetime | None = None
    ended_why: tuple[str, ...] = ()


def show(visit: PageVisit) -> Response:
    """Show an incident, to an officer who meant to open it; a link from elsewhere asks them first.

    An officer who opens an incident has seen it, so no other site or program may open it.
    """
    request = visit.request
    if request.method == "HEAD" or not csrf.is_own(request.headers):
        return visit.page("incident_asked.html", address=f"{ADDRESS}/{visit.path('incident')}")
    return open_incident(visit)


def open_incident(visit: PageVisit, status: int = 200) -> Response:
    """Show an incident to an officer who said that they open it."""
    opened = _opened(visit)
    head, incident, record = opened.head, opened.incident, opened.record
    earlier = _earlier(opened, visit)
    contents = {
        "head": head,
        "title": incident_phrases.title_by_facts(head.kind, incident, visit.texts),
        "condition": incident_phrases.condition(head.condition, visit.texts),
        "record": record,
        "times_from": min([head.start_at, *(one.start_at for one in earlier)]) - evidence.AROUND,
        "address": f"{ADDRESS}/{head.incident}",
        "tags": _tags(opened, visit),
        "evidence": opened.evidence,
        "stays": figures.stays_of(opened.evidence, visit, record.zone),
        "map": page_map.of_evidence(opened.evidence, visit),
        "is_listed": bool(visit.query_value(page_map.EACH)),
        "around_length": visit.texts.short_length(incident_map.AROUND),
        "explanation": opened.told.to_office(record.zone, visit.texts.catalogue),
        "facts": figures.of(opened.told, opened.evidence, record.zone, visit.texts),
        "weights": figures.weights_of(opened.told, visit.texts, Reader.OFFICE),
        "sayings": statements.of(opened.said, visit.texts, opened.names),
        "silence": opened.silence,
        "recorded": worklist_page.last_recorded(visit),
        "behind": f"{next_line.ADDRESS}/{head.incident}",
        "earlier": earlier,
        "asks": _asks(head, record, visit),
        "charge": charge_words.rows(record.shown.in_charge, visit.texts),
        "steps": _steps(opened, visit),
        "bundle_purposes": bundle_download.choices(visit),
        "bundle_asked": bool(visit.query_value("asked")),
    }
    return visit.page("incident.html", status, **contents, **_finding(opened, visit))


def decide(visit: PageVisit) -> Response:
    """Make a finding, or propose one."""
    return _decided(visit, again=False)


def decide_again(visit: PageVisit) -> Response:
    """Decide a contested finding a second time."""
    return _decided(visit, again=True)


def second_look(visit: PageVisit) -> Response:
    """Confirm what another officer proposed, or turn it down."""
    name, catalogue = visit.path("incident"), visit.texts
    choice = visit.form.one_of("agrees", ("yes", "no"), catalogue.text("Choose an answer."))
    if visit.form.faults:
        return open_incident(visit, 422)
    if choice == "yes":
        done = visit.try_action(incident_review.confirm, IncidentRef(name), "finding")
        return visit.to(f"{ADDRESS}/{name}?done=1#finding") if done else open_incident(visit, 422)
    reason = visit.form.text("disagrees", catalogue.text("Say why you do not agree."))
    if visit.form.faults:
        return open_incident(visit, 422)
    done = visit.try_action(incident_review.turn_down, FindingReversal(name, reason), "disagrees")
    return visit.to(f"{ADDRESS}/{name}?done=1#finding") if done else open_incident(visit, 422)


def take_back(visit: PageVisit) -> Response:
    """Take back one's own last step, and say why."""
    name, catalogue = visit.path("incident"), visit.texts
    reason = visit.form.text("taken_back", catalogue.text("Say why you take it back."))
    if visit.form.faults:
        return open_incident(visit, 422)
    done = visit.try_action(incident_review.take_back, FindingReversal(name, reason), "taken_back")
    if not done:
        return open_incident(visit, 422)
    silence_conditions.take_back_also(visit, reason)
    return visit.to(f"{ADDRESS}/{name}#finding")


def bundle(visit: PageVisit) -> Response:
    """Hand over the evidence as one file."""
    return bundle_download.download(visit, open_incident)


def choices(visit: PageVisit, kind: str, worse: bool = True) -> list[tuple[str, str, str]]:
    """Return the closed list; what is worse than a finding that is contested is left out."""
    catalogue = visit.texts
    second = catalogue.text("A second officer looks at it too.")
    offered: list[tuple[str, str, str]] = []
    none: list[FindingCause | None] = [None]
    for outcome, causes in conclusions(kind).items():
        if outcome.is_against and not worse:
            continue
        hint = second if outcome in visit.context.procedure.second_eyes and worse else ""
        for cause in [*sorted(causes)] or none:
            label, _ = incident_phrases.tag_of_finding(outcome, cause, catalogue)
            offered.append((_value(outcome, cause), label[:1].upper() + label[1:], hint))
    return offered


def _value(outcome: FindingOutcome, cause: FindingCause | None) -> str:
    return outcome.value if cause is None else f"{outcome.value}.{cause.value}"


# The action knows which of them this incident may have.
_VALUES: Final = frozenset(
    _value(outcome, cause)
    for closed_list in (OF_PLACE, OF_DEVICE)
    for outcome, causes in closed_list.items()
    for cause in (causes or [None])
)


def _decided(visit: PageVisit, again: bool) -> Response:
    name, form, catalogue = visit.path("incident"), visit.form, visit.texts
    chosen = form.one_of("finding", _VALUES, catalogue.text("Choose what you find."))
    reason = form.text("reason", catalogue.text("Say why, in your own words."))
    if form.faults:
        return open_incident(visit, 422)
    outcome, _, cause = chosen.partition(".")
    request = RecordFinding(
        name, FindingOutcome(outcome), reason, FindingCause(cause) if cause else None
    )
    behind = next_line.after_deciding(visit, name) if form.value("then") == next_line.NEXT else ""
    action = incident_review.decide_again if again else incident_review.find
    if not visit.try_action(action, request, "finding"):
        return open_incident(visit, 422)
    also = [] if again else silence_conditions.decide_also(visit, request)
    if behind:
        return visit.to(next_line.say_recorded(behind, name))
    return visit.to(silence_conditions.address_after(f"{ADDRESS}/{name}", also))


# --- What the page shows -------------------------------------------------------------------------


def _opened(visit: PageVisit) -> IncidentPage:
    name, purpose = visit.path("incident"), Purpose.POSSIBLE_BREACH
    request = IncidentRequest(incident=name, purpose=purpose, case_number=name)
    incident = visit.perform(incident_review.show, request)
    record = record_heading.record(visit, incident.head.person, purpose)
    submissions = visit.perform(contests.show, request)
    explanation = explained.read(incident.explained)
    shown = evidence.view_evidence(visit, incident.head, explanation, record, purpose)
    silence = silence_conditions.open_others(visit, incident.head, record.zone)
    return IncidentPage(
        incident.head, incident, explanation, record, submissions, shown, names_of(visit), silence
    )


def _tags(opened: IncidentPage, visit: PageVisit) -> list[Tag]:
    catalogue, head = visit.texts, opened.head
    finding = opened.kept.review.finding
    concluded = None if finding is None else (finding.outcome, finding.cause)
    tags = [incident_phrases.state(head.stage, concluded, visit.texts, head.returned)]
    if head.stage is not ReviewStage.FOUND and head.withdrawn_at is None:
        now, zone, procedure = visit.context.now, visit.parts.zone, visit.context.procedure
        deadlines = case_deadlines.of_incident(procedure, head.kind, head.opened_at)
        tags += deadline_words.clocks(None, deadlines.decide_by, visit.texts, now, zone)
    if head.withdrawn_at is not None:
        tags.append((catalogue.text("withdrawn: late evidence refuted it"), ""))
    if head.is_contested:
        tags.append((catalogue.text("contested"), "wait"))
    return tags


def _earlier(opened: IncidentPage, visit: PageVisit) -> list[EarlierIncident]:
    head = opened.head
    request = IncidentsRequest(head.person, count=EARLIER_MAX, alike=head.incident)
    return [
        _one_earlier(one, visit) for one in visit.perform(incident_review.list_incidents, request)
    ]


def _one_earlier(head: IncidentHead, visit: PageVisit) -> EarlierIncident:
    texts = visit.texts
    length = "" if head.end_at is None else texts.short_length(head.end_at - head.start_at)
    concluded = None if head.outcome is None else (head.outcome, None)
    tag = incident_phrases.state(head.stage, concluded, texts, head.returned)
    return EarlierIncident(f"{ADDRESS}/{head.incident}", head.start_at, length, tag)


def _asks(head: IncidentHead, record: PersonRecord, visit: PageVisit) -> list[str]:
    """Return what the condition asks, as it read when the incident began."""
    catalogue = visit.texts.catalogue
    for version in record.versions:
        if version.order == head.order and head.start_at in version.in_force:
            for condition in version.conditions:
                if condition.id == head.condition:
                    hours = hour_sentences.sentences(
                        condition.duty.timetable, condition.in_force, catalogue
                    )
                    lines = [condition.duty.sentence(catalogue), *hours]
                    return [visible_text.visible(line) for line in lines]
    return []


def _steps(opened: IncidentPage, visit: PageVisit) -> list[tuple[str, datetime]]:
    """Return what happened so far, oldest first."""
    catalogue, review = visit.texts, opened.kept.review
    raised = catalogue.text("Raised by the software")
    steps: list[tuple[str, datetime]] = [(raised, opened.head.opened_at)]
    for sighting in review.seen:
        name = opened.names.get(sighting.by, sighting.by)
        steps.append((catalogue.text("Looked at by {name}", name=name), sighting.at))
    for finding in (*review.former, *([review.finding] if review.finding else [])):
        steps += _finding_steps(finding, opened, visit)
    for tried in opened.kept.attempts:
        name = opened.names.get(tried.by, tried.by)
        what = look_words.what(tried.action, texts=visit.texts)
        words = catalogue.text("Refused, tried by {name}: {what}", name=name, what=what)
        steps.append((words, tried.at))
    for contest in opened.said.contests:
        steps.append((catalogue.text("Contested by the person"), contest.kept.contest.made_at))
    return sorted(steps, key=lambda step: step[1])


def _finding_steps(
    finding: Finding, opened: IncidentPage, visit: PageVisit
) -> Iterable[tuple[str, datetime]]:
    catalogue = visit.texts
    label, _ = incident_phrases.of(finding, visit.texts)
    by = opened.names.get(finding.decided_by, finding.decided_by)
    yield catalogue.text("{finding}, by {name}", finding=label, name=by), finding.decided_at
    if finding.confirmed_by is not None and finding.confirmed_at is not None:
        second = opened.names.get(finding.confirmed_by, finding.confirmed_by)
        yield catalogue.text("Confirmed by {name}", name=second), finding.confirmed_at
    if finding.end is not None:
        last = opened.names.get(finding.end.by, finding.end.by)
        yield f"{finding.end.how.in_words(catalogue.catalogue)}: {last}", finding.end.at


def _finding(opened: IncidentPage, visit: PageVisit) -> dict[str, object]:
    """Return what the last part of the page shows, and what the reader may do there."""
    review, account = opened.kept.review, visit.actor.account
    finding = review.finding
    waits = review.stage is ReviewStage.PROPOSED
    is_own = finding is not None and finding.decided_by == account
    had_part = finding is not None and account in {finding.decided_by, finding.confirmed_by}
    contested = any(one.kept.contest.needs_second for one in opened.said.contests)
    closed_list = conclusions(opened.head.kind)
    stands = opened.head.withdrawn_at is None
    worse = stands and (finding is None or finding.outcome.is_against)
    return {
        "found": None if finding is None else _found(finding, opened, visit),
        "former": [_found(one, opened, visit) for one in reversed(review.former)],
        "waits": waits,
        "may_confirm": waits and not is_own,
        "may_agree": stands and finding is not None and finding.outcome in closed_list,
        "may_decide": review.stage in {ReviewStage.OPENED, ReviewStage.SEEN},
        "may_decide_again": contested and not had_part and review.stage is ReviewStage.FOUND,
        "must_be_other": contested and had_part,
        "choices": choices(visit, opened.head.kind, worse=worse),
        "undo_until": None if contested else _undo_until(review, account, visit),
        "undo_within": visit.context.procedure.undo_within,
        "done": bool(visit.query_value("done")),
        "also": silence_conditions.incidents_in([visit.query_value(silence_conditions.ALSO)]),
    }


def _found(finding: Finding, opened: IncidentPage, visit: PageVisit) -> ConsoleFinding:
    confirmed, end = finding.confirmed_by, finding.end
    ended = incident_phrases.end_phrase(finding, visit.texts)
    if end is not None:
        ended = f"{ended} · {opened.names.get(end.by, end.by)}"
    return ConsoleFinding(
        incident_phrases.of(finding, visit.texts),
        visible_text.paragraphs(finding.reason),
        opened.names.get(finding.decided_by, finding.decided_by),
        finding.decided_at,
        "" if confirmed is None else opened.names.get(confirmed, confirmed),
        finding.confirmed_at,
        ended,
        None if end is None else end.at,
        () if end is None else visible_text.paragraphs(end.reason),
    )


def _undo_until(review: Review, account: str, visit: PageVisit) -> datetime | None:
    """Return until when the reader may take back the last step; None where they may not."""
    last = review.finding
    if last is None or last.on_contest:
        return None
    who, when = last.confirmed_by or last.decided_by, last.confirmed_at or last.decided_at
    until = when + visit.context.procedure.undo_within
    return until if who == account and visit.context.now < until else None
