"""Short words of a report."""

import pytest

from mesure.evaluation.assessment import Status
from mesure.incidents.incident import IncidentKind
from mesure.machine import texts
from mesure.reports.replay import report_words
from mesure.reports.replay.replay_report import FileSummary
from tests.reports import factory
from tests.reports.factory import English

ENGLISH = English()


@pytest.mark.parametrize("kind", [kind for kind in IncidentKind if kind is not IncidentKind.SILENT])
def test_an_incident_of_place_is_called_a_possible_breach(kind: IncidentKind) -> None:
    title = report_words.title(ENGLISH, factory.incident(kind=kind))
    assert title.startswith("Possible breach: ")
    assert "home" in title


def test_a_silence_is_not_called_a_breach() -> None:
    assert "breach" not in report_words.title(ENGLISH, factory.silence()).lower()


def test_a_hostile_name_cannot_hide_in_a_title() -> None:
    odd = factory.incident(facts=factory.facts(place="home\x1b[2J" + "x" * 300))
    title = report_words.title(ENGLISH, odd)
    assert "\x1b" not in title
    assert len(title) < 100


def test_every_reason_has_words_and_a_new_one_stands_for_itself() -> None:
    known = (
        "duplicate",
        "stale",
        "future",
        "out_of_range",
        "heartbeat",
        "after_until",
        "other_trace",
    )
    assert len({report_words.reason(ENGLISH, key) for key in known} - set(known)) == len(known)
    assert report_words.reason(ENGLISH, "moonlight\x07") == "moonlight\ufffd"


def test_clocks_that_were_set_right_are_counted() -> None:
    sentence = report_words.clock_corrected(ENGLISH, 1_040)
    assert sentence == "1\u00a0040: the clock was 1024 weeks behind, as the receipt shows"


def test_columns_that_are_not_read_are_named_and_so_is_a_file_without_accuracy() -> None:
    many = tuple(f"c{number}" for number in range(report_words.UNREAD_MAX + 3))
    files = (
        FileSummary("a.csv", ("speed", "battery\x1b"), has_accuracy=True),
        FileSummary("b.csv", many, has_accuracy=False),
        FileSummary("c.csv", (), has_accuracy=True, told=(("help", 2), ("left", 1))),
    )
    entries = list(report_words.of_files(ENGLISH, files))
    assert [heading for heading, _ in entries] == [
        "Columns not read",
        "Columns not read",
        "Accuracy not known",
        "The device also told",
    ]
    assert entries[3][1] == "c.csv: help 2, left 1"
    assert entries[0][1].startswith("a.csv: speed, battery")
    assert "\x1b" not in entries[0][1]
    assert entries[1][1].endswith("c19 and 3 more, which the JSON output has")
    assert entries[2][1].startswith("b.csv: no fix says how accurate it is")


def test_doubts_are_counted() -> None:
    sentences = [report_words.fix_requests(ENGLISH, number) for number in (1, 21)]
    assert sentences[0] == "1 time; more fixes would be asked for"
    assert sentences[1] == "21 times; more fixes would be asked for"


def test_each_status_has_its_word() -> None:
    assert [report_words.status(ENGLISH, status) for status in Status] == [
        "met",
        "not met",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("length_m", "labels"),
    [(500, ["500 m", "500 m", "500 м", "500 м"]), (1_000, ["1 km", "1 km", "1 км", "1 км"])],
)
def test_a_scale_bar_has_the_symbols_of_the_language(length_m: int, labels: list[str]) -> None:
    assert [report_words.scale(texts.catalogue(tag), length_m) for tag in texts.LANGUAGES] == labels


def test_metres_are_written_as_in_sentences() -> None:
    russian = texts.catalogue("ru")
    written = [report_words.metres(russian, length_m) for length_m in (12.5, 60.0, 1_112.0)]
    assert written == ["12.5 м", "60 м", "1112 м"]
