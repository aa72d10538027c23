"""What a second circle buys: never worse than the address alone, and measured elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from mesure.evaluation.assessment import Status
from mesure.evaluation.policy import DeviceClass
from mesure.orders.values.places import Circle
from mesure.record.policy_loading import read_policy
from mesure_lab.ground import town_order
from mesure_lab.rules import score
from mesure_lab.rules.score import Exposure
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town
from mesure_lab.tables import calibration_tables
from mesure_lab.trials import calibration_trials
from mesure_lab.trials.calibration_trials import ALONE, OTHERS, VISIT, CalibratedCurfew, Rested

DATA = Path(__file__).parents[3] / "shared" / "data"
POLICY, _ = read_policy(None)
TAGS = Town(20261125, persons=4, days=6, classes=(DeviceClass.GNSS_TAG,), awake=True)


@pytest.fixture(scope="module")
def homes() -> list[CalibratedCurfew]:
    return list(calibration_trials.home_trials(TAGS, (0.0, 31.0), POLICY))


def test_each_home_is_measured_in_the_first_days_and_judged_after(
    homes: list[CalibratedCurfew],
) -> None:
    assert len(homes) == 2 * TAGS.persons
    assert all(one.proposal.point for one in homes)
    since_s = TAGS.start_s + calibration_trials.FIRST_DAYS * 86_400
    for home in homes:
        assert home.alone.person.days == home.calibrated.person.days == 3.0
        assert all(breach.start_s >= since_s for breach in home.alone.breaches)
        assert all(said.start_s >= since_s for said in home.calibrated.person.said)


def test_an_address_that_was_moved_is_found_again(homes: list[CalibratedCurfew]) -> None:
    def off_m(home: CalibratedCurfew) -> float:
        return float(np.hypot(home.proposal.shown.north_m, home.proposal.shown.east_m))

    near, far = homes[::2], homes[1::2]
    assert sorted(map(off_m, far))[2] > sorted(map(off_m, near))[2] + 10.0


def test_nobody_is_absent_by_two_circles_who_is_not_by_one(homes: list[CalibratedCurfew]) -> None:
    for home in homes:
        if not home.alone.person.said:
            assert not home.calibrated.person.said


def test_what_was_measured_is_entered_as_an_officer_would(homes: list[CalibratedCurfew]) -> None:
    [person, *_] = towns.people(TAGS)
    text = calibration_trials._entered(person.order_text, homes[0].proposal)
    home = town_order.version(text).places["home"]
    [shown] = home.calibrations
    assert shown.start - town_order.version(text).in_force.start == timedelta(days=3)
    assert isinstance(home.shapes[0], Circle)


def test_a_town_makes_a_table() -> None:
    lines = list(calibration_tables.homes_of(replace(TAGS, persons=3), POLICY))
    rows = [line for line in lines if line.startswith("| ") and "address |" not in line]
    assert len(rows) == 2 * len(calibration_tables.TOWN_OFF_M)
    assert {line.count("|") for line in lines if line.startswith("|")} == {10}


def test_four_copies_of_a_session_are_no_more_evidence_than_one() -> None:
    none, four = ([Exposure(count, 8.0)] for count in (0, 8))
    assert calibration_tables._rate(none, 4).high == score.poisson_upper(0, 2.0)
    rate, once = calibration_tables._rate(four, 4), score.false_rate([Exposure(2, 2.0)])
    assert (rate.per_day, rate.low, rate.high) == (once.per_day, once.low, once.high)
    assert calibration_tables._rate(four, 1) == score.false_rate(four)


# --- Real phones ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phones() -> list[Rested]:
    if not (DATA / "dev").is_dir():
        pytest.skip("no real traces beside the project")
    every = calibration_trials.sessions(DATA, POLICY)
    low = [one for one in every if one.phone.endswith("-i2")]
    return list(calibration_trials.rest_trials(low, 50.0, 20.0, POLICY))


def test_a_session_is_judged_by_what_other_sessions_showed(phones: list[Rested]) -> None:
    assert {one.measured for one in phones} == {ALONE, VISIT, OTHERS}
    assert not any(one.has_point for one in phones if one.measured == ALONE)
    assert all(one.has_point for one in phones if one.measured == OTHERS)
    assert not any(one.incidents for one in phones)


def test_phones_that_lay_beside_their_circle_lie_in_two(phones: list[Rested]) -> None:
    def total(measured: str, what: Callable[[Rested], float]) -> float:
        return sum(what(one) for one in phones if one.measured == measured)

    assert total(OTHERS, lambda phone: phone.exits) < total(ALONE, lambda phone: phone.exits)
    assert (
        total(OTHERS, lambda phone: phone.outside_s)
        < total(ALONE, lambda phone: phone.outside_s) / 2.0
    )
    met, was_met = (
        total(measured, lambda phone: phone.status_s[Status.MET]) for measured in (OTHERS, ALONE)
    )
    assert met > 1.5 * was_met
