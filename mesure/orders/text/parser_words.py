"""Parser words: complaints of a YAML or JSON parser, in languages that it does not speak.

The parsers speak English, in hundreds of ways. A clerk needs to know at which sign to look, so
other languages say the few things that are meant.
"""

from typing import Final

from mesure.orders.text.sayings import TranslatableText, translatable

_MEANINGS: Final = (
    ("end of stream", translatable("a quote or a bracket is not closed")),
    ("Unterminated", translatable("a quote or a bracket is not closed")),
    ("expected ','", translatable("a comma, a colon or a closing bracket is missing")),
    ("expected ':'", translatable("a comma, a colon or a closing bracket is missing")),
    ("delimiter", translatable("a comma, a colon or a closing bracket is missing")),
    ("not allowed in this context", translatable("a colon or a dash stands where none can")),
    ("expected key", translatable("a key or a value is expected here")),
    ("expected node content", translatable("a key or a value is expected here")),
    ("Expecting", translatable("a key or a value is expected here")),
    ("indicator", translatable("the lines are not indented alike")),
    ("indentation", translatable("the lines are not indented alike")),
    ("escape", translatable("a backslash stands before a sign that needs none")),
    ("cannot start", translatable("a value begins with a sign that needs quotes")),
    ("Extra data", translatable("more text follows after the end")),
)
_OTHER: Final = translatable("something stands here that cannot be read")


def plainly(problem: str) -> TranslatableText:
    """Return the words of a parser, which other languages say in words of their own.

    >>> plainly("Extra data")
    'Extra data'
    """
    meaning = next((said for part, said in _MEANINGS if part in problem), _OTHER)
    return meaning.with_english(problem)
