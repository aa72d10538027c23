"""Upkeep: what the service does by itself now and then: end what is over, forget what has no use.

Nothing is done, and nothing entered in the audit log, while nothing is due.
"""

from datetime import datetime
from typing import Final

from mesure.actions.accounts.failed_sign_ins import FAILURES
from mesure.actions.devices import assignments
from mesure.actions.framework.action import ActionContext, EmptyRequest, action, perform
from mesure.actions.framework.context import Context
from mesure.actions.records.record_types import RegisterReader
from mesure.privacy.lockout import FORGOTTEN_AFTER
from mesure.privacy.roles import Role

# Failures to sign in that are over stay until there are this many; then all go at once.
LET_LIE_MAX: Final = 100


def now_and_then(context: Context) -> None:
    """Do what is due."""
    store, keyring = context.store, context.keyring
    if assignments.is_due(store, keyring, context.now):
        perform(context, assignments.end_due, EmptyRequest())
    with store.read() as reading:
        over = len(_over(RegisterReader(reading, keyring), context.now))
    if over >= LET_LIE_MAX:
        perform(context, forget_failures, EmptyRequest())


def _over(rows: RegisterReader, now: datetime) -> list[str]:
    """Return the counts of failures that count no more."""
    counts = rows.all(FAILURES)
    return [kept.id for kept in counts if now >= kept.value.last_at + FORGOTTEN_AFTER]


@action("sign_in.forget_failures", {Role.PROGRAM})
def forget_failures(doing: ActionContext, _: EmptyRequest) -> int:
    """Forget failures to sign in that count no more."""
    over = _over(doing.rows, doing.now)
    for name in over:
        doing.rows.drop(FAILURES, name)
    doing.note(forgotten=len(over))
    return len(over)
