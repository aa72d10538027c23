"""How long what is known about people is kept, by kind: a dated file, like the policy of judging.

The file is strings-only YAML: for every rule its unit, why it is what it is, a reference, and its
values by date. A longer time that is set later never reaches back: what was collected under a
shorter one is erased by the shorter one.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from mesure.orders import strings
from mesure.orders.faults import Faults, listed, shown
from mesure.orders.strings import Items, Keys, Node, Text

DAYS_MAX: Final = 36_525  # A hundred years: who means for ever does not mean this programme.


@dataclass(frozen=True, slots=True)
class Retention:
    """How many whole days each kind is kept, on one day."""

    version: str
    trails_days: int
    home_detail_days: int
    closed_incident_days: int
    nobodys_days: int
    looks_days: int
    deeds_days: int
    sent_days: int
    record_days: int


NAMES: Final = tuple(field.name for field in fields(Retention) if field.name != "version")

Dated = tuple[tuple[date, int], ...]  # The latest last.


@dataclass(frozen=True, slots=True)
class RetentionFile:
    """The rules as they were read, with their values by date."""

    version: str
    values: Mapping[str, Dated]
    reasons: Mapping[str, str]

    def at(self, day: date) -> Retention:
        """Return what holds on a day."""
        return Retention(self.version, **{name: self.days(name, day, day) for name in NAMES})

    def days(self, name: str, collected: date, today: date) -> int:
        """Return how long is kept what was collected on one day, as things stand on another."""
        dated = self.values[name]
        return min(_in_force(dated, collected), _in_force(dated, today))


def _in_force(dated: Dated, day: date) -> int:
    """Return the latest value from on or before the day; the first for a day before all."""
    return next((value for since, value in reversed(dated) if since <= day), dated[0][1])


def read(name: str, data: bytes, base: RetentionFile | None = None) -> RetentionFile:
    """Return the rules of a file; those that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    faults = Faults(name)
    keys = strings.load(data, faults)
    _refuse_unknown(keys, ("retention", "version", "rules"), "", faults)
    values = dict(base.values) if base else {}
    reasons = dict(base.reasons) if base else {}
    rules = keys.values.get("rules")
    if isinstance(rules, Keys):
        _refuse_unknown(rules, NAMES, "rules", faults)
        for rule, entry in rules.values.items():
            values[rule], reasons[rule] = _rule(rule, entry, faults)
    missing = [rule for rule in NAMES if rule not in values]
    if missing:
        what = f"no values for {listed(missing)}"
        faults.add(keys.line, "rules", what, "what has no end is kept for ever", "add them")
    version = _text(keys, "version", "", faults)
    faults.settle()
    return RetentionFile(version, values, reasons)


def _refuse_unknown(keys: Keys, known: tuple[str, ...], at: str, faults: Faults) -> None:
    for key in keys.values:
        if key not in known:
            what = f"{shown(key)} is not a key here"
            why = "a rule under another name would be left as it was"
            faults.add(keys.line_of(key), at or key, what, why, f"write one of {listed(known)}")


def _text(keys: Keys, key: str, at: str, faults: Faults) -> str:
    """Return a text that must be there; a fault and an empty text where it is not."""
    found = keys.values.get(key)
    if isinstance(found, Text) and found.text.strip():
        return found.text
    why = "who is told how long something is kept must be told why"
    faults.add(keys.line_of(key), at or key, f"{shown(key)} is missing or empty", why, "write it")
    return ""


def _rule(name: str, entry: Node, faults: Faults) -> tuple[Dated, str]:
    if not isinstance(entry, Keys):
        why = "a rule needs a reason and dated values"
        faults.add(entry.line, name, "it is not a group of keys", why, "write unit, reason, values")
        return (), ""
    _refuse_unknown(entry, ("unit", "reason", "reference", "values"), name, faults)
    _, reason, _ = (_text(entry, key, name, faults) for key in ("unit", "reason", "reference"))
    rows = entry.values.get("values")
    if not isinstance(rows, Items) or not rows.items:
        why = "without a value nothing is ever due"
        remedy = "write {from: DATE, value: DAYS}"
        faults.add(entry.line_of("values"), name, "it has no values", why, remedy)
        return (), reason
    found = sorted(_row(name, row, faults) for row in rows.items)
    return tuple(found), reason


def _row(name: str, row: Node, faults: Faults) -> tuple[date, int]:
    if not isinstance(row, Keys):
        why, remedy = "a value holds from a date", "write {from: DATE, value: DAYS}"
        faults.add(row.line, name, "it is not a dated value", why, remedy)
        return date.min, 0
    _refuse_unknown(row, ("from", "value"), name, faults)
    return _date(name, row, faults), _days(name, row, faults)


def _date(name: str, row: Keys, faults: Faults) -> date:
    text = _text(row, "from", name, faults)
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        why = "a value holds from a date"
        faults.add(row.line_of("from"), name, f"{shown(text)} is no date", why, "write YYYY-MM-DD")
        return date.min


def _days(name: str, row: Keys, faults: Faults) -> int:
    text = _text(row, "value", name, faults)
    days = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(DAYS_MAX)) else 0
    if text and not 1 <= days <= DAYS_MAX:
        why = f"it must be a whole number of days from 1 to {DAYS_MAX}"
        faults.add(row.line_of("value"), name, f"{shown(text)} cannot be used", why, "correct it")
    return days
