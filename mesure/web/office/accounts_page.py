"""Staff: who works here, with their accounts opened, named, given a new link, and closed.

A supervisor does this; an operator reads the list. A link is shown once. What somebody may do goes
by the role with which the account was opened: for another role another account is opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountRef, AccountView, OpenAccount, SetupLink
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM
from mesure.actions.oversight import office_setup
from mesure.actions.oversight.office_setup import RenameAccount
from mesure.actions.records.account_records import LANGUAGES
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.roles import STAFF, Role
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.office import confirmation
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import look_words

ADDRESS: Final = "/office/accounts"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account, as the list shows it."""

    account: str
    name: str
    role: str
    state: str
    kind: str  # Of the tag that says the state.
    is_own: bool
    is_closed: bool
    opened_at: datetime
    opened_by: str


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show who works here."""
    contents = {
        "rows": _rows(visit),
        "may_open": visit.actor.role is Role.SUPERVISOR,
        "roles": _roles(visit),
        "languages_of_staff": LANGUAGE_NAMES,
        "was_closed": visit.query_value("closed") == "yes",
    }
    return visit.page("accounts.html", status, **contents)


def open_account(visit: PageVisit) -> Response:
    """Open an account, and show its link once."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Enter the name of the person who will work here."))
    roles = {one.value for one in STAFF}
    role = form.one_of("role", roles, catalogue.text("Choose what they do here."))
    language = form.value("language") or LANGUAGES[0]
    if form.faults:
        return show(visit, 422)
    request = OpenAccount(name, Role(role), form.value("email").strip() or None, language)
    link = visit.result_of(staff_accounts.open_account, request, "name", confirmation.EYES)
    if link is None:
        confirmation.move_fault(visit, ActionRefusal.EMAIL, "name", "email")
        return show(visit, 422)
    return _link_page(visit, link, name)


def show_account(visit: PageVisit, status: int = 200, known: AccountRow | None = None) -> Response:
    """Show an account, with what can be done with it."""
    row = known or _row_of(visit)  # A refused action changed nothing of what is known.
    form = visit.form.over({"name": row.name})
    contents = {
        "form": form,
        "row": row,
        "address": f"{ADDRESS}/{row.account}",
        "may_change": visit.actor.role is Role.SUPERVISOR and not row.is_closed,
        "was_kept": visit.query_value("kept") == "yes",
    }
    return visit.page("account_of_staff.html", status, **contents)


def rename(visit: PageVisit) -> Response:
    """Say what somebody is called."""
    catalogue, account = visit.texts, visit.path("account")
    name = visit.form.text("name", catalogue.text("Enter a name."))
    request = RenameAccount(account, name)
    if visit.form.faults or not visit.try_action(office_setup.rename, request, "name"):
        return show_account(visit, 422)
    return visit.to(f"{ADDRESS}/{account}?kept=yes")


def give_link(visit: PageVisit) -> Response:
    """Give a new link to somebody who lost phone or password; ask once more before."""
    row, catalogue = _row_of(visit), visit.texts
    back = f"{ADDRESS}/{row.account}"
    if not confirmation.is_sure(visit):
        title = catalogue.text("A new link for {name}", name=row.name)
        lines = (
            catalogue.text("What opens the account now ends: password, codes, passkeys, sessions."),
            _apart(visit),
        )
        button = catalogue.text("Make the new link")
        return confirmation.ask_page(visit, title, lines, button, back)
    request = AccountRef(row.account)
    link = visit.result_of(staff_accounts.reset, request, "link", confirmation.EYES)
    return show_account(visit, 422, row) if link is None else _link_page(visit, link, row.name)


def close(visit: PageVisit) -> Response:
    """Close an account; ask once more before."""
    row, catalogue = _row_of(visit), visit.texts
    back = f"{ADDRESS}/{row.account}"
    if not confirmation.is_sure(visit):
        title = catalogue.text("Close the account of {name}", name=row.name)
        lines = (
            catalogue.text("They are signed out and cannot come in again. What they did stays."),
            catalogue.text("Tokens that they gave to programs end as well."),
            catalogue.text(
                "It cannot be opened again. If the person comes back, they get a new account."
            ),
        )
        button = catalogue.text("Close the account")
        return confirmation.ask_page(visit, title, lines, button, back)
    if not visit.try_action(staff_accounts.close, AccountRef(row.account), "close"):
        return show_account(visit, 422, row)
    return visit.to(f"{ADDRESS}?closed=yes")


def names_of(visit: PageVisit) -> dict[str, str]:
    """Return the names of everybody who works or worked here, by account."""
    accounts = visit.perform(staff_accounts.list_accounts, EmptyRequest())
    return names_in(visit, accounts)


def names_in(visit: PageVisit, accounts: Iterable[AccountView]) -> dict[str, str]:
    """Return the names of accounts that were listed, and what the service itself is called."""
    names = {account.account: account.name for account in accounts}
    return {PROGRAM.account: str(visit.texts.text("the service itself")), **names}


def _row_of(visit: PageVisit) -> AccountRow:
    account = visit.path("account")
    row = next((one for one in _rows(visit) if one.account == account), None)
    if row is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return row


def _rows(visit: PageVisit) -> list[AccountRow]:
    accounts = visit.perform(staff_accounts.list_accounts, EmptyRequest())
    names = names_in(visit, accounts)
    rows = [_row(visit, one, names) for one in accounts]
    return sorted(rows, key=lambda row: (row.is_closed, row.name.casefold(), row.account))


def _row(visit: PageVisit, account: AccountView, names: dict[str, str]) -> AccountRow:
    catalogue = visit.texts
    if account.closed_at is not None:
        state, kind = catalogue.text("account closed"), ""
    elif account.is_set_up:
        state, kind = catalogue.text("in use"), "met"
    else:
        state, kind = catalogue.text("link not used yet"), "wait"
    return AccountRow(
        account=account.account,
        name=account.name,
        role=str(look_words.role(account.role, catalogue)),
        state=str(state),
        kind=kind,
        is_own=account.account == visit.actor.account,
        is_closed=account.closed_at is not None,
        opened_at=account.opened_at,
        opened_by=names.get(account.opened_by, account.opened_by),
    )


def _roles(visit: PageVisit) -> list[tuple[str, str, str]]:
    """Return each role with what it may do, to choose from."""
    catalogue = visit.texts
    hints = {
        Role.OFFICER: catalogue.text("Works on the cases of their own list."),
        Role.SUPERVISOR: catalogue.text("Sees every case, opens accounts, and may confirm."),
        Role.OPERATOR: catalogue.text("Keeps the service running, and opens no case."),
        Role.INSPECTOR: catalogue.text("Reads for a stated purpose, and changes nothing."),
    }
    return [
        (role.value, str(look_words.role(role, catalogue)), str(hint))
        for role, hint in hints.items()
    ]


def _link_page(visit: PageVisit, link: SetupLink, name: str) -> Response:
    contents = {
        "name": name,
        "link": f"{visit.parts.origin}/set-up/{link.token}",
        "until_at": link.until_at,
        "apart": _apart(visit),
    }
    return visit.page("account_link.html", **contents)


def _apart(visit: PageVisit) -> str:
    """Return from when the receiver of a link counts as somebody else."""
    catalogue = visit.texts
    days = visit.context.procedure.eyes.within(visit.context.now.date())
    return str(
        catalogue.text(
            "You and they count as two people {length} after the link was used, not before.",
            length=catalogue.length(days),
        )
    )
