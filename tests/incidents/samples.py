"""Incidents of each kind, and what reads their explanations apart into sentences and words."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from math import nan
from zoneinfo import ZoneInfo

from mesure.evaluation.breakdown.evidence_breakdown import (
    NONE,
    EvidenceBreakdown,
    FixContribution,
    Term,
    TermSource,
)
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.incidents.words.explanation import explain
from mesure.incidents.words.reader import Reader
from mesure.instants import to_us
from mesure.machine.texts import catalogue
from mesure.orders.values.span import Span

ALMATY = ZoneInfo("Asia/Almaty")
WORDS_MAX = {"en": 20, "fr": 22, "ru": 20, "kk": 20}


def at(wall: str, zone: ZoneInfo = ALMATY) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=zone).astimezone(UTC)


def us(wall: str) -> int:
    return to_us(at(wall))


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


NIGHT = span("2026-02-12T22:00", "2026-02-13T06:00")
QUIET = IncidentFacts(
    duty="curfew",
    place="home",
    window=NIGHT,
    fixes_used=35,
    fixes_on_wrong_side=30,
    fixes_unused=(),
    distance_max_m=143.0,
    radius95_median_m=18.4,
    independent_s=1_300.0,
    moving=False,
    beacon_lost=False,
    silence_s=14_400.0,
    present_s=0.0,
    present_s_min=0.0,
    absences=(),
    unsigned=False,
)
SLOWLY = EvidenceBreakdown(
    0,
    120,
    156,
    (us("2026-02-12T23:16"), us("2026-02-12T23:46")),
    (
        Term(TermSource.START, -6.9, 0),
        Term(TermSource.DRIFT, -0.2, 30),
        Term(TermSource.POSITIONS, 12.1, 30),
    ),
    30,
    3.02,
    (FixContribution(17, 6.0, 0.1, 0.6),),
)
"""Believed by and by, from where its positions lie."""

ON_FOOT = EvidenceBreakdown(
    1,
    120,
    121,
    (us("2026-02-12T19:59"), us("2026-02-12T20:00")),
    (
        Term(TermSource.START, -2.5, 0),
        Term(TermSource.DRIFT, 0.75, 2),
        Term(TermSource.POSITIONS, 4.0, 1),
        Term(TermSource.WAY_PATH, 8.5, 1),
        Term(TermSource.BEACON_MISSED, 0.1, 2),
        Term(TermSource.LIMITS, -2.6, 1),
    ),
    1,
    1.0,
    (FixContribution(17, 4.0, 1.0, 12.5), FixContribution(18, 4.0, 1.0, 4.0)),
)
"""Believed at once, for the way was seen."""

ABSENT = Incident(
    id="1",
    condition="C1",
    kind=IncidentKind.ABSENT,
    opened_at=at("2026-02-12T23:21"),
    start=at("2026-02-12T23:16"),
    end=at("2026-02-13T01:02"),
    p_outside_max=0.998,
    evidence=(17, 18),
    facts=QUIET,
    account=SLOWLY,
)
LEFT = replace(
    ABSENT,
    condition="C2",
    kind=IncidentKind.LEFT,
    opened_at=at("2026-02-12T20:06"),
    start=at("2026-02-12T20:00"),
    end=at("2026-02-14T03:00"),
    p_outside_max=0.97,
    facts=replace(
        QUIET,
        duty="residence",
        place="district",
        window=span("2026-01-05T00:00", "2027-01-05T00:00"),
        distance_max_m=12_400.0,
        independent_s=5 * 3_600.0 + 1_200.0,
        moving=True,
        beacon_lost=True,
        unsigned=True,
    ),
    account=ON_FOOT,
)
ENTERED = replace(
    ABSENT,
    condition="C3",
    kind=IncidentKind.ENTERED,
    opened_at=at("2026-02-14T19:22"),
    start=at("2026-02-14T19:16"),
    end=at("2026-02-15T00:00"),
    account=SLOWLY._replace(taken_us=(us("2026-02-14T19:16"), us("2026-02-14T19:46"))),
    facts=replace(
        QUIET,
        duty="exclusion",
        place="stadium",
        window=span("2026-02-14T18:00", "2026-02-15T00:00"),
        radius95_median_m=nan,
        fixes_unused=(("stale", 2), ("duplicate", 1)),
    ),
)
MISSED = replace(
    ABSENT,
    condition="C5",
    kind=IncidentKind.MISSED,
    opened_at=at("2026-02-16T10:30"),
    start=at("2026-02-16T10:00"),
    end=at("2026-02-16T10:30"),
    facts=replace(
        QUIET,
        duty="appointment",
        place="office",
        window=span("2026-02-16T10:00", "2026-02-16T10:30"),
        fixes_used=9,
        fixes_on_wrong_side=1,
        distance_max_m=0.0,
        present_s=250.0,
        present_s_min=600.0,
        absences=("A1",),
    ),
)
SILENT = replace(
    ABSENT,
    kind=IncidentKind.SILENT,
    opened_at=at("2026-02-13T03:00"),
    start=at("2026-02-13T03:00"),
    end=None,
    p_outside_max=0.0,
    account=NONE,
)
EACH = {incident.kind: incident for incident in (ABSENT, LEFT, ENTERED, MISSED, SILENT)}
OPEN = {kind: replace(incident, end=None) for kind, incident in EACH.items()}
WITHDRAWN = {
    kind: replace(incident, withdrawn_at=at("2026-02-20T09:00")) for kind, incident in EACH.items()
}
REASONS = (
    "stale", "duplicate", "future", "out_of_range", "heartbeat", "after_until", "other_trace",
    "not_a_track",
)  # fmt: skip


def english(incident: Incident) -> str:
    return explain(incident, ALMATY, catalogue("en"), Reader.PERSON)


def sentences(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in re.split(r"(?<=[.!?])\s+", line)]


def words(sentence: str) -> list[str]:
    return [token for token in sentence.split() if any(letter.isalnum() for letter in token)]


ALL_FACTS = {
    kind: replace(
        incident,
        facts=replace(
            incident.facts,
            fixes_unused=tuple((reason, 21) for reason in (*REASONS, "unheard")),
            absences=("A1", "A2", "A3"),
            unsigned=True,
            moving=True,
            beacon_lost=True,
        ),
    )
    for kind, incident in EACH.items()
}
BARE = {
    kind: replace(
        incident,
        p_outside_max=nan,
        facts=replace(
            incident.facts, fixes_used=2, fixes_on_wrong_side=0, independent_s=0.0, present_s=nan
        ),
    )
    for kind, incident in EACH.items()
}
NONE_USED = {
    kind: replace(
        incident,
        facts=replace(incident.facts, fixes_used=0, fixes_on_wrong_side=0, absences=tuple("abcde")),
    )
    for kind, incident in EACH.items()
}
SITUATIONS = [
    incident
    for situation in (EACH, OPEN, WITHDRAWN, ALL_FACTS, BARE, NONE_USED)
    for incident in situation.values()
]
