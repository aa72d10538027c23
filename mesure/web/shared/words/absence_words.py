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


def line(one: AbsenceShown, texts: PageTexts, now: datetime, zone: ZoneInfo) -> Line:
    """Return an absence as a line."""
    kept, catalogue = one.kept, texts
    state, kind = _state(Stage(kept.stage), texts)
    waits = kept.stage == Stage.ASKED
    return Line(
        id=one.absence,
        title=kept.reason,
        how=how(How(kept.how), texts),
        when=catalogue.stretch(kept.start_at, kept.until_at, now, zone),
        state=state,
        kind=kind,
        answer=kept.answer,
        due_at=kept.due_at if waits else None,
        is_overdue=one.is_overdue,
        conditions=catalogue.items(sorted(kept.conditions)),
        start_at=kept.start_at,
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
