"""Bundle pieces: a made bundle waits on the disk, sealed, and is gone when it is taken.

A client may take it slowly, and the memory is for those who come after. What lies on the disk is
sealed under a key that is in memory alone, in a file that has no name, so that neither a copy of
the disk nor the end of the service leaves anything that could be read.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE_BYTES: Final = 1 << 20
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_BITS: Final = 256


class BundlePieces:
    """Bytes that were written once, and are read once."""

    def __init__(self, folder: Path, parts: Iterable[bytes]) -> None:
        self._key = AESGCM(AESGCM.generate_key(KEY_BITS))
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  Until `close`.
        self._sizes: list[int] = []
        try:
            for piece in _cut(parts):
                self._file.write(self._key.encrypt(self._nonce(len(self._sizes)), piece, None))
                self._sizes.append(len(piece))
        except BaseException:
            self._file.close()
            raise

    @property
    def size(self) -> int:
        """Return how many bytes there are."""
        return sum(self._sizes)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        for number, size in enumerate(self._sizes):
            sealed = self._file.read(size + TAG_BYTES)
            yield self._key.decrypt(self._nonce(number), sealed, None)

    def close(self) -> None:
        """Let go of what lies on the disk."""
        self._file.close()

    @staticmethod
    def _nonce(number: int) -> bytes:
        return number.to_bytes(NONCE_BYTES, "big")  # Each piece has its own, and each file its key.


def _cut(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces of one size, but for the last, from parts of any."""
    waiting = bytearray()
    for part in parts:
        view = memoryview(part)
        for begin in range(0, len(part), PIECE_BYTES):
            waiting += view[begin : begin + PIECE_BYTES]
            if len(waiting) >= PIECE_BYTES:
                yield bytes(waiting[:PIECE_BYTES])
                del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)
