"""Who looked: by person, by days and by words, all in words; the search is in the log itself."""

import re

import pytest

from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.oversight import inspection
from mesure.privacy.purposes import Purpose
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Evening, Filled

LOOKS = "/inspector/looks"
DAYS = "first_day=2026-03-01&last_day=2026-03-31"
SPAN = "Choose a time that ends after it begins and is not too long."


@pytest.fixture
def inspector(office: Office, night: Evening, there: Filled) -> Browser:
    request = IncidentRequest(
        incident=there.incident, purpose=Purpose.POSSIBLE_BREACH, case_number="N-77"
    )
    office.do(there.officer, incident_review.show, request)
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS["inspector"])
    return opened


def search_looks(inspector: Browser, query: str) -> list[str]:
    """Return the rows that a search finds, as text."""
    inspector.open(f"{LOOKS}?search=1&case_number=I-7&{DAYS}&{query}")
    rows = re.findall(r"<tr><th[^>]* scope=\"row\">.*?</tr>", inspector.page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_who_looked_at_a_person_is_found_in_words(inspector: Browser) -> None:
    rows = search_looks(inspector, f"person={PERSON}&words=possible+breach")
    [row] = [one for one in rows if "N-77" in one]
    assert "Amina Bekova, officer" in row
    assert "opened a possible breach, a silence or an event of the device" in row
    assert "incidents.show" not in inspector.text


@pytest.mark.parametrize("words", ["n-77", "OPENED A POSSIBLE", "bekova", PERSON.lower()])
def test_words_are_found_in_what_was_done_in_names_and_in_numbers(
    inspector: Browser, words: str
) -> None:
    assert any("N-77" in row for row in search_looks(inspector, f"words={words}"))


def test_words_that_stand_nowhere_find_nothing(inspector: Browser) -> None:
    assert search_looks(inspector, "words=zebra") == []
    assert "Nothing was found." in inspector.text


def test_another_person_has_other_lines(inspector: Browser) -> None:
    assert not [row for row in search_looks(inspector, "person=P-0107") if "N-77" in row]


def test_the_search_is_entered_without_its_words(office: Office, inspector: Browser) -> None:
    search_looks(inspector, f"person={PERSON}&words=bekova")
    entered = [one for one in office.log() if one["action"] == "inspection.looks"][-1]
    assert entered["persons"] == [PERSON]
    assert entered["facts"] == {"searched": "looks", "case_number": "I-7"}


@pytest.mark.parametrize(
    ("query", "field", "fault"),
    [
        ("first_day=2026-03-01&last_day=x&case_number=I-7", "last_day", "This is not a day."),
        ("first_day=2026-03-02&last_day=2026-03-01&case_number=I-7", "last_day", SPAN),
        ("first_day=2026-01-01&last_day=2026-12-31&case_number=I-7", "last_day", SPAN),
        (f"{DAYS}&case_number=", "case_number", "Enter the number of the case."),
    ],
)
def test_what_cannot_be_searched_is_told(
    inspector: Browser, query: str, field: str, fault: str
) -> None:
    inspector.open(f"{LOOKS}?search=1&{query}")
    assert inspector.status == 422
    assert fault in inspector.text
    assert f'id="{field}-fault"' in inspector.page


def test_somebody_unknown_is_refused(inspector: Browser) -> None:
    inspector.open(f"{LOOKS}?search=1&case_number=I-7&{DAYS}&person=P-9999")
    assert inspector.status in {403, 404, 422}


def test_at_first_a_week_is_offered(inspector: Browser) -> None:
    inspector.open(LOOKS)
    assert 'value="2026-03-06"' in inspector.page
    assert 'value="2026-03-12"' in inspector.page


def test_an_officer_does_not_search(office: Office, night: Evening, there: Filled) -> None:
    officer = Browser(office, contexts=filled.with_trail(office, night))
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    officer.open(LOOKS)
    assert officer.status == 403


def test_a_search_goes_on_where_it_stopped(
    inspector: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "PAGES_MAX", 1)
    monkeypatch.setattr(inspection, "PAGE", 3)
    rows = search_looks(inspector, f"person={PERSON}")
    while '<nav class="pages' in inspector.page:
        later = inspector.page.partition('<nav class="pages')[2].partition('href="')[2]
        inspector.open(later.partition('"')[0].replace("&amp;", "&"))
        rows += re.findall(r"<tr><th[^>]* scope=\"row\">.*?</tr>", inspector.page, re.DOTALL)
    entries = [row.rpartition("entry=")[2].partition('"')[0] for row in rows if "entry=" in row]
    assert len(entries) == len(set(entries))
    assert any("N-77" in row for row in rows)
