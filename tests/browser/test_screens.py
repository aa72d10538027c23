"""Pictures of pages for the documentation, taken only when asked: make screens."""

import os
from pathlib import Path
from typing import Any

import pytest

from mesure_lab.demonstration import demo_run
from tests.browser.conftest import ServedOffice
from tests.browser.test_basemap import open_and_listen
from tests.browser.test_order_entry import at, draft, open_map

__all__ = ["draft"]  # A fixture of the tests of order entry.

FOLDER = os.environ.get("SCREENS", "")
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 820, "height": 1180}
DESK = {"width": 1280, "height": 1500}
SCREENS = [
    ("console_today", "officer", "/console", TABLET, "en", "light"),
    ("console_today_phone", "officer", "/console", PHONE, "en", "light"),
    ("console_possible_breach", "officer", "/console/incidents/{incident}", TABLET, "en", "light"),
    ("console_finding", "officer", "/console/incidents/{incident}#finding", TABLET, "en", "light"),
    ("console_person", "officer", "/console/people/P-0042", TABLET, "en", "dark"),
    ("console_absence_phone", "officer", "/console/absences/{absence}", PHONE, "fr", "light"),
    ("portal_today_phone", "person", "/portal", PHONE, "kk", "light"),
    ("portal_map_phone", "person", "/portal/map", PHONE, "en", "light"),
    ("portal_possible_breach_phone", "person", "/portal/notices/{incident}", PHONE, "ru", "light"),
    ("portal_looks_phone", "person", "/portal/looks", PHONE, "en", "dark"),
    ("portal_nights_phone", "person", "/portal/nights", PHONE, "en", "light"),
    ("portal_counsel_phone", "person", "/portal/counsel", PHONE, "en", "light"),
    ("portal_help_phone", "person", "/portal/help#breach", PHONE, "fr", "light"),
    ("counsel_possible_breach", "counsel", "/counsel/incidents/{incident}", TABLET, "en", "light"),
    ("inspector_statistics", "inspector", "/inspector", TABLET, "en", "light"),
    ("inspector_findings", "inspector", "/inspector#chance", TABLET, "en", "light"),
    ("inspector_statistics_phone", "inspector", "/inspector", PHONE, "en", "dark"),
    ("inspector_log", "inspector", "/inspector/log?entry=0", TABLET, "en", "light"),
    ("console_devices", "officer", "/console/devices", TABLET, "en", "light"),
    ("console_device_phone", "officer", "/console/devices/at/tag-7", PHONE, "en", "light"),
    ("office_operator", "operator", "/office", TABLET, "en", "light"),
    ("office_programs", "supervisor", "/office/programs", TABLET, "en", "light"),
    ("office_webhooks_phone", "operator", "/office/webhooks", PHONE, "en", "dark"),
    ("office_first_week", "supervisor", "/office/first-week", TABLET, "en", "light"),
    ("office_staff_phone", "supervisor", "/office/accounts", PHONE, "en", "light"),
    ("sign_in_card_phone", None, "/sign-in/card", PHONE, "kk", "light"),
]


STREETS = [
    ("console_map", "officer", "/console/incidents/{incident}", TABLET, "en", "light"),
    ("console_map_dark", "officer", "/console/incidents/{incident}", TABLET, "en", "dark"),
    ("portal_streets_phone", "person", "/portal/map", PHONE, "kk", "light"),
]


@pytest.mark.parametrize(("name", "who", "path", "size", "language", "scheme"), STREETS)
def test_take_a_picture_of_a_map(
    read_only: ServedOffice, open_page: Any, name: str, who: str, path: str,
    size: dict[str, int], language: str, scheme: str,
) -> None:  # fmt: skip
    visit = open_page(read_only, who, language=language, viewport=size, color_scheme=scheme)
    open_and_listen(visit, path.format(incident=read_only.there.incident))
    visit.page.wait_for_load_state("networkidle")
    visit.page.locator(".map.moving").evaluate("one => one.scrollIntoView({ block: 'center' })")
    visit.page.screenshot(path=Path(FOLDER) / f"{name}.png", scale="css")


@pytest.mark.parametrize(("name", "who", "path", "size", "language", "scheme"), SCREENS)
def test_take_a_picture(
    read_only: ServedOffice, open_page: Any, name: str, who: str | None, path: str,
    size: dict[str, int], language: str, scheme: str,
) -> None:  # fmt: skip
    visit = open_page(read_only, who, language=language, viewport=size, color_scheme=scheme)
    there = read_only.there
    visit.open(path.format(incident=there.incident, absence=there.absence))
    visit.page.wait_for_load_state("networkidle")
    visit.page.screenshot(path=Path(FOLDER) / f"{name}.png", scale="css")


def test_take_a_picture_of_a_place_drawn_on_the_large_map(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    officer = open_page(read_only, "officer", viewport=DESK)
    box = open_map(officer, f"{draft}/place?shape=area")
    officer.page.fill("#name", "district")
    for across, down in ((0.3, 0.3), (0.62, 0.25), (0.7, 0.6), (0.4, 0.7), (0.3, 0.3)):
        officer.page.mouse.click(*at(box, across, down))
        officer.page.wait_for_timeout(400)  # Two presses at once are a double press.
    officer.page.wait_for_load_state("networkidle")
    officer.page.evaluate("scrollTo(0, 0)")
    officer.page.screenshot(path=Path(FOLDER) / "console_order_entry.png", scale="css")


def test_take_a_picture_of_the_report_of_a_replay(chromium: Any, tmp_path: Path) -> None:
    demo_run.run(tmp_path, 1, once=True)
    page = chromium.new_page(viewport={"width": 900, "height": 1560})
    page.goto((tmp_path / demo_run.REPORT).as_uri())
    page.locator("#incidents").evaluate("one => one.scrollIntoView()")
    page.screenshot(path=Path(FOLDER) / "report.png", scale="css")
    page.close()
