"""Where a device shows a home: measured while that is confirmed, capped, and only ever a help."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.feasibility import home_calibration
from mesure.evaluation.feasibility.home_calibration import CalibrationProposal, CalibrationRefusal
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes, Provider
from mesure.orders.values import calibration_limits
from mesure.orders.values.places import Circle
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    HOME_LAT_DEG,
    HOME_LON_DEG,
    LAT_M,
    LON_M,
    Fix,
    M,
    absence,
    default_policy,
    fix,
    fix_columns,
    fixes,
    look,
    order,
    rules,
    spans,
    stay,
    us,
)

HOME = Circle(HOME_LAT_DEG, HOME_LON_DEG, 60.0)
POLICY = default_policy()
EVENING = (us("10T18:00"), us("10T20:00"))


def propose_calibration(
    track: Fixes, *confirmed: tuple[int, int], home: Circle = HOME
) -> CalibrationProposal:
    return home_calibration.propose(home, track, confirmed or (EVENING,), POLICY)


# --- The proposal --------------------------------------------------------------------------------


def test_two_hours_at_home_show_where_it_is() -> None:
    proposal = propose_calibration(fixes(stay("10T18:00", "10T20:00", 12.0, north_m=-9.0)))
    assert (round(proposal.north_m), round(proposal.east_m)) == (-9, 12)
    assert (proposal.refusals, proposal.is_capped, proposal.shown.fixes) == ((), False, 120)
    assert proposal.shown.spread_m == pytest.approx(0.0, abs=1e-6)
    assert proposal.confirmed_s == 119 * 60
    assert proposal.shown.pieces == 12  # Of ten minutes each.
    assert proposal.point is not None
    assert proposal.point[0] == pytest.approx(HOME_LAT_DEG - 9 / LAT_M, abs=1e-6)
    assert proposal.point[1] == pytest.approx(HOME_LON_DEG + 12 / LON_M, abs=1e-6)


def test_what_nobody_confirmed_shows_nothing() -> None:
    before, after = stay("10T16:00", "10T18:00", 50.0), stay("10T20:00", "10T23:00", 50.0)
    there = stay("10T18:00", "10T20:00", 5.0)
    assert propose_calibration(fixes(before, there, after)) == propose_calibration(fixes(there))
    assert set(propose_calibration(fixes(before, after)).refusals) == {
        CalibrationRefusal.TOO_SHORT,
        CalibrationRefusal.TOO_LITTLE,
    }
    assert propose_calibration(fixes(there), (EVENING[1], EVENING[0])).point is None


def test_periods_that_overlap_or_touch_are_one() -> None:
    track = fixes(stay("10T18:00", "10T20:00", 5.0))
    middle = us("10T19:00")
    parts = ((middle, EVENING[1]), (EVENING[0], middle + 5 * M), EVENING)
    assert propose_calibration(track, *parts) == propose_calibration(track)


def test_between_periods_nobody_speaks() -> None:
    track = fixes(stay("10T18:00", "10T18:10", 5.0), stay("11T18:00", "11T18:10", 5.0))
    days = [(us(f"{day}T18:00"), us(f"{day}T18:10")) for day in (10, 11)]
    proposal = propose_calibration(track, *days)
    assert (proposal.shown.pieces, proposal.confirmed_s) == (2, 2 * 9 * 60)


def test_a_fix_alone_is_a_whole_piece() -> None:
    alone = [fix(f"{day}T18:00", 5.0) for day in (10, 11, 12)]
    days = [(us(f"{day}T17:00"), us(f"{day}T19:00")) for day in (10, 11, 12)]
    assert propose_calibration(fixes(alone), *days).shown.pieces == 3


def test_a_first_fix_weighs_no_more_than_those_after_it() -> None:
    late = fixes([fix("10T18:00", 100.0)], stay("10T18:01", "10T18:04", 5.0))
    assert propose_calibration(late).shown.east_m == pytest.approx(5.0, abs=0.01)


def test_reporting_faster_is_no_more_evidence() -> None:
    often = fixes(stay("10T18:00", "10T19:00", 5.0, every_s=1))
    assert propose_calibration(often).shown.pieces == 6
    assert (
        CalibrationRefusal.TOO_LITTLE
        in propose_calibration(fixes(stay("10T18:00", "10T18:40", every_s=1))).refusals
    )


def test_a_short_visit_is_not_enough_however_dense() -> None:
    proposal = propose_calibration(fixes(stay("10T18:00", "10T18:20", every_s=5)))
    assert set(proposal.refusals) == {CalibrationRefusal.TOO_SHORT, CalibrationRefusal.TOO_LITTLE}


def test_masts_do_not_count() -> None:
    there = stay("10T18:00", "10T20:00", 5.0)
    masts = stay("10T18:00", "10T20:00", 700.0, every_s=37, provider=Provider.CELL)
    assert propose_calibration(fixes(there, masts)) == propose_calibration(fixes(there))


def test_wild_fixes_do_not_move_the_middle() -> None:
    wild = stay("10T18:30", "10T19:00", 4_000.0)
    proposal = propose_calibration(
        fixes(stay("10T18:00", "10T18:30"), wild, stay("10T19:00", "10T20:00"))
    )
    assert abs(proposal.east_m) < 1e-6


def test_satellites_and_wifi_are_told_apart() -> None:
    gnss = stay("10T18:00", "10T19:00", 0.0)
    wifi = stay("10T19:00", "10T20:00", 20.0, provider=Provider.WIFI)
    lone_fix = [fix("10T19:30:30", 90.0, provider=Provider.UNKNOWN)]  # No whole piece: not told.
    by_provider = dict(propose_calibration(fixes(gnss, wifi, lone_fix)).by_provider)
    assert {provider: round(shown.east_m) for provider, shown in by_provider.items()} == {
        Provider.GNSS: 0,
        Provider.WIFI: 20,
    }


@pytest.mark.parametrize(
    ("east_m", "radius_m", "at_m", "is_capped"),
    [(29.0, 60.0, 29.0, False), (40.0, 150.0, 30.0, True), (40.0, 40.0, 20.0, True)],
)
def test_the_point_lies_no_farther_than_the_cap(
    east_m: float, radius_m: float, at_m: float, is_capped: bool
) -> None:
    home = replace(HOME, radius_m=radius_m)
    proposal = propose_calibration(fixes(stay("10T18:00", "10T20:00", east_m)), home=home)
    assert (round(proposal.east_m, 1), proposal.is_capped) == (at_m, is_capped)
    assert round(proposal.shown.east_m, 1) == east_m  # What was measured is told as it is.


def test_a_place_far_from_the_address_is_for_an_officer_to_look_at() -> None:
    proposal = propose_calibration(fixes(stay("10T18:00", "10T20:00", 70.0)))
    assert (proposal.refusals, proposal.point) == ((CalibrationRefusal.FAR,), None)


def test_fixes_that_do_not_agree_show_no_middle() -> None:
    parts = [stay(f"10T18:{m:02}", f"10T18:{m + 1:02}", 100.0 * (m % 3)) for m in range(59)]
    assert CalibrationRefusal.SCATTERED in propose_calibration(fixes(*parts)).refusals


def test_two_halves_meet_in_the_middle() -> None:
    track = fixes([fix(f"10T18:{10 * n:02}", 10.0 * (n % 2)) for n in range(6)])
    assert propose_calibration(track).shown.east_m == pytest.approx(5.0, abs=0.01)


def test_the_antimeridian_is_no_distance() -> None:
    track = fixes(stay("10T18:00", "10T20:00", 0.0))
    lon_deg = np.where(np.arange(len(track)) % 2 == 0, 179.99995, -179.99995)
    track = replace(track, lon_deg=lon_deg, lat_deg=np.zeros(len(track)))
    proposal = propose_calibration(track, home=Circle(0.0, 179.99999, 60.0))
    assert proposal.point is not None
    assert proposal.shown.spread_m < 12.0
    assert abs(proposal.point[1]) <= 180.0


# --- The home beacon -----------------------------------------------------------------------------


def test_a_beacon_heard_throughout_confirms_from_its_first_fix_to_its_last() -> None:
    track = fixes(
        stay("10T18:00", "10T19:00", beacon=1),
        [fix("10T19:00", 0.0, beacon=0)],
        stay("10T19:01", "10T19:10", beacon=1),  # Too short.
        [fix("10T19:10", 0.0)],  # The device did not say.
        stay("10T19:11", "10T19:40", beacon=1),
        stay("10T20:00", "10T20:30", beacon=1),  # After a gap of twenty minutes.
    )
    periods = home_calibration.beacon_periods(track, POLICY)
    assert periods == (
        (us("10T18:00"), us("10T18:59") + 1),
        (us("10T19:11"), us("10T19:39") + 1),
        (us("10T20:00"), us("10T20:29") + 1),
    )


def test_without_a_beacon_nothing_is_confirmed() -> None:
    assert home_calibration.beacon_periods(fixes(stay("10T18:00", "10T20:00")), POLICY) == ()


# --- What always holds ---------------------------------------------------------------------------

METRES = st.floats(-120, 120) | st.sampled_from([0.0, 12.0, 5_000.0])


@st.composite
def evenings(draw: st.DrawFn) -> list[Fix]:
    """Draw fixes about an address, some at one time, some wild, of every provider."""
    minutes = draw(st.lists(st.integers(0, 130), min_size=1, max_size=40))
    return [
        Fix(
            EVENING[0] + minute * 5 * M // 2,
            EVENING[0] + minute * 5 * M // 2,
            draw(METRES),
            draw(METRES),
            provider=draw(st.sampled_from(Provider)),
        )
        for minute in minutes
    ]


@given(evenings(), st.randoms(use_true_random=False), st.sampled_from([15.0, 60.0, 150.0]))
def test_order_and_repeats_do_not_matter_and_the_cap_holds(
    track: list[Fix], random: "np.random.Generator", radius_m: float
) -> None:
    home = replace(HOME, radius_m=radius_m)
    proposal = propose_calibration(fixes(track), home=home)
    shuffled = [*track, *track[: len(track) // 2]]
    random.shuffle(shuffled)
    assert propose_calibration(fix_columns(shuffled), home=home) == proposal
    limit_m = calibration_limits.away_m_max(radius_m)
    assert math.hypot(proposal.north_m, proposal.east_m) <= limit_m * (1 + 1e-12)
    if proposal.point is not None:  # What is proposed can be entered.
        away_m = calibration_limits.away_m(home, proposal.point)
        assert away_m <= limit_m + calibration_limits.SLACK_M


@pytest.mark.parametrize("kind", DeviceClass)
def test_tags_need_as_long_for_a_piece_as_phones(kind: DeviceClass) -> None:
    """Why: a tag's errors change sooner, but its wild spells last up to half an hour."""
    track = fixes(stay("10T18:00", "10T19:00"))
    policy = default_policy(kind)
    assert home_calibration.propose(HOME, track, (EVENING,), policy).shown.pieces == 6
    half = replace(policy, correlation_s=300.0)
    assert home_calibration.propose(HOME, track, (EVENING,), half).shown.pieces == 12


# --- The judge -----------------------------------------------------------------------------------

PLACE = "radius_m: 60}}\n  office"


def calibrate_rules(
    east_m: float, *dates: str, conditions: str = CURFEW, absences: str = ""
) -> Rules:
    """Return the rules of an order whose home has calibrations, all at one point."""
    points = ", ".join(
        f"{{lat_deg: {HOME_LAT_DEG}, lon_deg: {HOME_LON_DEG + east_m / LON_M}, "
        f"from: 2026-02-{date}, by: O-7, fixes: 240, spread_m: 9}}"
        for date in dates
    )
    text = order(conditions, absences=absences)
    home = f"lon_deg: {HOME_LON_DEG}, radius_m: 60"
    assert text.count(f"{home}}}") == 1
    return rules(text.replace(home, f"{home}, calibrated: [{points}]"))


def test_a_home_is_measured_to_the_better_of_two_circles() -> None:
    beside = fixes(stay("10T20:00", "11T07:00", 75.0, radius95_m=8.0))
    assert {status for status, *_ in spans(look(rules(order(CURFEW)), beside, "11T07:00"))} == {
        "not_met"
    }
    assert spans(look(calibrate_rules(28.0, "01"), beside, "11T07:00")) == [
        ("met", "10T22:00", "11T06:00")
    ]
    other = fixes(stay("10T20:00", "11T07:00", -55.0, radius95_m=8.0))
    assert spans(look(calibrate_rules(28.0, "01"), other, "11T07:00")) == [
        ("met", "10T22:00", "11T06:00")
    ]


def test_a_calibration_counts_from_its_date_and_before_it_nothing_changes() -> None:
    beside = fixes(stay("10T20:00", "11T07:00", 75.0, radius95_m=8.0))
    statement = look(calibrate_rules(28.0, "11T02:00"), beside, "11T07:00")
    assert spans(statement) == [
        ("not_met", "10T22:00", "11T02:00"),
        ("met", "11T02:00", "11T06:00"),
    ]
    plain = look(rules(order(CURFEW)), beside, "11T02:00")
    assert spans(statement)[:1] == spans(plain)
    assert len(statement.episodes) == 1


def test_a_window_that_a_calibration_cuts_is_one_window() -> None:
    ready = calibrate_rules(28.0, "11T02:00")
    [window] = [one for one in ready.conditions[0].windows if one[0].start_us == us("10T22:00")]
    assert [stretch.start_us for stretch in window] == [us("10T22:00"), us("11T02:00")]
    assert window[0].lane != window[1].lane
    assert {stretch.slot_us for stretch in window} == {(us("10T22:00"), us("11T06:00"))}


def test_the_place_of_an_absence_is_calibrated_too() -> None:
    allowed = absence("C1", "10T22:00", "11T06:00", "home")
    away = "C1: {curfew: {at: office, from: 22:00, until: 06:00, every: day}}"
    ready = calibrate_rules(28.0, "01", conditions=away, absences=allowed)
    beside = fixes(stay("10T20:00", "11T07:00", 75.0, radius95_m=8.0))
    assert {status for status, *_ in spans(look(ready, beside, "11T07:00"))} == {"met"}


def test_a_place_to_keep_out_of_and_one_to_come_to_are_as_drawn() -> None:
    slot = "C4: {appointment: {at: home, every: day, from: 10:00, until: 10:30}}"
    both = f"{slot}, {EXCLUSION.replace('stadium', 'home')}"
    mine, plain = calibrate_rules(28.0, "05", conditions=both), rules(order(both))
    assert [one.windows for one in mine.conditions] == [one.windows for one in plain.conditions]
    zones = [zone for one in mine.boundaries for zone, _ in one.inside + one.outside]
    assert [block.circle_m.shape[1] for zone in zones for block in zone.blocks] == [1, 1]


@st.composite
def nights(draw: st.DrawFn) -> list[Fix]:
    """Draw a night about the edge of a home: still, drifting, leaving, with gaps and sensors."""
    at_us, east_m = us("10T20:00"), draw(st.floats(-100, 100))
    track = []
    for _ in range(draw(st.integers(5, 60))):
        at_us += draw(st.sampled_from([2, 10, 60, 60, 300, 1500, 8000])) * 1_000_000
        east_m = draw(st.sampled_from([east_m, east_m, draw(st.floats(-150, 200)), 500.0]))
        track.append(
            Fix(
                at_us,
                at_us,
                east_m,
                draw(st.sampled_from([0.0, 40.0])),
                radius95_m=draw(st.sampled_from([5.0, 15.0, 40.0, 105.0])),
                motion=draw(st.sampled_from([-1, 0, 1])),
                beacon=draw(st.sampled_from([-1, -1, 0, 1])),
            )
        )
    return track


def not_met(statement: Statement) -> list[tuple[int, int]]:
    """Return when the curfew was not met; neighbours are one."""
    stretches: list[tuple[int, int]] = []
    for status, start, end in spans(statement):
        if status == "not_met" and stretches and stretches[-1][1] == us(start):
            stretches[-1] = (stretches[-1][0], us(end))
        elif status == "not_met":
            stretches.append((us(start), us(end)))
    return stretches


PLAIN = rules(order(CURFEW))
READY = {east_m: calibrate_rules(east_m, "01") for east_m in (10.0, 30.0)}


@given(nights(), st.sampled_from(sorted(READY)))
def test_a_calibration_never_makes_an_absence(track: list[Fix], east_m: float) -> None:
    columns = fixes(track)
    without, with_it = (look(ready, columns, "12T12:00") for ready in (PLAIN, READY[east_m]))
    before = not_met(without)
    for start, end in not_met(with_it):
        assert any(first <= start and end <= last for first, last in before)
    opened = [one.opened_us for one in without.episodes if one.breach == "absent"]
    for episode in with_it.episodes:
        if episode.breach == "absent":  # Then there was one without it, and no later.
            assert min(opened) <= episode.opened_us
