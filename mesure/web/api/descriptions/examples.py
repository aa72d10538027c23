"""Examples that the descriptions of several fields share."""

from typing import Final

NONE: Final = object()  # There is no example: what is there has fields of its own.
INSTANT: Final = "2026-02-10T08:00:00Z"
ACCOUNT: Final = "A-mfrggzdfmztwq2lk"
