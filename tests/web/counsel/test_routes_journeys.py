"""Counsel whom the person invited: comes in by a card, reads, downloads, and is out."""

import re
from dataclasses import replace
from html import unescape

import pytest

from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.orders.clock import durations
from mesure.web import website
from mesure.web.dependencies import FileDownload
from tests.actions.house import Office
from tests.web import browsing, filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

PIN = "715293"


@pytest.fixture
def counsel(office: Office, night: Evening, person: Browser) -> Browser:
    return come_in(Browser(office, contexts=filled.with_trail(office, night)), invite(person))


def invite(person: Browser, name: str = "Advocate Zhumabek") -> str:
    """Invite somebody, and return the code of their card."""
    person.open("/portal/counsel")
    person.send("/portal/counsel", name=name, days="30")
    match = re.search(r'class="mono large strong">([^<]+)<', person.page)
    assert match, person.text
    return unescape(match[1])


def come_in(browser: Browser, code: str) -> Browser:
    browser.open("/sign-in/card")
    browser.send("/sign-in/card", card=code, pin=PIN, next="/")
    return browser


def test_counsel_comes_in_and_is_told_until_when(counsel: Browser) -> None:
    assert counsel.address == "/counsel"
    assert "You may read this record until" in counsel.text
    assert "Serik Akhmetov" in counsel.text
    assert "Possible breach: absent in the set hours" in counsel.text


def test_counsel_sees_the_evidence_that_the_officer_sees(
    office: Office, night: Evening, there: Filled, counsel: Browser
) -> None:
    officer = Browser(office, contexts=filled.with_trail(office, night))
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    drawn = [
        browser.open(f"{path}/{there.incident}")
        for browser, path in ((officer, "/console/incidents"), (counsel, "/counsel/incidents"))
    ]
    maps = [re.search(r'<svg class="map".*?</svg>', page, re.DOTALL) for page in drawn]
    assert maps[0] is not None
    assert maps[1] is not None
    assert maps[0][0] == maps[1][0]
    for phrase in (
        "It is not a finding: only a person can make one.",
        "What counted, and how much",
    ):
        assert phrase in officer.text
        assert phrase in counsel.text


def test_a_former_finding_and_its_reason_are_read(counsel: Browser, there: Filled) -> None:
    counsel.open(f"/counsel/incidents/{there.earlier}")
    assert "The device lay in the car of a neighbour" in counsel.text
    counsel.open(f"/counsel/incidents/{there.silence}")
    assert "silence does not say where anybody was" in counsel.text


def test_the_order_and_who_looked_are_read(counsel: Browser) -> None:
    counsel.open("/counsel/order")
    assert "“stadium”" in counsel.text
    counsel.open("/counsel/looks")
    assert "opened a possible breach, a silence or an event of the device" in counsel.text
    assert "Amina Bekova, officer" in counsel.text
    assert "incidents.show" not in counsel.text
    counsel.open("/counsel/nights")
    not_met, met = durations.whole("1 h 30 min"), durations.whole("6 h 30 min")
    assert f"</time>: not met {not_met}, met {met}" in counsel.page
    counsel.open("/counsel/help")
    assert counsel.status == 200


def test_counsel_changes_nothing(counsel: Browser, there: Filled) -> None:
    for path in ("/portal/counsel", "/console", "/inspector"):
        counsel.open(path)
        assert counsel.status == 403, path
    page = counsel.open(f"/counsel/incidents/{there.incident}")
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<form" not in main, "no bundle is made here, and there is nothing else to send"
    counsel.send(f"/portal/notices/{there.incident}", kind="account", words="He was at home.")
    assert counsel.status == 403


def test_the_bundle_is_handed_over_for_the_defence(
    office: Office, night: Evening, there: Filled, person: Browser
) -> None:
    requests: list[tuple[Context, IncidentRequest]] = []

    def bundles(context: Context, incident: IncidentRequest, _language: str) -> FileDownload:
        requests.append((context, incident))
        return FileDownload(9, [b"PK bundle"])

    browser = Browser(office, contexts=filled.with_trail(office, night))
    parts = browsing.parts_of(office, browser.contexts)
    browser._app = website.build(replace(parts, bundles=bundles))
    come_in(browser, invite(person))
    browser.open(f"/counsel/incidents/{there.incident}")
    browser.send(f"/counsel/incidents/{there.incident}/bundle")
    assert browser.content == b"PK bundle"
    assert "attachment" in browser.headers["content-disposition"]
    [(context, incident)] = requests
    assert (context.actor.role.value, incident.incident) == ("counsel", there.incident)


def test_an_invitation_ends_when_the_person_says_so(person: Browser, counsel: Browser) -> None:
    person.open("/portal/counsel")
    assert "Advocate Zhumabek" in person.text
    match = re.search(r'action="(/portal/counsel/[^"]+/end)"', person.page)
    assert match
    person.send(match[1])
    assert "may no longer read" in person.text
    counsel.open("/counsel")
    assert counsel.address == "/sign-in/card"


def test_an_invitation_ends_with_its_time(office: Office, person: Browser) -> None:
    code = invite(person)
    office.later(days=31)
    browser = Browser(office)
    come_in(browser, code)
    assert browser.status == 403


def test_inviting_asks_for_whom_and_for_how_long(person: Browser) -> None:
    person.open("/portal/counsel")
    person.send("/portal/counsel", name=" ")
    assert person.status == 422
    assert "Write who may read your record." in person.text
    assert "Choose for how long." in person.text
    person.send("/portal/counsel", name="x" * 200, days="7")
    assert person.status == 422


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_the_pages_are_there_in_every_language(
    counsel: Browser, there: Filled, language: str
) -> None:
    counsel.cookies.set("mesure_language", language)
    for path in ("", "/order", "/nights", "/looks", "/help", f"/incidents/{there.incident}"):
        page = counsel.open(f"/counsel{path}")
        assert counsel.status == 200
        assert f'<html lang="{language}">' in page
