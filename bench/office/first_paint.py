"""How soon a slow phone shows something: the first paint in a real Chromium.

The processor is made six times slower, as Chromium itself does it; the network is that of the
machine. The pages are those of a full desk: two hundred things that wait, two hundred people.
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.bench_rows import Row, at_most
from bench.measuring import say, spend
from mesure.machine import logs

SLOWER: Final = 6
TARGET_S: Final = 2.0
TIMES: Final = 7
PHONE: Final = {"width": 360, "height": 740}
PAINTED: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
ANSWERED: Final = "performance.getEntriesByType('navigation')[0].responseStart"
PAGES: Final = (
    ("200 things that wait", "officer", "/console"),
    ("200 people, the first 100", "officer", "/console/people"),
    ("a possible breach", "officer", "/console/incidents/{incident}"),
    ("the first page of the portal", "person", "/portal"),
)


def rows(quick: bool) -> list[Row]:
    """Return a row for each page, or none where there is neither Playwright nor a Chromium."""
    from tests.browser.conftest import chromium_path

    if find_spec("playwright") is None or chromium_path() is None:
        say("there is no Playwright, or no Chromium; the rows of the first paint are left out")
        return []
    say("painting pages on a slow processor")
    command = [sys.executable, "-m", "bench.office.first_paint", *(["--quick"] if quick else [])]
    return [Row(**one) for one in json.loads(spend(command).output)]


def main() -> None:
    """Fill a desk, paint its pages, and print the rows as JSON."""
    from tests.browser.conftest import chromium_running, serve_office
    from tests.web import filled
    from tests.web.console import test_worklist_page_full as full_desk

    logs.configure(open(os.devnull, "w"))  # noqa: SIM115  Until the end.
    times = 3 if "--quick" in sys.argv[1:] else TIMES
    with TemporaryDirectory(prefix="mesure.bench.") as name:
        night = filled.judge_evening(Path(name))
        (Path(name) / "office").mkdir()
        with serve_office(Path(name) / "office", night) as at, chromium_running() as browser:
            full_desk.fill(at.office, night, at.there)
            full_desk.fill_people(at.office, at.there)
            bench_rows = [_row(browser, at, times, *page) for page in PAGES]
    print(json.dumps([one.as_json() for one in bench_rows]))


def _row(browser: Any, at: Any, times: int, name: str, who: str, address: str) -> Row:  # noqa: ANN401
    path = address.format(incident=at.there.incident)
    painted_s, answered_s = zip(
        *(_painted_s(browser, at, who, path) for _ in range(times)), strict=True
    )
    unit = f"s (answered after {median(answered_s):.2g}, slowest {max(painted_s):.2g}, n {times})"
    return at_most(f"first paint, {SLOWER} times slower: {name}", median(painted_s), unit, TARGET_S)


def _painted_s(browser: Any, at: Any, who: str, path: str) -> tuple[float, float]:  # noqa: ANN401
    """Open a page as for the first time; return when something stood on it, and was answered."""
    from tests.browser.conftest import WatchedPage, until

    visit = WatchedPage(browser, at, who, viewport=PHONE, service_workers="block")
    slow = visit.context.new_cdp_session(visit.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    visit.open(path)
    painted_ms, answered_ms = (until(visit.page, script) for script in (PAINTED, ANSWERED))
    visit.close()
    return painted_ms / 1_000.0, answered_ms / 1_000.0


if __name__ == "__main__":
    main()
