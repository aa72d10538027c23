"""A form that its sender draws out is not carried out once they may do nothing here any more."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from mesure.actions.accounts import service_accounts, staff_accounts
from mesure.actions.accounts.service_accounts import OpenServiceAccount, ServiceAccountRef
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.privacy.roles import Role
from mesure.web.requests import body_limits, csrf
from mesure.web.signed_in import NAME
from tests.actions import scene as scenes
from tests.actions.house import Office
from tests.actions.scene import OfficeScene
from tests.web.console.order_entry.desk import CaseworkBrowser


@pytest.fixture
def scene(office: Office, monkeypatch: pytest.MonkeyPatch) -> OfficeScene:
    monkeypatch.setattr(body_limits, "SOON_S", -1.0)
    return scenes.scene(office)


def test_an_account_that_was_closed_meanwhile_changes_nothing(scene: OfficeScene) -> None:
    other = scene.office.account("other", Role.SUPERVISOR)
    desk = CaseworkBrowser.of(scene, other)
    token = csrf.token(str(desk.cookies.get(NAME)))
    fields = urlencode({csrf.FIELD: token, "kind": "note", "happened_day": "2026-02-10",
                        "happened_time": "08:00", "text": "By somebody who left."})  # fmt: skip

    async def pieces() -> AsyncIterator[bytes]:
        yield fields[:20].encode()
        scene.do(scene.chief, staff_accounts.close, AccountRef("other"))
        yield fields[20:].encode()

    before = scene.office.deeds("by", "other")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    desk.ask("POST", "/console/people/P-1/notes", content=pieces(), headers=headers)
    assert desk.status == 401
    assert scene.office.deeds("by", "other") == before


def test_a_token_that_was_taken_back_meanwhile_enters_nobody(scene: OfficeScene) -> None:
    asks = OpenServiceAccount("Court", ("persons.enter",), scene.office.now.replace(month=12))
    token = scene.do(scene.chief, service_accounts.open_service, asks)

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"person": "P-9", '
        scene.do(scene.chief, service_accounts.close, ServiceAccountRef(token.service))
        yield b'"name": "Somebody"}'

    browser = CaseworkBrowser(scene.office)
    headers = {"authorization": f"Bearer {token.token}", "content-type": "application/json"}
    browser.ask("POST", "/api/v1/persons", content=pieces(), headers=headers)
    assert browser.status == 401
    with scene.office.store.read() as reading:
        assert reading.person("P-9") is None
