"""End correction: an early end that was entered wrongly is changed or taken back, until it passes.

Nothing that was entered is lost: what counted before stays in the record. No second officer is
needed, since an order never lasts longer than two persons have confirmed.
Decision: docs/decisions/0072-an-early-end-is-corrected-until-it-passes.md
"""

from datetime import datetime

import msgspec

from mesure.actions.framework.action import ActionContext, action
from mesure.actions.orders import binding_order, court_orders, early_ends
from mesure.actions.orders.binding_order import END, EarlyEnd
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotFoundError
from mesure.orders.values.span import Span
from mesure.privacy.roles import CASEWORK


class ChangeOrderEnd(msgspec.Struct, frozen=True):
    """Another early end of an order, or none, and why."""

    order: str
    entries: int  # How many entries of an early end were read.
    at: datetime | None  # None: it is taken back, and the order lasts as long as it was entered.
    reason: str
    decision: str = ""  # Empty: as it was.


@action("orders.change_end", CASEWORK)
def change_end(doing: ActionContext, request: ChangeOrderEnd) -> None:
    """Change the early end of an order while it lies ahead, or take it back."""
    _, person = doing.open_case_of(doing.work.order(request.order))
    doing.note(order=request.order, taken_back=request.at is None)
    entered = doing.rows.need(END, request.order).value
    if entered.at is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    if entered.at <= doing.now:
        raise ActionConflictError(ActionRefusal.END_PASSED)
    if request.entries != len(entered.former) + 1:
        raise ActionConflictError(ActionRefusal.CHANGED)
    if request.entries >= early_ends.ENTRIES_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    decision = request.decision.strip() or entered.decision
    refusals.check_texts(request.reason, decision)
    if request.at is not None:
        versions = binding_order.in_turn(doing.work.versions(request.order))
        confirmed = Span(versions[0].in_force.start, versions[-1].in_force.end)
        early_ends.refuse_end([confirmed], request.at, doing.now)
    value = EarlyEnd(request.at, decision, request.reason, doing.now, doing.actor.account)
    early_ends.enter(doing.rows, request.order, person, value)
    court_orders.ask_again(doing, request.order, person)
