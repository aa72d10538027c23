"""A device with passkeys, in software, as honest or not as a test wants."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftwareAuthenticator:
    """One key; `changes` says what it does wrongly."""

    origin: str
    credential_id: bytes = b"credential one .."
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.derive_private_key(7, ec.SECP256R1())
    )
    count: int = 0
    flags: int = PRESENT | VERIFIED
    rp_id: str | None = None

    def make(self, options: str) -> str:
        """Make a key, and answer as a browser does."""
        request = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: _bytes(numbers.x), -3: _bytes(numbers.y)}
        known = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(request["rp"]["id"], WITH_KEY) + known + cbor2.dumps(cose)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", request["challenge"])
        return self._said({"attestationObject": _b64(attested), "clientDataJSON": _b64(client)})

    def sign(self, options: str) -> str:
        """Sign what is asked for, and answer as a browser does."""
        request = json.loads(options)
        self.count += 1
        data = self._data(request["rpId"])
        client = self._client("webauthn.get", request["challenge"])
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "authenticatorData": _b64(data),
                "clientDataJSON": _b64(client),
                "signature": _b64(signed),
            }
        )

    def _data(self, rp_id: str, more: int = 0) -> bytes:
        named = sha256((self.rp_id or rp_id).encode()).digest()
        return named + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        content = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(content).encode()

    def _said(self, response: dict[str, Any]) -> str:
        name = _b64(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def challenge_of(options: str) -> bytes:
    text: str = json.loads(options)["challenge"]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
