"""Pages with a map, as tests of the map open them and read where it stands."""

from typing import Any

from tests.browser.conftest import ServedOffice, WatchedPage

INCIDENT = "/console/incidents/{incident}"
PHONE = {"width": 360, "height": 740}
AT = "[...document.querySelector('.at-fix').textContent.matchAll(/\\d+/g)].map(Number)"
SEEN = "document.querySelector('{}').checkVisibility({{ checkVisibilityCSS: true }})"


def at(page: Any) -> tuple[int, int]:
    """Return at which fix the map stands, and of how many."""
    number, count = page.evaluate(AT)[:2]
    return number, count


def incident(
    read_only: ServedOffice, watched: Any, who: str = "officer", **more: Any
) -> WatchedPage:
    """Open the page of a possible breach."""
    visit: WatchedPage = watched(read_only, who, **more)
    addresses = {"person": "/portal/notices/{incident}", "counsel": "/counsel/incidents/{incident}"}
    visit.open(addresses.get(who, INCIDENT).format(incident=read_only.there.incident))
    visit.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    visit.page.wait_for_selector("#follow")
    return visit


def press(page: Any, name: str) -> None:
    page.locator(f"[data-step={name}]").click()


def here(page: Any) -> tuple[float, float]:
    ring = page.locator(".map .here")
    return float(ring.get_attribute("cx")), float(ring.get_attribute("cy"))
