"""The list of people: found by name, number, order or device, filtered, saved, and as a file."""

import csv
import io
from dataclasses import replace

import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.desk import overdue_things
from mesure.actions.framework.context import PROGRAM
from mesure.actions.records import case_deadlines
from mesure.incidents import deadlines
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import Evening, Filled

PEOPLE = "/console/people"
A_MINUTE = (
    "{unit: minutes, reason: agreed, reference: paper 7, "
    "values: [{from: 2000-01-01, value: 1, counts: all_hours}]}"
)


def browser(office: Office, night: Evening, who: str) -> Browser:
    opened = Browser(office, contexts=filled.with_trail(office, night))
    opened.cookies.set("mesure", filled.TOKENS[who])
    return opened


@pytest.fixture
def officer(office: Office, night: Evening, there: Filled) -> Browser:
    return browser(office, night, "officer")


@pytest.mark.parametrize("words", ["serik", "P-0042", "alm-2026", "tag-7", "Akhmetov 0042"])
def test_a_person_is_found_by_name_number_order_and_device(officer: Browser, words: str) -> None:
    officer.open(f"{PEOPLE}?q={words}")
    assert "Serik Akhmetov" in officer.text
    assert "Marat Tulegenov" not in officer.text
    assert "1 of 2" in officer.text


def test_the_list_says_how_things_are_now(officer: Browser) -> None:
    officer.open(PEOPLE)
    row = officer.text.partition("Serik Akhmetov")[2]
    assert "not heard yet" in row
    assert "3 2 overdue C1 begins today at 22:00" in row
    assert "2 people" in officer.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("waits=something", {"Serik"}),
        ("waits=nothing", {"Marat"}),
        ("waits=overdue", {"Serik"}),
        ("waits=breach&condition=C1", {"Serik"}),
        ("waits=contest", set()),
        ("condition=C2", set()),
        ("age=day", {"Serik"}),
        ("age=older", set()),
        ("device=never", {"Serik"}),
        ("device=none", {"Marat"}),
        ("device=well", set()),
    ],
)
def test_a_filter_shows_those_who_have_its_value(
    officer: Browser, query: str, shown: set[str]
) -> None:
    officer.open(f"{PEOPLE}?{query}")
    table = officer.page.partition("<tbody")[2]
    assert {name for name in ("Serik", "Marat") if name in table} == shown
    if not shown:
        assert "Nobody on this list matches your search and filters." in officer.text


def test_each_value_says_how_many_have_it(officer: Browser) -> None:
    officer.open(PEOPLE)
    assert "something (1)" in officer.text
    assert "no device (1)" in officer.text


def test_filters_are_kept_under_a_name_without_what_was_searched_for(officer: Browser) -> None:
    officer.open(f"{PEOPLE}?q=serik&device=never")
    officer.send("/console/views", name="", device="never")
    assert officer.status == 422
    officer.send("/console/views", name="Not heard yet", device="never")
    officer.open(PEOPLE)
    assert 'href="/console/people?device=never">Not heard yet</a>' in officer.page
    view = officer.page.partition('name="view" value="')[2].partition('"')[0]
    officer.send("/console/views/remove", view=view)
    assert 'name="view"' not in officer.page


def test_the_same_people_are_handed_over_as_a_file(
    office: Office, officer: Browser, there: Filled
) -> None:
    office.do(there.officer, persons.enter, EnterPerson("P-0200", "=cmd()", "en"))
    text = officer.open("/console/people.csv?waits=nothing")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["person"], row["name"]) for row in rows] == [
        ("P-0200", "'=cmd()"),
        ("P-0107", "Marat Tulegenov"),
    ]
    [row] = csv.DictReader(io.StringIO(officer.open("/console/people.csv?q=serik")))
    assert (row["orders"], row["devices"], row["open"]) == ("ALM-2026-0042", "tag-7", "3")
    assert row["next_condition"] == "C1"


def test_many_people_come_page_by_page(office: Office, officer: Browser, there: Filled) -> None:
    for number in range(150):
        name = f"Person {number:03}"
        office.do(there.officer, persons.enter, EnterPerson(f"N-{number:03}", name, "en"))
    officer.open(PEOPLE)
    assert officer.page.count('<a class="line"') == 100
    assert "152 people" in officer.text
    officer.open(f"{PEOPLE}?page=2")
    assert officer.page.count('<a class="line"') == 52
    for page in ("0", "99", "x", "-1"):
        officer.open(f"{PEOPLE}?page={page}")
        assert officer.status == 200


def test_a_supervisor_finds_everybody_and_sees_whose_work_is_overdue(
    office: Office, night: Evening, there: Filled
) -> None:
    supervisor = browser(office, night, "supervisor")
    supervisor.open(f"{PEOPLE}?scope=*&q=serik")
    assert "Serik Akhmetov" in supervisor.text
    supervisor.open(f"{PEOPLE}?scope={there.officer.account}")
    assert "2 people" in supervisor.text
    supervisor.open("/console")
    assert "Nothing waits for you alone." in supervisor.text
    assert 'href="/console/officers"' in supervisor.page
    supervisor.open("/console/officers")
    assert "2 things are overdue." in supervisor.text
    row = supervisor.text.partition("are overdue.")[2]
    assert "Amina Bekova 2" in row
    assert "Bolat Seitov is covering" in row
    assert 'href="/console/caseloads?of=Amina+Bekova"' in supervisor.page
    supervisor.open("/console/people?scope=Amina+Bekova&waits=overdue")
    assert "Serik" in supervisor.text


def test_what_was_left_after_its_deadline_is_brought_to_the_supervisor(
    office: Office, night: Evening, there: Filled
) -> None:
    names = "decide_place", "decide_device", "bring_overdue"
    rules = "".join(f"  {name}: {A_MINUTE}\n" for name in names)
    text = f"deadlines: ours\nversion: 2\nrules:\n{rules}"
    ours = deadlines.read("ours.yaml", text.encode(), case_deadlines.default())
    office.procedure = replace(office.procedure, deadlines=ours)
    overdue_things.bring_if_any(office.context(PROGRAM))
    supervisor = browser(office, night, "supervisor")
    supervisor.open("/console")
    assert "2 things are still undone a while after their deadline" in supervisor.text
    supervisor.open("/console/officers")
    assert "2; brought to you: 2" in supervisor.text
    left = supervisor.text.partition("Undone after the deadline")[2]
    assert left.count("Serik Akhmetov") == 2
    assert "overdue by" in left
    assert "Amina Bekova" in left
    officer = browser(office, night, "officer")
    officer.open("/console")
    assert "your supervisor knows" in officer.text


def test_an_officer_cannot_ask_for_another_list(officer: Browser, there: Filled) -> None:
    officer.open(f"{PEOPLE}?scope=*")
    assert "2 people" in officer.text
    assert 'name="scope"' not in officer.page.partition("Saved views")[0]
