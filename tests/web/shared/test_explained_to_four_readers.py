"""Officer, person, counsel and court are told the same facts of an incident: those of its record.

Each of the four texts is what the service really gives: three pages, opened by their readers,
and the source of the court's paper. They are parsed back, in every language.
"""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from mesure.bundle import papers as bundle_papers
from mesure.bundle.evaluate_again import BundleEvaluation
from mesure.incidents import device_problems
from mesure.incidents.incident import IncidentKind
from mesure.incidents.words import explanation
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.reports.bundle import bundle_paper
from tests.actions import house
from tests.house import ROOT
from tests.web import filled, telling, told, truth
from tests.web.browsing import Browser
from tests.web.filled import Evening
from tests.web.incident_records import Record
from tests.web.telling import DecidedOffice, Values
from tests.web.told_figures import FIGURES
from tests.web.told_words import HEADINGS

pytestmark = pytest.mark.once

EACH = 3
WORDS = ROOT / "mesure/incidents/words"
READERS = {
    "officer": "/console/incidents/",
    "person": "/portal/notices/",
    "counsel": "/counsel/incidents/",
}
TO = dict.fromkeys(("officer", "counsel", "court"), Reader.OFFICE) | {"person": Reader.PERSON}
NAMES = [
    *(one.id for one in telling.incidents(EACH)),
    *(telling.notice(kind, 0).id for kind in device_problems.DeviceProblemKind),
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return filled.judge_evening(tmp_path_factory.mktemp("evening"))


@pytest.fixture(scope="module")
def all_told(night: Evening, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecidedOffice]:
    with house.office(tmp_path_factory.mktemp("office")) as office:
        yield telling.tell(office, filled.fill(office, night), EACH)


@pytest.fixture(scope="module")
def browsers(all_told: DecidedOffice) -> dict[str, Browser]:
    """Return a browser for each reader."""
    browsers = {}
    for reader in READERS:
        browsers[reader] = Browser(all_told.office, contexts=all_told.context)
        browsers[reader].cookies.set("mesure", f"late-{filled.TOKENS[reader]}")
    return browsers


def page(browser: Browser, reader: str, record: Record, language: str) -> str:
    """Return the page of a reader."""
    browser.cookies.set("mesure_language", language)
    browser.open(READERS[reader] + record.id)
    assert browser.status == 200, browser.text[:400]
    return browser.page


def paper(all_told: DecidedOffice, night: Evening, record: Record, language: str) -> str:
    """Return the source of the court's paper."""
    judged = BundleEvaluation({}, night.judged, None)
    content = all_told.collect_files(record)
    known = bundle_papers.read(judged, content)
    paper = bundle_papers.paper(known, content, "ab" * 32, language)
    return bundle_paper.source(paper, texts.catalogue(language))


@pytest.mark.parametrize("name", NAMES)
def test_four_readers_are_told_the_facts_of_the_record(
    all_told: DecidedOffice, browsers: dict[str, Browser], night: Evening, name: str
) -> None:
    record = telling.record_of(all_told, name)
    for language in texts.LANGUAGES:
        facts = {
            reader: told.of_page(page(browser, reader, record, language), language)
            for reader, browser in browsers.items()
        }
        facts["court"] = told.of_paper(paper(all_told, night, record, language), language)
        sentences = {reader: one.pop("told") for reader, one in facts.items()}
        assert sentences["officer"] == sentences["counsel"] == sentences["court"]
        assert sentences["person"] != sentences["officer"]
        for reader, reader_facts in facts.items():
            assert reader_facts == truth.of(record, TO[reader]), f"{reader}, {language}"


# --- To whom it speaks ---------------------------------------------------------------------------


def person_texts() -> list[str]:
    """Return what is said to the person where others are told it of them, as it stands in code."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(WORDS.glob("*.py"))]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    chosen = [call.args[0] for call in calls if ast.unparse(call.func) == "reader.choose"]
    kinds = [call.args for call in calls if ast.unparse(call.func) == "KindWords"]
    chosen += [words[place] for words in kinds for place in (1, 3)]  # To the person, and advice.
    return [
        text.value
        for argument in chosen
        for text in ast.walk(argument)
        if isinstance(text, ast.Constant)
        and isinstance(text.value, str)
        and re.search(r"\byour?\b", text.value, re.IGNORECASE)
    ]


def is_in(source: str, text: str) -> bool:
    """Tell whether a text is said, whatever it is filled in with."""
    parts = [re.escape(part) for part in re.split(r"\{\w+\}", source)]
    return re.search(".+?".join(parts), text) is not None


def test_nobody_but_the_person_is_spoken_to_as_the_person(
    all_told: DecidedOffice, browsers: dict[str, Browser], night: Evening
) -> None:
    sources = person_texts()
    assert len(sources) > 30
    for record in all_told.records:
        reader_texts = {
            reader: told.visible_text(page(browser, reader, record, "en"))
            for reader, browser in browsers.items()
        }
        reader_texts["court"] = told.plain(paper(all_told, night, record, "en"))
        mine = reader_texts.pop("person")
        assert any(is_in(one, mine) for one in sources), record.id
        for reader, text in reader_texts.items():
            assert [one for one in sources if is_in(one, text)] == [], f"{reader}, {record.id}"
            assert not re.search("against you|[Yy]our device|where you were", text), reader


@given(
    st.sampled_from(list(IncidentKind)),
    st.integers(0, 10**9),
    st.booleans(),
    st.sampled_from(Reader),
)
@settings(max_examples=60)
def test_every_explanation_tells_the_facts_of_its_incident(
    kind: IncidentKind, number: int, is_withdrawn: bool, reader: Reader
) -> None:
    incident = telling.incident(kind, number)
    if is_withdrawn:
        incident = incident.withdraw(telling.LATER)
    true = truth.of(
        Record(incident.id, incident=incident, withdrawn_at=incident.withdrawn_at), reader
    )
    expected = {fact: said for fact, said in true.items() if fact.startswith("told: ")}
    for language in texts.LANGUAGES:
        text = explanation.explain(incident, telling.ALMATY, texts.catalogue(language), reader)
        facts = told.sentences(told.plain(text), language)
        assert {f"told: {fact}": said for fact, said in facts.items()} == expected, language


# --- That the test can fail ----------------------------------------------------------------------

# They name numbers, and none of them is a fact of the incident.
CONSTANT = (
    "By the device’s own claim, the true place lies in it 95 times in 100.",
    "A weight of 20 to 1 makes something 20 times likelier.",
    "“20 times likelier” multiplies the odds by 20.",
)


def without_constants(text: str, language: str) -> str:
    catalogue = texts.catalogue(language)
    for sentence in CONSTANT:
        translation = catalogue.text(sentence)
        for form in (translation, str(escape(translation))):
            text = text.replace(form, "")
    return text


ON_PAGE = re.compile(r">[^<]+<")
ON_PAPER = re.compile(r'"[^"]+"')


def with_another_number(text: str, begin: int, end: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield a text once for each number that it shows in a part, with that number one higher."""
    for shown in pattern.finditer(text[begin:end]):
        for match in re.finditer(r"\d+", shown[0]):
            first = begin + shown.start() + match.start()
            higher = str(int(match[0]) + 1).zfill(len(match[0]))
            yield text[:first] + higher + text[first + len(match[0]) :]


def is_seen(parse: Callable[[str, str], Values], text: str, language: str, true: Values) -> bool:
    """Tell whether a text is found to tell something else than the truth."""
    try:
        values = parse(text, language)
    except (AssertionError, ValueError, KeyError, IndexError):
        return True
    values.pop("told")
    return values != true


def a_full_one(all_told: DecidedOffice) -> Record:
    """Return the record of which most is told, by the number of its facts."""
    return max(all_told.records, key=lambda record: len(truth.of(record, Reader.OFFICE)))


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_each_number_that_is_wrong_on_a_page_is_seen(
    all_told: DecidedOffice, browsers: dict[str, Browser], reader: str, language: str
) -> None:
    record = a_full_one(all_told)
    true = truth.of(record, TO[reader])
    shown = without_constants(page(browsers[reader], reader, record, language), language)
    assert not is_seen(told.of_page, shown, language, true)
    begin = shown.index('aria-labelledby="why"')
    end = shown.index("</section>", shown.index('class="table folds"', begin))
    changed = list(with_another_number(shown, begin, end, ON_PAGE))
    assert len(changed) > 40
    missed = [one for one in changed if not is_seen(told.of_page, one, language, true)]
    assert not missed


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_number_that_is_wrong_on_the_paper_is_seen(
    all_told: DecidedOffice, night: Evening, language: str
) -> None:
    record = a_full_one(all_told)
    true = truth.of(record, Reader.OFFICE)
    shown = without_constants(paper(all_told, night, record, language), language)
    assert not is_seen(told.of_paper, shown, language, true)
    begin = shown.index("#par[#")
    figures = shown.index(f'[#"{FIGURES["when"][1][language]}"]')
    says = shown.index(f'"{HEADINGS[language][1]}"')
    changed = [
        *with_another_number(shown, begin, shown.index("#image(", begin), ON_PAPER),
        *with_another_number(shown, figures, says, ON_PAPER),
    ]
    assert len(changed) > 40
    assert all(is_seen(told.of_paper, one, language, true) for one in changed)


def test_another_kind_another_finding_and_a_fact_left_out_are_seen(
    all_told: DecidedOffice, browsers: dict[str, Browser]
) -> None:
    record = next(one for one in all_told.records if one.incident and one.findings)
    true = truth.of(record, Reader.OFFICE)
    shown = page(browsers["officer"], "officer", record, "en")
    assert not is_seen(told.of_page, shown, "en", true)
    outcome = record.findings[0].outcome.in_words(texts.catalogue("en"))
    for old, new in (
        ("<h1>Possible breach: ", "<h1>Possible breach: appointment at "),
        (f">{outcome}", ">cannot tell" if outcome != "cannot tell" else ">breach"),
        (" An officer could see this from ", " Nobody knows since when: "),
        ("<dt>How long</dt>", "<dt>How late</dt>"),
        (record.findings[0].reason, "Another reason."),
    ):
        assert old in shown, old
        assert is_seen(told.of_page, shown.replace(old, new), "en", true), old
