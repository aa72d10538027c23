"""Stay within a district: on the wrong side is who is outside it."""

from mesure.evaluation.filter.allowed_area import Region, Side, also
from mesure.evaluation.filter.status_intervals import Spell, View
from mesure.orders.model.conditions import Residence
from mesure.orders.model.schedule import Bound, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "left"


def side(duty: Residence, bound: Bound) -> Side:
    """Return where the person may be: in the district, or where an absence lets them be as well.

    A window may name a place of its own.
    """
    return Side(inside=(Region(bound.at or duty.stay_in), *also(bound)), widens=True)


def assess(_duty: Residence, view: View) -> tuple[Spell, ...]:
    """Return what the evidence shows, instant by instant."""
    return view.spells
