"""Bounds of values: the same for names, instants, numbers and bytes in every store.

What one database would take and the other refuse is refused here, before it reaches either.
"""

from datetime import datetime
from typing import Final

NAME_CHARS_MAX: Final = 200
BODY_BYTES_MAX: Final = (1 << 20) + 64  # A message of a mebibyte, and what sealing adds.
COUNT_MAX: Final = (1 << 63) - 1
DIGEST_BYTES: Final = 32
NOBODY: Final = "device:"  # How the names of keys begin that seal what belongs to nobody.


def check_names(*names: str) -> None:
    """Refuse a name that is empty, too long, or has what cannot be printed."""
    for name in names:
        if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
            raise ValueError(
                f"{name[:40]!r} cannot be kept as a name: 1 to {NAME_CHARS_MAX} printable signs."
            )


def check_person(person: str) -> None:
    """Refuse the id of a person that is no name, or that could be taken for a device's key."""
    check_names(person)
    if person.startswith(NOBODY):
        raise ValueError(f"{person[:40]!r} cannot be a person: such names are those of devices.")


def check_aware(*instants: datetime | None) -> None:
    """Refuse an instant that could be any of several."""
    for instant in instants:
        if instant is not None and instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} does not say its offset from UTC.")


def check_counts(*counts: int | None) -> None:
    """Refuse a number with more bits than a database keeps."""
    for count in counts:
        if count is not None and not -COUNT_MAX <= count <= COUNT_MAX:
            raise ValueError(f"{count} has more than 63 bits; no database here keeps it.")


def check_body(body: bytes, bytes_max: int = BODY_BYTES_MAX) -> None:
    """Refuse more bytes than one record may have."""
    if len(body) > bytes_max:
        raise ValueError(f"{len(body)} bytes are too many; at most {bytes_max} are kept here.")


def check_digests(*digests: bytes) -> None:
    """Refuse what is no SHA-256."""
    for digest in digests:
        if len(digest) != DIGEST_BYTES:
            raise ValueError(f"A digest has {DIGEST_BYTES} bytes, and not {len(digest)}.")
