"""Enrolment record: what was decided, explained and signed when a device was given out."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.devices import enrolment_record
from mesure.actions.devices.enrolment_record import (
    EnrolmentsRequest,
    EnrolmentTopic,
    EnrolmentView,
    RecordEnrolment,
    SignatureOutcome,
)
from mesure.reports.text import visible_text
from mesure.web.console.devices import person_devices
from mesure.web.console.names import names_of
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts

OTHER: Final = "other"  # A language in which there are no texts: somebody interpreted.


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """An enrolment record as the page lists it."""

    order: str
    when: Markup
    by: str
    signature: str
    unexplained: str
    paper: str


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show what was recorded, and the form for another record."""
    record = record_heading.record(visit, visit.path("person"))
    records = visit.perform(enrolment_record.list_enrolments, EnrolmentsRequest(record.person))
    names, catalogue = names_of(visit), visit.texts
    other = (OTHER, catalogue.text("another language, with an interpreter"))
    contents = {
        "form": visit.form.over({"language": record.shown.language}),
        "record": record,
        "address": _address(record.person),
        "back": person_devices.address(record.person),
        "rows": [_row(visit, one, record, names) for one in reversed(records)],
        "orders": _orders(visit, record),
        "languages_spoken": (*LANGUAGE_NAMES, other),
        "topics": [(one.value, topic_words(one, catalogue)) for one in EnrolmentTopic],
        "signatures": [(one.value, _signature(one, catalogue), "") for one in SignatureOutcome],
        "was_done": visit.query_value("done") == "1",
    }
    return visit.page("enrolment.html", status, **contents)


def enter(visit: PageVisit) -> Response:
    """Record an enrolment."""
    form, catalogue = visit.form, visit.texts
    record = record_heading.record(visit, visit.path("person"))
    orders = [order for order, _ in _orders(visit, record)]
    order = orders[0] if len(orders) == 1 else form.value("order")
    if order not in orders:
        form.refuse("order", catalogue.text("Choose under which order."))
    decision = form.text("decision", catalogue.text("Enter who decided it, and the number."))
    form.text("decided_on", catalogue.text("Enter the day."))
    decided_on = form.day("decided_on", catalogue.catalogue)
    explained_at = form.instant("explained", record.zone, catalogue.catalogue)
    languages = {tag for tag, _ in LANGUAGE_NAMES} | {OTHER}
    language = form.one_of("language", languages, catalogue.text("Choose the language."))
    signature = form.one_of(
        "signature", set(SignatureOutcome), catalogue.text("Choose what became of the signature.")
    )
    paper = form.text("paper", catalogue.text("Enter where the signed paper is."))
    topics = tuple(topic for topic in EnrolmentTopic if form.value(f"topic_{topic.value}"))
    if decided_on is None or explained_at is None or form.faults:
        return show(visit, 422)
    request = RecordEnrolment(
        order=order, decision=decision, decided_on=decided_on, language=language,
        interpreter=bool(form.value("interpreter")), explained=topics,
        household_told=bool(form.value("household")),
        signature=SignatureOutcome(signature), paper=paper, explained_at=explained_at,
    )  # fmt: skip
    if not visit.try_action(enrolment_record.record, request, "language"):
        return show(visit, 422)
    return visit.to(f"{_address(record.person)}?done=1")


def topic_words(topic: EnrolmentTopic, catalogue: PageTexts) -> str:
    """Return what is explained, as a line to be ticked."""
    return {
        EnrolmentTopic.CONDITIONS: catalogue.text("The conditions of the order"),
        EnrolmentTopic.DEVICE: catalogue.text(
            "How the device is worn and charged, and what it tells"
        ),
        EnrolmentTopic.ERRORS: catalogue.text(
            "That positions can be wrong, and what is done about it"
        ),
        EnrolmentTopic.DATA_KEPT: catalogue.text("What is kept, until when, and who looks at it"),
        EnrolmentTopic.ABSENCES: catalogue.text("How to ask for an absence"),
        EnrolmentTopic.CONTEST: catalogue.text("How to contest what the device seems to show"),
        EnrolmentTopic.CONSEQUENCES: catalogue.text("What can follow when a condition is not met"),
        EnrolmentTopic.HELP: catalogue.text("Whom to call"),
    }[topic]


def _address(person: str) -> str:
    return f"{person_devices.address(person)}/enrolment"


def _orders(visit: PageVisit, record: PersonRecord) -> list[tuple[str, str]]:
    """Return the orders that bind now or will; each as a value and its words."""
    now = visit.context.now
    names = sorted({one.order for one in record.versions if now < one.in_force.end})
    return [(name, name) for name in names]


def _signature(signature: SignatureOutcome, catalogue: PageTexts) -> str:
    return {
        SignatureOutcome.SIGNED: catalogue.text("The person signed"),
        SignatureOutcome.DECLINED: catalogue.text("The person was told, and did not sign"),
    }[signature]


def _row(
    visit: PageVisit, shown: EnrolmentView, record: PersonRecord, names: dict[str, str]
) -> EnrolmentRow:
    catalogue, entry = visit.texts, shown.kept
    unexplained = [topic_words(one, catalogue) for one in shown.unexplained]
    return EnrolmentRow(
        order=entry.order,
        when=catalogue.near(entry.explained_at, visit.context.now, record.zone),
        by=names.get(entry.entered_by, entry.entered_by),
        signature=_signature(entry.signature, catalogue),
        unexplained=catalogue.text("; ").join(unexplained),
        paper=visible_text.visible(entry.paper),
    )
