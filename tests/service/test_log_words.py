"""What is said of a log: a sentence for every fault, in every language, and none too many."""

from dataclasses import replace

import pytest

from mesure.audit.entries import EntryRange
from mesure.audit.log_verification import BrokenLogError, LogFault, LogVerification, WitnessSighting
from mesure.machine.texts import LANGUAGES, catalogue
from mesure.service.verification import log_words
from tests.audit.samples import TRUST_WITNESSED, check, sample

OUTCOME = check(sample().lines, TRUST_WITNESSED)
NAMED = {  # What stands in for {name}.
    LogFault.ORIGIN,
    LogFault.SIGNATURE,
    LogFault.COUNT,
    LogFault.ERASES_NO_RECORD,
    LogFault.ERASES_TWICE,
    LogFault.OTHER_LOG,
    LogFault.COSIGNATURE,
    LogFault.NOT_SEEN,
}


def _holds(
    language: str,
    outcome: LogVerification = OUTCOME,
    kept_size: int | None = None,
    *,
    has_records: bool = False,
    is_selection: bool = False,
) -> list[str]:
    sentences = log_words.holds(
        outcome,
        catalogue(language),
        kept_size=kept_size,
        has_records=has_records,
        is_selection=is_selection,
    )
    return list(sentences)


def test_one_entry_is_no_entries() -> None:
    head = OUTCOME.checkpoint.head._replace(size=1)
    single = replace(OUTCOME, checkpoint=replace(OUTCOME.checkpoint, head=head))
    assert "its 1 entry was not changed" in _holds("en", single)[0]
    assert "(1 inscription)" in _holds("fr", single)[0]
    assert "none of its" in _holds("en")[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("of 1 entry.", "it had 1 entry.")),
        ("fr", ("de 1 inscription que", "il avait 1 inscription.")),
        ("ru", ("с 1 записью.", "была 1 запись.")),
        ("kk", ("1 жазбасы бар", "1 жазбасын")),
    ],
)
@pytest.mark.parametrize("at", [1_767_225_600, log_words.SECONDS_MAX + 1])
def test_a_checkpoint_of_one_entry_is_of_no_entries(
    language: str, words: tuple[str, str], at: int
) -> None:
    witnessed = replace(OUTCOME, witnesses=(("witness", WitnessSighting(1, at)),))
    *_, goes_on, sight = _holds(language, witnessed, kept_size=1)
    assert words[0] in goes_on
    assert words[1].rstrip(".") in sight
    assert "  " not in sight


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_a_sentence_of_its_own(language: str) -> None:
    sentences = set()
    for broken in LogFault:
        error = BrokenLogError(broken, EntryRange(3, 7), 12, "NAME")
        first, where, what = log_words.broken(error, "log.example", catalogue(language))
        assert "log.example" in first
        assert all(number in where for number in ("3", "7", "12"))
        assert ("NAME" in what) is (broken in NAMED)
        assert "{" not in first + where + what
        sentences.add(what)
    assert len(sentences) == len(LogFault)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_one_entry_a_line_or_the_log_as_a_whole(language: str) -> None:
    def where(blamed: EntryRange | None, line: int | None) -> str:
        error = BrokenLogError(LogFault.LINE, blamed, line)
        return list(log_words.broken(error, "log.example", catalogue(language)))[1]

    places = [
        where(*place)
        for place in ((EntryRange(3, 3), None), (EntryRange(3, 4), None), (None, 8), (None, None))
    ]
    assert len(set(places)) == 4
    assert "3" in places[0]
    assert "8" in places[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_log_that_holds_is_told_in_every_language(language: str) -> None:
    sentences = _holds(language, kept_size=9, has_records=True)
    assert len(sentences) == 6
    assert "log.example/almaty" in sentences[0]
    assert "12" in sentences[0]
    assert not [sentence for sentence in sentences if "{" in sentence]
    if language != "en":
        assert not set(sentences) & set(_holds("en", kept_size=9, has_records=True))


def test_what_the_log_alone_cannot_show_is_said() -> None:
    alone = replace(OUTCOME, witnesses=())
    assert "could have written another log" in _holds("en", alone)[-1]
    assert "could have" not in "".join(_holds("en"))
    assert "could have" not in "".join(_holds("en", alone, kept_size=0))


def test_missing_records_are_only_spoken_of_when_they_were_looked_for() -> None:
    assert "None is missing." in "".join(_holds("en", has_records=True))
    selected = "".join(_holds("en", has_records=True, is_selection=True))
    assert "None is missing" not in selected
    assert "was not asked" in selected
    assert "missing" not in "".join(_holds("en"))


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    for at, time_text in (
        (log_words.SECONDS_MAX, "31 December 9999 at 23:59 (UTC)"),
        (log_words.SECONDS_MAX + 1, "saw its first 5 entries."),
        (0, "1 January 1970 at 00:00 (UTC)"),
    ):
        outcome = replace(OUTCOME, witnesses=(("court.example", WitnessSighting(5, at)),))
        assert time_text in _holds("en", outcome)[-1]
