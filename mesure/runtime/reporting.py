"""A replay as the value from which the table and the page are drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from mesure.compliance import rules as rules_
from mesure.compliance.rules import JudgedCondition as Judged
from mesure.compliance.rules import to_datetime
from mesure.compliance.sides import Region
from mesure.incidents import explanation
from mesure.incidents.incident import Incident
from mesure.orders import places, wording, wording_hours
from mesure.orders.order import OrderVersion
from mesure.orders.places import Place
from mesure.orders.span import Span
from mesure.reports.replay_report import (
    JudgedCondition,
    Passage,
    ReplayReport,
    ReportedIncident,
    Sources,
    Zone,
)
from mesure.runtime import texts
from mesure.runtime.replay import Replay
from mesure.version import VERSION


def report_of(replay: Replay) -> ReplayReport:
    """Return what a replay found, with its texts in every language."""
    versions = replay.rules.versions
    latest = versions[-1]
    return ReplayReport(
        order=latest.order,
        person=latest.person,
        court=latest.court,
        zone=latest.zone,
        sources=_sources(replay),
        unsigned=replay.unsigned,
        until=replay.until,
        used=replay.gathered.fixes,
        unused=replay.gathered.unused,
        clock_corrected=len(replay.gathered.clock_corrected_row),
        asks=len(replay.statement.ask_for_fixes),
        conditions=tuple(_condition(replay, judged) for judged in replay.rules.conditions),
        zones=tuple(zone for version in versions for zone in _zones(version)),
        assessments=replay.statement.assessments,
        superseded=replay.statement.superseded,
        incidents=tuple(
            ReportedIncident(incident, explanations(replay, incident))
            for incident in replay.incidents
        ),
        read_back={tag: _read_back(versions, tag) for tag in texts.LANGUAGES},
    )


class Explanations(Mapping[str, str]):
    """Why an incident was raised, by language; worked out when it is asked for.

    Of the thousands of incidents that ten years may bring, a report explains a few.
    """

    def __init__(self, incident: Incident, zone: ZoneInfo) -> None:
        self._incident, self._zone = incident, zone

    def __getitem__(self, tag: str) -> str:
        """Return the explanation in a language."""
        if tag not in texts.LANGUAGES:
            raise KeyError(tag)
        return explanation.explain(self._incident, self._zone, texts.catalogue(tag))

    def __iter__(self) -> Iterator[str]:
        """Yield the languages."""
        return iter(texts.LANGUAGES)

    def __len__(self) -> int:
        """Return how many languages there are."""
        return len(texts.LANGUAGES)


def explanations(replay: Replay, incident: Incident) -> Explanations:
    """Return why an incident was raised, in every language."""
    return Explanations(incident, replay.rules.versions[-1].zone)


def _sources(replay: Replay) -> Sources:
    return Sources(
        VERSION,
        replay.rules.policy.version,
        replay.tzdata_version,
        replay.hashes.orders,
        replay.hashes.fixes,
        replay.hashes.policy,
    )


def _condition(replay: Replay, judged: Judged) -> JudgedCondition:
    until = replay.until
    spans = (
        Span(to_datetime(window[0].start_us), min(to_datetime(window[-1].end_us), until))
        for window in judged.windows
    )
    kind = judged.windows[0][0].duty.kind if judged.windows else ""
    return JudgedCondition(
        judged.id,
        kind,
        {tag: _words(replay.rules.versions, judged.id, tag) for tag in texts.LANGUAGES},
        tuple(span for span in spans if span.start < span.end),
    )


def _words(versions: Sequence[OrderVersion], name: str, tag: str) -> str:
    """Return what a condition asks, by the latest version that has it."""
    for version in reversed(versions):
        for condition in version.conditions:
            if condition.id == name:
                catalogue = texts.catalogue(tag)
                hours = wording_hours.sentences(
                    condition.duty.timetable, condition.in_force, catalogue
                )
                return " ".join([condition.duty.sentence(catalogue), *hours])
    raise AssertionError(name)


def _zones(version: OrderVersion) -> list[Zone]:
    """Return the places that the conditions of a version name, each for what it is.

    Those of windows and of authorised absences are among them.
    """
    named: dict[tuple[Region, bool, bool], set[str]] = {}
    for condition in version.conditions:
        kind = rules_.kind_of(condition.duty)
        for bound in kind.bounds(condition, version, version.in_force.start, version.in_force.end):
            side = kind.side(condition.duty, bound)
            for region in side.inside:
                named.setdefault((region, False, side.widens), set()).add(condition.id)
            for region in side.outside:
                named.setdefault((region, True, False), set()).add(condition.id)
    return [
        Zone(replace(place, name=region.name), keep_out, frozenset(names), span, region.grow_m)
        for (region, keep_out, widens), names in named.items()
        for span, place in _drawn(version, region, widens)
    ]


def _drawn(version: OrderVersion, region: Region, widens: bool) -> list[tuple[Span, Place]]:
    """Return a place as it is drawn from each of its calibrations to the next."""
    place = version.places[region.place]
    if widens:
        return list(places.over(place, version.in_force))
    return [(version.in_force, places.as_drawn(place))]


def _read_back(versions: Sequence[OrderVersion], tag: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(passage.heading, passage.lines)
        for version in versions
        for passage in wording.sentences(version, texts.catalogue(tag))
    )
