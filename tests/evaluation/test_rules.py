"""An order made ready: windows, the boundaries they need, and the thresholds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mesure.evaluation import rules
from mesure.evaluation.kinds import appointment, curfew, exclusion, residence
from mesure.evaluation.policy import DeviceClass
from mesure.evaluation.rules import ConditionRules, Rules
from mesure.geo.fixes import Provider
from mesure.instants import to_datetime, to_us
from tests.evaluation import scenes
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    absence,
    format_instant,
    order,
    us,
)


def windows(ready: Rules, which: int = 0) -> list[tuple[str, str]]:
    """Return the windows of a condition in their order."""
    return [
        (format_instant(window[0].start_us), format_instant(window[-1].end_us))
        for window in ready.conditions[which].windows
    ]


def test_instants_become_microseconds_and_back() -> None:
    assert to_us(datetime(1970, 1, 1, 0, 0, 1, 5, UTC)) == 1_000_005
    for instant_us in (-1, 0, 1, 10**15 + 1):
        assert to_us(to_datetime(instant_us)) == instant_us


def test_the_file_of_a_kind_is_found_by_its_name() -> None:
    [version] = scenes.rules(order(CURFEW, RESIDENCE, EXCLUSION, SLOT)).versions
    kinds = [rules.kind_of(condition.duty) for condition in version.conditions]
    assert kinds == [curfew, residence, exclusion, appointment]


# --- Windows ---------------------------------------------------------------------------------


def test_a_condition_binds_while_it_is_in_force() -> None:
    ready = scenes.rules(order(CURFEW, in_force="from: 2026-02-10T23:00, until: 2026-02-12"))
    assert windows(ready) == [("10T23:00", "11T06:00"), ("11T22:00", "12T00:00")]
    assert format_instant(ready.start_us) == "10T23:00"


def test_windows_that_touch_are_one() -> None:
    touching = "C1: {curfew: {at: home, times: [{from: 22:00, until: 24:00, every: day}, {from: 00:00, until: 06:00, every: day}]}}"  # noqa: E501
    inside = "from: 2026-02-10, until: 2026-02-12"
    assert windows(scenes.rules(order(touching, in_force=inside))) == [
        ("10T00:00", "10T06:00"),
        ("10T22:00", "11T06:00"),
        ("11T22:00", "12T00:00"),
    ]


def test_windows_of_two_places_that_touch_are_one_of_two_stretches() -> None:
    """Why: at 02:00 the person may be on the way, but is never free."""
    two = "C1: {curfew: {at: home, times: [{from: 22:00, until: 02:00, every: day}, {from: 02:00, until: 06:00, every: day, at: office}]}}"  # noqa: E501
    ready = scenes.rules(order(two, in_force="from: 2026-02-10T12:00, until: 2026-02-11T12:00"))
    [window] = ready.conditions[0].windows
    assert [(format_instant(s.start_us), s.place) for s in window] == [
        ("10T22:00", "home"),
        ("11T02:00", "office"),
    ]
    assert window[0].lane != window[1].lane


def test_an_absence_parts_a_window_and_one_with_a_place_only_a_stretch() -> None:
    day = "from: 2026-02-10T12:00, until: 2026-02-11T12:00"
    away = absence("C1", "10T23:00", "11T01:00")
    assert windows(scenes.rules(order(CURFEW, absences=away, in_force=day))) == [
        ("10T22:00", "10T23:00"),
        ("11T01:00", "11T06:00"),
    ]
    visit = absence("C1", "10T23:00", "11T01:00", "office", travel_min=30)
    ready = scenes.rules(order(CURFEW, absences=visit, in_force=day))
    assert windows(ready) == [
        ("10T22:00", "10T23:00"),
        ("10T23:30", "11T00:30"),
        ("11T01:00", "11T06:00"),
    ]
    lanes = [window[0].lane for window in ready.conditions[0].windows]
    assert lanes == [0, 1, 0]


def test_versions_follow_each_other_in_one_window() -> None:
    later = "from: 2026-02-10T23:30, until: 2026-02-12T12:00"
    ready = scenes.rules(
        order(CURFEW, in_force="from: 2026-02-10T12:00, until: 2026-03-01"),
        order(CURFEW.replace("home", "office"), in_force=later),
    )
    assert windows(ready) == [("10T22:00", "11T06:00"), ("11T22:00", "12T06:00")]
    assert [s.place for s in ready.conditions[0].windows[0]] == ["home", "office"]


def test_a_condition_that_a_variation_drops_ends_with_the_version() -> None:
    later = "from: 2026-02-11T12:00, until: 2026-03-01"
    ready = scenes.rules(
        order(CURFEW, RESIDENCE, in_force="from: 2026-02-10T12:00, until: 2026-03-01"),
        order(RESIDENCE, EXCLUSION, in_force=later),
    )
    assert [condition.id for condition in ready.conditions] == ["C1", "C2", "C3"]
    assert windows(ready) == [("10T22:00", "11T06:00")]
    [district] = windows(ready, 1)
    assert district[0] == "10T12:00"


def test_hours_are_read_some_days_past_the_moment_of_looking_and_no_farther() -> None:
    """Why: an order may run for years; a window under way has to be seen to its end."""
    ready = scenes.rules(order(CURFEW), until="10T00:00")
    assert windows(ready)[-1] == ("19T22:00", "20T00:00")
    always = scenes.rules(order(RESIDENCE), until="10T00:00")
    [window] = always.conditions[0].windows
    assert to_datetime(window[-1].end_us) == datetime(2026, 3, 1, tzinfo=UTC)


def test_hours_before_the_moment_from_which_to_look_are_left_out() -> None:
    """Why: a page about one night made the hours of every night since the order began."""
    [version] = scenes.rules(order(CURFEW, RESIDENCE)).versions
    at = to_datetime(us("12T23:00"))
    ready = rules.prepare([version], scenes.default_policy(), at, at)
    assert windows(ready)[0] == ("12T23:00", "13T06:00")
    whole = rules.prepare([version], scenes.default_policy(), at)
    for condition in ("C1", "C2"):
        was, now = (one.boundary_at(condition, us("12T23:00")) for one in (whole, ready))
        assert was is not None
        assert now is not None
        assert repr(was) == repr(now)


def test_no_moment_of_looking_is_too_late() -> None:
    [version] = scenes.rules(order(CURFEW)).versions
    last = datetime(9999, 12, 31, tzinfo=UTC)
    ready = rules.prepare([version], scenes.default_policy(), last)
    assert windows(ready)[-1][0] == "28T22:00"


def test_a_condition_whose_hours_never_come_has_no_window() -> None:
    sundays = CURFEW.replace("every: day", "every: sun")
    ready = scenes.rules(order(sundays, in_force="from: 2026-02-10, until: 2026-02-12"))
    assert ready.conditions[0].windows == ()


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("10T00:00", "10T22:00", 1),  # The night that ends at 06:00.
        ("10T06:00", "10T22:00", 0),
        ("10T05:59", "10T22:00", 1),
        ("10T06:00", "10T22:01", 1),
        ("10T12:00", "12T12:00", 2),
        ("10T23:00", "10T23:01", 1),
    ],
)
def test_windows_between(start: str, end: str, count: int) -> None:
    condition: ConditionRules = scenes.rules(order(CURFEW)).conditions[0]
    assert len(condition.between(us(start), us(end))) == count


def test_a_stretch_knows_the_slot_it_was_cut_from() -> None:
    cut = absence("C4", "10T10:00", "10T10:12")
    ready = scenes.rules(order(SLOT, absences=cut, in_force="from: 2026-02-10, until: 2026-02-11"))
    [[stretch]] = ready.conditions[0].windows
    assert (format_instant(stretch.start_us), format_instant(stretch.end_us)) == (
        "10T10:12",
        "10T10:30",
    )
    assert [format_instant(edge) for edge in stretch.slot_us] == ["10T10:00", "10T10:30"]
    [[always]] = scenes.rules(order(RESIDENCE)).conditions[0].windows
    assert always.slot_us == (always.start_us, always.end_us)


# --- Boundaries ------------------------------------------------------------------------------


def test_a_boundary_is_watched_once_whichever_conditions_and_versions_it_serves() -> None:
    twice = "C5: {curfew: {at: home, from: 12:00, until: 13:00, every: day}}"
    later = "from: 2026-02-12, until: 2026-03-01"
    ready = scenes.rules(order(CURFEW, twice), order(CURFEW, twice, in_force=later))
    assert len(ready.boundaries) == 1


def test_a_zone_that_was_edited_is_another_boundary() -> None:
    wider = order(CURFEW, in_force="from: 2026-02-12, until: 2026-03-01")
    assert wider.count("radius_m: 60") == 1
    ready = scenes.rules(order(CURFEW), wider.replace("radius_m: 60", "radius_m: 70"))
    assert len(ready.boundaries) == 2


def test_only_a_curfew_has_a_beacon_so_it_shares_no_boundary_with_a_residence() -> None:
    at_home = "C2: {residence: {stay_in: home}}"
    assert [b.hears_home for b in scenes.rules(order(CURFEW, at_home)).boundaries] == [True, False]


def test_the_error_model_is_the_policy_s() -> None:
    policy = scenes.default_policy(DeviceClass.GNSS_TAG)
    [version] = scenes.rules(order(CURFEW)).versions
    ready = rules.prepare([version], policy, to_datetime(us("12T00:00")))
    for provider in Provider:
        errors = ready.model.of(provider)
        is_cell = provider is Provider.CELL
        floor_m = policy.error_floor_cell_m if is_cell else policy.error_floor_m
        unknown_m = policy.radius95_unknown_cell_m if is_cell else policy.radius95_unknown_m
        assert (errors.sigma_m_min, errors.radius95_unknown_m) == (floor_m, unknown_m)
        shares = errors.mixture.share_ratios
        assert shares[1:] == (policy.error_wide_ratio, policy.error_wild_ratio)
        assert sum(shares) == pytest.approx(1.0)
        assert errors.mixture.scale_ratios == (
            1.0,
            policy.error_wide_scale_ratio,
            policy.error_wild_scale_ratio,
        )


def test_the_same_order_makes_the_same_rules() -> None:
    rules, other = (scenes.rules(order(CURFEW, SLOT)) for _ in range(2))
    assert replace(rules, boundaries=()) == replace(other, boundaries=())


def test_what_was_judged_by_at_an_instant_is_the_boundary_that_bound_then() -> None:
    ready = scenes.rules(order(CURFEW, EXCLUSION))
    [condition] = [one for one in ready.conditions if one.id == "C1"]
    stretch = condition.windows[0][0]
    boundary = ready.boundaries[stretch.lane]
    assert ready.boundary_at("C1", stretch.start_us) is boundary
    assert ready.boundary_at("C1", stretch.end_us - 1) is boundary
    assert ready.boundary_at("C1", stretch.end_us) is None
    assert ready.boundary_at("C9", stretch.start_us) is None


def test_a_boundary_changes_within_a_window_where_a_place_does() -> None:
    first = replace(scenes.rules(order(CURFEW)).conditions[0].windows[0][0], lane=0)
    middle_us = (first.start_us + first.end_us) // 2
    parts = replace(first, end_us=middle_us), replace(first, start_us=middle_us, lane=1)
    ready = scenes.rules(order(CURFEW, EXCLUSION))
    ready = replace(ready, conditions=(ConditionRules("C1", (parts,)),))
    assert ready.boundary_at("C1", middle_us - 1) is ready.boundaries[0]
    assert ready.boundary_at("C1", middle_us) is ready.boundaries[1]
    parts = replace(parts[0], end_us=middle_us - 1), parts[1]
    ready = replace(ready, conditions=(ConditionRules("C1", (parts,)),))
    assert ready.boundary_at("C1", middle_us - 1) is None
