import io
from datetime import UTC, date, datetime, timedelta
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from mesure.machine.texts import LANGUAGES, catalogue
from mesure.orders.text.catalogue import Catalogue
from tools import text_pages as tool

PARIS = ZoneInfo("Europe/Paris")
LATE = datetime(2026, 2, 12, 22, 16, 59, tzinfo=UTC)  # 23:16:59 in Paris.

# --- Dates, times and lists ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "moment", "first_of_month"),
    [
        ("en", "12 February 2026 at 23:16", "1 May 2026"),
        ("fr", "12 février 2026 à 23:16", "1er mai 2026"),
        ("ru", "12 февраля 2026 года в 23:16", "1 мая 2026 года"),
        ("kk", "2026 жылғы 12 ақпан, 23:16", "2026 жылғы 1 мамыр"),
    ],
)
def test_a_moment_is_written_as_people_write_it(
    language: str, moment: str, first_of_month: str
) -> None:
    texts = catalogue(language)
    assert texts.language == language
    assert texts.moment(LATE, PARIS) == moment
    assert texts.clock(LATE, PARIS) == "23:16"
    assert texts.day(datetime(2026, 4, 30, 22, 0, tzinfo=UTC), PARIS) == first_of_month


@pytest.mark.parametrize(
    ("language", "monday", "sunday", "three"),
    [
        ("en", "Monday", "Sunday", "a, b and c"),
        ("fr", "lundi", "dimanche", "a, b et c"),
        ("ru", "понедельник", "воскресенье", "a, b и c"),
        ("kk", "дүйсенбі", "жексенбі", "a, b және c"),
    ],
)
def test_weekdays_and_lists(language: str, monday: str, sunday: str, three: str) -> None:
    texts = catalogue(language)
    assert (texts.weekday(0), texts.weekday(6)) == (monday, sunday)
    assert texts.items(["a", "b", "c"]) == three
    assert texts.items(["a", "b"]) == three.replace("a, ", "").replace("b", "a").replace("c", "b")
    assert texts.items(["a"]) == "a"
    assert texts.items([]) == ""


@given(
    st.sampled_from(LANGUAGES),
    st.datetimes(timezones=st.just(UTC)).filter(lambda instant: 1 < instant.year < 9999),
    st.sampled_from(["Asia/Almaty", "Europe/Paris", "Pacific/Kiritimati", "America/St_Johns"]),
)
def test_no_two_days_are_written_alike(language: str, instant: datetime, zone: str) -> None:
    texts, place = catalogue(language), ZoneInfo(zone)
    assert texts.day(instant, place) in texts.moment(instant, place)
    assert texts.clock(instant, place) in texts.moment(instant, place)
    assert texts.day(instant, place) != texts.day(instant + timedelta(days=2), place)


def test_every_day_of_a_year_has_its_number_and_its_year() -> None:
    for language in LANGUAGES:
        day = date(2024, 1, 1)
        while day.year == 2024:
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            text = catalogue(language).day(noon, ZoneInfo("UTC"))
            assert {str(day.day), "2024"} <= set(text.replace("1er ", "1 ").split())
            day += timedelta(days=1)


# --- Translations ----------------------------------------------------------------------------


def test_a_catalogue_is_what_the_core_asks_for() -> None:
    texts: Catalogue = catalogue("kk")
    assert texts.text("curfew") == "міндетті болу уақыты"
    assert texts.text("nobody ever wrote this {name}") == "nobody ever wrote this {name}"
    assert texts.plural("{n} ox", "{n} oxen", 5) == "{n} oxen"


def test_english_needs_no_file() -> None:
    texts = catalogue("en")
    assert texts.text("curfew") == "curfew"
    assert [texts.plural("ox", "oxen", count) for count in (0, 1, 2)] == ["oxen", "ox", "oxen"]


def test_a_language_nobody_translated_is_refused_with_the_choice_there_is() -> None:
    with pytest.raises(ValueError, match=r"language 'de'.*Choose one of: en, fr, ru, kk"):
        catalogue("de")


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_a_catalogue_is_read_once(language: str) -> None:
    assert catalogue(language) is catalogue(language)


def test_the_translations_are_complete_and_in_step_with_the_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tool.main(["--check"]) == 0, capsys.readouterr().err


# --- The tool --------------------------------------------------------------------------------

CODE = """
def say(catalogue, count):
    yield catalogue.text("Hello, {name}.")
    yield catalogue.plural("{count} day", "{count} days", count)
    yield other.text("Not ours.")
"""
OF_A_READER = """
def show(visit):
    return visit.texts.text("Choose.") + visit.form.text("field", "Not ours.")


def name(texts, page):
    return texts.text("not known") + page.texts.catalogue.text("nothing")
"""


def house(root: Path, code: str = CODE, page: str = "") -> Path:
    (root / "mesure" / "web").mkdir(parents=True)
    (root / "mesure" / "web" / "hello.py").write_text(code, "utf-8")
    (root / "mesure" / "web" / "hello.html").write_text(page, "utf-8")
    return root


def po(root: Path, language: str) -> Path:
    return root / "mesure" / "locale" / language / "LC_MESSAGES" / "mesure.po"


def translate_texts(root: Path, replacements: dict[str, str], language: str = "fr") -> None:
    text = po(root, language).read_text("utf-8")
    for before, after in replacements.items():
        assert before in text
        text = text.replace(before, after)
    po(root, language).write_text(text, "utf-8")


HELLO = {'msgid "Hello, {name}."\nmsgstr ""': 'msgid "Hello, {name}."\nmsgstr "Bonjour, {name}."'}
DAYS = {'msgstr[0] ""\nmsgstr[1] ""': 'msgstr[0] "{count} jour"\nmsgstr[1] "{count} jours"'}


def run(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    status = tool.main(["--root", str(root), *options])
    lines = [line for line in capsys.readouterr().err.splitlines() if "/fr/" in line]
    return status, lines


def test_texts_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    page = '{{ catalogue.text("Title") }} {{ catalogue.first("Head", n=1) }} {{ page.text("no") }}'
    sources = tool.sources(house(tmp_path, page=page))
    assert [source.texts for source in sources] == [
        ("Hello, {name}.",), ("{count} day", "{count} days"), ("Title",), ("Head",),
    ]  # fmt: skip


def test_texts_of_the_reader_of_a_page_are_found(tmp_path: Path) -> None:
    sources = tool.sources(house(tmp_path, OF_A_READER))
    assert [source.texts for source in sources] == [("Choose.",), ("not known",), ("nothing",)]


def test_a_text_put_together_at_run_time_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path, "def say(catalogue, what):\n    catalogue.text(what)\n")
    assert tool.main(["--root", str(tmp_path)]) == 1
    assert "mesure/web/hello.py, line 2: catalogue.text(...) must begin with" in (
        capsys.readouterr().err
    )


def test_words_said_later_are_found_also_where_a_value_is_called_text(tmp_path: Path) -> None:
    code = 'def text(self):\n    refuse(translatable("{key} is missing", key=translatable("it")))\n'
    sources = tool.sources(house(tmp_path, code))
    assert [source.texts for source in sources] == [("{key} is missing",), ("it",)]


def test_words_said_later_stand_in_the_code_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path, "def refuse(what):\n    translatable(what)\n")
    assert tool.main(["--root", str(tmp_path)]) == 1
    assert "line 2: translatable(...) must begin with" in capsys.readouterr().err


def test_the_texts_of_a_closed_list_are_found_behind_its_values(tmp_path: Path) -> None:
    code = (
        'class Why(TranslatableEnum):\n    """Why."""\n\n    LATE = "late", ("It came " "late.")\n'
    )
    sources = tool.sources(house(tmp_path, code))
    assert [source.texts for source in sources] == [("It came late.",)]


@pytest.mark.parametrize("member", ['"late"', '"late", WORDS', '"late", f"{hours} h late"'])
def test_a_member_of_a_closed_list_has_its_text_in_the_code(
    member: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path, f"class Why(TranslatableEnum):\n    LATE = {member}\n")
    assert tool.main(["--root", str(tmp_path)]) == 1
    assert "line 2: TranslatableEnum(...) must begin with" in capsys.readouterr().err


def test_another_catalogue_may_hand_on_what_it_is_given(tmp_path: Path) -> None:
    house(tmp_path, "def text(source):\n    return catalogue.text(source)\n")
    assert tool.sources(tmp_path) == []


def test_a_file_is_complete_only_when_all_is_translated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path)
    status, lines = run(tmp_path, capsys, "--check")
    assert status == 1
    assert not po(tmp_path, "fr").exists()
    assert run(tmp_path, capsys)[0] == 0
    status, lines = run(tmp_path, capsys, "--check")
    assert (status, len(lines)) == (1, 2)
    translate_texts(tmp_path, HELLO | DAYS)
    assert run(tmp_path, capsys, "--check")[1] == []
    again = po(tmp_path, "fr").read_bytes()
    assert run(tmp_path, capsys)[0] == 0
    assert po(tmp_path, "fr").read_bytes() == again


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("Bonjour, {name}.", "Bonjour, {nom}.", "other placeholders"),
        ("Bonjour, {name}.", "Bonjour.", "other placeholders"),
        ("Bonjour, {name}.", "Bonjour, {name.", "other placeholders"),
        ("Bonjour, {name}.", "Bonjour, {name}", "does not end as"),
        ("{count} jours", "jours", "other placeholders"),
        ("{count} jours", "", "is not translated"),
        ('msgid "Hello', '#, fuzzy\nmsgid "Hello', "marked fuzzy"),
        ('msgid "Hello', 'msgid "Gone."\nmsgstr "Parti."\n\nmsgid "Hello', "no longer in the code"),
        ('msgid "Hello', '\nmsgid "Hello', "Run: python tools/text_pages.py"),
    ],
)
def test_each_fault_of_a_translation_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, fault: str
) -> None:
    house(tmp_path)
    run(tmp_path, capsys)
    translate_texts(tmp_path, HELLO | DAYS)
    assert run(tmp_path, capsys, "--check")[1] == []
    translate_texts(tmp_path, {before: after})
    status, lines = run(tmp_path, capsys, "--check")
    assert status == 1
    assert fault in "\n".join(lines)


def test_a_translation_stays_when_its_text_moves_and_is_left_over_when_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house(tmp_path)
    run(tmp_path, capsys)
    translate_texts(tmp_path, HELLO | DAYS)
    hello = tmp_path / "mesure" / "web" / "hello.py"
    hello.write_text(CODE.replace("Hello, {name}.", "Good day, {name}."), "utf-8")
    run(tmp_path, capsys)
    text = po(tmp_path, "fr").read_text("utf-8")
    assert '#~ msgstr "Bonjour, {name}."' in text
    assert 'msgstr[1] "{count} jours"' in text
    hello.write_text(CODE, "utf-8")
    run(tmp_path, capsys)
    assert '\nmsgstr "Bonjour, {name}."' in po(tmp_path, "fr").read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("fr", {0: 0, 1: 0, 2: 1, 5: 1, 21: 1}),
        ("ru", {0: 2, 1: 0, 2: 1, 4: 1, 5: 2, 11: 2, 12: 2, 14: 2, 21: 0, 22: 1, 111: 2, 112: 2}),
        ("kk", {0: 1, 1: 0, 2: 1, 5: 1, 21: 1}),
    ],
)
def test_the_plural_rules_are_those_of_the_language(language: str, forms: dict[int, int]) -> None:
    header = tool.HEADER.format(language=language, plurals=tool.PLURALS[language])
    catalog = read_po(io.StringIO(header))
    catalog.add(("one", "many"), tuple(str(form) for form in range(catalog.num_plurals)))
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    texts = GNUTranslations(compiled)
    assert {count: int(texts.ngettext("one", "many", count)) for count in forms} == forms
