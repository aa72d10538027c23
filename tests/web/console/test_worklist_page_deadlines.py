"""The list and the page say until when somebody looks and decides, and what was not agreed."""

from tests.actions.house import Office
from tests.web.console.test_routes_journeys import browser
from tests.web.filled import Evening, Filled


def test_opening_an_item_leaves_the_decision_due(
    office: Office, night: Evening, there: Filled
) -> None:
    officer = browser(office, night, "officer")
    officer.open("/console")
    assert "first look overdue by" in officer.text
    assert "decision due" not in officer.text  # The first clock to run out, and no more.
    for waiting in (there.incident, there.silence):
        officer.open(f"/console/incidents/{waiting}")
        assert "decision due" in officer.text
    officer.open("/console")
    assert "first look" not in officer.text
    assert "decision due" in officer.text


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
