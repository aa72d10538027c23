"""Passkeys on the pages: added on one's account, used at the door, taken away again."""

import re
from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from mesure.actions.framework.context import Actor, Context
from mesure.actions.framework.public_address import Site
from mesure.privacy.roles import Role
from mesure.web import website
from tests.actions import house
from tests.actions.authenticator import SoftwareAuthenticator
from tests.actions.house import Office
from tests.web import browsing
from tests.web.browsing import Browser
from tests.web.inspector.test_routes_journeys import as_actor
from tests.web.sign_in.test_login import enter

ORIGIN = "http://localhost:8080"


def browser_at(office: Office, origin: str = ORIGIN) -> Browser:
    """Return a browser that reaches the service under an address."""

    def contexts(actor: Actor, request: str, address: str) -> Context:
        base_context = office.context(actor, address)
        return replace(base_context, request=request, site=Site.at(origin, "Mesure"))

    browser = Browser(office, contexts=contexts)
    browser._app = website.build(browsing.parts_of(office, contexts, origin))
    return browser


@pytest.fixture
def browser(office: Office) -> Browser:
    """Return the browser of a supervisor who has signed in."""
    browser = browser_at(office)
    _, secret = house.first_supervisor(office)
    enter(browser, secret)
    return browser


def fetch_challenge(browser: Browser, address: str) -> dict[str, Any]:
    """Ask for something to sign, as the script does."""
    browser.send(address)
    assert browser.status == 200
    return msgspec.json.decode(browser.content, type=dict[str, Any])


def add(browser: Browser, key: SoftwareAuthenticator, name: str = "my phone") -> None:
    page = browser.open("/account")
    offer = fetch_challenge(browser, "/account/passkeys/ask")
    browser.page = page
    credential = key.make(offer["options"])
    browser.send(
        "/account/passkeys", challenge=offer["challenge"], credential=credential, name=name
    )


def sign_in(browser: Browser, key: SoftwareAuthenticator) -> None:
    browser.open("/sign-in?next=/console/people")
    offer = fetch_challenge(browser, "/sign-in/passkey/ask")
    signed = key.sign(offer["options"])
    fields = {"challenge": offer["challenge"], "credential": signed, "next": "/console/people"}
    browser.send("/sign-in/passkey", **fields)


def test_a_passkey_is_added_and_opens_the_door(office: Office, browser: Browser) -> None:
    key = SoftwareAuthenticator(ORIGIN)
    add(browser, key)
    assert browser.address == "/account"
    assert "my phone" in browser.text
    other = browser_at(office)
    sign_in(other, key)
    assert other.address == "/console/people"


def test_a_passkey_that_was_removed_opens_nothing(office: Office, browser: Browser) -> None:
    key = SoftwareAuthenticator(ORIGIN)
    add(browser, key)
    match = re.search(r'action="(/account/passkeys/[0-9a-f]+/remove)"', browser.page)
    assert match
    browser.send(match[1])
    assert "You have none." in browser.text
    other = browser_at(office)
    sign_in(other, key)
    assert other.status == 403
    assert "Sign in" in other.text


def test_what_another_device_signed_opens_nothing(office: Office, browser: Browser) -> None:
    add(browser, SoftwareAuthenticator(ORIGIN))
    other = browser_at(office)
    sign_in(other, SoftwareAuthenticator(ORIGIN, credential_id=b"credential two .."))
    assert other.status == 403


def test_a_key_without_a_name_is_asked_for_one(browser: Browser) -> None:
    add(browser, SoftwareAuthenticator(ORIGIN), name=" ")
    assert browser.status == 422
    assert "Give the passkey a name" in browser.text
    add(browser, SoftwareAuthenticator("https://elsewhere.example"))
    assert browser.status == 422
    assert "You have none." in browser.text


def test_a_challenge_is_of_one_browser_and_random(browser: Browser) -> None:
    browser.open("/account")
    page = browser.page
    first = fetch_challenge(browser, "/account/passkeys/ask")
    browser.page = page
    second = fetch_challenge(browser, "/account/passkeys/ask")
    challenges = [msgspec.json.decode(one["options"])["challenge"] for one in (first, second)]
    assert challenges[0] != challenges[1]
    assert len(urlsafe_b64decode(challenges[0] + "==")) == 32


@pytest.mark.parametrize(
    ("origin", "knows"),
    [
        (ORIGIN, True),
        ("https://mesure.example", True),
        ("http://mesure.example", False),
        ("http://127.0.0.1:8080", False),
        ("https://192.0.2.4", False),
        ("https://[2001:db8::1]:8443", False),
    ],
)
def test_passkeys_are_offered_where_browsers_know_them(
    office: Office, origin: str, knows: bool
) -> None:
    page = browser_at(office, origin).open("/sign-in")
    assert ("/static/passkeys" in page) is knows
    assert ("data-passkey" in page) is knows


def test_without_a_script_the_door_is_as_ever(office: Office) -> None:
    page = browser_at(office).open("/sign-in")
    form = page.partition("data-passkey")[2].partition(">")[0]
    assert "hidden" in form
    assert "Six digits from your app" in page


def test_who_is_no_member_of_staff_has_no_passkeys(office: Office) -> None:
    browser = browser_at(office)
    office.person("P-1")
    person = office.account("A-person", Role.PERSON, "P-1")
    person_browser = as_actor(office, person)
    person_browser._app = browser._app
    person_browser.open("/account")
    assert "passkeys" not in person_browser.page.casefold()
    person_browser.send("/account/passkeys/ask")
    assert person_browser.status == 403


def test_a_browser_left_open_gets_no_passkey(office: Office, browser: Browser) -> None:
    office.later(minutes=16)
    browser.open("/account")
    assert 'data-passkey="create"' not in browser.page
    assert 'href="/sign-in?next=/account"' in browser.page
    browser.send("/account/passkeys/ask")
    assert browser.status == 403
