"""From columns of fixes to what each lane says of them."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation.evidence import likelihoods, path, sampling
from mesure.evaluation.evidence.sampling import FixSampling
from mesure.evaluation.filter.status_intervals import FilterOutput
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET, SUPPORTED, Likelihood
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import Rules, prepare
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import to_datetime
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    Fix,
    default_policy,
    deliver_at,
    filter_outputs,
    fix,
    fixes,
    format_instant,
    order,
    rules,
    stay,
    us,
    walk,
)

CURFEW_LANE = 0


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def listen(ready: Rules, *parts: list[Fix]) -> FilterOutput:
    columns = fixes(*parts)
    return filter_outputs(ready, columns)[CURFEW_LANE]


def measure_pull(ready: Rules, *parts: list[Fix]) -> tuple[Fixes, FixSampling, Likelihood]:
    """Return fixes, their cadence, and the pull on each lane."""
    columns = fixes(*parts)
    pace = sampling.measure(columns, ready.policy)
    memories = (path.start(ready.policy),) * len(ready.boundaries)
    seen_us = np.empty((len(ready.boundaries), len(columns)), np.int64)
    pull, _ = likelihoods._likelihood(
        ready, columns, pace, slice(0, len(columns)), memories, seen_us
    )
    return columns, pace, pull


def decisions(ready: Rules, *parts: list[Fix]) -> set[int]:
    return set(listen(ready, *parts).decided.tolist())


HOME = stay("10T20:00", "10T22:00")


# --- One fix ---------------------------------------------------------------------------------


def test_one_fix_far_away_never_decides(curfew: Rules) -> None:
    for far_m in (200, 900, 90_000):
        for radius95_m in (1.0, 15.0, 500.0, np.nan):
            lone = [fix("10T22:10", far_m, radius95_m=radius95_m)]
            after = stay("10T22:11", "10T22:30")
            assert NOT_MET not in decisions(curfew, HOME, lone, after)


def test_a_circle_that_covers_the_whole_place_is_no_evidence(curfew: Rules) -> None:
    """Why: a cell of 3 km says nothing about a home of 60 m, on either side."""
    wide = stay("10T22:10", "11T02:00", 700, radius95_m=3_000.0)
    output = listen(curfew, HOME, wide)
    assert NOT_MET not in output.decided
    assert format_instant(int(output.seen_us[-1])) == "10T21:59"


def test_a_better_fix_says_more(curfew: Rules) -> None:
    odds = [
        float(listen(curfew, HOME, [fix("10T22:10", 100, radius95_m=radius)]).odds[-1])
        for radius in (200.0, 60.0, 30.0, 10.0)
    ]
    assert odds == sorted(odds)
    assert odds[0] < odds[-1]


def test_an_unknown_radius_is_never_perfect(curfew: Rules) -> None:
    unknown, perfect = (
        float(listen(curfew, HOME, [fix("10T22:10", 100, radius95_m=radius)]).odds[-1])
        for radius in (np.nan, 1.0)
    )
    assert unknown < perfect


# --- Sensors ---------------------------------------------------------------------------------


def first_away(ready: Rules, *parts: list[Fix]) -> str:
    output = listen(ready, *parts)
    away = np.flatnonzero(output.decided == NOT_MET)
    return format_instant(int(output.observed_us[away[0]])) if len(away) else "never"


AWAY = stay("10T22:10", "10T23:00", 900)
OUT = walk("10T22:00", 0, 900)
HURRIED = [AWAY[0]._replace(speed_mps=1.0), *AWAY[1:]]


def last_home_fix(instant: str = "10T22:09", speed_mps: float = 1.0) -> list[Fix]:
    """Return the last fix at home, of a device that says a speed, before it says another."""
    return [fix(instant, 0, speed_mps=speed_mps)]


def test_a_way_out_or_speed_is_believed_at_once(curfew: Rules) -> None:
    still = first_away(curfew, HOME, AWAY)
    assert "10T22:12" < still < "10T22:20"
    assert first_away(curfew, HOME, OUT, AWAY) == "10T22:02"  # The first that is on a path.
    assert first_away(curfew, HOME, last_home_fix(), HURRIED) == "10T22:10"
    slow = [AWAY[0]._replace(speed_mps=0.9), *AWAY[1:]]
    assert first_away(curfew, HOME, slow) == still


def test_a_speed_is_believed_only_the_second_time_within_ten_minutes(curfew: Rules) -> None:
    """Why: receivers at rest say a speed now and then."""
    assert first_away(curfew, HOME, HURRIED) > "10T22:10"
    assert first_away(curfew, HOME, last_home_fix(speed_mps=0.9), HURRIED) > "10T22:10"
    assert first_away(curfew, HOME, last_home_fix("10T22:00"), HURRIED) == "10T22:10"
    assert first_away(curfew, HOME[:-1], last_home_fix("10T21:59"), HURRIED) > "10T22:10"
    masts = [one._replace(provider=Provider.CELL) for one in (*last_home_fix(), HURRIED[0])]
    assert first_away(curfew, HOME, masts, HURRIED[1:]) > "10T22:10"


@pytest.mark.parametrize("condition", [RESIDENCE, EXCLUSION, SLOT])
def test_a_way_is_seen_by_a_curfew_alone(condition: str) -> None:
    """Why: people rest at home; one who drives about a district is on a way all day."""
    ready = rules(order(condition))
    [boundary] = ready.boundaries
    assert not boundary.sees_ways
    inside_m, beyond_m = (0, 4_500) if condition == RESIDENCE else (9_000, 5_000)
    if condition == SLOT:
        inside_m, beyond_m = 2_000, 5_000
    ride = [
        stay("10T09:00", "10T10:00", inside_m, speed_mps=9.0),
        [fix("10T10:00", inside_m, speed_mps=9.0), fix("10T10:05", beyond_m, speed_mps=9.0)],
    ]
    columns = fixes(*ride)
    pace = sampling.measure(columns, ready.policy)
    assert pace.fast[-1]
    block = likelihoods.block_of(ready, columns, slice(0, len(columns)))
    memory = path.start(ready.policy)

    def last(seeing: bool) -> tuple[list[int], float]:
        variant = boundary._replace(sees_ways=seeing)
        evidence = likelihoods.boundary_evidence(ready, variant, columns, pace, block, memory)
        return evidence.way.tolist(), float(evidence.llr[-1])

    cap_llr = ready.policy.evidence_max_llr
    assert last(seeing=False) == ([], cap_llr)
    assert last(seeing=True) == ([61], cap_llr + ready.policy.way_llr)
    assert filter_outputs(ready, columns)[0].decided[-1] != NOT_MET


def test_a_motion_flag_makes_nothing_quicker_and_denies_a_way(curfew: Rules) -> None:
    """Why: a person who walks about the flat moves too; one who lies still went nowhere."""
    still = first_away(curfew, HOME, AWAY)
    for flag in (0, 1):
        assert first_away(curfew, HOME, [one._replace(motion=flag) for one in AWAY]) == still
    moved = [one._replace(motion=1) for one in OUT]
    lying = [one._replace(motion=0) for one in OUT]
    assert first_away(curfew, HOME, moved) == "10T22:02"
    assert "10T22:02" < first_away(curfew, HOME, lying) < still


def test_a_fix_whose_way_was_seen_weighs_its_whole_evidence_and_the_way_s(curfew: Rules) -> None:
    """And it is its own second look: nobody need wait for the next fix."""
    out = [*last_home_fix("10T21:59:15"), fix("10T22:00", 900, speed_mps=1.0)]
    _, pace, pull = measure_pull(curfew, HOME, out)
    cap_llr, way_llr = curfew.policy.evidence_max_llr, curfew.policy.way_llr
    assert pace.weight_ratio[-1] == 1.0
    assert (pull.llr[0, -1], pull.look_ratio[0, -1]) == (cap_llr + way_llr, SUPPORTED)
    # Who was fast a moment ago errs anew, and no way of theirs was seen; on the spot not even that.
    for east_m, weight_ratio in ((901, 1.0), (900, 150 / 600)):
        _, pace, pull = measure_pull(curfew, HOME, out, [fix("10T22:02:30", east_m)])
        assert pull.look_ratio[0, -1] == pace.weight_ratio[-1] == pytest.approx(weight_ratio)
        assert pull.llr[0, -1] == pytest.approx(cap_llr * weight_ratio)
    still = sampling.measure(fixes(HOME, [fix("10T22:00", 900)]), curfew.policy)
    assert still.weight_ratio[-1] == pytest.approx(0.1)


def test_a_speed_said_twice_in_one_breath_is_said_once(curfew: Rules) -> None:
    for gap_s, is_way in ((2, False), (40, False), (41, True)):
        out = [*last_home_fix("10T21:59:10"), fix(f"10T21:59:{10 + gap_s}", 900, speed_mps=1.0)]
        _, pace, pull = measure_pull(curfew, HOME, out)
        assert pace.weight_ratio[-1] == pytest.approx(min(gap_s / 41, 1.0))
        way_llr = curfew.policy.way_llr if is_way else 0.0
        told_llr = curfew.policy.evidence_max_llr * pace.weight_ratio[-1]
        assert pull.llr[0, -1] == pytest.approx(told_llr + way_llr)


def with_a_tag(ready: Rules) -> Rules:
    policy = default_policy(DeviceClass.GNSS_TAG)
    return prepare(ready.versions, policy, to_datetime(us("12T00:00")))


def test_a_tag_s_way_alone_is_not_believed(curfew: Rules) -> None:
    """Why: what its wild fixes claim is good, and four in five of its excursions are one report."""
    fast = [*last_home_fix(speed_mps=9.0), AWAY[0]._replace(speed_mps=9.0), *AWAY[1:]]
    assert first_away(curfew, HOME, fast) == "10T22:10"
    assert "10T22:10" < first_away(with_a_tag(curfew), HOME, fast) < "10T22:20"


def test_after_a_jump_a_way_is_believed_no_sooner_than_any_fix(curfew: Rules) -> None:
    jump = [fix("10T21:30", 900), fix("10T21:31", 0)]
    there = [one for one in HOME if one.observed_us < jump[0].observed_us]
    later = stay("10T21:32", "10T22:09")
    fast = [*last_home_fix(), *HURRIED]
    assert first_away(curfew, there, jump, later, fast) > "10T22:10"
    assert first_away(curfew, there, later, fast) == "10T22:10"
    # That the device errs anew while it moves stays true.
    assert first_away(curfew, there, jump, later, fast) < first_away(
        curfew, there, jump, later, AWAY
    )


def test_a_position_that_jumps_all_day_is_not_believed_to_move(curfew: Rules) -> None:
    """With ten jumps in the last day a moving device weighs what one that lies still does."""

    def last_llr(jumps: int) -> float:
        track = []
        for n in range(jumps):
            hour = f"10T{8 + n:02}"
            track += [fix(f"{hour}:00", 0), fix(f"{hour}:02", 900), fix(f"{hour}:04", 0)]
        out = [*last_home_fix("10T21:59:30"), fix("10T22:00:30", 900, speed_mps=1.0)]
        _, _, pull = measure_pull(curfew, track, HOME, out)
        return float(pull.llr[0, -1])

    cap_llr = curfew.policy.evidence_max_llr
    assert last_llr(0) == cap_llr + curfew.policy.way_llr
    assert last_llr(1) == last_llr(9) == cap_llr
    assert last_llr(10) == pytest.approx(cap_llr * 0.1)


def test_a_beacon_heard_is_presence_and_one_missed_a_hint() -> None:
    ready = rules(order(CURFEW))
    away = stay("10T22:10", "10T23:00", 900)
    away_at = first_away(ready, HOME, [one._replace(beacon=1) for one in away])
    assert away_at == "never"
    at_home = [one._replace(beacon=0) for one in stay("10T22:00", "10T23:00")]
    assert first_away(ready, HOME, at_home) == "never"
    at_first = [one._replace(beacon=1) for one in HOME]
    missed = first_away(ready, at_first, [one._replace(beacon=0) for one in away])
    assert missed <= first_away(ready, at_first, away)


def test_a_beacon_speaks_for_no_other_condition_than_a_curfew() -> None:
    ready = rules(order("C2: {residence: {stay_in: home}}"))
    away = stay("10T22:10", "10T23:00", 900, beacon=1)
    assert first_away(ready, HOME, away) != "never"


def test_where_the_beacon_is_heard_the_position_says_nothing(curfew: Rules) -> None:
    """Not that it is far away, nor that it moves there, nor that it jumped away and back."""
    before, there = stay("10T20:00", "10T22:00", beacon=0), stay("10T22:04", "10T22:09", beacon=0)
    far = [
        fix("10T22:00", 300, beacon=1, speed_mps=1.5),
        fix("10T22:02", 600, beacon=1, speed_mps=1.5),
    ]
    output = listen(curfew, before, far)
    assert output.seen_us[-2:].tolist() == output.observed_us[-2:].tolist()
    assert (output.decided[-2:] == MET).all()
    fast = [*last_home_fix(), HURRIED[0]]
    assert first_away(curfew, before, far, there, fast) == "10T22:10"
    unheard = [one._replace(beacon=0) for one in far]
    assert first_away(curfew, before, unheard) == "10T22:02"  # The second that says so.
    still = [far[1]._replace(beacon=0, speed_mps=0.0)]
    assert first_away(curfew, before, still, there, fast) == "never"  # For it has jumped.


def test_on_a_path_the_next_fix_is_supported_only_shortly_after_one_inside(curfew: Rules) -> None:
    """A tag's way alone is not believed; yet its path is the second look at what it says."""
    track, pace, pull = measure_pull(
        with_a_tag(curfew), HOME, walk("10T22:00", 0, 900), [fix("10T22:11", 990)]
    )
    is_later = track.observed_us >= us("10T22:02")
    in_time = track.observed_us <= us("10T22:04")  # Five minutes after the last fix inside, 21:59.
    assert pace.on_path[is_later].all()
    assert ((pull.look_ratio[0] == SUPPORTED) == (is_later & in_time)).all()
    # Fixes that lie on the line itself are none inside.
    edge = stay("10T22:00", "10T22:05", 60), walk("10T22:04", 60, 960)
    track, pace, pull = measure_pull(with_a_tag(curfew), HOME, *edge)
    assert pace.on_path[-3:].all()
    assert not (pull.look_ratio[0] == SUPPORTED).any()


def test_a_tag_s_path_says_no_more_than_its_fixes(curfew: Rules) -> None:
    track, _, pull = measure_pull(with_a_tag(curfew), HOME, OUT)
    is_later = track.observed_us >= us("10T22:02")
    assert pull.llr[0, is_later].max() <= default_policy(DeviceClass.GNSS_TAG).evidence_max_llr


# --- Receipts --------------------------------------------------------------------------------


def test_known_is_when_the_fix_and_all_before_it_had_come(curfew: Rules) -> None:
    track = fixes(
        stay("10T22:00", "10T22:02"),
        deliver_at([fix("10T22:02", 0)], "10T23:00"),
        stay("10T22:03", "10T22:05"),
    )
    [output] = filter_outputs(curfew, track)
    assert [format_instant(at) for at in output.known_us.tolist()] == [
        "10T22:00", "10T22:01", "10T23:00", "10T23:00", "10T23:00"
    ]  # fmt: skip
    in_time = np.array([True, True, False, True, True])
    [output] = filter_outputs(curfew, track, in_time)
    assert [format_instant(at) for at in output.known_us.tolist()] == [
        "10T22:00", "10T22:01", "10T22:01", "10T22:03", "10T22:04"
    ]  # fmt: skip


# --- Blocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [7, 23])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut where somebody jumps and walks out: both are seen across the cut."""
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION))
    track = fixes(
        stay("10T20:00", "10T20:20"),
        [fix("10T20:20", 5_000, speed_mps=9.0), fix("10T20:21", 0), fix("10T20:22", 900)],
        stay("10T22:00", "10T22:20"),
        walk("10T22:20", 0, 5_000, mps=4.0),
        stay("10T23:00", "10T23:40", 5_000, radius95_m=200.0, beacon=0),
        stay("11T06:00", "11T06:20", radius95_m=np.nan),
    )
    whole = filter_outputs(ready, track)
    monkeypatch.setattr(likelihoods, "BLOCK_FIXES", block)
    cut = filter_outputs(ready, track)
    for output, other in zip(whole, cut, strict=True):
        for name in FilterOutput._fields:
            assert np.array_equal(getattr(output, name), getattr(other, name)), name


def test_every_boundary_has_its_lane() -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION))
    track = fixes(stay("10T22:00", "10T22:40", 5_000))
    last = [int(said.decided[-1]) for said in filter_outputs(ready, track)]
    assert last == [NOT_MET, NOT_MET, NOT_MET]
    empty = fixes()
    silent = filter_outputs(ready, empty)
    assert [len(said.odds) for said in silent] == [0, 0, 0]


def test_thresholds_are_the_policy_s(curfew: Rules) -> None:
    limits = likelihoods.thresholds(default_policy())
    assert limits.not_met_odds == pytest.approx(19.0)
    assert limits.met_odds == pytest.approx(3 / 7)
    surer = replace(default_policy(), p_not_met=0.999)
    ready = prepare(curfew.versions, surer, to_datetime(us("12T00:00")))
    away = stay("10T22:10", "10T23:30", 900)
    assert first_away(ready, HOME, away) > first_away(curfew, HOME, away)


def test_what_a_fix_says_alone_is_what_the_judge_hears_of_it(curfew: Rules) -> None:
    columns = fixes(
        stay("10T22:00", "10T22:05"), [fix("10T22:06", 300.0)], [fix("10T22:07", 60.0, beacon=1)]
    )
    boundary = curfew.boundaries[CURFEW_LANE]
    block = likelihoods.block_of(curfew, columns, slice(0, len(columns)))
    pace, memory = sampling.measure(columns, curfew.policy), path.start(curfew.policy)
    llr = likelihoods.boundary_evidence(curfew, boundary, columns, pace, block, memory).told_llr
    assert likelihoods.alone_llr(curfew, boundary, columns).tolist() == llr.tolist()
    assert llr[-2] > 0.0 > llr[-1]
