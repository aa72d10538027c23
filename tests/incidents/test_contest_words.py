"""What the person said has a name in every language, and what was answered is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mesure.incidents.contest import Contest, ContestAnswer
from mesure.incidents.words import contest_words
from mesure.incidents.words.reader import Reader
from mesure.machine import texts

AT = datetime(2026, 2, 12, 9, tzinfo=UTC)
OPEN = Contest(about_finding=False, made_at=AT, due_at=AT + timedelta(days=14))

WORDINGS = contest_words.heading, contest_words.answer


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_has_a_name_of_its_own(language: str) -> None:
    catalogue = texts.catalogue(language)
    names = {
        contest_words.heading(OPEN, catalogue, Reader.OFFICE),
        contest_words.heading(replace(OPEN, about_finding=True), catalogue, Reader.OFFICE),
        contest_words.account(catalogue, Reader.OFFICE),
        contest_words.document(catalogue),
    }
    assert len(names) == 4


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_person_reads_their_own_words_as_theirs(language: str) -> None:
    catalogue = texts.catalogue(language)
    contests = OPEN, replace(OPEN, about_finding=True), replace(OPEN, withdrawn_at=AT)
    read_by = {
        reader: [
            contest_words.account(catalogue, reader),
            *(words(contest, catalogue, reader) for words in WORDINGS for contest in contests),
        ]
        for reader in Reader
    }
    both = set(read_by[Reader.PERSON]) & set(read_by[Reader.OFFICE])
    assert both == {""}, "what waits has no answer; nothing else is worded alike"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_answer_is_told_and_what_waits_has_none(language: str) -> None:
    catalogue = texts.catalogue(language)
    answered = [replace(OPEN, answered_at=AT, answer=one) for one in ContestAnswer]
    taken_back = replace(OPEN, withdrawn_at=AT)
    wordings = {
        contest_words.answer(one, catalogue, Reader.OFFICE) for one in (*answered, taken_back)
    }
    assert len(wordings) == len(ContestAnswer) + 1
    assert contest_words.answer(OPEN, catalogue, Reader.PERSON) == ""
