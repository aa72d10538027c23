"""Colleagues: who else works here as an officer, to choose from, and to show instead of ids."""

import msgspec

from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.privacy.roles import CASEWORK, Role


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works on cases."""

    account: str
    name: str
    role: Role


@look("colleagues.list", CASEWORK | {Role.INSPECTOR})
def list_colleagues(doing: ActionContext, _: EmptyRequest) -> tuple[Colleague, ...]:
    """List those who work on cases now, by name."""
    colleagues = [
        Colleague(worker.account, worker.name, worker.role)
        for role in sorted(CASEWORK)
        for worker in case_access.staff_in_role(doing.rows, role)
    ]
    return tuple(sorted(colleagues, key=lambda colleague: (colleague.name, colleague.account)))
