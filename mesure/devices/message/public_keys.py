"""Public keys: is this one of Ed25519 (RFC 8032) that only one device can sign for?

A point of small order verifies signatures that nobody made, also one signature under two messages,
and a second spelling of a point would be a second name of one key. Some libraries take both. So
they are refused when a device is enrolled, with whole numbers and before any library is asked.
Paper: K. Chalkias, F. Garillot, V. Nikolaenko, "Taming the many EdDSAs", 2020.
Decision: docs/decisions/0026-device-protocol.md
"""

import hashlib
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
NAME_BYTES: Final = 8

_PRIME: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ROOT_OF_MINUS_1: Final = pow(2, (_PRIME - 1) // 4, _PRIME)


class MessageVerifier(Protocol):
    """What tells whether a key made a signature; `machine` has one."""

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the owner of the key signed this; never raise."""
        ...


class MessageSigner(Protocol):
    """Who signs: the holder of one private key."""

    @property
    def key(self) -> bytes:
        """Return the public key, which verifies."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature."""
        ...


@lru_cache(maxsize=16_384)
def name(public_key: bytes) -> bytes:
    """Return the short name under which messages name their key."""
    return hashlib.sha256(public_key).digest()[:NAME_BYTES]


def has_signed(
    verifier: MessageVerifier, public_key: bytes, signed: bytes, signature: bytes
) -> bool:
    """Tell whether a signature is the key's, in its only spelling.

    Adding the order of the group to S gives a second signature of the same message that careless
    verifiers take: somebody without the key could alter a message.
    """
    if len(signature) != SIGNATURE_BYTES:
        return False
    if int.from_bytes(signature[32:], "little") >= _ORDER:
        return False
    return verifier.holds(public_key, signed, signature)


def check_public_key(public_key: bytes) -> DeviceRefusal | None:
    """Return why a key may not be enrolled; None where it may."""
    if len(public_key) != KEY_BYTES:
        return DeviceRefusal(
            DeviceRefusalReason.WEAK_KEY, f"a key has {KEY_BYTES} bytes, not {len(public_key)}"
        )
    point = _decompress(public_key)
    if point is None:
        return DeviceRefusal(
            DeviceRefusalReason.WEAK_KEY, "the bytes are no point of the curve in its only spelling"
        )
    if _is_neutral(_times(8, point)):
        return DeviceRefusal(
            DeviceRefusalReason.WEAK_KEY, "the point has small order: anybody can sign for it"
        )
    if not _is_neutral(_times(_ORDER, point)):
        return DeviceRefusal(
            DeviceRefusalReason.WEAK_KEY, "the point lies outside the group that signs"
        )
    return None


# --- The curve, -x^2 + y^2 = 1 + d x^2 y^2, in the letters of RFC 8032 ----------------------------


class _Point(NamedTuple):
    """A point in extended coordinates: x = X/Z, y = Y/Z, x*y = T/Z."""

    x: int
    y: int
    z: int
    t: int


def _decompress(octets: bytes) -> _Point | None:
    """Return the point (RFC 8032, section 5.1.3), or None where there is none or it is respelt."""
    number = int.from_bytes(octets, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _PRIME:
        return None
    u, v = (y * y - 1) % _PRIME, (_D * y * y + 1) % _PRIME
    x = u * pow(v, 3, _PRIME) * pow(u * pow(v, 7, _PRIME), (_PRIME - 5) // 8, _PRIME) % _PRIME
    if v * x * x % _PRIME == -u % _PRIME:
        x = x * _ROOT_OF_MINUS_1 % _PRIME
    if v * x * x % _PRIME != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _PRIME - x
    return _Point(x, y, 1, x * y % _PRIME)


def _add(p: _Point, q: _Point) -> _Point:
    """Return the sum (RFC 8032, section 5.1.4); the formula is complete."""
    a = (p.y - p.x) * (q.y - q.x) % _PRIME
    b = (p.y + p.x) * (q.y + q.x) % _PRIME
    c = 2 * p.t * q.t * _D % _PRIME
    d = 2 * p.z * q.z % _PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return _Point(e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME)


def _times(factor: int, point: _Point) -> _Point:
    total = _Point(0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _is_neutral(point: _Point) -> bool:
    return point.x % _PRIME == 0 and (point.y - point.z) % _PRIME == 0
