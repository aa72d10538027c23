"""Short things under one answer: in few presses, each with a finding of its own, none a breach."""

import re
from datetime import timedelta

import pytest

from mesure.incidents.brief import BriefAnswer
from tests.actions.house import Office
from tests.web import filled, silences
from tests.web.browsing import Browser
from tests.web.filled import MORNING_AFTER, NINE, Evening, Filled

DIGEST = "/console/digest"
OTHER = "P-0107"


def browser(office: Office, night: Evening, who: str) -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, night: Evening, there: Filled) -> Browser:
    """Return an officer with three short silences of two people, one under two conditions."""
    for name, condition in (("I-s1", "C1"), ("I-s2", "C2")):
        silences.add(office, night, name, condition, (NINE, timedelta(minutes=49)))
    span = (NINE + timedelta(hours=2), timedelta(minutes=35))
    silences.add(office, night, "I-s3", "C1", span, OTHER)
    return browser(office, night, "officer")


def boxes(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="checkbox" name="(line_\d+)" id="\w+" value="([^"]*)"', page))


def test_short_things_are_one_line_of_the_list(officer: Browser) -> None:
    officer.open("/console")
    assert "3 interruptions that soon ended by themselves" in officer.text
    assert "of 2 people" in officer.text
    assert "the longest 49 min" in officer.text
    assert "I-s1" not in officer.page


def test_one_answer_is_recorded_for_each_by_the_officer_who_gave_it(
    office: Office, night: Evening, officer: Browser
) -> None:
    officer.open(DIGEST)
    assert "checked" not in re.sub(r"<input type=\"checkbox\"[^>]*>", "", officer.page)
    assert sorted(boxes(officer.page).values()) == ["I-s1,I-s2", "I-s3", "I-silence"]
    officer.send(f"{DIGEST}/answer", **boxes(officer.page), answer="network", words="")
    assert officer.status == 200
    assert "Recorded for 4 incidents, in the history of each." in officer.text
    officer.open("/console")
    assert "interruption" not in officer.text
    for name, length in (("I-s1", "49 minutes"), ("I-s3", "35 minutes")):
        officer.open(f"/console/incidents/{name}")
        assert "there was no network" in officer.text
        assert f"It ended by itself after {length}." in officer.text
        assert "one answer to this and 2 other interruptions" in officer.text
        assert "there was no network, by Amina Bekova" in officer.text
    entered = [one for one in office.log() if one["action"] == "incidents.answer_brief"]
    assert sorted(one["facts"]["incident"] for one in entered) == [
        "I-s1", "I-s2", "I-s3", "I-silence",
    ]  # fmt: skip
    assert all(len(one["persons"]) == 1 for one in entered)


def test_opening_it_is_a_look_at_each_of_them(office: Office, officer: Browser) -> None:
    officer.open("/console")
    before = office.size()
    officer.open(DIGEST)
    looks = [one for one in office.log(before) if one["action"] == "incidents.show"]
    incidents = sorted(one["facts"]["incident"] for one in looks)
    assert incidents == ["I-s1", "I-s2", "I-s3", "I-silence"]
    assert {one["purpose"] for one in looks} == {"possible_breach"}


def test_a_link_from_elsewhere_opens_none_of_them(office: Office, officer: Browser) -> None:
    officer.headers_sent = {"Sec-Fetch-Site": "cross-site"}
    before = office.size()
    officer.open(DIGEST)
    assert "Serik" not in officer.text
    assert office.size() == before
    officer.headers_sent = {}
    officer.send(DIGEST)
    assert "Serik" in officer.text


def test_what_is_left_out_waits_on(officer: Browser) -> None:
    officer.open(DIGEST)
    fields = {name: value for name, value in boxes(officer.page).items() if value != "I-s3"}
    officer.send(f"{DIGEST}/answer", **fields, answer="cannot_tell", words="")
    assert boxes(officer.page) == {"line_1": "I-s3"}


@pytest.mark.parametrize("answer", ["breach", "tampering_referred", "excused", ""])
def test_no_answer_can_be_a_breach(office: Office, officer: Browser, answer: str) -> None:
    officer.open(DIGEST)
    offered = set(re.findall(r'type="radio" name="answer" value="([^"]*)"', officer.page))
    assert offered == {one.value for one in BriefAnswer}
    officer.send(f"{DIGEST}/answer", **boxes(officer.page), answer=answer, words="")
    assert officer.status == 422
    assert "Choose what you find." in officer.text
    assert not [one for one in office.log() if one["action"] == "incidents.answer_brief"]


def test_another_incident_is_not_let_in_by_its_name(
    office: Office, officer: Browser, there: Filled
) -> None:
    officer.open(DIGEST)
    officer.send(f"{DIGEST}/answer", line_1=there.incident, answer="network", words="")
    assert officer.status == 422
    assert "This has changed meanwhile." in officer.text
    assert not [one for one in office.log() if one["action"] == "incidents.answer_brief"]


def test_nothing_ticked_is_told(officer: Browser) -> None:
    officer.open(DIGEST)
    officer.send(f"{DIGEST}/answer", answer="network", words="")
    assert "Tick at least one." in officer.text


def test_what_was_added_is_read_with_each(officer: Browser) -> None:
    officer.open(DIGEST)
    words = "The operator reports a fault of the mast."
    officer.send(f"{DIGEST}/answer", **boxes(officer.page), answer="network", words=words)
    officer.open("/console/incidents/I-s2")
    assert words in officer.text


def test_a_slip_is_taken_back_for_each(officer: Browser) -> None:
    officer.open(DIGEST)
    officer.send(f"{DIGEST}/answer", **boxes(officer.page), answer="battery", words="")
    [also] = re.findall(r'name="also_1" value="([^"]*)"', officer.page)
    officer.send(f"{DIGEST}/take-back", also_1=also)
    assert officer.status == 422
    officer.send(f"{DIGEST}/take-back", also_1=also, taken_back="I meant the network.")
    assert len(boxes(officer.page)) == 3
    officer.open("/console/incidents/I-s1")
    assert "I meant the network." in officer.text


def test_after_the_time_for_it_nothing_is_taken_back(office: Office, officer: Browser) -> None:
    officer.open(DIGEST)
    officer.send(f"{DIGEST}/answer", **boxes(officer.page), answer="battery", words="")
    [also] = re.findall(r'name="also_1" value="([^"]*)"', officer.page)
    office.now = MORNING_AFTER + timedelta(minutes=11)
    officer.send(f"{DIGEST}/take-back", also_1=also, taken_back="I meant the network.")
    assert officer.status == 422
    assert "The time for this is over." in officer.text


def test_without_anything_short_the_page_says_so(
    office: Office, night: Evening, there: Filled
) -> None:
    second = browser(office, night, "supervisor")
    second.open(DIGEST)
    assert "Nothing of this kind waits." in second.text
