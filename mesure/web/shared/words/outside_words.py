"""A request for data from outside in words: the same for officer and person."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.actions.data_rights.outside_requests import DataCategory, OutsideRequestRecord, Urgency
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts


def data(catalogue: PageTexts) -> dict[DataCategory, str]:
    """Return what may be asked for, the least first."""
    return {
        DataCategory.ORDER: catalogue.text("Whether there is an order, and what it says"),
        DataCategory.INCIDENTS: catalogue.text("Possible breaches, and what was found"),
        DataCategory.ASSESSMENTS: catalogue.text("How the order was kept, night by night"),
        DataCategory.TRAIL: catalogue.text("Where the person was, in a period of time"),
        DataCategory.BUNDLE: catalogue.text("The evidence of one possible breach as a file"),
    }


def urgencies(catalogue: PageTexts) -> list[tuple[str, str, str]]:
    """Return how soon it must be answered, to choose from."""
    return [
        (Urgency.ORDINARY.value, catalogue.text("Not urgent"), ""),
        (Urgency.DAYS.value, catalogue.text("Within days"), ""),
        (
            Urgency.DANGER.value,
            catalogue.text("At once"),
            catalogue.text("Somebody’s life or health is in danger now."),
        ),
    ]


def state(request_record: OutsideRequestRecord, catalogue: PageTexts) -> tuple[str, str]:
    """Return what came of a request, and the kind of its tag."""
    if request_record.is_granted is None:
        return catalogue.text("waits for a supervisor"), "wait"
    if request_record.is_granted:
        return catalogue.text("granted"), "met"
    return catalogue.text("not granted"), ""


def facts(
    request_record: OutsideRequestRecord, catalogue: PageTexts, now: datetime, zone: ZoneInfo
) -> list[tuple[str, object]]:
    """Return what a request says, line by line."""
    data_names = data(catalogue)
    urgent = {value: words for value, words, _ in urgencies(catalogue)}
    rows: list[tuple[str, object]] = [
        (catalogue.text("Who asks"), visible_text.visible(request_record.authority)),
        (catalogue.text("Their reference"), visible_text.visible(request_record.case_number)),
        (catalogue.text("Reason"), visible_text.visible(request_record.reason)),
        (
            catalogue.text("What is asked for"),
            catalogue.text("; ").join(data_names[one] for one in request_record.data),
        ),
    ]
    if request_record.start_at is not None and request_record.until_at is not None:
        span = catalogue.stretch(request_record.start_at, request_record.until_at, now, zone)
        rows.append((catalogue.text("For which period"), span))
    return [
        *rows,
        (catalogue.text("Why no less will do"), visible_text.visible(request_record.why_no_less)),
        (catalogue.text("How soon"), urgent[request_record.urgency.value]),
        (catalogue.text("Signed by"), visible_text.visible(request_record.signed_by)),
        (catalogue.text("Signed on"), catalogue.date(request_record.signed_on)),
        (
            catalogue.text("How it was checked"),
            visible_text.visible(request_record.genuine_by_call),
        ),
        (catalogue.text("Came in"), catalogue.near(request_record.received_at, now, zone)),
    ]
