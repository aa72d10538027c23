"""Identity provider: OpenID Connect, authorization code with PKCE.

The directory says who somebody is; what they may do here is in the account that a supervisor
opened. The first time, the account is found by an e-mail address that the directory has verified;
from then on by the directory's own name for somebody, which never changes. Whether two factors were
asked for is the directory's matter.
Law: OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9700 (best current practice)
Decision: docs/decisions/0032-signing-in.md
"""

import base64
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, RSAKey

T = TypeVar("T")

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")
ANSWER_BYTES_MAX: Final = 1 << 18
CLOCKS_DIFFER_S: Final = 60
RSA_BITS_MIN: Final = 2_048  # RFC 7518, sections 3.3 and 3.5.
HERE: Final = {"127.0.0.1", "::1", "localhost"}  # Only there may a directory do without TLS.


class DirectoryError(Exception):
    """The directory cannot be reached, or says something that cannot be believed."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory that people are known to, and how this service is known there."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    http: httpx.Client = field(repr=False)


@dataclass(frozen=True, slots=True)
class DirectoryIdentity:
    """Who somebody is, as the directory says it."""

    subject: str
    email: str | None  # None: the directory has not verified one.


class DirectoryEndpoints(msgspec.Struct, frozen=True):
    """Where a directory answers, as it says itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


def endpoints(directory: Directory) -> DirectoryEndpoints:
    """Ask a directory where it answers."""
    document = _get(directory, directory.issuer.rstrip("/") + "/.well-known/openid-configuration")
    known = _decoded(document, DirectoryEndpoints)
    if known.issuer != directory.issuer:
        raise DirectoryError(f"{directory.issuer} says that it is somebody else.")
    for address in (known.authorization_endpoint, known.token_endpoint, known.jwks_uri):
        _check_address(address)
        if _is_here(address) and not _is_here(directory.issuer):
            raise DirectoryError(f"{directory.issuer} leads to this machine.")
    return known


def address(
    directory: Directory, known: DirectoryEndpoints, state: str, nonce: str, verifier: str
) -> str:
    """Return where to send the browser."""
    query = {
        "response_type": "code",
        "client_id": directory.client_id,
        "redirect_uri": directory.redirect_uri,
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if httpx.URL(known.authorization_endpoint).query else "?"
    return known.authorization_endpoint + joint + urlencode(query)


def challenge(verifier: str) -> str:
    """Return what shows later that the bearer of the code is the one who asked for it.

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")  # RFC 7636, appendix B
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def fetch_identity(
    directory: Directory, code: str, verifier: str, nonce: str, now: datetime
) -> DirectoryIdentity:
    """Return who somebody is who came back with a code."""
    known = endpoints(directory)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": directory.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if directory.client_secret is None:
        form["client_id"] = directory.client_id
    else:
        headers["authorization"] = _basic(directory.client_id, directory.client_secret)
    request = httpx.Request("POST", known.token_endpoint, data=form, headers=headers)
    answer = _answer(directory, request)
    token = _decoded(answer, _Tokens).id_token
    return _believed(directory, token, _keys(directory, known), nonce, now)


def _basic(name: str, secret: str) -> str:
    """Return how a service shows a directory that it is the client it knows (RFC 6749, 2.3.1)."""
    credentials = f"{quote_plus(name)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def _keys(directory: Directory, known: DirectoryEndpoints) -> KeySet:
    key_set = _decoded(_get(directory, known.jwks_uri), dict[str, Any])
    try:
        keys = KeySet.import_key_set({"keys": list(key_set.get("keys", []))})
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DirectoryError("The keys of the directory cannot be read.") from error
    if any(isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS_MIN for key in keys.keys):
        raise DirectoryError(f"The directory has a key of fewer than {RSA_BITS_MIN} bits.")
    return keys


def _believed(
    directory: Directory, token: str, keys: KeySet, nonce: str, now: datetime
) -> DirectoryIdentity:
    """Check who signed a token, for whom, when, and that it answers our own question."""
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCKS_DIFFER_S,
            iss={"essential": True, "value": directory.issuer},
            aud={"essential": True, "value": directory.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DirectoryError(f"What the directory signed is not believed: {error}") from error
    if claims.get("azp", directory.client_id) != directory.client_id:
        raise DirectoryError("What the directory signed is for somebody else.")
    email = claims.get("email") if claims.get("email_verified") is True else None
    return DirectoryIdentity(str(claims["sub"]), email if isinstance(email, str) else None)


# --- Asking ------------------------------------------------------------------------------------


def _get(directory: Directory, address: str) -> bytes:
    _check_address(address)
    return _answer(directory, httpx.Request("GET", address))


def _answer(directory: Directory, request: httpx.Request) -> bytes:
    """Return what a directory answers, within bounds; nobody is sent on to another address."""
    body = b""
    try:
        answer = directory.http.send(request, stream=True, follow_redirects=False)
        with closing(answer):
            for part in answer.iter_bytes():
                body += part
                if len(body) > ANSWER_BYTES_MAX:
                    raise DirectoryError(f"{request.url} answers with too much.")
    except httpx.HTTPError as error:
        raise DirectoryError(f"{request.url} cannot be reached: {error}") from error
    if answer.status_code != httpx.codes.OK:
        raise DirectoryError(f"{request.url} answers {answer.status_code}.")
    return body


def _check_address(address: str) -> None:
    try:
        scheme, is_here = httpx.URL(address).scheme, _is_here(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise DirectoryError("The directory gives an address that is none.") from error
    if scheme != "https" and not (scheme == "http" and is_here):
        raise DirectoryError(f"{address} does not speak TLS.")


def _is_here(address: str) -> bool:
    return httpx.URL(address).host in HERE


def _decoded(body: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DirectoryError("The directory answers with something else.") from error


def subject(directory: Directory, known: DirectoryIdentity) -> str:
    """Return a name for somebody that no other directory gives to another."""
    return f"{directory.issuer} {known.subject}"
