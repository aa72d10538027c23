"""What comes back from devices and directories when somebody signs in."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import httpx

from mesure.actions.accounts import passkeys
from mesure.actions.accounts.passkeys import PasskeyOptions, PasskeyResponse
from mesure.actions.framework import identity_provider
from mesure.actions.framework.action import EmptyRequest, perform
from mesure.actions.framework.context import VISITOR, Context
from mesure.actions.framework.identity_provider import Directory, DirectoryError
from mesure.actions.framework.public_address import Site
from mesure.actions.refusals.refusals import ActionError
from mesure.privacy.roles import Role
from tests.actions import house, provider
from tests.actions.authenticator import SoftwareAuthenticator
from tests.actions.house import Office
from tests.actions.provider import FakeProvider
from tests.fuzz import scratch
from tests.fuzz.target import split, target

SITE = Site.at("https://mesure.example", "Mesure")
ISSUER = "https://directory.example"
VERIFIER, NONCE = "verifier", "nonce"


@cache
def _office() -> Office:
    folder = scratch.folder() / "sign_in"
    folder.mkdir()
    return scratch.stack().enter_context(house.office(folder))


@cache
def _asked() -> tuple[Context, PasskeyOptions, Context, PasskeyOptions]:
    """Return who adds a passkey and who signs in, each with what their device is asked."""
    office = _office()
    officer = office.account("A-officer", Role.OFFICER)
    holder = replace(
        office.context(officer), site=SITE, signed_in_at=office.now - timedelta(minutes=1)
    )
    visitor = replace(office.context(VISITOR), site=SITE)
    first = perform(holder, passkeys.begin, EmptyRequest())
    response = PasskeyResponse(
        first.challenge, SoftwareAuthenticator(SITE.origin).make(first.options), "one"
    )
    perform(holder, passkeys.add, response)
    second = perform(holder, passkeys.begin, EmptyRequest())
    return holder, second, visitor, passkeys.begin_sign_in(visitor)


def _credentials() -> list[bytes]:
    _, adding, _, signing = _asked()
    other = SoftwareAuthenticator(SITE.origin, credential_id=b"credential two ..")
    known = SoftwareAuthenticator(SITE.origin)
    return [
        b"\0" + other.make(adding.options).encode(),
        b"\1" + known.sign(signing.options).encode(),
    ]


@target("passkey_credential", _credentials, ActionError, share=4)
def passkey_credential(data: bytes) -> None:
    """Whatever a device answers, it adds a key or opens a session, or is refused in words."""
    holder, adding, visitor, signing = _asked()
    credential = data[1:].decode("utf-8", "replace")
    if data[:1] == b"\0":
        perform(holder, passkeys.add, PasskeyResponse(adding.challenge, credential, "two"))
    else:
        perform(visitor, passkeys.by_passkey, PasskeyResponse(signing.challenge, credential))


@cache
def _provider() -> FakeProvider:
    known = FakeProvider(ISSUER, int(_office().now.timestamp()))
    challenge = identity_provider.challenge(VERIFIER)
    known.codes["code"] = {"code_challenge": challenge, "nonce": NONCE}
    return known


def _answers() -> list[bytes]:
    known = _provider()
    form = {"code": "code", "code_verifier": VERIFIER, "client_id": provider.CLIENT}
    paths = "/.well-known/openid-configuration", "/keys", "/token"
    return [b"\0".join(known.answer(path, form, "")[1] for path in paths)]


@target("directory_answers", _answers, DirectoryError, share=4, bytes_max=8_192)
def directory_answers(data: bytes) -> None:
    """Whatever a directory answers, somebody is known by it, or it is not believed, in words."""
    configuration, keys, tokens = split(data, 3)

    def answer(request: httpx.Request) -> httpx.Response:
        is_configuration = request.url.path.startswith("/.well-known/")
        is_token = request.method == "POST"
        body = configuration if is_configuration else tokens if is_token else keys
        return httpx.Response(httpx.codes.OK, content=body)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        there = Directory(ISSUER, provider.CLIENT, None, provider.BACK, client)
        identity_provider.fetch_identity(there, "code", VERIFIER, NONCE, _office().now)
