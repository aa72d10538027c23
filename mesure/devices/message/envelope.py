"""The signed envelope of a message: COSE_Sign1 (RFC 9052) with Ed25519, and nothing else.

What is signed also holds for whom: a message to one device is none to another, and none from it.
So bytes taken from one conversation are forged in every other.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from mesure.devices.message import cbor, public_keys
from mesure.devices.message.cbor import TaggedValue
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.public_keys import MessageSigner, MessageVerifier

MESSAGE_BYTES_MAX: Final = 8_192
MESSAGES_PER_TRANSFER_MAX: Final = 64
TRANSFER_BYTES_MAX: Final = 262_144

UP: Final = b"mesure device protocol up"  # From any device.

_ED25519: Final = -19  # RFC 9864: this curve and no other.
_ALG, _KID = 1, 4
_BEGINNING: Final = bytes.fromhex("d2844da201320448")  # Up to the name of the key.
_BEFORE_PAYLOAD: Final = len(_BEGINNING) + public_keys.NAME_BYTES + 1  # One byte is the empty map.
_EMPTY_MAP: Final = 0xA0
_BEFORE_SIGNATURE: Final = b"\x58\x40"
_REST: Final = len(_BEFORE_SIGNATURE) + public_keys.SIGNATURE_BYTES
_TO_BE_SIGNED: Final = b"\x84\x6aSignature1"  # Its array, and the first of its four parts.


class Envelope(NamedTuple):
    """A message as it came: who says to have signed it, and what; not yet believed."""

    key_name: bytes
    payload: bytes
    signature: bytes


class Transfer(NamedTuple):
    """The messages of one transfer, and why the rest of its bytes are none."""

    messages: tuple[bytes, ...]
    rest: DeviceRefusal | None


def down(public_key: bytes) -> bytes:
    """Return the purpose of messages to the device with this key."""
    return b"mesure device protocol down" + public_key


def seal(payload: bytes, signer: MessageSigner, purpose: bytes) -> bytes:
    """Return a payload in its envelope."""
    key_name = public_keys.name(signer.key)
    signature = signer.sign(to_be_signed(key_name, payload, purpose))
    parts = (_BEGINNING, key_name, b"\xa0", cbor.string(payload), cbor.string(signature))
    return b"".join(parts)


def to_be_signed(key_name: bytes, payload: bytes, purpose: bytes) -> bytes:
    """Return the bytes that are signed: the Sig_structure of RFC 9052, section 4.4."""
    protected = cbor.string(_protected(key_name))
    return b"".join((_TO_BE_SIGNED, protected, cbor.string(purpose), cbor.string(payload)))


@lru_cache(maxsize=16_384)
def _protected(key_name: bytes) -> bytes:
    return cbor.encode({_ALG: _ED25519, _KID: key_name})


def first_key_name(data: bytes) -> bytes:
    """Return the name of the key that the first message says to be signed by; empty: none."""
    end = len(_BEGINNING) + public_keys.NAME_BYTES
    return data[len(_BEGINNING) : end] if data.startswith(_BEGINNING) and len(data) > end else b""


def read(data: bytes) -> Envelope | DeviceRefusal:
    """Return what is in an envelope, or why it is none; the signature is not looked at."""
    if len(data) > MESSAGE_BYTES_MAX:
        return DeviceRefusal(
            DeviceRefusalReason.TOO_LARGE,
            f"it has {len(data)} bytes; {MESSAGE_BYTES_MAX} are the most",
        )
    spelt = _spelt(data, 0)
    if spelt is not None and spelt[1] + _REST == len(data):
        begun, until = spelt
        name = data[len(_BEGINNING) : len(_BEGINNING) + public_keys.NAME_BYTES]
        return Envelope(name, data[begun:until], data[until + len(_BEFORE_SIGNATURE) :])
    return _read(data)


def _read(data: bytes) -> Envelope | DeviceRefusal:
    """Return the same in general, also where a signature has another length."""
    item = cbor.decode(data)
    match item:
        case cbor.CborFault():
            return DeviceRefusal(DeviceRefusalReason.MALFORMED, f"byte {item.at}: {item.why}")
        case TaggedValue(
            18, [bytes(protected), dict(unprotected), bytes(payload), bytes(signature)]
        ):
            # Every value has one spelling, so there is nothing in a header but what we would write.
            name = protected[-public_keys.NAME_BYTES :]
            if not unprotected and protected == _protected(name):
                return Envelope(name, payload, signature)
    return DeviceRefusal(
        DeviceRefusalReason.MALFORMED,
        "it is no COSE_Sign1 with the algorithm Ed25519 (-19) and a key's name",
    )


def _spelt(data: bytes, at: int) -> tuple[int, int] | None:
    """Return from where to where the payload goes of the envelope that begins at a byte.

    Every value has one spelling, so an envelope with a signature of the right length is known by
    the values in its places. None: it is another, or none; the general reader says which and why.
    """
    head = at + _BEFORE_PAYLOAD
    if not data.startswith(_BEGINNING, at) or len(data) <= head + _REST:
        return None
    octet = data[head]
    if octet == 0x58:
        begun, count, least = head + 2, data[head + 1], 24
    elif octet == 0x59:
        begun, count, least = head + 3, data[head + 1] << 8 | data[head + 2], 256
    else:
        begun, count, least = head + 1, octet - 0x40, 0
    until = begun + count
    if (
        count < least
        or (least == 0 and count >= 24)
        or data[head - 1] != _EMPTY_MAP
        or not data.startswith(_BEFORE_SIGNATURE, until)
        or len(data) < until + _REST
    ):
        return None
    return begun, until


def is_from(
    envelope: Envelope, public_key: bytes, purpose: bytes, verifier: MessageVerifier
) -> bool:
    """Tell whether the owner of the key signed what is in the envelope, for this purpose."""
    signed = to_be_signed(envelope.key_name, envelope.payload, purpose)
    return public_keys.has_signed(verifier, public_key, signed, envelope.signature)


def split(data: bytes) -> Transfer:
    """Return the messages that came in one transfer, one after the other (RFC 8742).

    Those before something odd count. After it nobody knows where the next one begins.
    """
    messages: list[bytes] = []
    if len(data) > TRANSFER_BYTES_MAX:
        detail = f"it has {len(data)} bytes; {TRANSFER_BYTES_MAX} are the most"
        return Transfer((), DeviceRefusal(DeviceRefusalReason.TOO_LARGE, detail))
    at = 0
    while at < len(data):
        if len(messages) == MESSAGES_PER_TRANSFER_MAX:
            detail = f"from byte {at} on: {len(messages)} messages are the most"
            return Transfer(tuple(messages), DeviceRefusal(DeviceRefusalReason.TOO_LARGE, detail))
        spelt = _spelt(data, at)
        end = _end(data, at) if spelt is None else spelt[1] + _REST
        if isinstance(end, DeviceRefusal):
            return Transfer(tuple(messages), end)
        messages.append(data[at:end])
        at = end
    return Transfer(tuple(messages), None)


def _end(data: bytes, at: int) -> int | DeviceRefusal:
    """Return where what begins at a byte ends, whatever it is, or why it is nothing."""
    result = cbor.first(data, at)
    if isinstance(result, cbor.CborFault):
        return DeviceRefusal(
            DeviceRefusalReason.MALFORMED, f"byte {result.at} of the transfer: {result.why}"
        )
    return result[1]
