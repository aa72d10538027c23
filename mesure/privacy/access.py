"""Access: may this account open this person's case?

The role says what somebody may do at all; this says with whom. Someone barred from a case is
refused, whatever else they are, and so are the program and the counsel that they let in: else they
would look through them.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Callable
from dataclasses import dataclass

from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """Who may act on one person's case now, and who may never."""

    person: str
    read_in_charge: Callable[[], frozenset[str]]  # Officers: own, covering, on call.
    barred: frozenset[str]


def refusal(
    account: str, role: Role, stands_for: str | None, case: CaseAccess, let_in_by: str | None = None
) -> AccessRefusal | None:
    """Return why somebody may not open a case, or None.

    `let_in_by`: of a program and of counsel, who gave them the token or the card.

    >>> in_charge = frozenset({"A-2"})
    >>> refusal("A-1", Role.OFFICER, None, CaseAccess("P-1", lambda: in_charge, frozenset()))
    <AccessRefusal.NOT_IN_CHARGE: 'not_in_charge'>
    """
    if account in case.barred or let_in_by in case.barred:
        return AccessRefusal.BARRED
    if role in {Role.PERSON, Role.COUNSEL}:
        return None if stands_for == case.person else AccessRefusal.ANOTHER_PERSON
    if role is Role.OFFICER:
        return None if account in case.read_in_charge() else AccessRefusal.NOT_IN_CHARGE
    if role in {Role.SUPERVISOR, Role.INSPECTOR, Role.SERVICE, Role.PROGRAM}:
        return None
    return AccessRefusal.ROLE
