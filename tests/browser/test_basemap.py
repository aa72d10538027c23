"""The streets behind zones and fixes, in a real browser: read by ranges from this service alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Served, until
from tests.browser.test_pages import barriers

PHONE = {"width": 360, "height": 740}
# What of a map stands on the screen, as the map itself tells it.
LISTEN = "document.addEventListener('mesure:map', ({ detail }) => { window.__map = detail.map; });"
STREETS_SEEN = (
    "window.__map.queryRenderedFeatures({ layers: ['map-roads', 'map-buildings'] }).length"
)


def opened(one: Any, path: str) -> None:
    one.context.add_init_script(LISTEN)
    one.open(path)
    one.page.click("[data-moves]")
    one.page.wait_for_selector("svg.map[hidden]", state="attached", timeout=60_000)
    until(one.page, "window.__map?.areTilesLoaded()")


def colours(page: Any) -> int:
    """Return how many colours stand on the map's picture, looked at in a grid."""
    return int(
        page.evaluate(
            """() => new Promise((done) => {
              window.__map.once("render", () => {
                const { canvas } = window.__map.painter.context.gl;
                const small = document.createElement("canvas");
                [small.width, small.height] = [80, 60];
                const pen = small.getContext("2d");
                pen.drawImage(canvas, 0, 0, 80, 60);
                const { data } = pen.getImageData(0, 0, 80, 60);
                const seen = new Set();
                for (let at = 0; at < data.length; at += 4) {
                  seen.add([...data.slice(at, at + 3)].map((one) => one >> 3).join());
                }
                done(seen.size);
              });
              window.__map.triggerRepaint();
            })"""
        )
    )


def test_streets_come_by_ranges_from_the_service_and_are_drawn(
    read_only: Served, watched: Any
) -> None:
    one = watched(read_only, "person", viewport=PHONE)
    answers: list[Any] = []

    def heard(answer: Any) -> None:
        answers.append(answer)

    one.page.on("response", heard)
    opened(one, "/portal/map")
    pieces = [answer for answer in answers if "/basemap/" in answer.url]
    assert pieces
    assert {answer.status for answer in pieces} == {206}
    assert all(answer.request.headers["range"].startswith("bytes=") for answer in pieces)
    assert sum(int(answer.headers["content-length"]) for answer in pieces) < 400_000
    assert one.page.evaluate(STREETS_SEEN) > 20
    assert colours(one.page) > 12
    assert one.page.locator(".map-credit").inner_text() == "A made-up town"
    assert not barriers(one.page)


def test_without_a_map_of_streets_the_rest_is_drawn(without: Served, watched: Any) -> None:
    one = watched(without, "person", viewport=PHONE)
    opened(one, "/portal/map")
    assert not [url for url in one.asked if "basemap" in url]
    assert one.page.locator(".zone-name").count() >= 2
    zones = "window.__map.queryRenderedFeatures({ layers: ['zones'] }).length"
    assert one.page.evaluate(zones) > 0
    assert one.page.locator(".map-credit").count() == 0
    assert one.page.evaluate("window.__map.getLayer('map-roads') === undefined")


@pytest.mark.parametrize("status", [404, 500])
def test_a_map_of_streets_that_cannot_be_read_takes_nothing_away(
    read_only: Served, watched: Any, status: int
) -> None:
    one = watched(read_only, "person", viewport=PHONE)
    one.page.route("**/basemap/**", lambda route: route.fulfill(status=status, body="no"))
    opened(one, "/portal/map")
    assert one.page.locator(".zone-name").count() >= 2
    assert one.page.evaluate("window.__map.getLayer('map-roads') === undefined")
    one.complaints[:] = [said for said in one.complaints if str(status) not in said]


def test_the_first_screen_does_not_load_it(read_only: Served, watched: Any) -> None:
    one = watched(read_only, "person", viewport=PHONE)
    for address in ("/portal", "/portal/map"):
        one.open(address)
        one.page.wait_for_load_state("networkidle")
    assert not [url for url in one.asked if "/basemap" in url or "/vendor/" in url]


def test_names_are_in_the_language_of_the_page(read_only: Served, watched: Any) -> None:
    one = watched(read_only, "person", language="ru", viewport=PHONE)
    opened(one, "/portal/map")
    names = (
        "window.__map.queryRenderedFeatures({ layers: ['map-towns'] }).map(one => "
        "one.layer.layout['text-field'].toString())"
    )
    assert "Город-образец" in one.page.evaluate(names)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory, night: Any) -> Any:
    """An office that has no map of streets."""
    from tests.browser.conftest import served

    folder: Path = tmp_path_factory.mktemp("without")
    with served(folder, night, lambda parts: replace(parts, basemap=None)) as one:
        yield one
