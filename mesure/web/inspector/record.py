"""Record search: who looked at what, and why, by one thing at a time.

A search is itself entered in the audit log, with the number of the case for which it is made.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.framework import early_refusals
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.early_refusals import EarlyRefusal
from mesure.actions.oversight import inspection
from mesure.actions.oversight.inspection import LogSearch
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import TranslatableReason
from mesure.actions.registry import ACTIONS
from mesure.actions.trails.trail_access import LookView
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import is_case_number
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import look_words

ADDRESS: Final = "/inspector/record"
NAMES: Final = frozenset({*ACTIONS, early_refusals.NAME})
REASONS: Final[tuple[TranslatableReason, ...]] = (
    *AccessRefusal,
    *EarlyRefusal,
    ActionRefusal.NOT_HERE,
)
WAYS: Final = ("day", "account", "action", "refused")
LOOKS: Final = "/inspector/looks"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Something that was done, as the page lists it."""

    entry: int
    at: datetime
    who: str
    what: str  # Empty: there is no word for it.
    action: str
    is_refused: bool
    why: str
    persons: str


def show(visit: PageVisit) -> Response:
    """Show the search, and what it found."""
    way = visit.query_value("by") if visit.query_value("by") in WAYS else WAYS[0]
    form = FormFields({name: visit.query_value(name) for name in (way, "case_number")})
    lines, after = _found(visit, way, form) if visit.query_value("search") else ([], None)
    query = {"by": way, "search": "1", **form.values}
    later = "" if after is None else f"{ADDRESS}?{urlencode({**query, 'after': after})}"
    contents = {
        "form": form,
        "way": way,
        "ways": ways_of(visit),
        "choices": _choices(visit, way),
        "lines": lines,
        "is_searched": bool(visit.query_value("search")) and not form.faults,
        "later": later,
    }
    return visit.page("record.html", 422 if form.faults else 200, **contents)


def ways_of(visit: PageVisit) -> list[tuple[str, str, str]]:
    """Return the ways in which the record is searched."""
    catalogue = visit.texts
    looks = ("looks", str(catalogue.text("Who looked")), LOOKS)
    words = {
        "day": catalogue.text("By day"),
        "account": catalogue.text("By account"),
        "action": catalogue.text("By what was done"),
        "refused": catalogue.text("What was refused"),
    }
    return [looks, *((way, words[way], f"{ADDRESS}?by={way}") for way in WAYS)]


def _choices(visit: PageVisit, way: str) -> list[tuple[str, str]]:
    first = ("", visit.texts.text("Choose…"))
    if way == "account":
        accounts = visit.perform(staff_accounts.list_accounts, EmptyRequest())
        names = {account.account: account.name for account in accounts}
        return [first, *sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))]
    if way == "action":
        named = ((name, _named(visit, name)) for name in NAMES)
        return [first, *sorted(named, key=lambda pair: (pair[1].casefold(), pair[0]))]
    if way == "refused":
        return [first, *((one.value, one.in_words(visit.texts.catalogue)) for one in REASONS)]
    return []


def _named(visit: PageVisit, action: str) -> str:
    words = _words(visit, action)
    return f"{words} · {action}" if words else action


def _words(visit: PageVisit, action: str) -> str:
    words = look_words.what(action, texts=visit.texts)
    return "" if words == action else words


def _found(visit: PageVisit, way: str, form: FormFields) -> tuple[list[AuditRow], str | None]:
    catalogue = visit.texts
    value = form.text(way, catalogue.text("Say what you look for."))
    number = form.text("case_number", catalogue.text("Enter the number of the case."))
    if number and not is_case_number(number):
        form.refuse("case_number", catalogue.text("Enter the number of the case."))
    day = form.day("day", catalogue.catalogue) if way == "day" else None
    if form.faults:
        return [], None
    request = LogSearch(
        case_number=number,
        day=day,
        account=value if way == "account" else None,
        action=value if way == "action" else None,
        refused=value if way == "refused" else None,
        after=visit.query_value("after"),
    )
    page = visit.perform(inspection.search, request)
    return [row_of(visit, one) for one in page.looks], page.after


def row_of(visit: PageVisit, look: LookView) -> AuditRow:
    """Return a line of the log in words; what has none is given by its name."""
    catalogue = visit.texts
    reasons = {reason.value: reason for reason in REASONS}
    why = "" if look.purpose is None else look.purpose.in_words(catalogue.catalogue)
    if look.refused is not None:
        reason = reasons.get(look.refused)
        why = look.refused if reason is None else reason.in_words(catalogue.catalogue)
    page = str(look.facts.get("page", ""))
    parts = [part for part in (why, page, look.case_number or "") if part]
    role = look_words.role(look.role, visit.texts)
    who = f"{look.by_name}, {role}" if look.by_name else f"{look.by}, {role}"
    words = _words(visit, look.action)
    return AuditRow(
        look.entry, look.at, who, words, look.action, look.refused is not None, " · ".join(parts),
        ", ".join(look.persons),
    )  # fmt: skip
