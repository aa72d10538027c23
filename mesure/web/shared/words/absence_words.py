"""An absence in words, the same for the person and for the officer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mesure.actions.orders.absences import AbsenceShown, How, Stage
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class Line:
    """An absence as a list shows it."""

    id: str
    title: str
    how: str
    when: Markup
    state: str
    kind: str  # Of the tag.
    answer: str
    due_at: datetime | None  # Until when it is to be answered; None: it is answered.
    is_overdue: bool
    conditions: str
    start_at: datetime


def line(absence: AbsenceShown, texts: PageTexts, now: datetime, zone: ZoneInfo) -> Line:
    """Return an absence as a line."""
    absence_record, catalogue = absence.kept, texts
    state, kind = _state(Stage(absence_record.stage), texts)
    waits = absence_record.stage == Stage.ASKED
    return Line(
        id=absence.absence,
        title=absence_record.reason,
        how=how(How(absence_record.how), texts),
        when=catalogue.stretch(absence_record.start_at, absence_record.until_at, now, zone),
        state=state,
        kind=kind,
        answer=absence_record.answer,
        due_at=absence_record.due_at if waits else None,
        is_overdue=absence.is_overdue,
        conditions=catalogue.items(sorted(absence_record.conditions)),
        start_at=absence_record.start_at,
    )


def how(how: How, texts: PageTexts) -> str:
    """Return how an absence came in."""
    catalogue = texts
    return {
        How.ASKED: catalogue.text("Asks for an absence"),
        How.NOTIFIED: catalogue.text("Tells of a departure"),
        How.DECLARED: catalogue.text("Reports an emergency"),
        How.GIVEN: catalogue.text("Allowed by the officer, unasked"),
        How.SUSPENSION: catalogue.text("All conditions are suspended"),
    }[how]


def _state(stage: Stage, texts: PageTexts) -> tuple[str, str]:
    catalogue = texts
    return {
        Stage.ASKED: (catalogue.text("waits for an answer"), "wait"),
        Stage.GRANTED: (catalogue.text("allowed"), "met"),
        Stage.REFUSED: (catalogue.text("not allowed"), "amiss"),
        Stage.WITHDRAWN: (catalogue.text("taken back"), ""),
        Stage.REVOKED: (catalogue.text("no longer allowed"), "amiss"),
    }[stage]
