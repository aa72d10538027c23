"""Names of files that an order points to, checked before anybody opens them."""

import re
from typing import Final

from mesure.orders.text.order_faults import RefusedValueError, quote
from mesure.orders.text.sayings import translatable

PATH_CHARS_MAX: Final = 1_000


def check(path: str) -> str:
    """Return the path, from the order file; raises `RefusedValueError` where it leads elsewhere.

    A path may climb into the parent of the order's folder and no further.

    >>> check("../maps/almaty.geojson")
    '../maps/almaty.geojson'
    """
    if len(path) > PATH_CHARS_MAX or re.search(r"[\x00-\x1f\x7f]", path):
        what = translatable("this is no name of a file")
        raise RefusedValueError(
            what, translatable("the file cannot be found"), translatable("write a plain file name")
        )
    if "\\" in path or path.startswith("/") or re.match("[A-Za-z]:", path):
        what = translatable("{file} is no path relative to the order file", file=quote(path))
        why = translatable("an order must be readable wherever its folder lies")
        raise RefusedValueError(
            what, why, translatable("write it relative to the order file, with “/” between folders")
        )
    if not _stays_below(path):
        what = translatable(
            "{file} leads out of the parent of the order's folder", file=quote(path)
        )
        why = translatable("an order may only point to files kept with it")
        raise RefusedValueError(what, why, translatable("copy the file beside the order file"))
    return path


def _stays_below(path: str) -> bool:
    depth = 0  # 0 is the order's folder, -1 its parent.
    for part in path.split("/"):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < -1:
            return False
    return not path.endswith(("/", "/..", "/.")) and path not in ("", ".", "..")
