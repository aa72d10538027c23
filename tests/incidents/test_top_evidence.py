"""The sentences on what counted most, for and against."""

from dataclasses import replace
from itertools import product

import pytest

from mesure.evaluation.breakdown.evidence_breakdown import NONE, Term, TermSource
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.words import odds, top_evidence
from mesure.incidents.words.explanation import explain
from mesure.incidents.words.reader import Reader
from mesure.machine.texts import LANGUAGES, catalogue
from tests.incidents.samples import (
    ABSENT,
    ALMATY,
    ENTERED,
    LEFT,
    ON_FOOT,
    QUIET,
    SLOWLY,
    WORDS_MAX,
    english,
    sentences,
    us,
    words,
)

TWENTY = "20 times likelier inside."


def with_term(source: TermSource, llr: float, incident: Incident = ABSENT) -> Incident:
    """Return an incident in which one thing counted."""
    return replace(incident, account=incident.account._replace(terms=(Term(source, llr, 3),)))


def list_evidence(incident: Incident, reader: Reader = Reader.PERSON) -> list[str]:
    return list(top_evidence.sentences(incident, ALMATY, catalogue("en"), reader))


def test_the_three_strongest_are_told_the_strongest_first() -> None:
    assert [term.source for term in top_evidence.strongest(ON_FOOT)] == [
        TermSource.WAY_PATH,
        TermSource.POSITIONS,
        TermSource.LIMITS,
    ]
    assert len(list_evidence(LEFT)) == 1 + top_evidence.TOLD_MAX


def test_what_hardly_weighs_is_not_told() -> None:
    assert list_evidence(with_term(TermSource.DRIFT, 0.69)) == []
    assert len(list_evidence(with_term(TermSource.DRIFT, -0.71))) == 2
    assert list_evidence(replace(ABSENT, account=NONE)) == []


@pytest.mark.parametrize(
    ("incident", "sentence"),
    [
        (with_term(TermSource.START, -2.4), "What was known before weighs 11 to 1 for you."),
        (with_term(TermSource.DRIFT, 1.2),
         "The time in which you could come or go weighs 3 to 1 against you."),
        (with_term(TermSource.POSITIONS, 3.0),
         "30 readings outside together count like 3 independent readings: 20 to 1 against you."),
        (with_term(TermSource.POSITIONS, 3.0, ENTERED),
         "30 readings inside together count like 3 independent readings: 20 to 1 against you."),
        (with_term(TermSource.POSITIONS, -1.0), "All readings together weigh 2 to 1 for you."),
        (with_term(TermSource.WAY_PATH, 7.5),
         "The way out was seen, from reading to reading: 1800 to 1 against you."),
        (with_term(TermSource.WAY_SPEED, 7.5),
         "Its speed shows the device on its way: 1800 to 1 against you."),
        (with_term(TermSource.BEACON_HEARD, -6.0),
         "The beacon at home was heard: 400 to 1 for you."),
        (with_term(TermSource.BEACON_MISSED, 0.7),
         "The beacon at home was not heard: 2 to 1 against you."),
        (with_term(TermSource.LIMITS, -1.7),
         "Nobody can be that sure, so part of this is not counted: 5 to 1 for you."),
    ],
)  # fmt: skip
def test_each_has_its_sentence(incident: Incident, sentence: str) -> None:
    assert list_evidence(incident)[1:] == [sentence]


def test_what_was_decided_before_the_window_says_when() -> None:
    earlier = SLOWLY._replace(taken_us=(us("2026-02-12T21:00"), us("2026-02-12T21:12")))
    lines = list_evidence(replace(ABSENT, account=earlier))
    assert lines[0] == "What counted was seen earlier, on 12 February 2026 at 21:12."
    assert lines[1:] == list_evidence(ABSENT)
    assert list_evidence(replace(ABSENT, account=earlier._replace(terms=()))) == []


def test_as_many_as_count_are_told_and_never_more() -> None:
    def describe_readings(wrong_side: int, pieces_ratio: float) -> str:
        account = SLOWLY._replace(wrong_side=wrong_side, pieces_ratio=pieces_ratio)
        terms = (Term(TermSource.POSITIONS, 3.0, wrong_side),)
        return list_evidence(replace(ABSENT, account=account._replace(terms=terms)))[1]

    assert describe_readings(9, 0.9).startswith(
        "9 readings outside together count like less than one independent reading:"
    )
    assert describe_readings(19, 1.9).startswith(
        "19 readings outside together count like 1 independent reading:"
    )
    assert describe_readings(1, 1.0).startswith(
        "1 reading outside counts like 1 independent reading:"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", TermSource)
@pytest.mark.parametrize("llr", [9.9, -9.9])
def test_every_sentence_is_short_in_every_language(
    source: TermSource, language: str, llr: float
) -> None:
    for incident, reader in product((ABSENT, ENTERED), Reader):
        text = explain(with_term(source, llr, incident), ALMATY, catalogue(language), reader)
        assert "{" not in text
        for sentence in sentences(text):
            assert len(words(sentence)) <= WORDS_MAX[language], sentence


def test_a_way_or_a_beacon_is_told_once() -> None:
    way = english(replace(LEFT, facts=replace(LEFT.facts, moving=False)))
    assert "The way out was seen" in way
    assert "Neither speed nor" not in way
    assert "Speed, or the way" not in english(LEFT)
    moved = replace(ABSENT, facts=replace(QUIET, moving=True, beacon_lost=True))
    sentence = (
        "Speed, or the way from reading to reading, also shows that the device was on its way."
    )
    assert sentence in english(moved)
    assert "did not hear the beacon" in english(moved)
    assert "did not hear the beacon" not in english(with_term(TermSource.BEACON_MISSED, 0.7, moved))


@pytest.mark.parametrize(
    ("llr", "weight"),
    [
        (0.0, "less than 2 to 1"),
        (-0.69, "less than 2 to 1"),
        (0.7, "2 to 1 against you"),
        (-0.7, "2 to 1 for you"),
        (4.62, "100 to 1 against you"),
        (7.5, "1800 to 1 against you"),
        (9.21, "9900 to 1 against you"),
        (-9.22, "more than 10,000 to 1 for you"),
        (1e9, "more than 10,000 to 1 against you"),
    ],
)
def test_a_weight_is_rounded_down(llr: float, weight: str) -> None:
    assert odds.against(llr, catalogue("en")) == weight


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        (with_term(TermSource.START, -2.4),
         "What was known before: 11 to 1 that the device was inside."),
        (with_term(TermSource.DRIFT, 1.2),
         "The time in which the person could come or go: 3 times likelier outside."),
        (with_term(TermSource.POSITIONS, 3.0, ENTERED),
         "30 readings inside together count like 3 independent readings: " + TWENTY),
        (with_term(TermSource.POSITIONS, -1.0), "All readings together: 2 times likelier inside."),
        (with_term(TermSource.LIMITS, -1.7, ENTERED),
         "Nobody can be that sure, so part of this is not counted: 5 times likelier outside."),
    ],
)  # fmt: skip
def test_others_are_told_odds_and_what_multiplied_them_and_nobody_is_called_you(
    incident: Incident, expected: str
) -> None:
    first, sentence, whole = list_evidence(incident, Reader.OFFICE)
    assert first == "“20 times likelier” multiplies the odds by 20."
    assert sentence == expected
    assert whole.startswith("When this was decided, the odds were ")


def test_the_odds_are_those_of_all_terms_also_of_those_that_are_not_told() -> None:
    terms = (
        Term(TermSource.START, -6.9, 0), Term(TermSource.DRIFT, 0.6, 3),
        Term(TermSource.POSITIONS, 11.8, 17),
    )  # fmt: skip
    incident = replace(ABSENT, account=ABSENT.account._replace(terms=terms))
    whole = "When this was decided, the odds were 240 to 1 that the device was outside."
    assert list_evidence(incident, Reader.OFFICE)[-1] == whole
    assert list_evidence(replace(incident, kind=IncidentKind.ENTERED), Reader.OFFICE)[-1].endswith(
        " inside."
    )
    assert whole not in list_evidence(incident)


@pytest.mark.parametrize(
    ("llr", "as_odds", "as_factor"),
    [
        (0.69, "less than 2 to 1, either way", "less than 2 times likelier, either way"),
        (-0.7, "2 to 1 that the device was inside", "2 times likelier inside"),
        (7.5, "1800 to 1 that the device was outside", "1800 times likelier outside"),
        (-9.22, "more than 10,000 to 1 that the device was inside",
         "more than 10,000 times likelier inside"),
        (1e9, "more than 10,000 to 1 that the device was outside",
         "more than 10,000 times likelier outside"),
    ],
)  # fmt: skip
def test_odds_and_factors_are_rounded_down_and_name_the_side(
    llr: float, as_odds: str, as_factor: str
) -> None:
    assert odds.odds(llr, IncidentKind.LEFT, catalogue("en")) == as_odds
    assert odds.likelier(llr, IncidentKind.LEFT, catalogue("en")) == as_factor
