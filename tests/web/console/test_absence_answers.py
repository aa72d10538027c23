"""An officer allows an absence that nobody asked for."""

from datetime import timedelta

import pytest

from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import AbsencesRequest, RequestAbsence
from mesure.actions.orders.court_orders import EndOrder
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import ORDER_ID, PERSON, Filled


@pytest.fixture
def officer(office: Office, there: Filled) -> Browser:
    browser = Browser(office)
    browser.cookies.set("mesure", filled.TOKENS["officer"])
    return browser


def test_an_absence_is_allowed_unasked(office: Office, officer: Browser, there: Filled) -> None:
    page = f"/console/people/{PERSON}/absences/give"
    officer.open(f"/console/people/{PERSON}")
    assert f'href="{page}"' in officer.page
    officer.open(page)
    assert "told" not in officer.text, "nothing is set up here that would tell anybody"
    officer.send(page)
    assert officer.status == 422
    assert "Tick what the absence is about." in officer.text
    day = (office.now + timedelta(days=3)).date().isoformat()
    span = {"from_day": day, "from_time": "20:00", "until_day": day, "until_time": "23:30"}
    fields = {"duty_1": f"{ORDER_ID} C1", "reason": "A concert of the choir."}
    officer.send(page, **fields, **span | {"until_time": "19:00"})
    assert officer.status == 422
    assert "A concert of the choir." in officer.page
    officer.send(page, **fields, **span)
    assert officer.status == 200
    absence_rows = office.do(there.officer, absences.list_absences, AbsencesRequest(PERSON))
    [absence] = [one.kept for one in absence_rows if one.kept.how == "given"]
    assert (absence.stage, absence.conditions) == ("granted", ("C1",))


def test_the_page_says_when_an_absence_came_in_and_whether_it_is_to_be_answered(
    office: Office, officer: Browser, there: Filled
) -> None:
    request = RequestAbsence(
        order=ORDER_ID,
        conditions=("C1",),
        start_at=office.now,
        until_at=office.now + timedelta(hours=1),
        reason="The choir.",
    )
    given = office.do(there.officer, absences.give, request)
    notified = office.do(there.person, absences.notify_departure, request)
    declared = office.do(there.person, absences.declare_emergency, request)
    for absence, words, is_due in (
        (there.absence, "Asked", True),
        (notified, "We learned of it", True),
        (declared, "We learned of it", True),
        (given, "Entered", False),
    ):
        officer.open(f"/console/absences/{absence}")
        assert f"<dt>{words}</dt>" in officer.page
        assert ("<dt>Answer due</dt>" in officer.page) == is_due


def test_all_absences_of_a_person_are_within_reach_and_what_waits_stands_first(
    office: Office, officer: Browser, there: Filled
) -> None:
    for day in range(3, 12):
        start_at = office.now + timedelta(days=day)
        request = RequestAbsence(
            order=ORDER_ID,
            conditions=("C1",),
            start_at=start_at,
            until_at=start_at + timedelta(hours=1),
            reason="The choir.",
        )
        office.do(there.officer, absences.give, request)
    page = officer.open(f"/console/people/{PERSON}").partition('id="absences"')[2]
    assert page.index(f'/absences/{there.absence}"') < page.index("<details")
    rows = office.do(there.officer, absences.list_absences, AbsencesRequest(PERSON))
    assert [row.absence for row in rows if f'/absences/{row.absence}"' not in officer.page] == []
    assert f"More absences: {len(rows) - 8}" in officer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "not needed: the order ends first"),
        ("fr", "sans objet\u00a0: la décision prend fin avant"),
        ("ru", "не требуется: решение закончится раньше"),
        ("kk", "қажет емес: шешім одан бұрын аяқталады"),
    ],
)
def test_a_request_beyond_an_early_end_asks_for_no_answer(
    office: Office, officer: Browser, there: Filled, language: str, words: str
) -> None:
    end = EndOrder(ORDER_ID, office.now + timedelta(days=1), "2-17/2026", "Lifted.")
    office.do(there.officer, court_orders.end, end)
    person = Browser(office)
    person.cookies.set("mesure", filled.TOKENS["person"])
    for reader in (officer, person):
        reader.cookies.set("mesure_language", language)
    officer.open(f"/console/absences/{there.absence}")
    assert 'name="grants"' not in officer.page
    person.open("/portal/absences")
    for reader in (officer, person):
        assert words in reader.page
    officer.open("/console")
    assert there.absence not in officer.page
