"""What the map offers, in a real browser: layers, measuring, the full screen, and paper."""

from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.browser.map_pages import INCIDENT, SEEN, incident
from tests.browser.test_basemap import open_and_listen
from tests.browser.test_pages import barriers

# --- Layers --------------------------------------------------------------------------------------

LAYERS = (
    ("streets", "svg.map .streets", ["map-roads"]),
    ("zones", "svg.map .zone", ["zones", "edges"]),
    ("circles", "svg.map .envelope", ["envelopes", "here-edge"]),
    ("order", "svg.map .sequence", ["order"]),
)


@pytest.mark.parametrize(("layer", "drawn", "_"), LAYERS)
def test_a_switch_hides_a_layer_of_the_drawing(
    read_only: ServedOffice, open_page: Any, layer: str, drawn: str, _: list[str]
) -> None:
    page = incident(read_only, open_page).page
    assert page.evaluate(SEEN.format(drawn))
    page.uncheck(f"[data-layer={layer}]")
    assert not page.evaluate(SEEN.format(drawn))
    page.check(f"[data-layer={layer}]")
    assert page.evaluate(SEEN.format(drawn))


def test_numbers_are_shown_when_asked_for_and_are_those_of_the_text(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    assert page.locator(".numbers text").count() == 0
    page.check("[data-layer=numbers]")
    numbers = page.locator(".numbers text").all_text_contents()
    assert "1" in numbers
    assert 5 < len(numbers) < 240  # Those that would lie on each other are left out.
    page.uncheck("[data-layer=numbers]")
    gone = "getComputedStyle(document.querySelector('svg.map .numbers')).display === 'none'"
    assert page.evaluate(gone)


def test_switches_work_on_the_map_that_moves(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "officer")
    open_and_listen(visit, INCIDENT.format(incident=read_only.there.incident))
    page = visit.page
    shown = "window.__map.getLayoutProperty('{}', 'visibility') !== 'none'"
    for layer, _, names in (*LAYERS, ("numbers", "", ["numbers"])):
        for on in (True, False, True):
            page.set_checked(f"[data-layer={layer}]", on)
            assert [page.evaluate(shown.format(name)) for name in names] == [on] * len(names), layer
    names = page.locator(".zone-name")
    page.uncheck("[data-layer=zones]")
    assert not names.first.is_visible()
    assert not barriers(page)


def test_the_choice_is_kept_for_the_session_and_holds_nothing_personal(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = incident(read_only, open_page)
    visit.page.uncheck("[data-layer=circles]")
    assert visit.page.evaluate("JSON.stringify({ ...sessionStorage })") == (
        '{"mesure:layers":"{\\"circles\\":false}"}'
    )
    assert visit.page.evaluate("localStorage.length") == 0
    visit.open("/console/people/P-0042")
    assert visit.page.locator("[data-layer=zones]").is_checked()
    visit.open(INCIDENT.format(incident=read_only.there.incident))
    assert not visit.page.locator("[data-layer=circles]").is_checked()
    assert not visit.page.evaluate(SEEN.format("svg.map .envelope"))


def test_a_stay_has_one_outline_and_a_fix_that_is_stepped_to_its_circle(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    assert 2 < page.locator("svg.map .envelope").count() < 40
    assert page.locator("svg.map .discs").count() == 0
    assert float(page.locator(".here-disc").get_attribute("r")) > 0


# --- Measure, full screen, paper -----------------------------------------------------------------


def ground(page: Any) -> Any:
    return page.locator("[data-stage]").bounding_box()


def metres(page: Any) -> float:
    text = page.locator("[data-measured]").inner_text()
    number, unit = text.removeprefix("Distance: ").rsplit(" ", 1)
    return float(number.replace(",", "")) * {"m": 1.0, "km": 1000.0}[unit]


def scale_m(page: Any) -> float:
    """Return how many metres a pixel of the screen is, by the scale bar of the drawing."""
    bar = page.locator("svg.map .scale path").evaluate("one => one.getBoundingClientRect()")
    text = page.locator("svg.map .scale text").text_content()
    return float(float(text.split()[0]) / bar["width"])


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_two_presses_measure_how_far_points_lie_apart(
    read_only: ServedOffice, open_page: Any, by: str
) -> None:
    visit = incident(read_only, open_page, has_touch=True)
    page = visit.page
    page.click("[data-measure]")
    page.wait_for_selector(".measuring")
    box = ground(page)
    tap = page.touchscreen.tap if by == "touch" else page.mouse.click
    tap(box["x"] + 100, box["y"] + 100)
    tap(box["x"] + 300, box["y"] + 100)
    assert metres(page) == pytest.approx(200 * scale_m(page), rel=0.05)
    assert not barriers(page)
    page.click("[data-measure]")
    until(page, "document.querySelector('.measuring') === null")


def test_the_keyboard_measures_and_escape_ends_it(read_only: ServedOffice, open_page: Any) -> None:
    page = incident(read_only, open_page).page
    page.locator("[data-measure]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".measuring")
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert metres(page) == pytest.approx(120 * scale_m(page), rel=0.05)
    page.keyboard.press("Escape")
    assert page.locator(".measuring").count() == 0
    assert page.evaluate("'measure' in document.activeElement.dataset")


def test_it_measures_on_the_map_that_moves_as_on_the_drawing(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "officer")
    open_and_listen(visit, INCIDENT.format(incident=read_only.there.incident))
    page = visit.page
    page.click("[data-measure]")
    page.wait_for_selector(".measuring")
    box = ground(page)
    for x in (200, 400):
        page.mouse.click(box["x"] + x, box["y"] + 150)
    per_px = page.evaluate(
        "(([a, b]) => a.distanceTo(b) / 200)"
        "([200, 400].map((x) => window.__map.unproject([x, 150])))"
    )
    assert metres(page) == pytest.approx(200 * per_px, rel=0.02)


def test_full_screen_and_back_by_escape_with_the_focus(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    button = page.locator("[data-full]")
    for leave in ("Escape", "Enter"):
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".instrument.is-full")
        box = page.locator(".instrument").bounding_box()
        inner = page.evaluate("[innerWidth, innerHeight]")
        assert (box["x"], box["y"], [box["width"], box["height"]]) == (0, 0, inner)
        assert page.locator("aside").first.evaluate("one => one.closest('[inert]') !== null")
        page.keyboard.press(leave)
        until(page, "document.querySelector('.instrument.is-full') === null")
        assert page.evaluate("'full' in document.activeElement.dataset")
        assert page.locator("[inert]").count() == 0


def test_on_paper_stands_the_drawing_with_its_streets(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "officer")
    open_and_listen(visit, INCIDENT.format(incident=read_only.there.incident))
    visit.page.emulate_media(media="print")
    for drawn in ("svg.map", "svg.map .streets", "svg.map .envelope", "svg.map .fix"):
        assert visit.page.evaluate(SEEN.format(drawn)), drawn
    for gone in (".map.moving", ".switches", "#follow", "svg.map .here"):
        assert not visit.page.evaluate(SEEN.format(gone)), gone
