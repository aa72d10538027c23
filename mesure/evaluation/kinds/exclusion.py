"""Exclusion: keep out of a place, or of every listed venue; inside is the wrong side.

With one report in five minutes somebody may have walked through a small zone between two of them.
The straight line says that they may have, not that they did: such a stretch is unknown
(`possible_crossings.py`).
"""

from mesure.evaluation.filter.allowed_area import Region, Side, also
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView
from mesure.orders.model.conditions import Exclusion
from mesure.orders.model.schedule import BindingSpan, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "entered"


def side(duty: Exclusion, bound: BindingSpan) -> Side:
    """Return where the person may be: outside, or where an absence lets them be as well."""
    return Side(inside=also(bound), outside=(Region(duty.keep_out_of),))


def assess(_duty: Exclusion, view: WindowView) -> tuple[StatusInterval, ...]:
    """Return what the evidence shows, instant by instant."""
    return view.intervals
