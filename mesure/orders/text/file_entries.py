"""The values of a file as its reader asks for them, each knowing its line.

A reader never stops at a fault: it is noted, a stand-in takes the value's place, and reading goes
on, so that all faults of a file are reported at once. What was read is used only if there was none.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import (
    FileFault,
    FileFaults,
    RefusedValueError,
    join_names,
    printable,
    quote,
)
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import ListNode, MappingNode, Node, TextNode

ID_CHARS_MAX: Final = 200
STAND_IN: Final = "?"  # For a text that could not be read.


class FileEntry:
    """One value of a file."""

    __slots__ = ("faults", "key", "line", "node")

    def __init__(self, node: Node, key: str, line: int, faults: FileFaults) -> None:
        self.node = node
        self.key = key
        self.line = line
        self.faults = faults

    def refuse(self, what: str, why: str, remedy: str) -> FileFault | None:
        """Note a fault of this value; None where it is only counted."""
        return self.faults.add(self.line, self.key, what, why, remedy)

    def refuse_as(self, refused: RefusedValueError) -> None:
        """Note a fault that was found without knowing where."""
        self.refuse(refused.what, refused.why, refused.remedy)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is written here."""
        return isinstance(self.node, TextNode) and not self.node.text.strip()

    def text(self, chars_max: int = ID_CHARS_MAX) -> str | None:
        """Return the value as one line of text; None, noted, where it is none or too long."""
        if not isinstance(self.node, TextNode):
            what = translatable("keys or a list stand here")
            self.refuse(
                what, translatable("one text is expected"), translatable("write a single value")
            )
            return None
        words = self.node.text
        if len(words) > chars_max:
            what = translatable(
                "the text has {count} characters, more than {most}",
                count=len(words),
                most=chars_max,
            )
            self.refuse(
                what, translatable("it would not fit on a page"), translatable("shorten it")
            )
            return None
        return " ".join(words.split()) if "\n" in words else words

    def items(self, count_max: int) -> "list[FileEntry]":
        """Return the values of a list; a single value is a list of one."""
        if isinstance(self.node, TextNode):
            return [self]
        values = self.node.items if isinstance(self.node, ListNode) else []
        if not 0 < len(values) <= count_max:
            what = translatable("a list of {count} values stands here", count=len(values))
            what = (
                translatable("keys with values stand here")
                if isinstance(self.node, MappingNode)
                else what
            )
            why = translatable("a list of 1 to {most} values is expected", most=count_max)
            self.refuse(what, why, translatable("write the values in brackets: [..., ...]"))
            return []
        return [
            FileEntry(value, f"{self.key}[{number}]", value.line, self.faults)
            for number, value in enumerate(values)
        ]

    def group(self) -> "EntryGroup":
        """Return the keys of the value; without any where something else is written."""
        if isinstance(self.node, MappingNode):
            return EntryGroup(self, self.node)
        what = (
            translatable("a list stands here")
            if isinstance(self.node, ListNode)
            else translatable("a single value stands here")
        )
        self.refuse(
            what,
            translatable("keys with values are expected"),
            translatable("write {example}", example="{key: value, ...}"),
        )
        return EntryGroup(self, None)


class EntryGroup:
    """Values by key. It remembers which keys were asked for, so that all others can be refused.

    Where no keys are written but something else, it stands in and refuses nothing more.
    """

    def __init__(self, entry: FileEntry, keys: MappingNode | None) -> None:
        self.entry = entry
        self._keys = keys or MappingNode(entry.line, {}, {})
        self._stands_in = keys is None
        self._known: list[str] = []
        self._missing: dict[str, FileFault] = {}

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is written; asking makes it a known one."""
        if key not in self._known:
            self._known.append(key)
        return key in self._keys.values

    def __iter__(self) -> Iterator[tuple[str, FileEntry]]:
        """Yield every key with its value: for keys that are names the order gives."""
        for key in self._keys.values:
            yield key, self._entry(key)

    @property
    def count(self) -> int:
        """Return how many keys are written."""
        return len(self._keys.values)

    @property
    def faults(self) -> FileFaults:
        """Return the list of what is wrong with the file."""
        return self.entry.faults

    def refuse(self, what: str, why: str, remedy: str) -> FileFault | None:
        """Note a fault of the keys as a whole."""
        return None if self._stands_in else self.entry.refuse(what, why, remedy)

    def find(self, key: str, *, may_be_empty: bool = False) -> FileEntry | None:
        """Return the value of a key, or None where the key is not written."""
        if key not in self:
            return None
        entry = self._entry(key)
        if entry.is_empty:
            if not may_be_empty:
                why = translatable("whether something was meant cannot be told")
                entry.refuse(
                    translatable("the key has no value"),
                    why,
                    translatable("write the value, or leave the key out"),
                )
            return None
        return entry

    def example_text(self, key: str) -> str:
        """Return the text of a key as an example can use it; empty where there is none."""
        value = self._keys.values.get(key)
        return value.text if isinstance(value, TextNode) else ""

    def need(self, key: str, why: str, example: str) -> FileEntry | None:
        """Return the value of a key that must be there."""
        if key not in self:
            fault = self.refuse(
                translatable("the key “{key}” is missing", key=key),
                why,
                translatable("add “{key}: {example}”", key=key, example=example),
            )
            if fault is not None:
                self._missing[key] = fault
            return None
        return self.find(key)

    def refuse_rest(self) -> None:
        """Refuse the keys that nobody asked for: a misspelt key must not be passed over."""
        unknown = [key for key in self._keys.values if key not in self._known]
        if not unknown:
            return
        known = [key for key in self._known if key not in self._keys.values] or self._known
        strange = [(key, self._entry(key)) for key in unknown]
        cut_off = self._cut_off(strange)
        for number, (key, entry) in enumerate(strange):
            if self.faults.is_full:  # A file made of such keys is not proof-read for minutes.
                self.faults.count(len(strange) - number)
                break
            if key in cut_off:
                continue
            near = nearest(key, known)
            if near is None and len(strange) == len(self._missing) == 1:
                near = next(iter(self._missing))
            remedy = (
                translatable("did you mean {near}?", near=quote(near))
                if near
                else translatable("known here: {names}", names=join_names(self._known))
            )
            what = translatable("the key {key} is not known", key=quote(key))
            why = translatable("it would have no effect")
            missing = self._missing.pop(near, None) if near else None
            if near and missing is not None:  # One slip is one fault: it is there by another name.
                remedy = translatable("did you mean {near}, which is missing?", near=quote(near))
                self.faults.replace(missing, entry.line, entry.key, what, why, remedy)
            else:
                entry.refuse(what, why, remedy)

    def _cut_off(self, strange: "list[tuple[str, FileEntry]]") -> frozenset[str]:
        """Refuse values that a comma cut into pieces, in braces; return the pieces, read as keys.

        A piece is a key without a value on the line of the key before it.
        """
        pieces: dict[str, list[str]] = {}  # By the key whose value was cut.
        lines = {key: entry.line for key, entry in strange if entry.is_empty}
        whole = ""
        for before, key in pairwise(self._keys.values):
            if key not in lines or self._keys.line_of(before) != lines[key]:
                whole = ""
                continue
            whole = whole or before
            pieces.setdefault(whole, []).append(key)
        for key, cut in pieces.items():
            value = self._keys.values[key]
            if isinstance(value, TextNode) and not self.faults.is_full:
                self._refuse_cut(key, [value.text, *cut])
        return frozenset(piece for key, cut in pieces.items() for piece in cut)

    def _refuse_cut(self, key: str, parts: list[str]) -> None:
        is_number = len(parts) == 2 and all(part.lstrip("+-").isdigit() for part in parts)
        whole = ("," if is_number else ", ").join(parts)
        remedy = translatable("put a text that holds a comma in quotes")
        if is_number:
            remedy = translatable("write a decimal point: {number}", number=".".join(parts))
        elif key == "every":
            remedy = translatable("write several days in brackets, as {days}", days=f"[{whole}]")
        self._entry(key).refuse(
            translatable("in braces the comma in {text} ends the value", text=quote(whole)),
            translatable("what follows it is read as a key of its own"),
            remedy,
        )

    def _entry(self, key: str) -> FileEntry:
        parent = self.entry.key
        path = f"{parent}.{printable(key)}" if parent else printable(key)
        node = self._keys.values[key]
        return FileEntry(node, path, self._keys.line_of(key), self.entry.faults)
