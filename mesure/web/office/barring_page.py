"""Barred from a case: who may never see it, and how they are let in again by two supervisors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountView
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import BarRequest, BarView, CaseRequest
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.framework.action import EmptyRequest
from mesure.web.office import accounts_page, confirmation
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import look_words

ADDRESS: Final = "/office/barring"


@dataclass(frozen=True, slots=True)
class BarRow:
    """Somebody who may not see the case, as the page lists them."""

    account: str
    name: str
    is_named: bool
    barred_by: str
    barred_at: datetime | None
    asked_by: str  # Who asks to let them in again; empty: nobody.
    asked_at: datetime | None
    is_own_request: bool


def choose(visit: PageVisit) -> Response:
    """Ask whose case it is, and lead to its page."""
    person = visit.query_value("person").strip()
    if person:
        return visit.to(f"{ADDRESS}/{quote(person, safe='')}")
    return visit.page("barring_choice.html", is_empty="person" in visit.request.query_params)


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show who may not see a case."""
    person = visit.path("person")
    purpose, number = record_heading.why(visit, person)
    request = PersonRequest(person=person, purpose=purpose, case_number=number)
    view = visit.perform(persons.show, request)
    bars = visit.perform(caseload.list_bars, CaseRequest(person))
    accounts = visit.perform(staff_accounts.list_accounts, EmptyRequest())
    names = accounts_page.names_in(visit, accounts)
    barred = {one.account for one in bars if one.is_named}
    contents = {
        "person": view,
        "bars": [_row(visit, one, names) for one in bars],
        "to_bar": _choices(visit, accounts, barred),
        "address": _address(visit),
        "done": _done(visit),
    }
    return visit.page("barring.html", status, **contents)


def bar(visit: PageVisit) -> Response:
    """Bar somebody; ask once more before, since two people are needed to undo it."""
    catalogue, person = visit.texts, visit.path("person")
    account = visit.form.text("account", catalogue.text("Choose whom to bar."))
    if visit.form.faults:
        return show(visit, 422)
    if not confirmation.is_sure(visit):
        name = accounts_page.names_of(visit).get(account, account)
        lines = (
            catalogue.text("They see nothing of this case any more, nor do those they let in."),
            catalogue.text("If the case is on their list, it comes off it."),
            catalogue.text("They are signed out at once, like every account they let in."),
            catalogue.text("Two supervisors are needed to let them in again."),
        )
        title = catalogue.text("Bar {name} from this case", name=name)
        button = catalogue.text("Bar them")
        fields = {"account": account}
        return confirmation.ask_page(visit, title, lines, button, _address(visit), fields)
    if not visit.try_action(caseload.bar, BarRequest(person, account), "account"):
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?done=barred")


def keep_barred(visit: PageVisit) -> Response:
    """Turn down, or take back, that somebody is let in again."""
    request = BarRequest(visit.path("person"), visit.form.value("account"))
    if not visit.try_action(caseload.bar, request, "unbar"):
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?done=kept")


def ask_to_unbar(visit: PageVisit) -> Response:
    """Ask that somebody may see the case again; it can be taken back."""
    request = BarRequest(visit.path("person"), visit.form.value("account"))
    if not visit.try_action(caseload.unbar, request, "unbar"):
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?done=asked")


def unbar(visit: PageVisit) -> Response:
    """Let somebody see the case again, as another supervisor asked."""
    request = BarRequest(visit.path("person"), visit.form.value("account"))
    visit.result_of(caseload.confirm_unbar, request, "unbar", confirmation.EYES)
    if visit.form.faults or visit.is_resumed:
        return show(visit, 422)
    return visit.to(f"{_address(visit)}?done=unbarred")


def _address(visit: PageVisit) -> str:
    return f"{ADDRESS}/{quote(visit.path('person'), safe='')}"


def _row(visit: PageVisit, bar: BarView, names: dict[str, str]) -> BarRow:
    return BarRow(
        account=bar.account,
        name=bar.name or bar.account,
        is_named=bar.is_named,
        barred_by=names.get(bar.barred_by or "", bar.barred_by or ""),
        barred_at=bar.barred_at,
        asked_by=names.get(bar.unbar_by or "", bar.unbar_by or ""),
        asked_at=bar.unbar_at,
        is_own_request=bar.unbar_by == visit.actor.account,
    )


def _choices(
    visit: PageVisit, accounts: Iterable[AccountView], barred: set[str]
) -> list[tuple[str, str]]:
    """Return whom one may bar: everyone who works here and is not barred by name yet."""
    catalogue = visit.texts
    there = [one for one in accounts if one.closed_at is None and one.account not in barred]
    there.sort(key=lambda one: one.name.casefold())
    named = [(one.account, f"{one.name} ({look_words.role(one.role, catalogue)})") for one in there]
    return [("", str(catalogue.text("Choose…"))), *named]


def _done(visit: PageVisit) -> str:
    catalogue = visit.texts
    return {
        "barred": catalogue.text("They are barred from this case now."),
        "asked": catalogue.text(
            "Your request is recorded. A second supervisor confirms it on this page."
        ),
        "kept": catalogue.text("They stay barred."),
        "unbarred": catalogue.text(
            "They may see this case again. Tell the person who barred them."
        ),
    }.get(visit.query_value("done"), "")
