"""Signed form: a message's form in the log, with how far its device's clock was ahead.

The message itself stays as it was signed, with the times of the device's clock. By how much those
are ahead was measured when it came, and is part of its name: each later reading, live or in a
replay, gives the same times.
"""

import re
from typing import Final

FORM: Final = "mesure1"
_AHEAD: Final = re.compile(rf"{FORM}\+([1-9][0-9]{{0,15}})", re.ASCII)


def of(ahead_us: int) -> str:
    """Return the form of a message whose device's clock is so much ahead; 0: it is right."""
    return f"{FORM}+{ahead_us}" if ahead_us else FORM


def is_signed(form: str) -> bool:
    """Tell whether a device signed messages of this form.

    >>> [is_signed(form) for form in ("mesure1", "mesure1+300000000", "mesure1+0", "osmand")]
    [True, True, False, False]
    """
    return form == FORM or _AHEAD.fullmatch(form) is not None


def ahead_us(form: str) -> int:
    """Return by how much the times in a message are ahead.

    >>> ahead_us("mesure1"), ahead_us("mesure1+300000000")
    (0, 300000000)
    """
    match = _AHEAD.fullmatch(form)
    return 0 if match is None else int(match[1])
