"""The words of a replay's page in several languages at once: on its maps, and at ends of lines."""

import re
from dataclasses import replace

import pytest

from mesure.machine import texts
from mesure.record import page as pages
from mesure.record import rendering
from tests.reports import factory
from tests.service.test_page import ParsedPage


@pytest.fixture(scope="module")
def html() -> str:
    catalogues = {tag: rendering.page_catalogue(tag) for tag in texts.LANGUAGES}
    return pages.page(factory.report(), catalogues)


def test_a_scale_bar_speaks_each_language_without_leaving_its_drawing(html: str) -> None:
    drawings = re.findall(r'<svg class="map".*?</svg>', html, re.DOTALL)
    assert drawings
    for drawing in drawings:
        labels = re.findall(r'<tspan lang="(\w+)">\d+\u00a0(k?m|к?м)</tspan>', drawing)
        assert [(tag, unit[-1]) for tag, unit in labels] == [
            ("en", "m"), ("fr", "m"), ("ru", "м"), ("kk", "м")
        ]  # fmt: skip
        assert "<span" not in drawing  # It would end the drawing (HTML, 13.2.6.5).


def test_a_map_calls_the_home_as_the_reader_does(html: str) -> None:
    names = {"en": "home", "fr": "domicile", "ru": "дом", "kk": "үй"}
    words = "".join(f'<tspan lang="{tag}">{name}</tspan>' for tag, name in names.items())
    drawings = re.findall(r'<svg class="map".*?</svg>', html, re.DOTALL)
    assert len(drawings) > 1
    for drawing in drawings:
        assert f">{words}</text>" in drawing
        assert ">home</text>" not in drawing


def test_no_line_of_the_page_parts_a_number_from_its_unit(html: str) -> None:
    words = ParsedPage(html).words
    assert any("\u00a0m" in each for each in words)
    assert [each for each in words if re.search(r"\d (?:k?m|к?м|%)(?!\w)", each)] == []


@pytest.mark.parametrize(
    ("language", "kept", "shown"),
    [
        ("en", "You left on 6 January 2026 at 22:10.", "6\u00a0January 2026"),
        ("fr", "Vous êtes parti le 1er janvier 2026.", "1er\u00a0janvier 2026"),
        ("ru", "Вы вышли 6 января 2026 года.", "6\u00a0января 2026"),
        ("kk", "Сіз 2026 жылғы 6 қаңтар күні шықтыңыз.", "6\u00a0қаңтар күні"),
    ],
)
def test_no_line_parts_the_day_of_an_explanation_from_its_month(
    language: str, kept: str, shown: str
) -> None:
    report = factory.report()
    [first, *others] = report.incidents
    first = replace(first, explanation={**first.explanation, language: kept})
    catalogues = {tag: rendering.page_catalogue(tag) for tag in texts.LANGUAGES}
    html = pages.page(replace(report, incidents=(first, *others)), catalogues)
    assert shown in html
    assert shown.replace("\u00a0", " ") not in html
