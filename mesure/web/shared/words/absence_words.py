"""An absence in words, the same for the person and for the officer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceOrigin, AbsenceStage, AbsenceView
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class AbsenceRow:
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


def line(absence: AbsenceView, texts: PageTexts, now: datetime, zone: ZoneInfo) -> AbsenceRow:
    """Return an absence as a line."""
    absence_record = absence.kept
    stage = absences.stage_of(absence_record)
    state, kind = _state(stage, texts)
    return AbsenceRow(
        id=absence.absence,
        title=absence_record.reason,
        how=how(AbsenceOrigin(absence_record.how), texts),
        when=texts.stretch(absence_record.start_at, absence_record.until_at, now, zone),
        state=state,
        kind=kind,
        answer=absence_record.answer,
        due_at=absence_record.due_at if stage is AbsenceStage.ASKED else None,
        is_overdue=absence.is_overdue,
        conditions=texts.items(sorted(absence_record.conditions)),
        start_at=absence_record.start_at,
    )


def how(how: AbsenceOrigin, catalogue: PageTexts) -> str:
    """Return how an absence came in."""
    return {
        AbsenceOrigin.ASKED: catalogue.text("Request for an absence"),
        AbsenceOrigin.NOTIFIED: catalogue.text("Tells of a departure"),
        AbsenceOrigin.DECLARED: catalogue.text("Reports an emergency"),
        AbsenceOrigin.GIVEN: catalogue.text("Allowed by the officer, without a request"),
        AbsenceOrigin.SUSPENSION: catalogue.text("All conditions are suspended"),
    }[how]


def _state(stage: AbsenceStage, catalogue: PageTexts) -> tuple[str, str]:
    return {
        AbsenceStage.NEEDLESS: (catalogue.text("not needed: the order ends first"), ""),
        AbsenceStage.ASKED: (catalogue.text("waits for an answer"), "wait"),
        AbsenceStage.GRANTED: (catalogue.text("allowed"), "met"),
        AbsenceStage.REFUSED: (catalogue.text("not allowed"), "amiss"),
        AbsenceStage.WITHDRAWN: (catalogue.text("request taken back"), ""),
        AbsenceStage.REVOKED: (catalogue.text("no longer allowed"), "amiss"),
    }[stage]
