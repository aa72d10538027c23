"""A form that was sent too late goes on after signing in, with what was typed and nothing done."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsencesRequest
from mesure.actions.records.procedure import STANDARD
from mesure.web.shared import resumption
from tests.actions import house
from tests.actions.house import PASSWORD, Office
from tests.web import browsing, filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, PIN, Evening, Filled

ASK = "/portal/absences/ask"
TYPED = {
    "condition": "ALM-2026-0042 C1", "from_day": "2026-03-20", "from_time": "18:00",
    "until_day": "2026-03-21", "until_time": "09:00",
    "reason": "My brother <b>marries</b>.\nIn Taraz, “far”.",
}  # fmt: skip


@pytest.fixture
def person(office: Office, there: Filled) -> Browser:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS["person"])
    return browser


def count_absences(office: Office, there: Filled) -> int:
    return len(office.do(there.person, absences.list_absences, AbsencesRequest(PERSON)))


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes on."""
    form = page.partition("data-go-on")[2].partition("</form>")[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {unescape(name): unescape(value) for name, value in pairs}


def resume_value(page: str) -> str:
    match = re.search(r'name="resume" value="([^"]*)"', page)
    return unescape(match[1]) if match else ""


def too_late(browser: Browser, address: str, **fields: str) -> None:
    """Send a form when the session is over."""
    browser.open(address)
    browser.office.later(hours=1)
    browser.headers_sent["Referer"] = f"http://127.0.0.1:8080{address}"
    browser.send(address, **fields)
    assert "Nothing was sent. Sign in, and go on with what you typed." in browser.text


def test_a_page_before_that_has_no_address_is_none(person: Browser) -> None:
    person.open(ASK)
    person.office.later(hours=1)
    person.headers_sent["Referer"] = "http://["
    person.send(ASK, **TYPED)
    assert "Nothing was sent. Sign in, and go on with what you typed." in person.text


def test_what_was_typed_comes_back_after_signing_in_and_is_sent_by_hand(
    office: Office, there: Filled, person: Browser
) -> None:
    before = count_absences(office, there)
    too_late(person, ASK, **TYPED)
    assert person.address == "/sign-in/card"
    entering = {"card": there.card, "next": "/", "resume": resume_value(person.page)}
    person.send("/sign-in/card", **entering, pin="000000")
    assert person.status == 403
    assert resume_value(person.page) == entering["resume"], "a wrong PIN loses nothing"
    person.send("/sign-in/card", **entering, pin=PIN)
    assert "You are signed in again" in person.text
    assert count_absences(office, there) == before
    fields = hidden(person.page)
    assert {name: fields[name] for name in TYPED} == TYPED
    person.send(ASK, **fields)
    assert person.status == 200
    assert "Nothing was sent. Here is what you typed" in person.text
    assert unescape(person.page).count(TYPED["reason"]) == 1
    assert "<b>marries" not in person.page
    assert count_absences(office, there) == before
    person.send(ASK, **TYPED)
    assert count_absences(office, there) == before + 1


def test_a_statement_to_a_notice_comes_back_too(
    office: Office, there: Filled, person: Browser
) -> None:
    address = f"/portal/notices/{there.incident}"
    too_late(person, address, words="My mother fell.", what="say")
    person.send("/sign-in/card", card=there.card, pin=PIN, resume=resume_value(person.page))
    person.send(address, **hidden(person.page))
    assert "My mother fell." in person.text
    submissions = office.do(there.person, contests.show, IncidentRequest(incident=there.incident))
    assert not submissions.statements
    assert not submissions.contests


@pytest.fixture
def secret(office: Office, there: Filled) -> str:
    return house.first_supervisor(office)[1]


def _enter(browser: Browser, secret: str, resume: str) -> None:
    browser.office.later(minutes=1)
    code = house.code_of(browser.office, secret)
    browser.send("/sign-in", login="aigerim", password=PASSWORD, code=code, resume=resume)


def test_what_one_typed_is_not_shown_to_another(office: Office, there: Filled, secret: str) -> None:
    officer = Browser(office)
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    too_late(officer, f"/console/people/{PERSON}/contact", name="A name", email="a@b.example")
    assert officer.address == "/sign-in"
    _enter(officer, secret, resume_value(officer.page))
    assert officer.address == "/console"
    assert "A name" not in officer.text


def test_whoever_works_here_goes_on_where_they_were(office: Office, secret: str) -> None:
    staff = Browser(office)
    _enter(staff, secret, "")
    assert staff.address == "/console"
    fields = {"name": "Serik Akhmetov", "language": "ru", "phone": "+77010000000", "email": ""}
    address = f"/console/people/{PERSON}/contact"
    too_late(staff, address, **fields)
    _enter(staff, secret, resume_value(staff.page))
    staff.send(address, **hidden(staff.page))
    assert staff.status == 200
    assert 'value="+77010000000"' in staff.page
    staff.open(address)
    assert 'value="+77010000000"' not in staff.page
    staff.send(address, **fields)
    assert "It was kept." in staff.text


def test_a_button_without_a_page_of_its_own_leads_back_and_does_nothing(
    office: Office, there: Filled, person: Browser
) -> None:
    waiting = f"/portal/absences/{there.absence}/take-back"
    person.open("/portal/absences")
    office.later(hours=1)
    person.headers_sent["Referer"] = "http://127.0.0.1:8080/portal/absences"
    person.send(waiting)
    person.send("/sign-in/card", card=there.card, pin=PIN, resume=resume_value(person.page))
    person.send(waiting, **hidden(person.page))
    assert person.address == "/portal/absences"
    assert "taken back" not in person.text


@pytest.mark.parametrize(
    "resume",
    [
        "{", "[]", '{"path":"//elsewhere.example","fields":{},"page":""}',
        '{"path":"/sign-out","fields":{},"page":""}', '{"path":"/account","fields":{},"page":""}',
    ],
)  # fmt: skip
def test_what_is_no_form_of_ours_does_not_go_on(
    office: Office, there: Filled, person: Browser, resume: str
) -> None:
    office.later(hours=1)
    person.open("/sign-in/card")
    person.send("/sign-in/card", card=there.card, pin=PIN, resume=resume)
    assert person.address == "/portal"
    assert resumption.read(resume) is None


def test_a_password_does_not_travel_through_the_door(office: Office, person: Browser) -> None:
    person.open("/account")
    office.later(hours=1)
    person.send("/account", old="804217", new="135790")
    assert "135790" not in person.page


def test_a_list_that_is_kept_fresh_keeps_no_session_alive(
    office: Office, there: Filled, person: Browser
) -> None:
    person.open("/portal")
    for minutes in (20, 20):
        office.later(minutes=minutes)
        person.headers_sent["Mesure-Background"] = "1"
        person.open("/portal")
        del person.headers_sent["Mesure-Background"]
    assert person.address == "/sign-in/card"


def test_a_sign_keeps_it_alive_and_says_for_how_long(
    office: Office, there: Filled, person: Browser
) -> None:
    person.open("/portal")
    whole_s = int(STANDARD.session_idle.total_seconds())
    assert f'data-lasts="{whole_s}"' in person.page
    for _ in range(3):
        office.later(minutes=20)
        person.open("/still")
        assert (person.status, person.headers["Mesure-Session-Seconds"]) == (204, str(whole_s))
    office.later(hours=1)
    person.open("/still")
    assert person.headers["Mesure-Session-Seconds"] == "0"


def test_a_form_that_comes_back_makes_no_bundle(
    office: Office, night: Evening, there: Filled
) -> None:
    calls: list[object] = []

    def bundles(*arguments: object) -> Any:
        calls.append(arguments)
        raise AssertionError("a bundle was made")

    parts = browsing.parts_of(office, filled.with_trail(office, night))
    browser = Browser(office)
    browser.serve(replace(parts, bundles=bundles))
    browser.cookies.set("mesure", filled.TOKENS["person"])
    address = f"/portal/notices/{there.incident}"
    browser.open(address)
    browser.send(f"{address}/bundle", resumed=address)
    assert (browser.status, browser.address) == (200, address)
    assert calls == []
