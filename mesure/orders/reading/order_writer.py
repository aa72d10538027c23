"""An order file, written: the tree of its texts in, its text out, as a clerk would lay it out.

`read_order` turns text into an order; this goes the other way, so that whatever helps to enter an
order keeps nothing but the file that a clerk could have written. A tree has texts only, as the
file has them; it may be unfinished, and what is wrong with it is for `read_order` to say.

Invariant: `tree` of what `text` returns is the tree it was given.
Decision: docs/decisions/0018-order-and-precedent-files-are-strings-only-yaml.md
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mesure.orders.text import strings_yaml
from mesure.orders.text.order_faults import FileFaults
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import ListNode, MappingNode, Node, TextNode

Tree = str | Sequence["Tree"] | Mapping[str, "Tree"]

LINE_CHARS_MAX: Final = 100
_INDENT: Final = "  "
_PLAIN: Final = re.compile(r"-?\w(?:[\w./+()@№-]|:(?=\w)| (?=[\w(№]))*")


# --- From a tree to its text -------------------------------------------------------------------


def text(tree: Mapping[str, Tree]) -> str:
    """Return the text of an order file; the same tree gives the same text.

    >>> print(text({"order": "A-1", "places": {"home": {"lat_deg": "43.2", "radius_m": "60"}}}))
    order: A-1
    places:
      home: {lat_deg: 43.2, radius_m: 60}
    <BLANKLINE>
    """
    if not tree:
        return "{}\n"
    return "".join(line for key, value in tree.items() for line in _entry(key, value, ""))


def _entry(key: str, value: Tree, indent: str) -> Iterator[str]:
    """Yield the lines of a key with its value: on one line where that is short enough."""
    head = f"{indent}{_scalar(key)}:"
    line = f"{head} {flow(value)}"
    parts = value.values() if isinstance(value, Mapping) and not indent else ()
    opens = not all(isinstance(part, str) for part in parts)
    if not value or isinstance(value, str) or (not opens and len(line) <= LINE_CHARS_MAX):
        yield f"{line}\n"
        return
    yield f"{head}\n"
    deeper = indent + _INDENT
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _entry(name, inner, deeper)
    else:
        yield from _wrapped(value, deeper)


def _wrapped(values: Sequence[Tree], indent: str) -> Iterator[str]:
    """Yield a list over several lines."""
    line = f"{indent}["
    for number, value in enumerate(values):
        item = flow(value) + ("," if number < len(values) - 1 else "]")
        if len(line) + 1 + len(item) > LINE_CHARS_MAX and line.strip() != "[":
            yield f"{line}\n"
            line = f"{indent} {item}"
        else:
            line += item if line.endswith("[") and line.strip() == "[" else f" {item}"
    yield f"{line}\n"


def flow(value: Tree) -> str:
    """Return a value on one line, in braces or brackets where it is not a single one."""
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        inside = (f"{_scalar(key)}: {flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(inside) + "}"
    return "[" + ", ".join(flow(inner) for inner in value) + "]"


def _scalar(value: str) -> str:
    """Return a text so that YAML reads it back: plain where that is safe, else in quotes."""
    if _PLAIN.fullmatch(value):
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


# --- From a text to its tree -------------------------------------------------------------------


def tree(name: str, data: bytes) -> dict[str, Tree]:
    """Return the tree of an order file; raises `OrderError` where its text cannot be taken apart.

    >>> tree("a.yaml", b"times: [22:00, 06:00]")
    {'times': ['22:00', '06:00']}
    """
    faults = FileFaults(name)
    root = strings_yaml.load(data, faults)
    faults.settle()
    return _keys(root)


def part(name: str, words: str) -> dict[str, Tree]:
    """Return the tree of a text in braces under one key, as `flow` writes it."""
    faults = FileFaults(name)
    root = strings_yaml.load(f"part: {words}".encode(), faults)
    faults.settle()
    node = root.values["part"]
    if len(root.values) == 1 and isinstance(node, MappingNode):
        return _keys(node)
    what = translatable("something else than one group of keys stands here")
    raise faults.fatal(
        None,
        "",
        what,
        translatable("what is meant cannot be told"),
        translatable("write {example}", example="{key: value, ...}"),
    )


def _keys(keys: MappingNode) -> dict[str, Tree]:
    return {key: _tree(node) for key, node in keys.values.items()}


def _tree(node: Node) -> Tree:
    if isinstance(node, TextNode):
        return node.text
    if isinstance(node, ListNode):
        return [_tree(item) for item in node.items]
    return _keys(node)
