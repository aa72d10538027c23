"""A small directory that speaks OpenID Connect on loopback, as honest or not as a test wants."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "mesure"
SECRET = "a secret: with signs & such"
BACK = "https://mesure.example/sign-in/back"


@dataclass
class FakeProvider:
    """Somebody is signed in there already, and comes back at once with a code."""

    issuer: str = ""
    now_s: int = 0
    claims: dict[str, Any] = field(default_factory=dict)  # What it says otherwise.
    documents: dict[str, Any] = field(default_factory=dict)  # What it answers otherwise, by path.
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def visit(self, address: str) -> tuple[str, str]:
        """Do what the browser does: go there, sign in, and come back with state and code."""
        parameters = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (parameters["response_type"], parameters["client_id"]) == ("code", CLIENT)
        assert parameters["redirect_uri"] == BACK
        code = f"code-{len(self.codes)}"
        self.codes[code] = parameters
        return parameters["state"], code

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        if path in self.documents:
            document = self.documents[path]
            return document if isinstance(document, tuple) else (200, json.dumps(document).encode())
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.configuration()).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        if path == "/token":
            return self.token(form, authorization)
        return 404, b""

    def configuration(self) -> dict[str, str]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        parameters = self.codes.pop(form.get("code", ""), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_known = form.get("client_id") == CLIENT or authorization.startswith("Basic ")
        if parameters is None or parameters["code_challenge"] != challenge or not is_known:
            return 400, b"{}"
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "iat": self.now_s,
            "exp": self.now_s + 300,
            "nonce": parameters["nonce"],
            "email": "Bota@example.org",
            "email_verified": True,
            **self.claims,
        }
        payload = {name: one for name, one in claims.items() if one is not None}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, payload, self.signs_with or self.key)
        return 200, json.dumps({"id_token": signed, "access_token": "x"}).encode()


@contextmanager
def run_provider() -> Iterator[FakeProvider]:
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.reply({name: one[0] for name, one in parse_qs(body).items()})

        def reply(self, form: dict[str, str]) -> None:
            authorization = self.headers.get("authorization", "")
            status, body = provider.answer(urlsplit(self.path).path, form, authorization)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
