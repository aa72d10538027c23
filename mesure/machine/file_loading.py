"""File loading that is not trapped by a file that never ends or that leads elsewhere.

A person may name a pipe: it is read to its end, up to a limit. An order may name maps; its writer
is not the one who runs the program, so only plain files kept with the order are opened for it.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mesure.orders.text.order_faults import FileFault, OrderError
from mesure.orders.text.sayings import translatable

PIPE_BYTES_MAX: Final = 1 << 30
DEVICE_BYTES_MAX: Final = 1 << 20  # One that ends at once, as /dev/null does, is an empty file.


def read_file(path: Path, why: str, bytes_max: int | None = None) -> bytes:
    """Return what is in a file that a person named; `why` says what it is needed for.

    Of a file of more than `bytes_max` bytes a single byte more is returned: its reader refuses it.
    Raises `OrderError` where it cannot be read.
    """
    try:
        return _read(path, why, bytes_max)
    except (OSError, ValueError) as error:
        what = translatable("this is no name of a file")
        if isinstance(error, OSError):
            what = translatable("it cannot be opened")
            what = what.with_english(error.strerror.lower()) if error.strerror else what
        raise _refused(
            path, what, why, translatable("check the path and the right to read it")
        ) from None


def _read(path: Path, why: str, bytes_max: int | None) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode):
            return file.read(-1 if bytes_max is None else bytes_max + 1)
        limit = DEVICE_BYTES_MAX if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else PIPE_BYTES_MAX
        if bytes_max is not None and bytes_max < limit:
            return file.read(bytes_max + 1)
        data = file.read(limit + 1)
    if len(data) <= limit:
        return data
    what = translatable("it is no file, and after {limit} bytes it has not ended", limit=limit)
    raise _refused(path, what, why, translatable("write what it gives into a file, and name that"))


def _refused(path: Path, what: str, why: str, remedy: str) -> OrderError:
    return OrderError([FileFault(str(path), None, "", what, why, remedy)])


def beside(folder: Path, names: Iterable[str], bytes_max: int) -> dict[str, bytes]:
    """Return the files that an order in this folder names; those that cannot be read are left out.

    So are all but plain files that lie below the folder's parent, also where a link leads out.
    Reading ends a byte after `bytes_max` bytes in all: the reader of the files refuses that many.
    """
    parent = Path(os.path.realpath(folder / ".."))
    data_by_name: dict[str, bytes] = {}
    left = bytes_max + 1
    for name in names:
        try:
            path = Path(os.path.realpath(folder / name))
            if not (path.is_file() and path.is_relative_to(parent)):
                continue
            with path.open("rb") as file:
                data_by_name[name] = file.read(max(left, 1))
        except (OSError, ValueError):
            continue
        left -= len(data_by_name[name])
    return data_by_name
