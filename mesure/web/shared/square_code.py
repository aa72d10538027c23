"""Square codes (QR): a text as dark squares, to be drawn in a page and read by a phone's camera."""

from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_L

QUIET_SQUARES: Final = 4  # The white edge that a reader needs.


def squares(text: str) -> tuple[int, str]:
    """Return the square code of a text: how many squares it is wide, and a path of the dark ones.

    >>> wide, path = squares("otpauth://totp/x")
    >>> wide > 20, path.startswith("M4 4h7v1h-7z")
    (True, True)
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=QUIET_SQUARES)
    code.add_data(text)
    rows = code.get_matrix()
    runs: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = max(end, x + 1)
    return len(rows), "".join(runs)
