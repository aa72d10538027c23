"""Who else works here as an officer: names to choose from, and to read in the place of ids."""

import msgspec

from mesure.actions.accounts import Nothing
from mesure.actions.accounts_kept import ACCOUNT
from mesure.actions.acting import Doing, look
from mesure.privacy.roles import CASEWORK, Role


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works on cases."""

    account: str
    name: str
    role: Role


@look("colleagues.list", CASEWORK | {Role.INSPECTOR})
def listed(doing: Doing, _: Nothing) -> tuple[Colleague, ...]:
    """List those who work on cases now, by name."""
    found = [
        Colleague(kept.id, kept.value.name, kept.value.role)
        for role in sorted(CASEWORK)
        for kept in doing.rows.found(ACCOUNT, "role", role)
        if kept.value.closed_at is None
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.account)))
