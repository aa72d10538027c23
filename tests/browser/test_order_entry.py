"""Entering an order in a real browser: no barrier on any page of it, and places drawn on a map."""

from typing import Any

import pytest

from tests.actions.scene import ORDER
from tests.browser import streets
from tests.browser.conftest import ServedOffice, WatchedPage, until
from tests.browser.order_pages import OTHERS, PERSON, STEPS
from tests.browser.test_basemap import LISTEN
from tests.browser.test_pages import LOOKS, Looker, barriers


@pytest.fixture(scope="module")
def draft(read_only: ServedOffice, chromium: Any) -> str:
    """Begin a draft from a file, and return its address."""
    visit = WatchedPage(chromium, read_only, "officer")
    visit.open(PERSON)
    text = ORDER.replace("P-1", "P-0042").replace("ALM-1", "ALM-2026-0099").encode()
    files = {"name": "o.yaml", "mimeType": "text/yaml", "buffer": text}
    visit.page.set_input_files("#file", files)
    visit.page.click("form[enctype] button")
    visit.page.wait_for_url("**/drafts/*")
    address: str = visit.page.url.removeprefix(read_only.origin)
    visit.close()
    return address


@pytest.mark.parametrize(("language", "scheme", "with_axe"), LOOKS)
def test_no_page_of_it_has_a_barrier_or_is_wider_than_its_screen(
    read_only: ServedOffice,
    open_page: Any,
    draft: str,
    language: str,
    scheme: str,
    with_axe: tuple[int, ...],
) -> None:
    looker = Looker(open_page, read_only, language, scheme)
    for address in (*OTHERS, *(draft + step for step in STEPS)):
        looker.look(looker.open(address, "officer"), with_axe)
    assert not looker.amiss, "\n".join(looker.amiss)


TABLET = {"viewport": {"width": 820, "height": 1900}, "has_touch": True}
DRAWING = "document.querySelector('form[data-drawing]') !== null"


def open_map(visit: WatchedPage, address: str) -> dict[str, float]:
    """Open the map on which a place is drawn, and return where it lies on the screen."""
    visit.open(address)
    visit.page.click("[data-moves]")
    until(visit.page, DRAWING)
    box: dict[str, float] = visit.page.locator(".map.moving").bounding_box()
    return box


def at(box: dict[str, float], across: float, down: float) -> tuple[float, float]:
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def corners(page: Any, field: str = "#corners") -> list[list[float]]:
    return [
        [float(one) for one in line.split(",")] for line in page.input_value(field).splitlines()
    ]


def draw_circle(
    page: Any,
    box: dict[str, float],
    middle: tuple[float, float] = (0.5, 0.5),
    edge: tuple[float, float] = (0.6, 0.5),
) -> None:
    """Draw a circle by its middle and a point on its edge."""
    page.mouse.click(*at(box, *middle))
    page.mouse.move(*at(box, *edge))
    page.mouse.click(*at(box, *edge))
    page.wait_for_timeout(300)


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=20)
    page.mouse.up()
    page.wait_for_timeout(200)


def test_an_area_is_drawn_by_finger_and_its_corners_are_moved(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    box = open_map(visit, f"{draft}/place?shape=area")
    page = visit.page
    page.fill("#name", "stadium")
    for across, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        page.touchscreen.tap(*at(box, across, down))
        page.wait_for_timeout(400)  # Two presses at once are a double press.
    assert len(corners(page)) == 4
    page.touchscreen.tap(*at(box, 0.3, 0.3))  # On the first one: it is closed.
    page.wait_for_timeout(300)
    before = corners(page)
    assert len(before) == 4
    drag(page, at(box, 0.6, 0.6), at(box, 0.75, 0.75))
    moved = corners(page)
    assert [one for one in moved if one in before] == [one for one in before if one in moved]
    assert len([one for one in moved if one not in before]) == 1
    drag(page, at(box, 0.45, 0.3), at(box, 0.45, 0.2))  # What lies between two becomes a corner.
    assert len(corners(page)) == 5
    page.mouse.click(*at(box, 0.3, 0.6), button="right")  # And one is taken out.
    page.wait_for_timeout(200)
    assert len(corners(page)) == 4
    assert not barriers(page)
    page.click("form[data-draws] button")
    page.wait_for_url("**/places")
    assert "an area with 4 corners" in page.text_content("main")


def test_what_is_typed_is_drawn_and_what_is_drawn_can_be_begun_anew(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    box = open_map(visit, f"{draft}/place?shape=way")
    page = visit.page
    page.fill("#points", "43.25, 76.92\n43.26, 76.93")
    assert page.input_value("#points") == "43.25, 76.92\n43.26, 76.93"  # As it was typed.
    page.click("[data-tools] button")
    assert page.input_value("#points") == ""
    box = visit.page.locator(".map.moving").bounding_box()
    for across in (0.3, 0.5, 0.7, 0.7):
        page.mouse.click(*at(box, across, 0.5))
        page.wait_for_timeout(400)
    assert len(corners(page, "#points")) == 3


def test_a_circle_is_drawn_out_and_made_larger(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    box = open_map(visit, f"{draft}/place?shape=circle")
    page = visit.page
    draw_circle(page, box)
    [middle] = corners(page, "#point")
    first_m = float(page.input_value("#radius_m"))
    drag(page, at(box, 0.6, 0.5), at(box, 0.7, 0.5))
    assert float(page.input_value("#radius_m")) == pytest.approx(2 * first_m, rel=0.1)
    [still] = corners(page, "#point")
    assert still == pytest.approx(middle, abs=2e-5)


def test_with_a_radius_typed_in_one_press_sets_the_circle(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    visit.context.add_init_script(LISTEN)
    box = open_map(visit, f"{draft}/place?shape=circle")
    page = visit.page
    page.fill("#radius_m", "150")
    page.mouse.click(*at(box, 0.5, 0.5))
    page.wait_for_timeout(300)
    [middle] = corners(page, "#point")
    assert page.input_value("#radius_m") == "150"
    page.fill("#radius_m", "100")  # What is typed goes on being drawn, and can be dragged.
    assert corners(page, "#point") == [middle]
    page.locator(".map.moving").scroll_into_view_if_needed()
    box = page.locator(".map.moving").bounding_box()
    lat, lon = middle
    edge = (
        "([lat, lon]) => window.__map.project("
        "[lon + 100 / (111320 * Math.cos(lat * Math.PI / 180)), lat])"
    )
    x, y = (page.evaluate(edge, middle)[axis] for axis in "xy")
    reach = x - page.evaluate("([lat, lon]) => window.__map.project([lon, lat]).x", [lat, lon])
    start = (box["x"] + x, box["y"] + y)
    drag(page, start, (start[0] + reach / 2, start[1]))
    assert float(page.input_value("#radius_m")) == pytest.approx(150, rel=0.1)


def test_the_map_to_draw_on_is_large(read_only: ServedOffice, open_page: Any, draft: str) -> None:
    visit = open_page(read_only, "officer", viewport={"width": 1280, "height": 900})
    box = open_map(visit, f"{draft}/place?shape=circle")
    assert box["width"] > 1000
    assert box["height"] > 550


def test_the_first_place_is_drawn_on_the_streets_alone(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    visit.open(PERSON)
    visit.page.click("text=Enter it step by step")
    visit.page.wait_for_url("**/decision")
    draft = visit.page.url.removeprefix(read_only.origin).removesuffix("/decision")
    box = open_map(visit, f"{draft}/place?shape=circle")
    page = visit.page
    draw_circle(page, box)
    [[lat, lon]] = corners(page, "#point")
    west, south, east, north = streets.open_basemap().box_deg
    assert (south < lat < north, west < lon < east) == (True, True)
    assert not barriers(page)
    page.fill("#name", "home")
    page.click("form[data-draws] button")
    page.wait_for_url("**/places")
    assert "“home”: within" in page.text_content("main")


def test_a_new_home_is_drawn_beside_the_old_one(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "officer", **TABLET)
    box = open_map(visit, f"{PERSON}/move?order=ALM-2026-0042")
    draw_circle(visit.page, box, (0.4, 0.4), (0.45, 0.4))
    assert len(corners(visit.page, "#point")) == 1
    assert float(visit.page.input_value("#radius_m")) > 1
    assert visit.page.locator(".zone-name").count() >= 2
    assert not barriers(visit.page)


def test_faults_that_say_the_same_name_their_fields(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer")
    visit.open(f"{draft}/condition?kind=curfew")
    visit.page.click("form[method=post].card button")
    visit.page.wait_for_selector(".faults")
    assert visit.page.locator(".faults a").all_inner_texts() == [
        "Choose a place.",
        "Hours · From: Fill this in.",
        "Hours · Until: Fill this in.",
        "Choose the days.",
    ]
    assert not barriers(visit.page)
    visit.complaints = [said for said in visit.complaints if "422" not in said]


def test_french_faults_have_the_space_of_french_before_the_colon(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "officer", language="fr")
    visit.open("/console/orders/new-person")
    visit.page.click("form[method=post].card button")
    visit.page.wait_for_selector(".faults")
    names = ["Numéro de la personne", "Nom"]
    said = [f"{name}\u00a0: Remplissez ceci." for name in names]
    assert visit.page.locator(".faults a").all_text_contents() == said
    visit.complaints = [said for said in visit.complaints if "422" not in said]


def test_a_fault_gets_the_focus_and_leads_to_its_field(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    visit = open_page(read_only, "officer")
    visit.open(f"{draft}/place?shape=circle")
    visit.page.fill("#name", "office 2")
    visit.page.fill("#point", "north")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".faults")
    assert visit.page.evaluate("document.activeElement.className") == "faults"
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.hash") == "#point"
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function("document.activeElement.id === 'point'")
    visit.page.wait_for_url("**#point")
    assert not barriers(visit.page)
    # The browser notes that the answer was a refusal; that is what was asked for here.
    visit.complaints = [said for said in visit.complaints if "422" not in said]
