"""A person's page leads on from the latest possible breaches to those before."""

from datetime import timedelta

import pytest

from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import EndOrder
from mesure.web.console import person
from tests.actions.house import Office
from tests.web import filled
from tests.web.browsing import Browser
from tests.web.filled import ORDER_ID, PERSON, Evening, Filled


@pytest.mark.parametrize(("days", "is_due"), [(200, True), (30, False)])
def test_no_review_is_announced_for_after_an_early_end(
    office: Office, there: Filled, days: int, is_due: bool
) -> None:
    """The condition is to be reviewed by 1 July; 200 days from the morning is in September."""
    end = EndOrder(ORDER_ID, office.now + timedelta(days=days), "2-17/2026", "Lifted.")
    office.do(there.officer, court_orders.end, end)
    officer = Browser(office)
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    officer.open(f"/console/people/{PERSON}")
    assert ("Conditions to be reviewed" in officer.text) is is_due


@pytest.mark.parametrize("count", [1, 2, 30])
def test_every_possible_breach_is_reached_from_the_page(
    office: Office, night: Evening, there: Filled, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(person, "INCIDENTS_MAX", count)
    officer = Browser(office, contexts=filled.with_trail(office, night))
    officer.cookies.set("mesure", filled.TOKENS["officer"])
    address = f"/console/people/{PERSON}"
    awaited = {there.incident, there.earlier, there.silence}
    for _ in range(3):
        whole = officer.open(address)
        page = whole.partition('id="incidents"')[2].partition("</section>")[0]
        awaited -= {name for name in awaited if f'href="/console/incidents/{name}"' in page}
        _, _, link = page.partition(f'href="/console/people/{PERSON}?after=')
        if not link:
            break
        address = f"/console/people/{PERSON}?after={link.partition(chr(34))[0]}"
    assert awaited == set()
