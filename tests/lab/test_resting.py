"""Phones that rest: when they are silent, what they say meanwhile, what they do not feel."""

import numpy as np
import pytest

from mesure_lab.carrying import resting
from mesure_lab.carrying.sources import TickClock

H = 3_600
NIGHTS = 200
STAY_S = 10 * H
CLOCK = TickClock(0.0, 10.0, NIGHTS * 12 * H // 10)
STAYS = [(night * 12 * H, night * 12 * H + STAY_S, 0) for night in range(NIGHTS)]


@pytest.fixture(scope="module", name="rest")
def _rest() -> tuple[np.ndarray, resting.SignsOfRest]:
    return resting.rest(STAYS, CLOCK, 7)


def test_a_phone_that_lies_still_sends_hardly_a_fix(
    rest: tuple[np.ndarray, resting.SignsOfRest],
) -> None:
    silent, _ = rest
    by_night = silent.reshape(NIGHTS, -1)[:, : STAY_S // 10]
    assert 0.9 < by_night.mean() < 0.99
    assert not by_night[:, : round(resting.SETTLE_S) // 10].any()


def test_it_reports_again_a_while_after_it_is_carried_off(
    rest: tuple[np.ndarray, resting.SignsOfRest],
) -> None:
    """As dozing phones do: half of them after some three minutes."""
    silent, _ = rest
    after = silent.reshape(NIGHTS, -1)[:, STAY_S // 10 :].sum(axis=1) * 10
    assert 120 < np.median(after) < 330


def test_signs_say_since_when_and_come_by_the_quarter_of_an_hour_but_for_dozes(
    rest: tuple[np.ndarray, resting.SignsOfRest],
) -> None:
    _, signs = rest
    assert len(signs) > NIGHTS * 20
    assert (signs.since_ms < signs.sent_ms).all()
    same_rest = np.diff(signs.since_ms) == 0
    apart_s = np.diff(signs.sent_ms)[same_rest] / 1_000
    assert np.median(apart_s) == resting.SIGN_S
    held_back = apart_s > resting.SIGN_S
    assert 0.02 < held_back.mean() < 0.15
    assert 1_800 < np.median(apart_s[held_back]) < 5_400


def test_few_claims_outlive_a_departure_by_minutes(
    rest: tuple[np.ndarray, resting.SignsOfRest],
) -> None:
    """Of 147 true departures five by more than two minutes, two of them by more than ten."""
    _, signs = rest
    outlived_s = (signs.sent_ms / 1_000) % (12 * H) - STAY_S
    left = outlived_s[outlived_s >= 0.0]
    assert 0.01 < (left > 120).sum() / NIGHTS < 0.08
    assert left.max() <= resting.UNFELT_S[1]


def test_one_seed_gives_the_same_signs() -> None:
    sent_ms, other = (resting.rest(STAYS[:20], CLOCK, 3)[1].sent_ms.tolist() for _ in "ab")
    assert sent_ms == other != resting.rest(STAYS[:20], CLOCK, 4)[1].sent_ms.tolist()
