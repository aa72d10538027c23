"""Inspection: who did what, found by day, by account, by action, by refusal.

Whose cases were opened is in what is found: a search is itself entered. There is none by place.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import ActionContext, ReadRequest, look
from mesure.actions.records.named_persons import DEED
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.actions.trails.trail_access import LooksPage, LookView, lines
from mesure.privacy.roles import Role

PAGE: Final = 100


class LogSearch(ReadRequest, frozen=True, kw_only=True):
    """What is looked for: exactly one of these; then, after which line."""

    day: date | None = None
    account: str | None = None
    action: str | None = None
    refused: str | None = None
    after: str = ""


@look("inspection.search", {Role.INSPECTOR})
def search(doing: ActionContext, request: LogSearch) -> LooksPage:
    """Search the record of what was done: by day, account, action, or reason of a refusal."""
    sought = [
        ("day", None if request.day is None else request.day.isoformat()),
        ("by", request.account),
        ("action", request.action),
        ("refused", request.refused),
    ]
    named = [(key, value) for key, value in sought if value is not None]
    if len(named) != 1:
        raise InvalidInputError(ActionRefusal.SEARCH)
    [(key, value)] = named
    entries = doing.work.entries_with_key(DEED, key, value, request.after, PAGE)
    # One entry about many persons has several rows; it is one line.
    first = [entry.id for entry in entries if entry.id.endswith(".000")]
    looks = _seen(doing, lines(doing, first, with_persons=True))
    # What is found is a word that the log has already; what is not may be any text at all.
    doing.note(searched=key, value=value if entries else None)
    after = entries[-1].id if len(entries) == PAGE else None
    return LooksPage(looks, after)


def _seen(doing: ActionContext, looks: Sequence[LookView]) -> tuple[LookView, ...]:
    """Leave out lines about a person from whose case whoever searches is barred."""
    files = case_access.files_of(
        doing.rows, sorted({person for one in looks for person in one.persons})
    )
    shut = {name for name, file in files.items() if not case_opening.may_open(doing, file)}
    return tuple(one for one in looks if shut.isdisjoint(one.persons))
