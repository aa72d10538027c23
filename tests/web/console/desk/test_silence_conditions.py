"""One silence under several conditions: one line, one answer, and a history of each."""

import re
from datetime import timedelta

import pytest

from tests.actions.house import Office
from tests.web import filled, silences
from tests.web.browsing import Browser
from tests.web.filled import NINE, Evening, Filled

LONG = timedelta(hours=5)
FIRST = "/console/incidents/I-n1"


def browser(office: Office, night: Evening, who: str) -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, night: Evening, there: Filled) -> Browser:
    """Return an officer with one long silence under four conditions."""
    for number in (1, 2, 3, 4):
        start = NINE - timedelta(minutes=number)
        silences.add(office, night, f"I-n{number}", f"C{number}", (start, LONG))
    return browser(office, night, "officer")


def test_it_is_one_line_that_says_how_many_conditions_it_touches(officer: Browser) -> None:
    officer.open("/console")
    assert "C1, C2 and 2 more" in officer.text
    assert officer.text.count("Silence: the device reported nothing") == 1
    assert "5 h 3 min" in officer.text


def test_one_answer_is_recorded_for_each_condition(office: Office, officer: Browser) -> None:
    officer.open(FIRST)
    assert "What else is part of this silence" in officer.text
    also = dict(re.findall(r'name="(also_\d)" value="(I-n\d)" checked', officer.page))
    assert sorted(also.values()) == ["I-n2", "I-n3", "I-n4"]
    officer.send(f"{FIRST}/finding", finding="battery", reason="The cable was broken.", **also)
    assert "Recorded here, and for 3 other parts of the silence." in officer.text
    entered = [
        entry["facts"]["incident"] for entry in office.log() if entry["action"] == "incidents.find"
    ]
    assert sorted(entered)[-4:] == ["I-n1", "I-n2", "I-n3", "I-n4"]
    for number in (1, 2, 3, 4):
        officer.open(f"/console/incidents/I-n{number}")
        assert "The cable was broken." in officer.text
        assert "the battery was empty, by Amina Bekova" in officer.text


def test_every_condition_is_looked_at_before_it_is_decided(
    office: Office, officer: Browser
) -> None:
    officer.open("/console")
    before = office.size()
    officer.open(FIRST)
    shown = [
        entry["facts"]["incident"]
        for entry in office.log(before)
        if entry["action"] == "incidents.show"
    ]
    assert sorted(shown) == ["I-n1", "I-n2", "I-n3", "I-n4"]


def test_what_is_left_out_keeps_waiting(officer: Browser) -> None:
    officer.open(FIRST)
    officer.send(
        f"{FIRST}/finding", finding="battery", reason="The cable was broken.", also_1="I-n2"
    )
    officer.open("/console")
    assert "C3, C4" in officer.text
    assert "and 2 more" not in officer.text


def test_a_slip_is_taken_back_for_all_of_them(officer: Browser) -> None:
    officer.open(FIRST)
    also = dict(re.findall(r'name="(also_\d)" value="(I-n\d)"', officer.page))
    officer.send(f"{FIRST}/finding", finding="battery", reason="The cable was broken.", **also)
    [names] = re.findall(r'name="also_1" value="([^"]*)"', officer.page)
    officer.send(f"{FIRST}/take-back", taken_back="It was the network.", also_1=names)
    officer.open("/console")
    assert "C1, C2 and 2 more" in officer.text


def test_what_is_chosen_stays_when_something_is_missing(officer: Browser) -> None:
    officer.open(FIRST)
    officer.send(f"{FIRST}/finding", finding="battery", reason="", also_2="I-n3")
    assert officer.status == 422
    assert re.findall(r'value="(I-n\d)" checked', officer.page) == ["I-n3"]
