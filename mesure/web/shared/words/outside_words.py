"""A request for data from outside in words: the same for officer and person."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.actions.data_rights.outside_requests import Data, OutsideKept, Urgency
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts


def data(texts: PageTexts) -> dict[Data, str]:
    """Return what may be asked for, the least first."""
    catalogue = texts
    return {
        Data.ORDER: catalogue.text("Whether there is an order, and what it says"),
        Data.INCIDENTS: catalogue.text("Possible breaches, and what was found"),
        Data.ASSESSMENTS: catalogue.text("How the order was kept, night by night"),
        Data.TRAIL: catalogue.text("Where the person was, in a span of time"),
        Data.BUNDLE: catalogue.text("The evidence of one possible breach as a file"),
    }


def urgencies(texts: PageTexts) -> list[tuple[str, str, str]]:
    """Return how soon it must be answered, to choose from."""
    catalogue = texts
    return [
        (Urgency.ORDINARY.value, catalogue.text("Nothing is urgent"), ""),
        (Urgency.DAYS.value, catalogue.text("Within days"), ""),
        (
            Urgency.DANGER.value,
            catalogue.text("At once"),
            catalogue.text("Somebody’s life or health is in danger now."),
        ),
    ]


def state(kept: OutsideKept, texts: PageTexts) -> tuple[str, str]:
    """Return what came of a request, and the kind of its tag."""
    catalogue = texts
    if kept.is_granted is None:
        return catalogue.text("waits for a supervisor"), "wait"
    if kept.is_granted:
        return catalogue.text("granted"), "met"
    return catalogue.text("refused"), ""


def facts(
    kept: OutsideKept, texts: PageTexts, now: datetime, zone: ZoneInfo
) -> list[tuple[str, object]]:
    """Return what a request says, line by line."""
    catalogue = texts
    asked = data(texts)
    urgent = {value: words for value, words, _ in urgencies(texts)}
    found: list[tuple[str, object]] = [
        (catalogue.text("Who asks"), visible_text.visible(kept.authority)),
        (catalogue.text("Their number"), visible_text.visible(kept.case_number)),
        (catalogue.text("Why"), visible_text.visible(kept.reason)),
        (catalogue.text("What is asked for"), "; ".join(str(asked[one]) for one in kept.data)),
    ]
    if kept.start_at is not None and kept.until_at is not None:
        span = catalogue.stretch(kept.start_at, kept.until_at, now, zone)
        found.append((catalogue.text("Of which time"), span))
    return [
        *found,
        (catalogue.text("Why no less will do"), visible_text.visible(kept.why_no_less)),
        (catalogue.text("How soon"), urgent[kept.urgency.value]),
        (catalogue.text("Signed by"), visible_text.visible(kept.signed_by)),
        (catalogue.text("Signed on"), catalogue.date(kept.signed_on)),
        (catalogue.text("How it was checked"), visible_text.visible(kept.genuine_by_call)),
        (catalogue.text("Came in"), catalogue.near(kept.received_at, now, zone)),
    ]
