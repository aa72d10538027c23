"""Errors that nothing was fitted to, and the proof that they stayed as they were."""

import hashlib
import itertools
import math

from mesure_lab.carrying import unfitted
from mesure_lab.dice import Dice
from tests.house import ROOT

DAY_S = 86_400.0


def _many(days: int = 400) -> list[unfitted.Wander]:
    return unfitted.wanders(0.0, days * DAY_S, Dice(3, "wander"))


def test_the_file_is_the_one_whose_hash_was_published() -> None:
    """It was published when it lay in another folder: only the names of its imports are others."""
    data = (ROOT / "mesure_lab" / "carrying" / "unfitted.py").read_bytes()
    page = (ROOT / "docs" / "simulated_towns.md").read_text(encoding="utf-8")
    published = data.replace(b"from mesure_lab", b"from mesure.simulator")
    assert hashlib.sha256(published).hexdigest() in page


def test_one_seed_gives_the_same_wanders() -> None:
    assert _many(20) == _many(20)
    assert _many(20) != unfitted.wanders(0.0, 20 * DAY_S, Dice(4, "wander"))


def test_they_come_as_often_as_said_and_never_two_at_once() -> None:
    wanders = _many()
    assert 0.8 < len(wanders) / (400 * 24 * unfitted.WANDERS_PER_H) < 1.1
    assert all(a.end_s < b.start_s for a, b in itertools.pairwise(wanders))


def test_half_lead_farther_than_the_median() -> None:
    reaches_m = [math.hypot(w.east_m[2], w.north_m[2]) for w in _many()]
    beyond = sum(reach_m > unfitted.REACH_M for reach_m in reaches_m)
    assert 0.38 < beyond / len(reaches_m) < 0.62
    assert max(reaches_m) <= unfitted.REACH_M_MAX * 1.000001


def test_the_way_is_walked_at_one_pace_and_ends_where_it_began() -> None:
    for wander in _many(60):
        assert wander.at(wander.start_s - 1.0) == wander.at(wander.end_s) == (0.0, 0.0)
        middle_s = (wander.times_s[2] + wander.times_s[3]) / 2.0
        assert wander.at(middle_s) == (wander.east_m[2], wander.north_m[2])
        early, later = wander.at(wander.start_s + 4.0), wander.at(wander.start_s + 14.0)
        walked_m = math.hypot(later[0] - early[0], later[1] - early[1])
        if wander.times_s[1] - wander.start_s > 14.0:
            assert math.isclose(walked_m, 10.0 * wander.pace_mps, rel_tol=1e-6)


def test_one_that_would_outlast_the_rest_is_left_out() -> None:
    for end_s in (3_000.0, 40_000.0, 90_000.0):
        assert all(w.end_s < end_s for w in unfitted.wanders(0.0, end_s, Dice(5, "wander")))
