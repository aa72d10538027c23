"""What truly was: breaches to the second, with their grace and their kind."""

from mesure_lab.ground.days import CURFEW_FROM_S, DAY_S, H_S, BreachKind, Outing
from mesure_lab.ground.journeys import Diary, Journey, JourneyMotion
from mesure_lab.ground.town_order import CURFEW, EXCLUSION, RESIDENCE, OrderBoundaries
from mesure_lab.simulation import truth
from mesure_lab.simulation.truth import GRACE_S

SQUARE = ((-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0))
FAR = ((5e4, 5e4), (5.1e4, 5e4), (5.1e4, 5.1e4))
GROUND = OrderBoundaries((0.0, 0.0), 100.0, SQUARE, FAR)


def _trip(leave_s: int, stay_s: int, away_m: float = 200.0) -> Journey:
    """Walk so far at 1 m/s, stay, and walk back, in two days."""
    diary = Diary(0, (0.0, 0.0), 0)
    diary.stay_until(leave_s)
    line = [(0.0, 0.0), (away_m, 0.0)]
    diary.go(line, JourneyMotion.WALK, 1.0, 1)
    diary.stay_until(diary.now_s + stay_s)
    diary.go(line[::-1], JourneyMotion.WALK, 1.0, 0)
    diary.stay_until(2 * DAY_S)
    return diary.journey()


def test_a_night_out_is_a_breach_from_the_crossing_to_the_return() -> None:
    leave_s = 23 * H_S
    outing = Outing(leave_s, leave_s + 1000, BreachKind.WALK)
    breach_truth = truth.truth("P", _trip(leave_s, 600), [outing], GROUND, 0)
    [breach] = breach_truth.breaches
    assert (breach.condition, breach.kind) == (CURFEW, "walk")
    assert (breach.start_s, breach.end_s) == (leave_s + 101, leave_s + 900)
    assert not breach_truth.slips


def test_what_the_grace_lets_pass_is_a_slip() -> None:
    breach_truth = truth.truth("P", _trip(23 * H_S, 0, 150.0), [], GROUND, 0)
    assert not breach_truth.breaches
    [slip] = breach_truth.slips
    assert slip.end_s - slip.start_s <= GRACE_S


def test_who_is_away_when_the_curfew_begins_is_in_breach_from_then_on() -> None:
    breach_truth = truth.truth("P", _trip(20 * H_S, 3 * H_S), [], GROUND, 0)
    [breach] = breach_truth.breaches
    assert breach.start_s == CURFEW_FROM_S
    assert breach.kind == BreachKind.PASSING.value


def test_by_day_only_the_district_counts() -> None:
    breach_truth = truth.truth("P", _trip(10 * H_S, 600, 1200.0), [], GROUND, 0)
    [breach] = breach_truth.breaches
    assert (breach.condition, breach.kind) == (RESIDENCE, BreachKind.LEFT.value)
    assert breach.start_s == 10 * H_S + 900


def test_to_pass_through_the_excluded_place_is_to_enter_it() -> None:
    inside = OrderBoundaries(
        (0.0, 0.0), 5000.0, SQUARE, ((50.0, -9.0), (300.0, -9.0), (300.0, 9.0))
    )
    breach_truth = truth.truth("P", _trip(10 * H_S, 600), [], inside, 0)
    assert [one.condition for one in breach_truth.breaches] == [EXCLUSION]
    assert breach_truth.breaches[0].kind == BreachKind.ENTERED.value


def test_the_curfew_binds_at_night_and_the_rest_always() -> None:
    assert truth.spans_in_force(CURFEW, 0, 2 * DAY_S) == [
        (0, 6 * H_S),
        (22 * H_S, 30 * H_S),
        (46 * H_S, 48 * H_S),
    ]
    assert truth.spans_in_force(RESIDENCE, 0, 2 * DAY_S) == [(0, 2 * DAY_S)]
