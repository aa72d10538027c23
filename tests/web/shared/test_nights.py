"""A day of the calendar leads to what happened on it, for each reader to a page of their own."""

import pytest

from mesure.actions.desk import absence_lists
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AnswerAbsence
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import PERSON, Evening, Filled


@pytest.mark.parametrize(
    ("who", "page", "incident"),
    [
        ("officer", f"/console/people/{PERSON}", "/console/incidents/{}"),
        ("person", "/portal/nights", "/portal/notices/{}"),
        ("counsel", "/counsel/nights", "/counsel/incidents/{}"),
    ],
)
def test_a_day_leads_to_what_happened_on_it(
    office: Office, night: Evening, there: Filled, who: str, page: str, incident: str
) -> None:
    reader = Browser(office, contexts=filled.with_trail(office, night))
    reader.cookies.set("mesure", filled.TOKENS[who])
    reader.open(page)
    calendar = reader.page.partition('class="months"')[2]
    assert f'href="{incident.format(there.incident)}"' in calendar
    assert "something waits to be decided" in reader.text
    assert "absence granted" in reader.text


def test_a_granted_absence_stands_in_the_calendar(
    office: Office, night: Evening, there: Filled
) -> None:
    reader = Browser(office, contexts=filled.with_trail(office, night))
    reader.cookies.set("mesure", filled.TOKENS["person"])
    reader.open("/portal/nights")
    assert "Authorised absence" not in reader.text
    office.do(there.officer, absences.answer, AnswerAbsence(there.absence, True, "Enjoy it."))
    reader.open("/portal/nights")
    assert "Authorised absence" in reader.text
    assert 'href="/portal/absences"' in reader.page.partition('class="months"')[2]
    listed = office.do(there.officer, absence_lists.absences_of_all, EmptyRequest()).absences
    assert there.absence in {one.shown.absence for one in listed}
