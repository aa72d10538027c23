"""Requests for a person's data from outside: written down, granted or refused, looked at again.

The officer who writes one down says the reason, the least that serves it, why no less will do, how
urgent it is, whose signature the paper bears, and how it was checked that it is genuine. Nothing is
handed over by this page: the other pages hand the data over, and this one shows that they did.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.data_rights import outside_requests
from mesure.actions.data_rights.outside_requests import (
    AnswerOutsideRequest,
    DataCategory,
    MonthQuery,
    MonthRequestView,
    OutsideRequestsQuery,
    OutsideRequestView,
    RecordOutsideRequest,
    ReviewOutsideRequest,
    Urgency,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.console.names import names_of
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import outside_words, work_words

_AnyRequest: TypeAlias = OutsideRequestView | MonthRequestView

ADDRESS: Final = "/console/requests"
YES, NO = "yes", "no"
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DATED: Final = ("from_day", "from_time", "until_day", "until_time")


@dataclass(frozen=True, slots=True)
class OutsideRequestRow:
    """A request, as a list has it."""

    address: str
    authority: str
    number: str
    received: Markup | str
    tag: tuple[str, str]
    has_review: bool


def of(person: str) -> str:
    """Return the address of the requests for a person's data."""
    return f"{ADDRESS}/of/{quote(person, safe='')}"


# --- The register of a month, and the sample -----------------------------------------------------


def register(visit: PageVisit) -> Response:
    """Show the requests of a month, and which of them are to be looked at again."""
    text = visit.query_value("month")
    month = text if _MONTH.fullmatch(text) else f"{visit.context.now:%Y-%m}"
    requests = visit.perform(outside_requests.list_month, MonthQuery(month))
    sampled = visit.perform(outside_requests.sample, MonthQuery(month))
    return visit.page(
        "outside_register.html",
        month=month,
        title=visit.texts.month(date.fromisoformat(f"{month}-01")),
        sampled=sampled,
        lines=_lines(visit, requests),
        sample=_lines(visit, sampled.sample),
    )


def _lines(visit: PageVisit, requests: Iterable[_AnyRequest]) -> list[OutsideRequestRow]:
    return [_line(visit, one) for one in requests]


def _line(visit: PageVisit, request: _AnyRequest) -> OutsideRequestRow:
    request_record, now = request.kept, visit.context.now
    if request_record is None:
        lost = work_words.unreadable(visit.texts, is_readable=False)
        return OutsideRequestRow(of(request.person), request.person, lost, "", ("", ""), False)
    return OutsideRequestRow(
        f"{of(request.person)}/{request.request}",
        visible_text.visible(request_record.authority),
        visible_text.visible(request_record.case_number),
        visit.texts.near(request_record.received_at, now, visit.parts.zone),
        outside_words.state(request_record, visit.texts),
        bool(request_record.reviews),
    )


# --- Those of one person -------------------------------------------------------------------------


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show who asked for a person's data, and the form for another request."""
    person = visit.path("person")
    record = record_heading.record(visit, person)
    lines = _lines(visit, _found(visit, person))
    return visit.page(
        "outside_person.html",
        status,
        record=record,
        address=of(person),
        lines=lines[::-1],
        sent=bool(visit.query_value("sent")),
        data=[
            (f"data_{data_kind.value}", words)
            for data_kind, words in outside_words.data(visit.texts).items()
        ],
        urgencies=outside_words.urgencies(visit.texts),
        document=_document(visit),
    )


def record_request(visit: PageVisit) -> Response:
    """Write a request down."""
    record = record_heading.record(visit, visit.path("person"))
    request = _asked(visit, record)
    if request is None or not visit.try_action(outside_requests.record, request, "authority"):
        return show(visit, 422)
    return visit.to(f"{of(record.person)}?sent=1")


def _found(visit: PageVisit, person: str) -> tuple[OutsideRequestView, ...]:
    purpose, number = record_heading.why(visit, person)
    request = OutsideRequestsQuery(person=person, purpose=purpose, case_number=number)
    return visit.perform(outside_requests.list_requests, request)


def _asked(visit: PageVisit, record: PersonRecord) -> RecordOutsideRequest | None:
    """Return the request as the form has it; None where something is missing."""
    form, catalogue = visit.form, visit.texts
    missing = catalogue.text("Fill this in.")
    # In the order of the page: so are the faults.
    words = {name: form.text(name, missing) for name in ("authority", "case_number", "reason")}
    data = tuple(one for one in DataCategory if form.value(f"data_{one.value}"))
    if not data:
        form.refuse("data", catalogue.text("Tick what is asked for: the least that serves it."))
    why_no_less = form.text("why_no_less", missing)
    start_at, until_at = _span(visit, record, is_needed=DataCategory.TRAIL in data)
    soon = catalogue.text("Choose how soon.")
    urgency = form.one_of("urgency", {one.value for one in Urgency}, soon)
    signed_by, signed_on = form.text("signed_by", missing), _day(visit, "signed_on")
    document = _document(visit)
    if not document:
        form.refuse("document", catalogue.text("Choose the file of the paper."))
    genuine = form.text("genuine", missing)
    received_at = form.instant("received", record.zone, catalogue.catalogue)
    if form.faults or signed_on is None or received_at is None:
        return None
    return RecordOutsideRequest(
        person=record.person, authority=words["authority"], case_number=words["case_number"],
        reason=words["reason"], data=data, why_no_less=why_no_less, urgency=Urgency(urgency),
        signed_by=signed_by, signed_on=signed_on, document_sha256=document,
        genuine_by_call=genuine, received_at=received_at, start_at=start_at, until_at=until_at,
    )  # fmt: skip


def _span(
    visit: PageVisit, record: PersonRecord, *, is_needed: bool
) -> tuple[datetime | None, datetime | None]:
    """Return the span that data is asked for, where it is of one; a trail always is."""
    form, catalogue = visit.form, visit.texts.catalogue
    if not is_needed and not any(form.value(name).strip() for name in _DATED):
        return None, None
    start_at = form.instant("from", record.zone, catalogue)
    return start_at, form.instant("until", record.zone, catalogue)


def _day(visit: PageVisit, name: str) -> date | None:
    try:
        return date.fromisoformat(visit.form.value(name).strip())
    except ValueError:
        visit.form.refuse(name, visit.texts.text("Enter the day."))
        return None


def _document(visit: PageVisit) -> str:
    """Return the hash of the paper as it came: of the file, or as the page had it already."""
    upload = visit.uploads.get("document")
    if upload is not None:
        return sha256(upload.data).hexdigest()
    known = visit.form.value("document_sha256")
    return known if _SHA256.fullmatch(known) else ""


# --- One request ---------------------------------------------------------------------------------


def show_request(visit: PageVisit, status: int = 200) -> Response:
    """Show a request, with what came of it."""
    person, name = visit.path("person"), visit.path("request")
    record = record_heading.record(visit, person)
    request = {found.request: found for found in _found(visit, person)}.get(name)
    if request is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    request_record, names, me = request.kept, names_of(visit), visit.actor.account
    had_part = me in {request_record.recorded_by, request_record.answered_by}
    is_supervisor = visit.actor.role is Role.SUPERVISOR
    return visit.page(
        "outside_request.html",
        status,
        record=record,
        kept=request_record,
        tag=outside_words.state(request_record, visit.texts),
        facts=outside_words.facts(request_record, visit.texts, visit.context.now, record.zone),
        by=names.get(request_record.recorded_by, request_record.recorded_by),
        answered_by=names.get(request_record.answered_by or "", request_record.answered_by),
        reviews=[
            (names.get(again.by, again.by), again, visible_text.visible(again.remark))
            for again in request_record.reviews
        ],
        answer=visible_text.paragraphs(request_record.answer),
        address=f"{of(person)}/{name}",
        back=of(person),
        may_answer=is_supervisor and request_record.may_be_answered_by(me),
        may_review=is_supervisor and not had_part,
    )


def answer(visit: PageVisit) -> Response:
    """Grant a request that somebody else wrote down, or refuse it."""
    form, catalogue = visit.form, visit.texts
    grants = form.one_of("grants", (YES, NO), catalogue.text("Choose an answer."))
    answer = form.text("answer", catalogue.text("Say why, and what is given."))
    request = AnswerOutsideRequest(visit.path("request"), grants == YES, answer)
    if form.faults or not visit.try_action(outside_requests.answer, request, "grants"):
        return show_request(visit, 422)
    return visit.to(f"{of(visit.path('person'))}/{request.request}")


def enter_review(visit: PageVisit) -> Response:
    """Enter what was found when a request was looked at again."""
    form, catalogue = visit.form, visit.texts
    answer = form.one_of("in_order", (YES, NO), catalogue.text("Choose an answer."))
    remark = form.value("remark").strip()
    if answer == NO and not remark:
        form.refuse("remark", catalogue.text("Say what is not in order."))
    request = ReviewOutsideRequest(visit.path("request"), answer == YES, remark)
    if form.faults or not visit.try_action(outside_requests.review, request, "in_order"):
        return show_request(visit, 422)
    return visit.to(f"{of(visit.path('person'))}/{request.request}")
