"""The case of the person who invited counsel: possible breaches, the order, who looked."""

from typing import Final

from starlette.responses import Response

from mesure.actions.incidents.incident_review import IncidentHead
from mesure.privacy.roles import CASEWORK, Role
from mesure.web.shared import nights, paper_rows, record_heading, record_pages
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.record_pages import IncidentRow
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import charge_words, incident_phrases
from mesure.web.shared.words.incident_phrases import Tag

ADDRESS: Final = "/counsel"
INCIDENTS: Final = f"{ADDRESS}/incidents"
OTHERS: Final = (*sorted(CASEWORK), Role.INSPECTOR, Role.OPERATOR, Role.SERVICE)


def show(visit: PageVisit) -> Response:
    """Show the person, until when the invitation holds, and possible breaches, page by page."""
    record = record_heading.own(visit)
    heads, earlier = record_pages.incidents(visit, record.person, ADDRESS)
    contents = {
        "record": record,
        "lines": [_line(visit, head, record) for head in heads],
        "earlier": earlier,
        "until_at": None if visit.session is None else visit.session.invited_until_at,
        "charge": charge_words.rows(record.shown.in_charge, visit.texts),
    }
    return visit.page("case.html", **contents)


def show_nights(visit: PageVisit) -> Response:
    """Show how each condition was kept, day by day."""
    record = record_heading.own(visit)
    calendars = nights.of(visit, record, nights.COUNSELS)
    return visit.page(
        "case_nights.html", record=record, calendars=calendars, today=record.today(visit)
    )


def show_order(visit: PageVisit) -> Response:
    """Show what binds the person, in words and as the court wrote it."""
    record = record_heading.own(visit)
    contents = {
        "record": record,
        "order": record_heading.in_words(visit, record),
        "papers": paper_rows.in_force(visit, record, f"{ADDRESS}/papers"),
    }
    return visit.page("case_order.html", **contents)


def show_notes(visit: PageVisit) -> Response:
    """Show the notes, calls and visits that officers wrote down, as they read them."""
    record = record_heading.own(visit)
    contents = record_pages.notes(visit, record, f"{ADDRESS}/notes")
    return visit.page("case_notes_page.html", record=record, **contents)


def who_looked(visit: PageVisit) -> Response:
    """Show who looked at the record or changed it, page by page, the latest first."""
    record = record_heading.own(visit)
    contents = record_pages.looks(visit, record.person, f"{ADDRESS}/looks", OTHERS)
    return visit.page("case_looks.html", zone=record.zone, **contents)


def show_help(visit: PageVisit) -> Response:
    """Show help."""
    return visit.page("counsel_help.html")


def _line(visit: PageVisit, head: IncidentHead, record: PersonRecord) -> IncidentRow:
    texts, now = visit.texts, visit.context.now
    return IncidentRow(
        f"{INCIDENTS}/{head.incident}",
        incident_phrases.title_in_list(head.condition, head.kind, texts),
        texts.stretch(head.start_at, head.end_at, now, record.zone),
        state(head, visit),
    )


def state(head: IncidentHead, visit: PageVisit) -> Tag:
    """Return the state of a possible breach."""
    catalogue = visit.texts
    if head.withdrawn_at is not None:
        return catalogue.text("withdrawn"), "met"
    if head.is_contested:
        return catalogue.text("contested"), "wait"
    concluded = None if head.outcome is None else (head.outcome, None)
    return incident_phrases.state(head.stage, concluded, visit.texts)
