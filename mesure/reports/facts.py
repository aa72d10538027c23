"""The figures of a possible breach, for those who check the sentences of its explanation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from mesure.incidents import phrases
from mesure.incidents.incident import Incident, Kind
from mesure.orders.catalogue import Catalogue
from mesure.reports import evidence, visible, words

STRETCHES_MAX: Final = 20  # Of rows; the JSON output has all of them.
OF_PLACE: Final = (Kind.ABSENT, Kind.LEFT, Kind.ENTERED)


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what it is."""

    name: str
    value: str


def lines(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> tuple[Line, ...]:
    """Return the figures of an incident; how many there are does not depend on the language.

    A silence rests on nothing but itself, so its explanation says it all.
    """
    number = Line(catalogue.text("Number on the record"), visible.visible(incident.id))
    if incident.kind is Kind.SILENT:
        return (number,)
    return (*_times(incident, zone, catalogue), *_fixes(incident, catalogue), number)


def _times(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[Line]:
    start, end = (
        words.moment(catalogue, instant, zone)
        for instant in (incident.facts.window.start, incident.facts.window.end)
    )
    yield Line(catalogue.text("The condition applied"), f"{start} – {end}")
    opened_at = words.moment(catalogue, incident.opened_at, zone)
    yield Line(catalogue.text("An officer could see it from"), opened_at)
    if incident.withdrawn_at is not None:
        withdrawn_at = words.moment(catalogue, incident.withdrawn_at, zone)
        yield Line(catalogue.text("Withdrawn, because late evidence refuted it"), withdrawn_at)


def _fixes(incident: Incident, catalogue: Catalogue) -> Iterator[Line]:
    facts = incident.facts
    chance = phrases.chance(incident.p_outside_max, catalogue)
    if incident.kind in OF_PLACE and chance is not None:
        yield Line(catalogue.text("Chance of being on the wrong side, at most"), chance)
    yield Line(catalogue.text("Fixes used in that time"), words.count(facts.fixes_used))
    wrong = words.count(facts.fixes_on_wrong_side)
    yield Line(catalogue.text("Of these, on the wrong side by themselves"), wrong)
    distance = phrases.distance(facts.distance_max_m, catalogue)
    if distance is not None:
        yield Line(catalogue.text("Farthest beyond the boundary"), distance)
    radius = phrases.distance(facts.radius95_median_m, catalogue)
    if radius is not None:
        yield Line(catalogue.text("Usual radius of their confidence circles"), radius)
    independent = phrases.duration(facts.independent_s, catalogue)
    yield Line(catalogue.text("Independent evidence"), independent)
    if incident.evidence:
        rows = evidence.ranges(incident.evidence, STRETCHES_MAX)
        yield Line(catalogue.text("Rows of the files, counted from 0"), rows)
