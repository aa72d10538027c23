from math import inf, nan

import pytest

from mesure.machine.texts import LANGUAGES, catalogue
from mesure.orders.clock import durations


def plain(duration: str) -> str:
    return duration.replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_hours_are_never_parted_from_their_minutes(language: str) -> None:
    for wording in (durations.in_sentence, durations.in_list, durations.exact):
        assert " " not in wording(7_020.0, catalogue(language))


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (nan, "less than a minute"), (-1.0, "less than a minute"), (59.9, "less than a minute"),
        (60.0, "1 minute"), (119.9, "1 minute"), (3_599.0, "59 minutes"), (3_600.0, "1 hour"),
        (7_020.0, "1 h 57 min"), (7_200.0, "2 hours"), (7_260.0, "2 h 1 min"),
        (172_799.0, "47 h 59 min"), (172_800.0, "2 days"),
        (366 * 86_400.0, "more than a year"), (inf, "more than a year"),
    ],
)  # fmt: skip
def test_a_duration_in_a_sentence(duration_s: float, words: str) -> None:
    assert plain(durations.in_sentence(duration_s, catalogue("en"))) == words


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (0, "0 min"), (59, "under 1 min"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"),
        (6_360, "1 h 46 min"), (7_200_000, "2 000 h"),
    ],
)  # fmt: skip
def test_a_duration_in_a_list_is_never_said_in_days(duration_s: float, words: str) -> None:
    in_list = durations.in_list(duration_s, catalogue("en"))
    assert (
        " " not in in_list
    )  # In a narrow cell a number would end one line, its unit begin the next.
    assert plain(in_list) == words


@pytest.mark.parametrize(
    ("duration_s", "words"),
    [
        (1, "1 second"), (60, "1 minute"), (90, "1 minute 30 seconds"), (3_600, "1 hour"),
        (7_020, "1 h 57 min"), (7_021, "1 h 57 min 1 second"), (180_000, "50 hours"),
        (float("nan"), "less than a minute"), (float("inf"), "more than a year"),
    ],
)  # fmt: skip
def test_what_an_order_asks_for_is_said_to_the_second(duration_s: float, words: str) -> None:
    assert plain(durations.exact(duration_s, catalogue("en"))) == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minutes", [0, 1, 2, 5, 21, 60 * 21, 60 * 24 * 21])
def test_a_duration_has_words_in_each_language(language: str, minutes: int) -> None:
    words = durations.in_sentence(minutes * 60.0, catalogue(language))
    assert words.startswith(("21 ", f"{minutes} ")) == (minutes > 0)


def test_russian_durations_are_the_same_in_every_case_they_stand_in() -> None:
    forms = {1: "1 мин", 21: "21 мин", 120: "2 часа", 117: "1 ч 57 мин", 60 * 24 * 5: "5 дней"}
    for minutes, form in forms.items():
        assert plain(durations.in_sentence(minutes * 60.0, catalogue("ru"))) == form
