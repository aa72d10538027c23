"""In a language that nobody speaks, every text is translated and no page breaks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mesure.record import rendering
from tests.browser import pages
from tests.browser.conftest import ServedOffice, serve_office
from tests.web import venued
from tests.web.filled import Evening
from tests.web.pseudo import OPENS, Pseudo

# What is said in the same words in every language: names, ids, and what the order itself says.
DATA = re.compile(
    r"Mesure|English|Français|Русский|Қазақша|Serik|Marat|Amina|Bolat|Gulnara|Dana|Rustem|Aliya|\bann\b|P-\d+|tag-7"
    r"|C\d\b|ALM-|Night shift|January|February|March|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Tu|We|Th|Fr"
    r"|Sa|Su|home|district|stadium|office|PDF|PIN|http|Nothing was heard"
    r"|almaty\.osm|Cave|Roof|Harbour|Almaly police|(ab){8}"
)
# A command is typed as it stands, in every language.
WITHOUT_COMMANDS = """all => all.map(one => {
  const said = one.cloneNode(true);
  said.querySelectorAll("code").forEach(command => command.remove());
  return said.textContent.trim();
})"""
SAID = "h1, h2, h3, label, legend, th, dt, button, summary, nav a, .button, .tag, .hint, main p"


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory, night: Evening) -> Iterator[ServedOffice]:
    folder: Path = tmp_path_factory.mktemp("strange")
    with serve_office(
        folder,
        night,
        lambda parts: replace(parts, catalogues=lambda tag: Pseudo(rendering.page_catalogue(tag))),
    ) as site:
        yield replace(site, venued=venued.fill(site.office, site.there))


def test_every_text_went_through_the_translators(strange: ServedOffice, open_page: Any) -> None:
    bare: set[str] = set()
    by_who: dict[str | None, Any] = {}
    for address, who in pages.addresses(strange):
        if who not in by_who:
            by_who[who] = open_page(strange, who, viewport={"width": 360, "height": 780})
        page = by_who[who].page
        by_who[who].open(address)
        page_texts = page.eval_on_selector_all(SAID, WITHOUT_COMMANDS)
        bare |= {
            f"{address}: {text}"
            for text in page_texts
            if OPENS not in text and re.search(r"[A-Za-z]{3}", text) and not DATA.search(text)
        }
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 360:
            bare.add(f"{address} is {wide} px wide where texts are longer")
    assert not bare, "\n".join(sorted(bare))
