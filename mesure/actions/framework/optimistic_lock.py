"""Optimistic locking: change a record only if it is unchanged since it was read.

Two officers with the same page open would otherwise overwrite one another without noticing. What is
compared is what a look shows, within the same transaction as the change.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from mesure.actions.framework.action import Action, ActionContext
from mesure.actions.framework.context import Context
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.orders.text.sayings import TranslatableEnum

I = TypeVar("I")  # noqa: E741  What is asked for, as `action` has it.
O = TypeVar("O")  # noqa: E741
S = TypeVar("S")
L = TypeVar("L")


class StaleReason(TranslatableEnum):
    """Why it was not changed."""

    CHANGED_MEANWHILE = (
        "changed_meanwhile",
        "Somebody has changed this since you read it. Read it again.",
    )


def if_unchanged(
    wanted: Action[I, O], look: Action[S, L], looked: S, is_same: Callable[[L], bool]
) -> Action[I, O]:
    """Return an action that is carried out only where a look still shows the same."""

    def begin(context: Context, request: I) -> Callable[[ActionContext], O]:
        carry_out, see = wanted.begin(context, request), look.begin(context, looked)

        def carry_out_if_unchanged(doing: ActionContext) -> O:
            if not is_same(see(doing)):
                raise ActionConflictError(StaleReason.CHANGED_MEANWHILE)
            return carry_out(doing)

        return carry_out_if_unchanged

    return replace(wanted, begin=begin)
