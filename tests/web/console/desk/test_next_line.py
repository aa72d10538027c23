"""Save and next: from one line to the next, in the order of the desk."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions.cases import work_lines
from mesure.actions.cases.incident_signals import IncidentSignals
from mesure.actions.cases.work_lines import Desk
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.incidents.finding import ReviewStage
from mesure.web.console.desk import next_line
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


EIGHT = datetime(2026, 3, 12, 3, tzinfo=UTC)  # In the morning, in Almaty.
# Of the night before: two things of one person, and what is not due yet.
NIGHT = {"away": ("P-1", -9), "silent": ("P-1", -7), "left": ("P-2", -8), "soon": ("P-3", -1)}


def work_item(name: str, *, is_seen: bool, is_brief: bool = False) -> WorkItem:
    """Return an incident of the night: looking is due after four hours, deciding days later."""
    person, hours = NIGHT.get(name, ("P-4", -6))
    since_at = EIGHT + timedelta(hours=hours)
    look_by, decide_by = since_at + timedelta(hours=4), since_at + timedelta(days=5)
    due_at = decide_by if is_seen else look_by
    return WorkItem(
        WorkItemType.INCIDENT, name, person, person, since_at, due_at, due_at <= EIGHT,
        kind="silent" if name == "silent" or is_brief else "absent", condition="C1",
        start_at=since_at, end_at=EIGHT, stage=ReviewStage.SEEN if is_seen else ReviewStage.OPENED,
        look_by=None if is_seen else look_by, decide_by=decide_by,
        signals=IncidentSignals(is_brief=is_brief),
    )  # fmt: skip


@pytest.mark.parametrize(
    "next_address", [next_line.address_behind, next_line.next_of], ids=["leave", "decide"]
)
def test_whoever_goes_on_comes_by_every_line_once_and_stays_with_a_person(
    next_address: Callable[[Desk, str], str],
) -> None:
    """Opening a line stops its first clock, and so moves it on the desk under its reader."""
    names = [*NIGHT]
    at, visited, decided = names[0], [names[0]], set[str]()
    for _ in names:
        items = [work_item(one, is_seen=one in visited) for one in names if one not in decided]
        desk = work_lines.arrange(
            [*items, work_item("doze", is_seen=False, is_brief=True)],
            work_lines.lengths_on(EIGHT.date()),
        )
        address = next_address(desk, at)
        if next_address is next_line.next_of:
            decided.add(at)
        at = address.rpartition("/")[2]
        visited.append(at)
    assert visited == ["away", "silent", "left", "soon", "digest"]
