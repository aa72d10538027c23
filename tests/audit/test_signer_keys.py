"""Keys are taken as they were handed on, or not at all."""

import re

import pytest

from mesure.audit.entries import MalformedError
from mesure.audit.signing import signer_keys
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.machine.signatures import Ed25519
from tests.audit.published import NOTE_KEY, WITNESS_KEY
from tests.audit.samples import LOG_KEY, LOG_SECRET
from tests.audit.samples import WITNESS_KEY as OURS

SIGNATURES = Ed25519()


@pytest.mark.parametrize("key", [LOG_KEY, OURS])
def test_a_key_is_read_as_it_was_handed_on(key: PublicKey) -> None:
    assert signer_keys.read(str(key), SIGNATURES) == key


@pytest.mark.parametrize(
    ("written", "purpose"), [(NOTE_KEY, KeyPurpose.NOTE), (WITNESS_KEY, KeyPurpose.COSIGNATURE)]
)
def test_keys_that_others_published_have_their_ids(written: str, purpose: KeyPurpose) -> None:
    key = signer_keys.read(written, SIGNATURES)
    assert key.purpose is purpose
    assert f"+{key.id.hex()}+" in written


def test_one_secret_gives_other_ids_for_other_names_and_purposes() -> None:
    ids = {
        PublicKey(name, purpose, LOG_SECRET.key).id
        for name in ("a.example", "b.example")
        for purpose in KeyPurpose
    }
    assert len(ids) == 4


def _with_key(key: bytes, purpose: int = 1) -> str:
    """Return what would be a key, with a right key ID."""
    fine = PublicKey("a.example", KeyPurpose.NOTE, key)
    if purpose == 1:
        return str(fine)
    return re.sub(r"\+[^+]*$", "+" + "CQ" + str(fine).rsplit("+", 1)[1][2:], str(fine))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "name"),
        (NOTE_KEY.replace("+", " ", 1), "name"),
        (NOTE_KEY + "\n", "name"),
        (NOTE_KEY[:-4], "name"),
        (NOTE_KEY + "AAAA", "name"),
        (NOTE_KEY.replace("033de0ae", "033de0af"), "key ID"),
        (NOTE_KEY.replace("033de0ae", "033DE0AE"), "name"),
        (NOTE_KEY.replace("sum", "Sum"), "key ID"),
        (NOTE_KEY[:-1] + "9", "key ID"),
        (NOTE_KEY[:-1] + "=", "Ed25519"),
        (NOTE_KEY[:-2] + "=8", "name"),
        (_with_key(LOG_SECRET.key, 9), "Ed25519"),
        ("\u200b" + NOTE_KEY, "Ed25519"),
        ("a" * 256 + NOTE_KEY, "Ed25519"),
        (_with_key(bytes(32)), "prove nothing"),
        (_with_key(bytes([1]) + bytes(31)), "prove nothing"),
        (_with_key(bytes([0xEE]) + b"\xff" * 30 + b"\x7f"), "prove nothing"),
    ],
)
def test_what_is_no_key_to_be_trusted_is_refused(written: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        signer_keys.read(written, SIGNATURES)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\u200bb", "a" * 256])
def test_what_cannot_name_a_key_is_refused(name: str) -> None:
    assert not signer_keys.is_name(name)
    with pytest.raises(ValueError, match="cannot name a key"):
        PublicKey(name, KeyPurpose.NOTE, bytes(32))


def test_names_in_any_script_are_fine() -> None:
    assert signer_keys.is_name("сот.example/алматы")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        PublicKey("a.example", KeyPurpose.NOTE, bytes(31))
