"""A case goes on to a colleague with what they should know, and they confirm that they read it."""

import re

import pytest

from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Filled

ADDRESS = f"/console/people/{PERSON}/handover"
WORDS = "He starts work on Monday.\n\nHis foreman calls."


def browser(office: Office, who: str) -> Browser:
    opened = Browser(office)
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, there: Filled) -> Browser:
    opened = browser(office, "officer")
    opened.open(ADDRESS)
    return opened


@pytest.fixture
def second(office: Office, there: Filled) -> Browser:
    """Return the browser of a colleague who covers for the officer now."""
    return browser(office, "second")


def note_of(reader: Browser) -> str:
    match = re.search(rf'action="({ADDRESS}/[^/"]+)/confirm"', reader.page)
    assert match, "the page offers nothing to confirm"
    return match[1]


def test_what_stands_open_is_on_the_page_and_only_the_rest_is_typed(officer: Browser) -> None:
    facts = officer.text.partition("What the record says now")[2]
    for words in (
        "Open items",
        "Request for an absence",
        "C1",
        "Device",
        "TAG-7",
        "What comes next",
    ):
        assert words.casefold() in facts.casefold(), words
    officer.send(ADDRESS, text=WORDS)
    assert "His foreman calls." in officer.text
    assert "nobody has confirmed reading it" in officer.text
    assert "What stood open then" in officer.text
    assert "I have read it" not in officer.text


def test_the_colleague_finds_it_on_their_list_and_confirms(
    officer: Browser, second: Browser, office: Office
) -> None:
    officer.send(ADDRESS, text=WORDS)
    second.open("/console")
    assert "A hand-over note to read" in second.text
    supervisor = browser(office, "supervisor")
    supervisor.open("/console/officers")
    assert "Hand-over note for Bolat Seitov" in supervisor.text
    second.open(ADDRESS)
    note = note_of(second)
    second.send(f"{note}/confirm", versions="1")
    assert "Recorded." in second.text
    assert "read Bolat Seitov" in second.text
    second.open("/console")
    assert "A hand-over note to read" not in second.text
    supervisor.open("/console/officers")
    assert "Hand-over note for" not in supervisor.text
    second.open(ADDRESS)
    second.send(f"{note}/unconfirm")
    assert "nobody has confirmed reading it" in second.text


def test_the_person_and_counsel_read_it_and_no_officer_is_named(
    officer: Browser, office: Office
) -> None:
    officer.send(ADDRESS, text=WORDS)
    for who, page in (("person", "/portal/notes"), ("counsel", "/counsel/notes")):
        reader = browser(office, who)
        reader.open(page)
        assert "What one officer handed over to another" in reader.text
        part = reader.text.partition("What one officer handed over")[2]
        assert "His foreman calls." in part
        assert "Amina Bekova" not in part
        assert "Take it back" not in part


def test_it_is_corrected_openly_and_taken_back(officer: Browser) -> None:
    officer.send(ADDRESS, text=WORDS)
    match = re.search(rf'action="({ADDRESS}/[^/"]+)/correct"', officer.page)
    assert match
    officer.send(f"{match[1]}/correct", text="On Tuesday.", versions="1")
    assert "On Tuesday." in officer.text
    assert "What it said before it was corrected" in officer.text
    for versions in ("1", "2" * 5_000):
        officer.send(f"{match[1]}/correct", text="On Friday.", versions=versions)
        assert officer.status == 422
        officer.open(ADDRESS)
    officer.send(f"{match[1]}/correct", text="", versions="2")
    assert officer.status == 422
    officer.open(ADDRESS)
    officer.send(f"{match[1]}/take-back")
    assert "taken back" in officer.text
    officer.send(f"{match[1]}/take-back")
    assert officer.status in {404, 410, 422}


def test_an_empty_note_is_refused_beside_its_field(officer: Browser) -> None:
    officer.send(ADDRESS, text=" ")
    assert officer.status == 422
    assert "Write what should be recorded." in officer.text


def test_it_is_found_from_the_person_and_from_the_list_of_cases(officer: Browser) -> None:
    for page in (f"/console/people/{PERSON}", "/console/caseloads"):
        officer.open(page)
        assert f'href="{ADDRESS}"' in officer.page
    assert "hand-over note" in officer.text
