"""The map as an instrument, in a real browser: each step and key does what it says."""

from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.browser.map_pages import INCIDENT, PHONE, at, here, incident, press
from tests.browser.test_pages import barriers

# --- Steps and play ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "person", "counsel"])
def test_every_reader_steps_through_the_same_fixes(
    read_only: ServedOffice, open_page: Any, who: str
) -> None:
    page = incident(read_only, open_page, who).page
    first, count = at(page)
    assert first == 1
    for name, number in (("last", count), ("previous", count - 1), ("first", 1), ("next", 2)):
        press(page, name)
        assert at(page) == (number, count), name
    assert count == 240
    assert not barriers(page)


def test_a_trail_is_stepped_through_too(read_only: ServedOffice, open_page: Any) -> None:
    assert read_only.venued is not None
    visit = open_page(read_only, "officer")
    visit.open(f"/console/people/P-0042/trail/{read_only.venued.ground}")
    press(visit.page, "last")
    number, count = at(visit.page)
    assert number == count > 300
    assert "inside: home" in visit.page.locator(".at-fix").inner_text()
    assert not barriers(visit.page)


def test_the_table_of_every_fix_says_what_the_slider_says(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    press(page, "last")
    text = page.locator(".at-fix").inner_text()
    page.click("text=Every fix in words")
    page.wait_for_selector("[data-each]")
    press(page, "last")
    assert page.locator(".at-fix").inner_text() == text
    assert page.locator("[data-each] tr").last.inner_text().split("\t")[-1] in text
    assert not barriers(page)


def test_keys_step_page_and_play(read_only: ServedOffice, open_page: Any) -> None:
    page = incident(read_only, open_page).page
    page.locator("#follow").focus()
    steps = (("ArrowRight", 2), ("ArrowUp", 3), ("ArrowLeft", 2), ("ArrowDown", 1), ("PageUp", 11),
             ("PageDown", 1), ("End", 240), ("Home", 1))  # fmt: skip
    for key, number in steps:
        page.keyboard.press(key)
        assert at(page)[0] == number, key
    page.keyboard.press(" ")
    until(page, "document.querySelector('.play.is-on') !== null")
    page.keyboard.press(" ")
    until(page, "document.querySelector('.play.is-on') === null")
    assert page.evaluate("document.activeElement.id") == "follow"


def test_a_button_keeps_the_focus_and_the_arrow_keys(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    button = page.locator("[data-step=next]")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert at(page)[0] == 3
    press(page, "last")
    assert page.locator("[data-step=next]").get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.dataset.step") == "last"


def test_play_goes_on_at_the_speed_that_was_chosen_and_stops_at_the_end(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    caption = page.locator(".at-fix")
    assert caption.get_attribute("aria-live") == "polite"
    page.select_option("[data-speed]", "3600")
    page.locator("[data-play]").click()
    page.wait_for_timeout(1500)
    number, count = at(page)
    assert 40 < number < 160  # Four hours are shown: these are an hour and a half.
    assert caption.get_attribute("aria-live") == "off"
    assert page.locator("[data-play]").get_attribute("aria-label") == "Pause"
    until(page, "document.querySelector('.play.is-on') === null")
    assert at(page) == (count, count)
    assert caption.get_attribute("aria-live") == "polite"


def test_whoever_wants_little_motion_sees_one_fix_a_second(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page, reduced_motion="reduce").page
    page.select_option("[data-speed]", "3600")
    page.locator("[data-play]").click()
    page.wait_for_timeout(2500)
    assert at(page)[0] in {2, 3, 4}


def test_the_text_says_time_place_circle_and_state(read_only: ServedOffice, open_page: Any) -> None:
    page = incident(read_only, open_page).page
    press(page, "last")
    page.locator("#follow").focus()
    for _ in range(12):
        page.keyboard.press("PageDown")
    text = page.locator(".at-fix").inner_text()
    parts = ("outside: home", "confidence circle", "judged: not met")
    assert all(part in text for part in parts), text
    assert page.locator("#follow").get_attribute("aria-valuetext") == text


def test_the_slider_lies_on_the_axis_of_the_strips(read_only: ServedOffice, open_page: Any) -> None:
    for width in (360, 820, 1280):
        page = incident(read_only, open_page, viewport={"width": width, "height": 900}).page
        lefts_and_rights = page.evaluate(
            "[...document.querySelectorAll('.strip .ground svg')].map((one) => {"
            " const { left, right } = one.getBoundingClientRect(); return [left, right]; })"
        )
        assert len(lefts_and_rights) > 3
        for left, right in lefts_and_rights:
            assert (left, right) == pytest.approx(lefts_and_rights[0], abs=0.6), width
        # The middle of the thumb stands on the ends of the axis.
        first, last = lefts_and_rights[0]
        box = page.locator("#follow").bounding_box()
        thumb = page.evaluate(
            "1.5 * parseFloat(getComputedStyle(document.documentElement).fontSize)"
        )
        assert box["x"] + thumb / 2 == pytest.approx(first, abs=0.6)
        assert box["x"] + box["width"] - thumb / 2 == pytest.approx(last, abs=0.6)


def test_pointing_at_a_strip_leads_to_the_fix_of_that_time(
    read_only: ServedOffice, open_page: Any
) -> None:
    page = incident(read_only, open_page).page
    ground = page.locator(".strip.high .ground svg")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    assert at(page)[0] == pytest.approx(121, abs=2)


def test_the_ring_stands_only_where_a_fix_is(read_only: ServedOffice, open_page: Any) -> None:
    """Nothing is smoothed: while it plays, every place of the ring is that of a fix."""
    page = incident(read_only, open_page).page
    places = {here(page)}
    page.locator("#follow").focus()
    for _ in range(239):
        page.keyboard.press("ArrowRight")
        places.add(here(page))
    press(page, "first")
    page.evaluate(
        """() => { window.__places = []; const ring = document.querySelector('.map .here');
        const place = () => ['cx', 'cy'].map((name) => ring.getAttribute(name));
        const seen = new MutationObserver(() => window.__places.push(place()));
        seen.observe(ring, { attributes: true, attributeFilter: ['cy'] }); }"""
    )
    page.select_option("[data-speed]", "3600")
    page.locator("[data-play]").click()
    page.wait_for_timeout(2000)
    played = {(float(x), float(y)) for x, y in page.evaluate("window.__places")}
    assert len(played) > 5
    assert played <= places


# --- Without -----------------------------------------------------------------------------------


def test_without_a_script_the_drawing_and_the_table_say_it(
    read_only: ServedOffice, open_page: Any
) -> None:
    assert read_only.venued is not None
    visit = open_page(read_only, "officer", java_script_enabled=False)
    visit.open(f"/console/people/P-0042/trail/{read_only.venued.ground}")
    assert visit.page.locator("svg.map .envelope").count() > 1
    assert visit.page.locator("svg.map .streets").count() == 1
    assert visit.page.locator("table#page tbody tr").count() == 100
    for name in (".switches", "#follow", "[data-full]"):
        assert not visit.page.locator(name).is_visible(), name


def test_without_a_script_every_fix_of_a_possible_breach_stands_in_words(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "officer", java_script_enabled=False)
    visit.open(INCIDENT.format(incident=read_only.there.incident))
    visit.page.click("text=Every fix in words")
    rows = visit.page.locator("[data-each] tbody tr")
    assert rows.count() == 240
    assert "inside: home" in rows.first.inner_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_under_the_reader_when_the_script_of_the_map_comes(
    read_only: ServedOffice, open_page: Any, width: int
) -> None:
    tops = (
        "[...document.querySelectorAll('main :is(h1, h2, form, label, table, figure, p)')]"
        ".filter(part => part.checkVisibility()).map(part => [part.textContent.trim().slice(0, 40),"
        " part.getBoundingClientRect().top + scrollY])"
    )
    for path in (INCIDENT, "/console/orders/of/P-0042/move?order=ALM-2026-0042"):
        visit = open_page(read_only, "officer", viewport={"width": width, "height": 780})
        visit.page.route("**/map/*/instrument.js", lambda route: route.abort())
        visit.open(path.format(incident=read_only.there.incident))
        visit.page.wait_for_load_state("load")
        assert visit.page.locator("[data-later]").count(), path
        before = visit.page.evaluate(tops)
        visit.page.unroute_all()
        visit.complaints.clear()  # The script did not come.
        visit.open(path.format(incident=read_only.there.incident))
        until(visit.page, "!document.querySelector('[data-later]')")
        assert visit.page.evaluate(tops) == before, path


def test_the_map_fits_a_phone(read_only: ServedOffice, open_page: Any) -> None:
    visit = incident(read_only, open_page, viewport=PHONE)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = visit.page.evaluate(
        "[...document.querySelectorAll('.instrument button, .switches label, .instrument select')]"
        ".filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)"
        ".map(one => one.outerHTML.slice(0, 90))"
    )
    assert not small
    visit.page.click("[data-full]")
    visit.page.wait_for_selector(".instrument.is-full")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_page_without_the_moving_map_stays_light(
    read_only: ServedOffice, open_page: Any
) -> None:
    assert read_only.venued is not None
    visit = open_page(read_only, "officer", service_workers="block")
    visit.open(f"/console/people/P-0042/trail/{read_only.venued.ground}")
    visit.page.wait_for_load_state("networkidle")
    sizes = visit.page.evaluate(
        "['navigation', 'resource'].flatMap(one => performance.getEntriesByType(one))"
        ".map(one => one.transferSize)"
    )
    assert sum(sizes) < 200 * 1024
    assert not [url for url in visit.asked if "/vendor/" in url or "/basemap" in url]
