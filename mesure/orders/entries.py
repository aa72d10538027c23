"""The values of a file as its reader asks for them, each knowing where it stands.

A reader never stops at a fault: it is noted, a stand-in takes the value's place, and reading goes
on, so that all faults of a file are said at once. What was read is used only if there was none.
"""

from collections.abc import Iterator
from typing import Final

from mesure.orders.faults import Faults, RefusedError, listed, printable, shown
from mesure.orders.near_names import nearest
from mesure.orders.sayings import saying
from mesure.orders.strings import Items, Keys, Node, Text

ID_CHARS_MAX: Final = 200
STAND_IN: Final = "?"  # For a text that could not be read.


class Entry:
    """One value of a file."""

    __slots__ = ("faults", "key", "line", "node")

    def __init__(self, node: Node, key: str, line: int, faults: Faults) -> None:
        self.node = node
        self.key = key
        self.line = line
        self.faults = faults

    def refuse(self, what: str, why: str, remedy: str) -> None:
        """Note a fault of this value."""
        self.faults.add(self.line, self.key, what, why, remedy)

    def refuse_as(self, refused: RefusedError) -> None:
        """Note a fault that was found without knowing where."""
        self.refuse(refused.what, refused.why, refused.remedy)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is written here."""
        return isinstance(self.node, Text) and not self.node.text.strip()

    def text(self, chars_max: int = ID_CHARS_MAX) -> str | None:
        """Return the value as one line of text; None, noted, where it is none or too long."""
        if not isinstance(self.node, Text):
            what = saying("keys or a list stand here")
            self.refuse(what, saying("one text is expected"), saying("write a single value"))
            return None
        words = self.node.text
        if len(words) > chars_max:
            what = saying(
                "the text has {count} characters, more than {most}",
                count=len(words),
                most=chars_max,
            )
            self.refuse(what, saying("it would not fit on a page"), saying("shorten it"))
            return None
        return " ".join(words.split()) if "\n" in words else words

    def items(self, count_max: int) -> "list[Entry]":
        """Return the values of a list; a single value is a list of one."""
        if isinstance(self.node, Text):
            return [self]
        values = self.node.items if isinstance(self.node, Items) else []
        if not 0 < len(values) <= count_max:
            what = saying("a list of {count} values stands here", count=len(values))
            what = saying("keys with values stand here") if isinstance(self.node, Keys) else what
            why = saying("a list of 1 to {most} values is expected", most=count_max)
            self.refuse(what, why, saying("write the values in brackets: [..., ...]"))
            return []
        return [
            Entry(value, f"{self.key}[{number}]", value.line, self.faults)
            for number, value in enumerate(values)
        ]

    def group(self) -> "Group":
        """Return the keys of the value; without any where something else is written."""
        if isinstance(self.node, Keys):
            return Group(self, self.node)
        what = (
            saying("a list stands here")
            if isinstance(self.node, Items)
            else saying("a single value stands here")
        )
        self.refuse(
            what,
            saying("keys with values are expected"),
            saying("write {example}", example="{key: value, ...}"),
        )
        return Group(self, None)


class Group:
    """Values by key. It remembers which keys were asked for, so that all others can be refused.

    Where no keys are written but something else, it stands in and refuses nothing more.
    """

    def __init__(self, entry: Entry, keys: Keys | None) -> None:
        self.entry = entry
        self._keys = keys or Keys(entry.line, {}, {})
        self._stands_in = keys is None
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is written; asking makes it a known one."""
        if key not in self._known:
            self._known.append(key)
        return key in self._keys.values

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        """Yield every key with its value: for keys that are names the order gives."""
        for key in self._keys.values:
            yield key, self._entry(key)

    @property
    def count(self) -> int:
        """Return how many keys are written."""
        return len(self._keys.values)

    @property
    def faults(self) -> Faults:
        """Return the list of what is wrong with the file."""
        return self.entry.faults

    def refuse(self, what: str, why: str, remedy: str) -> None:
        """Note a fault of the keys as a whole."""
        if not self._stands_in:
            self.entry.refuse(what, why, remedy)

    def find(self, key: str, *, may_be_empty: bool = False) -> Entry | None:
        """Return the value of a key, or None where the key is not written."""
        if key not in self:
            return None
        entry = self._entry(key)
        if entry.is_empty:
            if not may_be_empty:
                why = saying("whether something was meant cannot be told")
                entry.refuse(
                    saying("the key has no value"),
                    why,
                    saying("write the value, or leave the key out"),
                )
            return None
        return entry

    def need(self, key: str, why: str, example: str) -> Entry | None:
        """Return the value of a key that must be there."""
        if key not in self:
            self.refuse(
                saying("the key “{key}” is missing", key=key),
                why,
                saying("add “{key}: {example}”", key=key, example=example),
            )
            return None
        return self.find(key)

    def refuse_rest(self) -> None:
        """Refuse the keys that nobody asked for: a misspelt key must not be passed over."""
        known = [key for key in self._known if key not in self._keys.values] or self._known
        for key, entry in self:
            if key in self._known:
                continue
            near = None if self.faults.is_full else nearest(key, known)
            remedy = (
                saying("did you mean {near}?", near=shown(near))
                if near
                else saying("known here: {names}", names=listed(self._known))
            )
            entry.refuse(
                saying("the key {key} is not known", key=shown(key)),
                saying("it would have no effect"),
                remedy,
            )

    def _entry(self, key: str) -> Entry:
        parent = self.entry.key
        path = f"{parent}.{printable(key)}" if parent else printable(key)
        node = self._keys.values[key]
        return Entry(node, path, self._keys.line_of(key), self.entry.faults)
