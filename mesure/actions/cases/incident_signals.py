"""Incident signals: news about an incident that an officer should see before they open it.

The person's own words, documents and a contest.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext
from mesure.actions.records import brief_rule, incident_extent, incident_records
from mesure.actions.records.incident_extent import IncidentExtent
from mesure.actions.records.record_types import RecordsByPerson
from mesure.incidents import brief
from mesure.incidents.finding import Review
from mesure.incidents.incident import IncidentKind
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.store.values.effects import StoredIncidentHead

KINDS: Final = (incident_records.CONTEST, incident_records.STATEMENT, incident_records.ATTACHMENT)
WORDS_CHARS_MAX: Final = 160


class IncidentSignals(msgspec.Struct, frozen=True):
    """What came about an incident, and how far and how long it was."""

    is_contested: bool = False
    words: str = ""  # The last that the person's side wrote, cut to `WORDS_CHARS_MAX`.
    documents: int = 0
    distance_max_m: float | None = None
    is_brief: bool = False


def all_signals(
    doing: ActionContext,
    about: RecordsByPerson,
    heads: Iterable[StoredIncidentHead],
    reviews: Mapping[str, Review],
) -> dict[str, IncidentSignals]:
    """Return by incident what came about some incidents; what is sealed is read at once."""
    waiting = list(heads)
    # A silence has no distance: nothing of it need be opened.
    named = [head.id for head in waiting if head.kind != IncidentKind.SILENT.value]
    extents = {
        incident.id: incident_extent.extent(doing.context.keyring, incident)
        for incident in doing.work.incidents_named(named)
    }
    written = {
        person: _Written(about, person) for person in sorted({head.person for head in waiting})
    }
    return {
        head.id: _signals(
            head, reviews[head.id], written[head.person], extents.get(head.id, IncidentExtent())
        )
        for head in waiting
    }


class _Written:
    """What a person's side wrote and attached, by incident."""

    def __init__(self, about: RecordsByPerson, person: str) -> None:
        texts: dict[str, list[tuple[datetime, str]]] = {}
        self.contested: set[str] = set()
        self.documents: dict[str, int] = {}
        for statement in about.of(incident_records.STATEMENT, person):
            account = statement.value
            texts.setdefault(account.incident, []).append((account.made_at, account.text))
        for contest in about.of(incident_records.CONTEST, person):
            record = contest.value
            texts.setdefault(record.incident, []).append((record.contest.made_at, record.text))
            if record.contest.is_open:
                self.contested.add(record.incident)
        for attachment in about.of(incident_records.ATTACHMENT, person):
            if attachment.value.taken_back_at is None:
                name = attachment.value.incident
                self.documents[name] = self.documents.get(name, 0) + 1
        self.words = {incident: _excerpt(max(said)[1]) for incident, said in texts.items()}


def _signals(
    head: StoredIncidentHead, review: Review, written: _Written, extent: IncidentExtent
) -> IncidentSignals:
    words, documents = written.words.get(head.id, ""), written.documents.get(head.id, 0)
    lasted = extent.length(head.start_us, head.end_us)
    opened_at, end_at = to_datetime(head.opened_us), to_datetime_or_none(head.end_us)
    lengths = brief_rule.lengths(opened_at.date())
    is_free = brief.may_be_answered_at_once(review) and not (words or documents)
    is_brief = is_free and brief.is_brief(head.kind, lasted, opened_at, end_at, lengths)
    return IncidentSignals(
        is_contested=head.id in written.contested,
        words=words,
        documents=documents,
        distance_max_m=extent.distance_max_m,
        is_brief=is_brief,
    )


def _excerpt(text: str) -> str:
    """Return the beginning of what somebody wrote, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= WORDS_CHARS_MAX else f"{line[: WORDS_CHARS_MAX - 1].rstrip()}…"
