"""Residence: stay within a district; outside is the wrong side."""

from mesure.evaluation.filter.allowed_area import Region, Side, also
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView
from mesure.orders.model.conditions import Residence
from mesure.orders.model.schedule import BindingSpan, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "left"


def side(duty: Residence, bound: BindingSpan) -> Side:
    """Return where the person may be: in the district, or where an absence lets them be as well.

    A window may name a place of its own.
    """
    return Side(inside=(Region(bound.at or duty.stay_in), *also(bound)), widens=True)


def assess(_duty: Residence, view: WindowView) -> tuple[StatusInterval, ...]:
    """Return what the evidence shows, instant by instant."""
    return view.intervals
