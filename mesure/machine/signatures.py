"""Signatures of Ed25519, by libsodium.

Why libsodium: other libraries were seen to accept one signature for two different texts under a key
of small order. Here such a key is refused before anything is checked with it, and so is a key that
is written in another way than the curve writes it.
Decision: docs/decisions/0012-checkpoint-and-bundle-formats.md
"""

from dataclasses import dataclass
from typing import Final

from nacl import bindings
from nacl.exceptions import BadSignatureError

from mesure.audit.signing.signer_keys import KEY_BYTES, SIGNATURE_BYTES

SEED_BYTES: Final = 32


class Ed25519:
    """How signatures are checked; it keeps nothing."""

    def is_sound(self, key: bytes) -> bool:
        """Tell whether this is a key that somebody can hold: no point of small order, no alias.

        >>> Ed25519().is_sound(bytes([1]) + bytes(31))  # Everybody can sign under this one.
        False
        """
        return len(key) == KEY_BYTES and bindings.crypto_core_ed25519_is_valid_point(key)

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature was made for the message with the secret of this key."""
        return self.is_sound(key) and _holds(key, message, signature)


class EnrolledKeyVerifier:
    """Checks signatures under keys that were checked themselves when they were made known."""

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the owner of the key signed this."""
        return _holds(key, message, signature)


def _holds(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        bindings.crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret that signs; it never shows in a text, so that no log and no traceback has it."""

    _public: bytes
    _secret: bytes

    @classmethod
    def from_seed(cls, seed: bytes) -> "SecretKey":
        """Return the secret key that 32 random bytes stand for.

        >>> SecretKey.from_seed(bytes(32)).key.hex()[:8]
        '3b6a27bc'
        """
        if len(seed) != SEED_BYTES:
            raise ValueError(f"A secret key grows from {SEED_BYTES} bytes, not {len(seed)}.")
        return cls(*bindings.crypto_sign_seed_keypair(seed))

    @property
    def key(self) -> bytes:
        """Return the public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"SecretKey({self._public.hex()})"
