"""Baselines on simulated curfews: every setting once, judged as ours are."""

import numpy as np

from mesure_lab.rules import readings
from mesure_lab.rules.peers import BASELINES
from mesure_lab.simulation import sweeps
from mesure_lab.simulation.sweeps import BaselineSetting
from tests.lab.test_results import WALK, _judged


def test_every_setting_is_tried_once() -> None:
    settings = list(sweeps.settings(tuple(BASELINES)))
    assert len(settings) == len(set(settings)) > len(BASELINES)
    dwell = [one for one in settings if one.rule == "dwell"]
    assert dwell[0] == BaselineSetting("dwell")
    assert {one.value for one in dwell[1:]} == {120.0, 300.0, 900.0, 1200.0}


def test_a_rule_is_scored_on_the_curfew() -> None:
    time_s = np.arange(0.0, 4000.0, 60.0)
    away_m = np.where((time_s >= WALK.start_s) & (time_s < WALK.end_s), 300.0, 0.0)
    around = readings.around_circle(
        time_s, time_s + 1.0, away_m, 0.0 * away_m, np.full(len(time_s), 10.0), 60.0
    )
    plain = sweeps.outcome(BaselineSetting("point_state"), _judged(), around)
    assert plain.delays_s[0] == 21.0  # The fix at 1020 s, received a second later.
    assert plain.person.silences == 0
    patient = sweeps.outcome(BaselineSetting("dwell", "dwell_s", 300.0), _judged(), around)
    assert patient.delays_s[0] == 321.0
