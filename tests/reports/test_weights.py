"""The small table of what counted, and how much."""

import pytest

from mesure.evaluation.breakdown.evidence_breakdown import Term, TermSource
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.reports.replay import weights
from mesure.reports.replay.weights import WeightRow
from tests.reports import factory
from tests.reports.factory import ACCOUNT, English


def test_each_term_has_a_line_and_the_last_is_their_sum() -> None:
    assert weights.lines(factory.incident(), English(), Reader.PERSON) == (
        WeightRow("What was known before", "", "990 to 1 for you", "\u22126.90"),
        WeightRow("The time that passed", "1\u00a0200", "less than 2 to 1", "+0.40"),
        WeightRow("Where the fixes lie", "17", "more than 10,000 to 1 against you", "+9.60"),
        WeightRow("Together", "", "22 to 1 against you", "+3.10"),
    )


def test_others_than_the_person_read_odds_and_by_how_much_they_were_multiplied() -> None:
    rows = weights.lines(factory.incident(), English(), Reader.OFFICE)
    assert [row.weight for row in rows] == [
        "990 to 1 that the device was inside",
        "less than 2 times likelier, either way",
        "more than 10,000 times likelier outside",
        "22 to 1 that the device was outside",
    ]


@pytest.mark.parametrize(("language", "mark"), [("en", "."), ("fr", ","), ("ru", ","), ("kk", ",")])
def test_a_logarithm_has_the_decimal_mark_of_the_language(language: str, mark: str) -> None:
    rows = weights.lines(factory.incident(), texts.catalogue(language), Reader.OFFICE)
    assert [row.llr for row in rows] == [
        f"\u22126{mark}90",
        f"+0{mark}40",
        f"+9{mark}60",
        f"+3{mark}10",
    ]


def test_it_says_when_it_was_decided() -> None:
    assert weights.evidence_times(factory.incident()) == (factory.at(11, 21.9), factory.at(11, 22))


def test_a_silence_has_none() -> None:
    assert weights.lines(factory.silence(), English(), Reader.PERSON) == ()


@pytest.mark.parametrize("source", TermSource)
def test_every_source_has_a_name(source: TermSource) -> None:
    incident = factory.incident(account=ACCOUNT._replace(terms=(Term(source, 1.0, 1),)))
    name = weights.lines(incident, English(), Reader.OFFICE)[0].name
    assert name
    assert name != source.value
