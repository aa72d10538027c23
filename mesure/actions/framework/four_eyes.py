"""Four eyes: two people where two must see something; accounts that one let in count as one.

Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import PROGRAM
from mesure.actions.records.account_records import ACCOUNT, Account
from mesure.actions.records.record_types import Stored
from mesure.actions.refusals.refusals import NotAllowedError, TranslatableReason
from mesure.privacy import distinct_people
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.distinct_people import AccessGrant

LET_IN_MAX: Final = 20  # The oldest go first; they are years old.


def refuse_if_same(
    doing: ActionContext,
    person: str | None,
    *firsts: tuple[str | None, datetime | None],
    same: TranslatableReason = AccessRefusal.SAME_EYES,
) -> None:
    """Refuse the caller as a second pair of eyes for what accounts did, each at a moment.

    A step that nobody took yet has neither account nor moment.
    """
    own: set[str] | None = None
    for first, first_at in firsts:
        if first is None or first_at is None:
            continue
        if first == doing.actor.account:
            raise NotAllowedError(same, person)
        if own is None:
            own = _behind(doing, doing.actor.account, doing.now)
        if _behind(doing, first, first_at) & own:
            raise NotAllowedError(AccessRefusal.NEW_EYES, person)


def _behind(doing: ActionContext, account: str, at: datetime) -> set[str]:
    stored_account = doing.rows.get(ACCOUNT, account)
    let_in = () if stored_account is None else stored_account.value.let_in
    return distinct_people.behind(account, let_in, at, doing.procedure.eyes.within(at.date()))


def second_from(doing: ActionContext, first: tuple[str, datetime], second: str) -> datetime | None:
    """Return from when an account is a second pair of eyes for what another did at a moment.

    None: never for that, since the first was let in by the second, or by the one behind both.
    """
    account, first_at = first
    behind_first = _behind(doing, account, first_at)
    if second in behind_first:
        return None
    if not behind_first & _behind(doing, second, doing.now):
        return doing.now
    stored_account = doing.rows.get(ACCOUNT, second)
    assert stored_account is not None, "nobody stands behind an account that is not there"
    return stored_account.value.let_in[-1].at + doing.procedure.eyes.within(doing.now.date())


def two_people_from(doing: ActionContext, accounts: Sequence[str]) -> datetime | None:
    """Return from when any two of some accounts are two people; None: there are no two.

    As `second_from` says of each two, for what one does now; but each account is read once, and who
    let in whom is counted, so that an office of hundreds is not compared two by two.
    """
    stored_accounts = doing.rows.get_many(ACCOUNT, accounts)
    within = doing.procedure.eyes.within(doing.now.date())
    behind = {
        name: distinct_people.behind(name, account.value.let_in, doing.now, within)
        for name, account in stored_accounts.items()
    }
    fronts: dict[str, set[str]] = {}  # By person, the accounts they are behind, with their own.
    for name, people in behind.items():
        for person in people:
            fronts.setdefault(person, set()).add(name)
    for people in behind.values():
        if len(set().union(*(fronts[person] for person in people))) < len(behind):
            return doing.now
    starts = (
        account.value.let_in[-1].at + within
        for name, account in stored_accounts.items()
        if len(fronts[name]) < len(behind)
    )
    return min(starts, default=None)


def with_link(doing: ActionContext, account: Account) -> Account:
    """Return an account for which the caller hands out a link."""
    # The one who let in the giver is behind it as well.
    by = _behind(doing, doing.actor.account, doing.now) - {PROGRAM.account}
    return _with(account, AccessGrant(doing.now, tuple(sorted(by))))


def with_link_used(doing: ActionContext, account: Stored[Account]) -> Account:
    """Return an account whose link was used now: the days are counted anew."""
    last = account.value.let_in[-1:]
    return _with(account.value, *(replace(one, at=doing.now) for one in last))


def _with(account: Account, *more: AccessGrant) -> Account:
    return msgspec.structs.replace(account, let_in=(*account.let_in, *more)[-LET_IN_MAX:])
