"""Absences to answer, and to allow unasked: what is asked, when it is due, what is answered."""

from typing import Final

from starlette.responses import Response

from mesure.actions.desk import absence_lists
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import absences
from mesure.actions.orders.absences import (
    AbsenceRef,
    AbsenceStage,
    AnswerAbsence,
    RequestAbsence,
    RevokeAbsence,
)
from mesure.web.console import worklist_page
from mesure.web.console.desk import next_line
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import absence_words, work_words

ADDRESS: Final = "/console/absences"
ANSWERED_MAX: Final = 50
YES, NO = "yes", "no"


def show(visit: PageVisit) -> Response:
    """Show what waits for an answer, and what was answered lately."""
    now, zone = visit.context.now, visit.parts.zone
    listed = visit.perform(absence_lists.absences_of_all, EmptyRequest())
    pairs = [
        (person_absence, absence_words.line(person_absence.shown, visit.texts, now, zone))
        for person_absence in listed.absences
    ]
    waiting = [pair for pair in pairs if pair[1].due_at is not None]
    waiting.sort(key=lambda pair: pair[1].due_at or now)
    rest = [pair for pair in pairs if pair[1].due_at is None]
    rest.sort(key=lambda pair: pair[1].start_at, reverse=True)
    contents = {
        "unreadable": listed.unreadable,
        "lost": work_words.unreadable(visit.texts, is_readable=not listed.unreadable),
        "waiting": waiting,
        "answered": rest[:ANSWERED_MAX],
    }
    return visit.page("absences.html", **contents)


def show_request(visit: PageVisit, status: int = 200) -> Response:
    """Show one absence, with the form for its answer."""
    name = visit.path("absence")
    person_absence = visit.perform(absence_lists.absence, AbsenceRef(name))
    record = record_heading.record(visit, person_absence.person)
    now, absence_record = visit.context.now, person_absence.shown.kept
    contents = {
        "case": person_absence,
        "line": absence_words.line(person_absence.shown, visit.texts, now, record.zone),
        "kept": absence_record,
        "zone": record.zone,
        "may_answer": absences.stage_of(absence_record) is AbsenceStage.ASKED,
        "may_revoke": absence_record.stage == AbsenceStage.GRANTED
        and now < absence_record.until_at,
        "duties": _duties(visit, record, absence_record.conditions),
        "address": f"{ADDRESS}/{name}",
        "recorded": worklist_page.last_recorded(visit),
        "behind": f"{next_line.ADDRESS}/{name}",
    }
    return visit.page("absence.html", status, **contents)


def answer(visit: PageVisit) -> Response:
    """Answer, with a reason that the person reads."""
    form, catalogue = visit.form, visit.texts
    choice = form.one_of("grants", (YES, NO), catalogue.text("Choose an answer."))
    reason = form.text("reason", catalogue.text("Say why. The person reads it."))
    if form.faults:
        return show_request(visit, 422)
    request = AnswerAbsence(visit.path("absence"), choice == YES, reason)
    goes_on = form.value("then") == next_line.NEXT
    behind = next_line.after_deciding(visit, request.absence) if goes_on else ""
    if not visit.try_action(absences.answer, request, "grants"):
        return show_request(visit, 422)
    return visit.to(behind or f"{ADDRESS}/{request.absence}")


def revoke(visit: PageVisit) -> Response:
    """End an absence that was allowed, from now on."""
    form, catalogue = visit.form, visit.texts
    reason = form.text("reason", catalogue.text("Say why. The person reads it."))
    if form.faults:
        return show_request(visit, 422)
    request = RevokeAbsence(visit.path("absence"), reason)
    done = visit.try_action(absences.revoke, request, "reason")
    return visit.to(f"{ADDRESS}/{request.absence}") if done else show_request(visit, 422)


def show_give(visit: PageVisit, status: int = 200) -> Response:
    """Show the form by which an absence is allowed unasked."""
    record = record_heading.record(visit, visit.path("person"))
    ticked = set(visit.form.value_list("duty"))
    contents = {
        "record": record,
        "duties": [(value, words, value in ticked) for value, words, _ in _choices(visit, record)],
    }
    return visit.page("absence_give.html", status, **contents)


def give(visit: PageVisit) -> Response:
    """Allow an absence without a request."""
    form, catalogue = visit.form, visit.texts
    record = record_heading.record(visit, visit.path("person"))
    known = {value: pair for value, _, pair in _choices(visit, record)}
    chosen = [known[value] for value in form.value_list("duty") if value in known]
    orders = {order for order, _ in chosen}
    if len(orders) != 1:
        words = catalogue.text("Tick what the absence is about.")
        if orders:
            words = catalogue.text("Tick conditions of one order only.")
        form.refuse("duty_1", words)
    start = form.instant("from", record.zone, catalogue.catalogue)
    until = form.instant("until", record.zone, catalogue.catalogue)
    reason = form.text("reason", catalogue.text("Say why. The person reads it."))
    if start is None or until is None or form.faults:
        return show_give(visit, 422)
    request = RequestAbsence(
        order=next(iter(orders)),
        conditions=tuple(condition for _, condition in chosen),
        start_at=start,
        until_at=until,
        reason=reason,
    )
    if not visit.try_action(absences.give, request, "from_day"):
        return show_give(visit, 422)
    return visit.to(f"/console/people/{record.person}#absences")


def _choices(
    visit: PageVisit, record: record_heading.PersonRecord
) -> list[tuple[str, str, tuple[str, str]]]:
    """Return the duties to tick: as a form has them, in words, and as (order, condition)."""
    return [
        (
            f"{version.order} {condition.id}",
            visit.texts.under_head(condition.id, condition.duty.sentence(visit.texts.catalogue)),
            (version.order, condition.id),
        )
        for version in record.now(visit)
        for condition in version.conditions
    ]


def _duties(
    visit: PageVisit, record: record_heading.PersonRecord, conditions: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the conditions that it is about, each with what it asks."""
    return [
        (condition.id, condition.duty.sentence(visit.texts.catalogue))
        for version in record.now(visit)
        for condition in version.conditions
        if condition.id in conditions
    ]
