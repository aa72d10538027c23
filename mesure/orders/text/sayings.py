"""Sayings: texts that remember their parts, so that they can be said in every language.

What is wrong with a file is found where no language is known. The words are English there, as a
text like any other; the code that shows them has them said again from a catalogue.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import reduce
from typing import Final, Self

from mesure.orders.text.catalogue import Catalogue

ENGLISH: Final = "en"  # What a saying is already.


class TranslatableText(str):
    """An English text that still knows its source text and the values of its placeholders."""

    __slots__ = ("source", "values")

    source: str
    values: Mapping[str, str | int]

    @classmethod
    def of(cls, source: str, values: Mapping[str, str | int]) -> Self:
        """Return a source text with its placeholders filled in."""
        text = cls(source.format(**values))
        text.source, text.values = source, values
        return text

    def with_english(self, english: str) -> Self:
        """Return English words of another's that other languages say as they say this text."""
        text = type(self)(english)
        text.source, text.values = self.source, self.values
        return text


def translatable(source: str, **values: str | int) -> TranslatableText:
    """Return an English text that can be said in other languages.

    The source is a literal, since `tools/text_pages.py` collects it; a value may be a saying
    itself.

    >>> translatable("“{name}” is no day of the week", name="Freitag")
    '“Freitag” is no day of the week'
    """
    return TranslatableText.of(source, values)


def in_a_row(words: Iterable[str], between: str = ", ") -> TranslatableText:
    """Return words one after the other; a row has no words of its own to be translated."""
    values = {f"word_{number}": word for number, word in enumerate(words)}
    return TranslatableText.of(between.join(f"{{{name}}}" for name in values), values)


def either(words: Iterable[str]) -> str:
    """Return words of which one is to be chosen.

    >>> either(["enrolment", "beacon"])
    'enrolment or beacon'
    """
    return reduce(
        lambda first, other: translatable("{one} or {other}", one=first, other=other), words
    )


def translate(words: str | int, into: Catalogue) -> str:
    """Return words in the language of a catalogue; names, keys and numbers stay as they are."""
    if not isinstance(words, TranslatableText) or into.language == ENGLISH:
        return str(words)
    source = into.text(words.source) if words else ""  # gettext knows "" as its header.
    return source.format(**{name: translate(value, into) for name, value in words.values.items()})


class TranslatableEnum(StrEnum):
    """A closed list whose members know an English text: `NAME = "value", "What it says."`.

    The text is a literal, since `tools/text_pages.py` collects it from the list.
    """

    words: str

    def __new__(cls, value: str, words: str = "") -> Self:
        """Return a member that is equal to its value and knows its text."""
        member = str.__new__(cls, value)
        member._value_, member.words = value, words
        return member

    def in_words(self, into: Catalogue) -> str:
        """Return the text in the language of a catalogue."""
        return into.text(self.words)
