"""Curfew: be at a place during set hours; outside is the wrong side."""

from mesure.evaluation.filter.allowed_area import Region, Side, also
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView
from mesure.orders.model.conditions import Curfew
from mesure.orders.model.schedule import BindingSpan, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "absent"


def side(duty: Curfew, bound: BindingSpan) -> Side:
    """Return where the person may be: at home, or where an absence lets them be as well.

    The home beacon speaks of home alone. Where a window asks for another place, hearing it is no
    presence there; where the person may be elsewhere as well, not hearing it is no absence. A home
    is measured to the better of its address and the point where the device shows it. A way out of
    it is evidence, for people rest at home; one who drives about a district is on a way all day.
    """
    elsewhere = also(bound)
    at_home = bound.at is None or bound.at == duty.at
    return Side(
        inside=(Region(bound.at or duty.at), *elsewhere),
        hears_home=at_home,
        misses_home=at_home and not elsewhere,
        widens=True,
        sees_ways=True,
    )


def assess(_duty: Curfew, view: WindowView) -> tuple[StatusInterval, ...]:
    """Return what the evidence shows, instant by instant."""
    return view.intervals
