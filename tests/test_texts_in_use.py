"""The words of the pages: none stands in a text that `docs/translating.md` says is not used."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.house import ROOT

PAGE = ROOT / "docs/translating.md"
TEXTS = ROOT / "mesure/locale/fr/LC_MESSAGES/mesure.po"
ROW = re.compile(r"^\| (?P<old>[^|]+) \| [^|]+ \|$", re.MULTILINE)


def words_not_used() -> list[str]:
    section = PAGE.read_text("utf-8").partition("## Words that are not used")[2]
    rows = ROW.findall(section.partition("\n## ")[0])
    return [word for row in rows if row != "Not" for word in row.split(", ")]


def english() -> list[str]:
    """Every English text of the program, in each of its forms."""
    with TEXTS.open("rb") as file:
        messages = [message.id for message in read_po(file) if message.id]
    return [one for id_ in messages for one in ([id_] if isinstance(id_, str) else id_)]


def using(word: str, texts: list[str]) -> list[str]:
    # What stands in the log, or in nothing's way, is said of things.
    pattern = re.compile(rf"\b{re.escape(word)}\b(?! (?:the|it|nothing))", re.IGNORECASE)
    return [text for text in texts if pattern.search(text)]


@pytest.mark.parametrize("word", words_not_used())
def test_no_text_has_a_word_that_is_not_used(word: str) -> None:
    assert using(word, english()) == []


def test_old_words_are_found() -> None:
    assert len(words_not_used()) >= 12
    assert len(english()) > 3_000
    assert using("stands in", ["Bolat stands in for Amina", "It stands in the log."]) == [
        "Bolat stands in for Amina"
    ]
    assert using("please check", ["Please check"]) == ["Please check"]
