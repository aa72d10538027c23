"""The text table of a replay."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.incident import IncidentKind
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.record import terminal
from mesure.reports.replay.replay_report import ReplayReport
from tests.reports import factory
from tests.reports.factory import English, at

HOSTILE = "[red]home[/red]\x1b[2J\x1b]0;x\x07\r\n\u202eemoh :smile: 👩‍👧 家 مكان " + "w" * 200


def render_report(report: ReplayReport, width: int = 80) -> str:
    return terminal.render(report, width, English())


def test_the_table_says_what_was_found() -> None:
    text = " ".join(render_report(factory.report()).split())
    for phrase in (
        "Order ALM-2026-0042, person P-0042",
        "A possible breach is not a finding.",
        "Unsigned.",
        "Asia/Almaty (UTC+05:00)",
        "10 105 read, 10 095 used",
        "7: the same fix was already there",
        "Clock set right 1 040: the clock was 1024 weeks behind, as the receipt shows",
        "Possible breaches: 1. Silences: 1.",
        "Possible breach: absent from home",
        "2026-02-13 22:00 - 2026-02-14 01:18 (3 h 18 min), chance more than 99 in 100",
        "97 of them lie beyond the boundary",
        "A silence says nothing about where anybody was, and is not a breach.",
        "--format html --out report.html",
    ):
        assert phrase in text, phrase


def test_each_condition_has_its_times_and_shares() -> None:
    rows = render_report(factory.report(), 100).split("\n")
    [line] = [row for row in rows if "88\u00a0h\u00a048\u00a0min" in row]
    assert "C1 Be at home" in line
    assert "3\u00a0h\u00a018\u00a0min" in line
    assert "9\u00a0h\u00a054\u00a0min" in line


def test_each_night_has_its_sign() -> None:
    [line] = [
        row for row in render_report(factory.report()).split("\n") if row.startswith("C1  2026")
    ]
    assert line == "C1  2026-02  .....  ?.?..#.."


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_line_is_wider_than_the_terminal(width: int, language: str) -> None:
    odd = factory.incident(id=HOSTILE, condition=HOSTILE, facts=factory.facts(place=HOSTILE))
    hostile = factory.report(
        order=HOSTILE,
        person=HOSTILE,
        court=HOSTILE,
        incidents=(factory.as_reported(odd, HOSTILE),),
        unused={HOSTILE: factory.leftover_fixes()["stale"]},
        conditions=tuple(
            replace(each, id=f"{each.id}{HOSTILE}", words={})
            for each in factory.report().conditions
        ),
    )
    for report in (factory.report(), hostile, factory.empty_report()):
        text = terminal.render(report, width, texts.catalogue(language))
        assert max(cell_len(line) for line in text.split("\n")) <= min(width, terminal.WIDTH_MAX)


def test_names_cannot_steer_the_terminal() -> None:
    odd = factory.incident(condition=HOSTILE, facts=factory.facts(place=HOSTILE))
    text = render_report(
        factory.report(order=HOSTILE, incidents=(factory.as_reported(odd, HOSTILE),))
    )
    for steering in ("\x1b", "\x07", "\r", "\u202e"):
        assert steering not in text
    assert "[red]home" in text
    assert ":smile:" in text


def test_without_colour_there_is_none_whatever_the_surroundings_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = render_report(factory.report())
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    assert render_report(factory.report()) == plain


def test_colour_adds_nothing_but_colour() -> None:
    coloured = terminal.render(factory.report(), 80, English(), colour=True)
    assert "\x1b[" in coloured
    stripped = "".join(part.split("m", 1)[-1] for part in ("m" + coloured).split("\x1b["))
    assert [line.split() for line in stripped.split("\n")] == [
        line.split() for line in render_report(factory.report()).split("\n")
    ]


def test_english_is_spoken_unless_told_otherwise() -> None:
    assert "Possible breaches: 1." in terminal.render(factory.report(), 80)


def test_an_empty_report_is_short() -> None:
    text = render_report(factory.empty_report())
    assert "0 read, 0 used" in text
    assert "Clock set right" not in text
    assert len(text.split("\n")) < 20


def test_signed_evidence_is_not_called_unsigned() -> None:
    assert "Unsigned" not in render_report(factory.report(unsigned=False))


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"end": None}, "2026-02-13 22:00 - still open at the moment of looking"),
        ({"end": None, "withdrawn_at": at(13, 1)}, "absent from home (withdrawn)\n"),
        ({"kind": IncidentKind.MISSED}, "2026-02-14 01:18 (3\u00a0h\u00a018\u00a0min)\n"),
        ({"p_outside_max": float("nan")}, "2026-02-14 01:18 (3\u00a0h\u00a018\u00a0min)\n"),
    ],
)
def test_an_incident_says_how_it_stands(changes: dict[str, object], phrase: str) -> None:
    odd = factory.as_reported(factory.incident(**changes))
    assert phrase in render_report(factory.report(incidents=(odd,)))


def test_very_much_is_summarised() -> None:
    step = timedelta(minutes=90)
    assessments = tuple(
        Assessment("C2", list(Status)[n % 3], Span(at(0, 0) + n * step, at(0, 0) + (n + 1) * step))
        for n in range(5000)
    )
    incidents = tuple(
        factory.as_reported(factory.incident(id=str(n), start=at(n, 22), end=at(n, 23)))
        for n in range(300)
    )
    text = render_report(
        factory.report(assessments=assessments, incidents=incidents, until=at(320, 0))
    )
    assert len(text.split("\n")) <= 260
    assert "Further incidents" in text
    left_out = 300 - terminal.EXPLAINED_MAX - terminal.LISTED_MAX
    assert f"Not listed here: {left_out}." in text
    assert text.count("2026-12") >= 1
    assert "2026-03" not in "".join(text.split("Day by day")[1].split("Possible")[0])
