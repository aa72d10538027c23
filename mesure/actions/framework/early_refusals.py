"""Early refusals: what is refused to a signed-in person before an action, in the audit log.

A page of another role, a form that no page of ours sent, a body that is too long or cannot be read:
no action runs to carry it out or to refuse it, so the pages and the API enter it here. The line
says which address by its pattern, never by its contents, and names nobody. Each account has a
limited number of lines; further refusals are counted, and the next line says how many there were.
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from typing import Final

from mesure.actions.framework import action, audit_entry
from mesure.actions.framework.action import ActionType
from mesure.actions.framework.context import Context
from mesure.actions.refusals.refusals import TranslatableReason
from mesure.orders.text.sayings import TranslatableEnum

NAME: Final = "requests.refused"


class EarlyRefusal(TranslatableEnum):
    """Why a request was refused before it was asked who may do what; the audit log has this."""

    FOREIGN = "foreign_request", "No page of this service asked for this change."
    TOO_LONG = "too_long", "What was sent was too long."
    FAULTY = "faulty", "Something in it was missing, or could not be read."


def enter(context: Context, reason: TranslatableReason, method: str, page: str) -> None:
    """Enter that a request was refused; `page`: the pattern of its address."""
    sort = ActionType.LOOK if method in ("GET", "HEAD") else ActionType.CHANGE
    tried = action.audit_event(context, NAME, sort, counted_as=f"{NAME} {context.actor.account}")
    facts = {"refused": reason.value, "method": method, "page": page}
    audit_entry.enter_refusal(context.store, tried, (), facts, None)
