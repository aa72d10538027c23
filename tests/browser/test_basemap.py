"""The streets behind zones and fixes, in a real browser: read by ranges from this service alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ServedOffice, until
from tests.browser.test_pages import barriers

PHONE = {"width": 360, "height": 740}
# What of a map stands on the screen, as the map itself tells it.
LISTEN = "document.addEventListener('mesure:map', ({ detail }) => { window.__map = detail.map; });"
STREETS_SEEN = (
    "window.__map.queryRenderedFeatures({ layers: ['map-roads', 'map-buildings'] }).length"
)


def open_and_listen(visit: Any, path: str) -> None:
    visit.context.add_init_script(LISTEN)
    visit.open(path)
    visit.page.click("[data-moves]")
    visit.page.wait_for_selector("svg.map[hidden]", state="attached", timeout=60_000)
    until(visit.page, "window.__map?.areTilesLoaded()")


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
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "person", viewport=PHONE)
    answers: list[Any] = []

    def note_answer(answer: Any) -> None:
        answers.append(answer)

    visit.page.on("response", note_answer)
    open_and_listen(visit, "/portal/map")
    pieces = [answer for answer in answers if "/basemap/" in answer.url]
    assert pieces
    assert {answer.status for answer in pieces} == {206}
    assert all(answer.request.headers["range"].startswith("bytes=") for answer in pieces)
    assert sum(int(answer.headers["content-length"]) for answer in pieces) < 400_000
    assert visit.page.evaluate(STREETS_SEEN) > 20
    assert colours(visit.page) > 12
    assert visit.page.locator(".map-credit").inner_text() == "A made-up town"
    assert not barriers(visit.page)


def test_without_a_map_of_streets_the_rest_is_drawn(without: ServedOffice, open_page: Any) -> None:
    visit = open_page(without, "person", viewport=PHONE)
    open_and_listen(visit, "/portal/map")
    assert not [url for url in visit.asked if "basemap" in url]
    assert visit.page.locator(".zone-name").count() >= 2
    zones = "window.__map.queryRenderedFeatures({ layers: ['zones'] }).length"
    assert visit.page.evaluate(zones) > 0
    assert visit.page.locator(".map-credit").count() == 0
    assert visit.page.evaluate("window.__map.getLayer('map-roads') === undefined")


@pytest.mark.parametrize("status", [404, 500])
def test_a_map_of_streets_that_cannot_be_read_takes_nothing_away(
    read_only: ServedOffice, open_page: Any, status: int
) -> None:
    visit = open_page(read_only, "person", viewport=PHONE)
    visit.page.route("**/basemap/**", lambda route: route.fulfill(status=status, body="no"))
    open_and_listen(visit, "/portal/map")
    assert visit.page.locator(".zone-name").count() >= 2
    assert visit.page.evaluate("window.__map.getLayer('map-roads') === undefined")
    visit.complaints[:] = [said for said in visit.complaints if str(status) not in said]


def test_the_first_screen_does_not_load_it(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "person", viewport=PHONE)
    for address in ("/portal", "/portal/map"):
        visit.open(address)
        visit.page.wait_for_load_state("networkidle")
    assert not [url for url in visit.asked if "/basemap" in url or "/vendor/" in url]


def test_names_are_in_the_language_of_the_page(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "person", language="ru", viewport=PHONE)
    open_and_listen(visit, "/portal/map")
    names = (
        "window.__map.queryRenderedFeatures({ layers: ['map-towns'] }).map(one => "
        "one.layer.layout['text-field'].toString())"
    )
    assert "Город-образец" in visit.page.evaluate(names)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory, night: Any) -> Any:
    """An office that has no map of streets."""
    from tests.browser.conftest import serve_office

    folder: Path = tmp_path_factory.mktemp("without")
    with serve_office(folder, night, lambda parts: replace(parts, basemap=None)) as site:
        yield site
