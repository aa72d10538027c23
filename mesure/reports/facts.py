"""What is known of a possible breach, line by line, for those who check the sentence against it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from mesure.incidents.incident import Facts, Incident, Kind
from mesure.orders.catalogue import Catalogue
from mesure.reports import evidence, visible, words

EVIDENCE_LENGTH_MAX: Final = 400  # Letters of row numbers; the JSON output has all of them.


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what it is."""

    name: str
    value: str


def lines(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> tuple[Line, ...]:
    """Return the facts of an incident; how many there are does not depend on the language."""
    parts = (
        _time(incident, zone, catalogue),
        _kind(incident, catalogue),
        _fixes(incident.facts, catalogue),
        _circumstances(incident.facts, catalogue),
        _record(incident, catalogue),
    )
    return tuple(line for part in parts for line in part)


def _time(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[Line]:
    window = incident.facts.window
    yield Line(
        catalogue.text("The condition bound"),
        f"{words.moment(catalogue, window.start, zone)} – "
        f"{words.moment(catalogue, window.end, zone)}",
    )
    yield Line(
        catalogue.text("An officer could see it from"),
        words.moment(catalogue, incident.opened_at, zone),
    )
    if incident.withdrawn_at is not None:
        yield Line(
            catalogue.text("Withdrawn, because late evidence refuted it"),
            words.moment(catalogue, incident.withdrawn_at, zone),
        )


def _kind(incident: Incident, catalogue: Catalogue) -> Iterator[Line]:
    facts = incident.facts
    if incident.kind is Kind.SILENT:
        yield Line(
            catalogue.text("An officer is told after a silence of"),
            words.seconds(catalogue, facts.silence_s),
        )
    elif incident.kind is Kind.MISSED:
        yield Line(
            catalogue.text("Presence shown"),
            catalogue.text("{shown} of {asked} asked for").format(
                shown=words.seconds(catalogue, facts.present_s),
                asked=words.seconds(catalogue, facts.present_s_min),
            ),
        )
    else:
        yield Line(
            catalogue.text("Chance of being on the wrong side, at most"),
            words.chance(catalogue, incident.p_outside_max),
        )


def _fixes(facts: Facts, catalogue: Catalogue) -> Iterator[Line]:
    yield Line(catalogue.text("Fixes used in that time"), words.count(facts.fixes_used))
    if facts.fixes_used:
        yield Line(
            catalogue.text("Of these, on the wrong side by themselves"),
            words.count(facts.fixes_on_wrong_side),
        )
    for reason, number in facts.fixes_unused:
        yield Line(
            catalogue.text("Kept and not used: {reason}").format(
                reason=words.reason(catalogue, reason)
            ),
            words.count(number),
        )
    if facts.distance_max_m > 0.0:
        yield Line(
            catalogue.text("Farthest beyond the boundary"),
            words.distance(catalogue, facts.distance_max_m),
        )
    if not math.isnan(facts.radius95_median_m):
        yield Line(
            catalogue.text("Usual radius of the confidence circles on the wrong side"),
            words.distance(catalogue, facts.radius95_median_m),
        )


def _circumstances(facts: Facts, catalogue: Catalogue) -> Iterator[Line]:
    yes = catalogue.text("yes")
    if facts.independent_s > 0.0:
        yield Line(
            catalogue.text("Independent evidence"), words.seconds(catalogue, facts.independent_s)
        )
    if facts.moving:
        yield Line(catalogue.text("Speed or motion showed the way taken"), yes)
    if facts.beacon_lost:
        yield Line(catalogue.text("The beacon at home was not heard"), yes)
    if facts.absences:
        names = [visible.shortened(name, words.NAME_LENGTH_MAX) for name in facts.absences]
        yield Line(catalogue.text("Authorised absences in the same hours"), catalogue.items(names))


def _record(incident: Incident, catalogue: Catalogue) -> Iterator[Line]:
    signed = catalogue.text("no") if incident.facts.unsigned else catalogue.text("yes")
    yield Line(catalogue.text("Signed by the device"), signed)
    if incident.evidence:
        yield Line(
            catalogue.text("Rows of the evidence files, counted from 0"),
            visible.shortened(evidence.ranges(incident.evidence), EVIDENCE_LENGTH_MAX),
        )
    yield Line(catalogue.text("Number of this incident"), visible.visible(incident.id))
