"""Every page, in every language: no barrier that axe can find, nothing wider than a phone.

The pages are found in the routes, so that none is forgotten, and have data in them.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser import pages
from tests.browser.conftest import Served
from tests.browser.order_pages import OTHERS, PERSON, STEPS

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers(page: Any) -> list[str]:
    """Return what axe finds: the rule, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(said => said.violations.map(one =>"
        " [one.id, one.help, one.nodes.map(node => node.html).slice(0, 3)]))",
        RULES,
    )
    return [f"{page.url}: {rule}: {words}: {nodes}" for rule, words, nodes in violations]


def open_all(page: Any) -> None:
    """Open what can be unfolded, so that what is inside is looked at too; no page has a dialog."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert page.locator("dialog").count() == 0


# Colours do not depend on the language: one is enough in the dark.
@pytest.mark.parametrize(
    ("language", "scheme"), [*((one, "light") for one in pages.LANGUAGES), ("ru", "dark")]
)
def test_no_page_has_a_barrier(read_only: Served, watched: Any, language: str, scheme: str) -> None:
    violations: list[str] = []
    by_who: dict[str | None, Any] = {}
    for address, who in pages.addresses(read_only):
        if who not in by_who:
            by_who[who] = watched(read_only, who, language=language, color_scheme=scheme)
        visit = by_who[who]
        answer = visit.open(address)
        assert answer.status == 200, address
        assert visit.page.get_attribute("html", "lang") == language, address
        open_all(visit.page)
        violations += barriers(visit.page)
    assert not violations, "\n".join(violations)


# The menus lie over the page, so each is looked at by itself, once for each who has one.
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_no_menu_has_a_barrier(read_only: Served, watched: Any, language: str) -> None:
    violations: list[str] = []
    firsts = {"officer": "/console", "person": "/portal", "counsel": "/counsel",
              "inspector": "/inspector", None: "/sign-in"}  # fmt: skip
    for who, address in firsts.items():
        visit = watched(read_only, who, language=language, viewport={"width": 360, "height": 780})
        visit.open(address)
        menus = visit.page.locator("[data-menu]")
        assert menus.count(), address
        for number in range(menus.count()):
            menus.nth(number).locator("summary").click()
            violations += barriers(visit.page)
            visit.page.keyboard.press("Escape")
    assert not violations, "\n".join(violations)


WORDS_OF_TABS = """() => [...document.querySelectorAll('.places li a')].map(tab => {
  const words = document.createRange();
  words.selectNodeContents(tab);
  const boxes = [...words.getClientRects()].filter(box => box.width > 0);
  return boxes.length
    ? [Math.min(...boxes.map(box => box.left)), Math.max(...boxes.map(box => box.right))] : null;
}).filter(Boolean)"""
GAP_PX = 3


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_the_words_of_two_tabs_never_touch_on_a_narrow_phone(
    read_only: Served, watched: Any, language: str
) -> None:
    firsts = {"supervisor": "/console", "officer": "/console", "person": "/portal",
              "operator": "/office", "inspector": "/inspector", "counsel": "/counsel"}  # fmt: skip
    for who, address in firsts.items():
        viewport = {"width": 360, "height": 780}
        visit = watched(read_only, who, language=language, viewport=viewport)
        visit.open(address)
        boxes = visit.page.evaluate(WORDS_OF_TABS)
        assert len(boxes) > 2, who
        gaps = [right[0] - left[1] for left, right in pairwise(boxes)]
        assert min(gaps) >= GAP_PX, f"{who}, {language}: {gaps}"
        assert boxes[0][0] >= 0, who
        assert boxes[-1][1] <= viewport["width"], who


def test_every_page_of_order_entry_is_opened_somewhere(read_only: Served) -> None:
    entering = [one for one in pages.patterns(read_only.office) if one.startswith(pages.ENTERING)]
    opened = [
        re.sub(r"[?].*", "", address)
        for address in (*OTHERS, *(f"{PERSON}/drafts/D-1{step}" for step in STEPS))
    ]
    for pattern in entering:
        shape = re.compile(re.sub(r"\{\w+\}", "[^/]+", pattern))
        assert any(shape.fullmatch(one) for one in opened), pattern


FIELDS_LOW = """[...document.querySelectorAll("main input, main select, main textarea")]
  .filter((one) => !["checkbox", "radio", "file", "hidden", "range"].includes(one.type))
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
  .map((one) => location.pathname + " " + one.outerHTML.slice(0, 120))"""


# Words that a line must not divide: a number and its unit of time, and a word of a tag.
DIVIDED = r"""() => {
  const lines = (node, from, to) => {
    const span = document.createRange();
    span.setStart(node, from);
    span.setEnd(node, to);
    return new Set([...span.getClientRects()].filter(box => box.width).map(box => box.top)).size;
  };
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const divided = [];
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.parentElement.checkVisibility()) continue;
    const tag = node.parentElement.closest(".tag");
    const whole = tag ? /\S+/g : /\d+\s(h|ч|сағ)\s\d+\s(min|мин)(?!\p{L})/gu;
    for (const word of node.data.matchAll(whole)) {
      if (lines(node, word.index, word.index + word[0].length) > 1) divided.push(word[0]);
    }
  }
  return divided.map(word => location.pathname + ": " + word);
}"""


@pytest.mark.parametrize(
    ("width", "language"), [*((360, one) for one in pages.LANGUAGES), (820, "en"), (820, "kk")]
)
def test_no_page_is_wider_than_the_screen(
    read_only: Served, watched: Any, width: int, language: str
) -> None:
    view = {"viewport": {"width": width, "height": 780}, "language": language}
    by_who: dict[str | None, Any] = {}
    low: list[str] = []
    divided: list[str] = []
    for address, who in pages.addresses(read_only):
        if who not in by_who:
            by_who[who] = watched(read_only, who, **view)
        visit = by_who[who]
        visit.open(address)
        open_all(visit.page)
        low += visit.page.evaluate(FIELDS_LOW)
        divided += visit.page.evaluate(DIVIDED)
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} px wide on {width} px"
    assert not low  # A type of field that the style sheet does not know is a thin line.
    assert not divided


FOLDED = "[...document.querySelectorAll('details.more')].filter(one => !one.querySelector('form'))"
SEEN = f"{FOLDED}.map(one => one.lastElementChild.checkVisibility())"


@pytest.mark.parametrize("address", ["/portal", "/portal/nights", "/portal/notices/{incident}"])
def test_what_is_folded_is_printed_too(read_only: Served, watched: Any, address: str) -> None:
    visit = watched(read_only, "person")
    visit.open(address.format(incident=read_only.there.incident))
    assert not all(visit.page.evaluate(SEEN))
    visit.page.emulate_media(media="print")
    assert all(visit.page.evaluate(SEEN))
    visit.page.emulate_media(media="screen")
    for event, is_seen in (("beforeprint", True), ("afterprint", False)):
        visit.page.evaluate(f"dispatchEvent(new Event('{event}'))")
        assert all(visit.page.evaluate(SEEN)) is is_seen


def test_at_twice_the_size_nothing_is_cut_off(read_only: Served, watched: Any) -> None:
    visit = watched(read_only, "officer", viewport={"width": 640, "height": 512})
    visit.open("/console")
    visit.page.evaluate("document.documentElement.style.fontSize = '212%'")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_what_is_pressed_is_large_enough_for_a_thumb(read_only: Served, watched: Any) -> None:
    small: list[str] = []
    for who, address in (("person", "/portal"), ("officer", "/console")):
        visit = watched(read_only, who, viewport={"width": 360, "height": 780})
        visit.open(address)
        small += visit.page.evaluate(
            "[...document.querySelectorAll('nav a, button, summary, .button, a.line')]"
            ".filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)"
            ".map(e => e.outerHTML.slice(0, 120))"
        )
    assert not small
