"""Be at a place during set hours."""

from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.kinds import curfew
from mesure.orders.model.conditions import Curfew
from mesure.orders.model.schedule import BindingSpan
from tests.evaluation.scenes import (
    CURFEW,
    absence,
    fixes,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
)

HOME = stay("10T20:00", "10T23:00")


def test_outside_home_is_wrong_but_not_where_a_window_or_an_absence_has_another_place() -> None:
    [version] = rules(order(CURFEW)).versions
    duty = version.conditions[0].duty
    assert isinstance(duty, Curfew)
    home = Side((Region("home"),), hears_home=True, misses_home=True, widens=True, sees_ways=True)
    assert curfew.side(duty, BindingSpan(version.in_force)) == home
    other = BindingSpan(version.in_force, at="office", also_at="stadium")
    # No beacon there; yet people rest there as well.
    both = Side((Region("office"), Region("stadium")), widens=True, sees_ways=True)
    assert curfew.side(duty, other) == both
    as_well = curfew.side(duty, BindingSpan(version.in_force, also_at="stadium"))
    assert (as_well.hears_home, as_well.misses_home) == (True, False)


def test_a_late_return_is_not_met_from_the_first_fix_outside_to_the_first_at_home() -> None:
    away = stay("10T23:00", "11T01:00", 900)
    statement = look(
        rules(order(CURFEW)), fixes(HOME, away, stay("11T01:00", "11T07:00")), "11T07:00"
    )
    assert spans(statement) == [
        ("met", "10T22:00", "10T23:00"),
        ("not_met", "10T23:00", "11T01:00"),
        ("met", "11T01:00", "11T06:00"),
    ]
    assert [line[:3] for line in list_episodes(statement)] == [("absent", "10T23:00", "11T01:00")]


def test_during_an_absence_with_a_place_one_may_be_at_either() -> None:
    ready = rules(order(CURFEW, absences=absence("C1", "10T23:00", "11T01:00", "office")))
    for east_m, expected in ((0, {"met"}), (2_000, {"met"}), (1_000, {"met", "not_met"})):
        during = stay("10T23:00", "11T01:00", east_m)
        statement = look(ready, fixes(HOME, during, stay("11T01:00", "11T06:00")), "11T06:00")
        assert {line[0] for line in spans(statement)} == expected


def test_a_beacon_that_is_heard_outweighs_a_position_that_drifts() -> None:
    ready = rules(order(CURFEW))
    drift = stay("10T23:00", "11T01:00", 200, beacon=1)
    statement = look(ready, fixes(HOME, drift), "11T01:00")
    assert spans(statement) == [("met", "10T22:00", "11T01:00")]
