"""Who looked at what, and why: a search of what was done, by one thing at a time.

A search is itself entered in the audit log, with the number of the case for which it is made.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.framework import early_refusals
from mesure.actions.framework.action import Nothing
from mesure.actions.framework.early_refusals import Unread
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import Search
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import Sayable
from mesure.actions.registry import ACTIONS
from mesure.actions.trails.trail_access import LookShown
from mesure.privacy.access_refusal import Reason
from mesure.privacy.purposes import is_case_number
from mesure.web.shared.form_fields import Form
from mesure.web.shared.visits import Visit
from mesure.web.shared.words import look_words

ADDRESS: Final = "/inspector/record"
NAMES: Final = frozenset({*ACTIONS, early_refusals.NAME})
REASONS: Final[tuple[Sayable, ...]] = (*Reason, *Unread, Why.NOT_HERE)
WAYS: Final = ("day", "account", "action", "refused")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was done, as the page lists it."""

    entry: int
    at: datetime
    who: str
    what: str  # Empty: there is no word for it.
    action: str
    is_refused: bool
    why: str
    persons: str


def shown(visit: Visit) -> Response:
    """Show the search, and what it found."""
    way = visit.asked("by") if visit.asked("by") in WAYS else WAYS[0]
    form = Form({name: visit.asked(name) for name in (way, "case_number")})
    lines, after = _found(visit, way, form) if visit.asked("search") else ([], None)
    query = {"by": way, "search": "1", **form.values}
    later = "" if after is None else f"{ADDRESS}?{urlencode({**query, 'after': after})}"
    contents = {
        "form": form,
        "way": way,
        "ways": _ways(visit),
        "choices": _choices(visit, way),
        "lines": lines,
        "is_searched": bool(visit.asked("search")) and not form.faults,
        "later": later,
        "now": visit.context.now,
        "zone": visit.parts.zone,
    }
    return visit.page("record.html", 422 if form.faults else 200, **contents)


def _ways(visit: Visit) -> list[tuple[str, str, str]]:
    catalogue = visit.texts
    words = {
        "day": catalogue.text("By day"),
        "account": catalogue.text("By account"),
        "action": catalogue.text("By what was done"),
        "refused": catalogue.text("What was refused"),
    }
    return [(way, words[way], f"{ADDRESS}?by={way}") for way in WAYS]


def _choices(visit: Visit, way: str) -> list[tuple[str, str]]:
    catalogue = visit.texts
    first = ("", catalogue.text("Choose"))
    if way == "account":
        names = {one.account: one.name for one in visit.perform(staff_accounts.listed, Nothing())}
        return [first, *sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))]
    if way == "action":
        return [first, *((name, _named(visit, name)) for name in sorted(NAMES))]
    if way == "refused":
        return [first, *((one.value, one.said(visit.texts.catalogue)) for one in REASONS)]
    return []


def _named(visit: Visit, action: str) -> str:
    words = _words(visit, action)
    return f"{action} · {words}" if words else action


def _words(visit: Visit, action: str) -> str:
    words = look_words.what(action, visit.texts)
    return "" if words == action else words


def _found(visit: Visit, way: str, form: Form) -> tuple[list[Line], str | None]:
    catalogue = visit.texts
    value = form.text(way, catalogue.text("Say what you look for."))
    number = form.text("case_number", catalogue.text("Enter the number of the case."))
    if number and not is_case_number(number):
        form.refuse("case_number", catalogue.text("Enter the number of the case."))
    day = _day(visit, value, form) if way == "day" else None
    if form.faults:
        return [], None
    request = Search(
        case_number=number,
        day=day,
        account=value if way == "account" else None,
        action=value if way == "action" else None,
        refused=value if way == "refused" else None,
        after=visit.asked("after"),
    )
    page = visit.perform(inspection.search, request)
    return [_line(visit, one) for one in page.looks], page.after


def _day(visit: Visit, value: str, form: Form) -> date | None:
    catalogue = visit.texts
    try:
        return date.fromisoformat(value)
    except ValueError:
        sentence = catalogue.text("This is not a day. Write it like 2026-03-31.")
        form.refuse("day", sentence)
        return None


def _line(visit: Visit, look: LookShown) -> Line:
    catalogue = visit.texts
    reasons = {reason.value: reason for reason in REASONS}
    why = "" if look.purpose is None else look.purpose.said(catalogue.catalogue)
    if look.refused is not None:
        reason = reasons.get(look.refused)
        why = look.refused if reason is None else reason.said(catalogue.catalogue)
    page = str(look.facts.get("page", ""))
    parts = [part for part in (why, page, look.case_number or "") if part]
    role = look_words.role(look.role, visit.texts)
    who = f"{look.by_name}, {role}" if look.by_name else f"{look.by}, {role}"
    words = _words(visit, look.action)
    return Line(
        look.entry, look.at, who, words, look.action, look.refused is not None, " · ".join(parts),
        ", ".join(look.persons),
    )  # fmt: skip
