"""Programs: who may ask for something by a token, for which actions, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import service_accounts
from mesure.actions.accounts.service_accounts import (
    LASTS_MAX,
    OpenServiceAccount,
    ServiceAccountRef,
    ServiceAccountView,
)
from mesure.actions.framework.action import ACTIONS, EmptyRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.roles import Role
from mesure.web.office import accounts_page, confirmation, program_permissions
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/office/programs"


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A program, as the list shows it."""

    program: ServiceAccountView
    opened_by: str
    state: str
    kind: str
    is_open: bool


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show which programs have access."""
    names = accounts_page.names_of(visit)
    rows = [_row(visit, one, names) for one in _services(visit)]
    rows.sort(key=lambda it: (not it.is_open, it.program.name.casefold(), it.program.service))
    ticked = set(visit.form.value_list("scope"))
    contents = {
        "rows": rows,
        "may_open": visit.actor.role is Role.SUPERVISOR,
        "scopes": list(_scopes(visit, ticked)),
        "days": LASTS_MAX.days,
        "was_ended": visit.query_value("ended") == "yes",
    }
    return visit.page("programs.html", status, **contents)


def open_program(visit: PageVisit) -> Response:
    """Give a program access, and show its token once."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Enter the name of the program."))
    scopes, until_at = tuple(form.value_list("scope")), _until(visit)
    if not scopes:
        form.refuse("scope_1", catalogue.text("Tick what the program may do."))
    if until_at is None or form.faults:
        return show(visit, 422)
    request = OpenServiceAccount(name, scopes, until_at)
    token = visit.result_of(service_accounts.open_service, request, "until", confirmation.EYES)
    if token is None:
        confirmation.move_fault(visit, ActionRefusal.NAME, "until", "name")
        return show(visit, 422)
    return visit.page("secret.html", name=name, secret=token.token, back=ADDRESS, place="programs")


def close(visit: PageVisit) -> Response:
    """Take a program's token back; ask once more before."""
    service, catalogue = visit.path("service"), visit.texts
    program = next((one for one in _services(visit) if one.service == service), None)
    if program is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    if not confirmation.is_sure(visit):
        title = catalogue.text("End the access of {name}", name=program.name)
        lines = (
            catalogue.text("Its token stops working at once."),
            catalogue.text("The same token cannot be given again. A new access gets a new one."),
        )
        button = catalogue.text("End the access")
        return confirmation.ask_page(visit, title, lines, button, ADDRESS)
    visit.perform(service_accounts.close, ServiceAccountRef(service))
    return visit.to(f"{ADDRESS}?ended=yes")


def _until(visit: PageVisit) -> datetime | None:
    """Return the end of the last day of an access, on the programme's clock."""
    catalogue = visit.texts
    visit.form.text("until", catalogue.text("Enter the last day of the access."))
    last = visit.form.day("until", catalogue.catalogue)
    if last is None:
        return None
    try:
        day = last + timedelta(days=1)
    except OverflowError:
        visit.form.refuse("until", catalogue.text("This is not a day. Write it like 2026-03-31."))
        return None
    return datetime.combine(day, time(), visit.parts.zone).astimezone(UTC)


def _services(visit: PageVisit) -> tuple[ServiceAccountView, ...]:
    return visit.perform(service_accounts.list_services, EmptyRequest())


def _row(visit: PageVisit, service: ServiceAccountView, names: dict[str, str]) -> ProgramRow:
    catalogue = visit.texts
    if service.closed_at is not None:
        state, kind = catalogue.text("ended"), ""
    elif visit.context.now >= service.until_at:
        state, kind = catalogue.text("expired"), ""
    else:
        state, kind = catalogue.text("in use"), "met"
    opened_by = names.get(service.opened_by, service.opened_by)
    return ProgramRow(service, opened_by, str(state), kind, is_open=kind != "")


def _scopes(visit: PageVisit, ticked: set[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield what a program can be allowed to do: the action, in words, and whether it is ticked."""
    words = program_permissions.words(visit.texts)
    for name, action in sorted(ACTIONS.items()):
        if Role.SERVICE in action.allows:
            yield name, words[name], name in ticked
