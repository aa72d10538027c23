"""How much a page costs on an old phone and a slow network."""

from typing import Any

import pytest

from tests.browser.conftest import Served, until

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
    read_only: Served,
    watched: Any,
    who: str | None,
    address: str,
    bytes_max: int,
    requests_max: int,
) -> None:
    visit = watched(read_only, who, service_workers="block")
    visit.open(address.format(incident=read_only.there.incident))
    visit.page.wait_for_load_state("networkidle")
    sizes = visit.page.evaluate(
        "['navigation', 'resource'].flatMap(one => performance.getEntriesByType(one))"
        ".map(one => one.transferSize)"
    )
    assert sum(sizes) <= bytes_max, f"{address}: {sum(sizes)} bytes"
    assert len(sizes) <= requests_max, f"{address}: {len(sizes)} requests"


def test_a_second_page_asks_for_itself_alone(read_only: Served, watched: Any) -> None:
    visit = watched(read_only, "person", service_workers="block")
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
    read_only: Served, watched: Any, who: str, address: str
) -> None:
    visit = watched(read_only, who, viewport={"width": 360, "height": 740})
    slow = visit.context.new_cdp_session(visit.page)
    slow.send("Network.enable")
    kilobits = {"downloadThroughput": 50_000, "uploadThroughput": 20_000, "latency": 300}
    slow.send("Network.emulateNetworkConditions", {"offline": False, **kilobits})
    visit.open(address.format(incident=read_only.there.incident))
    painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    assert until(visit.page, painted) < 3_000
