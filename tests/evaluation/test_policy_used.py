"""No threshold is dead: each is read somewhere, and what stood in code changes what is said."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import mesure
from mesure.evaluation.policy import NAMES, DeviceClass, Policy
from mesure.geo.fixes import Provider
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    Fix,
    M,
    S,
    default_policy,
    deliver_at,
    fix,
    fixes,
    lines,
    list_episodes,
    look,
    order,
    rules,
    stay,
    us,
)

POLICY = default_policy()
HOME = Path(mesure.__file__).parent
NIGHT = [*stay("10T12:00", "10T22:50", every_s=300), *stay("10T22:50", "10T23:00")]
ORDER = order(CURFEW, EXCLUSION)

# --- Where each is read ----------------------------------------------------------------------


def read_names() -> set[str]:
    """Return every name of an attribute that the package reads, but for the policy's own file."""
    return {
        node.attr
        for path in HOME.rglob("*.py")
        if path != HOME / "evaluation" / "policy.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }


def test_every_threshold_is_read_somewhere() -> None:
    assert set(NAMES) - read_names() == set()


# --- What they were ---------------------------------------------------------------------------

ONCE_IN_CODE = {
    "look_again_ratio": 0.1,
    "plain_llr": 1.0,
    "moving_radius95_m_max": 100.0,
    "moved_s_max": 150.0,
    "way_s_max": 120.0,
    "path_gap_s_max": 600.0,
    "path_straight_ratio": 0.8,
    "path_part_ratio": 0.2,
    "path_mps_min": 0.6,
    "path_mps_max": 40.0,
    "step_circles_ratio": 0.5,
    "graze_m": 2.0,
    "radius95_per_reported_phone_ratio": 2.448 / 1.510,
    "radius95_per_reported_tag_ratio": 1.0,
    "wifi_above_m": 50.0,
    "cell_from_m": 300.0,
    "deliveries_per_record_max": 1000.0,
}


@pytest.mark.parametrize("device_class", DeviceClass)
def test_what_stood_in_code_is_what_the_file_says_of_that_time(device_class: DeviceClass) -> None:
    """Why: what was judged then is judged the same today, and so are bundles that were made."""
    policy = default_policy(device_class)
    assert {name: getattr(policy, name) for name in ONCE_IN_CODE} == ONCE_IN_CODE


# --- What each changes -----------------------------------------------------------------------


def judge_track(track: list[Fix], policy: Policy) -> list[object]:
    """Return all that is said of a record the next day, and how sure the lanes were."""
    statement = look(rules(ORDER, policy=policy), fixes(track), "11T12:00")
    return [
        lines(statement.assessments),
        [
            (lines([entry.assessment]), entry.stood_from, entry.stood_until)
            for entry in statement.superseded
        ],
        list_episodes(statement),
        [lane.odds.tolist() for lane in statement.judgement.said],
    ]


def leave_home(*ways: tuple[float, float], every_s: float = 60, **fields: float) -> list[Fix]:
    """Return a night at home that ends with a way out at 23:00, and a stay where it led."""
    out = [
        Fix(us("10T23:00") + round(at * every_s * S), us("10T23:00"), east_m, north_m)
        for at, (east_m, north_m) in enumerate(ways, 1)
    ]
    out = [one._replace(received_us=one.observed_us, **fields) for one in out]  # type: ignore[arg-type]
    last = out[-1]
    after = [
        last._replace(observed_us=at, received_us=at, speed_mps=0.0)
        for at in range(last.observed_us + M, last.observed_us + 15 * M, M)
    ]
    return [*NIGHT, *out, *after]


def long_silent() -> list[Fix]:
    """Return an afternoon at home and, after a silence that leaves even odds, a stay elsewhere."""
    return [*stay("10T12:00", "10T17:00", every_s=300), *stay("10T22:30", "10T23:00", 200.0)]


def straight() -> list[Fix]:
    return with_jump(leave_home((90.0, 0.0), (180.0, 0.0), (270.0, 0.0)))


def bent() -> list[Fix]:
    return with_jump(leave_home((100.0, 0.0), (150.0, 87.0)))


def uneven() -> list[Fix]:
    return with_jump(leave_home((80.0, 0.0), (320.0, 0.0)))


def at_speed() -> list[Fix]:
    return leave_home((20.0, 0.0), (45.0, 0.0), (75.0, 0.0), speed_mps=1.6)


def without_speeds() -> list[Fix]:
    return with_jump(leave_home((90.0, 0.0), (180.0, 0.0), (270.0, 0.0), (271.0, 0.0)))


def on_the_spot() -> list[Fix]:
    """Return errors that lead out of the home, and a speed before them that led nowhere."""
    said = leave_home((1.0, 0.0), (1.0, 1.0), speed_mps=1.6)[: len(NIGHT) + 2]
    return [*said, *stay("10T23:03", "10T23:30", 62.0, radius95_m=20.0)]


def nearly_as_quick() -> list[Fix]:
    """Return one step of 100 m in two minutes, beside a speed of 1 m/s."""
    return leave_home((100.0, 0.0), (100.0, 0.0), speed_mps=1.0)


def with_jump(track: list[Fix]) -> list[Fix]:
    """Return a record with a jump away and back: a way alone is not believed after it."""
    return sorted([*track, fix("10T20:01", 300.0), fix("10T20:02", 0.0)])


def over_the_edge() -> list[Fix]:
    return leave_home((55.0, 0.0), (90.0, 0.0), (92.0, 0.0))


def past_the_stadium() -> list[Fix]:
    """Return a straight way that cuts half a metre off a circle of 100 m, 5 km from home."""
    at = us("10T15:01")
    ends = [Fix(at, at, 4_759.2, 18.3), Fix(at + 2 * M, at + 2 * M, 5_172.7, 168.7)]
    return sorted([*NIGHT, *ends])


def late_delivery() -> list[Fix]:
    hours = stay("10T23:00", "11T01:00", 300.0, every_s=300)
    late = [
        part
        for number, fix in enumerate(hours)
        for part in deliver_at([fix], f"11T04:{number:02d}:30")
    ]
    return [*NIGHT, *late, *stay("11T01:00", "11T06:00", every_s=300)]


def came_back() -> list[Fix]:
    away = stay("10T23:00", "10T23:20", 2_000.0)
    return [*NIGHT, *away, *stay("10T23:20", "10T23:40", radius95_m=90.0)]


def went_in() -> list[Fix]:
    afar = stay("10T14:00", "10T15:00", 4_000.0)
    return [*NIGHT, *afar, *stay("10T15:00", "10T15:30", 4_920.0, radius95_m=60.0)]


def mast_alternation() -> list[Fix]:
    masts = stay("10T23:00", "11T01:00", 900.0, every_s=300, radius95_m=900.0)
    masts = [one._replace(provider=Provider.CELL) for one in masts]
    return sorted([*NIGHT, *stay("10T22:58", "11T01:00", radius95_m=105.0, every_s=300), *masts])


CHANGES: list[tuple[str, float, Callable[[], list[Fix]]]] = [
    ("look_again_ratio", 1.0, long_silent),
    ("plain_llr", 20.0, straight),
    ("moving_radius95_m_max", 14.0, at_speed),
    ("moved_s_max", 1.0, without_speeds),
    (
        "way_s_max",
        1.0,
        lambda: leave_home((45.0, 0.0), (90.0, 0.0), speed_mps=1.6, radius95_m=80.0),
    ),
    ("path_gap_s_max", 59.0, straight),
    ("path_straight_ratio", 0.97, bent),
    ("path_part_ratio", 0.5, uneven),
    ("path_mps_min", 2.0, straight),
    ("path_mps_max", 1.0, straight),
    ("step_circles_ratio", 10.0, over_the_edge),
    ("speed_step_ratio_max", 1.1, nearly_as_quick),
    ("speed_stray_ratio", 0.0, on_the_spot),
    ("graze_m", 100.0, past_the_stadium),
    ("deliveries_per_record_max", 10.0, late_delivery),
    ("correlation_away_s", 3600.0, long_silent),
    ("rest_rate_ratio", 0.1, lambda: [*NIGHT, *stay("10T23:00", "11T00:00", radius95_m=90.0)]),
    ("arrival_s_max", 1.0, came_back),
    ("p_arrival", 0.0, went_in),
    ("resting_circle_ratio", 1.0, went_in),
    ("p_return", 0.999, came_back),
    ("outshone_s_max", 0.0, mast_alternation),
    ("outshone_circles_ratio", 0.1, mast_alternation),
]


@pytest.mark.parametrize(("name", "value", "record"), CHANGES, ids=[one[0] for one in CHANGES])
def test_what_stood_in_code_changes_what_is_said(
    name: str, value: float, record: Callable[[], list[Fix]]
) -> None:
    """Why: a threshold that nothing hangs on would be read by a lawyer as one that decides."""
    track = record()
    changed = replace(POLICY, **{name: value})  # type: ignore[arg-type]
    usual, other = judge_track(track, POLICY), judge_track(track, changed)
    assert usual == judge_track(track, replace(POLICY))
    assert usual != other
