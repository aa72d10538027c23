"""The key of one person is lost: caseworkers read of everybody else, and who it is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import BarRequest
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import RecordGround
from mesure.privacy.purposes import Purpose
from mesure.web import languages
from tests.actions import house
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

LOST = {
    "en": "This record cannot be read: its key is lost. The operator should restore the newest "
    "copy of keys.db, then run mesurectl keys check.",
    "fr": "Ce dossier ne peut pas être lu : sa clé est perdue.",
    "ru": "Эту запись нельзя прочитать: её ключ утерян.",
    "kk": "Бұл жазбаны оқу мүмкін емес: оның кілті жоғалған.",
}
OTHER = "P-0107"
WHO = [  # Who asks, for which page, and whether the other person is on it.
    ("officer", "/console", False),
    ("officer", "/console/people", True),
    ("officer", "/console/absences", False),
    ("officer", "/console/devices", False),
    ("officer", "/console/caseloads", True),
    ("supervisor", "/console", False),
    ("supervisor", "/console/people?scope=*", True),
    ("supervisor", "/console/people?scope={officer}", True),
    ("supervisor", "/console/devices", False),
    ("supervisor", "/console/caseloads?of={officer}", True),
]
ASKED = [
    ("officer", "/api/v1/today", False),
    ("officer", "/api/v1/caseload", True),
    ("officer", "/api/v1/caseload/overview", True),
    ("supervisor", "/api/v1/today", False),
    ("supervisor", "/api/v1/caseload?officer={officer}", True),
    ("supervisor", "/api/v1/caseload/overview?everybody=true", True),
]


@pytest.fixture
def keyless(office: Office, there: Filled, tmp_path: Path) -> Filled:
    start_at = office.now - timedelta(days=1)
    request = RecordGround(filled.PERSON, Purpose.COURT, "N-1", start_at, office.now, "Asked for.")
    office.do(there.officer, grounds.record, request)  # A supervisor has to answer.
    house.lose_key(tmp_path, filled.PERSON)
    return there


def browser(office: Office, night: Evening, who: str, language: str = "en") -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    opened.cookies.set(languages.COOKIE, language)
    return opened


def open_page(
    office: Office, night: Evening, lost: Filled, who: str, address: str, language: str = "en"
) -> Browser:
    shown = browser(office, night, who, language)
    shown.open(address.format(officer=lost.officer.account))
    assert shown.status == 200, shown.text
    return shown


@pytest.mark.parametrize(("who", "address", "has_other"), WHO)
def test_every_page_names_whose_key_is_lost_and_shows_the_others(
    office: Office, night: Evening, keyless: Filled, who: str, address: str, has_other: bool
) -> None:
    shown = open_page(office, night, keyless, who, address)
    assert filled.PERSON in shown.text
    assert LOST["en"] in shown.text
    assert ("Marat Tulegenov" in shown.text) is has_other
    assert "Serik" not in shown.text


@pytest.mark.parametrize(("who", "address", "has_other"), ASKED)
def test_every_list_of_the_api_names_whose_key_is_lost(
    office: Office, night: Evening, keyless: Filled, who: str, address: str, has_other: bool
) -> None:
    shown = open_page(office, night, keyless, who, address)
    rows = [row for row in json.loads(shown.page)["items"] if row["person"] == filled.PERSON]
    assert [row["name"] for row in rows] == [filled.PERSON]
    assert rows[0].get("what", "unreadable") == "unreadable"
    assert not rows[0].get("is_readable", False)
    assert ("Marat Tulegenov" in shown.page) is has_other


@pytest.mark.parametrize("language", sorted(LOST))
def test_what_to_do_is_said_in_the_readers_language(
    office: Office, night: Evening, keyless: Filled, language: str
) -> None:
    for address in ("/console", "/console/people", "/console/absences"):
        shown = open_page(office, night, keyless, "officer", address, language)
        assert LOST[language] in shown.text
    shown.open(f"/console/people/{filled.PERSON}")
    assert shown.status == 404
    assert LOST[language] in shown.text, "it is not said that it was erased"


def test_the_file_of_people_says_whose_record_can_be_read(
    office: Office, night: Evening, keyless: Filled
) -> None:
    shown = open_page(office, night, keyless, "officer", "/console/people.csv")
    lines = {line.split(",")[0]: line for line in shown.page.splitlines()}
    assert lines[filled.PERSON].endswith(",False")
    assert lines[OTHER].endswith(",True")


def test_whoever_is_barred_stays_barred_where_the_key_is_lost(
    office: Office, night: Evening, keyless: Filled
) -> None:
    office.do(keyless.supervisor, caseload.bar, BarRequest(filled.PERSON, keyless.officer.account))
    office.do(keyless.supervisor, caseload.bar, BarRequest(filled.PERSON, keyless.second.account))
    # Being barred ends one's sessions.
    filled.begin_session(office, keyless.officer.account, filled.TOKENS["officer"])
    for address in (address for who, address, _ in (*WHO, *ASKED) if who == "officer"):
        shown = browser(office, night, "officer")
        shown.open(address)
        assert shown.status == 200
        assert filled.PERSON not in shown.page
    shown.open(f"/console/people/{filled.PERSON}")
    assert (shown.status, LOST["en"] in shown.text) == (403, False)


def test_whoever_was_erased_a_moment_ago_is_on_no_list(
    office: Office, night: Evening, there: Filled
) -> None:
    office.keyring.forget(filled.PERSON, 1)  # The rows go after the key.
    for who, address, has_other in (*WHO, *ASKED):
        shown = open_page(office, night, there, who, address)
        assert filled.PERSON not in shown.text
        assert ("Marat Tulegenov" in shown.text) is has_other
