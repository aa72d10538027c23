"""Sealing: bytes about a person are encrypted under the person's key.

AES-256-GCM. What is sealed is bound to where it belongs: a body that was moved to another person,
device or row does not open there. A key seals far fewer than 2^32 bodies, so random nonces do.
Paper: NIST SP 800-38D, section 8.3
"""

import hmac
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesure.store.values.faults import LostKeyError
from mesure.store.writing.audit_append import Salts

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


def seal(key: bytes, plain: bytes, bound: bytes, salts: Salts) -> bytes:
    """Return bytes sealed under a key and bound to where they belong (`seal_context`)."""
    nonce = salts(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


NO_KEY: Final = (
    "This cannot be read any more: there is no key for it. Either the person was erased, "
    "or the keyring is not the one it was sealed with; then restore that keyring."
)


def unseal(key: bytes | None, sealed: bytes, bound: bytes) -> bytes:
    """Return what was sealed; `key` None is the key that is not there any more.

    >>> key, bound = bytes(32), seal_context("message", "P-1", "D-1", 7)
    >>> unseal(key, seal(key, b"where", bound, bytes), bound)
    b'where'
    """
    if key is None:
        raise LostKeyError(NO_KEY)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise LostKeyError(
            "This cannot be read: it was sealed with another key, belongs elsewhere, or was "
            "changed. Restore the keyring and the database from backups of the same programme."
        ) from None


def seal_context(purpose: str, *parts: str | int | bytes) -> bytes:
    """Return bytes that stand for where something belongs; different parts never give the same.

    >>> seal_context("entry", "P-1", 2) == seal_context("entry", "P-12", "")
    False
    """
    marked = [purpose.encode()]
    for part in parts:
        if isinstance(part, str):  # As most parts are, of every row of every list.
            kind, body = b"s", part.encode()
        elif isinstance(part, bytes):
            kind, body = b"b", part
        else:
            kind, body = b"i", str(part).encode()
        marked.append(kind + len(body).to_bytes(4, "big") + body)
    return b"\n".join(marked)


def message_seal_context(owner: str, device: str, same: int | bytes) -> bytes:
    """Return where a share of a message belongs.

    `owner` is the name of the key; `same` is the counter, or the digest where there is none.
    """
    return seal_context("message", owner, device, same)


def entry_seal_context(owner: str, kind: str, name: str, revision: int) -> bytes:
    """Return where a row of the register belongs."""
    return seal_context("entry", owner, kind, name, revision)


def blind(key: bytes, value: str) -> str:
    """Return what stands for a value where it must be found again but not be read.

    HMAC-SHA-256 under a programme key (`Keyring.programme_key`).

    >>> blind(bytes(32), "aigul@example.org")[:16]
    '6256157b67ce2acd'
    """
    return hmac.new(key, value.encode(), sha256).hexdigest()


def digest(key: bytes, plain: bytes) -> bytes:
    """Return a digest by which only the programme recognises bytes that no device signed.

    A plain SHA-256 of a short position could be found by trying all of them; with a signature in
    it there is nothing to try.
    """
    return hmac.new(key, plain, sha256).digest()
