"""What is wrong with an order, in each language: whole, word for word, and in short parts.

What stands in `said_wrong/` was read by a person. A change of a sentence shows there, in each of
the four languages.
"""

import pickle
import string
from functools import cache
from pathlib import Path

import msgspec
import pytest

from mesure.machine import texts
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import (
    FAULTS_MAX,
    FileFault,
    FileFaults,
    OrderError,
    join_names,
)
from mesure.orders.text.sayings import (
    TranslatableEnum,
    TranslatableText,
    either,
    in_a_row,
    translatable,
    translate,
)
from mesure.orders.wording import fault_sentences
from tests.incidents.samples import words
from tests.orders.conftest import LANGUAGES, check
from tools import text_pages as tool

pytestmark = pytest.mark.once

HERE = Path(__file__).parent / "said_wrong"
ROOT = Path(__file__).resolve().parent.parent.parent
WORDS_MAX = {"en": 20, "fr": 22, "ru": 20, "kk": 20}


def wrong(file: str = "order.yaml") -> OrderError:
    with pytest.raises(OrderError) as caught:
        read_order.read(file, (HERE / file).read_bytes(), {})
    return caught.value


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_wrong_reads_as_a_person_read_it(language: str) -> None:
    catalogue = texts.catalogue(language)
    parts = [
        fault_sentences.lines(wrong(file), catalogue) for file in ("order.yaml", "no_yaml.yaml")
    ]
    expected = (HERE / f"{language}.txt").read_text(encoding="utf-8")
    assert "\n".join(parts) + "\n" == expected


def test_english_is_what_a_fault_says_of_itself() -> None:
    assert fault_sentences.lines(wrong(), texts.catalogue("en")) == str(wrong())


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_question_keeps_its_mark_and_gets_no_full_stop(language: str) -> None:
    catalogue, question = texts.catalogue(language), translatable("did you mean {near}?", near="C1")
    sentence = fault_sentences.sentence("what", "why", question, catalogue)
    assert sentence.endswith("?")
    assert fault_sentences.sentence("what", "why", "remedy", catalogue).endswith("remedy.")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_faults_that_are_only_counted_are_counted_in_every_language(language: str) -> None:
    faults = FileFaults("a.yaml")
    for number in range(FAULTS_MAX + 7):
        faults.add(number, "", "what", "why", "remedy")
    with pytest.raises(OrderError) as caught:
        faults.settle()
    lines = fault_sentences.lines(caught.value, texts.catalogue(language)).splitlines()
    assert len(lines) == FAULTS_MAX + 1
    assert "7" in lines[-1]
    assert ("further faults" in lines[-1]) == (language == "en")


def test_a_fault_without_a_line_names_the_file_alone() -> None:
    line = fault_sentences.line(FileFault("a.yaml", None, "", "w", "y", "r"), texts.catalogue("fr"))
    assert line == "a.yaml\u00a0: w\u00a0; y\u00a0; r."


def test_names_inside_are_quoted_as_the_language_quotes() -> None:
    names = join_names(str(number) for number in range(22))
    assert translate(names, texts.catalogue("ru")).startswith("«0», «1», ")
    assert translate(names, texts.catalogue("ru")).endswith("«19» и ещё 2")
    assert translate(either(["a", "b", "c"]), texts.catalogue("kk")) == "a немесе b немесе c"
    assert translate(in_a_row([]), texts.catalogue("ru")) == ""


def test_a_name_in_braces_is_only_a_name() -> None:
    words_ = translatable("the key “{key}” is missing", key="{key}{0}")
    assert words_ == "the key “{key}{0}” is missing"
    assert translate(words_, texts.catalogue("ru")) == "нет ключа «{key}{0}»"


def test_words_stay_sayable_when_they_are_handed_to_another_process() -> None:
    words_ = pickle.loads(pickle.dumps(translatable("write {example}", example="x")))
    assert isinstance(words_, TranslatableText)
    assert (words_, translate(words_, texts.catalogue("fr"))) == ("write x", "écrivez x")


class Why(TranslatableEnum):
    LATE = "late", "This is contested already."


def test_a_member_of_a_closed_list_is_its_value_and_says_its_text_in_each_language() -> None:
    assert (Why("late"), Why.LATE.value, str(Why.LATE)) == (Why.LATE, "late", "late")
    assert pickle.loads(pickle.dumps(Why.LATE)) is Why.LATE
    assert msgspec.json.decode(msgspec.json.encode(Why.LATE), type=Why) is Why.LATE
    assert Why.LATE.in_words(texts.catalogue("en")) == "This is contested already."
    assert Why.LATE.in_words(texts.catalogue("fr")) == texts.catalogue("fr").text(Why.LATE.words)
    assert Why.LATE.in_words(texts.catalogue("fr")) != Why.LATE.words


def test_words_that_stay_english_are_found() -> None:
    with pytest.raises(AssertionError, match="English only"):
        check("plain")
    with pytest.raises(AssertionError, match="stays English"):
        check(
            translatable(
                "write {example}", example=TranslatableText.of("nobody translated this", {})
            )
        )


@cache
def of_orders() -> frozenset[str]:
    """Return what can be said of an order, in English."""
    return frozenset(one.texts[0] for one in tool.sources(ROOT) if "/orders/" in one.file)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_parts_of_a_sentence_are_short(language: str) -> None:
    catalogue = texts.catalogue(language)
    long = [
        text
        for text in map(catalogue.text, of_orders())
        if len(words(text)) > WORDS_MAX[language] and "{what}" not in text
    ]
    assert not long


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_lost_in_translation(language: str) -> None:
    catalogue = texts.catalogue(language)
    for source in of_orders():
        assert placeholders(catalogue.text(source)) == placeholders(source), source


def placeholders(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}
