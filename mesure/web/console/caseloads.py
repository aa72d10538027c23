"""Caseloads: an officer's list, who is in charge of each person now, and moving cases.

A supervisor moves cases from one list to another; one who moved too many moves them back. Everybody
else sees their own list. Somebody is in charge of each person at every moment, and the page says
who and by what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.cases import caseload, colleagues
from mesure.actions.cases.caseload import (
    AssignCase,
    CaseloadRequest,
    CaseView,
    UnassignedCasesRequest,
)
from mesure.actions.cases.colleagues import Colleague, ColleaguesRequest
from mesure.privacy.roles import Role
from mesure.web.console.names import names_of
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import charge_words, work_words

ADDRESS: Final = "/console/caseloads"
NOBODY: Final = "-"
CASES_MAX: Final = 100  # Moved at once: more is a mistake more often than not.


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """A person on the list, with who is in charge of them now."""

    person: str
    name: str
    how: str
    by: str
    is_ticked: bool
    lost: str  # That the record cannot be read, where it is so.


@dataclass(frozen=True, slots=True)
class MovedCases:
    """Cases that came from another list just now, and may go back."""

    cases: tuple[str, ...]
    back_to: str
    name: str


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a list of cases, with who is in charge of each."""
    staff = visit.perform(colleagues.list_colleagues, ColleaguesRequest())
    names = {one.account: one.name for one in staff}
    is_supervisor = visit.actor.role is Role.SUPERVISOR
    chosen = visit.form.value("of") or visit.query_value("of") or NOBODY
    of = chosen if is_supervisor else visit.actor.account
    page = _cases(visit, of)
    if of not in names and not page:  # At first the list of nobody, which is to be empty.
        of, page = NOBODY, _cases(visit, NOBODY)
    name = _name(visit, of, names)
    former = [(of, name)] if of not in {*names, NOBODY} else []  # Somebody who left.
    cases = sorted(page, key=lambda case: (case.name.casefold(), case.person))
    ticked = set(visit.form.values.values()) | {visit.query_value("person")}
    contents = {
        "is_supervisor": is_supervisor,
        "of": of,
        "whose": former + _choices(visit, staff),
        "to": [("", str(visit.texts.text("Choose…"))), *_choices(visit, staff, but=of)],
        "name": name,
        "lines": [_line(visit, one, ticked) for one in cases],
        "moved": _moved(visit, cases, dict(_choices(visit, staff))) if is_supervisor else None,
        "later": later(ADDRESS, page) if of == NOBODY else "",
    }
    return visit.page("caseloads.html", status, **contents)


def move(visit: PageVisit) -> Response:
    """Move the cases that were ticked onto another list, or back."""
    catalogue, form = visit.texts, visit.form
    start, to = form.value("of") or NOBODY, form.value("to")
    chosen = [
        value for name, value in sorted(form.values.items()) if name.startswith("case_") and value
    ][:CASES_MAX]
    if not chosen:
        form.refuse("case_1", catalogue.text("Tick at least one person."))
    if not to:
        form.refuse("to", catalogue.text("Choose a colleague."))
    if form.faults:
        return show(visit, 422)
    done: list[str] = []
    for person in chosen:
        request = AssignCase(person, None if to == NOBODY else to)
        if not visit.try_action(caseload.assign, request, "to"):
            return show(visit, 422)
        done.append(person)
    query = urlencode({"of": to, "from": start, "cases": ",".join(done)})
    return visit.to(f"{ADDRESS}?{query}")


def _cases(visit: PageVisit, of: str) -> Sequence[CaseView]:
    if of == NOBODY:
        return visit.perform(caseload.nobodys, UnassignedCasesRequest(visit.query_value("after")))
    cases = visit.perform(caseload.list_cases, CaseloadRequest(of))
    return [one for one in cases if one.officer == of]


def later(address: str, cases: Sequence[CaseView]) -> str:
    """Return where the list of cases without an officer goes on behind a page of it, or nothing."""
    if len(cases) < caseload.NOBODYS:
        return ""
    return f"{address}?{urlencode({'after': cases[-1].person})}"


def _choices(visit: PageVisit, staff: Sequence[Colleague], but: str = "") -> list[tuple[str, str]]:
    nobody = str(visit.texts.text("no officer, for now"))
    everybody = [*((one.account, one.name) for one in staff), (NOBODY, nobody)]
    return [one for one in everybody if one[0] != but]


def _name(visit: PageVisit, of: str, names: dict[str, str]) -> str:
    if of == NOBODY:
        return str(visit.texts.text("Not assigned to an officer"))
    return names.get(of) or names_of(visit).get(of, of)


def _line(visit: PageVisit, case: CaseView, ticked: set[str]) -> CaseloadRow:
    [(how, by)] = charge_words.rows(case.in_charge, visit.texts)
    lost = work_words.unreadable(visit.texts, is_readable=case.is_readable)
    return CaseloadRow(case.person, case.name, str(how), by, case.person in ticked, lost)


def _moved(visit: PageVisit, cases: Sequence[CaseView], names: dict[str, str]) -> MovedCases | None:
    """Return what was moved here just now, as far as it is here."""
    persons = set(visit.query_value("cases").split(","))
    here = tuple(one.person for one in cases if one.person in persons)
    start = visit.query_value("from")
    return MovedCases(here, start, names[start]) if here and start in names else None
