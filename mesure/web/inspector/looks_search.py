"""Looks search: who looked at a person's case, in which days, found by words; all of it in words.

What is searched for is matched with the words that the reader's own language has for what was done
and with names of accounts. The search is entered in the log, without the words.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import CourtPapersRequest
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LooksSearch
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.purposes import Purpose, is_case_number
from mesure.web.inspector import record
from mesure.web.inspector.record import AuditRow
from mesure.web.shared import paper_rows
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.paper_rows import CourtPaperRow
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import look_words

ADDRESS: Final = record.LOOKS
FIELDS: Final = ("person", "first_day", "last_day", "words", "case_number")
PAPERS: Final = "/inspector/papers"
BEFORE: Final = timedelta(days=6)  # A week, where no day was chosen.


def show(visit: PageVisit) -> Response:
    """Show the search, and what it found."""
    is_asked = bool(visit.query_value("search"))
    form = FormFields({name: visit.query_value(name).strip() for name in FIELDS})
    lines, after = _found(visit, form) if is_asked else ([], None)
    if not is_asked:
        today = visit.context.now.astimezone(visit.parts.zone).date()
        days = {"first_day": (today - BEFORE).isoformat(), "last_day": today.isoformat()}
        form = FormFields({**form.values, **days})
    query = {"search": "1", **form.values}
    is_searched = is_asked and not form.faults
    contents = {
        "form": form,
        "papers": _papers(visit, form) if is_searched else [],
        "ways": record.ways_of(visit),
        "lines": lines,
        "is_searched": is_searched,
        "later": "" if after is None else f"{ADDRESS}?{urlencode({**query, 'after': after})}",
    }
    return visit.page("looks_search.html", 422 if form.faults else 200, **contents)


def _found(visit: PageVisit, form: FormFields) -> tuple[list[AuditRow], str | None]:
    catalogue = visit.texts
    first_day = form.day("first_day", catalogue.catalogue)
    last_day = form.day("last_day", catalogue.catalogue)
    number = form.value("case_number")
    if not is_case_number(number):
        form.refuse("case_number", catalogue.text("Enter the number of the case."))
    if form.faults or first_day is None or last_day is None:
        return [], None
    words = form.value("words")
    request = LooksSearch(
        case_number=number,
        first_day=first_day,
        last_day=last_day,
        person=form.value("person") or None,
        words=words,
        actions=_actions(visit, words),
        accounts=_accounts(visit, words),
        after=visit.query_value("after"),
    )
    try:
        page = visit.perform(inspection.search_looks, request)
    except ActionError as error:
        field = "last_day" if error.reason is ActionRefusal.SPAN else "person"
        form.refuse(field, error.sentence(catalogue.catalogue))
        return [], None
    return [record.row_of(visit, line) for line in page.looks], page.after


def _papers(visit: PageVisit, form: FormFields) -> list[CourtPaperRow]:
    """Return the court's papers behind a person's orders, where one person was asked about."""
    person, number = form.value("person"), form.value("case_number")
    if not person or visit.query_value("after"):
        return []
    request = CourtPapersRequest(person=person, purpose=Purpose.INSPECTION, case_number=number)
    papers = visit.perform(court_papers.list_papers, request)
    return paper_rows.rows(papers, visit, PAPERS, f"?{urlencode({'case_number': number})}")


def _actions(visit: PageVisit, words: str) -> tuple[str, ...]:
    """Return the actions whose words have what is searched for, in the reader's language."""
    if not words:
        return ()
    named = ((name, look_words.what(name, texts=visit.texts)) for name in sorted(record.NAMES))
    return tuple(name for name, said in named if words.casefold() in said.casefold())


def _accounts(visit: PageVisit, words: str) -> tuple[str, ...]:
    """Return the accounts of those who work here whose names have what is searched for."""
    if not words:
        return ()
    accounts = visit.perform(staff_accounts.list_accounts, EmptyRequest())
    return tuple(
        account.account for account in accounts if words.casefold() in account.name.casefold()
    )
