"""An officer writes a note, corrects it openly, and the person and counsel read both."""

import pytest

from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Filled

ADDRESS = f"/console/people/{PERSON}/notes"
FIELDS = {
    "kind": "call",
    "happened_day": "2026-03-11",
    "happened_time": "17:30",
    "text": "He works on Saturdays.\n\nHe sends the contract.",
}


def browser(office: Office, who: str) -> Browser:
    opened = Browser(office)
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, there: Filled) -> Browser:
    opened = browser(office, "officer")
    opened.open(ADDRESS)
    return opened


def note_of(officer: Browser) -> str:
    """Return the address of the note that the page lists first."""
    return ADDRESS + "/" + officer.page.partition(f'href="{ADDRESS}/')[2].partition('"')[0]


def test_a_note_is_written_and_read_by_everybody_concerned(
    office: Office, officer: Browser
) -> None:
    officer.send(ADDRESS, **FIELDS)
    assert officer.status == 200
    assert "He sends the contract." in officer.text
    assert "Telephone call" in officer.text
    for who, page in (("person", "/portal/notes"), ("counsel", "/counsel/notes")):
        reader = browser(office, who)
        reader.open(page)
        assert "He works on Saturdays." in reader.text
        assert "Correct it" not in reader.text
    reader = browser(office, "person")
    reader.open("/portal/more")
    assert 'href="/portal/notes"' in reader.page
    officer.open(f"/console/people/{PERSON}")
    assert f'href="{ADDRESS}"' in officer.page


def test_a_correction_stands_beside_what_was_written_first(
    office: Office, officer: Browser
) -> None:
    officer.send(ADDRESS, **FIELDS)
    note = note_of(officer)
    officer.open(note)
    assert "He sends the contract." in officer.text
    officer.send(note, **{**FIELDS, "text": "On Sundays."}, versions="1")
    assert officer.status == 200
    reader = browser(office, "person")
    reader.open("/portal/notes")
    for words in ("On Sundays.", "What it said before it was corrected", "He works on Saturdays."):
        assert words in reader.text
    for versions in ("1", "2" * 5_000):
        officer.open(note)
        officer.send(note, **FIELDS, versions=versions)
        assert officer.status == 422
        assert "He works on Saturdays." in officer.page


def test_it_is_taken_back_at_once_and_not_later(office: Office, officer: Browser) -> None:
    officer.send(ADDRESS, **FIELDS)
    officer.send(f"{note_of(officer)}/take-back")
    assert officer.status == 200
    assert "A note was written here by mistake and taken back" in officer.text
    officer.send(ADDRESS, **{**FIELDS, "text": "Another."})
    note = note_of(officer)
    office.later(minutes=11)
    officer.open(ADDRESS)
    assert f"{note}/take-back" not in officer.page
    officer.send(f"{note}/take-back")
    assert officer.status == 422
    assert "Correct it; the person reads both." in officer.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "", "Write what should be recorded."),
        ("kind", "gossip", "Choose what it was."),
        ("happened_day", "2027-01-01", "This day has not come yet."),
        ("happened_time", "noon", "This is not a time of day."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    officer: Browser, field: str, value: str, sentence: str
) -> None:
    officer.send(ADDRESS, **{**FIELDS, field: value})
    assert officer.status == 422
    assert sentence in officer.text
    if field != "text":
        assert "He sends the contract." in officer.page


def test_a_note_of_nobody_is_not_there(officer: Browser) -> None:
    officer.open(f"{ADDRESS}/N-nothing")
    assert officer.status == 404


# In Almaty the hour from 23:00 to 24:00 happened twice on 29 February 2024.
TWICE = {**FIELDS, "happened_day": "2024-02-29", "happened_time": "23:30"}


def test_a_note_of_an_hour_that_happened_twice_says_which(officer: Browser) -> None:
    officer.send(ADDRESS, **TWICE)
    assert officer.status == 422
    assert "this time happens twice" in officer.text
    assert "He sends the contract." in officer.page
    for words in ("23:30 (UTC+06:00)", "23:30 (UTC+05:00)"):
        assert words in officer.text
    officer.send(ADDRESS, **TWICE, happened_which="second")
    assert officer.status == 200
    assert "23:30 (UTC+05:00)" in officer.text


def test_a_note_that_is_corrected_keeps_its_hour(officer: Browser) -> None:
    officer.send(ADDRESS, **TWICE, happened_which="second")
    note = note_of(officer)
    officer.open(note)
    assert 'name="happened_which" value="second" checked' in officer.page
    kept = officer.page.partition('name="happened_kept" value="')[2].partition('"')[0]
    assert kept == "1709231400000000"
    corrected = {**TWICE, "text": "On Sundays.", "happened_kept": kept, "versions": "1"}
    officer.send(note, **corrected)
    assert officer.status == 200
    assert "On Sundays." in officer.text
    assert "23:30 (UTC+06:00)" not in officer.text
