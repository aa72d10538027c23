"""A device whose clock is ahead by the same all day: its times are put right, and it is judged."""

from dataclasses import replace
from pathlib import Path

import pytest

from mesure.devices import signed_form
from mesure.geo.fixes import Fixes
from tests.evaluation import scenes
from tests.evaluation.scenes import M, S, fixes, stay, us, walk
from tests.service import court
from tests.service.agreeing import agree, list_assessments

AHEAD_US = 5 * M
NIGHT = fixes(
    stay("10T20:00", "10T23:00"),
    walk("10T23:00", 0.0, 2_000.0),
    stay("10T23:25", "11T01:00", 2_000.0),
    stay("11T01:10", "11T03:00"),
)


def judge_night(
    folder: Path, night: Fixes, form: str, every: int
) -> list[tuple[str, str, int, int]]:
    """Return what is kept of a night that came message by message, after a look at the replay."""
    folder.mkdir()
    with court.open_court(folder, scenes.order(scenes.CURFEW)) as at_court:
        at_court.form = form
        worker = at_court.worker()
        for at in range(0, len(night), every):
            part = night.rows(slice(at, at + every))
            at_court.report_fixes(part)
            worker.step(int(part.received_us[-1]) + S)
            if at % 4 == 0:
                worker = at_court.worker()
        until_us = us("11T04:00")
        worker.step(until_us)
        if any(one.status != "unknown" for one in at_court.assessments()):
            agree(at_court, until_us)
        return list_assessments(at_court)


@pytest.mark.parametrize("every", [7, 50])
def test_who_carries_it_is_judged_as_with_a_clock_that_is_right(tmp_path: Path, every: int) -> None:
    ahead = replace(NIGHT, observed_us=NIGHT.observed_us + AHEAD_US)
    right = judge_night(tmp_path / "right", NIGHT, signed_form.of(0), every)
    put_right = judge_night(tmp_path / "put right", ahead, signed_form.of(AHEAD_US), every)
    as_it_came = judge_night(tmp_path / "as it came", ahead, signed_form.of(0), every)
    assert put_right == right
    assert {status for _, status, _, _ in right} > {"met", "not_met"}
    assert {status for _, status, _, _ in as_it_came} == {"unknown"}
