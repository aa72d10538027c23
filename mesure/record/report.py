"""A replay as the value from which the table and the page are drawn."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from mesure.evaluation.rules import ConditionRules as Judged
from mesure.formats.columns.file_rows import FileNotes
from mesure.incidents.incident import Incident
from mesure.incidents.words import explanation
from mesure.incidents.words.reader import Reader
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.machine import texts
from mesure.orders.clock import hour_sentences
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.span import Span
from mesure.orders.wording import order_sentences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.record.replay import Replay
from mesure.reports.maps import order_zones
from mesure.reports.replay.replay_report import (
    FileSummary,
    ReplayReport,
    ReportedCondition,
    ReportedIncident,
    ReportSources,
)
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
        policy=replay.rules.policy,
        used=replay.gathered.fixes,
        unused=replay.gathered.unused,
        clock_corrected=len(replay.gathered.clock_corrected_row),
        asks=len(replay.statement.ask_for_fixes),
        still_s=sum(end - start for start, end in replay.gathered.still_us) / US_PER_S,
        conditions=tuple(_condition(replay, judged) for judged in replay.rules.conditions),
        zones=tuple(zone for version in versions for zone in order_zones.of_version(version)),
        assessments=replay.statement.assessments,
        superseded=replay.statement.superseded,
        incidents=tuple(
            ReportedIncident(
                incident,
                explanations(replay, incident, Reader.OFFICE),
                replay.rules.boundary_at(incident.condition, to_us(incident.start)),
            )
            for incident in replay.incidents
        ),
        read_back={tag: _read_back(versions, tag) for tag in texts.LANGUAGES},
        files=tuple(
            FileSummary(
                file_notes.file, file_notes.unread, file_notes.has_accuracy, _told(file_notes)
            )
            for file_notes in replay.gathered.notes
        ),
    )


class Explanations(Mapping[str, str]):
    """Why an incident was raised, by language; worked out when it is asked for.

    Of the thousands of incidents that ten years may bring, a report explains a few.
    """

    def __init__(self, incident: Incident, zone: ZoneInfo, reader: Reader) -> None:
        self._incident, self._zone, self._reader = incident, zone, reader

    def __getitem__(self, tag: str) -> str:
        """Return the explanation in a language."""
        if tag not in texts.LANGUAGES:
            raise KeyError(tag)
        catalogue = texts.catalogue(tag)
        return explanation.explain(self._incident, self._zone, catalogue, self._reader)

    def __iter__(self) -> Iterator[str]:
        """Yield the languages."""
        return iter(texts.LANGUAGES)

    def __len__(self) -> int:
        """Return how many languages there are."""
        return len(texts.LANGUAGES)


def explanations(replay: Replay, incident: Incident, reader: Reader) -> Explanations:
    """Return why an incident was raised, in every language."""
    return Explanations(incident, replay.rules.versions[-1].zone, reader)


def _told(notes: FileNotes) -> tuple[tuple[str, int], ...]:
    """Return what devices reported in a file beside fixes, and how often."""
    return tuple(sorted(Counter(one.kind for one in notes.events).items()))


def _sources(replay: Replay) -> ReportSources:
    return ReportSources(
        VERSION,
        replay.rules.policy.version,
        replay.tzdata_version,
        replay.hashes.orders,
        replay.hashes.fixes,
        replay.hashes.policy,
    )


def _condition(replay: Replay, judged: Judged) -> ReportedCondition:
    until = replay.until
    spans = (
        Span(to_datetime(window[0].start_us), min(to_datetime(window[-1].end_us), until))
        for window in judged.windows
    )
    kind = judged.windows[0][0].duty.kind if judged.windows else ""
    return ReportedCondition(
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
                hours = hour_sentences.sentences(
                    condition.duty.timetable, condition.in_force, catalogue
                )
                return " ".join([condition.duty.sentence(catalogue), *hours])
    raise AssertionError(name)


def _read_back(versions: Sequence[OrderVersion], tag: str) -> tuple[OrderSection, ...]:
    return tuple(
        section
        for version in versions
        for section in order_sentences.sentences(version, texts.catalogue(tag))
    )
