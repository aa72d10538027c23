import re
from datetime import UTC, datetime, timedelta
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.incidents.words import phrases
from mesure.incidents.words.reader import Reader
from mesure.machine.texts import LANGUAGES, catalogue
from mesure.orders.values.span import Span
from tests.incidents.samples import at

PARIS = ZoneInfo("Europe/Paris")


@given(st.floats())
def test_no_chance_is_certainty(p_wrong_side: float) -> None:
    phrase = phrases.chance(p_wrong_side, catalogue("en"))
    assert phrase is None or re.fullmatch(
        r"less than 1 in 100|[1-9]\d? in 100|more than 99 in 100", phrase
    )
    assert (phrase is None) == (not p_wrong_side >= 0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_greater_chance_never_sounds_smaller(p_one: float, p_other: float) -> None:
    def rank(p_wrong_side: float) -> float:
        phrase = phrases.chance(p_wrong_side, catalogue("en")) or ""
        if phrase.startswith("less"):
            return 0.0
        return 99.5 if phrase.startswith("more") else float(phrase.split()[0])

    low, high = sorted([p_one, p_other])
    assert rank(low) <= rank(high)
    assert rank(high) <= max(100 * high, 0.0) or rank(high) == 99.5


@pytest.mark.parametrize(
    ("distance_m", "phrase"),
    [
        (nan, None), (-3.0, None), (0.4, None), (0.5, "1 metre"), (1.0, "1 metre"),
        (19.4, "19 metres"), (24.9, "20 metres"), (25.0, "30 metres"), (1_404.0, "1400 metres"),
        (9_999.0, "10000 metres"), (10_000.0, "10 kilometres"), (2e7, "20000 kilometres"),
        (2.1e7, None), (inf, None),
    ],
)  # fmt: skip
def test_distances_in_words(distance_m: float, phrase: str | None) -> None:
    assert phrases.distance(distance_m, catalogue("en")) == phrase


def test_what_a_circle_has_at_most_is_rounded_up() -> None:
    radii = [phrases.distance(m, catalogue("en"), is_limit=True) for m in (18.4, 24.0, 30.0, 1e4)]
    assert radii == ["19 metres", "30 metres", "30 metres", "10 kilometres"]


@pytest.mark.parametrize("duty", ["curfew", "residence", "exclusion", "appointment"])
def test_each_duty_has_a_name_in_each_language_and_a_new_one_keeps_its_own(duty: str) -> None:
    for language in LANGUAGES:
        name = phrases.duty_name(duty, catalogue(language))
        assert (name == duty) == (language == "en")
    assert phrases.duty_name("stillness", catalogue("ru")) == "stillness"


def test_a_place_called_home_is_home_and_any_other_has_its_name_in_quotes() -> None:
    assert phrases.at("home", catalogue("en"), Reader.PERSON) == "at home"
    assert phrases.at("hostel", catalogue("en"), Reader.OFFICE) == "at “hostel”"
    assert phrases.at("home", catalogue("fr"), Reader.PERSON) == "à votre domicile"
    assert phrases.at("home", catalogue("fr"), Reader.OFFICE) == "à son domicile"
    assert phrases.away("home", catalogue("ru"), Reader.PERSON) == "не дома"
    assert phrases.away("hostel", catalogue("ru"), Reader.PERSON) == "вне места «hostel»"


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("en", "on 31 December 2026 from 22:00 to 24:00"),
        ("fr", "le 31 décembre 2026 de 22:00 à 24:00"),
        ("ru", "31 декабря 2026 года с 22:00 до 24:00"),
        ("kk", "2026 жылғы 31 желтоқсан күні 22:00 – 24:00 аралығында"),
    ],
)
def test_midnight_at_the_end_of_a_day_is_24(language: str, phrase: str) -> None:
    evening = Span(at("2026-12-31T22:00", PARIS), at("2027-01-01T00:00", PARIS))
    assert phrases.span_with_date(evening, PARIS, catalogue(language)) == phrase


def test_from_a_day_on_both_dates_are_named() -> None:
    start = at("2026-12-31T22:00", PARIS)
    day = Span(start, start + timedelta(days=1))
    assert phrases.span_with_date(day, PARIS, catalogue("en")) == (
        "from 31 December 2026, 22:00 to 1 January 2027, 22:00"
    )
    assert phrases.within(day, day, PARIS, catalogue("fr")) == (
        "du 31 décembre 2026 à 22:00 au 1er janvier 2027 à 22:00"
    )
    assert phrases.since(start, day, PARIS, catalogue("ru")) == "с 22:00 31 декабря 2026 года"


def test_a_midnight_that_happens_twice_is_24_with_its_offset() -> None:
    """On the Azores the clocks go back at one in the morning, to midnight."""
    azores = ZoneInfo("Atlantic/Azores")
    first = datetime(2026, 10, 25, 0, tzinfo=UTC)
    for hours, offset in enumerate(("UTC+00:00", "UTC-01:00")):
        end = first + timedelta(hours=hours)
        evening = Span(end - timedelta(hours=3), end)
        words = phrases.within(evening, evening, azores, catalogue("en"))
        assert words.endswith(f"to 24:00 ({offset})")
