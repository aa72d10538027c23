"""Be at a place during set hours: on the wrong side is who is outside it."""

from mesure.compliance.sides import Region, Side, also
from mesure.compliance.spells import Spell, View
from mesure.orders.conditions import Curfew
from mesure.orders.schedule import Bound, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "absent"


def side(duty: Curfew, bound: Bound) -> Side:
    """Return where the person may be: at home, or where an absence lets them be as well."""
    return Side(
        inside=(Region(bound.at or duty.at), *also(bound)),
        has_beacon=True,
    )


def assess(_duty: Curfew, view: View) -> tuple[Spell, ...]:
    """Return what the evidence shows, instant by instant."""
    return view.spells
