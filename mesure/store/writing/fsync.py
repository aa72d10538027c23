"""Fsync: wait until the disk has a file and its name."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until the disk has the bytes of a file, and its name in the folder."""
    for opened in (os.open(path, os.O_RDONLY), os.open(path.parent, os.O_RDONLY)):
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
