"""The slow path: fix upon fix adds up as the closed form says, however often a device reports."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation.feasibility import zone_errors
from mesure.evaluation.filter.two_state_filter import NOT_MET
from mesure.evaluation.policy import DeviceClass
from mesure.instants import US_PER_S
from tests.evaluation.scenes import CURFEW, default_policy, order, rules, stay, us
from tests.evaluation.test_likelihoods import listen

GONE = "10T12:00"


@pytest.mark.parametrize("every_s", [10, 30, 60, 120, 300])
@pytest.mark.parametrize("device_class", DeviceClass)
def test_it_takes_as_long_as_said_by_reports_from_ten_seconds_to_five_minutes(
    device_class: DeviceClass, every_s: int
) -> None:
    """A fix speaks for the time since the one before it: it is counted from the last one at home.

    No way is believed here, and nothing moves but once: the least that the judge can make of it.
    """
    policy = replace(default_policy(device_class), way_clear_llr=20.0)
    ready = rules(order(CURFEW), policy=policy)
    at_home = stay("10T00:00", GONE, every_s=every_s)
    away = stay(GONE, "10T23:00", 500.0, every_s=every_s)
    output = listen(ready, at_home, away)
    told_us = int(output.observed_us[np.flatnonzero(output.decided == NOT_MET)[0]])
    took_s = (told_us - us(GONE)) / US_PER_S + every_s
    assert 1.0 / 1.2 <= took_s / zone_errors.slow_s(policy) <= 1.2
