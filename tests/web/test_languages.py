import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.web import languages

OFFERED = ["en", "fr", "ru", "kk"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("kk-KZ,ru;q=0.8", "kk"),
        ("de;q=1, ru;q=0.2, fr;q=0.3", "fr"),
        ("ru;q=0, fr;q=0.1", "fr"),
        ("ru;q=nan, fr;q=x, kk;q=0.1", "kk"),
        ("ru;q=5", "en"),
        ("FR", "fr"),
    ],
)
def test_the_browser_is_heard(header: str, language: str) -> None:
    assert languages.negotiate(None, header, OFFERED) == language


def test_what_was_chosen_goes_first_if_there_is_such_a_language() -> None:
    assert languages.negotiate("kk", "fr", OFFERED) == "kk"
    assert languages.negotiate("tlh", "fr", OFFERED) == "fr"


@given(st.text(max_size=600))
def test_whatever_is_asked_for_a_language_comes_back(header: str) -> None:
    assert languages.negotiate(None, header, OFFERED) in OFFERED
