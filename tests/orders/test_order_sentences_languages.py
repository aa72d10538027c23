"""The order read back in each language: whole, word for word, and in sentences that are short.

What stands in `read_back/` was read by a person. A change of a sentence shows there, in each of
the four languages.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mesure.machine import texts
from mesure.orders.model.conditions import Exclusion
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.values.timetable import Timetable
from mesure.orders.venues import place_names
from mesure.orders.venues.venue_categories import CATEGORIES
from mesure.orders.wording import order_sentences, version_differences
from mesure.orders.wording.order_sentences import OrderSection
from tests.incidents.samples import WORDS_MAX, words
from tests.orders import samples
from tests.orders.test_map_features import OTHER, RING, collection, feature

HERE = Path(__file__).parent / "read_back"
RICH = (HERE / "order.yaml").read_text(encoding="utf-8")
AS_OF = date(2026, 8, 3)
OTHERWISE = """\
order: ALM-2026-0042
person: P-0042
time_zone: Asia/Almaty
in_force: {from: 2026-06-01, until: 2026-08-30}
places:
  home: {lat_deg: 43.25665, lon_deg: 76.92860, radius_m: 90}
  stadium: {polygon: [[43.2384, 76.9243], [43.2390, 76.9275], [43.2371, 76.9281]]}
  map: {geojson: m.geojson, feature: Medeu}
  venues: {lat_deg: 43.25, lon_deg: 76.92, radius_m: 1}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C3: {exclusion: {venue_category: nightlife, venues: m.geojson, venue_radius_m: 25}}
  C5: {residence: {stay_in: map, from: 08:00, until: 09:30}, review_by: 2026-06-20}
absences:
  A1: {allows: C1, from: 2026-07-10T22:00, until: 2026-07-11T02:00}
  A3: {allows: C1, from: 2026-08-29, until: 2026-09-02}
"""
FILES = {
    "m.geojson": collection(
        feature("Polygon", [RING], name="Almaly", amenity="bar"),
        feature("Point", [76.9, 43.2], amenity="pub"),
        feature("MultiPolygon", [[RING], [OTHER]], name="Medeu"),
    )
}


def orders() -> list[OrderVersion]:
    other = OTHERWISE.replace("  venues: {lat_deg: 43.25, lon_deg: 76.92, radius_m: 1}\n", "")
    texts_ = (RICH, other, samples.ORDER)
    return [read_order.read("order.yaml", text.encode(), FILES) for text in texts_]


def list_sections(language: str) -> Iterator[OrderSection]:
    """Yield all that is said of some orders, and of what is different between them."""
    catalogue = texts.catalogue(language)
    for version in orders():
        yield from order_sentences.sentences(version, catalogue, AS_OF)
    yield from changes(language)


def changes(language: str) -> Iterator[OrderSection]:
    catalogue = texts.catalogue(language)
    rich, other, plain = orders()
    for earlier, later in ((rich, other), (other, rich), (plain, rich), (rich, rich)):
        yield from version_differences.sentences(earlier, later, catalogue)


def rich_order_text(language: str) -> str:
    """Return the rich order as `check-order` shows it, without what is estimated."""
    rich, *_ = orders()
    passages = order_sentences.sentences(rich, texts.catalogue(language), AS_OF)
    parts = ["\n".join([one.heading, *(f"  {line}" for line in one.lines)]) for one in passages]
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_an_order_is_read_back_word_for_word(language: str) -> None:
    assert rich_order_text(language) == (HERE / f"{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_kind_of_venues_is_said_in_the_language(category: str) -> None:
    catalogues = [texts.catalogue(language) for language in ("fr", "ru", "kk")]
    names = {place_names.quote_name(category, catalogue) for catalogue in catalogues}
    assert len(names) > 1
    assert category not in names


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_sentences_are_short_begin_with_a_capital_and_leave_nothing_to_fill_in(
    language: str,
) -> None:
    catalogue = texts.catalogue(language)
    marks = [
        catalogue.text(mark).format(sentence="")
        for mark in ("No longer: {sentence}", "New: {sentence}")
    ]
    for passage in list_sections(language):
        for line in passage.lines:
            [mark] = [one for one in marks if line.startswith(one)] or [""]
            assert len(words(line.removeprefix(mark))) <= WORDS_MAX[language], line
            assert re.search(r"[.?]$", line), line
            assert "{" not in line, line
            first = line.lstrip("“«\u00a0 ")[0]
            assert line[0] in "“«" or not first.isalpha() or first.isupper(), line


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_nothing_is_said_in_english_but_the_names_of_the_order(language: str) -> None:
    known = {line for passage in list_sections("en") for line in (passage.heading, *passage.lines)}
    for passage in list_sections(language):
        assert passage.heading not in known
        assert not known & {*passage.lines}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_latin_letters_are_those_of_the_order(language: str) -> None:
    """A word that nobody translated would stand out by its letters."""
    of_orders = {*re.findall(r"[A-Za-z]+", RICH + OTHERWISE + samples.ORDER)}
    of_orders |= {"m", "geojson", "SHA", "GNSS", "nightlife"}
    for passage in list_sections(language):
        for line in (passage.heading, *passage.lines):
            latin_words = {*re.findall(r"[A-Za-z]+", re.sub(r"\b[0-9a-f]{64}\b", "", line))}
            assert latin_words <= of_orders, line


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {1: "1 minute in", 2: "2 minutes", 5: "5 minutes", 21: "21 minutes"}),
        ("fr", {1: "1 minute au", 2: "2 minutes", 5: "5 minutes", 21: "21 minutes"}),
        ("ru", {1: "1 мин ", 2: "2 мин ", 5: "5 мин ", 21: "21 мин "}),
        ("kk", {1: "1 минут ", 2: "2 минут ", 5: "5 минут ", 21: "21 минут "}),
    ],
)
def test_lengths_of_time_take_the_form_of_the_language(
    language: str, forms: dict[int, str]
) -> None:
    for minutes, form in forms.items():
        order = RICH.replace("present_min: 21", f"present_min: {minutes}")
        version = read_order.read("order.yaml", order.encode(), {})
        section = order_sentences.condition(
            version.conditions[4], version, texts.catalogue(language)
        )
        assert form in section.lines[0]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("fr", {3: "3 sommets", 5: "5 sommets"}),
        ("ru", {3: "3 углами", 5: "5 углами"}),
        ("kk", {3: "3 бұрышы", 5: "5 бұрышы"}),
    ],
)
def test_corners_take_the_form_of_the_language(language: str, forms: dict[int, str]) -> None:
    ring = [f"[43.2{n}, 76.{90 + n * n}]" for n in range(5)]
    for corners, form in forms.items():
        polygon = f"{{polygon: [{', '.join(ring[:corners])}]}}"
        order = re.sub(r"  park: .*", f"  park: {polygon}", RICH)
        version = read_order.read("order.yaml", order.encode(), {})
        sections = order_sentences.sentences(version, texts.catalogue(language))
        assert any(form in line for passage in sections for line in passage.lines)


def test_being_there_is_forbidden_and_not_only_entering() -> None:
    sentences = {
        language: Exclusion("park", Timetable(ZoneInfo("Asia/Almaty"), (), always=True)).sentence(
            texts.catalogue(language)
        )
        for language in ("fr", "ru", "kk")
    }
    assert sentences == {
        "fr": "La personne ne doit pas se trouver dans ce lieu\N{NO-BREAK SPACE}: "
        "«\N{NO-BREAK SPACE}park\N{NO-BREAK SPACE}».",
        "ru": "Лицу нельзя находиться в этом месте: «park».",
        "kk": "Тұлғаға мына жерде болуға болмайды: «park».",
    }


def test_the_radius_of_venues_is_read_back_also_where_none_is_a_point() -> None:
    category = "{exclusion: {venue_category: nightlife, venues: m.geojson, venue_radius_m: 25}}"
    curfew = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
    order = samples.replace_once(curfew, category)
    areas = collection(feature("Polygon", [RING], name="Almaly", amenity="bar"))
    version = read_order.read("order.yaml", order.encode(), {"m.geojson": areas})
    lines = [
        line
        for passage in order_sentences.sentences(version, texts.catalogue("en"))
        for line in passage.lines
    ]
    assert "Areas count as they are drawn: the 25 m round points are not added to them." in lines
