"""Signatures by libsodium, held against RFC 8032 and against keys that prove nothing."""

import pytest

from mesure.audit import checkpoints
from mesure.audit.checkpoints import UntrustedCheckpointError
from mesure.audit.signing import notes, signer_keys
from mesure.machine.signatures import Ed25519, SecretKey
from tests.audit.published import ED25519, NOTE_KEY, NOTES, WITNESS_KEY

SIGNATURES = Ed25519()
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493

# Every point of small order, and every other way to write one (the sign bit is tried both ways).
SMALL = [
    0,
    1,
    2707385501144840649318225287225658788936804267575313519463743609750303021670,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
    PRIME - 1,
    PRIME,
    PRIME + 1,
]


@pytest.mark.parametrize(("seed", "key", "message", "signature"), ED25519)
def test_signatures_are_those_of_rfc_8032(
    seed: str, key: str, message: str, signature: str
) -> None:
    secret = SecretKey.from_seed(bytes.fromhex(seed))
    assert secret.key.hex() == key
    assert secret.sign(bytes.fromhex(message)).hex() == signature
    signature_bytes, text = bytes.fromhex(signature), bytes.fromhex(message)
    assert SIGNATURES.is_sound(secret.key)
    assert SIGNATURES.holds(secret.key, text, signature_bytes)
    assert not SIGNATURES.holds(secret.key, text + b"!", signature_bytes)


@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_a_signature_with_one_bit_changed_does_not_hold(bit: int) -> None:
    secret = SecretKey.from_seed(bytes(32))
    signature = bytearray(secret.sign(b"seen"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not SIGNATURES.holds(secret.key, b"seen", bytes(signature))


def test_the_same_signature_written_otherwise_does_not_hold() -> None:
    secret = SecretKey.from_seed(bytes(32))
    signature = secret.sign(b"seen")
    factor = int.from_bytes(signature[32:], "little") + ORDER
    assert not SIGNATURES.holds(secret.key, b"seen", signature[:32] + factor.to_bytes(32, "little"))


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("point", SMALL)
def test_a_key_under_which_anybody_can_sign_is_refused(point: int, sign: int) -> None:
    key = (point | sign << 255).to_bytes(32, "little")
    assert not SIGNATURES.is_sound(key)
    # With such a key this is a signature of everything: the point itself, and a factor of zero.
    assert not SIGNATURES.holds(key, b"I was at home", key + bytes(32))
    assert not SIGNATURES.holds(key, b"I was at home", bytes([1]) + bytes(63))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), (PRIME + 3).to_bytes(32, "little")])
def test_what_is_no_key_is_refused(key: bytes) -> None:
    assert not SIGNATURES.is_sound(key)
    assert not SIGNATURES.holds(key, b"", bytes(64))


def test_a_signature_of_another_length_does_not_hold() -> None:
    secret = SecretKey.from_seed(bytes(32))
    signature = secret.sign(b"seen")
    assert not SIGNATURES.holds(secret.key, b"seen", signature[:-1])
    assert not SIGNATURES.holds(secret.key, b"een", signature + b"s")


def test_a_secret_never_shows() -> None:
    secret = SecretKey.from_seed(bytes(range(32)))
    assert bytes(range(32)).hex() not in repr(secret)
    assert repr(secret) == f"SecretKey({secret.key.hex()})"
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        SecretKey.from_seed(bytes(31))


@pytest.mark.parametrize("written", NOTES)
def test_notes_that_others_signed_hold(written: str) -> None:
    key = signer_keys.read(NOTE_KEY, SIGNATURES)
    note = notes.read(written)
    assert str(note) == written
    assert checkpoints.is_signed(note, key, SIGNATURES)
    changed = notes.read(written.replace("tree", "Tree"))
    with pytest.raises(UntrustedCheckpointError):
        checkpoints.is_signed(changed, key, SIGNATURES)


@pytest.mark.parametrize("written", [NOTE_KEY, WITNESS_KEY])
def test_keys_that_others_published_are_read(written: str) -> None:
    assert str(signer_keys.read(written, SIGNATURES)) == written
