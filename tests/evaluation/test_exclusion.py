"""Keep out of a place."""

from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.kinds import exclusion
from mesure.orders.model.conditions import Exclusion
from mesure.orders.model.schedule import BindingSpan
from tests.evaluation.scenes import (
    EXCLUSION,
    absence,
    fixes,
    list_episodes,
    look,
    order,
    rules,
    spans,
    stay,
)

STADIUM_M = 5_000


def test_inside_is_wrong() -> None:
    [version] = rules(order(EXCLUSION)).versions
    duty = version.conditions[0].duty
    assert isinstance(duty, Exclusion)
    out = (Region("stadium"),)
    assert exclusion.side(duty, BindingSpan(version.in_force)) == Side(outside=out)
    visit = BindingSpan(version.in_force, also_at="office")
    assert exclusion.side(duty, visit) == Side(inside=(Region("office"),), outside=out)


def test_a_stay_inside_is_not_met() -> None:
    visit = fixes(
        stay("10T08:00", "10T09:00"),
        stay("10T09:00", "10T10:00", STADIUM_M),
        stay("10T10:00", "10T11:00"),
    )
    statement = look(rules(order(EXCLUSION)), visit, "10T11:00")
    assert [line[:3] for line in list_episodes(statement)] == [("entered", "10T09:00", "10T10:00")]
    times = {line[0]: line[1:] for line in spans(statement, "C3")}
    assert times["not_met"] == ("10T09:00", "10T10:00")


def test_authorised_entry_is_met() -> None:
    entry = absence("C3", "10T09:00", "10T10:00", "stadium")
    ready = rules(order(EXCLUSION, absences=entry))
    visit = fixes(stay("10T09:00", "10T10:00", STADIUM_M))
    assert spans(look(ready, visit, "10T10:00"), "C3") == [("met", "10T09:00", "10T10:00")]
