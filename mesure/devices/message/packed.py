"""Packed columns of whole numbers: the narrowest typed array that holds them.

RFC 8746: a tag says how wide each number is, and whether it has a sign; a string of bytes follows,
lowest byte first. A column that could be narrower is refused, so that it has one spelling.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mesure.devices.message.cbor import Item, TaggedValue

I64 = NDArray[np.int64]

UNSIGNED: Final = {64: "<u1", 69: "<u2", 70: "<u4"}  # Narrowest first.
SIGNED: Final = {72: "<i1", 77: "<i2", 78: "<i4"}
ROWS_MAX: Final = 256


def pack(column: I64, forms: dict[int, str]) -> TaggedValue:
    r"""Return a column as the narrowest of these forms; it must fit one of them.

    >>> pack(np.array([1, 300]), UNSIGNED)
    TaggedValue(tag=69, value=b'\x01\x00,\x01')
    """
    low, high = int(column.min()), int(column.max())
    for tag, form in forms.items():
        holds = np.iinfo(form)
        if holds.min <= low and high <= holds.max:
            return TaggedValue(tag, column.astype(form).tobytes())
    raise OverflowError(f"{low} to {high} fit no column")  # The caller has cut the batch to fit.


def unpack(item: Item, forms: dict[int, str]) -> I64 | str:
    """Return the numbers of a column, or what is odd about it."""
    if not isinstance(item, TaggedValue) or item.tag not in forms:
        return f"it is no column with one of the tags {', '.join(map(str, forms))}"
    if not isinstance(item.value, bytes):
        return "a column is no string of bytes"
    form = np.dtype(forms[item.tag])
    if not item.value or len(item.value) % form.itemsize:
        return "a column ends within a number, or is empty"
    if len(item.value) > ROWS_MAX * form.itemsize:
        return f"a column has more than {ROWS_MAX} rows"
    column = np.frombuffer(item.value, form)
    if form.itemsize > 1 and _fits_half(column, form):
        return "a column is wider than it need be"
    return column.astype(np.int64)


def loose(item: TaggedValue) -> NDArray[Any]:
    """Return the numbers of a column that was read by `unpack` before, as wide as it is written."""
    assert isinstance(item.value, bytes), "it was read before"
    return np.frombuffer(item.value, (UNSIGNED | SIGNED)[item.tag])


def _fits_half(column: I64, form: np.dtype[np.int64]) -> bool:
    limit = 1 << 4 * form.itemsize - (form.kind == "i")
    # What is asked here of each column of each message is asked of the functions themselves.
    if int(np.maximum.reduce(column)) >= limit:
        return False
    return form.kind != "i" or int(np.minimum.reduce(column)) >= -limit
