"""A programme's dated values in a file: for each name its unit, reason, reference, values by date.

The judge's thresholds and the rules of retention are such files. They differ in what a value is,
and in why each part matters to the reader of a fault; both are in a `DatedFileForm`.
Decision: docs/decisions/0021-policy-is-a-dated-file.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from mesure.orders.text import strings_yaml
from mesure.orders.text.order_faults import FileFaults, join_names, quote
from mesure.orders.text.strings_yaml import ListNode, MappingNode, Node, TextNode

V = TypeVar("V")

Dated = tuple[tuple[date, V], ...]
"""Values, each from its date on, the latest last."""


@dataclass(frozen=True, slots=True)
class FileReasons:
    """Why each part must be there, for the author who left it out."""

    known: str  # Each name is one that is known.
    said: str  # Each text is there.
    reasoned: str  # A name has a group of keys.
    valued: str  # It has values.
    complete: str  # All names have values.


@dataclass(frozen=True, slots=True)
class DatedFileForm(Generic[V]):
    """What such a file is called, what it holds, and how a value is read."""

    title: str  # Its first key.
    group: str  # The key that the names are under.
    names: tuple[str, ...]
    value_keys: tuple[str, ...]  # Of a dated value, beside `from`.
    value: Callable[[str, MappingNode, FileFaults], V]
    nothing: V  # Where a value cannot be read; there is a fault then.
    written: str  # How a dated value is written.
    whys: FileReasons


@dataclass(frozen=True, slots=True)
class DatedFile(Generic[V]):
    """What a file says, and what it leaves to the file that it is laid over."""

    version: str
    values: Mapping[str, Dated[V]]
    reasons: Mapping[str, str] = field(default_factory=dict)


def in_force(dated: Dated[V], day: date) -> V:
    """Return the latest value from on or before the day; the first one for a day before all.

    >>> in_force(((date(2026, 1, 1), 60), (date(2026, 7, 1), 30)), date(2026, 6, 30))
    60
    """
    for since, value in reversed(dated):
        if since <= day:
            return value
    return dated[0][1]


def read(
    name: str, data: bytes, form: DatedFileForm[V], base: DatedFile[V] | None = None
) -> DatedFile[V]:
    """Return what a file says; names that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    faults = FileFaults(name)
    keys = strings_yaml.load(data, faults)
    _refuse_unknown(keys, (form.title, "version", form.group), "", form, faults)
    values = dict(base.values) if base else {}
    reasons = dict(base.reasons) if base else {}
    entries = keys.values.get(form.group)
    if isinstance(entries, MappingNode):
        _refuse_unknown(entries, form.names, form.group, form, faults)
        for key, entry in entries.values.items():
            values[key], reasons[key] = _entry(key, entry, form, faults)
    missing = [one for one in form.names if one not in values]
    if missing:
        what = f"no values for {join_names(missing)}"
        faults.add(keys.line, form.group, what, form.whys.complete, "add them")
    version = text(keys, "version", "", form.whys.said, faults)
    faults.settle()
    return DatedFile(version, values, reasons)


def text(keys: MappingNode, key: str, at: str, why: str, faults: FileFaults) -> str:
    """Return a text that must be there; a fault and an empty text where it is not."""
    node = keys.values.get(key)
    if isinstance(node, TextNode) and node.text.strip():
        return node.text
    faults.add(keys.line_of(key), at or key, f"{quote(key)} is missing or empty", why, "write it")
    return ""


class CountRange(NamedTuple):
    """Which whole numbers of what a value may be."""

    unit: str  # In the plural: days, minutes.
    least: int
    most: int


def count(name: str, row: MappingNode, faults: FileFaults, why: str, within: CountRange) -> int:
    """Return a value that is a whole number of a range; its least and a fault where it is not."""
    digits = text(row, "value", name, why, faults)
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(within.most))
    number = int(digits) if is_number else within.least - 1
    if within.least <= number <= within.most:
        return number
    if digits:
        why = f"it must be a whole number from {within.least} to {within.most} {within.unit}"
        faults.add(row.line_of("value"), name, f"{quote(digits)} cannot be used", why, "correct it")
    return within.least


def count_form(
    title: str, names: tuple[str, ...], within: CountRange, whys: FileReasons
) -> DatedFileForm[int]:
    """Return the form of a file of rules whose values are whole numbers of a range."""
    value = partial(count, why=whys.said, within=within)
    written = f"{{from: DATE, value: {within.unit.upper()}}}"
    return DatedFileForm(title, "rules", names, ("value",), value, 0, written, whys)


def _refuse_unknown(
    keys: MappingNode, known: tuple[str, ...], at: str, form: DatedFileForm[V], faults: FileFaults
) -> None:
    for key in keys.values:
        if key not in known:
            what, remedy = f"{quote(key)} is not a key here", f"write one of {join_names(known)}"
            faults.add(keys.line_of(key), at or key, what, form.whys.known, remedy)


def _entry(
    name: str, entry: Node, form: DatedFileForm[V], faults: FileFaults
) -> tuple[Dated[V], str]:
    """Return the values of a name, and the reason that is given for them."""
    if not isinstance(entry, MappingNode):
        what, remedy = "it is not a group of keys", "write unit, reason, values"
        faults.add(entry.line, name, what, form.whys.reasoned, remedy)
        return (), ""
    _refuse_unknown(entry, ("unit", "reason", "reference", "values"), name, form, faults)
    _, reason, _ = (
        text(entry, key, name, form.whys.said, faults) for key in ("unit", "reason", "reference")
    )
    rows = entry.values.get("values")
    if not isinstance(rows, ListNode) or not rows.items:
        line, remedy = entry.line_of("values"), f"write {form.written}"
        faults.add(line, name, "it has no values", form.whys.valued, remedy)
        return (), reason
    dated_values = [_row(name, row, form, faults) for row in rows.items]
    return tuple(sorted(dated_values, key=lambda dated: dated[0])), reason


def _row(name: str, row: Node, form: DatedFileForm[V], faults: FileFaults) -> tuple[date, V]:
    if not isinstance(row, MappingNode):
        why, remedy = "a value holds from a date", f"write {form.written}"
        faults.add(row.line, name, "it is not a dated value", why, remedy)
        return date.min, form.nothing
    _refuse_unknown(row, ("from", *form.value_keys), name, form, faults)
    return _since(name, row, form, faults), form.value(name, row, faults)


def _since(name: str, row: MappingNode, form: DatedFileForm[V], faults: FileFaults) -> date:
    date_text = text(row, "from", name, form.whys.said, faults)
    try:
        return date.fromisoformat(date_text) if date_text else date.min
    except ValueError:
        why = "a value holds from a date"
        faults.add(
            row.line_of("from"), name, f"{quote(date_text)} is no date", why, "write YYYY-MM-DD"
        )
        return date.min
