"""Inspection: who did what, found by day, by account, by action, by refusal; and who looked.

Whose cases were opened is in what is found: a search is itself entered. There is none by place.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import ActionContext, ReadRequest, look
from mesure.actions.records.named_persons import DEED
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError
from mesure.actions.trails.trail_access import LooksPage, LookView, lines
from mesure.privacy.roles import Role
from mesure.store.values.register import RegisterRow

PAGE: Final = 100
PAGES_MAX: Final = 50  # Gone through at once; a search goes on from there.
SPAN_MAX: Final = timedelta(days=92)  # A quarter at once.


class LogSearch(ReadRequest, frozen=True, kw_only=True):
    """What is looked for: exactly one of these; then, after which line."""

    day: date | None = None
    account: str | None = None
    action: str | None = None
    refused: str | None = None
    after: str = ""


class LooksSearch(ReadRequest, frozen=True, kw_only=True):
    """A span of days, both included; whose case, where that is asked; and what must be in a line.

    A line has it where its action or its account is one of those named, or where the words are in
    its case number or in the id of a person. Words in other languages are the page's to know.
    """

    first_day: date
    last_day: date
    person: str | None = None
    words: str = ""
    actions: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    after: str = ""

    def has(self, line: LookView) -> bool:
        """Tell whether a line has what is looked for."""
        if not self.words:
            return True
        words = self.words.casefold()
        texts = (line.case_number or "", *line.persons)
        is_named = line.action in self.actions or line.by in self.accounts
        return is_named or any(words in text.casefold() for text in texts)


@look("inspection.looks", {Role.INSPECTOR})
def search_looks(doing: ActionContext, request: LooksSearch) -> LooksPage:
    """Search who looked at what or changed it: by person, by days, and by words."""
    if not timedelta(0) <= request.last_day - request.first_day < SPAN_MAX:
        raise InvalidInputError(ActionRefusal.SPAN)
    if request.person is not None:
        doing.case(request.person)
    doing.note(searched="looks")
    looks: list[LookView] = []
    for number, (ids, after) in enumerate(_pages(doing, request), 1):
        readable = _seen(doing, lines(doing, ids, with_persons=True))
        looks += [line for line in readable if request.has(line)]
        if len(looks) >= PAGE or number >= PAGES_MAX:
            return LooksPage(tuple(looks), after)
    return LooksPage(tuple(looks), None)


def _pages(doing: ActionContext, request: LooksSearch) -> Iterator[tuple[list[str], str]]:
    """Yield the ids of lines in a span, page by page in order of time, and where each page ends."""
    span = (request.last_day - request.first_day).days + 1
    days = [request.first_day + timedelta(days=number) for number in range(span)]
    for day in days:
        key, after = ("day", day.isoformat()), request.after
        while entries := doing.work.entries_with_key(DEED, *key, after, PAGE):
            after = entries[-1].id
            mine = [entry.id for entry in entries if _is_about(entry, request.person)]
            yield list({one.partition(".")[0]: one for one in mine}.values()), after
            if len(entries) < PAGE:
                break


def _is_about(entry: RegisterRow, person: str | None) -> bool:
    """Tell whether a row leads to a line about a person; of several rows of one, the first."""
    if person is None:
        return entry.id.endswith(".000")
    return ("person", person) in entry.keys


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
    """Leave out lines about a person from whose case the searching inspector is barred."""
    files = case_access.files_of(
        doing.rows, sorted({person for one in looks for person in one.persons})
    )
    shut = {name for name, file in files.items() if not case_opening.may_open(doing, file)}
    return tuple(one for one in looks if shut.isdisjoint(one.persons))
