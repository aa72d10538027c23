"""Text from outside, made safe to show to a person.

An order file or a device may hold letters that cannot be seen: controls that steer a terminal, or
marks that turn the reading direction so that a name seems to say something else. Each is shown as
one sign that means "here was something". Escaping for HTML is the page's own work. Where a page
shows a number, no end of a line parts it from its unit.
"""

import re
from collections.abc import Iterable
from typing import Final

SIGN: Final = "\ufffd"  # The replacement character.
ELLIPSIS: Final = "…"

# A fixed list rather than the interpreter's tables, which differ from one Python to the next.
_UNSEEN: Final = (
    (0x00, 0x1F),  # Controls, with escape.
    (0x7F, 0x9F),  # Delete, and the second set of controls.
    (0x061C, 0x061C),  # Marks and turns of the reading direction.
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2066, 0x2069),
    (0xD800, 0xDFFF),  # Halves of a letter, which no file can hold.
    (0xFEFF, 0xFEFF),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),  # Tags: a second, hidden text.
)
_TABLE: Final = {point: SIGN for first, last in _UNSEEN for point in range(first, last + 1)}


def visible(text: str) -> str:
    r"""Return a text in which nothing is hidden, on one line.

    >>> visible("Home\x1b[2J")
    'Home\ufffd[2J'
    """
    return text.translate(_TABLE)


def shorten(text: str, length_max: int) -> str:
    """Return a visible text of at most `length_max` letters, the cut marked.

    >>> shorten("stadium", 5)
    'stad…'
    """
    whole = visible(text)
    return whole if len(whole) <= length_max else whole[: length_max - 1] + ELLIPSIS


def paragraphs(text: str) -> tuple[str, ...]:
    r"""Return the paragraphs of an explanation, each visible; empty ones are left out.

    >>> paragraphs("You left.\n\nThree fixes say so.")
    ('You left.', 'Three fixes say so.')
    """
    return tuple(visible(line) for line in text.split("\n") if line.strip())


_BEFORE_UNIT: Final = re.compile(
    r"(?<=[\d}]) (?=(?:k?m|min|s|h|[KM][Bo]|%|к?м|мин|ч|сағ|[КМ]Б|с(?! \{))(?!\w)|m[eè]tre|метр)"
    r"|(?<=±) (?=[\d{])"
)


def keep_units(text: str) -> str:
    r"""Return a text in which no line parts a number, or its placeholder, from its unit.

    >>> keep_units("± 15 m, {hours} h {minutes} min; 3 metres, 4 months")
    '±\xa015\xa0m, {hours}\xa0h {minutes}\xa0min; 3\xa0metres, 4 months'
    """
    return _BEFORE_UNIT.sub("\u00a0", text)


def keep_whole(sentence: str, months: Iterable[str]) -> str:
    r"""Return a sentence in which no line parts a number from its unit, or a day from its month.

    >>> keep_whole("You left on 6 January, by 15 m.", ["January"])
    'You left on 6\xa0January, by 15\xa0m.'
    """
    days = rf"(\d(?:er)?) ({'|'.join(months)})\b"
    return keep_units(re.sub(days, "\\1\u00a0\\2", sentence))
