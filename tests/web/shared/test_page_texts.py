"""What pages say: short plain sentences, names that cannot become markup, times a reader knows."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_decimal
from markupsafe import Markup

from mesure.actions.cases.worklist import WorkItemType
from mesure.machine import texts
from mesure.orders.text.sayings import TranslatableEnum
from mesure.record import rendering
from mesure.web.shared.words import work_words
from mesure.web.shared.words.page_texts import PageTexts, bare
from tests.house import ROOT
from tools.text_pages import RECEIVERS, sources

pytestmark = pytest.mark.once

ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 3, 12, 9, tzinfo=ALMATY)
WORDS_MAX = {"en": 20, "fr": 22, "ru": 20, "kk": 20}
# For each of them there is a plain word, or the house has another (docs/glossary.md).
NOT_PLAIN = {
    "alert", "alarm", "violation", "offender", "geofence", "user", "username", "login", "logout",
    "admin", "compliance", "compliant", "timestamp", "metadata", "submit", "invalid", "terminate",
    "utilise", "commence", "prior", "pursuant", "hereby", "aforementioned", "mandatory", "ping",
}  # fmt: skip


def page_texts(language: str) -> PageTexts:
    return PageTexts(rendering.page_catalogue(language))


@pytest.mark.parametrize("language", WORDS_MAX)
def test_a_number_is_written_as_its_language_writes_it(language: str) -> None:
    for count in (-1_000, -1, 0, 7, 999, 1_000, 13_760):
        usual = format_decimal(count, "#,##0", language).replace("\u202f", "\u00a0")
        assert page_texts(language).number(count) == usual


def test_a_line_that_waits_looks_up_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(TranslatableEnum, "in_words")
    english = page_texts("en")
    assert work_words.title(WorkItemType.CONTEST, "", english) == "Contests a finding"


@cache
def texts_of_pages() -> list[tuple[str, ...]]:
    return [source.texts for source in sources(ROOT) if source.file.startswith("mesure/web/")]


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if part]


def unseen_by_translators(code: str) -> list[str]:
    """Return texts that are asked of something whose name the tool does not know."""
    return [
        str(node.args[0].value)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"text", "plural"}
        and ast.unparse(node.func.value).endswith("texts")
        and ast.unparse(node.func.value).rpartition(".")[2] not in RECEIVERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def test_every_text_is_seen_by_the_tool_of_the_translators() -> None:
    unseen_texts = [
        f"{path.name}: {text}"
        for path in (ROOT / "mesure" / "web").rglob("*.py")
        for text in unseen_by_translators(path.read_text(encoding="utf-8"))
    ]
    assert not unseen_texts, "ask what is called `texts` or `catalogue` for these texts"
    assert unseen_by_translators('page_texts.text("Choose.")') == ["Choose."]
    assert not unseen_by_translators('visit.texts.text("Choose.")')


@pytest.mark.parametrize("language", WORDS_MAX)
def test_a_sentence_has_at_most_twenty_words(language: str) -> None:
    catalogue = texts.catalogue(language)
    long = [
        sentence
        for forms in texts_of_pages()
        for sentence in sentences(
            catalogue.plural(forms[0], forms[-1], 7) if len(forms) > 1 else catalogue.text(forms[0])
        )
        if len(sentence.split()) > WORDS_MAX[language]
    ]
    assert not long


def test_words_are_plain_and_of_the_house() -> None:
    faults = {
        (word, text)
        for forms in texts_of_pages()
        for text in forms
        for word in re.findall(r"[a-z]+", text.lower())
        if word in NOT_PLAIN
    }
    assert not faults


def test_a_name_from_outside_stays_a_name() -> None:
    text = page_texts("en").text("Welcome, {name}", name="<script>alert(1)</script>")
    assert "<script>" not in text
    assert page_texts("en").text("Welcome, {name}", name=Markup("<b>D</b>")) == "Welcome, <b>D</b>"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "yesterday at 23:10"),
        ("fr", "hier à 23:10"),
        ("ru", "вчера в 23:10"),
        ("kk", "кеше 23:10"),
    ],
)
def test_what_is_near_is_called_by_its_name(language: str, expected: str) -> None:
    yesterday = datetime(2026, 3, 11, 23, 10, tzinfo=ALMATY)
    text = page_texts(language).near(yesterday, NOW, ALMATY)
    assert text.striptags() == expected
    assert 'datetime="2026-03-11T18:10:00Z"' in text


def test_what_is_far_has_its_weekday_or_its_year() -> None:
    english = page_texts("en")
    near, far = NOW - timedelta(days=20), NOW - timedelta(days=400)
    assert bare(english.near(near, NOW, ALMATY)) == "Fri\u00a020\u00a0Feb, 09:00"
    assert bare(english.near(far, NOW, ALMATY)) == "5\u00a0Feb 2025, 09:00"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (60, "12 March 2026 at 22:30 – 23:30"),
        (180, "12 March 2026 at 22:30 – 13 March 2026 at 01:30"),
        (None, "12 March 2026 at 22:30 – not over yet"),
    ],
)
def test_a_span_in_full_words_names_its_day_once(minutes: int | None, words: str) -> None:
    start = datetime(2026, 3, 12, 22, 30, tzinfo=ALMATY)
    end = None if minutes is None else start + timedelta(minutes=minutes)
    assert PageTexts(texts.catalogue("en")).span(start, end, ALMATY).striptags() == words


@pytest.mark.parametrize(
    ("language", "twelfth", "first"),
    [
        ("en", "12\u00a0March 2026", "1\u00a0March 2026"),
        ("fr", "12\u00a0mars 2026", "1er\u00a0mars 2026"),
        ("ru", "12\u00a0марта 2026 года", "1\u00a0марта 2026 года"),
        ("kk", "2026 жылғы 12\u00a0наурыз", "2026 жылғы 1\u00a0наурыз"),
    ],
)
def test_no_line_parts_a_day_from_its_month(language: str, twelfth: str, first: str) -> None:
    page_words = page_texts(language)
    assert bare(page_words.day(NOW, ALMATY)) == twelfth
    assert bare(page_words.date(date(2026, 3, 1))) == first
    plain_words = texts.catalogue(language)
    assert plain_words.day(NOW, ALMATY) == twelfth.replace("\u00a0", " ")
    sentence = f"({plain_words.moment(NOW, ALMATY)}; 8 {plain_words.text('met')}.)"
    assert page_words.whole(sentence) == sentence.replace(plain_words.day(NOW, ALMATY), twelfth)


@pytest.mark.parametrize(
    ("language", "metres"),
    [("en", "15\u00a0m"), ("fr", "15\u00a0m"), ("ru", "15\u00a0м"), ("kk", "15\u00a0м")],
)
def test_no_line_parts_a_number_from_its_unit(language: str, metres: str) -> None:
    page_words, plain_words = page_texts(language), texts.catalogue(language)
    assert page_words.text("{metres} m", metres=15) == metres
    kept = f"{plain_words.text('{metres} m')}; 8 {plain_words.text('met')}.".format(metres=15)
    assert kept.startswith(metres.replace("\u00a0", " "))
    assert page_words.whole(kept) == kept.replace(" ", "\u00a0", 1)


def test_a_stretch_names_its_day_once() -> None:
    english = page_texts("en")
    night = NOW - timedelta(hours=11), NOW - timedelta(hours=9)
    assert english.stretch(*night, NOW, ALMATY).striptags() == "yesterday at 22:00 – 00:00"
    week = NOW, NOW + timedelta(days=7)
    assert english.stretch(*week, NOW, ALMATY).striptags() == ("today at 09:00 – Thu 19 Mar, 09:00")
    assert english.stretch(NOW, None, NOW, ALMATY).striptags() == "today at 09:00 – …"


def test_counts_take_the_form_of_the_language() -> None:
    def days_met(language: str, count: int) -> str:
        forms = "met on {count} day", "met on {count} days"
        return page_texts(language).plural(*forms, count)

    assert days_met("en", 1) == "met on 1 day"
    assert days_met("en", 12000) == "met on 12,000 days"
    russian = [days_met("ru", count).replace(str(count), "") for count in (1, 3, 7, 21)]
    assert len(set(russian)) == 3
    assert russian[0] == russian[3]


def test_months_days_and_lengths_are_whole_words() -> None:
    english = page_texts("en")
    assert english.month(date(2026, 3, 1)) == "March 2026"
    assert english.date(date(2026, 3, 1)).striptags() == "1 March 2026"
    assert english.weekday(0) == "Monday"
    assert english.length(timedelta(hours=3, minutes=10)) == "3\u00a0h\u00a010\u00a0min"
    assert english.items(["a", "b", "c"]) == "a, b and c"
    assert english.number(1234567) == "1,234,567"
    assert page_texts("fr").number(1234567) == "1\u00a0234\u00a0567"


def test_a_short_head_has_the_colon_of_the_language() -> None:
    assert page_texts("en").under_head("C1", "curfew") == "C1: curfew"
    assert page_texts("fr").under_head("C1", "assignation") == "C1\u00a0: assignation"


def test_a_time_that_happens_twice_names_its_offset_wherever_a_page_shows_it() -> None:
    paris, shown = ZoneInfo("Europe/Paris"), page_texts("en")
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    times = [
        shown.clock(second, paris),
        shown.moment(second, paris),
        shown.near(second, second, paris),
        shown.span(first, second, paris),
        shown.stretch(first, second, second, paris),
    ]
    assert [bare(one) for one in times] == [
        "02:30 (UTC+01:00)",
        "25\xa0October 2026 at 02:30 (UTC+01:00)",
        "today at 02:30 (UTC+01:00)",
        "25\xa0October 2026 at 02:30 (UTC+02:00) – 02:30 (UTC+01:00)",
        "today at 02:30 (UTC+02:00) – 02:30 (UTC+01:00)",
    ]


def test_a_mark_of_an_axis_has_its_offset_below_where_it_happens_twice() -> None:
    english, first = page_texts("en"), datetime(2024, 2, 29, 16, 30, tzinfo=UTC)
    marks = [english.mark(first + timedelta(hours=hours), ALMATY) for hours in range(4)]
    assert marks == ["22:30", "23:30<br>UTC+6", "23:30<br>UTC+5", "00:30"]
