"""What an inspector reads: who did what, found by day, by account, by action, by refusal.

Whose cases were opened is in what is found: a search is itself entered. There is none by place.
"""

from datetime import date
from typing import Final

from mesure.actions.acting import DEED, Doing, Look, look
from mesure.actions.errors import FaultyError
from mesure.actions.looks import LooksShown, lines
from mesure.actions.why import Why
from mesure.privacy.roles import Role

PAGE: Final = 100


class Search(Look, frozen=True, kw_only=True):
    """What is looked for: exactly one of these; then, after which line."""

    day: date | None = None
    account: str | None = None
    action: str | None = None
    refused: str | None = None
    after: str = ""


@look("inspection.search", {Role.INSPECTOR})
def search(doing: Doing, asked: Search) -> LooksShown:
    """Search the record of what was done: by day, account, action, or reason of a refusal."""
    sought = [
        ("day", None if asked.day is None else asked.day.isoformat()),
        ("by", asked.account),
        ("action", asked.action),
        ("refused", asked.refused),
    ]
    named = [(key, value) for key, value in sought if value is not None]
    if len(named) != 1:
        raise FaultyError(Why.SEARCH)
    [(key, value)] = named
    entries = doing.work.found(DEED, key, value, asked.after, PAGE)
    # One entry about many persons has several rows; it is one line.
    first = [entry.id for entry in entries if entry.id.endswith(".000")]
    found = lines(doing, first, with_persons=True)
    # What is found is a word that the log has already; what is not may be any text at all.
    doing.note(searched=key, value=value if entries else None)
    after = entries[-1].id if len(entries) == PAGE else None
    return LooksShown(found, after)
