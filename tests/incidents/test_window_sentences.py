from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.words.window_sentences import window_sentence
from mesure.machine.texts import LANGUAGES, catalogue
from mesure.orders.values.span import Span
from tests.incidents.samples import ALMATY, NIGHT, WORDS_MAX, at, sentences, span, words

MET, NOT_MET, UNKNOWN = Status
DUTIES = ("curfew", "residence", "exclusion", "appointment", "stillness")


def night_assessments(*parts: tuple[Status, str]) -> list[Assessment]:
    """Return assessments of the night of 12 February; each part ends at the time given."""
    start, assessments = NIGHT.start, []
    for status, until in parts:
        end = at(f"2026-02-{12 if until > '12' else 13}T{until}")
        assessments.append(Assessment("C1", status, Span(start, end)))
        start = end
    return assessments


def describe_window(
    *parts: tuple[Status, str],
    duty: str = "curfew",
    place: str = "home",
    language: str = "en",
    uncounted: tuple[str, ...] = (),
) -> str:
    instants = tuple(at(f"2026-02-12T{time}") for time in uncounted)
    return window_sentence(
        duty, place, NIGHT, night_assessments(*parts), instants, ALMATY, catalogue(language)
    )


def test_drift_at_the_window_reads_as_the_precedent_says() -> None:
    assert describe_window((MET, "06:00"), uncounted=("23:14",)) == (
        "You were at home for the whole curfew. One reading at 23:14 was too uncertain "
        "to say where you were, and was not counted."
    )


@pytest.mark.parametrize(
    ("duty", "met", "not_met"),
    [
        ("curfew", "You were at “den” for the whole curfew.",
         "You seem to have been away from “den” for the whole curfew."),
        ("residence", "You stayed inside “den” all the time.",
         "You seem to have been outside “den” all the time."),
        ("exclusion", "You kept out of “den” all the time.",
         "You seem to have been inside “den” all the time."),
        ("appointment", "You came to the appointment at “den”.",
         "You seem to have missed the appointment at “den”."),
        ("stillness", "You kept to this condition all the time.",
         "You seem not to have kept to this condition."),
    ],
)  # fmt: skip
def test_a_window_of_one_status(duty: str, met: str, not_met: str) -> None:
    assert describe_window((MET, "06:00"), duty=duty, place="den") == met
    assert describe_window((NOT_MET, "06:00"), duty=duty, place="den") == not_met
    assert describe_window((UNKNOWN, "06:00"), duty=duty, place="den") == (
        "Nothing shows where you were then. That is not held against you."
    )


@pytest.mark.parametrize(
    ("duty", "not_met", "rest"),
    [
        ("curfew", "You seem to have been away from home from 23:16 to 01:02.",
         "For the rest of the curfew you were at home."),
        ("residence", "You seem to have been outside “home” from 23:16 to 01:02.",
         "The rest of the time you were inside “home”."),
        ("exclusion", "You seem to have been inside “home” from 23:16 to 01:02.",
         "The rest of the time you kept out of “home”."),
        ("stillness", "You seem not to have kept to this condition from 23:16 to 01:02.",
         "The rest of the time you kept to this condition."),
    ],
)  # fmt: skip
def test_a_window_in_parts(duty: str, not_met: str, rest: str) -> None:
    parts = ((MET, "23:16"), (NOT_MET, "01:02"), (MET, "06:00"))
    assert describe_window(*parts, duty=duty) == f"{not_met} {rest}"


def test_unknown_parts_are_named_and_not_held_against_the_person() -> None:
    assert describe_window((MET, "02:00"), (UNKNOWN, "03:00"), (MET, "06:00")) == (
        "Nothing shows where you were from 02:00 to 03:00. That is not held against you. "
        "For the rest of the curfew you were at home."
    )


def test_many_parts_are_counted_so_that_the_sentence_stays_short() -> None:
    two = describe_window((NOT_MET, "23:16"), (MET, "01:02"), (NOT_MET, "02:00"), (MET, "06:00"))
    assert two.startswith("You seem to have been away from home from 22:00 to 23:16 and from 01:02")
    three = describe_window(
        (NOT_MET, "23:16"), (MET, "01:02"), (NOT_MET, "02:00"), (MET, "03:00"), (NOT_MET, "06:00")
    )
    assert three.replace("\u00a0", " ").startswith(
        "You seem to have been away from home 3 times, for 5 h 14 min in all."
    )


def test_fixes_that_were_not_counted_are_told_when_few_and_counted_when_many() -> None:
    assert "too uncertain" not in describe_window((MET, "06:00"))
    assert "2 readings were too uncertain" in describe_window(
        (MET, "06:00"), uncounted=("23:14", "23:20")
    )
    assert "too uncertain" not in describe_window((MET, "06:00"), uncounted=("12:00",))


def test_a_window_nobody_assessed_is_said_to_be_one() -> None:
    assert describe_window() == "There is nothing to say about this time."


def test_assessments_of_other_nights_are_left_aside() -> None:
    other = [Assessment("C1", NOT_MET, span("2026-02-11T22:00", "2026-02-12T06:00"))]
    text = window_sentence(
        "curfew",
        "home",
        NIGHT,
        other + night_assessments((MET, "06:00")),
        (),
        ALMATY,
        catalogue("en"),
    )
    assert text == "You were at home for the whole curfew."


LONG = Span(at("2026-01-05T00:00"), at("2027-01-05T00:00"))
CUTS = st.lists(st.integers(1, 364 * 24 * 60), max_size=9, unique=True).map(sorted)


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(DUTIES),
    st.sampled_from(["home", "stadium"]),
    st.sampled_from([NIGHT, LONG]),
    CUTS,
    st.lists(st.sampled_from(Status), min_size=10, max_size=10),
    st.lists(st.datetimes(timezones=st.just(UTC)), max_size=3).map(tuple),
)
def test_any_window_is_told_in_a_few_short_sentences(
    language: str,
    duty: str,
    place: str,
    window: Span,
    cuts: list[int],
    statuses: list[Status],
    uncounted: tuple[datetime, ...],
) -> None:
    minutes = int((window.end - window.start) / timedelta(minutes=1))
    edges = [0, *(cut for cut in cuts if cut < minutes), minutes]
    spans = [
        Span(window.start + timedelta(minutes=first), window.start + timedelta(minutes=last))
        for first, last in pairwise(edges)
    ]
    assessments = [
        Assessment("C1", status, each) for status, each in zip(statuses, spans, strict=False)
    ]
    text = window_sentence(duty, place, window, assessments, uncounted, ALMATY, catalogue(language))
    assert "{" not in text
    assert 1 <= len(sentences(text)) <= 5
    assert all(len(words(sentence)) <= WORDS_MAX[language] for sentence in sentences(text))
