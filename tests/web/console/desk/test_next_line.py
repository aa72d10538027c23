"""Save and next: from one line to the next, in the order of the desk."""

import re

from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled


def browser(office: Office, night: Evening, who: str) -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


def test_saving_leads_to_what_waits_next_and_says_how_to_take_it_back(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/incidents/{there.incident}"
    officer.open("/console")
    lines = re.findall(r'class="line" href="([^"]*)"', officer.page)
    assert lines == [address, f"/console/absences/{there.absence}", "/console/digest"]
    officer.open(address)
    decided = {"finding": "cannot_tell", "reason": "Two paths differ.", "then": "next"}
    officer.send(f"{address}/finding", **decided)
    assert officer.address == f"/console/absences/{there.absence}"


def test_going_on_decides_nothing(office: Office, night: Evening, there: Filled) -> None:
    officer = browser(office, night, "officer")
    officer.open(f"/console/incidents/{there.incident}")
    before = office.size()
    officer.open(f"/console/next/{there.incident}")
    assert officer.address in {f"/console/absences/{there.absence}", "/console/digest"}
    assert "incidents.find" not in {one["action"] for one in office.log(before)}
    officer.open("/console/next/nothing-of-this-name")
    others = {f"/console/incidents/{there.incident}", f"/console/absences/{there.absence}"}
    assert officer.address in others


def test_behind_the_last_line_stands_the_list(
    office: Office, night: Evening, there: Filled
) -> None:
    supervisor = browser(office, night, "supervisor")
    supervisor.open("/console/next/I-9")
    assert supervisor.address == "/console"


def test_what_was_recorded_is_linked_by_its_name_only(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console?recorded=I-earlier")
    assert 'href="/console/incidents/I-earlier#finding"' in officer.page
    officer.open("/console?recorded=//elsewhere.example")
    assert "elsewhere" not in officer.page
