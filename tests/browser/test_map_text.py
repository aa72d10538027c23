"""The words on a drawn map are as large on a phone as beside it, and none lies on another."""

from typing import Any

import pytest

from tests.browser.conftest import ServedOffice
from tests.browser.map_pages import PHONE
from tests.browser.test_order_entry import draft

__all__ = ["draft"]  # A fixture of the tests of order entry.

SIZE_PX_MIN = 11.0
# Each word on a map that is to be seen: how large its letters are on the screen, and where it is.
WORDS = """
[...document.querySelectorAll('svg.map text')].filter(one => one.checkVisibility()).map(one => {
  const { left, right, bottom } = one.getBoundingClientRect();
  const map = one.ownerSVGElement.getBoundingClientRect();
  const size = parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
  const [top, line] = [bottom - size * 1.1, bottom - size * .2];
  const isCut = left < map.left - 1 || right > map.right + 1 || top < map.top - 1;
  const kind = one.parentElement.getAttribute('class');
  return { word: one.textContent, size, left, right, top, bottom: line, isCut, kind };
})
"""
MAPS = {
    "incident": ("officer", "/console/incidents/{incident}"),
    "counsel": ("counsel", "/counsel/incidents/{incident}"),
    "notice": ("person", "/portal/notices/{incident}"),
    "trail": ("officer", "/console/people/P-0042/trail/{ground}"),
    "person": ("officer", "/console/people/P-0042"),
    "portal": ("person", "/portal/map"),
    "places": ("officer", "{draft}/places"),
    "check": ("officer", "{draft}"),
}


def words_on_map(at: ServedOffice, watched: Any, draft: str, name: str, **more: Any) -> Any:
    """Open a page, unfold it, and return its page with the words on its maps."""
    who, address = MAPS[name]
    assert at.venued is not None
    visit = watched(at, who, **more)
    visit.open(address.format(incident=at.there.incident, ground=at.venued.ground, draft=draft))
    visit.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    return visit.page, visit.page.evaluate(WORDS)


def on_each_other(words: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["word"], other["word"])
        for number, one in enumerate(words)
        for other in words[:number]
        if one["left"] < other["right"] and other["left"] < one["right"]
        and one["top"] < other["bottom"] and other["top"] < one["bottom"]
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "kk"])
@pytest.mark.parametrize("name", MAPS)
def test_the_words_of_a_map_are_read_on_a_phone(
    read_only: ServedOffice, open_page: Any, draft: str, name: str, language: str
) -> None:
    _, words = words_on_map(read_only, open_page, draft, name, language=language, viewport=PHONE)
    assert len(words) > 2, "the scale, the north, and a name"
    assert not [(one["word"], one["size"]) for one in words if one["size"] < SIZE_PX_MIN]
    assert not on_each_other(words)
    assert not [one["word"] for one in words if one["isCut"]]


@pytest.mark.parametrize("width", [320, 400, 480, 820, 1280])
def test_they_are_read_on_every_other_screen_too(
    read_only: ServedOffice, open_page: Any, draft: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    _, words = words_on_map(read_only, open_page, draft, "incident", viewport=size)
    assert not [(one["word"], one["size"]) for one in words if one["size"] < SIZE_PX_MIN]
    assert not on_each_other(words)
    assert not [one["word"] for one in words if one["isCut"]]


def test_the_numbers_of_the_fixes_are_read_on_a_phone(
    read_only: ServedOffice, open_page: Any, draft: str
) -> None:
    page, _ = words_on_map(read_only, open_page, draft, "incident", viewport=PHONE)
    page.check("[data-layer=numbers]")
    numbers = [one for one in page.evaluate(WORDS) if one["kind"] == "numbers"]
    assert numbers
    assert min(one["size"] for one in numbers) >= SIZE_PX_MIN
    assert not on_each_other(numbers)
