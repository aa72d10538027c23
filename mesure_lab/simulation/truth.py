"""The truth: breaches of a simulated person, to the second, and where each fix truly was."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from mesure_lab.ground import days, journeys, town_order
from mesure_lab.ground.days import BreachKind, Outing
from mesure_lab.ground.journeys import Journey, SpanS
from mesure_lab.ground.town_order import OrderBoundaries
from mesure_lab.rules.score import Breach

GRACE_S: Final = 120
"""Time on the wrong side that the law lets pass, as when somebody goes to the bins (assumed)."""


class BreachTruth(NamedTuple):
    """The breaches of one person, and the slips: as breaches, but no longer than the grace."""

    breaches: tuple[Breach, ...]
    slips: tuple[Breach, ...]


def truth(
    person: str, journey: Journey, outings: Sequence[Outing], ground: OrderBoundaries, start_s: int
) -> BreachTruth:
    """Return what happened that an officer ought to learn, in order of condition and time."""
    end_s = int(journey.time_s[-1])
    breaches: list[Breach] = []
    for condition, wrong_side in ground.wrong_sides().items():
        wrong = journey.spans_on(wrong_side)
        bound = spans_in_force(condition, start_s, end_s)
        kinds = outings if condition == town_order.CURFEW else ()
        breaches += [
            Breach(person, condition, float(span[0]), float(span[1]), _kind(span, kinds, condition))
            for span in journeys.overlaps(wrong, bound)
        ]
    return BreachTruth(
        tuple(one for one in breaches if one.end_s - one.start_s > GRACE_S),
        tuple(one for one in breaches if one.end_s - one.start_s <= GRACE_S),
    )


def spans_in_force(condition: str, start_s: int, end_s: int) -> list[SpanS]:
    """Return when a condition binds: the curfew at night, from a midnight on; the others always."""
    if condition != town_order.CURFEW:
        return [(start_s, end_s)]
    nights = [
        (midnight_s + days.CURFEW_FROM_S, midnight_s + days.DAY_S + days.CURFEW_UNTIL_S)
        for midnight_s in range(start_s - days.DAY_S, end_s, days.DAY_S)
    ]
    return journeys.overlaps(nights, [(start_s, end_s)])


_BY_CONDITION: Final[Mapping[str, BreachKind]] = {
    town_order.CURFEW: BreachKind.PASSING,
    town_order.RESIDENCE: BreachKind.LEFT,
    town_order.EXCLUSION: BreachKind.ENTERED,
}


def _kind(span: SpanS, outings: Sequence[Outing], condition: str) -> str:
    """Return how a breach came about: as the outing it lies in was planned."""
    for outing in outings:
        if outing.start_s < span[1] and span[0] < outing.end_s:
            return outing.kind.value
    return _BY_CONDITION[condition].value
