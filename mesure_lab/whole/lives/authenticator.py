"""Authenticator: a device with a passkey, in software: honest, copied, or on another site.

Law: W3C Web Authentication, level 3
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
EDDSA: Final = -8
NO_ID: Final = bytes(16)


@dataclass
class Authenticator:
    """One key of one holder, and how often it has signed."""

    seed: bytes
    origin: str
    counts: bool = True  # A key that is on several devices at once counts nothing.
    count: int = 0
    counted: int = 0  # The highest count that the service said it took.
    is_unlocked: bool = True  # By its holder, with a finger or a PIN.

    @property
    def credential_id(self) -> bytes:
        """Return the name of the key."""
        return sha256(self.seed).digest()

    def clone(self) -> "Authenticator":
        """Return a copy as it was when the key was used last: somebody read the device out."""
        return replace(self, count=self.counted - 1)

    def make(self, options: str) -> str:
        """Make the key, and answer as a browser does."""
        request = json.loads(options)
        public = self._key.public_key().public_bytes_raw()
        cose = encode_cbor({1: 1, 3: EDDSA, -1: 6, -2: public})
        named = NO_ID + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(request["rp"]["id"], WITH_KEY) + named + cose
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", request["challenge"])
        return self._response(attestationObject=attested, clientDataJSON=client)

    def sign(self, options: str) -> str:
        """Sign what is asked for, and answer as a browser does."""
        request = json.loads(options)
        self.count += self.counts
        data = self._data(request["rpId"])
        client = self._client("webauthn.get", request["challenge"])
        signature = self._key.sign(data + sha256(client).digest())
        return self._response(authenticatorData=data, clientDataJSON=client, signature=signature)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def _data(self, site: str, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.is_unlocked else 0) | more
        return sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _response(self, **parts: bytes) -> str:
        name = _text(self.credential_id)
        response = {part: _text(data) for part, data in parts.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response,
             "clientExtensionResults": {}}
        )  # fmt: skip


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
