"""Text from outside, made safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.reports.text import visible_text

# Aimed at what steers a terminal or turns the reading direction.
HAZARDS = st.text(
    st.sampled_from("a\x1b\x00\n\r\t\x7f\x9b\u202e\u2066\u200f\u061c\u2028\ud800\ufeff\U000e0041é")
    | st.characters()
)


@pytest.mark.parametrize(
    "hidden",
    ["\x1b", "\x00", "\n", "\t", "\x9b", "\u202e", "\u2069", "\u2028", "\ud800", "\U000e0041"],
)
def test_a_letter_that_cannot_be_seen_is_shown_as_a_sign(hidden: str) -> None:
    assert visible_text.visible(f"ho{hidden}me") == f"ho{visible_text.SIGN}me"


def test_letters_of_every_script_and_emoji_stay() -> None:
    text = "Үй № 5, Дом, مسجد, 家, 👩‍👧"
    assert visible_text.visible(text) == text


@given(HAZARDS)
def test_a_visible_text_stays_as_long_and_can_be_written_to_a_file(text: str) -> None:
    shown = visible_text.visible(text)
    assert len(shown) == len(text)
    assert "\x1b" not in shown
    assert "\n" not in shown
    shown.encode()


@given(HAZARDS, st.integers(2, 20))
def test_a_shortened_text_is_never_longer_than_asked(text: str, length_max: int) -> None:
    shown = visible_text.shorten(text, length_max)
    assert len(shown) <= length_max
    assert (shown == visible_text.visible(text)) == (len(text) <= length_max or shown == text)


def test_empty_paragraphs_are_left_out() -> None:
    assert visible_text.paragraphs("One.\n \n\nTwo\x1b.") == ("One.", f"Two{visible_text.SIGN}.")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("off by up to 15 m. This", "off by up to 15_m. This"),
        ("{hours} h {minutes} min", "{hours}_h {minutes}_min"),
        ("нүктеден 60 м-ден аспайтын", "нүктеден 60_м-ден аспайтын"),
        ("± {metres} м", "±_{metres}_м"),
        ("10 Mo au plus, 1.5 km, 40 %", "10_Mo au plus, 1.5_km, 40_%"),
        ("на {seconds} с. Время", "на {seconds}_с. Время"),
        ("{day} с {start} до {end}", "{day} с {start} до {end}"),
        ("60 metres, 3 sets, 5 months, 2 мая", "60_metres, 3 sets, 5 months, 2 мая"),
        ("", ""),
    ],
)
def test_a_number_keeps_its_unit(text: str, whole: str) -> None:
    assert visible_text.keep_units(text) == whole.replace("_", "\u00a0")


def test_what_was_shown_of_somebody_is_not_remembered() -> None:
    """Why: a program's memory would keep what was erased."""
    assert not hasattr(visible_text.keep_units, "cache_info")
