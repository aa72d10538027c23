"""Corpora of fuzzing: for each target the few small inputs that reach most of it.

One text file a target, one input a line in base64, the shortest first. They come from our own
samples and from what the search made of them.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.fuzz.target import FuzzTarget

FOLDER: Final = Path(__file__).parent / "corpora"
FILE_BYTES_MAX: Final = 12_000  # Of one target, as it is written.
LINE_CHARS_MAX: Final = 2_400


def path_of(name: str) -> Path:
    """Return the file of a target."""
    return FOLDER / f"{name}.txt"


def read_corpus(name: str) -> list[bytes]:
    """Return what is kept for a target."""
    path = path_of(name)
    if not path.exists():
        return []
    return [b64decode(line, validate=True) for line in path.read_text("ascii").splitlines()]


def keep(name: str, inputs: Iterable[bytes]) -> int:
    """Keep the shortest of some inputs, as many as there is room for; return how many."""
    lines: list[str] = []
    room = FILE_BYTES_MAX
    for data in sorted(set(inputs), key=lambda entry: (len(entry), entry)):
        line = b64encode(data).decode()
        if data and len(line) <= LINE_CHARS_MAX and len(line) < room:
            lines.append(line)
            room -= len(line) + 1
    path_of(name).write_text("".join(f"{line}\n" for line in lines), "ascii")
    return len(lines)


def lay_out(target: FuzzTarget, folder: Path) -> None:
    """Write everything that a search begins with, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in (*target.samples(), *read_corpus(target.name)):
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
