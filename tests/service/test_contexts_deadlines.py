"""The deadlines of a programme: read from its file, by its clock, and over the default."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.framework.context import PROGRAM
from mesure.actions.records import case_deadlines
from mesure.orders.text.order_faults import OrderError
from mesure.service.serve.contexts import ContextFactory
from tests.service import installations

OURS = """\
deadlines: Programme of Almaty
version: 2026-12-01
rules:
  look_device:
    unit: minutes
    reason: Silences of phones at night are looked at in the morning.
    reference: Instruction 7
    values: [{from: 2026-12-01, value: 120, counts: office_hours}]
"""
EVENING = datetime(2026, 12, 4, 20, tzinfo=ZoneInfo("Asia/Almaty"))  # A Friday.


def _factory(folder: Path, text: str | None) -> ContextFactory:
    more: dict[str, object] = {"time_zone": "Asia/Almaty", "mail_host": None}
    if text is not None:
        (folder / "ours.yaml").write_text(text, encoding="utf-8")
        more["deadlines"] = folder / "ours.yaml"
    with installations.begin(folder, **more) as instance:
        return ContextFactory(instance, "https://mesure.example")


def test_a_programme_has_its_own_deadlines_over_the_default(tmp_path: Path) -> None:
    procedure = _factory(tmp_path, OURS).make(PROGRAM, "R-1").procedure
    silence = case_deadlines.of_incident(procedure, "silent", EVENING)
    assert silence.look_by == EVENING.replace(day=7, hour=11)
    breach = case_deadlines.of_incident(procedure, "absent", EVENING)
    assert breach.look_by == EVENING + timedelta(hours=4)
    assert not case_deadlines.is_for_on_call(procedure, "silent", EVENING)
    assert case_deadlines.is_for_on_call(procedure, "absent", EVENING)


def test_without_a_file_the_default_counts_by_the_clock_of_the_programme(tmp_path: Path) -> None:
    procedure = _factory(tmp_path, None).make(PROGRAM, "R-1").procedure
    breach = case_deadlines.of_incident(procedure, "absent", EVENING)
    assert breach.decide_by == EVENING.replace(day=9, hour=17)
    assert not procedure.has_mail


def test_a_file_that_is_wrong_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="is neither"):
        _factory(tmp_path, OURS.replace("office_hours}", "nights}"))
