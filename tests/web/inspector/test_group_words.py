"""Group words: a class of lengths is named by its ends."""

import pytest

from mesure.machine import texts
from mesure.web.inspector import group_words
from mesure.web.shared.words.page_texts import PageTexts


@pytest.mark.parametrize(
    ("from_s", "until_s", "words"),
    [
        (0, 60, "up to 1 minute"),
        (10, 14_400, "up to 4 hours"),
        (60, 300, "1 minute to 5 minutes"),
        (120, 300, "2 to 5 minutes"),
        (1_209_600, None, "longer than 14 days"),
    ],
)
def test_a_class_of_lengths_is_named_by_its_ends(
    from_s: int, until_s: int | None, words: str
) -> None:
    english = PageTexts(texts.catalogue("en"))
    label = group_words.length_class(from_s, until_s, english)
    assert label.replace("\N{NO-BREAK SPACE}", " ") == words
