"""The values of a precedent file: every one a text, a list, or keys with values.

A precedent binds the code, so a misspelt key in one must not pass for an expectation that holds.
Decision: docs/decisions/0018-order-and-precedent-files-are-strings-only-yaml.md
"""

from collections.abc import Sequence
from typing import TypeAlias

from mesure.orders.text import strings_yaml
from mesure.orders.text.order_faults import FileFaults
from mesure.orders.text.strings_yaml import ListNode, MappingNode, Node

Value: TypeAlias = "str | list[Value] | Fields"
Fields: TypeAlias = dict[str, "Value"]


class CaseError(Exception):
    """A precedent that is not written as tests/precedents/README.md asks."""


def load(name: str, data: bytes) -> Fields:
    """Return what a file holds; raises `OrderError` for what is no strings-only YAML."""
    faults = FileFaults(name)
    root = strings_yaml.load(data, faults)
    faults.settle()
    return {key: _value(node) for key, node in root.values.items()}


def _value(node: Node) -> Value:
    match node:
        case MappingNode():
            return {key: _value(value) for key, value in node.values.items()}
        case ListNode():
            return [_value(item) for item in node.items]
        case _:
            return node.text


def fields(value: Value, needed: Sequence[str] = (), allowed: Sequence[str] = ()) -> Fields:
    """Return keys with their values, after making sure that they are the right ones."""
    if not isinstance(value, dict):
        raise CaseError(f"Keys with values are expected, not {value!r}.")
    missing = [key for key in needed if key not in value]
    unknown = [key for key in value if key not in (*needed, *allowed)]
    if missing or unknown:
        raise CaseError(f"In {value!r}: missing {missing}, not known {unknown}.")
    return value


def any_fields(value: Value) -> Fields:
    """Return keys that are names, whatever they are, with their values."""
    if not isinstance(value, dict):
        raise CaseError(f"Names with values are expected, not {value!r}.")
    return value


def items(value: Value) -> list[Value]:
    """Return the values of a list; a single value is a list of one, an empty text of none."""
    if value == "":
        return []
    return value if isinstance(value, list) else [value]


def text(value: Value) -> str:
    """Return a single text, on one line."""
    if not isinstance(value, str):
        raise CaseError(f"One text is expected, not {value!r}.")
    return " ".join(value.split())


def number(value: Value) -> float:
    """Return a number."""
    try:
        return float(text(value))
    except ValueError:
        raise CaseError(f"{value!r} is no number.") from None
