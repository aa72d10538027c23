"""A list of looks has words, and never the name of an action in the code."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from mesure.actions.framework import early_refusals
from mesure.actions.registry import ACTIONS
from mesure.actions.trails.trail_access import LookView
from mesure.machine import texts
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.web.shared.words import look_words
from mesure.web.shared.words.page_texts import PageTexts

LANGUAGES = ("en", "fr", "ru", "kk")
ENGLISH = PageTexts(texts.catalogue("en"))
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
LOOK = LookView(
    1, NOON, "A-1", "Amina Bekova", Role.OFFICER, "orders.show", True, Purpose.SUPERVISION,
    "P-1", None, {},
)  # fmt: skip


def _later(look: LookView, minutes: int, action: str) -> LookView:
    return replace(look, at=look.at + timedelta(minutes=minutes), action=action)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_words(language: str) -> None:
    page_texts = PageTexts(texts.catalogue(language))
    bare = [name for name in ACTIONS if look_words.what(name, texts=page_texts) == name]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_has_words(language: str) -> None:
    page_texts = PageTexts(texts.catalogue(language))
    assert all(look_words.role(role, page_texts) for role in Role)


def test_words_are_of_actions_that_exist() -> None:
    deeds = {name.partition(" ")[0] for name in look_words._deeds(ENGLISH)}
    named = {*look_words._looks(ENGLISH), *deeds}
    assert named <= {*ACTIONS, early_refusals.NAME}
    assert set(look_words._rooms(ENGLISH)) <= {name.partition(".")[0] for name in ACTIONS}


def test_what_one_somebody_read_in_one_visit_is_one_line() -> None:
    looks = [_later(LOOK, 3, "persons.show"), LOOK, _later(LOOK, -11, "persons.show")]
    lines = look_words.lines(looks, ENGLISH)
    assert [line.what for line in lines] == [
        "opened the record; read the order",
        "opened the record",
    ]
    assert lines[0].who == "Amina Bekova, officer"


def test_a_refusal_is_said_as_one() -> None:
    refused = replace(LOOK, by_name="", refused="barred")
    [line] = look_words.lines([refused], ENGLISH)
    assert line.who == "officer"
    assert line.what == "wanted to do this and was refused: read the order"


@pytest.mark.parametrize(
    ("action", "stage", "words"),
    [
        ("absences.answer", "granted", "allowed an absence"),
        ("absences.answer", "refused", "refused an absence"),
        ("absences.revoke", "granted", "ended an absence that was allowed"),
        ("incidents.take_back", "", "took back a finding, or an answer given with others"),
    ],
)
def test_it_is_said_what_became_of_an_absence_and_of_an_answer(
    action: str, stage: str, words: str
) -> None:
    look = replace(LOOK, action=action, facts={"stage": stage} if stage else {})
    assert [line.what for line in look_words.lines([look], ENGLISH)] == [words]


def test_what_is_done_about_an_absence_or_a_contest_has_words_of_its_own() -> None:
    """“Worked on an absence” says neither that it was allowed nor that it was refused."""
    words = [
        look_words.what(name, texts=ENGLISH)
        for name in ACTIONS
        if name.startswith(("absences.", "contests."))
    ]
    assert len(set(words)) == len(words)
