"""The help of the portal and the printed page are one text, short and plain, in each language."""

import re
from datetime import date
from pathlib import Path

import pytest

from mesure.actions.documents import kept_documents
from mesure.actions.records import procedure
from mesure.incidents.finding import FindingOutcome
from mesure.machine import texts
from mesure.web.portal.help import help_words
from tests.actions.house import Office
from tests.incidents.samples import WORDS_MAX, words
from tests.web.browsing import Browser
from tests.web.filled import Filled
from tests.web.told import plain, visible_text
from tools import help_pages

DOCS = Path(__file__).parents[3] / "docs"
NO_HELP = {"map_help.html", "portal.html", "portal_help.html", "sign_ins.html"}


def on_paper(language: str) -> list[str]:
    """Return what the printed page says: its headings, paragraphs and items."""
    text = (DOCS / help_pages.file_name(language)).read_text(encoding="utf-8")
    return [plain(re.sub(r"^(#+|-|\d+\.) ", "", line)) for line in text.splitlines() if line]


def in_portal(page: str) -> list[str]:
    """Return what the page of the portal says, but for the links to where things are done."""
    main = page.split("<main")[1].split("</main>", maxsplit=1)[0]
    main = re.sub(r'<nav.*?</nav>|<p class="no-print">.*?</p>', "", main, flags=re.DOTALL)
    parts = re.findall(r"<(h1|h2|p|li)(?: [^>]*)?>(.*?)</\1>", main, re.DOTALL)
    lines = [visible_text(inner) for _, inner in parts]
    return lines[lines.index(visible_text(re.search(r"<h1>(.*?)</h1>", main)[1])) :]  # type: ignore[index]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_portal_and_paper_say_the_same(person: Browser, language: str) -> None:
    person.cookies.set("mesure_language", language)
    page = person.open("/portal/help")
    assert person.status == 200
    assert in_portal(page) == on_paper(language)
    assert len(on_paper(language)) > 50
    changed = page.replace(": 59 ", ": 58 ")
    assert in_portal(changed) != on_paper(language)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_printed_page_is_made_from_the_help(language: str) -> None:
    page = (DOCS / help_pages.file_name(language)).read_text(encoding="utf-8")
    assert page == help_pages.page(texts.catalogue(language)), "run: make docs"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_sentences_are_short_and_in_the_language(language: str) -> None:
    english = {*on_paper("en")}
    for line in on_paper(language):
        for sentence in re.split(r"(?<=[.!?:])\s+", line):
            assert len(words(sentence)) <= WORDS_MAX[language], sentence
        assert language == "en" or line not in english


def test_every_page_leads_to_its_part_and_each_part_to_where_it_is_done(
    person: Browser, there: Filled, office: Office
) -> None:
    parts = {one.name for one in help_words.sections(texts.catalogue("en"))}
    page = person.open("/portal/help")
    assert {*re.findall(r'<section[^>]* id="([a-z-]+)"', page)} == parts
    assert {*re.findall(r'href="#([a-z-]+)"', page.split("<main")[1])} == parts
    for address in {*re.findall(r'<p class="no-print"><a href="([^"]+)"', page)}:
        person.open(address)
        assert person.status == 200, address
    for address in ("", "/map", "/absences", f"/notices/{there.incident}", "/device", "/kept"):
        led = re.findall(r'href="/portal/help#([a-z-]+)"', person.open(f"/portal{address}"))
        assert len(led) == 2, address
        assert {*led} <= parts


def test_no_page_is_without_help() -> None:
    folder = Path(help_words.__file__).parents[1] / "templates"
    known = {one.name for one in help_words.sections(texts.catalogue("en"))}
    pages = [one for one in folder.glob("*.html") if one.name not in NO_HELP]
    assert len(pages) > 10
    for page in pages:
        [named] = re.findall(r'{% set helps = "([a-z-]+)" %}', page.read_text(encoding="utf-8"))
        assert named in known, page.name


def test_the_figures_are_those_of_the_programme() -> None:
    text = help_pages.page(texts.catalogue("en"))
    retention = procedure.default_retention().at(date(2026, 3, 11))
    standard = procedure.STANDARD
    assert f"Where you were: {retention.trails_days} days." in text
    assert (retention.home_detail_days, "after six days" in text) == (6, True)
    assert (retention.looks_days, "Who looked at your data: a year." in text) == (365, True)
    assert (standard.answer_absence_within.days, "within three days" in text) == (3, True)
    assert f"within {standard.answer_contest_within.days} days" in text
    assert f"up to {kept_documents.DOCUMENT_BYTES_MAX >> 20} MB" in text
    assert FindingOutcome.BREACH in standard.second_eyes
