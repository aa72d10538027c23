"""What is sealed opens with its key, in its place, and nowhere else."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.store.keyring import sealing
from mesure.store.values.faults import LostKeyError

KEY = bytes(range(32))
PARTS = st.lists(st.text(max_size=3) | st.integers(-9, 99) | st.binary(max_size=3), max_size=3)


@given(plain=st.binary(max_size=40), parts=PARTS)
def test_what_is_sealed_opens_in_its_place(plain: bytes, parts: list[str | int | bytes]) -> None:
    bound = sealing.seal_context("message", *parts)
    sealed = sealing.seal(KEY, plain, bound, secrets.token_bytes)
    assert len(sealed) == len(plain) + sealing.NONCE_BYTES + sealing.TAG_BYTES
    assert plain not in sealed or len(plain) < 4
    assert sealing.unseal(KEY, sealed, bound) == plain


@given(parts=PARTS, other=PARTS, first=st.sampled_from("ab"), second=st.sampled_from("ab"))
def test_two_places_are_never_the_same(
    parts: list[str | int | bytes], other: list[str | int | bytes], first: str, second: str
) -> None:
    are_same = (first, parts, [type(part) for part in parts]) == (
        second,
        other,
        [type(part) for part in other],
    )
    assert (sealing.seal_context(first, *parts) == sealing.seal_context(second, *other)) == are_same


def test_each_sealing_of_the_same_is_another() -> None:
    bound = sealing.message_seal_context("P-1", "D-1", 7)
    sealings = {sealing.seal(KEY, b"where", bound, secrets.token_bytes) for _ in range(20)}
    assert len(sealings) == 20


@pytest.mark.parametrize(
    "elsewhere",
    [
        sealing.message_seal_context("P-2", "D-1", 7),
        sealing.message_seal_context("P-1", "D-2", 7),
        sealing.message_seal_context("P-1", "D-1", 8),
        sealing.message_seal_context("P-1", "D-1", b"7"),
        sealing.entry_seal_context("P-1", "D-1", "7", 1),
        b"",
    ],
)
def test_what_was_moved_does_not_open(elsewhere: bytes) -> None:
    bound = sealing.message_seal_context("P-1", "D-1", 7)
    sealed = sealing.seal(KEY, b"where", bound, secrets.token_bytes)
    with pytest.raises(LostKeyError, match="belongs elsewhere"):
        sealing.unseal(KEY, sealed, elsewhere)


@given(at=st.integers(0, 32), bit=st.integers(0, 7))
def test_what_was_changed_does_not_open(at: int, bit: int) -> None:
    sealed = bytearray(sealing.seal(KEY, b"where", b"", secrets.token_bytes))
    sealed[at] ^= 1 << bit
    for changed in (bytes(sealed), bytes(sealed[:at])):
        with pytest.raises(LostKeyError, match="was changed"):
            sealing.unseal(KEY, changed, b"")


def test_without_its_key_there_is_a_sentence() -> None:
    sealed = sealing.seal(KEY, b"where", b"", secrets.token_bytes)
    with pytest.raises(LostKeyError, match="the person was erased, or the keyring is not"):
        sealing.unseal(None, sealed, b"")
    with pytest.raises(LostKeyError, match="another key"):
        sealing.unseal(bytes(32), sealed, b"")


def test_what_is_blinded_tells_nothing_without_the_key() -> None:
    blinded = sealing.blind(KEY, "aigul@example.org")
    assert blinded == sealing.blind(KEY, "aigul@example.org")
    assert blinded != sealing.blind(bytes(32), "aigul@example.org")
    assert blinded != sealing.blind(KEY, "aigul@example.com")
    assert len(blinded) == 64
    assert blinded.isprintable()
    assert sealing.digest(KEY, b"x") != sealing.digest(bytes(32), b"x")
    assert len(sealing.digest(KEY, b"x")) == 32
