"""The figures of a possible breach, for those who check the sentences of its explanation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.words import phrases
from mesure.instants import to_datetime
from mesure.orders.clock import durations
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import deciding_fixes, report_words
from mesure.reports.text import visible_text

STRETCHES_MAX: Final = 20  # Of rows; the JSON output has all of them.
OF_PLACE: Final = (IncidentKind.ABSENT, IncidentKind.LEFT, IncidentKind.ENTERED)


@dataclass(frozen=True, slots=True)
class FactRow:
    """A name and what it is."""

    name: str
    value: str


def lines(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, devices: Iterable[str] = ()
) -> tuple[FactRow, ...]:
    """Return the figures of an incident; how many there are does not depend on the language.

    `devices` are those whose fixes it rests on. A silence rests on nothing but itself.
    """
    number = FactRow(catalogue.text("Number on the record"), visible_text.visible(incident.id))
    times = (
        *_when(incident.start, incident.end, zone, catalogue),
        *_times(incident, zone, catalogue),
    )
    if incident.kind is IncidentKind.SILENT:
        return (*times, number)
    return (*times, *_fixes(incident, catalogue), *_devices(devices, catalogue), number)


def of_notice(notice: DeviceNotice, zone: ZoneInfo, catalogue: Catalogue) -> tuple[FactRow, ...]:
    """Return the figures of something about a device."""
    end = None if notice.end_us is None else to_datetime(notice.end_us)
    opened_at = catalogue.moment(to_datetime(notice.opened_us), zone)
    times = FactRow(catalogue.text("How many times"), report_words.count(notice.count))
    return (
        *_when(to_datetime(notice.start_us), end, zone, catalogue),
        *(() if notice.day is None else (times,)),
        FactRow(catalogue.text("An officer could see it from"), opened_at),
        *_devices([notice.device], catalogue),
        FactRow(catalogue.text("Number on the record"), visible_text.visible(notice.id)),
    )


def _when(
    start: datetime, end: datetime | None, zone: ZoneInfo, catalogue: Catalogue
) -> Iterator[FactRow]:
    begin = catalogue.moment(start, zone)
    if end is None:
        yield FactRow(catalogue.text("When"), f"{begin} – {catalogue.text('not over yet')}")
        return
    yield FactRow(catalogue.text("When"), f"{begin} – {catalogue.moment(end, zone)}")
    length = durations.in_sentence((end - start).total_seconds(), catalogue)
    yield FactRow(catalogue.text("How long"), length)


def _devices(devices: Iterable[str], catalogue: Catalogue) -> Iterator[FactRow]:
    named = sorted(set(devices))
    if named:
        yield FactRow(catalogue.text("Device"), visible_text.visible(", ".join(named)))


def _times(incident: Incident, zone: ZoneInfo, catalogue: Catalogue) -> Iterator[FactRow]:
    window = incident.facts.window
    start, end = catalogue.moment(window.start, zone), catalogue.moment(window.end, zone)
    yield FactRow(catalogue.text("The condition applied"), f"{start} – {end}")
    opened_at = catalogue.moment(incident.opened_at, zone)
    yield FactRow(catalogue.text("An officer could see it from"), opened_at)
    if incident.withdrawn_at is not None:
        withdrawn_at = catalogue.moment(incident.withdrawn_at, zone)
        yield FactRow(catalogue.text("Withdrawn, because late evidence refuted it"), withdrawn_at)


def _fixes(incident: Incident, catalogue: Catalogue) -> Iterator[FactRow]:
    facts = incident.facts
    chance = phrases.chance(incident.p_outside_max, catalogue)
    if incident.kind in OF_PLACE and chance is not None:
        yield FactRow(catalogue.text("Chance of being on the wrong side, at most"), chance)
    yield FactRow(catalogue.text("Fixes used in that time"), report_words.count(facts.fixes_used))
    wrong = report_words.count(facts.fixes_on_wrong_side)
    yield FactRow(catalogue.text("Of these, on the wrong side taken alone"), wrong)
    distance = phrases.distance(facts.distance_max_m, catalogue)
    if distance is not None:
        yield FactRow(catalogue.text("Farthest beyond the boundary"), distance)
    radius = phrases.distance(facts.radius95_median_m, catalogue, is_limit=True)
    if radius is not None:
        yield FactRow(catalogue.text("Usual radius of their confidence circles"), radius)
    independent = durations.in_sentence(facts.independent_s, catalogue)
    yield FactRow(catalogue.text("Independent evidence"), independent)
    if incident.evidence:
        rows = deciding_fixes.ranges(incident.evidence, STRETCHES_MAX)
        yield FactRow(catalogue.text("Rows of the files, counted from 0"), rows)
