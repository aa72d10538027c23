"""Message folder: takes messages as files, whole and for good, where there is no server yet."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from mesure.machine import file_writing
from mesure.service.device.client_state import QueuedMessage
from mesure.store.writing.fsync import settle

SUFFIX: Final = ".cose"


class MessageFolder:
    """Writes each message as a file of its own; names are sorted as the counters are."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def carry(self, messages: Sequence[QueuedMessage]) -> None:
        """Write messages; when this returns they outlast a loss of power.

        Raises `FileWriteError` where they can't be written.
        """
        keep({self._path / _name(one): one.message for one in messages})


def keep(files: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all, and wait until the disk has them and their names."""
    for path, data in files.items():
        file_writing.write(path, data)
        settle(path)


def _name(waiting: QueuedMessage) -> str:
    return f"{waiting.counter:019}-{hashlib.sha256(waiting.message).hexdigest()[:16]}{SUFFIX}"
