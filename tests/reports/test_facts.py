"""The figures of a possible breach."""

from dataclasses import replace
from datetime import date

import pytest

from mesure.incidents import device_problems
from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.incident import Incident, IncidentKind
from mesure.machine import texts
from mesure.reports.replay import facts
from tests.reports import factory
from tests.reports.factory import ALMATY, English, at


def names(incident: Incident) -> dict[str, str]:
    return {line.name: line.value for line in facts.lines(incident, ALMATY, English())}


def test_the_late_return_has_its_figures() -> None:
    figures = names(factory.incident())
    assert figures["Chance of being on the wrong side, at most"] == "more than 99 in 100"
    assert figures["Fixes used in that time"] == "99"
    assert figures["Of these, on the wrong side taken alone"] == "97"
    assert figures["An officer could see it from"] == "2026-02-13 at 22:06"
    assert figures["Rows of the files, counted from 0"].count("-") == 1


def test_a_silence_has_its_times_and_its_number() -> None:
    figures = names(factory.silence())
    assert figures["Number on the record"] == factory.silence().id
    assert "How long" not in names(replace(factory.silence(), end=None))
    assert names(replace(factory.silence(), end=None))["When"].endswith("not over yet")
    assert not [name for name in figures if "Fixes" in name or "Device" in name]


def test_the_devices_are_named_once_each() -> None:
    lines = facts.lines(factory.incident(), ALMATY, English(), ["tag-7", "phone-1", "tag-7"])
    assert [line.value for line in lines if line.name == "Device"] == ["phone-1, tag-7"]


@pytest.mark.parametrize("end_us", [None, 60_000_000])
@pytest.mark.parametrize("day", [None, date(2026, 2, 12)])
def test_something_about_a_device_has_its_figures(end_us: int | None, day: date | None) -> None:
    kind = device_problems.DeviceProblemKind.STRAP
    notice = DeviceNotice("N-1", "tag-7", kind, 30_000_000, 0, end_us, 3, 60_000_000, day)
    figures = {line.name: line.value for line in facts.of_notice(notice, ALMATY, English())}
    assert (figures["Device"], figures["Number on the record"]) == ("tag-7", "N-1")
    assert ("How long" in figures) is (end_us is not None)
    assert ("How many times" in figures) is (day is not None)


def test_what_is_no_number_is_left_out() -> None:
    unknown = float("nan")
    odd = factory.facts(distance_max_m=0.0, radius95_median_m=unknown)
    figures = names(factory.incident(p_outside_max=unknown, facts=odd))
    assert not [
        name for name in figures if "Chance" in name or "Farthest" in name or "radius" in name
    ]


def test_a_missed_appointment_has_no_chance() -> None:
    assert "Chance of being on the wrong side, at most" not in names(
        factory.incident(kind=IncidentKind.MISSED)
    )


def test_one_withdrawn_says_when() -> None:
    figures = names(factory.incident(withdrawn_at=at(13, 1)))
    assert figures["Withdrawn, because late evidence refuted it"] == "2026-02-15 at 01:00"


def test_without_evidence_no_rows_are_named() -> None:
    assert "Rows of the files, counted from 0" not in names(factory.incident(evidence=()))


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_there_are_as_many_lines_in_every_language(kind: IncidentKind) -> None:
    incident = factory.incident(kind=kind, withdrawn_at=at(13, 1))
    counts = {len(facts.lines(incident, ALMATY, texts.catalogue(tag))) for tag in texts.LANGUAGES}
    assert len(counts) == 1
