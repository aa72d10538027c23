import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.breakdown.evidence_breakdown import EvidenceBreakdown, Term, TermSource
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.incidents.words.explanation import explain
from mesure.incidents.words.reader import Reader
from mesure.machine.texts import LANGUAGES, catalogue
from mesure.orders.values.span import Span
from tests.incidents.samples import (
    ABSENT,
    ALMATY,
    EACH,
    MISSED,
    OPEN,
    QUIET,
    REASONS,
    SILENT,
    SITUATIONS,
    WITHDRAWN,
    WORDS_MAX,
    at,
    english,
    sentences,
    span,
    words,
)

# --- The whole text, in English --------------------------------------------------------------

TEXTS = {
    IncidentKind.ABSENT: """\
This is a possible breach of condition C1 (curfew). It is not a finding: only a person can make one.
You had to be at home on 12 February 2026 from 22:00 to 06:00.

Your device seems to have been away from home from 23:16 to 01:02. 35 readings of that time were
used. Taken alone, 30 of them lie outside the boundary. The farthest lies about 140 metres outside.
The radius of the confidence circle is usually 19 metres or less. By the device’s own claim, the
true place lies in it 95 times in 100. Readings taken soon after each other can share the same
error. A weight of 20 to 1 makes something 20 times likelier. 30 readings outside together count
like 3 independent readings: more than 10,000 to 1 against you. What was known before weighs 990 to
1 for you. Neither speed nor the way from reading to reading shows the device on its way. The chance
that it was outside rose to more than 99 in 100. No reading can make this certain. An officer could
see this from 12 February 2026 at 23:21 on.

There can be other explanations. Indoors, a weak signal can show a wrong place. So can a signal that
walls or buildings reflect. The device may have been somewhere without you. The boundary may be
drawn a little wrong. A late reading that shows you inside would change this conclusion. So would
the home beacon, or an authorised absence that was not entered yet. You can contest this and say
what happened.""",
    IncidentKind.LEFT: """\
This is a possible breach of condition C2 (residence). It is not a finding: only a person can make
one. You had to stay inside “district” from 5 January 2026, 00:00 to 5 January 2027, 00:00.

Your device seems to have been outside “district” from 12 February 2026, 20:00 to 14 February 2026,
03:00. 35 readings of that time were used. Taken alone, 30 of them lie outside the boundary. The
farthest lies about 12 kilometres outside. The radius of the confidence circle is usually 19 metres
or less. By the device’s own claim, the true place lies in it 95 times in 100. Readings taken soon
after each other can share the same error. A weight of 20 to 1 makes something 20 times likelier.
The way out was seen, from reading to reading: 4900 to 1 against you. 1 reading outside counts like
1 independent reading: 54 to 1 against you. Nobody can be that sure, so part of this is not counted:
13 to 1 for you. The device did not hear the beacon at home in that time. The chance that it was
outside rose to 97 in 100. No reading can make this certain. An officer could see this from 12
February 2026 at 20:06 on.

The readings are not signed by the device, so nothing proves that they come from it.

There can be other explanations. Indoors, a weak signal can show a wrong place. So can a signal that
walls or buildings reflect. The device may have been somewhere without you. The boundary may be
drawn a little wrong. A late reading that shows you inside would change this conclusion. So would
the home beacon, or an authorised absence that was not entered yet. You can contest this and say
what happened.""",
    IncidentKind.ENTERED: """\
This is a possible breach of condition C3 (exclusion). It is not a finding: only a person can make
one. You had to keep out of “stadium” on 14 February 2026 from 18:00 to 24:00.

Your device seems to have been inside “stadium” from 19:16 to 24:00. The set time ended then, so
nothing later is counted. 35 readings of that time were used. Taken alone, 30 of them lie inside the
boundary. The farthest lies about 140 metres inside. The device did not say how exact these readings
are. Readings taken soon after each other can share the same error. A weight of 20 to 1 makes
something 20 times likelier. 30 readings inside together count like 3 independent readings: more
than 10,000 to 1 against you. What was known before weighs 990 to 1 for you. Neither speed nor the
way from reading to reading shows the device on its way. The chance that it was inside rose to more
than 99 in 100. No reading can make this certain. An officer could see this from 14 February 2026 at
19:22 on.

2 readings were not used: they arrived long after they were taken. 1 reading was not used: it
repeats another one.

There can be other explanations. You may have passed close by without going in. A signal that walls
or buildings reflect can show a wrong place. The device may have been somewhere without you. The
boundary may be drawn a little wrong. A late reading that shows you outside would change this
conclusion. So would an authorised absence that was not entered yet. You can contest this and say
what happened.""",
    IncidentKind.MISSED: """\
This is a possible breach of condition C5 (appointment). It is not a finding: only a person can make
one. You had an appointment at “office” on 16 February 2026 from 10:00 to 10:30. You were asked to
stay for 10 minutes in all.

The readings show you there for 4 minutes. 9 readings of that time were used. Taken alone, 1 of them
lies outside the boundary. The radius of the confidence circle is usually 19 metres or less. By
the device’s own claim, the true place lies in it 95 times in 100. An officer could see this from
16 February 2026 at 10:30 on.

Authorised absence A1 covers part of the set time. What an authorised absence allows is not held
against you.

There can be other explanations. Indoors, a weak signal can show a wrong place. You may have come
without the device. The appointment may have been moved. A late reading that shows you there would
change this conclusion. So would somebody there who confirms that you came. You can contest this and
say what happened.""",
    IncidentKind.SILENT: """\
Your device was not heard while condition C1 (curfew) applied. This says nothing about where you
were, and is not a breach. The condition applied on 12 February 2026 from 22:00 to 06:00.

Nothing has been heard from it since 03:00. When this was written, it had not ended. An officer is
told after 4 hours of silence. An officer could see this from 13 February 2026 at 03:00 on.

A device can fall silent for many reasons. Its battery may be empty, or it may be faulty. There may
be no network, as in a basement. Readings that arrive late can still fill the gap. You can contest
this and say what happened.""",
}


@pytest.mark.parametrize("kind", IncidentKind)
def test_the_explanation_of_each_kind_reads_like_this(kind: IncidentKind) -> None:
    paragraphs = TEXTS[kind].split("\n\n")
    assert english(EACH[kind]).split("\n") == [" ".join(each.split("\n")) for each in paragraphs]


# --- What holds in every language ------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_left_and_no_sentence_is_long(language: str) -> None:
    for incident, reader in product(SITUATIONS, Reader):
        text = explain(incident, ALMATY, catalogue(language), reader)
        assert "{" not in text
        assert "}" not in text
        for sentence in sentences(text):
            assert sentence.endswith("."), sentence
            assert len(words(sentence)) <= WORDS_MAX[language], sentence


SPOKEN_TO = {
    "en": r"\byou\b|\byour\b",
    "fr": r"(?<!-)\bvous\b|\bvotre\b|\bvos\b",
    "ru": r"\bВы\b|\bВас\b|\bВам\b|\bВаш",
    "kk": r"\bСіз|ңыз\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_others_are_told_as_much_and_nobody_is_spoken_to(language: str) -> None:
    for incident in SITUATIONS:
        mine, theirs = (explain(incident, ALMATY, catalogue(language), reader) for reader in Reader)
        assert not re.search(SPOKEN_TO[language], theirs, re.IGNORECASE), theirs
        assert re.search(SPOKEN_TO[language], mine, re.IGNORECASE) or incident.withdrawn_at
        more = len(sentences(theirs)) - len(sentences(mine))
        assert more in {0, 1}  # The odds.


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_a_translated_explanation_holds_no_english_sentence(language: str) -> None:
    for incident in SITUATIONS:
        known = set(sentences(english(incident)))
        assert not known & set(
            sentences(explain(incident, ALMATY, catalogue(language), Reader.PERSON))
        )


POSSIBLE = {
    "en": ("possible breach", "breach"),
    "fr": ("manquement possible", "manquement"),
    "ru": ("возможное нарушение", "нарушени"),
    "kk": ("ықтимал бұзушылық", "бұзушылық"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("incident", SITUATIONS, ids=lambda incident: incident.kind)
def test_a_breach_is_only_ever_possible(language: str, incident: Incident) -> None:
    possible, breach = POSSIBLE[language]
    text = explain(incident, ALMATY, catalogue(language), Reader.PERSON).lower()
    if incident.kind is IncidentKind.SILENT:
        assert possible not in text
        assert text.count(breach) == 1  # "... and is not a breach".
    else:
        assert text.count(possible) == text.count(breach) == 1


# --- What the facts bring about --------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {1: "1 reading of", 2: "2 readings of", 5: "5 readings of", 21: "21 readings of"}),
        ("fr", {1: "1 relevé de", 2: "2 relevés de", 5: "5 relevés de", 21: "21 relevés de"}),
        ("ru", {1: "использован 1 замер.", 2: "использованы 2 замера.",
                5: "использовано 5 замеров.", 11: "использовано 11 замеров.",
                21: "использован 21 замер.", 22: "использованы 22 замера."}),
        ("kk", {1: "1 өлшеу", 2: "2 өлшеу", 5: "5 өлшеу", 21: "21 өлшеу"}),
    ],
)  # fmt: skip
def test_numbers_take_the_form_of_the_language(language: str, forms: dict[int, str]) -> None:
    for count, form in forms.items():
        incident = replace(ABSENT, facts=replace(QUIET, fixes_used=count))
        assert form in explain(incident, ALMATY, catalogue(language), Reader.PERSON)


def test_no_fix_used_is_said_in_words() -> None:
    text = english(replace(ABSENT, facts=replace(QUIET, fixes_used=0, fixes_on_wrong_side=0)))
    assert "No reading of that time was used." in text
    assert "Taken alone" not in text


@pytest.mark.parametrize("kind", [IncidentKind.ABSENT, IncidentKind.ENTERED])
def test_a_path_on_which_no_single_fix_is_clear_is_said_to_be_one(kind: IncidentKind) -> None:
    facts = replace(EACH[kind].facts, fixes_on_wrong_side=0)
    text = english(replace(EACH[kind], facts=facts))
    assert "Taken alone, none of them lies" in text
    assert "confidence circle" not in text


@pytest.mark.parametrize("kind", [IncidentKind.ABSENT, IncidentKind.ENTERED])
def test_a_distance_that_means_nothing_is_not_told(kind: IncidentKind) -> None:
    facts = replace(EACH[kind].facts, distance_max_m=0.0)
    assert "farthest" not in english(replace(EACH[kind], facts=facts))


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_not_using_a_fix_is_in_words(reason: str, language: str) -> None:
    incident = replace(ABSENT, facts=replace(QUIET, fixes_unused=((reason, 3),)))
    text = explain(incident, ALMATY, catalogue(language), Reader.PERSON)
    assert reason not in text
    [sentence] = set(sentences(text)) - set(
        sentences(explain(ABSENT, ALMATY, catalogue(language), Reader.PERSON))
    )
    assert sentence.startswith("3 ")


def test_a_reason_that_is_new_is_named_as_it_is_and_none_is_not_told() -> None:
    text = english(replace(ABSENT, facts=replace(QUIET, fixes_unused=(("stale", 0), ("odd", 1)))))
    assert "1 reading was not used, for this reason: odd." in text
    assert "long after" not in text


def test_absences_are_named_until_they_are_many() -> None:
    def explain_absences(*absences: str) -> str:
        return english(replace(ABSENT, facts=replace(QUIET, absences=absences, also_at=absences)))

    assert "Authorised absence" not in explain_absences()
    assert "Authorised absence A1 covers part of the set time. In" in explain_absences("A1")
    assert "Authorised absences A1, A2 and A3 cover part" in explain_absences("A1", "A2", "A3")
    assert "4 authorised absences cover part" in explain_absences("A1", "A2", "A3", "A4")


def test_a_withdrawn_notice_says_so_before_anything_else_and_offers_no_doubts() -> None:
    text = english(WITHDRAWN[IncidentKind.ABSENT])
    wording = sentences(text)
    assert wording[2].startswith("This notice was withdrawn on 20 February 2026 at 09:00:")
    assert wording[3] == "It stays on the record, but is not held against you."
    assert "This is what it said until then." in wording
    assert "other explanations" not in text


def test_an_open_incident_is_said_to_go_on() -> None:
    assert "away from home since 23:16. When this was written, it had not ended." in english(
        OPEN[IncidentKind.ABSENT]
    )
    assert "outside “district” since 20:00 on 12 February 2026." in english(OPEN[IncidentKind.LEFT])


def test_what_was_withdrawn_while_open_is_not_said_to_go_on() -> None:
    gone = replace(OPEN[IncidentKind.ABSENT], withdrawn_at=at("2026-02-13T00:30"))
    assert "since 23:16. 35 readings" in english(gone)


def test_an_ended_silence_tells_from_when_to_when() -> None:
    ended = replace(SILENT, end=at("2026-02-13T05:10"))
    assert "Nothing was heard from it from 03:00 to 05:10. An officer is told" in english(ended)


def test_a_night_on_which_the_clocks_change_says_so() -> None:
    night = span("2024-02-29T22:00", "2024-03-01T06:00")
    assert night.end - night.start == timedelta(hours=9)
    changed = replace(ABSENT, facts=replace(QUIET, window=night))
    assert "The clocks were changed in that time." in english(changed)
    assert "The clocks" not in english(ABSENT)
    year = replace(QUIET, window=span("2024-01-05T00:00", "2025-01-05T00:00"))
    assert "The clocks" not in english(replace(ABSENT, facts=year))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", Reader)
def test_a_time_that_happened_twice_names_its_offset(language: str, reader: Reader) -> None:
    """From 23:50 until 23:10, and still twenty minutes."""
    window = span("2024-02-29T22:00", "2024-03-01T06:00")
    start = datetime(2024, 2, 29, 17, 50, tzinfo=UTC)
    night = replace(
        ABSENT,
        start=start,
        end=start + timedelta(minutes=20),
        opened_at=start + timedelta(minutes=15),
        facts=replace(QUIET, window=window),
    )
    text = explain(night, ALMATY, catalogue(language), reader)
    times = re.findall(r"\d\d:\d\d(?: \(UTC[+]\d\d:\d\d\))?", text)
    assert times == [
        "22:00",
        "06:00",
        "23:50 (UTC+06:00)",
        "23:10 (UTC+05:00)",
        "23:05 (UTC+05:00)",
    ]


def test_presence_that_is_none_or_no_number_is_no_presence() -> None:
    for present_s in (0.0, -5.0, nan):
        text = english(replace(MISSED, facts=replace(MISSED.facts, present_s=present_s)))
        assert "No reading shows you there." in text


# --- Whatever a device reports, somebody can read about it -----------------------------------

NUMBERS = st.one_of(st.sampled_from([nan, inf, -inf, 0.0, -0.0, 1e308, 59.9, 60.0]), st.floats())
COUNTS = st.one_of(st.sampled_from([0, 1, 2, 5, 21, -1]), st.integers())
NAMES = st.text(max_size=200) | st.sampled_from(["a\n\nb", "{", "{place}", "}{", "%s", ""])
INSTANTS = st.datetimes(
    datetime.fromisoformat("1990-01-01"),
    datetime.fromisoformat("2100-01-01"),
    timezones=st.just(UTC),
)
SPANS = st.builds(
    lambda start, length: Span(start, start + length),
    INSTANTS,
    st.timedeltas(timedelta(seconds=1), timedelta(days=900)),
)
FACTS = st.builds(
    IncidentFacts,
    duty=NAMES,
    place=NAMES,
    window=SPANS,
    fixes_used=COUNTS,
    fixes_on_wrong_side=COUNTS,
    fixes_unused=st.lists(st.tuples(st.one_of(st.sampled_from(REASONS), NAMES), COUNTS)).map(tuple),
    distance_max_m=NUMBERS,
    radius95_median_m=NUMBERS,
    independent_s=NUMBERS,
    moving=st.booleans(),
    beacon_lost=st.booleans(),
    silence_s=NUMBERS,
    present_s=NUMBERS,
    present_s_min=NUMBERS,
    absences=st.lists(NAMES, max_size=6).map(tuple),
    unsigned=st.booleans(),
    also_at=st.lists(NAMES, max_size=6).map(tuple),
)
ACCOUNTS = st.builds(
    EvidenceBreakdown,
    lane=st.just(0),
    first=st.just(0),
    last=st.just(1),
    taken_us=st.tuples(*[st.integers(0, 2**51)] * 2),
    terms=st.lists(st.builds(Term, st.sampled_from(TermSource), NUMBERS, COUNTS)).map(tuple),
    wrong_side=COUNTS,
    pieces_ratio=st.floats(0.0, 1e4),
    weighed=st.just(()),
)
INCIDENTS = st.builds(
    Incident,
    id=NAMES,
    condition=NAMES,
    kind=st.sampled_from(IncidentKind),
    opened_at=INSTANTS,
    start=INSTANTS,
    end=st.none() | INSTANTS,
    p_outside_max=NUMBERS,
    evidence=st.just(()),
    facts=FACTS,
    account=ACCOUNTS,
    withdrawn_at=st.none() | INSTANTS,
)


@given(INCIDENTS, st.sampled_from(LANGUAGES), st.sampled_from(["Asia/Almaty", "Europe/Paris"]))
def test_any_incident_can_be_explained(incident: Incident, language: str, zone: str) -> None:
    paragraphs = explain(incident, ZoneInfo(zone), catalogue(language), Reader.PERSON).split("\n")
    assert 2 <= len(paragraphs) <= 4
    assert all(len(words(paragraph)) > 4 for paragraph in paragraphs)
