"""Every kind of incident and every conclusion has its words, in every language."""

import re
from datetime import UTC, datetime
from itertools import chain, product
from zoneinfo import ZoneInfo

import pytest

from mesure.incidents import device_problems
from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.finding import OF_DEVICE, OF_PLACE, Finding, FindingCause, FindingOutcome
from mesure.incidents.incident import IncidentKind
from mesure.incidents.words import explanation, health_words
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.web.shared.words import incident_phrases
from mesure.web.shared.words.page_texts import PageTexts
from tests.incidents.samples import EACH, WORDS_MAX, words

ALMATY = ZoneInfo("Asia/Almaty")
KINDS = tuple(one.value for one in chain(IncidentKind, device_problems.DeviceProblemKind))
CONCLUSIONS = tuple(
    dict.fromkeys(
        (outcome, cause)
        for closed_list in (OF_PLACE, OF_DEVICE)
        for outcome, causes in closed_list.items()
        for cause in ([*sorted(causes)] if causes else [None])
    )
)
AT = datetime(2026, 2, 12, 3, tzinfo=UTC)


def page(language: str) -> PageTexts:
    return PageTexts(texts.catalogue(language))


def explain_kind(kind: str, language: str) -> str:
    if kind in set(IncidentKind):
        return explanation.explain(
            EACH[IncidentKind(kind)], ALMATY, texts.catalogue(language), Reader.PERSON
        )
    notice = DeviceNotice(
        "N-1", "D-1", device_problems.DeviceProblemKind(kind), 0, 0, 60_000_000, total_us=60_000_000
    )
    return health_words.explain(notice, ALMATY, texts.catalogue(language), Reader.PERSON)


def is_plain(text: str, language: str) -> bool:
    """Tell whether each sentence is short enough, and nothing is left to fill in."""
    sentences = re.split(r"(?<=[.!?])\s+", text.replace("\n", " "))
    short = all(len(words(one)) <= WORDS_MAX[language] for one in sentences)
    return short and bool(text.strip()) and "{" not in text


@pytest.mark.parametrize(("kind", "language"), list(product(KINDS, texts.LANGUAGES)))
def test_every_kind_has_a_title_an_explanation_and_advice(kind: str, language: str) -> None:
    phrases = [
        incident_phrases.title(kind, page(language)),
        explain_kind(kind, language),
        incident_phrases.advice(kind, page(language)),
    ]
    assert all(is_plain(one, language) for one in phrases)
    if language != "en":
        assert not {*phrases} & {
            incident_phrases.title(kind, page("en")),
            explain_kind(kind, "en"),
            incident_phrases.advice(kind, page("en")),
        }


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_two_kinds_have_one_title_and_none_has_that_of_a_kind_nobody_knows(
    language: str,
) -> None:
    titles = {incident_phrases.title(kind, page(language)) for kind in KINDS}
    assert len(titles) == len(KINDS)
    assert incident_phrases.title("unheard of", page(language)) not in titles
    assert incident_phrases.advice("unheard of", page(language))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_conclusion_has_a_name_a_meaning_and_advice(language: str) -> None:
    assert {cause for _, cause in CONCLUSIONS} == {*FindingCause, None}
    assert {outcome for outcome, _ in CONCLUSIONS} == {*FindingOutcome}
    names, meanings = set(), set()
    for outcome, cause in CONCLUSIONS:
        name, _ = incident_phrases.tag_of_finding(outcome, cause, page(language))
        meaning, advice = incident_phrases.explain_conclusion(outcome, cause, page(language))
        assert all(is_plain(one, language) for one in (name, meaning, advice))
        if language != "en":
            assert (meaning, advice) != incident_phrases.explain_conclusion(
                outcome, cause, page("en")
            )
        names.add(name)
        meanings.add(meaning)
    assert len(names) == len(meanings) == len(CONCLUSIONS)


def test_what_was_contested_once_is_not_offered_again() -> None:
    first = Finding(FindingOutcome.BREACH, None, "Seen.", AT, "A-1")
    second = Finding(FindingOutcome.BREACH, None, "Seen.", AT, "A-2", on_contest=True)
    assert "contest it" in incident_phrases.meant(first, page("en"))[1]
    assert "contest it" not in incident_phrases.meant(second, page("en"))[1]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_about_a_device_names_no_condition(language: str) -> None:
    texts_ = page(language)
    assert "device" not in incident_phrases.condition(device_problems.CONDITION, texts_).replace(
        "the device", ""
    )
    assert "C1" in incident_phrases.condition("C1", texts_)
    title = incident_phrases.title("strap", texts_)
    assert incident_phrases.title_in_list(device_problems.CONDITION, "strap", texts_) == title
    assert incident_phrases.title_in_list("C1", "absent", texts_).startswith("C1 · ")
