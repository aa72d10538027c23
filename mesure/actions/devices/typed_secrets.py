"""Typed secrets: how hard a chosen name is to guess that alone gives access.

What people type are words, numbers and repetitions, in whatever language, so a guesser tries those.
Each part counts as the few bits that it takes to try them, however long it is; only a part that
jumps between letters and digits, as drawn names do, counts character by character. So a drawn name
may be taken for weak, and another is made in its place; a chosen one is not taken for strong.
Paper: D. L. Wheeler, USENIX Security (2016) 157: guesses counted by the parts of a password
"""

import re
from itertools import pairwise
from typing import Final

BITS_MIN: Final = 60  # A thousand guesses a second would take millions of years.

_PARTS: Final = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_HUMP: Final = re.compile(r"(?<=[^\W\d_A-ZА-Я])(?=[A-ZА-Я])")
_LETTERS_BITS: Final = (0.0, 4.0, 7.0, 10.0)  # By their number: from three on, a common word.
_WORD_CHARS: Final = 8  # Longer than that, it may be two.
_MORE_BITS: Final = 1.5  # Of each further letter of written language.
_DIGIT_BITS: Final = 3.3
_NUMBER_BITS_MAX: Final = 20.0  # A date, a telephone, the serial number of a device.
_AGAIN_BITS: Final = 1.0  # What was there before, or nearly.
_PATTERN_BITS: Final = 4.0  # "0001", "abcdef", a year.
_SEPARATOR_BITS: Final = 2.0
_YEAR: Final = re.compile(r"(19|20)\d\d")
# What a server makes here: eighty random bits, of which nothing else is known.
_MADE: Final = re.compile(r"(?=.*[2-7].*[a-z])[a-z2-7]{16}")


def is_weak(name: str) -> bool:
    """Tell whether somebody would try this within 2^60 guesses, as far as can be told.

    >>> [is_weak(one) for one in ("0" * 16, "AlmatyPhone00001", "bishkek-phone-second-of-7")]
    [True, True, True]
    >>> is_weak("9f1c7a52-6b3e-4d08-b1f7-2e85c90a4d63")
    False
    """
    return _bits(name) < BITS_MIN


def may_be_weak(name: str) -> bool:
    """Tell the same of a name that may not have been made here."""
    return is_weak(name) and _MADE.fullmatch(name) is None


def _bits(name: str) -> float:
    bits, before, folded = 0.0, list[str](), _HUMP.sub("\n", name).casefold()
    kinds = (str.isdecimal, str.isalpha)
    counted = [kind for kind in kinds if not _is_drawn("".join(filter(kind, folded)))]
    for part in _PARTS.findall(folded):
        is_again = any(_is_like(part, earlier) for earlier in before)
        is_counted = any(kind(part) for kind in counted)
        bits += _AGAIN_BITS if is_again or is_counted else _part_bits(part)
        before.append(part)
    return bits


def _is_like(part: str, other: str) -> bool:
    """Tell whether a part is another, in either direction, or a number close to it."""
    if part.isdecimal() and other.isdecimal() and len(part) == len(other) > 1:
        return abs(int(part) - int(other)) <= 10
    return len(part) > 1 and part in (other, other[::-1])


def _part_bits(part: str) -> float:
    count = len(part)
    if not part.isalnum():
        return 0.0 if part == "\n" else _SEPARATOR_BITS
    if not _is_drawn(part) or _YEAR.fullmatch(part):
        return _PATTERN_BITS
    if part.isdecimal():
        return min(count * _DIGIT_BITS, _NUMBER_BITS_MAX)
    letters = _LETTERS_BITS[min(count, len(_LETTERS_BITS) - 1)]
    return letters + max(count - _WORD_CHARS, 0) * _MORE_BITS


def _is_drawn(part: str) -> bool:
    """Tell whether signs neither count up or down nor stay the same, in most of them."""
    steps = [ord(after) - ord(before) for before, after in pairwise(part)]
    regular = max((steps.count(step) for step in (-1, 0, 1)), default=0)
    return len(part) < 3 or regular * 2 < len(steps)
