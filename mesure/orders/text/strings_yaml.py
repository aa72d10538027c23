"""Strings-only YAML: a file a clerk wrote, as texts with their line numbers.

YAML guesses types, and guesses wrong: `22:00` becomes the number 1320, `NO` becomes false, `1.10`
becomes 1.1, and a key written twice silently wins. Here every value is the text that was written,
quoted or plain, and the reader says what type it wants.

Everything that can make a small file large or one file mean two things is refused: anchors and
aliases, tags, several documents, deep nesting, repeated keys.
Decision: docs/decisions/0018-order-and-precedent-files-are-strings-only-yaml.md
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import yaml

from mesure.orders.text import parser_words
from mesure.orders.text.order_faults import FileFaults, OrderError, printable, quote
from mesure.orders.text.sayings import translatable

TEXT_BYTES_MAX: Final = 4 * 1024 * 1024  # A polygon of 100,000 corners is 2.4 MB.
VALUES_MAX: Final = 500_000  # Such a polygon has 300,000 values.
DEPTH_MAX: Final = 20  # The deepest order needs 7: a corner of a hole of a place.
_NOT_TEXT: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")

# A value without quotes in which a colon and a space follow: a key and its value, to YAML.
_COLON_INSIDE: Final = re.compile(r"[\w\"']: +([^\s\"'{\[,:][^\"'{}\[\],:]*: [^{}\[\],]*)")

# The parser written in C is forty times as fast; wheels of PyYAML have it, some builds do not.
_LOADER: Final[type[Any]] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class TextNode:
    """A single value, quoted or plain."""

    line: int
    text: str


@dataclass(slots=True)
class ListNode:
    """A list of values."""

    line: int
    items: "list[Node]"


@dataclass(slots=True)
class MappingNode:
    """Values by key, in the order of the file; `lines` tells where each key is."""

    line: int
    values: "dict[str, Node]"
    lines: dict[str, int]  # By the key's composed form (NFC): no two keys may look the same.

    def line_of(self, key: str) -> int:
        """Return the line of a key; that of the whole group for a missing key."""
        return self.lines.get(normalise(key), self.line)


Node = TextNode | ListNode | MappingNode


def normalise(text: str) -> str:
    """Return a text in the form (Unicode NFC) in which equal-looking texts are equal."""
    return unicodedata.normalize("NFC", text)


def load(data: bytes, faults: FileFaults) -> MappingNode:
    """Return the keys of a file; what is wrong with its text goes to `faults`.

    Raises `OrderError` where reading on makes no sense: not UTF-8, no YAML, too large, too deep.
    """
    text = _decoded(data, faults)
    builder = _Builder(faults)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _malformed(error, text, faults) from None
    except ValueError:  # The parser in Python raises it for a letter beyond Unicode.
        what = translatable("a letter written as \\U... does not exist")
        remedy = translatable("write the letter itself")
        raise faults.fatal(
            None, "", what, translatable("the text cannot be read"), remedy
        ) from None
    if not isinstance(builder.root, MappingNode):
        what = translatable("the file does not consist of keys with values")
        remedy = translatable("begin with a line such as “order: ALM-2026-0042”")
        raise faults.fatal(
            1, "", what, translatable("nothing in it can be found by its name"), remedy
        )
    return builder.root


def _decoded(data: bytes, faults: FileFaults) -> str:
    if len(data) > TEXT_BYTES_MAX:
        what = translatable("the file has more than {most} bytes", most=TEXT_BYTES_MAX)
        remedy = translatable("put large boundaries into a GeoJSON file and name it with “geojson”")
        raise faults.fatal(
            None, "", what, translatable("that is more text than a person can proof-read"), remedy
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = translatable("a letter here is not written as UTF-8")
        raise faults.fatal(
            line, "", what, translatable("names could be misread"), translatable("save it as UTF-8")
        ) from None
    match = _NOT_TEXT.search(text)
    if match is None:
        return text
    line = text.count("\n", 0, match.start()) + 1
    if match[0] == "\t":
        why = translatable("its width, and so what belongs to what, depends on who looks")
        raise faults.fatal(
            line,
            "",
            translatable("a tab stands here"),
            why,
            translatable("write spaces for every tab"),
        )
    what = translatable("a control character (U+{code}) stands here", code=f"{ord(match[0]):04X}")
    raise faults.fatal(
        line, "", what, translatable("this is no text"), translatable("save the file as plain text")
    )


def _malformed(error: yaml.YAMLError, text: str, faults: FileFaults) -> OrderError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "a bad letter"
    what = translatable(
        "the text is not well-formed YAML ({problem})", problem=parser_words.plainly(problem)
    )
    why = translatable("what belongs to what cannot be told")
    remedy = translatable("look for a bracket, quote or colon too many or too few at this place")
    # A bracket that is never closed is missed only beyond the last line.
    lines = text.splitlines()
    line = min(mark.line + 1, len(lines)) if mark else None
    bare = _COLON_INSIDE.search(lines[line - 1]) if line else None
    if bare is not None:
        words = quote(f'"{bare[1].strip()}"')
        remedy = translatable("put a text that holds a colon in quotes, as {words}", words=words)
    return faults.fatal(line, "", what, why, remedy)


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, faults: FileFaults) -> None:
        self.root: Node | None = None
        self._faults = faults
        self._open: list[ListNode | MappingNode] = []
        self._path: list[str] = []  # The key that each open node is under.
        self._key: str | None = None  # Read, its value still to come.
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        assert event.start_mark is not None, "the parser says where it is"
        line = event.start_mark.line + 1
        if isinstance(event, yaml.NodeEvent):
            self._values += 1
            if self._values > VALUES_MAX:
                raise self._too_many(line)
            if event.anchor is not None or getattr(event, "tag", None) is not None:
                self._refuse_sharing(event, line)
        match event:
            case yaml.ScalarEvent():
                self._take_text(event.value, line)
            case yaml.SequenceStartEvent():
                self._enter(ListNode(line, []), line)
            case yaml.MappingStartEvent():
                self._enter(MappingNode(line, {}, {}), line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._path.pop()
            case yaml.DocumentStartEvent() if self.root is not None:
                what = translatable("a second document begins here")
                why = translatable("one file is one order")
                raise self._faults.fatal(
                    line, "", what, why, translatable("put it into a file of its own")
                )

    def _too_many(self, line: int) -> OrderError:
        what = translatable("the file has more than {most} values", most=VALUES_MAX)
        remedy = translatable("put large boundaries into a GeoJSON file and name it with “geojson”")
        why = translatable("that is more than a person can read")
        return self._faults.fatal(line, self._where(), what, why, remedy)

    def _refuse_sharing(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            what = translatable("an anchor or alias ({name}) stands here", name=quote(event.anchor))
            why = translatable("an order is read top to bottom, with nothing hidden elsewhere")
            # The first says it: a file made of them would fill pages, and what follows is noise.
            raise self._faults.fatal(
                line, self._where(), what, why, translatable("write the value out")
            )
        if not self._is_only_counted():
            what = translatable("a tag (“!”) stands here")
            self._faults.add(
                line,
                self._where(),
                what,
                translatable("every value is a text"),
                translatable("leave it out"),
            )

    def _take_text(self, text: str, line: int) -> None:
        is_bad = not text.isprintable() and any(_is_control(char) for char in text)
        if is_bad and not self._is_only_counted():
            what = translatable("{text} holds a control character", text=quote(text))
            why = translatable("a page or a printer could not show it")
            self._faults.add(
                line, self._where(), what, why, translatable("leave the character out")
            )
        top = self._open[-1] if self._open else None
        if isinstance(top, MappingNode) and self._key is None:
            self._take_key(top, text, line)
        else:
            self._place(TextNode(line, text))

    def _take_key(self, top: MappingNode, key: str, line: int) -> None:
        self._key, composed = key, normalise(key)
        first = top.lines.get(composed)
        if first is not None and not self._is_only_counted():
            what = translatable(
                "the key is written a second time (first in line {line})", line=first
            )
            why = translatable("only one of the two could count")
            self._faults.add(
                line, self._where(), what, why, translatable("keep the one that is meant")
            )
        top.lines[composed] = line

    def _enter(self, node: ListNode | MappingNode, line: int) -> None:
        if self._open and isinstance(self._open[-1], MappingNode) and self._key is None:
            what = translatable("a list or a group of keys stands where a key is expected")
            raise self._faults.fatal(
                line,
                self._where(),
                what,
                translatable("a key is one text"),
                translatable("write a name"),
            )
        if len(self._open) == DEPTH_MAX:
            what = translatable("lists and keys are nested more than {most} deep", most=DEPTH_MAX)
            why = translatable("nothing in an order lies so deep")
            raise self._faults.fatal(
                line, self._where(), what, why, translatable("look for brackets too many")
            )
        key = self._key or ""
        self._place(node)
        self._open.append(node)
        self._path.append(key)

    def _place(self, node: Node) -> None:
        top = self._open[-1] if self._open else None
        if top is None:
            self.root = node
        elif isinstance(top, ListNode):
            top.items.append(node)
        else:
            assert self._key is not None, "a key comes before its value"
            top.values[self._key] = node
            self._key = None

    def _is_only_counted(self) -> bool:
        """Count a fault that would not be listed, without making its sentence."""
        if self._faults.is_full:
            self._faults.count()
        return self._faults.is_full

    def _where(self) -> str:
        return ".".join(printable(key) for key in (*self._path, self._key) if key)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and char != "\n"
