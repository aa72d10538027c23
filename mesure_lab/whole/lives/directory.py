"""Directory: an identity provider beside the service, which speaks OpenID Connect in the process.

It takes the place of the connections of the service's client; asking, checking and binding are the
product's own. It can lie in every way in which a token can be for something else.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import OKPKey

from mesure.actions.framework import identity_provider
from mesure_lab.whole.drawn.scenery import S

ISSUER: Final = "https://directory.example"
CLIENT: Final = "mesure"
LASTS_S: Final = 300


@dataclass(frozen=True)
class KnownThere:
    """Somebody whom the directory knows."""

    subject: str
    email: str


class SimulatedDirectory:
    """Who is known there, and what it signs; `lies` are claims that it makes otherwise."""

    def __init__(self, now_us: Callable[[], int], seed: int) -> None:
        self._now_us = now_us
        self._key = _key(f"directory {seed}")
        self._other_key = _key(f"another directory {seed}")
        self._visits: dict[str, tuple[dict[str, str], KnownThere]] = {}
        self._codes = 0
        self.closed: set[str] = set()  # Subjects whose account there is closed.
        self.lies: dict[str, Any] = {}
        self.is_another = False  # Somebody else signs.

    def visit(self, address: str, who: KnownThere) -> tuple[str, str]:
        """Sign somebody in there; return the state and the code with which they are sent back."""
        parameters = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        if who.subject in self.closed:
            return parameters["state"], ""
        self._codes += 1
        code = f"code-{self._codes}"
        self._visits[code] = parameters, who
        return parameters["state"], code

    def client(self, **_: object) -> httpx.Client:
        """Return what the service asks with."""
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token",
                      "jwks_uri": "/keys"}  # fmt: skip
            named = {name: ISSUER + place for name, place in places.items()}
            return httpx.Response(200, json={"issuer": ISSUER, **named})
        if path == "/keys":
            return httpx.Response(200, json={"keys": [self._key.as_dict(private=False)]})
        return self._token(parse_qs(request.content.decode()))

    def _token(self, form: dict[str, list[str]]) -> httpx.Response:
        visit = self._visits.pop(form.get("code", [""])[0], None)
        verifier = form.get("code_verifier", [""])[0]
        if visit is None or visit[0]["code_challenge"] != identity_provider.challenge(verifier):
            return httpx.Response(400, json={})
        parameters, who = visit
        now_s = self._now_us() // S
        claims = {"iss": ISSUER, "aud": CLIENT, "sub": who.subject, "iat": now_s,
                  "exp": now_s + LASTS_S, "nonce": parameters["nonce"], "email": who.email,
                  "email_verified": True, **self.lies}  # fmt: skip
        key = self._other_key if self.is_another else self._key
        token = jwt.encode({"alg": "Ed25519", "kid": "1"}, claims, key, algorithms=["Ed25519"])
        return httpx.Response(200, content=json.dumps({"id_token": token}).encode())


def _key(seed: str) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(pem, {"kid": "1"})
