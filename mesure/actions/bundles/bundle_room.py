"""Bundle room: the files that were attached, as many as a bundle holds.

What does not fit is named with its hash, and so is what was taken back or erased; a reader who has
the file from elsewhere can tell that it is the same.
Specification: docs/specs/evidence_bundle.md
"""

from enum import StrEnum
from typing import Final

BYTES_MAX: Final = 64 << 20  # With messages and papers to read, a quarter of what a ZIP takes.


class OmissionReason(StrEnum):
    """Why a file is named and not included."""

    SIZE = "size"  # With it the files would be larger than a bundle holds.
    TAKEN_BACK = "taken_back"  # By the one who attached it, before anybody decided with it.
    ERASED = "erased"  # Its bytes are not kept any more.


class BundleRoom:
    """The files that a bundle holds so far, by path, and what room is left."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._left = BYTES_MAX

    def put(
        self, path: str, content: bytes | None, *, is_taken_back: bool
    ) -> dict[str, str | None]:
        """Hold a file if there is room, and return where it is, or why it is left out."""
        if content is None:
            reason = OmissionReason.TAKEN_BACK if is_taken_back else OmissionReason.ERASED
        elif len(content) > self._left:
            reason = OmissionReason.SIZE
        else:
            self._left -= len(content)
            self.files[path] = content
            return {"path": path, "left_out": None}
        return {"path": None, "left_out": reason.value}
