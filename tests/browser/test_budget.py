"""How much a page costs on an old phone and a slow network."""

from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.web.console import test_worklist_page_full as full_desk
from tests.web.filled import Evening

KILOBYTE = 1024


@pytest.mark.parametrize(
    ("who", "address", "bytes_max", "requests_max"),
    [
        (None, "/sign-in/card", 60 * KILOBYTE, 6),
        ("person", "/portal", 100 * KILOBYTE, 8),
        ("officer", "/console", 100 * KILOBYTE, 8),
        ("officer", "/console/people/P-0042", 120 * KILOBYTE, 9),
        ("officer", "/console/incidents/{incident}", 130 * KILOBYTE, 10),
        ("supervisor", "/console/caseloads", 100 * KILOBYTE, 8),
        ("supervisor", "/console/requests", 100 * KILOBYTE, 8),
        ("inspector", "/inspector", 120 * KILOBYTE, 8),
        ("inspector", "/inspector/log", 100 * KILOBYTE, 8),
        ("counsel", "/counsel", 100 * KILOBYTE, 8),
        ("counsel", "/counsel/incidents/{incident}", 130 * KILOBYTE, 10),
    ],
)
def test_a_first_screen_is_small(
    read_only: ServedOffice,
    open_page: Any,
    who: str | None,
    address: str,
    bytes_max: int,
    requests_max: int,
) -> None:
    visit = open_page(read_only, who, service_workers="block")
    visit.open(address.format(incident=read_only.there.incident))
    visit.page.wait_for_load_state("networkidle")
    hold_costs(visit.page, bytes_max, requests_max)


def hold_costs(page: Any, bytes_max: int, requests_max: int) -> None:
    """Hold a page to what it may load, and to nothing but its style being waited for."""
    loaded = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".map(one => [one.name, one.transferSize, one.renderBlockingStatus])"
    )
    size = sum(weight for _, weight, _ in loaded)
    assert size <= bytes_max, f"{page.url}: {size} bytes"
    assert len(loaded) <= requests_max, f"{page.url}: {len(loaded)} requests"
    waited_for = [name for name, _, blocking in loaded if blocking == "blocking"]
    assert [name for name in waited_for if not name.endswith(".css")] == []
    assert len(waited_for) == 1, f"{page.url} waits for {waited_for}"


def test_two_hundred_things_and_people_cost_little_more(
    fresh: ServedOffice, night: Evening, open_page: Any
) -> None:
    """What makes pages paint soon on a slow processor; how soon is measured by `make bench`."""
    full_desk.fill(fresh.office, night, fresh.there)
    full_desk.fill_people(fresh.office, fresh.there)
    officer = open_page(fresh, "officer", viewport={"width": 360, "height": 740})
    officer.open("/console")
    assert officer.page.locator("a.line").count() > full_desk.ITEMS
    hold_costs(officer.page, 200_000, 8)
    # Of the second page the style and the script are there already.
    officer.open("/console/people")
    assert officer.page.locator("main tbody tr").count() == 100, "a page of the list is full"
    hold_costs(officer.page, 200_000, 8)


def test_a_second_page_asks_for_itself_alone(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "person", service_workers="block")
    visit.open("/portal")
    visit.open("/portal/absences")
    visit.page.wait_for_load_state("networkidle")
    fetched = visit.page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.transferSize > 0)"
        ".map(one => one.name)"
    )
    assert [name for name in fetched if "/static/" in name and "/mark." not in name] == []


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("person", "/portal"),
        ("officer", "/console"),
        ("officer", "/console/incidents/{incident}"),
        ("supervisor", "/console/caseloads"),
        ("inspector", "/inspector"),
        ("counsel", "/counsel"),
        ("counsel", "/counsel/incidents/{incident}"),
    ],
)
def test_it_paints_soon_on_a_slow_phone(
    read_only: ServedOffice, open_page: Any, who: str, address: str
) -> None:
    visit = open_page(read_only, who, viewport={"width": 360, "height": 740})
    slow = visit.context.new_cdp_session(visit.page)
    slow.send("Network.enable")
    kilobits = {"downloadThroughput": 50_000, "uploadThroughput": 20_000, "latency": 300}
    slow.send("Network.emulateNetworkConditions", {"offline": False, **kilobits})
    visit.open(address.format(incident=read_only.there.incident))
    painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    assert until(visit.page, painted) < 3_000
