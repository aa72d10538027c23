"""What an absence is called, to the person and to the officer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.orders.absences import AbsenceOrigin, AbsenceStage, AbsenceView
from mesure.actions.orders.binding_order import AbsenceRecord
from mesure.machine import texts
from mesure.web.shared.words import absence_words
from mesure.web.shared.words.page_texts import PageTexts

START = datetime(2026, 3, 19, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_absence(answered_at: datetime, until_at: datetime) -> AbsenceView:
    kept = AbsenceRecord(
        order="ALM-1",
        conditions=("C1",),
        start_at=START,
        until_at=until_at,
        reason="My mother fell.",
        stage=AbsenceStage.GRANTED,
        how=AbsenceOrigin.ASKED,
        asked_at=START - 2 * HOUR,
        asked_by="person",
        due_at=START,
        answered_at=answered_at,
    )
    return AbsenceView("A-1", kept, is_overdue=False)


@pytest.mark.parametrize(
    ("absence", "words"),
    [
        (make_absence(START - HOUR, START + 4 * HOUR), ("allowed", "met")),
        (make_absence(START + HOUR, START + HOUR), ("no longer allowed", "amiss")),
    ],
    ids=["as it was allowed", "ended after it had begun"],
)
def test_an_absence_that_was_ended_is_no_longer_allowed(
    absence: AbsenceView, words: tuple[str, str]
) -> None:
    english = PageTexts(texts.catalogue("en"))
    line = absence_words.line(absence, english, START + 2 * HOUR, ZoneInfo("Asia/Almaty"))
    assert (line.state, line.kind) == words
