"""The list and the page say until when somebody looks and decides, and what was not agreed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from mesure.actions.cases.work_lines import WorkLine
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.machine import texts
from mesure.web.console import worklist_page
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts
from tests.actions.house import Office
from tests.web.console.test_routes_journeys import browser
from tests.web.filled import Evening, Filled

RAISED = datetime(2026, 2, 18, 8, tzinfo=UTC)


def test_opening_an_item_leaves_the_decision_due(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console")
    assert "first look overdue by" in officer.text
    assert "finding due" not in officer.text  # The first clock to run out, and no more.
    for waiting in (there.incident, there.silence):
        officer.open(f"/console/incidents/{waiting}")
        assert "finding due" in officer.text
    officer.open("/console")
    assert "first look" not in officer.text
    assert "finding due" in officer.text


def test_a_line_says_by_which_clock_it_is_overdue_and_no_more() -> None:
    """A strap that was open three weeks ago: nobody looked at it, then somebody did."""
    visit = SimpleNamespace(
        texts=PageTexts(texts.catalogue("en")),
        context=SimpleNamespace(now=RAISED + timedelta(days=22)),
        parts=SimpleNamespace(zone=ZoneInfo("UTC")),
    )
    strap = WorkItem(
        what=WorkItemType.INCIDENT,
        id="I-1",
        person="P-1",
        name="P-1",
        since_at=RAISED,
        due_at=RAISED,
        is_overdue=True,
        kind="strap",
        end_at=RAISED,
        look_by=RAISED,
        decide_by=RAISED + timedelta(days=7),
    )
    for item, words in (
        (strap, "first look overdue by 22\xa0days"),
        (msgspec.structs.replace(strap, look_by=None), "finding overdue by 15\xa0days"),
    ):
        tags = worklist_page.tags_of(WorkLine((item,)), cast(PageVisit, visit))
        assert list(tags) == [(words, "amiss")]


def test_what_a_second_officer_does_not_agree_to_comes_back_as_not_agreed(
    office: Office, night: Evening, there: Filled
) -> None:
    officer, address = browser(office, night, "officer"), f"/console/incidents/{there.incident}"
    officer.open(address)
    officer.send(f"{address}/finding", finding="breach", reason="Two paths show the way out.")
    officer.open("/console")
    assert address not in officer.page
    supervisor = browser(office, night, "supervisor")
    supervisor.open(address)
    supervisor.send(f"{address}/second-look", agrees="no")
    assert supervisor.status == 422
    supervisor.send(f"{address}/second-look", agrees="no", disagrees="The kiosk is next door.")
    assert "not agreed by a second officer: Gulnara Ospanova" in supervisor.text
    assert "The kiosk is next door." in supervisor.text
    officer.open("/console")
    line = officer.page.partition(f'href="{address}"')[2].partition("</a>")[0]
    assert ">not agreed<" in line
    officer.open(f"/console/people/{there.person.person}")
    assert "not agreed" in officer.text
