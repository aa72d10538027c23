"""The words of the pages: those that are banned, to whom a page speaks, durations, punctuation."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Message
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


def texts_with(word: str, texts: list[str]) -> list[str]:
    """Return the texts that have a word; one that ends with a hyphen, with any ending."""
    stem = re.escape(word.removesuffix("-"))
    # What stands in the log, or in nothing's way, is said of things.
    end = "" if word.endswith("-") else r"\b(?! (?:the|it|nothing))"
    pattern = re.compile(rf"\b{stem}{end}", re.IGNORECASE)
    return [text for text in texts if pattern.search(text)]


@pytest.mark.parametrize("word", words_not_used())
def test_no_text_has_a_word_that_is_not_used(word: str) -> None:
    assert texts_with(word, english()) == []


def test_old_words_are_found() -> None:
    assert len(words_not_used()) >= 12
    assert len(english()) > 3_000
    assert texts_with("stands in", ["Bolat stands in for Amina", "It stands in the log."]) == [
        "Bolat stands in for Amina"
    ]
    assert texts_with("please check", ["Please check"]) == ["Please check"]
    assert texts_with("шешіміңіз-", ["Шешіміңізде жоқ.", "Сот шешімі."]) == ["Шешіміңізде жоқ."]


# --- To whom a page speaks -----------------------------------------------------------------------

# Where "you" is staff, counsel, a court, or the operator of a command.
OFFICE = (
    "mesure/web/console/", "mesure/web/counsel/", "mesure/web/inspector/", "mesure/web/office/",
    "mesure/web/templates/", "mesure/reports/", "mesure/record/", "mesure/bundle/", "mesure/cli/",
)  # fmt: skip
HANDED_OVER = {  # To the person: a printed sheet, and the first page of their own download.
    "mesure/web/console/templates/device_sheet.html",
    "mesure/reports/downloads/own_data_page.py",
}
SPEAKS_TO_PERSON = re.compile(
    r"\bagainst you\b|\b(in )?your (device|order|officer|lawyer|home|curfew)\b|\bwhere you were\b"
    r"|\byou (had to|can contest|came)\b|\bheard you\b",
    re.IGNORECASE,
)


def english_of(folders: tuple[str, ...]) -> list[str]:
    """Every English text that stands in one of some folders."""
    with TEXTS.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    ids = [
        message.id
        for message in messages
        if any(
            path.startswith(folders) and path not in HANDED_OVER for path, _ in message.locations
        )
    ]
    return [one for id_ in ids for one in ([id_] if isinstance(id_, str) else id_)]


def test_no_text_of_an_office_page_or_a_paper_speaks_to_the_person() -> None:
    texts = english_of(OFFICE)
    assert len(texts) > 1_200
    assert [text for text in texts if SPEAKS_TO_PERSON.search(text)] == []


def test_a_text_that_speaks_to_the_person_is_found_where_they_read() -> None:
    portal = english_of(("mesure/web/portal/", "mesure/incidents/words/"))
    assert len([text for text in portal if SPEAKS_TO_PERSON.search(text)]) > 30


# --- Durations -----------------------------------------------------------------------------------

OF_TIME = re.compile(r"\{(minutes|hours)\}|\{\w+\} (minutes?|min|hours?|h)\b")
WORDS_THEM = "mesure/orders/clock/durations.py"
# Of an order file, which is in minutes as it is written, and of a limit that is a whole hour.
AS_WRITTEN = {
    "{count} minutes are longer than the shortest slot, which lasts {most}",
    "Condition {id}: a slot lasts more than {hours} hours. Are its hours right?",
}


def test_a_duration_is_worded_in_one_place() -> None:
    with TEXTS.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    paths_by_form = {
        form: {path for path, _ in message.locations}
        for message in messages
        for form in ([message.id] if isinstance(message.id, str) else message.id)
        if OF_TIME.search(form) and form not in AS_WRITTEN
    }
    assert paths_by_form.pop("{hours} h {minutes} min") == {WORDS_THEM}
    assert {form: paths for form, paths in paths_by_form.items() if paths != {WORDS_THEM}} == {}


# --- How a language punctuates -------------------------------------------------------------------


def translations(language: str) -> list[str]:
    """Every text in a language, in each of its forms."""
    return [form for message in _messages(language) for form in _forms(message.string or "")]


@cache
def _messages(language: str) -> list[Message]:
    path = ROOT / "mesure/locale" / language / "LC_MESSAGES" / "mesure.po"
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


# A time has none; the keys of an order file, and addresses, are left out.
CLOSE_IN_FRENCH = re.compile(r"[\w»][;:?!](?=\s|$)")
OF_ORDER_FILE = re.compile(r"\b[a-z_]+: |https?://\S+")
SHORT_DASH = re.compile(r"[^\W\d],? – ?|(?<=[»}]) – (?=[^\W\d])")
SPAN_WORDS = ("аралығы",)
PUNCTUATION_IN_CODE = re.compile(r'(?:\}\}|>|\{\})[:;] ?[{<]|"; "\.join')


def test_french_puts_a_no_break_space_before_what_is_high() -> None:
    texts = [OF_ORDER_FILE.sub("", text) for text in translations("fr")]
    assert len(texts) > 3_000
    assert [text for text in texts if CLOSE_IN_FRENCH.search(text)] == []
    assert CLOSE_IN_FRENCH.search("du mauvais côté; plein")


TAGS = {"French": "fr", "Russian": "ru", "Kazakh": "kk"}


def test_no_translation_has_a_second_word_for_a_house_word() -> None:
    section = PAGE.read_text("utf-8").partition("## House words")[2].partition("Not any more:")[2]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)
    words = [
        (TAGS[name], word)
        for name, all_words in rows
        if name in TAGS
        for word in all_words.split(", ")
    ]
    assert len(words) >= 35
    texts = {tag: [re.sub(r"{\w+}", "", one) for one in translations(tag)] for tag in TAGS.values()}
    again = [(word, text) for tag, word in words for text in texts_with(word, texts[tag])]
    assert again == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_dash_between_words_is_long(language: str) -> None:
    texts = [text for text in translations(language) if not any(map(text.count, SPAN_WORDS))]
    assert [text for text in texts if SHORT_DASH.search(text)] == []
    assert SHORT_DASH.search("Молчание – не нарушение.")


def test_no_page_joins_words_by_the_punctuation_of_english() -> None:
    """A colon or a semicolon between two texts is a text of its own; French has a space before."""
    files = [one for one in (ROOT / "mesure/web").rglob("*") if one.suffix in {".html", ".py"}]
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if PUNCTUATION_IN_CODE.search(re.sub(r"<!--.*?-->|style=\"[^\"]*\"", "", line))
    ]
    assert lines == []


# --- Kazakh and Russian --------------------------------------------------------------------------

# One word for one thing: where English has the first, Kazakh has the second, with any ending.
KAZAKH_WORDS = {
    "applied|applies now|did not (?:apply|bind)|does not bind": "қолданыл",
    "approved?": "бекіт", "barred": "шеттет", "beacons?": "маяк", "boundar(?:y|ies)": "шекара",
    "bundle": "топтама", "checkpoints?": "бақылау нүкте", "conditions?": "шарт",
    "confidence circles?": "қателік шеңбер", "contest(?:s|ed)?": "дау", "counsel": "қорғаушы",
    "court’s papers?": "сот қағаз", "devices?": "құрылғы", "drafts?": "нобай",
    "evidence": "дерек", "exclusion zones?": "тыйым салынған", "findings?": "қорытынды",
    "excused": "себебі дәлелді",
    "fix(?:es)?": "өлшеу", "hand-over notes?": "тапсыру жазба", "hash(?:es)?": "хеш",
    "incidents?": "хабарлама", "lawyers?": "қорғаушы", "met": "орындал", "officers?": "инспектор",
    "papers? of the court": "сот қағаз", "passkeys?": "кіру кілт", "passwords?": "құпиясөз",
    "PIN": "PIN-код", "possible breach(?:es)?": "ықтимал бұзушылы", "programme":
    "қадағалау бағдарлама", "supervisors?": "басшы", "thresholds?": "шекті мән",
    "time zones?": "белдеу", "trail": "жүрген жол", "unknown": "белгісіз", "variations?": "өзгер",
    "versions?": "нұсқа", "withdrawn": "кері алын", "wrong side": "қате жа",
}  # fmt: skip
NOT_SAID = re.compile(r"\{\w+\}|“[^”]*”|https?://\S+|\b[A-Z]-?\d\S*|U\+|\\U|\d{4}-\d\d-\d\d\w*")


def pairs(language: str) -> list[tuple[str, str]]:
    """Every English text with its translation, in the form of each for one and for many."""
    return [
        (source, form)
        for message in _messages(language)
        for source, form in zip(_forms(message.id), _forms(message.string or ""), strict=False)
    ]


def texts_without(language: str, word: str, stem: str) -> list[str]:
    """Return the translations of texts that have an English word, but not the word for it."""
    word_pattern = re.compile(rf"\b(?:{word})\b", re.IGNORECASE)
    stem_pattern = re.compile(stem, re.IGNORECASE)
    texts = [form for text, form in pairs(language) if word_pattern.search(NOT_SAID.sub("", text))]
    assert texts, word
    return [text for text in texts if not stem_pattern.search(text)]


@pytest.mark.parametrize("word", KAZAKH_WORDS)
def test_kazakh_has_one_word_for_each_thing(word: str) -> None:
    assert texts_without("kk", word, KAZAKH_WORDS[word]) == []


def test_the_number_of_a_thing_in_kazakh_is_no_count_of_things() -> None:
    """The fifth entry is «5-жазба»; «5 жазба» are five entries."""
    counted = re.compile(r"\{(?:entry|line|number)\}»? (?:жазба|жол|қадам|нұсқа|хабарлама)")
    assert [text for text in translations("kk") if counted.search(text)] == []
    assert counted.search("журналдың {entry} жазбасымен")


# An ending on a placeholder, or a word that asks for a case of it or sounds like it.
ENDING = re.compile(
    r"\{\w+\}»?(?:"
    r"-?(?:[ғгқк][ае]|[дт][ае]н?|н[ае]н?|[нд]?[ныді]ң|[тд][ыі]ң|[ндт][ыі]|[мбп]ен|с?[ыі])\b"
    r"| (?:дейін|бастап|кейін|бері|астам|[мбп]ен|[дт][ае]|[мбп][ае])\b)"
)


def test_no_kazakh_ending_depends_on_a_placeholder() -> None:
    """Which ending a number or a name takes depends on how it is read aloud."""
    assert [text for text in translations("kk") if ENDING.search(text)] == []
    for wrong in ("{when} дейін", "«{one}» де", "{count}-ден", "{day}да", "{one} мен {other}"):
        assert ENDING.search(wrong), wrong
    for right in ("{moment} сәтіне дейін", "{line}-жолда", "{length} бұрын", "«{place}» орнында"):
        assert not ENDING.search(right), right


IMPOLITE = {
    "fr": r"\b(?i:tu|te|toi|ton|ta|tes)\b|\bt’",
    "ru": r"(?<!из )\b(?:вы|вас|вам|вами|ваш\w*)\b",
    "kk": r"\bсіз(?:ге|ді|дің|ден|бен|де|сіз)?\b",
}


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_you_is_polite(language: str) -> None:
    impolite = re.compile(IMPOLITE[language])
    assert [text for text in translations(language) if impolite.search(text)] == []


ALIKE = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]|(?<![\w-])[A-Za-z](?![\w-])")


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_word_has_letters_of_two_alphabets(language: str) -> None:
    """A Latin i or c looks right, is read wrongly aloud, and is not found by a search."""
    bare = [re.sub(r"\s*\{\w+\}", " ", text) for text in translations(language)]
    texts = [NOT_SAID.sub("", text) for text in bare]
    assert [text for text in texts if ALIKE.search(text)] == []
    assert ALIKE.search("шешiм")


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_no_line_parts_the_thousands_of_a_number(language: str) -> None:
    assert [text for text in translations(language) if re.search(r"\d \d{3}\b", text)] == []
