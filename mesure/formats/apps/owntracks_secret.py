"""Encrypted messages of OwnTracks: hidden on their way by a shared key.

The key is the passphrase itself, and nothing keeps an old message from being sent again: this hides
a message on its way. It is no signature.
"""

import base64
import binascii
from typing import Any, Final, Protocol

KEY_BYTES: Final = 32


class DeviceSecretBox(Protocol):
    """One device's key, and what XSalsa20-Poly1305 does with it."""

    def decrypt(self, sealed: bytes) -> bytes | None:
        """Return what a nonce and the bytes behind it hide; None with any other key or bytes."""
        ...

    def encrypt(self, plain: bytes) -> bytes:
        """Return a new nonce and, behind it, what it hides."""
        ...


def key(passphrase: str) -> bytes:
    r"""Return the key that the apps make of a passphrase.

    >>> key("mysecreTpass01")[:16], len(key("x" * 40))
    (b'mysecreTpass01\x00\x00', 32)
    """
    return passphrase.encode()[:KEY_BYTES].ljust(KEY_BYTES, b"\0")


def decrypt(data: Any, box: DeviceSecretBox) -> bytes | None:  # noqa: ANN401
    """Return the message in the `data` of an encrypted one; None if the key opens nothing."""
    if not isinstance(data, str):
        return None
    try:
        return box.decrypt(base64.b64decode(data))
    except (binascii.Error, ValueError):
        return None


def encrypt(plain: bytes, box: DeviceSecretBox) -> str:
    """Return the `data` of an encrypted message."""
    return base64.b64encode(box.encrypt(plain)).decode("ascii")
