"""The values of a file as its reader asks for them, each knowing where it stands.

A reader never stops at a fault: it is noted, a stand-in takes the value's place, and reading goes
on, so that all faults of a file are said at once. What was read is used only if there was none.
"""

from collections.abc import Iterator
from typing import Final

from mesure.orders.faults import Faults, RefusedError, listed, printable, shown
from mesure.orders.near_names import nearest
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
            what = "keys or a list stand here"
            self.refuse(what, "one text is expected", "write a single value")
            return None
        words = self.node.text
        if len(words) > chars_max:
            what = f"the text has {len(words)} characters, more than {chars_max}"
            self.refuse(what, "it would not fit on a page", "shorten it")
            return None
        return " ".join(words.split()) if "\n" in words else words

    def items(self, count_max: int) -> "list[Entry]":
        """Return the values of a list; a single value is a list of one."""
        if isinstance(self.node, Text):
            return [self]
        values = self.node.items if isinstance(self.node, Items) else []
        if not 0 < len(values) <= count_max:
            what = f"a list of {len(values)} values stands here"
            what = "keys with values stand here" if isinstance(self.node, Keys) else what
            why = f"a list of 1 to {count_max} values is expected"
            self.refuse(what, why, "write the values in brackets: [..., ...]")
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
            "a list stands here" if isinstance(self.node, Items) else "a single value stands here"
        )
        self.refuse(what, "keys with values are expected", "write {key: value, ...}")
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
                why = "whether something was meant cannot be told"
                entry.refuse("the key has no value", why, "write the value, or leave the key out")
            return None
        return entry

    def need(self, key: str, why: str, example: str) -> Entry | None:
        """Return the value of a key that must be there."""
        if key not in self:
            self.refuse(f"the key “{key}” is missing", why, f"add “{key}: {example}”")
            return None
        return self.find(key)

    def refuse_rest(self) -> None:
        """Refuse the keys that nobody asked for: a misspelt key must not be passed over."""
        known = [key for key in self._known if key not in self._keys.values] or self._known
        for key, entry in self:
            if key in self._known:
                continue
            near = None if self.faults.is_full else nearest(key, known)
            remedy = f"did you mean “{near}”?" if near else f"known here: {listed(self._known)}"
            entry.refuse(f"the key {shown(key)} is not known", "it would have no effect", remedy)

    def _entry(self, key: str) -> Entry:
        parent = self.entry.key
        path = f"{parent}.{printable(key)}" if parent else printable(key)
        node = self._keys.values[key]
        return Entry(node, path, self._keys.line_of(key), self.entry.faults)
