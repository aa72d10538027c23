"""An order read back, version by version, in each language."""

from datetime import date
from pathlib import Path

import pytest

from mesure.machine import texts
from mesure.orders.text.order_faults import OrderError
from mesure.record import order_check
from tests.house import ROOT
from tests.incidents.samples import WORDS_MAX, words
from tests.service.files import LATER, ORDER, write

WORDS = {
    "en": "The person must be at this place: “home”.",
    "fr": "La personne doit se trouver à cet endroit\u00a0: «\u00a0domicile\u00a0».",
    "ru": "Лицо должно находиться в этом месте: «дом».",
    "kk": "Тұлға мына орында болуға тиіс: «үй».",
}


def read_back(*paths: Path, language: str = "en", as_of: date | None = None) -> str:
    return order_check.read_back(paths, texts.catalogue(language), as_of)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_language_reads_it_in_its_own_words(tmp_path: Path, language: str) -> None:
    paths = write(tmp_path, order_yaml=ORDER)
    text = read_back(*paths, language=language)
    assert WORDS[language] in text
    others = {read_back(*paths, language=other) for other in WORDS}
    assert len(others) == len(WORDS)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_no_sentence_is_long(tmp_path: Path, language: str) -> None:
    for line in read_back(*write(tmp_path, order_yaml=ORDER), language=language).splitlines():
        assert len(words(line)) <= WORDS_MAX[language], line


def test_headings_stand_above_their_sentences(tmp_path: Path) -> None:
    lines = read_back(*write(tmp_path, order_yaml=ORDER)).splitlines()
    assert not lines[0].startswith(" ")
    assert lines[1].startswith("  ")
    parts = read_back(*write(tmp_path, order_yaml=ORDER)).split("\n\n")
    assert len(parts) > 2
    for part in parts:
        heading, *sentences = part.splitlines()
        assert heading[0] != " "
        assert all(sentence.startswith("  ") for sentence in sentences)


def test_versions_are_read_from_the_earliest_on(tmp_path: Path) -> None:
    first, second = write(tmp_path, first_yaml=ORDER, second_yaml=LATER)
    text = read_back(second, first)
    assert text == read_back(first, second)
    assert text.index("22:00") < text.index("20:00")


def test_overdue_reviews_are_named_on_a_day(tmp_path: Path) -> None:
    reviewed = ORDER.replace("every: day}}", "every: day}, review_by: 2026-02-10}", 1)
    paths = write(tmp_path, order_yaml=reviewed)
    quiet = read_back(*paths, as_of=date(2026, 2, 10))
    late = read_back(*paths, as_of=date(2026, 2, 11))
    assert "No review is overdue" in quiet
    assert "No review is overdue" not in late
    assert [line for line in late.splitlines() if "C1" in line and "10 February 2026" in line]


def test_every_error_is_named(tmp_path: Path) -> None:
    wrong = ORDER.replace("radius_m: 60", "radius_m: 0").replace("at: home", "at: hoem")
    with pytest.raises(OrderError) as caught:
        read_back(*write(tmp_path, order_yaml=wrong))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ", line 9, conditions.C1.curfew.at: the order has no place called “hoem”; "),
        (
            "fr",
            ", ligne 9, conditions.C1.curfew.at\u00a0: la décision n’a aucun endroit du nom de ",
        ),
        ("ru", ", строка 9, conditions.C1.curfew.at: в решении нет места с названием «hoem»; "),
        ("kk", ", 9-жол, conditions.C1.curfew.at: шешімде «hoem» деп аталатын орын жоқ; "),
    ],
)
def test_an_error_is_named_in_the_language(tmp_path: Path, language: str, says: str) -> None:
    wrong = ORDER.replace("at: home", "at: hoem")
    with pytest.raises(OrderError) as caught:
        read_back(*write(tmp_path, order_yaml=wrong), language=language)
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_said_in_the_language(tmp_path: Path) -> None:
    with pytest.raises(OrderError) as caught:
        read_back(tmp_path / "gone.yaml", language="ru")
    assert str(caught.value).endswith(
        "gone.yaml: файл нельзя открыть; без него о решении ничего не известно; "
        "проверьте путь и право на чтение."
    )


@pytest.mark.parametrize("language", sorted(WORDS))
def test_what_positions_can_tell_comes_last(tmp_path: Path, language: str) -> None:
    text = read_back(*write(tmp_path, order_yaml=ORDER), language=language)
    last = text.split("\n\n")[-1].splitlines()
    assert last[1].startswith("  C1, ")
    catalogue = texts.catalogue(language)
    assert last[0] == catalogue.text("What positions can tell (estimates)")
    assert any("60" in line for line in last)


def test_estimates_stand_below_each_version(tmp_path: Path) -> None:
    text = read_back(*write(tmp_path, first_yaml=ORDER, second_yaml=LATER))
    assert text.count("What positions can tell (estimates)") == 2
    assert "For at most one false alert in 50 days the radius must be" in text


def test_the_page_on_zones_shows_what_is_printed(tmp_path: Path) -> None:
    text = read_back(*write(tmp_path, order_yaml=ORDER))
    printed = text[text.index("What positions can tell") :].split("\n  C2, ")[0]
    printed = printed.replace("\N{NO-BREAK SPACE}", " ")
    page = (ROOT / "docs" / "zone_check.md").read_text(encoding="utf-8")
    assert "".join(f"    {line}\n" for line in printed.splitlines()) in page
