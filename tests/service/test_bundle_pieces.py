"""What waits to be taken lies sealed on the disk, in pieces, and leaves nothing behind."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.bundle import pieces as bundle_pieces
from mesure.bundle.pieces import BundlePieces


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_pieces_are_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bundle_pieces, "PIECE_BYTES", 16)
        pieces = BundlePieces(tmp_path_factory.getbasetemp(), parts)
        assert b"".join(pieces) == b"".join(parts)
        assert pieces.size == sum(map(len, parts))
        pieces.close()


def test_nothing_that_waits_can_be_read_or_is_left(tmp_path: Path) -> None:
    secret = b"where somebody sleeps " * 100_000
    pieces = BundlePieces(tmp_path, [secret])
    assert list(tmp_path.iterdir()) == []
    raw = pieces._file
    raw.seek(0)
    assert b"somebody" not in raw.read()
    assert b"".join(pieces) == secret
    pieces.close()
    assert raw.closed
