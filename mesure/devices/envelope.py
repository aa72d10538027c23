"""The signed envelope of a message: COSE_Sign1 (RFC 9052) with Ed25519, and nothing else.

What is signed also holds for whom: a message to one device is none to another, and none from it.
So bytes taken from one conversation are forged in every other.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mesure.devices import cbor, keys
from mesure.devices.cbor import Item, Tagged
from mesure.devices.keys import Signer, Verifier
from mesure.devices.refusal import Reason, Refusal

MESSAGE_BYTES_MAX: Final = 8_192
MESSAGES_PER_TRANSFER_MAX: Final = 64
TRANSFER_BYTES_MAX: Final = 262_144

UP: Final = b"mesure device protocol up"  # From any device.

_SIGN1: Final = 18
_ED25519: Final = -19  # RFC 9864: this curve and no other.
_ALG, _KID = 1, 4
_BEGINNING: Final = bytes.fromhex("d2844da201320448")  # Up to the name of the key.


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it came: who says to have signed it, and what; not yet believed."""

    key_name: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Transfer:
    """The messages of one transfer, and why the rest of its bytes are none."""

    messages: tuple[bytes, ...]
    rest: Refusal | None


def down(public_key: bytes) -> bytes:
    """Return the purpose of messages to the device with this key."""
    return b"mesure device protocol down" + public_key


def seal(payload: bytes, signer: Signer, purpose: bytes) -> bytes:
    """Return a payload in its envelope."""
    key_name = keys.name(signer.key)
    signature = signer.sign(to_be_signed(key_name, payload, purpose))
    envelope: list[Item] = [_protected(key_name), {}, payload, signature]
    return cbor.encode(Tagged(_SIGN1, envelope))


def to_be_signed(key_name: bytes, payload: bytes, purpose: bytes) -> bytes:
    """Return the bytes that are signed: the Sig_structure of RFC 9052, section 4.4."""
    return cbor.encode(["Signature1", _protected(key_name), purpose, payload])


@lru_cache(maxsize=16_384)
def _protected(key_name: bytes) -> bytes:
    return cbor.encode({_ALG: _ED25519, _KID: key_name})


def claimed(data: bytes) -> bytes:
    """Return the name of the key that the first message says to be signed by; empty: none."""
    end = len(_BEGINNING) + keys.NAME_BYTES
    return data[len(_BEGINNING) : end] if data.startswith(_BEGINNING) and len(data) > end else b""


def read(data: bytes) -> Envelope | Refusal:
    """Return what is in an envelope, or why it is none; the signature is not looked at."""
    if len(data) > MESSAGE_BYTES_MAX:
        return Refusal(
            Reason.TOO_LARGE, f"it has {len(data)} bytes; {MESSAGE_BYTES_MAX} are the most"
        )
    item = cbor.decode(data)
    match item:
        case cbor.Odd():
            return Refusal(Reason.MALFORMED, f"byte {item.at}: {item.why}")
        case Tagged(18, [bytes(protected), dict(unprotected), bytes(payload), bytes(signature)]):
            # Every value has one spelling, so there is nothing in a header but what we would write.
            name = protected[-keys.NAME_BYTES :]
            if not unprotected and protected == _protected(name):
                return Envelope(name, payload, signature)
    return Refusal(
        Reason.MALFORMED, "it is no COSE_Sign1 with the algorithm Ed25519 (-19) and a key's name"
    )


def is_from(envelope: Envelope, public_key: bytes, purpose: bytes, verifier: Verifier) -> bool:
    """Tell whether the owner of the key signed what is in the envelope, for this purpose."""
    signed = to_be_signed(envelope.key_name, envelope.payload, purpose)
    return keys.has_signed(verifier, public_key, signed, envelope.signature)


def split(data: bytes) -> Transfer:
    """Return the messages that came in one transfer, one after the other (RFC 8742).

    Those before something odd stand. After it nobody knows where the next one begins.
    """
    found: list[bytes] = []
    if len(data) > TRANSFER_BYTES_MAX:
        said = f"it has {len(data)} bytes; {TRANSFER_BYTES_MAX} are the most"
        return Transfer((), Refusal(Reason.TOO_LARGE, said))
    at = 0
    while at < len(data):
        if len(found) == MESSAGES_PER_TRANSFER_MAX:
            said = f"from byte {at} on: {len(found)} messages are the most"
            return Transfer(tuple(found), Refusal(Reason.TOO_LARGE, said))
        one = cbor.first(data, at)
        if isinstance(one, cbor.Odd):
            return Transfer(
                tuple(found), Refusal(Reason.MALFORMED, f"byte {one.at} of the transfer: {one.why}")
            )
        found.append(data[at : one[1]])
        at = one[1]
    return Transfer(tuple(found), None)
