"""A page that tells a time says by which clock, once, before the first of them."""

import re
from dataclasses import replace
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from tests.actions.house import Office
from tests.browser import pages
from tests.browser.conftest import ServedOffice
from tests.web import counted, filled, venued
from tests.web.browsing import Browser, parts_of
from tests.web.filled import TOKENS, Evening, Filled

NAMED = {
    "en": "Times are in the time zone {zone}.",
    "fr": "Les heures sont données dans le fuseau {zone}.",
    "ru": "Время указано по поясу {zone}.",
    "kk": "Уақыт {zone} белдеуі бойынша көрсетілген.",
}
TIME = r'<time datetime="[^"]*T[^"]*">[^<]*\d\d:\d\d'
ON_PAPER = "only-print"


def readers(office: Office, night: Evening, there: Filled) -> list[tuple[Browser, str]]:
    """Return a browser of each who reads a possible breach, and where it stands for them."""
    ways = {
        "officer": "/console/incidents",
        "person": "/portal/notices",
        "counsel": "/counsel/incidents",
    }
    browsers = []
    for who, way in ways.items():
        browser = Browser(office, contexts=filled.with_trail(office, night))
        browser.cookies.set("mesure", TOKENS[who])
        browsers.append((browser, f"{way}/{there.incident}"))
    return browsers


def place_of(browser: Browser, sentence: str) -> int:
    """Return where a page says by which clock, before any time but that in its heading."""
    page = unescape(browser.page)
    assert page.count(sentence) == 1
    at = page.index(sentence)
    assert at < page.index("</h2>")
    return at


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_reader_of_a_possible_breach_sees_by_which_clock_its_times_are(
    office: Office, night: Evening, there: Filled, language: str
) -> None:
    for browser, address in readers(office, night, there):
        browser.cookies.set("mesure_language", language)
        browser.open(address)
        assert browser.status == 200
        sentence = NAMED[language].format(zone="Asia/Almaty (UTC+05:00)")
        place_of(browser, sentence)
        paragraph = re.search(r"<p[^>]*>" + re.escape(sentence), unescape(browser.page))
        assert paragraph is not None
        assert ON_PAPER not in paragraph[0]
        assert 'only-print">' in browser.page, "paper says which day was today"


def test_a_trail_says_by_which_clock_its_times_are(office: Office, night: Evening) -> None:
    there = filled.fill(office, night)
    ground = venued.fill(office, there).ground
    officer = Browser(office, contexts=filled.with_trail(office, night))
    officer.cookies.set("mesure", TOKENS["officer"])
    officer.open(f"/console/people/P-0042/trail/{ground}")
    place_of(officer, NAMED["en"].format(zone="Asia/Almaty (UTC+05:00)"))


def test_every_page_with_a_time_names_its_clock_at_least_on_paper(
    office: Office, night: Evening, there: Filled
) -> None:
    counted.fill(office)
    counted.sign_log(office)
    at = ServedOffice("", office, there, venued.fill(office, there))
    unnamed, twice = [], []
    contexts = filled.with_trail(office, night)
    browsers = {who: Browser(office, contexts=contexts) for who in (None, *TOKENS)}
    for name, token in TOKENS.items():
        browsers[name].cookies.set("mesure", token)
    for address, who in pages.addresses(at):
        browser = browsers[who]
        browser.open(address)
        assert browser.status == 200, address
        count = browser.page.count("Times are in the time zone")
        # The first week also says of the programme by which clock it goes.
        twice += [address] if count > 1 and address != "/office/first-week" else []
        main = browser.page.partition("<main")[2].partition("offline-age")[2] or browser.page
        unnamed += [address] if re.search(TIME, main) and not count else []
    assert unnamed == []
    assert twice == []


def test_a_programme_of_another_clock_still_sees_it_on_the_screen(
    office: Office, night: Evening, there: Filled
) -> None:
    [_, (person, _), _] = readers(office, night, there)
    person.open("/portal/nights")
    sentence = NAMED["en"].format(zone="Asia/Almaty")
    assert f'only-print">{sentence}' in person.page
    person.serve(replace(parts_of(office), zone=ZoneInfo("Europe/Paris")))
    person.open("/portal/nights")
    assert sentence in person.page
    assert f'only-print">{sentence}' not in person.page
