"""Stay within a district."""

from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.kinds import residence
from mesure.orders.model.conditions import Residence
from mesure.orders.model.schedule import BindingSpan
from tests.evaluation.scenes import (
    RESIDENCE,
    absence,
    fixes,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
)


def test_outside_the_district_is_wrong() -> None:
    [version] = rules(order(RESIDENCE)).versions
    duty = version.conditions[0].duty
    assert isinstance(duty, Residence)
    within = (Region("district"),)
    assert residence.side(duty, BindingSpan(version.in_force)) == Side(inside=within, widens=True)
    visit = BindingSpan(version.in_force, also_at="stadium")
    assert residence.side(duty, visit) == Side((*within, Region("stadium")), widens=True)
    abroad = BindingSpan(version.in_force, at="stadium")
    assert residence.side(duty, abroad) == Side((Region("stadium"),), widens=True)


def test_leaving_is_not_met_and_so_is_having_been_away_all_along() -> None:
    trip = fixes(stay("10T08:00", "10T09:00"), stay("10T09:00", "10T12:00", 9_000))
    statement = look(rules(order(RESIDENCE)), trip, "10T12:00")
    assert spans(statement, "C2") == [
        ("met", "10T08:00", "10T09:00"),
        ("not_met", "10T09:00", "10T12:00"),
    ]
    assert [line[:3] for line in list_episodes(statement)] == [("left", "10T09:00", "open")]
    away = look(rules(order(RESIDENCE)), fixes(stay("10T08:00", "10T09:00", 9_000)), "10T09:00")
    assert spans(away, "C2") == [("not_met", "10T08:00", "10T09:00")]


def test_notified_leave_is_free() -> None:
    ready = rules(order(RESIDENCE, absences=absence("C2", "10T09:00", "10T12:00")))
    trip = fixes(stay("10T08:00", "10T09:00"), stay("10T09:00", "10T12:00", 9_000))
    statement = look(ready, trip, "10T12:00")
    assert spans(statement, "C2") == [("met", "10T08:00", "10T09:00")]
