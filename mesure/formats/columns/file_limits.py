"""File limits: how large a file may be; each is checked before the memory is taken."""

from typing import Final

from mesure.formats.columns.file_faults import FixesError

FIXES_MAX: Final = 50_000_000  # Fixes of one run: a fix every second for 19 months.
TRACES_MAX: Final = 100_000  # Different values of `trace_id` in one file.
COLUMNS_MAX: Final = 1_000
LINE_BYTES_MAX: Final = 1 << 20  # The longest real message seen, a card with a face, has 150 kB.
ELEMENTS_IN_POINT_MAX: Final = 1_000
DEPTH_MAX: Final = 64  # XML elements inside each other; a point of a GPX file is at 4.

# A few kilobytes can claim billions of rows. A row of text takes 19 bytes at least, which is a time
# and two digits; a row that is packed takes more than one. The first million is free.
ROWS_FREE: Final = 1_000_000
TEXT_ROW_BYTES_MIN: Final = 19
PACKED_ROW_BYTES_MIN: Final = 1
# Real fixes pack to a tenth at best, and tables of values are not even counted here.
UNPACKED_RATIO_MAX: Final = 64
BYTES_UNPACKED_FREE: Final = 128 << 20
_FILLS_MEMORY: Final = "reading it would fill the memory"
_NO_RECORD: Final = "check where it comes from; it is no record of fixes"


def rows_of_text(size: int) -> int:
    """Return how many rows a text of `size` bytes can honestly hold."""
    return ROWS_FREE + size // TEXT_ROW_BYTES_MIN


def rows_packed(size: int) -> int:
    """Return how many rows a compressed file of `size` bytes can honestly hold."""
    return ROWS_FREE + size // PACKED_ROW_BYTES_MIN


def check_rows(file: str, rows: int, honest: int) -> None:
    """Refuse more rows than one run takes, or than the file can honestly hold."""
    if rows > FIXES_MAX:
        what = f"it holds {rows} rows, and one run takes {FIXES_MAX}"
        raise FixesError(file, what, "it would not fit in memory", "judge a shorter time at once")
    if rows > honest:
        what = f"it claims more than {honest} rows, too many for its size"
        raise FixesError(file, what, _FILLS_MEMORY, _NO_RECORD)


def check_unpacked(file: str, unpacked: int, size: int) -> None:
    """Refuse a file that unpacks to more than fixes can."""
    if unpacked > BYTES_UNPACKED_FREE + UNPACKED_RATIO_MAX * size:
        what = f"its {size} bytes unpack to {unpacked}"
        raise FixesError(file, what, _FILLS_MEMORY, _NO_RECORD)
