import asyncio
import threading
from dataclasses import replace

import httpx
import pyotp
import pytest

from mesure.actions.accounts import passwords, staff_accounts
from mesure.actions.accounts.staff_accounts import OpenAccount
from mesure.actions.framework.context import PROGRAM
from mesure.privacy.roles import Role
from mesure.web import website
from mesure.web.requests.login_queue import QueueLimits
from mesure.web.requests.rates import RequestLimits, RequestRate
from tests.actions import house
from tests.actions.house import PASSWORD, Office
from tests.web import browsing
from tests.web.browsing import Browser

BOUNDS = QueueLimits()
LANGUAGES = ["en", "fr", "ru", "kk"]


@pytest.fixture
def browser(office: Office) -> Browser:
    return Browser(office)


def enter(browser: Browser, secret: str, **more: str) -> str:
    browser.office.later(minutes=1)
    browser.open("/sign-in")
    code = house.code_of(browser.office, secret)
    return browser.send(
        "/sign-in", **{"login": "aigerim", "password": PASSWORD, "code": code, **more}
    )


def test_a_link_becomes_an_account_and_the_account_a_session(browser: Browser) -> None:
    office = browser.office
    link = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("Aigerim", Role.SUPERVISOR))
    page = browser.open(f"/set-up/{link.token}")
    secret = "".join(page.partition("Or type these letters")[2].partition("</p>")[0].split())
    secret = secret.partition('<spanclass="mono">')[2].partition("</span>")[0]
    code = pyotp.TOTP(secret).at(office.now)
    fields = {"login": "aigerim", "password": PASSWORD, "again": PASSWORD, "code": code}
    browser.send(f"/set-up/{link.token}", **{**fields, "again": "another"})
    assert "not the same password" in browser.text
    browser.send(f"/set-up/{link.token}", **{**fields, "code": "000000"})
    assert browser.status == 422
    browser.send(f"/set-up/{link.token}", **fields)
    assert "Print these codes now" in browser.text
    browser.open(f"/set-up/{link.token}")
    assert browser.status == 403
    enter(browser, secret)
    assert browser.address == "/console"


def test_whatever_is_wrong_the_page_says_the_same_and_keeps_the_name(browser: Browser) -> None:
    _, secret = house.first_supervisor(browser.office)
    enter(browser, secret, password="wrong " * 3)
    first_text = browser.text
    assert browser.status == 403
    assert 'value="aigerim"' in browser.page
    assert "wrong " not in browser.page.replace("field wrong", "")
    enter(browser, secret, login="nobody")
    assert browser.text == first_text


def test_an_empty_form_says_what_is_missing_at_each_field(browser: Browser) -> None:
    browser.open("/sign-in")
    browser.send("/sign-in")
    for name in ("login", "password", "code"):
        assert f'href="#{name}"' in browser.page
        assert f'id="{name}-fault"' in browser.page


def test_whoever_is_not_signed_in_is_sent_to_the_door_and_back(browser: Browser) -> None:
    _, secret = house.first_supervisor(browser.office)
    browser.open("/account?x=1")
    assert browser.address == "/sign-in"
    assert "/account?x=1" in browser.page
    enter(browser, secret, next="//elsewhere.example")
    assert browser.address == "/console"


def test_whoever_came_to_the_wrong_door_is_sent_to_the_other_with_the_whole_address(
    browser: Browser,
) -> None:
    browser.open("/sign-in?next=/portal/notices%3Fafter%3D1%2B2%26count%3D3%23here")
    assert browser.address.partition("?")[0] == "/sign-in/card"
    assert 'name="next" value="/portal/notices?after=1+2&amp;count=3#here"' in browser.page
    browser.open("/sign-in?next=/portal%26next%3D//elsewhere.example")
    assert 'value="/portal&amp;next=//elsewhere.example"' in browser.page


def test_signing_out_ends_the_session_and_clears_the_browser(browser: Browser) -> None:
    _, secret = house.first_supervisor(browser.office)
    enter(browser, secret)
    browser.open("/account")
    browser.send("/sign-out")
    assert browser.was_cleared()
    assert browser.address == "/sign-in"
    browser.open("/account")
    assert browser.address == "/sign-in"


def test_another_password_asks_to_sign_in_again(browser: Browser) -> None:
    _, secret = house.first_supervisor(browser.office)
    enter(browser, secret)
    browser.open("/account")
    browser.send("/account", old=PASSWORD, new="short")
    assert browser.status == 422
    browser.send("/account", old=PASSWORD, new="a longer one than before")
    assert browser.address == "/sign-in/card"
    assert browser.was_cleared()


def test_only_a_browser_of_the_same_account_keeps_what_it_has(browser: Browser) -> None:
    """What somebody else read on this device is not for those who sign in after them."""
    office = browser.office
    supervisor, secret = house.first_supervisor(office)
    enter(browser, secret)
    assert browser.was_cleared()
    office.later(hours=9)
    enter(browser, secret)
    assert not browser.was_cleared()
    browser.send("/account/sign-out-everywhere")
    assert browser.was_cleared()
    dana = office.do(supervisor, staff_accounts.open_account, OpenAccount("Dana", Role.OFFICER))
    other, _ = house.set_up(office, dana.token, "dana")
    enter(browser, secret)
    office.later(hours=9)
    enter(browser, other, login="dana")
    assert browser.address == "/console"
    assert browser.was_cleared()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_door_opens_in_every_language(browser: Browser, language: str) -> None:
    browser.languages = language
    for address in ("/sign-in", "/sign-in/card", "/help"):
        browser.open(address)
        assert browser.status == 200
        assert f'<html lang="{language}">' in browser.page


def test_a_language_is_kept_beyond_the_session(browser: Browser) -> None:
    browser.open("/sign-in")
    browser.send("/language", language="kk", back="/help")
    assert browser.address == "/help"
    assert '<html lang="kk">' in browser.page
    browser.send("/language", language="tlh", back="/help")
    assert '<html lang="kk">' in browser.page


@pytest.mark.parametrize(("address", "status"), [("/nowhere", 404), ("/set-up/wrong", 403)])
def test_an_error_is_a_page_that_helps(browser: Browser, address: str, status: int) -> None:
    browser.open(address)
    assert browser.status == status
    assert browser.headers["content-type"].startswith("text/html")
    assert browser.headers["content-security-policy"]
    assert 'href="/help"' in browser.page


def test_a_machine_still_gets_a_problem(browser: Browser) -> None:
    browser.open("/api/v1/nowhere")
    assert browser.headers["content-type"].startswith("application/problem+json")


def test_a_crowd_at_the_door_is_let_in_a_few_at_a_time(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking a password takes much memory, and threads that other pages need too."""
    lock, inside, most, go_on = threading.Lock(), 0, 0, threading.Event()

    def is_right(stored_hash: str | None, password: str) -> bool:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go_on.wait(60)
        with lock:
            inside -= 1
        return False

    monkeypatch.setattr(passwords, "is_right", is_right)
    parts = browsing.parts_of(browser.office)
    app = website.build(replace(parts, limits=RequestLimits(sign_in=RequestRate(100, 100))))

    async def crowd() -> tuple[int, list[int]]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=browsing.ORIGIN) as client:
            form = {"password": "y", "code": "z"}
            names = [f"x{number}" for number in range(BOUNDS.at_once + BOUNDS.of_network + 1)]
            tries = [
                asyncio.create_task(client.post("/sign-in", data=form | {"login": name}))
                for name in names
            ]
            while most < BOUNDS.at_once:
                await asyncio.sleep(0.005)
            meanwhile = await client.get("/help")
            go_on.set()
            answers = await asyncio.gather(*tries)
            return meanwhile.status_code, [answer.status_code for answer in answers]

    status, answers = asyncio.run(crowd())
    assert (status, sorted(answers)) == (200, [403] * 12 + [429])
    assert most == BOUNDS.at_once


def test_a_known_browser_comes_in_past_a_crowd_from_everywhere(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = house.first_supervisor(browser.office)
    enter(browser, secret)
    browser.office.later(minutes=1)
    known = browser.cookies["mesure_browser"]
    is_right, inside, go_on = passwords.is_right, threading.Semaphore(0), threading.Event()

    def slowly(stored_hash: str | None, password: str) -> bool:
        inside.release()
        go_on.wait(60)
        return stored_hash is not None and is_right(stored_hash, password)

    monkeypatch.setattr(passwords, "is_right", slowly)
    app = website.build(browsing.parts_of(browser.office))

    async def send_login(
        number: int, login: str, password: str, cookie: str = ""
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(f"10.{number // 200}.{number % 200}.9", 1))
        form = {"login": login, "password": password, "code": code}
        address, headers = f"{browsing.ORIGIN}/sign-in", {"cookie": cookie}
        request = httpx.Request("POST", address, data=form, headers=headers)
        return await transport.handle_async_request(request)

    code = house.code_of(browser.office, secret)

    async def crowd() -> tuple[httpx.Response, list[int]]:
        bots = BOUNDS.at_once + BOUNDS.waiting + 20
        tries = [asyncio.create_task(send_login(one, f"x{one}", "no")) for one in range(bots)]
        await asyncio.to_thread(lambda: [inside.acquire() for _ in range(BOUNDS.at_once)])
        while sum(one.done() for one in tries) < 20:
            await asyncio.sleep(0.005)
        cookie = f"mesure_browser={known}"
        own = asyncio.create_task(send_login(999, "aigerim", PASSWORD, cookie))
        await asyncio.sleep(0)
        go_on.set()
        return await own, [(await one).status_code for one in tries]

    own, answers = asyncio.run(crowd())
    assert (own.status_code, own.headers["location"]) == (303, "/console")
    assert answers.count(429) == 20
