"""Every page, in every language: no barrier that axe can find, nothing wider than a phone.

The pages are found in the routes, so that none is forgotten, and have data in them.
"""

import re
from base64 import b64encode
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import pages
from tests.browser.conftest import ServedOffice
from tests.browser.order_pages import OTHERS, PERSON, STEPS
from tests.web.filled import TOKENS

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
AXE_TEXT = AXE.read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def barriers(page: Any, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds, by all rules or these: the rule, and where."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_TEXT)
    only = {"type": "tag", "values": RULES} if rules is None else {"type": "rule", "values": rules}
    violations = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
        ".then(said => said.violations.map(one =>"
        " [one.id, one.help, one.nodes.map(node => node.html).slice(0, 3)]))",
        only,
    )
    return [f"{page.url}: {rule}: {words}: {nodes}" for rule, words, nodes in violations]


def open_all(page: Any) -> None:
    """Open what can be unfolded, so that what is inside is looked at too; no page has a dialog."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert page.locator("dialog").count() == 0


# The menus lie over the page, so each is looked at by itself, once for each who has one.
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_no_menu_has_a_barrier(read_only: ServedOffice, open_page: Any, language: str) -> None:
    violations: list[str] = []
    firsts = {"officer": "/console", "person": "/portal", "counsel": "/counsel",
              "inspector": "/inspector", None: "/sign-in"}  # fmt: skip
    for who, address in firsts.items():
        visit = open_page(read_only, who, language=language, viewport={"width": 360, "height": 780})
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


@pytest.mark.parametrize("width", [360, 768])
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_tabs_stand_in_one_row_and_their_words_never_touch(
    read_only: ServedOffice, open_page: Any, language: str, width: int
) -> None:
    firsts = {"/console": "supervisor", "/office": "supervisor", "/console/people": "officer",
              "/portal": "person", "/inspector": "inspector", "/counsel": "counsel",
              "/office/accounts": "operator"}  # fmt: skip
    for address, who in firsts.items():
        size = {"width": width, "height": 780}
        visit = open_page(read_only, who, language=language, viewport=size)
        visit.open(address)
        boxes = visit.page.evaluate(WORDS_OF_TABS)
        assert len(boxes) > 2, who
        gaps = [right[0] - left[1] for left, right in pairwise(boxes)]
        assert min(gaps) >= GAP_PX, f"{who}, {language}: {gaps}"
        assert boxes[0][0] >= 0, who
        assert boxes[-1][1] <= width, who


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_tabs_within_a_page_stand_in_one_row_on_a_tablet(
    read_only: ServedOffice, open_page: Any, language: str
) -> None:
    tabs = {"/inspector/record": "inspector", "/console/devices": "officer"}
    for address, who in tabs.items():
        visit = open_page(read_only, who, language=language)
        visit.open(address)
        for width in (768, 820):
            visit.page.set_viewport_size({"width": width, "height": 780})
            items = visit.page.locator(".tabs li")
            tops = {items.nth(at).bounding_box()["y"] for at in range(items.count())}
            assert len(tops) == 1, f"{address}, {language}, {width} px"


def test_every_page_of_order_entry_is_opened_somewhere(read_only: ServedOffice) -> None:
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

# A day or a time of which a part is cut: midnight without its "AM" reads like noon.
FIELDS_CUT = """[...document.querySelectorAll("main [type=date], main [type=time]")]
  .filter((field) => field.checkVisibility())
  .filter((field) => {
    const width = field.getBoundingClientRect().width;
    field.style.width = "max-content";
    const whole = field.getBoundingClientRect().width;
    field.style.width = "";
    return whole > width + 0.5;
  })
  .map((field) => `${location.pathname} ${field.name} is cut at ${innerWidth} px`)"""


# What a line must not divide: a number and its unit of time or length, a day and its month or
# weekday, the number of an order, a word of a tag, of a line of a list or under a bar.
DIVIDED = r"""() => {
  const lines = (node, from, to) => {
    const span = document.createRange();
    span.setStart(node, from);
    span.setEnd(node, to);
    return new Set([...span.getClientRects()].filter(box => box.width).map(box => box.top)).size;
  };
  const months = [...Array(12).keys()].map(month => new Intl.DateTimeFormat(
    document.documentElement.lang, {day: "numeric", month: "long"},
  ).formatToParts(new Date(2026, month, 1)).find(part => part.type === "month").value);
  const long = `\\d+\\s(?:h|ч|сағ)\\s\\d+\\s(?:min|мин)(?!\\p{L})|\\d\\s(?:k?m|к?м)(?!\\p{L})`;
  const day = `\\d(?:er)?\\s(?:${months.join("|")})(?!\\p{L})`;
  const weekdays = [...Array(7).keys()].map(day => new Date(2026, 0, 4 + day).toLocaleDateString(
    document.documentElement.lang, {weekday: "short"},
  )).join("|").replaceAll(".", "\\.");
  const week = `(?<!\\p{L})(?:${weekdays}),?\\s\\d+|\\d\\s\\p{L}+\\.?,\\s(?:${weekdays})(?!\\p{L})`;
  const order = `ALM-\\d{4}-\\d+`;
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const divided = [];
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.parentElement.checkVisibility()) continue;
    const tag = node.parentElement.closest(".tag, .uprights .name, .line .strong");
    const whole = tag ? /\S+/g : new RegExp(`${long}|${week}|${day}|${order}`, "gu");
    for (const word of node.data.matchAll(whole)) {
      if (lines(node, word.index, word.index + word[0].length) > 1) divided.push(word[0]);
    }
  }
  return divided.map(word => location.pathname + ": " + word);
}"""


SIZES = (360, 820, 1280)
PAPER_PX = 720  # A sheet between its margins.


class Looker:
    """Opens every page for those who may see it, and writes down what is amiss on it."""

    def __init__(
        self, watched: Any, at: ServedOffice, language: str, scheme: str = "light"
    ) -> None:
        self._watched, self._at = watched, at
        self._settings = {"language": language, "color_scheme": scheme}
        self._by_who: dict[str | None, Any] = {}
        self.amiss: list[str] = []

    def open(self, address: str, who: str | None) -> Any:
        if who not in self._by_who:
            self._by_who[who] = self._watched(self._at, who, **self._settings)
        visit = self._by_who[who]
        answer = visit.open(address)
        assert answer.status == 200, address
        assert visit.page.get_attribute("html", "lang") == self._settings["language"], address
        open_all(visit.page)
        return visit.page

    def look(self, page: Any, with_axe: Collection[int]) -> None:
        """Look at a page on each width: nothing sticks out, is a thin line, or is divided."""
        for width in SIZES:
            page.set_viewport_size({"width": width, "height": 780})
            self._hold_width(page, width, f"{width} px")
            self.amiss += page.evaluate(FIELDS_LOW)
            self.amiss += page.evaluate(FIELDS_CUT)
            self.amiss += page.evaluate(DIVIDED)
            if width in with_axe:
                self.amiss += barriers(page)

    def look_at_paper(self, page: Any) -> None:
        page.set_viewport_size({"width": PAPER_PX, "height": 780})
        page.emulate_media(media="print")
        self._hold_width(page, PAPER_PX, "paper")
        self.amiss += barriers(page, ["color-contrast"])
        page.emulate_media(media="screen")

    def _hold_width(self, page: Any, width: int, on: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.amiss.append(f"{page.url} is {wide} px wide on {on}")


# Colours do not depend on the language, nor does the way a page is folded: each is looked at by axe
# in two languages at least, every language on one width, and English on two. With LOOKS_TURN one of
# the other languages is looked at, and the next at the next turn.
OTHER_LOOKS = [("fr", "dark", (1280,)), ("ru", "light", (360,)), ("kk", "dark", (360,))]
LOOKS = [
    ("en", "light", (820, 1280)),
    *(one for one in OTHER_LOOKS if one[0] in pages.LANGUAGES_OF_TURN),
]


@pytest.mark.parametrize(("language", "scheme", "with_axe"), LOOKS)
def test_no_page_has_a_barrier_or_is_wider_than_its_screen(
    read_only: ServedOffice, open_page: Any, language: str, scheme: str, with_axe: tuple[int, ...]
) -> None:
    looker = Looker(open_page, read_only, language, scheme)
    for address, who in pages.addresses(read_only):
        page = looker.open(address, who)
        looker.look(page, with_axe)
        if language == "en":
            looker.look_at_paper(page)
    assert not looker.amiss, "\n".join(looker.amiss)


# What stands on a page, without the secret of its forms; and what stands above it.
MARKS = re.compile(r'name="csrf" value="[^"]*"|\d+ (seconds?|minutes?)')


def test_whoever_else_may_open_a_page_meets_no_barrier_either(
    read_only: ServedOffice, open_page: Any
) -> None:
    """Every page as every role that gets in; what reads alike for two is looked at once."""
    looker = Looker(open_page, read_only, "en")
    roles = ("supervisor", "operator", "officer", "inspector", "counsel", "person")
    texts_seen: set[str] = set()
    others = 0
    for address, first in pages.addresses(read_only):
        if first is None:
            continue
        for who in (first, *(role for role in roles if role != first)):
            answer = open_as(read_only, address, who)
            text = MARKS.sub("", answer.text)
            if answer.status_code != 200 or text in texts_seen:
                continue
            texts_seen.add(text)
            if who != first:
                others += 1
                looker.look(looker.open(address, who), (360, 1280))
    assert others > 20, "somebody else sees the same pages with more on them"
    assert not looker.amiss, "\n".join(looker.amiss)


def open_as(at: ServedOffice, address: str, who: str) -> httpx.Response:
    cookies = {"mesure_language": "en", "mesure": TOKENS[who]}
    return httpx.get(f"{at.origin}{address}", cookies=cookies, headers={"Accept": "text/html"})


# --- Without colour ------------------------------------------------------------------------------

SIGNS = ".legend li > :is(svg, .day)"
DIFFERENCE_MIN = 2.0  # Of 255, on average over a sign.
# How far each two pictures are apart, those of other sizes left out; and how much colour is in any.
APART = """async pictures => {
  const pixels = await Promise.all(pictures.map(async picture => {
    const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const sheet = new OffscreenCanvas(image.width, image.height).getContext("2d");
    sheet.drawImage(image, 0, 0);
    return sheet.getImageData(0, 0, image.width, image.height).data;
  }));
  const colour = Math.max(...pixels.map(one => one.reduce((most, value, at) =>
    at % 4 === 1 ? Math.max(most, Math.abs(value - one[at - 1])) : most, 0)));
  const apart = [];
  pixels.forEach((one, first) => pixels.slice(first + 1).forEach((other, after) => {
    if (one.length !== other.length) return;
    const sum = one.reduce((whole, value, at) => whole + Math.abs(value - other[at]), 0);
    apart.push([first, first + 1 + after, sum / (0.75 * one.length)]);
  }));
  return [colour, apart];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("person", "/portal/nights"),
        ("person", "/portal/map"),
        ("officer", "/console/people/P-0042"),
        ("officer", "/console/incidents/{incident}"),
    ],
)
def test_signs_are_told_apart_by_somebody_who_sees_no_colour(
    read_only: ServedOffice, open_page: Any, who: str, address: str, scheme: str
) -> None:
    """Axe measures contrast by lightness alone, so only signs could be alike without colour."""
    visit = open_page(read_only, who, color_scheme=scheme)
    visit.open(address.format(incident=read_only.there.incident))
    open_all(visit.page)
    grey = visit.context.new_cdp_session(visit.page)
    grey.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    signs = visit.page.locator(SIGNS)
    pictures = [
        b64encode(signs.nth(number).screenshot()).decode() for number in range(signs.count())
    ]
    assert len(pictures) > 1
    colour, apart = visit.context.new_page().evaluate(APART, pictures)
    assert colour == 0, "the browser takes the colours away"
    assert [pair for pair in apart if pair[2] < DIFFERENCE_MIN] == []


FOLDED = "[...document.querySelectorAll('details.more')].filter(one => !one.querySelector('form'))"
SEEN = f"{FOLDED}.map(one => one.lastElementChild.checkVisibility())"


@pytest.mark.parametrize("address", ["/portal", "/portal/nights", "/portal/notices/{incident}"])
def test_what_is_folded_is_printed_too(
    read_only: ServedOffice, open_page: Any, address: str
) -> None:
    visit = open_page(read_only, "person")
    visit.open(address.format(incident=read_only.there.incident))
    assert not all(visit.page.evaluate(SEEN))
    visit.page.emulate_media(media="print")
    assert all(visit.page.evaluate(SEEN))
    visit.page.emulate_media(media="screen")
    for event, is_seen in (("beforeprint", True), ("afterprint", False)):
        visit.page.evaluate(f"dispatchEvent(new Event('{event}'))")
        assert all(visit.page.evaluate(SEEN)) is is_seen


def test_at_twice_the_size_nothing_is_cut_off(read_only: ServedOffice, open_page: Any) -> None:
    visit = open_page(read_only, "officer", viewport={"width": 640, "height": 512})
    visit.open("/console")
    visit.page.evaluate("document.documentElement.style.fontSize = '212%'")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_what_is_pressed_is_large_enough_for_a_thumb(
    read_only: ServedOffice, open_page: Any
) -> None:
    small: list[str] = []
    for who, address in (("person", "/portal"), ("officer", "/console")):
        visit = open_page(read_only, who, viewport={"width": 360, "height": 780})
        visit.open(address)
        small += visit.page.evaluate(
            "[...document.querySelectorAll('nav a, button, summary, .button, a.line')]"
            ".filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)"
            ".map(e => e.outerHTML.slice(0, 120))"
        )
    assert not small


def test_the_time_of_a_row_is_a_cell_as_high_as_its_row(
    read_only: ServedOffice, open_page: Any
) -> None:
    visit = open_page(read_only, "person", viewport={"width": 1000, "height": 900})
    visit.open("/portal/looks")
    displays = visit.page.evaluate(
        "[...document.querySelectorAll('.table .when')].map(one => getComputedStyle(one).display)"
    )
    assert set(displays) == {"table-cell"}
