"""Colleagues: who else works here as an officer, to choose from, and to show instead of ids."""

import msgspec

from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, look
from mesure.privacy.roles import CASEWORK, Role


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works on cases."""

    account: str
    name: str
    role: Role


class ColleaguesRequest(msgspec.Struct, frozen=True):
    """Whether those whose accounts were closed are listed too: what they did stands."""

    with_former: bool = False


@look("colleagues.list", CASEWORK | {Role.INSPECTOR})
def list_colleagues(doing: ActionContext, request: ColleaguesRequest) -> tuple[Colleague, ...]:
    """List those who work on cases, by name."""
    colleagues = [
        Colleague(worker.account, worker.name, worker.role)
        for worker in case_access.staff_in_roles(doing.rows, CASEWORK)
        if request.with_former or not worker.is_closed
    ]
    return tuple(sorted(colleagues, key=lambda colleague: (colleague.name, colleague.account)))
