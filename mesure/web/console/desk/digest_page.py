"""Digest page: short interruptions that are over, under one answer that an officer gives.

An officer who opens the page has the evidence of each before them, and the review of each notes it.
The answer is chosen from a list in which nothing is held against anybody, nothing is chosen in
advance, and it is recorded for each incident as a finding of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases.work_lines import WorkLine
from mesure.actions.incidents import brief_answers, incident_review
from mesure.actions.incidents.brief_answers import AnswerBrief
from mesure.actions.incidents.incident_review import FindingReversal
from mesure.actions.refusals.refusals import ActionError
from mesure.incidents.brief import BriefAnswer
from mesure.web.console import worklist_page
from mesure.web.console.desk import next_line, silence_conditions
from mesure.web.requests import csrf
from mesure.web.shared.evidence import explained
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import incident_phrases

ADDRESS: Final = next_line.DIGEST
LINES_MAX: Final = 40  # On one page, to be read before they are answered.
LINE: Final = "line"


@dataclass(frozen=True, slots=True)
class DigestEvidence:
    """What is to be read of one condition before it is answered."""

    condition: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One short interruption, with its evidence."""

    value: str  # Its incidents, as the form sends them back.
    person: str
    name: str
    title: str
    conditions: str
    facts: tuple[str, ...]
    address: str
    evidence: tuple[DigestEvidence, ...]
    is_ticked: bool


def show(visit: PageVisit) -> Response:
    """Show what is short and over to an officer who meant to; a link from elsewhere asks first."""
    request = visit.request
    if request.method == "HEAD" or not csrf.is_own(request.headers):
        return visit.page("incident_asked.html", address=ADDRESS)
    return open_all(visit)


def open_all(visit: PageVisit, status: int = 200, done: Sequence[str] = ()) -> Response:
    """Show it to an officer who said that they open it."""
    desk = worklist_page.desk_of(visit)
    shown = desk.digest[:LINES_MAX]
    recorded = [*done] or silence_conditions.incidents_in([visit.query_value("done")])
    contents = {
        "lines": [_line(visit, one) for one in shown],
        "more": len(desk.digest) - len(shown),
        "choices": _choices(visit),
        "recorded": recorded,
        "undo_within": visit.context.procedure.undo_within,
        "behind": next_line.address_behind(desk, "") if desk.lines else "",
    }
    return visit.page("digest.html", status, **contents)


def answer(visit: PageVisit) -> Response:
    """Record one answer for each interruption that is ticked."""
    form, catalogue = visit.form, visit.texts
    answers = {one.value for one in BriefAnswer}
    chosen = form.one_of("answer", answers, catalogue.text("Choose what you find."))
    ticked = set(form.value_list(LINE))
    if not ticked:
        form.refuse("line_1", catalogue.text("Tick at least one."))
    if form.faults:
        return open_all(visit, 422)
    lines = [line for line in worklist_page.desk_of(visit).digest if _value(line) in ticked]
    done: list[str] = []
    for line in lines:
        reason = _reason(visit, line, len(lines))
        for incident in line.incidents:
            request = AnswerBrief(incident, BriefAnswer(chosen), reason)
            if visit.try_action(brief_answers.answer, request, "answer"):
                done.append(incident)
    if not lines:
        form.refuse("answer", catalogue.text("This has changed meanwhile. Look at it again."))
    if form.faults:
        return open_all(visit, 422, done)
    return visit.to(f"{ADDRESS}?{urlencode({'done': ','.join(done)})}")


def take_back(visit: PageVisit) -> Response:
    """Take the answer back for each interruption for which it was recorded, and say why."""
    catalogue = visit.texts
    reason = visit.form.text("taken_back", catalogue.text("Say why you take it back."))
    done = silence_conditions.incidents_in(visit.form.value_list(silence_conditions.ALSO))
    if visit.form.faults:
        return open_all(visit, 422, done)
    for incident in done:
        try:
            visit.perform(incident_review.take_back, FindingReversal(incident, reason))
        except ActionError as error:
            visit.form.refuse("taken_back", error.sentence(catalogue.catalogue))
    return open_all(visit, 422, done) if visit.form.faults else visit.to(ADDRESS)


def _value(line: WorkLine) -> str:
    return ",".join(sorted(line.incidents))


def _reason(visit: PageVisit, line: WorkLine, count: int) -> str:
    """Return what the person reads: that it ended by itself, and what the officer adds."""
    catalogue = visit.texts
    assert line.lasted is not None, "what lasts is not brief"
    length = catalogue.length(line.lasted)
    sentences = [catalogue.text("It ended by itself after {length}.", length=length)]
    if count > 1:
        sentences.append(
            catalogue.plural(
                "The officer gave one answer to this and {count} other interruption.",
                "The officer gave one answer to this and {count} other interruptions.",
                count - 1,
            )
        )
    own = visit.form.value("words").strip()
    return " ".join([*(one.unescape() for one in sentences), *([own] if own else [])])


def _choices(visit: PageVisit) -> list[tuple[str, str, str]]:
    named = (
        (answer.value, incident_phrases.tag_of_finding(answer.outcome, None, visit.texts)[0])
        for answer in BriefAnswer
    )
    return [(value, label[:1].upper() + label[1:], "") for value, label in named]


def _line(visit: PageVisit, line: WorkLine) -> DigestLine:
    row = worklist_page.row_of(visit, line)
    ticked = visit.form.value_list(LINE)
    is_sent = "words" in visit.form.values
    return DigestLine(
        value=_value(line),
        person=line.first.person,
        name=line.first.name,
        title=row.title,
        conditions=row.conditions,
        facts=row.facts,
        address=row.address,
        evidence=tuple(_evidence(visit, item.id, item.condition) for item in line.items),
        is_ticked=not is_sent or _value(line) in ticked,
    )


def _evidence(visit: PageVisit, incident: str, condition: str) -> DigestEvidence:
    opened = silence_conditions.open_incident(visit, incident)
    explanation = explained.read(opened.explained)
    paragraphs = explanation.to_office(visit.parts.zone, visit.texts.catalogue)
    return DigestEvidence(incident_phrases.condition(condition, visit.texts), paragraphs)
