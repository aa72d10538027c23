"""Second officers: who may confirm a version of an order, and from when.

A version with a new place binds when somebody else has confirmed it. An account counts as somebody
else a week after its link was used, unless the link was printed on the machine. In a new office
that is a riddle, so it is worked out here, by the same rule by which it is refused.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from mesure.actions.framework import case_access, four_eyes
from mesure.actions.framework.action import ActionContext, look
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role


class SecondOfficerState(StrEnum):
    """Whether somebody may confirm a version."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"  # They gave the link to the one who entered it: for this they are one.
    NOT_SET_UP = "not_set_up"  # Nobody has used the link of the account yet.


class SecondOfficersRequest(msgspec.Struct, frozen=True):
    """Whose order, and which version; without an order: one that the caller enters now."""

    person: str
    order: str = ""
    number: int = 0


class SecondOfficer(msgspec.Struct, frozen=True):
    """Somebody who may open the case, and from when they may confirm the version."""

    account: str
    name: str
    role: Role
    state: SecondOfficerState
    from_at: datetime | None  # Of `later`.


@look("orders.second_officers", CASEWORK, purpose=Purpose.SUPERVISION)
def second_officers(
    doing: ActionContext, request: SecondOfficersRequest
) -> tuple[SecondOfficer, ...]:
    """See who may confirm a version of an order, and from when."""
    doing.case(request.person)
    first = _entered(doing, request)
    return tuple(_officer(doing, account, first) for account in _who(doing, request.person, first))


def _entered(doing: ActionContext, request: SecondOfficersRequest) -> tuple[str, datetime]:
    """Return who entered the version, and when."""
    if not request.order:
        return doing.actor.account, doing.now
    order = doing.work.order(request.order)
    if order is None or order.person != request.person:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    for version in doing.work.versions(request.order):
        if version.number == request.number:
            return version.entered_by, version.entered_at
    raise NotFoundError(ActionRefusal.NOT_HERE)


def _who(doing: ActionContext, person: str, first: tuple[str, datetime]) -> Iterator[str]:
    """Yield those who may open the case, but for the officer who entered the version."""
    case = doing.access_of(case_access.file_of(doing.rows, person))
    supervisors = doing.staff.supervisors
    for account in dict.fromkeys([*supervisors, *sorted(case.read_in_charge())]):
        if account != first[0] and account not in case.barred:
            yield account


def _officer(doing: ActionContext, account: str, first: tuple[str, datetime]) -> SecondOfficer:
    stored_account = doing.rows.need(ACCOUNT, account)
    value, from_at = stored_account.value, four_eyes.second_from(doing, first, account)
    if not value.is_set_up and value.let_in:
        state, from_at = SecondOfficerState.NOT_SET_UP, None
    elif from_at is None:
        state = SecondOfficerState.NEVER
    elif from_at <= doing.now:
        state, from_at = SecondOfficerState.NOW, None
    else:
        state = SecondOfficerState.LATER
    return SecondOfficer(account, value.name, value.role, state, from_at)
