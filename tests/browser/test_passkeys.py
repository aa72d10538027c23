"""A passkey in a real browser, with an authenticator that the browser itself plays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.framework.context import Actor, Context
from mesure.actions.framework.public_address import Site
from mesure.web.dependencies import Dependencies
from tests.browser.conftest import ServedOffice, serve_office
from tests.web.filled import Evening

PLAYED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def office_by_name(tmp_path: Path, night: Evening) -> Iterator[ServedOffice]:
    """Serve under a name: browsers know passkeys of no address that is a number."""
    with serve_office(tmp_path, night, _named) as site:
        yield replace(site, origin=_name(site.origin))


def _name(origin: str) -> str:
    return origin.replace("127.0.0.1", "localhost")


def _named(parts: Dependencies) -> Dependencies:
    origin = _name(parts.origin)

    def contexts(actor: Actor, request: str, address: str) -> Context:
        return replace(parts.contexts(actor, request, address), site=Site.at(origin, "Mesure"))

    return replace(parts, contexts=contexts, origin=origin)


def test_a_passkey_is_added_and_used(office_by_name: ServedOffice, open_page: Any) -> None:
    visit = open_page(office_by_name, "officer")
    session = visit.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": PLAYED})
    page = visit.page
    visit.open("/account")
    page.get_by_label("Name of the passkey").fill("my phone")
    page.get_by_role("button", name="Add a passkey").press("Enter")
    page.wait_for_url("**/account#passkeys")
    page.locator(".line", has_text="my phone").wait_for()
    visit.context.clear_cookies()
    visit.open("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url("**/console")


def test_a_device_that_refuses_is_said(office_by_name: ServedOffice, open_page: Any) -> None:
    visit = open_page(office_by_name, None)
    session = visit.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**PLAYED, "isUserVerified": False}}
    )
    visit.open("/sign-in")
    visit.page.get_by_role("button", name="Sign in with a passkey").click()
    visit.page.get_by_text("That did not work.").wait_for()
