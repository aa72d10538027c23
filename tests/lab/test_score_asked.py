"""Departures whose device is asked: its own next fixes answer, and none that it did not make."""

import math
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from mesure.evaluation.fix_requests import FixRequest, FixRequestReason
from mesure.instants import US_PER_S, to_datetime
from mesure.machine.progress import ProgressStages
from mesure.orders.values.span import Span
from mesure.record.policy_loading import read_policy
from mesure_lab.scoring import score_cases, score_figures, score_folder
from mesure_lab.scoring.score_cases import ScoreCase
from mesure_lab.trials import score_asked
from mesure_lab.trials.score_asked import WAYS, Radius
from tests.lab.folders import about, full_folder, row, write

POLICY = read_policy(None)[0]
AT_ONCE, SLOW, CALLS = WAYS
RADIUS_M = 100.0
NOON_S = 1583323200.0


def ask(at_s: float, end_s: float, every_s: float = 20.0) -> FixRequest:
    start, end = (to_datetime(round(one * US_PER_S)) for one in (at_s, end_s))
    return FixRequest(
        "C1", FixRequestReason.FIRST_LOOK, Span(start - timedelta(seconds=1), end), start, every_s
    )


def answers(
    asks: list[FixRequest], time_s: list[float], calls_s: list[float], way: object
) -> list[float]:
    time_us, calls_us = (np.array(one) * US_PER_S for one in (time_s, calls_s))
    assert isinstance(way, score_asked.ReportingWay)
    flags = score_asked.answers_to(asks, time_us.astype(int), calls_us.astype(int), way)
    return [at for at, is_one in zip(time_s, flags, strict=True) if is_one]


def test_the_next_fix_after_an_ask_has_arrived_answers_it_and_then_one_every_so_often() -> None:
    every_s = [float(at) for at in range(0, 200, 3)]
    times_s = answers([ask(10.0, 70.0)], every_s, [0.0, 60.0], AT_ONCE)
    assert times_s == [15.0, 36.0, 57.0]  # Due at 15, 35 and 55; the word that it is over: at 75.
    times_s = answers([ask(10.0, 70.0)], every_s, [0.0, 60.0], SLOW)
    assert times_s == [42.0, 60.0, 81.0]


def test_a_device_that_must_call_is_told_in_the_call_after_and_told_to_stop_in_another() -> None:
    every_s = [float(at) for at in range(0, 200, 3)]
    times_s = answers([ask(10.0, 55.0)], every_s, [0.0, 60.0, 63.0, 120.0], CALLS)
    assert times_s == []  # Told of both at 60.
    times_s = answers([ask(10.0, 70.0)], every_s, [0.0, 10.0, 60.0, 120.0], CALLS)
    assert times_s == [63.0, 81.0, 102.0]
    assert answers([ask(130.0, 190.0)], every_s, [0.0, 60.0, 120.0], CALLS) == []


def test_a_device_that_made_no_fix_answers_nothing() -> None:
    assert answers([ask(10.0, 70.0)], [0.0, 9.0, 90.0, 150.0], [0.0, 90.0], AT_ONCE) == []


@cache
def score_traces() -> tuple[tuple[Radius, ...], tuple[ScoreCase, ...]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        full_folder(folder)
        # A phone that is silent as it leaves: from there on a fix every five seconds.
        rows = [row("t3", NOON_S - 3000.0 + 60.0 * i, 5.0, accuracy_m=10.0) for i in range(30)]
        rows += [row("t3", NOON_S + at, float(at), accuracy_m=12.0) for at in range(150, 590, 5)]
        write(folder, "mobilitynet_trips", rows)
        about(folder, {"t3": "mn-town-1"})
        cases = score_folder.find(folder, (RADIUS_M,), ProgressStages()).cases
    # The way to the hall has another place to leave, at which the phone never was.
    cases = tuple(one for one in cases if one.truth is None or one.truth.starts_inside)
    return score_asked.run(cases, (RADIUS_M,), POLICY, ProgressStages()), cases


def departure() -> ScoreCase:
    [case] = [one for one in score_traces()[1] if one.truth is not None]
    return case


def test_who_is_asked_is_seen_sooner_by_fixes_that_the_device_made_itself() -> None:
    [at] = score_traces()[0]
    by_name = {one.name: one for one in at.rows}
    usual, asking = by_name["mesure"], by_name[AT_ONCE.name]
    assert asking.differs_s is not None
    assert asking.left.median_s.value < usual.left.median_s.value
    assert asking.differs_s.value == asking.left.median_s.value - usual.left.median_s.value
    assert (asking.sooner, asking.later) == (1, 0)
    assert usual.differs_s is None
    assert usual.asks_per_day == 0.0
    # Nobody can know before the first fix from outside came.
    assert at.first_of_all_s.value <= at.first_s.value <= asking.left.median_s.value


@pytest.mark.parametrize("way", WAYS)
def test_what_is_played_to_the_end_answers_every_ask_and_nothing_else(
    way: score_asked.ReportingWay,
) -> None:
    case = departure()
    run = score_asked.run_case(case, RADIUS_M, way, POLICY)
    own = np.count_nonzero(score_cases.flag_reported(case.record.observed_us[case.row], 60.0))
    assert run.asks > 0
    assert 0 < run.extra <= len(case.row) - own


def test_where_a_trace_holds_no_more_than_was_reported_asking_changes_nothing() -> None:
    case = departure()
    own = score_cases.flag_reported(case.record.observed_us[case.row], 60.0)
    sparse = score_cases.reports(case, 60.0)
    thin = ScoreCase(
        **{
            name: getattr(case, name)
            for name in ScoreCase.__slots__
            if name not in ("record", "row", "raw_row")
        },
        record=sparse,
        row=np.arange(len(sparse)),
        raw_row=np.arange(len(sparse)),
    )
    run = score_asked.run_case(thin, RADIUS_M, AT_ONCE, POLICY)
    nobody = score_asked.run([case], (RADIUS_M,), POLICY, ProgressStages())[0].rows[2]
    assert len(sparse) == np.count_nonzero(own)
    assert run.extra == 0
    assert run.came.delay_s == nobody.left.median_s.value


def test_medians_are_compared_in_the_same_draws() -> None:
    mine, others = [10.0, 20.0, math.inf], [30.0, 20.0, math.inf]
    draws = [[0, 0, 0], [1, 1, 1], [2, 2, 2]]
    difference = score_figures.median_difference(mine, others, draws)
    assert (difference.value, difference.low, difference.high) == (-10.0, -20.0, 0.0)
