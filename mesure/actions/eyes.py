"""Two people where two must see something: accounts that one of them let in are one.

Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.accounts_kept import ACCOUNT, Account, LetInKept
from mesure.actions.acting import PROGRAM, Doing
from mesure.actions.errors import NotAllowedError, Sayable
from mesure.actions.register import Kept
from mesure.privacy import eyes
from mesure.privacy.eyes import LetIn
from mesure.privacy.refusal import Reason

LET_IN_MAX: Final = 20  # The oldest go first; they are years old.


def refuse_if_same(
    doing: Doing,
    first: str,
    first_at: datetime,
    person: str | None,
    same: Sayable = Reason.SAME_EYES,
) -> None:
    """Refuse whoever acts to be a second pair of eyes for what an account did at a moment."""
    if first == doing.actor.account:
        raise NotAllowedError(same, person)
    if _behind(doing, first, first_at) & _behind(doing, doing.actor.account, doing.now):
        raise NotAllowedError(Reason.NEW_EYES, person)


def _behind(doing: Doing, account: str, at: datetime) -> set[str]:
    kept = doing.rows.get(ACCOUNT, account)
    let_in: Iterable[LetInKept] = () if kept is None else kept.value.let_in
    since = [LetIn(one.at, frozenset(one.by)) for one in let_in]
    return eyes.behind(account, since, at, doing.procedure.eyes.within(at.date()))


def with_link(doing: Doing, account: Account) -> Account:
    """Return an account for which whoever acts hands out a link."""
    # Whoever let in the one who hands it out stands behind it as well.
    by = _behind(doing, doing.actor.account, doing.now) - {PROGRAM.account}
    return _with(account, LetInKept(doing.now, tuple(sorted(by))))


def with_link_used(doing: Doing, kept: Kept[Account]) -> Account:
    """Return an account whose link was used now: the days are counted anew."""
    last = kept.value.let_in[-1:]
    return _with(kept.value, *(msgspec.structs.replace(one, at=doing.now) for one in last))


def _with(account: Account, *more: LetInKept) -> Account:
    return msgspec.structs.replace(account, let_in=(*account.let_in, *more)[-LET_IN_MAX:])
