"""What a parser of YAML or JSON complains of, in plain words for languages it does not speak.

The parsers speak English, in hundreds of ways. A clerk needs to know at which sign to look, so
other languages say the few things that are meant.
"""

from typing import Final

from mesure.orders.text.sayings import Saying, saying

_MEANINGS: Final = (
    ("end of stream", saying("a quote or a bracket is not closed")),
    ("Unterminated", saying("a quote or a bracket is not closed")),
    ("expected ','", saying("a comma, a colon or a closing bracket is missing")),
    ("expected ':'", saying("a comma, a colon or a closing bracket is missing")),
    ("delimiter", saying("a comma, a colon or a closing bracket is missing")),
    ("not allowed in this context", saying("a colon or a dash stands where none can")),
    ("expected key", saying("a key or a value is expected here")),
    ("expected node content", saying("a key or a value is expected here")),
    ("Expecting", saying("a key or a value is expected here")),
    ("indicator", saying("the lines are not indented alike")),
    ("indentation", saying("the lines are not indented alike")),
    ("escape", saying("a backslash stands before a sign that needs none")),
    ("cannot start", saying("a value begins with a sign that needs quotes")),
    ("Extra data", saying("more text follows after the end")),
)
_OTHER: Final = saying("something stands here that cannot be read")


def plainly(problem: str) -> Saying:
    """Return the words of a parser, which other languages say in words of their own.

    >>> plainly("Extra data")
    'Extra data'
    """
    meaning = next((said for part, said in _MEANINGS if part in problem), _OTHER)
    return meaning.worded(problem)
